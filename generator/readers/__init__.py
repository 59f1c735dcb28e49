"""From a data file to a dataset: values, and where each one stood."""

"""From a template and a dataset to a DOCX."""

"""What knows no domain: values with their places, YAML, text, names, files, and the parts of Word files."""

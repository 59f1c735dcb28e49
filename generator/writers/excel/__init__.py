"""Excel workbooks: the guided form to fill, and findings written into a person's own."""

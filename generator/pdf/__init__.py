"""From a DOCX to a PDF, and what is put on finished pages."""

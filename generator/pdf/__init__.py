"""Makes PDFs from DOCX files, and works on finished PDFs: merging, marks, attachments, signatures."""

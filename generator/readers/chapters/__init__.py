"""Long texts with pictures, tables and lists: read from Markdown or from a Word file."""

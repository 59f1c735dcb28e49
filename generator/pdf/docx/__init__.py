"""From a Word file to a tree of sections, paragraphs, tables and runs."""

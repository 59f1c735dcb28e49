"""From the tree of a Word document (pdf/docx) to what the Typst program draws."""

"""A programme as a workbook: what stands in which sheet and column, and how its cells are read and written."""

"""A department's tables over many filings: the official one, the workbook, the letters with their lists."""

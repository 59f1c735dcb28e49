"""Taking filings in: whatever came, in whatever folders, each with its verdict, what is odd set apart."""

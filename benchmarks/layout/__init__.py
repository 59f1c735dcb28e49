"""Layout of the embedded engine beside LibreOffice's, on the same documents with the same faces."""

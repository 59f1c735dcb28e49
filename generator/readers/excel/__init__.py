"""Workbooks as data files."""

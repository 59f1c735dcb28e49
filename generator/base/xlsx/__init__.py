"""Workbooks as packages of cells: opened safely, read by address."""

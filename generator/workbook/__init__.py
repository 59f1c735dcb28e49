"""Excel workbooks: the guided form to fill, with data or without, and findings written into a person's own."""

from __future__ import annotations

from generator.writers.excel.book import Form
from generator.writers.excel.form import make_form, write_workbook

__all__ = ["Form", "make_form", "write_workbook"]

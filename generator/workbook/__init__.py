"""Excel workbooks: the guided form to fill, with data or without, and findings written into a person's own."""

from __future__ import annotations

from generator.workbook.form import make_form, write_workbook
from generator.workbook.sheet import Form

__all__ = ["Form", "make_form", "write_workbook"]

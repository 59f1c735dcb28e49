"""Texts as a workbook's cell can hold them."""

from __future__ import annotations

import re
from typing import Final

# Excel takes 32,767 characters.
_LONGEST: Final = 32_000
# XML 1.0 (2.2): no parser takes these, nor does openpyxl.
_IN_NO_CELL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def cell_text(text: str) -> str:
    """A text that every cell can hold: U+FFFD for a character that none can, and what is too long cut, with dots."""
    shown = _IN_NO_CELL.sub("\ufffd", text)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}……"

"""Marks around what a value prints, with the value's path, in a document that is filled to be read by its fields.

They are non-characters of Unicode, which neither data nor templates may hold.
"""

from __future__ import annotations

import re
from typing import Final

VALUE_OPEN, VALUE_AT, VALUE_CLOSE = "\ufdd2", "\ufdd3", "\ufdd4"
VALUE_MARKS: Final = re.compile(f"{VALUE_OPEN}([^{VALUE_AT}]*){VALUE_AT}|{VALUE_CLOSE}")


def marked(path: str, text: str) -> str:
    """A printed text between marks."""
    return f"{VALUE_OPEN}{path}{VALUE_AT}{text}{VALUE_CLOSE}"


def without_marks(text: str) -> str:
    """A text as it is printed."""
    return VALUE_MARKS.sub("", text)

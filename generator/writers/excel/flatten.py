"""A data tree as single texts by exact path, and back to what one cell can hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from generator.base.characters import BadValueError
from generator.model.value_kinds import (
    Choice,
    Count,
    Date,
    Flag,
    Kind,
    Money,
    Share,
    Stated,
    Year,
)

NONE: Final = "无"
# Excel counts UTF-16 units; this leaves room for pairs.
MAX_CELL: Final = 16_000
_FIRST_SAFE_YEAR = 1901
_EXACT_DIGITS = 15
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a tree of dicts, lists and texts, by exact path; what is empty on purpose is 无."""
    if isinstance(tree, dict):
        if not tree and path:
            yield path, NONE
        for key, value in tree.items():
            yield from leaves(value, f"{path}.{key}" if path else key)
    elif isinstance(tree, list):
        if not tree:
            yield path, NONE
        for at, value in enumerate(tree):
            yield from leaves(value, f"{path}[{at}]")
    elif tree is not None:
        yield path, str(tree)


def fits(text: str) -> bool:
    """Whether a cell can hold a text and give it back."""
    return len(text) <= MAX_CELL and bool(text.strip())


def pieces(text: str) -> list[str]:
    """A text cut to what cells can hold."""
    return [text[at : at + MAX_CELL] for at in range(0, len(text), MAX_CELL)]


def escaped(text: str) -> str:
    """A text as it has to stand in a workbook: ``_x000D_`` would be read as a character (ISO 29500, 22.9.2.19)."""
    return _ESCAPED.sub("_x005F_", text).replace("\r\n", "\n").replace("\r", "\n")


def typed(kind: Kind | None, text: str) -> Any:
    """What to put into a cell for a text: a number or date where the kind has one that is exactly the same.

    What the kind cannot read stays the text that it is.
    """
    if kind is None:
        return text
    try:
        value = kind.read(text)
    except BadValueError:
        return text
    if isinstance(value, Stated):
        return value.value
    if isinstance(kind, Date):
        return value if value.year >= _FIRST_SAFE_YEAR else text
    if isinstance(kind, (Flag, Share)):
        return kind.write(value)
    if isinstance(kind, (Count, Year)):
        return value
    if isinstance(kind, Money):
        plain = kind.write(value)
        if sum(char.isdigit() for char in plain) > _EXACT_DIGITS:
            return plain
        return int(plain) if "." not in plain else float(plain)
    return value if isinstance(kind, Choice) else text

"""What differs between two versions of a scheme, told as the sheets and columns of its workbook call it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from generator.base.ooxml.package import open_parts
from generator.base.ooxml.text import part_text
from generator.base.ooxml.xml import W, main_part, parse_word
from generator.base.text import excerpt
from generator.errors import DataError, ProgrammeError
from generator.model.programme_book.layout import KEY, SECOND, Kind
from generator.model.programme_book.rows import Row, Rows, rows_of

# What names a row, and what says in words what it is.
_NAMES: Final = (KEY, SECOND, "id", "role", "path")
_TITLES: Final = ("title", "text", "note")
_MOST_LINES: Final = 20
_SHOWN: Final = 60


def scheme_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """What differs between two descriptions of a scheme, a Chinese clause each.

    Args:
        before: what ``programme.yaml`` or ``programme.xlsx`` holds, as dicts, lists and texts.
        after: the same of the other.

    Raises:
        ValueError: a text is longer than a cell can be.
    """
    for old, new in zip(rows_of(before), rows_of(after), strict=True):
        yield from _block(old, new)


def _block(old: Rows, new: Rows) -> Iterator[str]:
    block = new.block
    if block.kind is Kind.PAIRS:
        for was, now in zip(old.rows, new.rows, strict=True):
            yield from _row(f"“{block.title}”", was, now, new)
        return
    was_rows, now_rows = _named(old), _named(new)
    for name, now in now_rows.items():
        if name not in was_rows:
            yield f"“{block.title}”新增 {_called(name, now)}"
        else:
            yield from _row(f"“{block.title}”的 {_called(name, now)}：", was_rows[name], now, new)
    for name, was in was_rows.items():
        if name not in now_rows:
            yield f"“{block.title}”删去 {_called(name, was)}"


def _named(rows: Rows) -> dict[str, Row]:
    """Rows by what names them; those without a name by number."""
    found: dict[str, Row] = {}
    for number, row in enumerate(rows.rows, 1):
        name = " ".join(row[key].text for key in _NAMES if key in row) or f"第 {number} 行"
        found[name if name not in found else f"{name}（第 {number} 行）"] = row
    return found


def _called(name: str, row: Row) -> str:
    title = next((row[key].text for key in _TITLES if key in row), "")
    return f"{name}（{excerpt(title)}）" if title and title != name else name


def _row(where: str, was: Row, now: Row, rows: Rows) -> Iterator[str]:
    titles = {column.key: column.title for column in rows.block.columns}
    for key in dict.fromkeys((*was, *now)):
        old, new = (row[key].text if key in row else "" for row in (was, now))
        if old != new:
            yield f"{where}“{titles.get(key, key)}”{_from_to(old, new)}"


def _from_to(old: str, new: str) -> str:
    """Both texts; of long ones the passage that differs."""
    if not old or not new:
        return f"写上“{excerpt(new, _SHOWN)}”" if new else f"删去“{excerpt(old, _SHOWN)}”"
    if max(len(old), len(new)) > _SHOWN:
        same = len(_common(old, new))
        start = max(same - 10, 0)
        old, new = old[start:], new[start:]
        dots = "……" if start else ""
        return f"由“{dots}{excerpt(old, _SHOWN)}”改为“{dots}{excerpt(new, _SHOWN)}”"
    return f"由“{old}”改为“{new}”"


def _common(first: str, second: str) -> str:
    at = next((at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), None)
    return first[:at] if at is not None else min(first, second, key=len)


def word_changes(before: bytes, after: bytes) -> Iterator[str]:
    """The paragraphs that differ between two Word files, ``－`` for what is gone and ``＋`` for what is new."""
    try:
        old, new = _paragraphs(before), _paragraphs(after)
    except (DataError, ProgrammeError):
        return
    changed = [
        f"{'＋' if line[0] == '+' else '－'} {excerpt(line[1:], _SHOWN)}"
        for line in difflib.unified_diff(old, new, lineterm="", n=0)
        if line[:1] in "+-" and line[:3] not in {"+++", "---"} and line[1:].strip()
    ]
    yield from changed[:_MOST_LINES]
    if len(changed) > _MOST_LINES:
        yield f"等 {len(changed)} 处"
    if not changed:
        yield "文字没有变，版式有改动"


def _paragraphs(docx: bytes) -> list[str]:
    parts = open_parts(docx)
    return [part_text(one) for one in parse_word(parts[main_part(parts)]).iter(W + "p")]

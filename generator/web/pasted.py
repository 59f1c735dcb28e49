"""Blocks of cells as spreadsheets put them on the clipboard, read into rows of a list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from generator.errors import UsageError
from generator.workflows.forms import FormField

_MOST_ROWS: Final = 1000
# Above the heads may stand a title, over all columns.
_TITLES: Final = 3
_NUMBERS: Final = frozenset({"", "序号", "编号", "行号", "#", "No", "No."})
_QUOTED: Final = re.compile(r'"((?:[^"]|"")*)"(?=[\t\r\n]|\Z)')
_CELL_END: Final = re.compile(r"\t|\r\n|\n|\r")


class Pasted(Struct, frozen=True):
    """What was pasted.

    Attributes:
        rows: each row's texts by field. A row of blanks is empty texts, as a spreadsheet pastes them.
        unknown: heads of columns that no field is called by; nothing of them is in the rows.
        blanks: how many cells are blank, as all but the first are where cells are merged.
    """

    rows: tuple[Mapping[str, str], ...]
    unknown: tuple[str, ...]
    blanks: int

    def said(self) -> str:
        """What a person should know, in Chinese."""
        parts = [f"粘贴了 {len(self.rows)} 行，请核对。"]
        if self.unknown:
            parts.append(f"这几列没有对应的项，没有粘贴：{'、'.join(self.unknown)}。")
        if self.blanks:
            parts.append(f"有 {self.blanks} 格是空的（合并的单元格只有第一格有内容）。")
        return "".join(parts)


def read_pasted(text: str, fields: Sequence[FormField], names: Sequence[str]) -> Pasted:
    """Rows by their head row where they have one, else from the cell on to the right.

    Args:
        text: as the clipboard has it.
        fields: the list's.
        names: the columns from the cell on, by the fields' names.

    Raises:
        UsageError: there are too many rows, or more columns than are left to the right.
    """
    rows = list(_rows(text))
    while rows and not any(map(str.strip, rows[-1])):
        rows.pop()
    unknown: tuple[str, ...] = ()
    columns: Sequence[str | None] = names
    for at, row in enumerate(rows[:_TITLES]):
        heads = _heads(row, fields)
        if heads:
            columns, rows = heads, rows[at + 1 :]
            unknown = tuple(
                head.strip()
                for head, name in zip(row, heads, strict=True)
                if name is None and head.strip() not in _NUMBERS
            )
            break
        if sum(bool(cell.strip()) for cell in row) > 1:
            break
    if len(rows) > _MOST_ROWS:
        raise UsageError(f"一次粘贴了 {len(rows)} 行，最多 {_MOST_ROWS} 行", "分几次粘贴")
    # Columns of nothing, to the right, are no columns.
    wide = max((at for row in rows for at, cell in enumerate(row, 1) if cell.strip()), default=0)
    if columns is names and wide > len(names):
        raise UsageError(
            "粘贴的列比右边剩下的列多", "从靠左的一列开始粘贴，或连同表头一起复制，程序按表头对列"
        )
    known = {field.name for field in fields}
    found = tuple(
        {name: cell.strip() for name, cell in zip(columns, row, strict=False) if name in known}
        for row in rows
    )
    return Pasted(found, unknown, sum(not cell for row in found for cell in row.values()))


def _rows(text: str) -> Iterator[list[str]]:
    """The cells of each row: parted by tabs, rows by line ends.

    A cell with a tab or a line end within stands in quotes, with its own quotes doubled; a cell that merely begins
    with a quote does not, so Python's ``csv``, which takes every such quote for the first kind, would lose it.
    """
    row: list[str] = []
    at = 0
    while at < len(text) or row:
        quoted = _quoted(text, at)
        if quoted is not None:
            cell, at = quoted
        else:
            end = _CELL_END.search(text, at)
            stop = end.start() if end else len(text)
            cell, at = text[at:stop], stop
        row.append(cell)
        end = _CELL_END.match(text, at)
        at = end.end() if end else len(text) + 1
        if end is None or end[0] != "\t":
            yield row
            row = []


def _quoted(text: str, start: int) -> tuple[str, int] | None:
    """A cell in quotes, and where it ends; None where there is none."""
    if not text.startswith('"', start):
        return None
    found = _QUOTED.match(text, start)
    if found is None or not re.search(r'[\t\r\n]|""', found[1]):
        return None
    return found[1].replace('""', '"').replace("\r\n", "\n").replace("\r", "\n"), found.end()


def _heads(row: Sequence[str], fields: Sequence[FormField]) -> list[str | None]:
    """The fields that a head row names, column by column; empty where it is none."""
    cells = ["".join(cell.split("\n")) for cell in row]
    found = [next((field.name for field in fields if field.is_called(cell)), None) for cell in cells]
    known = [name for name in found if name is not None]
    named = sum(cell.strip() not in _NUMBERS for cell in cells)
    return found if len(known) * 2 > named and len(set(known)) == len(known) else []

"""A form read by its fields, in the form's order: what stands beside each value, and the value's text.

The form is filled with marks around every value (``rendering.values``). Text that is not between marks is
printed by the form itself; the labels are taken from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct, field

from generator.base.ooxml.value_marks import VALUE_AT, VALUE_CLOSE, VALUE_OPEN
from generator.base.ooxml.xml import VAL, W, columns, parse

_OPEN: Final = re.compile(f"{VALUE_OPEN}([^{VALUE_AT}]*){VALUE_AT}")
_TICKS: Final = re.compile("[☑☐□]")
_LABELLED: Final = re.compile(rf"([^{VALUE_OPEN}：:]{{1,20}})[：:]\s*({VALUE_OPEN}.*)", re.DOTALL)


class Entry(Struct, frozen=True):
    """One field of a form.

    Attributes:
        section: the heading above it, as 一、联盟基本情况.
        row: the row of a list that it stands in, from 1; 0 elsewhere.
        label: what the form prints beside or above it; empty where there is nothing.
        lines: its text, a paragraph a line.
        paths: the fields that it prints, in order.
    """

    section: str
    row: int
    label: str
    lines: tuple[str, ...]
    paths: tuple[str, ...]


def read_fields(document: bytes) -> list[Entry]:
    """Every field of a filled form, in its order.

    Args:
        document: ``word/document.xml``, filled with marks.
    """
    root = parse(document)
    body = root.find(W + "body")
    reader = _Reader()
    for element in body if body is not None else ():
        if element.tag == W + "p":
            reader.paragraph(_text(element))
        elif element.tag == W + "tbl":
            reader.table(element)
    reader.flush()
    return reader.entries


class _Cell(Struct):
    """A cell: where it begins in the grid, its paragraphs, and whether it goes on from the one above."""

    column: int
    lines: list[str]
    continued: bool

    @property
    def text(self) -> str:
        return "".join(self.lines)

    @property
    def is_field(self) -> bool:
        return VALUE_OPEN in self.text or bool(_TICKS.search(self.text))

    @property
    def is_number(self) -> bool:
        return self.text.strip().isdigit()


class _Reader(Struct):
    """Goes through a form from top to bottom and keeps the heading and labels above the current place."""

    entries: list[Entry] = field(default_factory=list)
    section: str = ""
    _passage: list[str] = field(default_factory=list)

    def paragraph(self, text: str) -> None:
        """A paragraph of the body: a heading, or a passage of the one above."""
        if VALUE_OPEN in text:
            self._passage.append(text)
        elif text.strip():
            self.flush()
            self.section = _tidy(text)

    def flush(self) -> None:
        """End a passage."""
        if self._passage:
            self._add("", self._passage)
            self._passage = []

    def _add(self, label: str, lines: list[str], row: int = 0) -> None:
        paths = tuple(dict.fromkeys(path for line in lines for path in _OPEN.findall(line) if path))
        texts = tuple(filter(None, (_plain(line).strip() for line in lines)))
        if texts:
            self.entries.append(Entry(self.section, row, _tidy(label), texts, paths))

    def table(self, table: Any) -> None:
        """A table: labels to the left or above, or a heading in the field's own cell."""
        self.flush()
        heads: dict[int, str] = {}
        aside: dict[int, str] = {}
        many, number = False, 0
        for element in table.findall(W + "tr"):
            cells = list(_cells(element))
            if not any(cell.is_field for cell in cells):
                many = element.find(f"{W}trPr/{W}tblHeader") is not None and len(cells) > 1
                self._labels(cells, heads, aside, many=many)
                number = 0
                continue
            named = many and not cells[0].is_field and not cells[0].is_number and bool(cells[0].text.strip())
            columns = len(cells) == len(heads) and not any(
                cell.text.strip() and not cell.is_field for cell in cells[1:]
            )
            number = (0 if named else number + 1) if many else _row_number(cells[0], number)
            for at, cell in enumerate(cells):
                if cell.is_field:
                    label = heads.get(cell.column, "")
                    if named:
                        # A total under the columns, or a single row below them, has its label at its left.
                        left, _ = _left(cells[:at], aside)
                        label = f"{left} {label}" if columns else left
                    elif not many:
                        left, goes_on = _left(cells[:at], aside)
                        label = " ".join(filter(None, [left, label])) if goes_on else left or label
                    self._field(cell, label, number, alone=len(cells) == 1)
                elif cell.text.strip() and not cell.is_number:
                    aside[cell.column] = cell.text

    def _labels(
        self, cells: list[_Cell], heads: dict[int, str], aside: dict[int, str], *, many: bool
    ) -> None:
        """A row that holds labels alone: a section's title, or what stands above the next rows."""
        written = [cell for cell in cells if cell.text.strip()]
        if len(cells) == 1:
            if written:
                self.section = _tidy(written[0].text)
            heads.clear()
            aside.clear()
            return
        first = cells[0].column
        # A label at the row's left that goes on below belongs to those rows, not to the columns.
        beside = {cell.column: cell.text for cell in written if cell.column == first and not many}
        aside.update(beside)
        heads.clear()
        heads.update({cell.column: cell.text for cell in written if many or cell.column != first})

    def _field(self, cell: _Cell, label: str, row: int, *, alone: bool) -> None:
        lines = list(cell.lines)
        heading: list[str] = []
        while len(lines) > 1 and VALUE_OPEN not in lines[0] and not _TICKS.search(lines[0]):
            if lines[0].strip():
                heading.append(lines[0])
            lines.pop(0)
        if heading:
            if alone:
                self.section, label = _tidy("".join(heading)), ""
            else:
                label = " ".join(filter(None, [label, *heading]))
        labelled = _LABELLED.fullmatch(lines[0]) if len(lines) == 1 else None
        if labelled and labelled[2].count(VALUE_OPEN) == 1 and labelled[2].endswith(VALUE_CLOSE):
            label, lines = (f"{label} {labelled[1]}" if label else labelled[1]), [labelled[2]]
        self._add(label, lines, row)


def _row_number(first: _Cell, before: int) -> int:
    """The number that a form prints at a row's left, or above where that cell goes on; 0 for none."""
    if first.is_number:
        return int(first.text)
    return before if first.continued and not first.text.strip() else 0


def _left(before: list[_Cell], aside: dict[int, str]) -> tuple[str, bool]:
    """The label to the left of a field in its row, and whether that cell is merged down from a row above."""
    for cell in reversed(before):
        if cell.continued and not cell.text.strip():
            return aside.get(cell.column, ""), True
        if not cell.is_field and cell.text.strip() and not cell.is_number:
            return cell.text, False
    return "", False


def _cells(row: Any) -> Iterator[_Cell]:
    column = 0
    for cell in row.findall(W + "tc"):
        span = cell.find(f"{W}tcPr/{W}gridSpan")
        merge = cell.find(f"{W}tcPr/{W}vMerge")
        continued = merge is not None and merge.get(W + "val") in {None, "continue"}
        yield _Cell(column, [_text(each) for each in cell.iter(W + "p")], continued)
        column += columns(span.get(VAL), 1) if span is not None else 1


def _text(paragraph: Any) -> str:
    """A paragraph's text as Word has it; a line break inside is one of the text's own."""
    marks = {W + "br": "\n", W + "tab": " "}
    found = paragraph.iter(W + "t", *marks)
    return "".join(marks.get(element.tag) or element.text or "" for element in found)


def _plain(text: str) -> str:
    return _OPEN.sub("", text).replace(VALUE_CLOSE, "")


def _tidy(label: str) -> str:
    """A label without the spaces that spread it over its cell, and without its colon."""
    text = re.sub(r"[ 　]+", " ", _plain(label)).strip().rstrip("：:；;")
    # 联 盟 名 称 is spread out; 国家级 项目 is not.
    spread = re.fullmatch(r"\S(?: \S)+", text)
    return text.replace(" ", "") if spread or re.fullmatch(r"\S \S", text) else text

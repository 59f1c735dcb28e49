"""How tall things will roughly be, for what must be decided before anything is drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from generator.pdf.docx.tree import Paragraph, Picture, Table, TextRun

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.pdf.compose.styles import StyleBook
    from generator.pdf.docx.tree import Block, Row

MEASURE_FROM: Final = 0.4  # of a page: rows and paragraphs that look this tall are measured


@dataclass(frozen=True, slots=True)
class Room:
    """Where blocks stand.

    Attributes:
        width: of their lines, points.
        height: of a page's text, points.
        grid: distance of the lines of the page's grid, 0 for none.
        in_cell: whether no page can break there: in a cell, header, footer or footnote.
    """

    width: float
    height: float
    grid: float = 0.0
    in_cell: bool = False


def tall(book: StyleBook, block: Block, room: Room) -> float:
    """Roughly how much of a page's height a paragraph or table takes."""
    if isinstance(block, Table):
        return rows_tall(book, block.rows, room)
    if not isinstance(block, Paragraph):
        return 0.0
    line = sum(book.edges(block.mark, block.format, cjk=True, grid=room.grid))
    length = pictures = 0.0
    for item in block.runs:
        if isinstance(item, TextRun):
            length += len(item.text) * item.format.size
        elif isinstance(item, Picture):
            pictures += item.height
    lines = math.ceil(length / max(room.width, 1.0)) or 1
    return (lines * line + pictures) / room.height


def blocks_tall(book: StyleBook, blocks: Iterable[Block], room: Room) -> float:
    """The same of several blocks, one below another."""
    return sum(tall(book, block, room) for block in blocks)


def rows_tall(book: StyleBook, rows: Iterable[Row], room: Room) -> float:
    """The same of a table's rows, each as tall as its tallest cell."""
    return sum(max((blocks_tall(book, cell.blocks, room) for cell in row.cells), default=0) for row in rows)

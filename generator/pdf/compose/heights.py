"""Rough heights as shares of a page, for what must be decided before anything is drawn."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from generator.pdf.docx.tree import Columns, Drawing, Paragraph, Picture, Table, TextRun

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.pdf.compose.styles import StyleBook
    from generator.pdf.docx.tree import Block, Row

MEASURE_FROM: Final = 0.4  # of a page: rows and paragraphs that look this tall are measured


class Room(Struct, frozen=True):
    """The space in which blocks are set.

    Attributes:
        width: of their lines, points.
        height: of a page's text, points.
        grid: distance of the lines of the page's grid, 0 for none.
        in_cell: whether no page can break there: in a cell, header, footer or footnote.
        beside: the free sheet at the left and at the right of it, which a table may take that is wider than the text.
        in_table: whether it is a cell, in which whatever floats stays.
        top: of a page's text, from the sheet's upper edge; None where pages do not matter.
    """

    width: float
    height: float
    grid: float = 0.0
    in_cell: bool = False
    beside: tuple[float, float] = (0.0, 0.0)
    in_table: bool = False
    top: float | None = None


def share_of_page(book: StyleBook, block: Block, room: Room) -> float:
    """The share of the height of ``room`` that a paragraph or table takes, roughly; 1.0 is a whole page."""
    if isinstance(block, Table):
        return share_of_rows(book, block.rows, room)
    if isinstance(block, Columns):
        return share_of_blocks(book, block.blocks, room) / block.count
    if not isinstance(block, Paragraph):
        return 0.0
    line = sum(book.edges(block.mark, block.format, cjk=True, grid=room.grid))
    length = pictures = 0.0
    for item in block.runs:
        if isinstance(item, TextRun):
            length += len(item.text) * item.format.size
        elif isinstance(item, Picture) or (isinstance(item, Drawing) and item.placement is None):
            pictures += item.height
    lines = math.ceil(length / max(room.width, 1.0)) or 1
    return (lines * line + pictures) / room.height


def share_of_blocks(book: StyleBook, blocks: Iterable[Block], room: Room) -> float:
    """The share that several blocks take, one below another."""
    return sum(share_of_page(book, block, room) for block in blocks)


def share_of_rows(book: StyleBook, rows: Iterable[Row], room: Room) -> float:
    """The share that a table's rows take, each as tall as its tallest cell."""
    return sum(
        max((share_of_blocks(book, cell.blocks, room) for cell in row.cells), default=0) for row in rows
    )

"""Composing tables: column widths, cells, text that runs down, and rows that must not run off the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from generator.pdf.compose.drawing import (
    DownText,
    DrawnBlock,
    DrawnCell,
    DrawnParagraph,
    DrawnTable,
    StyledText,
    UpText,
    Written,
)
from generator.pdf.compose.heights import MEASURE_FROM, Room, share_of_blocks, share_of_rows
from generator.pdf.docx.tree import Block, BookmarkStart, LineBreak, Paragraph, TextRun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.pdf.compose.styles import StyleBook
    from generator.pdf.docx.tree import Cell, Row, RunFormat, Table

ComposeBlocks = Callable[["StyleBook", Sequence[Block], Room], tuple[DrawnBlock, ...]]

# Of the text's width: up to this a table in a cell keeps its own, as the cell's margins give way a little.
_WIDER_THAN_CELL: Final = 1.12
_ROUNDING: Final = 0.01  # points by which the sum of columns may differ from the width meant
# The share of what a table is wider than the text that stands over the left margin.
_OVER_THE_LEFT: Final = {"center": 0.5, "right": 1.0}
_FROM_EDGE: Final = 12.0  # points from the edge of the sheet that stay free beside a table
_UPRIGHT: Final = (0.88, 0.12)  # of the size: where a character of text that runs down stands in its square
_LEAST_LENGTH: Final = 12.0  # points, of a line of turned text
_SPARE: Final = 1.05  # by which the estimated length of a line of turned text is multiplied
_LATIN_EM: Final = 0.55


def compose_table(
    book: StyleBook, table: Table, room: Room, compose_blocks: ComposeBlocks, *, above: float
) -> DrawnTable:
    """What the program draws of a table.

    Args:
        book: the document's styles.
        table: the table.
        room: where it stands.
        compose_blocks: composes what stands in a cell.
        above: the gap to what stands above, points.
    """
    rows = table.rows
    columns = _column_widths(table, room)
    heads = next((at for at, row in enumerate(rows) if not row.head), 0)
    stays = [keeps_next(row) for row in rows]
    glued = len(rows) > 1 and all(stays[:-1])
    align, indent = table.align, table.indent if table.align == "left" else 0.0
    wider = sum(columns) - room.width
    if wider > _ROUNDING and align in _OVER_THE_LEFT:
        align, indent = "left", -wider * _OVER_THE_LEFT[align]
    return DrawnTable(
        columns,
        align,
        indent,
        heads,
        tuple(min(row.height, room.height - 1) for row in rows),
        tuple(
            _compose_cell(book, cell, y, rows, columns, room, compose_blocks)
            for y, row in enumerate(rows)
            for cell in row.cells
        ),
        above,
        whole=glued and share_of_rows(book, rows, room) < MEASURE_FROM * 2,
        keep_next=stays[-1],
        kept=() if glued else tuple(_kept_together(book, rows, stays, heads, room)),
        opens=table.opens,
        closes=table.closes or table.opens,
    )


def keeps_next(row: Row) -> bool:
    """Whether a row is kept with the next: Word looks at the first paragraph of each of its cells."""
    firsts = [cell.blocks[0] for cell in row.cells if cell.blocks]
    asked = [block.format.keep_next for block in firsts if isinstance(block, Paragraph)]
    return bool(asked) and all(asked)


def _kept_together(
    book: StyleBook, rows: Sequence[Row], stays: Sequence[bool], heads: int, room: Room
) -> Iterator[tuple[int, int]]:
    """The rows that keep to the next, as the first of them and how many stay together."""
    first = heads
    while first < len(rows):
        last = first
        while last + 1 < len(rows) and stays[last]:
            last += 1
        if last > first and share_of_rows(book, rows[first : last + 1], room) < MEASURE_FROM:
            yield first, last - first + 1
        first = last + 1


def _column_widths(table: Table, room: Room) -> tuple[float, ...]:
    columns, total = table.columns, sum(table.columns)
    if total and table.share is not None:
        columns = tuple(width * table.share * room.width / total for width in columns)
    elif total > _widest(table, room) + _ROUNDING:
        # Text beyond the sheet would not be printed, and no template means that: the columns are scaled down.
        columns = tuple(width * room.width / total for width in columns)
    return tuple(round(width, 3) for width in columns)


def _widest(table: Table, room: Room) -> float:
    """The width that a table may have so that all of it stands on the sheet, a little from its edges; or in its cell."""
    if room.in_cell:
        return room.width * _WIDER_THAN_CELL
    left, right = (max(side - _FROM_EDGE, 0.0) for side in room.beside)
    if table.align == "center":
        return room.width + 2 * min(left, right)
    return room.width + (left if table.align == "right" else right - table.indent)


def _compose_cell(
    book: StyleBook,
    cell: Cell,
    y: int,
    rows: Sequence[Row],
    columns: Sequence[float],
    room: Room,
    compose_blocks: ComposeBlocks,
) -> DrawnCell:
    margins = cell.margins
    width = sum(columns[cell.column : cell.column + cell.span]) - margins.left - margins.right
    width = max(width, 1.0)
    spanned = rows[y : y + cell.rowspan]
    whole = all(row.whole or row.rule == "exact" for row in spanned)
    content: tuple[DrawnBlock, ...] | DrawnParagraph | DownText | UpText
    align, written = "left", None
    if cell.turn is not None:
        measure = whole and share_of_blocks(book, cell.blocks, _inside(width, room)) > MEASURE_FROM
    if cell.turn == "up":
        content = _turned_up(
            book, cell, room, _height_left(book, cell, spanned, columns, room), compose_blocks
        )
    elif cell.turn == "stack" and is_text(cell.blocks):
        content = running_down(book, cell.blocks, _height_left(book, cell, spanned, columns, room))
    else:
        text = book.kept(
            cell.blocks,
            (width, room.height, room.grid),
            lambda: _compose_upright(book, cell.blocks, _inside(width, room), compose_blocks),
        )
        measure = whole and text.looks_tall
        content, written = text.blocks, text.written
        marked = measure or cell.opens or cell.closes or cell.falling or cell.rising
        if text.lines is not None and not marked:
            content, align, written = text.lines, text.align, text.lines_written
    return DrawnCell(
        cell.column,
        y,
        cell.span,
        len(spanned),
        measure,
        content,
        cell.opens,
        cell.closes,
        book.cell(cell, align, whole=whole),
        book.stroke(cell.falling),
        book.stroke(cell.rising),
        written,
    )


def _inside(width: float, room: Room) -> Room:
    return Room(width, room.height, room.grid, in_cell=True, in_table=True)


class _UprightText(Struct, frozen=True):
    """The blocks of a cell whose text is not turned.

    Attributes:
        looks_tall: whether they seem to take so much of a page that they must be measured.
        lines: the one paragraph that they are, where a cell can draw that itself.
        align: where its lines stand.
    """

    blocks: tuple[DrawnBlock, ...]
    looks_tall: bool
    lines: DrawnParagraph | None
    align: str
    written: Written = field(default_factory=Written)
    lines_written: Written = field(default_factory=Written)


def _compose_upright(
    book: StyleBook, blocks: Sequence[Block], room: Room, compose_blocks: ComposeBlocks
) -> _UprightText:
    drawn = compose_blocks(book, blocks, room)
    lines, align = None, "left"
    if len(drawn) == 1 and isinstance(drawn[0], DrawnParagraph) and drawn[0].is_bare:
        style = book.paragraph_styles[drawn[0].style]
        if not (style.left or style.right or style.fill or style.lines or style.loose or style.tight):
            lines, align = drawn[0], style.align
    return _UprightText(drawn, share_of_blocks(book, blocks, room) > MEASURE_FROM, lines, align)


# -- turned text ------------------------------------------------------------------------------------------------


def _height_left(
    book: StyleBook, cell: Cell, spanned: Sequence[Row], columns: Sequence[float], room: Room
) -> float:
    """Roughly the height that the other cells of its rows leave for a cell's text, in points."""
    height = 0.0
    for row in spanned:
        others = [other for other in row.cells if other is not cell and not other.turn and other.rowspan == 1]
        heights = [row.height]
        for other in others:
            width = sum(columns[other.column : other.column + other.span])
            text = share_of_blocks(book, other.blocks, Room(width, room.height)) * room.height
            heights.append(text + other.margins.top + other.margins.bottom)
        height += max(heights)
    return height - (cell.margins.top + cell.margins.bottom)


def _turned_up(
    book: StyleBook, cell: Cell, room: Room, height: float, compose_blocks: ComposeBlocks
) -> UpText:
    lengths = [
        sum(_length_in_ems(text) * look.size for text, look in _texts(block))
        for block in cell.blocks
        if isinstance(block, Paragraph)
    ]
    most = max(height, _LEAST_LENGTH) if height > 0 else room.height
    length = min(max([*lengths, _LEAST_LENGTH]) * _SPARE + 1, most)
    return UpText(compose_blocks(book, cell.blocks, Room(length, room.height, in_cell=True)), length)


def is_text(blocks: Sequence[Block]) -> bool:
    """Whether blocks hold nothing but text: only then are they drawn running down, other content stays upright."""
    return all(
        isinstance(block, Paragraph)
        and all(isinstance(item, TextRun | BookmarkStart | LineBreak) for item in block.runs)
        for block in blocks
    )


def running_down(book: StyleBook, blocks: Sequence[Block], height: float) -> DownText:
    """Blocks of text as columns that run down, of a height at most; 0 for any height."""
    columns: list[tuple[StyledText, ...]] = []
    for block in blocks:
        column: list[StyledText] = []
        used = 0.0
        for text, look in _texts(block):
            size = look.size
            style = book.run(look, (_UPRIGHT[0] * size, _UPRIGHT[1] * size))
            for piece in re.findall("[!-~]{2,}|.", book.drawable(text, look)):
                length = size * max(_length_in_ems(piece), 1.0)
                if height > 0 and column and used + length > height + 0.5 * size:
                    columns.append(tuple(column))
                    column, used = [], 0.0
                column.append(StyledText(style, piece))
                used += length
        if column:
            columns.append(tuple(column))
    return DownText(tuple(columns))


def _texts(block: Block) -> Iterator[tuple[str, RunFormat]]:
    """The texts of a paragraph with their formatting, its number or bullet the first."""
    if isinstance(block, Paragraph):
        if block.label is not None:
            yield block.label.text, block.label.format
        for item in block.runs:
            if isinstance(item, TextRun):
                yield item.text, item.format


def _length_in_ems(text: str) -> float:
    """Roughly how long a text is, in ems."""
    return sum(_LATIN_EM if char < "\u2000" else 1.0 for char in text)

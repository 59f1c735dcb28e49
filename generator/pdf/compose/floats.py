"""Composing what floats: drawings, frames and tables; and which text has to make room for them.

A table or frame that leaves no room for text beside it stands in the text, at the height that it asks for; what is
narrower is placed, and text near it gives way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from generator.pdf.compose.drawing import (
    DownText,
    DrawingMark,
    DrawnBlock,
    DrawnFloat,
    DrawnParagraph,
    DrawnShape,
    DrawnTable,
    DrawnTextBox,
    GapTo,
    PictureMark,
    UpText,
)
from generator.pdf.compose.heights import Room, share_of_page
from generator.pdf.compose.tables import is_text, running_down
from generator.pdf.docx.tree import Block, Frame, PageBreak, Paragraph, Table

if TYPE_CHECKING:
    from generator.pdf.compose.styles import StyleBook
    from generator.pdf.docx.tree import Drawing, Placement, Shape, TextBox

ComposeBlocks = Callable[["StyleBook", Sequence[Block], Room], tuple[DrawnBlock, ...]]

_LEAST_BESIDE: Final = 80.0  # points: text is not set in less room than this beside something
_TALLEST: Final = 0.8  # of a page: what looks taller must be able to break, so it stands in the text
_FITS: Final = 0.4  # of a paragraph's height: so much of it may look too tall to stand above
_BEFORE: Final = 8  # blocks before something that floats, which may reach up beside them
_AFTER: Final = 60  # and after it


class FloatingTable(Struct, frozen=True):
    """A table that is placed, so narrow that text stands beside it."""

    table: Table
    placement: Placement


Settled = Block | FloatingTable | GapTo


def settled(book: StyleBook, blocks: Sequence[Block], room: Room) -> Sequence[Settled]:
    """Blocks with each table and frame that floats either marked to be placed, or put where it stands in the text.

    Args:
        book: the document's styles.
        blocks: the blocks of a section, cell, header, footer, note or text box.
        room: where they stand.
    """
    if not any(isinstance(block, Frame) or _placement_of(block) is not None for block in blocks):
        return blocks
    found: list[Settled] = []
    waiting = list(blocks)
    used = 0.0  # of the page so far, in points
    while waiting:
        block = waiting.pop(0)
        placement = block.placement if isinstance(block, Frame) else _placement_of(block)
        if placement is None or _is_placed(book, block, room):
            if isinstance(block, Table) and placement is not None:
                found.append(FloatingTable(replace(block, placement=None), placement))
            else:
                found.append(block)
            used = 0.0 if isinstance(block, PageBreak) else used + _height(book, block, room)
            continue
        distance, gap = _distance(placement, room, used)
        while waiting and distance > 0:
            above = waiting[0]
            if not isinstance(above, Paragraph) or above.ends_section or above.format.page_break_before:
                break
            tall = _height(book, above, room)
            if tall * (1 - _FITS) > distance:
                break
            found.append(waiting.pop(0))
            distance -= tall
            used += tall
        if gap is not None:
            found.append(gap)
        found += _in_text(block, placement, room)
        used += _height(book, block, room)
    return found


def _placement_of(block: Block) -> Placement | None:
    return block.placement if isinstance(block, Table) else None


def _height(book: StyleBook, block: Block, room: Room) -> float:
    return share_of_page(book, block, room) * room.height


def _is_placed(book: StyleBook, block: Block, room: Room) -> bool:
    """Whether something that floats is narrow and short enough to be placed."""
    if isinstance(block, Frame):
        return block.width + _LEAST_BESIDE < room.width
    if not isinstance(block, Table) or room.in_cell:
        return False
    narrow = sum(block.columns) + _LEAST_BESIDE < room.width and block.share is None
    return narrow and share_of_page(book, replace(block, placement=None), room) < _TALLEST


def _distance(placement: Placement, room: Room, used: float) -> tuple[float, GapTo | None]:
    """How much text stands above something that is anchored here, and where it is to begin on the page."""
    down = placement.down
    if isinstance(down, str):
        return 0.0, None
    if placement.down_from == "paragraph":
        return down, None
    if room.in_cell or room.top is None:
        return 0.0, None
    start = down if placement.down_from == "page" else room.top + down
    return start - room.top - used, GapTo(start)


def _in_text(block: Block, placement: Placement, room: Room) -> list[Block]:
    if isinstance(block, Frame):
        return list(block.blocks)
    if not isinstance(block, Table):
        return [block]
    across = placement.across
    if isinstance(across, str):
        return [replace(block, placement=None, align=across)]
    if placement.across_from == "page" and not room.in_cell:
        across -= room.beside[0]
    return [replace(block, placement=None, align="left", indent=across - _text_margin(block))]


def _text_margin(table: Table) -> float:
    """Its place counts from the text of its first cell, not from that cell's border."""
    cells = table.rows[0].cells
    return cells[0].margins.left if cells else 0.0


def compose_float(
    book: StyleBook, block: Frame | FloatingTable, room: Room, compose_blocks: ComposeBlocks
) -> DrawnFloat:
    """Something that is placed.

    Args:
        book: the document's styles.
        block: a frame or table.
        room: where it is anchored.
        compose_blocks: composes what stands in it.
    """
    if isinstance(block, Frame):
        width = block.width or None
        inner = replace(room, width=block.width or room.width, in_cell=True)
        blocks = compose_blocks(book, block.blocks, inner)
        return DrawnFloat(blocks, _within(block.placement, room), width, block.height)
    width = sum(block.table.columns)
    inner = replace(room, width=width, in_cell=True, beside=(0.0, 0.0))
    placement = block.placement
    if not isinstance(placement.across, str):
        placement = replace(placement, across=placement.across - _text_margin(block.table))
    table = replace(block.table, align="left", indent=0.0)
    return DrawnFloat(compose_blocks(book, (table,), inner), _within(placement, room), width, 0.0)


def _within(placement: Placement, room: Room) -> Placement:
    """A placement as it counts in a cell, in which everything stays."""
    if not room.in_table:
        return placement
    return replace(placement, across_from="column", down_from="paragraph")


def compose_drawing(
    book: StyleBook, drawing: Drawing, room: Room, compose_blocks: ComposeBlocks
) -> DrawingMark:
    """A drawing.

    Args:
        book: the document's styles.
        drawing: the drawing.
        room: where it stands or is anchored.
        compose_blocks: composes what stands in a text box.
    """
    placement = drawing.placement
    return DrawingMark(
        drawing.width,
        drawing.height,
        tuple(_compose_shape(book, shape, room, compose_blocks) for shape in drawing.shapes),
        _within(placement, room) if placement is not None else None,
        drawing.rule,
    )


def _compose_shape(book: StyleBook, shape: Shape, room: Room, compose_blocks: ComposeBlocks) -> DrawnShape:
    picture = shape.picture
    return DrawnShape(
        shape.x,
        shape.y,
        shape.width,
        shape.height,
        shape.turn,
        shape.mirrored,
        shape.path,
        shape.fill,
        book.stroke(shape.line),
        shape.heads,
        PictureMark(picture.name, picture.width, picture.height, picture.description, picture.crop)
        if picture is not None
        else None,
        _compose_text(book, shape.text, shape, room, compose_blocks) if shape.text is not None else None,
    )


def _compose_text(
    book: StyleBook, text: TextBox, shape: Shape, room: Room, compose_blocks: ComposeBlocks
) -> DrawnTextBox:
    margins = text.margins
    width = max(shape.width - margins.left - margins.right, 1.0)
    height = max(shape.height - margins.top - margins.bottom, 1.0)
    content: tuple[DrawnBlock, ...] | DownText | UpText
    if text.turn == "stack" and is_text(text.blocks):
        content = running_down(book, text.blocks, height)
    elif text.turn is not None:
        inner = Room(height, room.height, room.grid, in_cell=True)
        content = UpText(compose_blocks(book, text.blocks, inner), height)
    else:
        inner = Room(width if not text.own_width else room.width, room.height, room.grid, in_cell=True)
        content = compose_blocks(book, text.blocks, inner)
    insets = (margins.top, margins.right, margins.bottom, margins.left)
    return DrawnTextBox(content, insets, text.valign, text.own_width and text.turn is None)


def giving_way(blocks: Sequence[DrawnBlock]) -> tuple[DrawnBlock, ...]:
    """Blocks, of which those near something that floats beside text are marked to make room for it."""
    anchors = [at for at, block in enumerate(blocks) if _pushes(block)]
    if not anchors:
        return tuple(blocks)
    near = {other for at in anchors for other in range(max(at - _BEFORE, 0), min(at + _AFTER, len(blocks)))}
    return tuple(_giving_way(block) if at in near else block for at, block in enumerate(blocks))


def _giving_way(block: DrawnBlock) -> DrawnBlock:
    if isinstance(block, DrawnParagraph):
        return replace(block, gives_way=True, written=None)
    return replace(block, gives_way=True) if isinstance(block, DrawnTable) else block


def _pushes(block: DrawnBlock) -> bool:
    if isinstance(block, DrawnFloat):
        return block.placement.wrap != "none"
    return isinstance(block, DrawnParagraph) and any(
        item.placement is not None and item.placement.wrap != "none" for item in block.floats
    )

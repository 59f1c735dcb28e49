"""Composing a paragraph."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.pdf.compose.drawing import (
    Anchor,
    Blank,
    BreakableText,
    DrawingMark,
    DrawnParagraph,
    FieldMark,
    HeadingMark,
    Leader,
    ListedHeading,
    StyledText,
    TabMark,
    Written,
)
from generator.pdf.compose.floats import compose_drawing
from generator.pdf.compose.heights import MEASURE_FROM, share_of_page
from generator.pdf.compose.punctuation import HANGING_MARK, with_hanging
from generator.pdf.compose.runs import MARKS_APART, compose_runs, compose_text
from generator.pdf.compose.values import number_values
from generator.pdf.docx.tree import BookmarkStart, Drawing, PageField, TextRun

if TYPE_CHECKING:
    from generator.pdf.compose.drawing import ParagraphStyle, Piece
    from generator.pdf.compose.heights import Room
    from generator.pdf.compose.styles import StyleBook
    from generator.pdf.compose.tables import ComposeBlocks
    from generator.pdf.docx.tree import Label, Paragraph

_LATIN_WORD: Final = re.compile(r"[!-~]{8,}")
_LATIN_WIDTH: Final = 0.56  # of the size: about the width of a Latin character
_AT_EDGE: Final = 0.5  # points from the margin within which a tab stop counts as at it
_SHORT: Final = 0.85  # of the width: a line that looks shorter than this is one line
_WIDEST: Final = 1.25  # of the size: a character with the gap between Chinese and Latin
_DEEPEST_HEADING: Final = 6


def compose_paragraph(
    book: StyleBook,
    paragraph: Paragraph,
    room: Room,
    compose_blocks: ComposeBlocks,
    *,
    above: float,
    top_space: float | None = None,
    bottom_space: float | None = None,
    keep_next: bool = False,
) -> DrawnParagraph:
    """What the program draws of a paragraph.

    Args:
        book: the document's styles and headings, to which this one's are added.
        paragraph: the paragraph.
        room: where it stands.
        compose_blocks: composes what stands in a text box.
        above: the gap to what stands above, points.
        top_space: see DrawnParagraph.
        bottom_space: likewise.
        keep_next: whether it stays on the page of what follows.
    """
    form, label, items = paragraph.format, paragraph.label, paragraph.runs
    size = next((item.format.size for item in items if isinstance(item, TextRun)), paragraph.mark.size)
    number = book.paragraph(form, size, continues=paragraph.continues)
    style = book.paragraph_styles[number]
    pieces = compose_runs(
        book, items, form, room.grid, lambda item: compose_drawing(book, item, room, compose_blocks)
    )
    floats = tuple(
        piece for piece in pieces if isinstance(piece, DrawingMark) and piece.placement is not None
    )
    if floats:
        pieces = [piece for piece in pieces if piece not in floats]
    if label is not None:
        pieces = [*_compose_label(book, label, paragraph, room.grid), *pieces]
    pieces = [_breakable(piece, size, room.width) for piece in pieces]
    if style.align == "justify" and not room.in_cell and form.overflow_punctuation:
        pieces = _with_hanging(book, pieces, style, room)
    pieces = number_values(book, _with_leader(book, pieces, style, room), label, items)
    plain = bool(pieces) and style.align != "distribute" and all(_is_plain(book, piece) for piece in pieces)
    empty = label is None and all(
        isinstance(item, BookmarkStart) or (isinstance(item, Drawing) and item.placement is not None)
        for item in items
    )
    ends_blank = bool(pieces) and isinstance(pieces[-1], Blank) and style.align == "left"
    return DrawnParagraph(
        number,
        tuple(pieces),
        above,
        plain=plain,
        height=sum(book.edges(paragraph.mark, form, cjk=True, grid=room.grid)) if empty else None,
        tabbed=not plain and (ends_blank or any(isinstance(piece, TabMark) for piece in pieces)),
        heading=_heading(book, paragraph) if form.outline or form.style in book.listed_styles else None,
        whole=form.keep_lines and share_of_page(book, paragraph, room) < MEASURE_FROM,
        page_break_before=form.page_break_before and not room.in_cell,
        keep_next=keep_next,
        opens=paragraph.opens,
        closes=paragraph.closes,
        top_space=top_space,
        bottom_space=bottom_space,
        floats=floats,
        written=Written(),
    )


def _compose_label(book: StyleBook, label: Label, paragraph: Paragraph, grid: float) -> list[Piece]:
    look = label.format
    found = compose_text(book, label.text, look, paragraph.format, grid)
    style = book.run(look, book.edges(look, paragraph.format, cjk=True, grid=grid))
    if label.suffix == "tab":
        found.append(TabMark(style))
    elif label.suffix == "space":
        found.append(StyledText(style, " "))
    return found


def _heading(book: StyleBook, paragraph: Paragraph) -> HeadingMark | None:
    """Add a paragraph to the document's headings; None where it holds no text."""
    text = "".join(
        item.text if isinstance(item, TextRun) else item.stored
        for item in paragraph.runs
        if isinstance(item, TextRun | PageField)
    ).strip()
    level, style = paragraph.format.outline or 0, paragraph.format.style
    if not text:
        return None
    title = (paragraph.label.text if paragraph.label is not None else "") + text
    book.headings.append(
        ListedHeading(
            level, book.drawable(title, paragraph.mark), style if style in book.listed_styles else None
        )
    )
    return HeadingMark(min(level, _DEEPEST_HEADING), len(book.headings) - 1, title)


def _is_plain(book: StyleBook, piece: Piece) -> bool:
    """Whether a piece is text that the program draws as it is."""
    return (
        isinstance(piece, StyledText)
        and not book.run_styles[piece.style].is_decorated
        and MARKS_APART not in piece.text
        and HANGING_MARK not in piece.text
    )


def _breakable(piece: Piece, size: float, width: float) -> Piece:
    """A text whose Latin word is wider than its line, as an e-mail in a cell, may break within the word."""
    if not isinstance(piece, StyledText) or len(piece.text) * size * _LATIN_WIDTH <= width:
        return piece
    longest = max((len(word) for word in _LATIN_WORD.findall(piece.text)), default=0)
    return piece if longest * size * _LATIN_WIDTH <= width else BreakableText(piece.style, piece.text)


def _with_leader(book: StyleBook, pieces: list[Piece], style: ParagraphStyle, room: Room) -> list[Piece]:
    """Pieces whose only tab goes to the right margin, as in a contents list: its leader just fills the line."""
    if len(style.tabs) != 1 or style.hang:
        return pieces
    (stop,) = style.tabs
    edge = room.width - style.right
    tabs = [at for at, piece in enumerate(pieces) if isinstance(piece, TabMark)]
    if stop.align != "right" or stop.position < edge - _AT_EDGE or len(tabs) != 1:
        return pieces
    if not all(isinstance(piece, StyledText | TabMark | FieldMark | Anchor) for piece in pieces):
        return pieces
    length = sum(
        len(piece.text) * book.run_styles[piece.style].size
        for piece in pieces
        if isinstance(piece, StyledText)
    )
    if style.left + style.first + length > edge * _SHORT:
        return pieces
    return [Leader(piece.style, stop.leader) if isinstance(piece, TabMark) else piece for piece in pieces]


def _with_hanging(book: StyleBook, pieces: list[Piece], style: ParagraphStyle, room: Room) -> list[Piece]:
    """Pieces with each punctuation mark that hangs into the margin marked; unchanged where there is more than text."""
    texts = [piece for piece in pieces if isinstance(piece, StyledText)]
    if style.hang or len(texts) != len(pieces):
        return pieces
    width, most = room.width - style.left - style.right, style.first
    for piece in texts:
        run = book.run_styles[piece.style]
        most += len(piece.text) * (_WIDEST * run.size + run.spacing)
    if most <= width:
        return pieces  # one line that ends before the margin
    return list(
        with_hanging(
            texts,
            lambda number: (book.run_styles[number].size, book.run_styles[number].spacing),
            book.latin_width,
            width=width,
            first=style.first,
            ignored=MARKS_APART,
        )
    )

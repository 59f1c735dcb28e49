"""Composing what stands in a line: which style draws each piece, blanks to write on, ticked boxes."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final

from generator.pdf.compose.drawing import (
    Anchor,
    Blank,
    FieldMark,
    FittedText,
    NewLine,
    NoteMark,
    NoteNumber,
    PictureMark,
    StyledText,
    TabMark,
    TwoLines,
)
from generator.pdf.docx.tree import (
    BookmarkStart,
    Drawing,
    FootnoteNumber,
    FootnoteReference,
    PageField,
    Picture,
    Tab,
    TextRun,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from generator.pdf.compose.drawing import DrawingMark, Piece
    from generator.pdf.compose.styles import Edges, StyleBook
    from generator.pdf.docx.tree import Inline, ParagraphFormat, RunFormat

_CJK: Final = re.compile("[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]")
_LATIN: Final = re.compile(
    "([\u0021-\u00a6\u00a9-\u00af\u00b2-\u00b6\u00b8-\u00d6\u00d8-\u00f6\u00f8-\u058f ]+)"
)
_BLANKS: Final = re.compile("(^[ \u00a0\u3000]+|[ \u00a0\u3000]{2,}|[ \u00a0\u3000]+$)")
_WIDTHS: Final = (1.0, 0.5)  # ems: about the width of a Chinese and of a Latin character
_FIRST_WIDE: Final = "\u2000"
_BLANK_CHUNK: Final = 4  # characters of a blank between which it may break over two lines
_MARKS: Final = "、。，．：；？！（）《》〈〉「」『』【】〔〕〖〗“”‘’"
_MEETING: Final = re.compile(f"(?<=[{_MARKS}])(?=[{_MARKS}])")
# Between two adjacent Chinese punctuation marks the engine removes half of the space. Word does so only where the
# document says so; elsewhere this sign between the two tells the Typst program to keep the space.
MARKS_APART: Final = "\x1f"


def compose_runs(
    book: StyleBook,
    runs: Iterable[Inline],
    paragraph: ParagraphFormat,
    grid: float,
    draw: Callable[[Drawing], DrawingMark],
) -> list[Piece]:
    """The pieces that a paragraph's runs become.

    Args:
        book: the document's styles.
        runs: what stands in the paragraph.
        paragraph: its formatting.
        grid: distance of the lines of the page's grid, 0 for none.
        draw: composes a drawing.
    """
    found: list[Piece] = []
    items = list(runs)
    widths = _fitted_widths(items)
    for at, item in enumerate(items):
        if at in widths and isinstance(item, TextRun):
            edges = book.edges(item.format, paragraph, cjk=_CJK.search(item.text) is not None, grid=grid)
            text = book.drawable(item.text, item.format)
            found.append(FittedText(book.run(item.format, edges), text, widths[at]))
        elif isinstance(item, TextRun):
            found += compose_text(book, item.text, item.format, paragraph, grid)
        elif isinstance(item, FootnoteNumber) and item.label.fixed is not None:
            found += compose_text(book, item.label.fixed, item.format, paragraph, grid)
        elif isinstance(item, BookmarkStart):
            found.append(Anchor(item.name))
        elif isinstance(item, Drawing):
            found.append(draw(item))
        elif isinstance(item, Picture):
            found.append(
                PictureMark(item.name, item.width, item.height, item.description, item.crop, item.turn)
            )
        else:
            style = book.run(item.format, book.edges(item.format, paragraph, cjk=True, grid=grid))
            if isinstance(item, PageField):
                found.append(FieldMark(item.kind, style, item.bookmark, item.number_format))
            elif isinstance(item, FootnoteReference):
                found.append(NoteMark(style, item.note))
            elif isinstance(item, FootnoteNumber):
                found.append(NoteNumber(style, item.note))
            else:
                found.append(TabMark(style) if isinstance(item, Tab) else NewLine(style))
    return found


def _fitted_widths(items: Sequence[Inline]) -> dict[int, float]:
    """The width of each run that is spread over one, by its place; runs that share a width share it by their length."""
    found: dict[int, float] = {}
    for fitted, group in groupby(
        enumerate(items), lambda pair: pair[1].format.fitted if isinstance(pair[1], TextRun) else None
    ):
        if fitted is None or fitted[1] <= 0:
            continue
        lengths = {
            at: sum(_WIDTHS[char < _FIRST_WIDE] for char in item.text) * item.format.size
            for at, item in group
            if isinstance(item, TextRun)
        }
        total = sum(lengths.values())
        found |= {at: fitted[1] * length / total for at, length in lengths.items() if length}
    return found


def compose_text(
    book: StyleBook, text: str, look: RunFormat, paragraph: ParagraphFormat, grid: float
) -> list[Piece]:
    """A text of one formatting as styled pieces; its underlined white space is a blank to write on."""
    edges = book.edges(look, paragraph, cjk=_CJK.search(text) is not None, grid=grid)
    text = book.drawable(text, look)
    if look.combined is not None:
        half = (len(text) + 1) // 2
        return [TwoLines(book.run(look, edges), text[:half], text[half:], look.combined)]
    if not book.compress:
        text = _MEETING.sub(MARKS_APART, text)
    if not look.underline:
        return _styled(book, text, look, edges)
    found: list[Piece] = []
    space = book.latin_face(look).space
    for index, piece in enumerate(_BLANKS.split(text)):
        if not piece:
            continue
        if index % 2 == 0:
            found += _styled(book, piece, look, edges)
            continue
        widths = [(1.0 if char == "\u3000" else space) * look.size + look.spacing for char in piece]
        chunks = (widths[at : at + _BLANK_CHUNK] for at in range(0, len(widths), _BLANK_CHUNK))
        found.append(Blank(book.run(look, edges), tuple(sum(chunk) for chunk in chunks)))
    return found


def _styled(book: StyleBook, text: str, look: RunFormat, edges: Edges) -> list[Piece]:
    ticks = book.ticks
    if ticks and ticks.search(text):
        found: list[Piece] = []
        for index, piece in enumerate(ticks.split(text)):
            if piece and index % 2:
                found.append(StyledText(book.run(look, edges, "tick"), piece))
            elif piece:
                found += _styled(book, piece, look, edges)
        return found
    if not book.splits_latin(look):
        return [StyledText(book.run(look, edges), text)]
    return [
        StyledText(book.run(look, edges, "latin" if index % 2 else "cjk"), piece)
        for index, piece in enumerate(_LATIN.split(text))
        if piece
    ]

"""Numbering the values among a paragraph's pieces, so that the drawn document tells where each stands.

It is done last, when all that depends on the text has been decided: a document in which values are numbered is laid
out as one in which they are not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from generator.pdf.compose.drawing import (
    Blank,
    BreakableText,
    FittedText,
    PrintedValue,
    StyledText,
    TwoLines,
)
from generator.pdf.compose.punctuation import HANGING_MARK
from generator.pdf.compose.runs import MARKS_APART
from generator.pdf.docx.tree import FootnoteNumber, TextRun

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.pdf.compose.drawing import Piece
    from generator.pdf.compose.styles import StyleBook
    from generator.pdf.docx.tree import Inline, Label

_SIGNS: Final = MARKS_APART + HANGING_MARK
_MARKS: Final = "、。，．：；？！（）《》〈〉「」『』【】〔〕〖〗“”‘’"
_FARTHEST: Final = 4
_NARROW: Final = 0.5
_WHITE: Final = re.compile("[ \u00a0\u3000]*")


def number_values(
    book: StyleBook, pieces: list[Piece], label: Label | None, items: Sequence[Inline]
) -> list[Piece]:
    """A paragraph's pieces, those that show values with the values' numbers; a piece that shows others too is cut.

    Args:
        book: the document's styles and values, to which these are added.
        pieces: what the paragraph is drawn of.
        label: its number, the first of the pieces.
        items: what the pieces were made from.
    """
    if not any(isinstance(item, TextRun) and item.values for item in items):
        return pieces
    texts: list[str] = [label.text + (" " if label.suffix == "space" else "")] if label is not None else []
    spans: list[tuple[int, int, str]] = []
    length = sum(map(len, texts))
    for item in items:
        if isinstance(item, TextRun):
            if book.drawable(item.text, item.format) != item.text:
                return pieces
            spans += [(length + start, length + end, path) for start, end, path in item.values]
            texts.append(item.text)
            length += len(item.text)
        elif isinstance(item, FootnoteNumber) and item.label.fixed is not None:
            texts.append(item.label.fixed)
            length += len(item.label.fixed)
    text = "".join(texts)
    size = next(item.format.size for item in items if isinstance(item, TextRun) and item.values)
    found: list[tuple[int, int, int]] = []
    for start, end, path in spans:
        least = found[-1][1] if found else 0
        begin = max(_cut(text, start, least, end - 1, -1), least)
        stop = _cut(text, end, begin + 1, len(text), 1)
        before = _width(text[begin:start], size) - _width(text[start:begin], size)
        after = _width(text[end:stop], size) - _width(text[stop:end], size)
        found.append((begin, stop, book.value(PrintedValue(path, before, after))))
    return list(_numbered(pieces, text, found))


def _numbered(pieces: list[Piece], text: str, spans: list[tuple[int, int, int]]) -> Iterator[Piece]:
    at = 0

    def number_at(place: int) -> int | None:
        return next((number for start, end, number in spans if start <= place < end), None)

    for piece in pieces:
        if isinstance(piece, Blank):
            found = _WHITE.match(text, at)
            at = found.end() if found else at
            yield piece
        elif isinstance(piece, TwoLines):
            at += len(piece.upper) + len(piece.lower)
            yield piece
        elif isinstance(piece, FittedText):
            yield replace(piece, value=number_at(at))
            at += len(piece.text)
        elif isinstance(piece, (StyledText, BreakableText)):
            length = sum(char not in _SIGNS for char in piece.text)
            if not any(start < at + length and at < end for start, end, _ in spans):
                at += length
                yield piece
                continue
            begin, number = 0, number_at(at)
            for place, char in enumerate(piece.text):
                if char in _SIGNS:
                    continue
                here = number_at(at)
                if here != number:
                    if place > begin:
                        yield replace(piece, text=piece.text[begin:place], value=number)
                    begin, number = place, here
                at += 1
            yield replace(piece, text=piece.text[begin:], value=number)
        else:
            yield piece


def _cut(text: str, at: int, low: int, high: int, way: int) -> int:
    """The place nearest to one at which a text can be cut without being drawn otherwise; the place itself if none.

    Args:
        text: the paragraph's.
        at: the place.
        low: the first place that may be taken.
        high: the last one.
        way: in which direction to look first, 1 or -1.
    """
    for far in range(_FARTHEST):
        for place in (at + far * way, at - far * way):
            if low <= place <= high and not _is_torn(text, place):
                return place
    return at


def _is_torn(text: str, at: int) -> bool:
    """Whether a cut would change how what stands beside it is drawn.

    The engine draws marks closer that meet within one piece, or that stand at the end of a line with nothing between
    them and the margin; and it gives or takes some of the space between Chinese and Latin characters of one piece.
    """
    before, after = text[at - 1 : at], text[at : at + 1]
    if (after and after in _MARKS) or (before and before in _MARKS):
        return True
    return bool(before and after) and _is_latin(before) != _is_latin(after)


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _width(text: str, size: float) -> float:
    return sum(size * (_NARROW if char.isascii() else 1.0) for char in text)

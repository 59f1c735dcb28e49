"""Finished pages as something to look at: pictures, a text layer, and where numbered values stand on them."""

from __future__ import annotations

import hashlib
import io
import re
from typing import TYPE_CHECKING, Any, Final

import pikepdf
from msgspec import Struct
from msgspec.structs import replace
from pypdfium2 import raw

from generator.pdf.pages import qpdf
from generator.pdf.pages.pdfium import opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from generator.pdf.compose.drawing import PrintedValue

# x0, y0, x1, y1 in points from the page's upper left corner.
Box = tuple[float, float, float, float]

_VALUE: Final = re.compile(r"value:(\d+)")
_TOUCHING: Final = 1.0  # points between two boxes of one value in one line
_SAME_LINE: Final = 2.0
# Text is read at a glance whatever the compression; packing harder takes longer than sending it.
_PNG_LEVEL: Final = 1


class ValueBox(Struct, frozen=True):
    """A piece of a printed value, in one line: the value's number, and where it stands."""

    number: int
    box: Box


class DrawnPage(Struct, frozen=True):
    """One page.

    Attributes:
        width: in points.
        height: likewise.
        digest: equal only for pages that look the same. A page may get another one without looking different, where
            the document's faces got new characters.
        values: its printed values, from the top.
    """

    width: float
    height: float
    digest: str
    values: tuple[ValueBox, ...]


class Word(Struct, frozen=True):
    """A piece of a line's text and where it stands."""

    text: str
    box: Box


def look_through(pdf: bytes, values: Sequence[PrintedValue]) -> tuple[DrawnPage, ...]:
    """What there is on the pages of a PDF that ``TypstEngine.draw`` has made.

    Args:
        pdf: the PDF.
        values: what stands there, by number.
    """
    with qpdf.opened(pdf) as document:
        fonts: dict[tuple[int, int], bytes] = {}
        pages = tuple(_page(page, fonts) for page in document.pages)
    first: dict[int, Box] = {}
    last: dict[int, Box] = {}
    for page in pages:
        for each in page.values:
            first.setdefault(each.number, each.box)
            last[each.number] = each.box
    return tuple(
        replace(
            page,
            values=tuple(
                trimmed
                for each in page.values
                for trimmed in _trimmed(each, values[each.number], first[each.number], last[each.number])
            ),
        )
        for page in pages
    )


def _trimmed(piece: ValueBox, value: PrintedValue, first: Box, last: Box) -> Iterator[ValueBox]:
    """A piece without what stands before or after the value; nothing where it is only that."""
    x0, y0, x1, y1 = piece.box
    if piece.box is first:
        x0 += value.before
    if piece.box is last:
        x1 -= value.after
    if x1 > x0:
        yield ValueBox(piece.number, (x0, y0, x1, y1))
    elif first is last:
        yield piece


def _page(page: Any, fonts: dict[tuple[int, int], bytes]) -> DrawnPage:
    _, _, width, height = (float(edge) for edge in page.mediabox)
    digest = hashlib.sha256(f"{width} {height}".encode())
    contents = page.obj.Contents
    for stream in contents if isinstance(contents, pikepdf.Array) else (contents,):
        digest.update(stream.read_raw_bytes())
    for name, font in sorted(page.resources.get("/Font", {}).items()):
        key = font.objgen
        if key not in fonts:
            # Which character each code of the page stands for.
            fonts[key] = font.ToUnicode.read_raw_bytes() if "/ToUnicode" in font else str(key).encode()
        digest.update(name.encode() + fonts[key])
    return DrawnPage(width, height, digest.hexdigest()[:32], tuple(_values(page, height)))


def _values(page: Any, height: float) -> Iterator[ValueBox]:
    found = []
    for link in page.get("/Annots", ()):
        value = _VALUE.fullmatch(str(link.get("/A", {}).get("/URI", "")))
        if value is not None:
            x0, y0, x1, y1 = (float(edge) for edge in link.Rect)
            top, bottom = height - max(y0, y1), height - min(y0, y1)
            found.append(ValueBox(int(value[1]), (min(x0, x1), top, max(x0, x1), bottom)))
    yield from _joined(found)


def _joined(boxes: Iterable[ValueBox]) -> Iterator[ValueBox]:
    """Boxes with those of one value that touch in one line made one."""
    last: ValueBox | None = None
    for each in boxes:
        if last is not None and last.number == each.number and _touch(last.box, each.box):
            a, b = last.box, each.box
            box = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
            last = ValueBox(last.number, box)
            continue
        if last is not None:
            yield last
        last = each
    if last is not None:
        yield last


def _touch(one: Box, other: Box) -> bool:
    in_line = abs((one[1] + one[3]) - (other[1] + other[3])) < _SAME_LINE * 2
    return in_line and -_TOUCHING < other[0] - one[2] < _TOUCHING


def picture(pdf: bytes, page: int, width: int) -> bytes:
    """A page as a PNG.

    Args:
        pdf: the document.
        page: which page, from 0.
        width: of the picture, in pixels.
    """
    buffer = io.BytesIO()
    with opened(pdf) as document:
        sheet = document[page]
        bitmap = sheet.render(scale=width / sheet.get_width(), may_draw_forms=False)
        image = bitmap.to_pil()
        image.load()
    image.save(buffer, "png", compress_level=_PNG_LEVEL)
    return buffer.getvalue()


def words(pdf: bytes, page: int) -> tuple[Word, ...]:
    """The text of a page in pieces, each a line's or a part of one, for a layer over its picture.

    Args:
        pdf: the document.
        page: which page, from 0.
    """
    with opened(pdf) as document:
        sheet = document[page]
        height = sheet.get_height()
        text = sheet.get_textpage()
        return tuple(_pieces(_characters(text, height)))


class PrintedPage(Struct, frozen=True):
    """What a page prints.

    Attributes:
        height: in points.
        words: its text in pieces, in reading order.
    """

    height: float
    words: tuple[Word, ...]


def printed(pdf: bytes) -> tuple[PrintedPage, ...]:
    """The text of every page in pieces, as ``words`` gives that of one."""
    found = []
    with opened(pdf) as document:
        for sheet in document:
            height, text = sheet.get_height(), sheet.get_textpage()
            found.append(PrintedPage(height, tuple(_pieces(_characters(text, height)))))
    return tuple(found)


def _characters(text: Any, height: float) -> Iterator[tuple[str, Box | None]]:
    """Each character of a page with its box; None for line ends, which are no glyphs."""
    rect = raw.FS_RECTF()
    for at in range(text.count_chars()):
        char = chr(raw.FPDFText_GetUnicode(text, at))
        if char in "\r\n" or not raw.FPDFText_GetLooseCharBox(text, at, rect):
            yield char, None
        else:
            yield char, (rect.left, height - rect.top, rect.right, height - rect.bottom)


def _pieces(characters: Iterable[tuple[str, Box | None]]) -> Iterator[Word]:
    """Characters put together as long as each goes on where the one before ended."""
    shown, box = "", (0.0, 0.0, 0.0, 0.0)
    for char, here in characters:
        size = box[3] - box[1]
        if here is not None and shown and abs(here[1] - box[1]) < size / 2 and abs(here[0] - box[2]) < size:
            shown += char
            box = (box[0], min(box[1], here[1]), max(box[2], here[2]), max(box[3], here[3]))
            continue
        if shown.strip():
            yield Word(shown, box)
        shown, box = (char, here) if here is not None else ("", box)
    if shown.strip():
        yield Word(shown, box)

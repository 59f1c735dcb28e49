"""Our own pages: each page of a packet's PDFs as a picture, with every printed character's box."""

from __future__ import annotations

import ctypes
import hashlib
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np
import pypdfium2.raw as pdfium
from msgspec import Struct

from generator.pdf.pages.pdfium import opened
from generator.returns.scans.picture import DPI, PER_POINT, Box, Picture

if TYPE_CHECKING:
    from generator.publishing.manifest import Signatory

_LEAST_SIDE: Final = 0.2  # points: smaller boxes are spaces and marks that print nothing
_KEPT: Final = 6
_FACE_BYTES: Final = 128
_FIRST_PRINTED: Final = 33


class Glyph(Struct, frozen=True):
    """One printed character.

    Attributes:
        char: the character.
        box: where its ink is.
        size: its type size in points.
        face: the face's name, without the tag of its subset.
    """

    char: str
    box: Box
    size: float
    face: str


class Sheet(Struct, frozen=True, eq=False):
    """One page that was sent out.

    Attributes:
        edition: which packet it belongs to: empty for the one that is received, else how an older one is called.
        document: the document's id; empty for attached pages.
        title: the document's title.
        page: its number in the document, from 1.
        pages: how many the document has.
        position: its place in the packet, from 0, over all documents.
        size: width and height in points.
        glyphs: what is printed on it.
        signatories: who signs on it.
        digest: of the picture; pages that print the same have the same.
        draw: gives the picture, in shades of grey.
        extra: gives what else may be printed on it: the page of the print copy, which bears a number at the foot.
        code: what the code in its margin says; empty where it bears none.
        code_box: where that stands, quiet zone included, on the page's raster.
    """

    edition: str
    document: str
    title: str
    page: int
    pages: int
    position: int
    size: tuple[float, float]
    glyphs: tuple[Glyph, ...]
    signatories: tuple[Signatory, ...]
    digest: str
    draw: Callable[[], Picture]
    extra: Callable[[], Picture | None]
    code: str = ""
    code_box: Box | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the picture."""
        return round(self.size[1] * PER_POINT), round(self.size[0] * PER_POINT)

    @property
    def name(self) -> str:
        """The page as a person calls it."""
        return f"《{self.title}》第 {self.page} 页"

    def raster(self, rect: Sequence[float]) -> Box:
        """A rectangle in points from the bottom left as a box of the picture."""
        return raster(rect, self.size[1])


def raster(rect: Sequence[float], height: float) -> Box:
    """A rectangle in points from the bottom left of a page so high as a box of its picture."""
    x0, y0, x1, y1 = rect
    return x0 * PER_POINT, (height - y1) * PER_POINT, x1 * PER_POINT, (height - y0) * PER_POINT


class Pictures:
    """Pictures of pages, kept packed; the last ones used are kept as they are."""

    def __init__(self) -> None:
        self._packed: dict[str, tuple[bytes, tuple[int, ...]]] = {}
        self._open: OrderedDict[str, Picture] = OrderedDict()

    def put(self, picture: Picture) -> str:
        """Keep a picture in shades of grey; gives its digest."""
        digest = hashlib.sha256(picture.tobytes()).hexdigest()
        if digest not in self._packed:
            self._packed[digest] = (zlib.compress(picture.tobytes(), 1), picture.shape)
        return digest

    def get(self, digest: str) -> Picture:
        """The picture with a digest; not to be changed."""
        if digest in self._open:
            self._open.move_to_end(digest)
            return self._open[digest]
        packed, shape = self._packed[digest]
        found = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(shape)
        self._open[digest] = found
        if len(self._open) > _KEPT:
            self._open.popitem(last=False)
        return found


class Drawn(Struct, frozen=True):
    """A page of a PDF: its size in points, its picture's digest, its characters."""

    size: tuple[float, float]
    digest: str
    glyphs: tuple[Glyph, ...]


def drawn_pages(pdf: bytes, pictures: Pictures, first: int = 1, last: int | None = None) -> list[Drawn]:
    """Draw pages of a PDF of ours.

    Args:
        pdf: the PDF.
        pictures: where the pictures are kept.
        first: the first page, from 1.
        last: the last one; the PDF's last where None.
    """
    with opened(pdf) as document:
        return [
            _drawn(document[number], pictures)
            for number in range(first - 1, len(document) if last is None else min(last, len(document)))
        ]


def _drawn(page: Any, pictures: Pictures) -> Drawn:
    width, height = page.get_size()
    bitmap = page.render(scale=DPI / 72, grayscale=True)
    shades = bitmap.to_numpy().reshape(bitmap.height, bitmap.width).copy()
    bitmap.close()
    rows, columns = round(height * PER_POINT), round(width * PER_POINT)
    if shades.shape != (rows, columns):
        shades = cv2.resize(shades, (columns, rows), interpolation=cv2.INTER_LINEAR)
    found = Drawn((float(width), float(height)), pictures.put(shades), tuple(_glyphs(page, float(height))))
    page.close()
    return found


def _glyphs(page: Any, height: float) -> Iterator[Glyph]:
    text = page.get_textpage()
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    edges = [ctypes.byref(edge) for edge in (left, right, bottom, top)]
    face, flags = ctypes.create_string_buffer(_FACE_BYTES), ctypes.c_int()
    for number in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, number)
        if code < _FIRST_PRINTED or pdfium.FPDFText_IsGenerated(text, number) == 1 or chr(code).isspace():
            continue
        if not pdfium.FPDFText_GetCharBox(text, number, *edges):
            continue
        if right.value - left.value < _LEAST_SIDE or top.value - bottom.value < _LEAST_SIDE:
            continue
        pdfium.FPDFText_GetFontInfo(text, number, face, _FACE_BYTES, ctypes.byref(flags))
        yield Glyph(
            chr(code),
            (
                left.value * PER_POINT,
                (height - top.value) * PER_POINT,
                right.value * PER_POINT,
                (height - bottom.value) * PER_POINT,
            ),
            round(pdfium.FPDFText_GetFontSize(text, number), 2),
            face.value.decode("utf-8", "replace").split("+")[-1],
        )
    text.close()

"""Where a finished page is still free: for a signature field beside the printed label, for a page number."""

from __future__ import annotations

import ctypes
from contextlib import contextmanager
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

import pypdfium2.raw as pdfium

from generator.pdf.pages.pdfium import opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Rect = tuple[float, float, float, float]

SEAL: Final = 119.0  # 42 mm, the largest of the usual round seals (国发〔1999〕25号: for provincial bodies)
_GAP: Final = 2.0  # points kept clear around what is printed


class Pages:
    """What is drawn on the pages of a PDF, as rectangles in points from the bottom left.

    Args:
        document: opened by ``opened_pages``.
    """

    def __init__(self, document: Any) -> None:
        self._document = document
        self._pages: dict[int, Any] = {}
        self._texts: dict[int, Any] = {}
        self._boxes: dict[int, tuple[tuple[Rect, Any], ...]] = {}

    def _page(self, number: int) -> Any:
        # Kept open, as opening a page parses all of its content.
        if number not in self._pages:
            self._pages[number] = self._document[number - 1]
        return self._pages[number]

    def __len__(self) -> int:
        return len(self._document)

    def size(self, page: int) -> tuple[float, float]:
        """A page's width and height; pages count from 1."""
        width, height = self._page(page).get_size()
        return float(width), float(height)

    def drawn(self, page: int, rect: Rect) -> Iterator[Rect]:
        """The boxes of every text, line and picture of a page that reaches into a rectangle."""
        if page not in self._boxes:
            self._boxes[page] = tuple(_boxes(self._page(page)))
        for box, item in self._boxes[page]:
            if meet(rect, box) and not _is_watermark(item):
                yield box

    def _text(self, number: int) -> Any:
        if number not in self._texts:
            self._texts[number] = self._page(number).get_textpage()
        return self._texts[number]

    def text(self, page: int, rect: Rect | None = None) -> str:
        """The text of a page, or within a rectangle."""
        found = self._text(page)
        return str(found.get_text_bounded(*rect) if rect else found.get_text_range())

    def first(self, page: int, words: str, rect: Rect) -> Rect | None:
        """Where words are first printed within a rectangle; None where they are not."""
        text = self._text(page)
        found = text.search(words)
        while (at := found.get_next()) is not None:
            boxes = [text.get_charbox(index) for index in range(at[0], at[0] + at[1])]
            box = (
                min(each[0] for each in boxes),
                min(each[1] for each in boxes),
                max(each[2] for each in boxes),
                max(each[3] for each in boxes),
            )
            if meet(rect, box):
                return box
        return None

    def is_free(self, page: int, rect: Rect) -> bool:
        """Whether nothing is drawn in a rectangle."""
        return next(self.drawn(page, rect), None) is None


@contextmanager
def opened_pages(pdf: bytes) -> Iterator[Pages]:
    """Open a PDF to see what is drawn where."""
    with opened(pdf) as document:
        yield Pages(document)


def _boxes(page: Any) -> Iterator[tuple[Rect, Any]]:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    edges = [ctypes.byref(edge) for edge in (left, bottom, right, top)]
    for number in range(pdfium.FPDFPage_CountObjects(page.raw)):
        item = pdfium.FPDFPage_GetObject(page.raw, number)
        if pdfium.FPDFPageObj_GetBounds(item, *edges):
            yield (left.value, bottom.value, right.value, top.value), item


def _is_watermark(item: Any) -> bool:
    """Whether something is our watermark, which hides nothing: a form marked as an artifact with a subtype.

    PDFium tells that a mark has a Subtype, but not which one, as that is a name. The heads and feet that an engine
    writes are marked too, but are no forms.
    """
    if pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_FORM:
        return False
    marks = (
        pdfium.FPDFPageObj_GetMark(item, number) for number in range(pdfium.FPDFPageObj_CountMarks(item))
    )
    return any(
        pdfium.FPDFPageObjMark_GetParamValueType(mark, b"Subtype") == pdfium.FPDF_OBJECT_NAME
        for mark in marks
    )


def meet(one: Rect, other: Rect) -> bool:
    """Whether two rectangles have a part in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def grown(rect: Rect, more: float) -> Rect:
    """A rectangle with so much more on each side."""
    return rect[0] - more, rect[1] - more, rect[2] + more, rect[3] + more


def free_rects(outer: Rect, drawn: Iterable[Rect], least_width: float = 0.0) -> Iterator[Rect]:
    """The rectangles within another one in which nothing is drawn, each as high as it can be.

    A little distance is kept from what is drawn.

    Args:
        outer: where to look.
        drawn: what is on the page.
        least_width: of the rectangles wanted.
    """
    x0, y0, x1, y1 = outer
    taken = [
        (max(a - _GAP, x0), max(b - _GAP, y0), min(c + _GAP, x1), min(d + _GAP, y1))
        for a, b, c, d in drawn
        # A frame around the whole place leaves its inside free.
        if meet(outer, (a, b, c, d)) and not (a <= x0 and b <= y0 and c >= x1 and d >= y1)
    ]
    taken.sort(key=itemgetter(1))
    lefts = sorted({x0, *(box[2] for box in taken)})
    rights = sorted({x1, *(box[0] for box in taken)})
    for left in lefts:
        for right in rights:
            if right <= left or right - left < least_width:
                continue
            for bottom, top in _gaps(y0, y1, [box for box in taken if box[0] < right and left < box[2]]):
                yield left, bottom, right, top


def largest_free(outer: Rect, drawn: Iterable[Rect]) -> Rect | None:
    """The largest of the free rectangles; None where nothing is free. Arguments as ``free_rects``."""
    return max(free_rects(outer, drawn), key=lambda box: (box[2] - box[0]) * (box[3] - box[1]), default=None)


def seal_centre(page: int, place: Rect, pages: Pages) -> tuple[float, float]:
    """The middle of a seal: the point nearest to the printed 盖章 at which the seal covers nothing.

    Where there is no such point, the seal covers the 盖章, moved only so far that it stays within its place.

    Args:
        page: 1-based.
        place: the rectangle for signature and seal.
        pages: what is drawn on the pages.
    """
    label = pages.first(page, "盖章", place) or place
    at = (label[0] + label[2]) / 2, (label[1] + label[3]) / 2
    roomy = [
        _moved_inside(at, free)
        for free in free_rects(place, pages.drawn(page, place), SEAL)
        if free[3] - free[1] >= SEAL
    ]
    if not roomy:
        return _moved_inside(at, place)
    return min(roomy, key=lambda middle: (middle[0] - at[0]) ** 2 + (middle[1] - at[1]) ** 2)


def _moved_inside(at: tuple[float, float], rect: Rect) -> tuple[float, float]:
    """The middle of a seal that is as near to a point as it can be within a rectangle."""
    x0, y0, x1, y1 = rect
    x, y = (
        min(max(middle, low + SEAL / 2), high - SEAL / 2) if high - low >= SEAL else (low + high) / 2
        for low, high, middle in ((x0, x1, at[0]), (y0, y1, at[1]))
    )
    return x, y


def _gaps(low: float, high: float, boxes: Sequence[Rect]) -> Iterator[tuple[float, float]]:
    """The stretches between low and high that no box reaches into; the boxes are in order of their lower edges."""
    at = low
    for _, bottom, _, top in boxes:
        if bottom > at:
            yield at, bottom
        at = max(at, top)
    if high > at:
        yield at, high

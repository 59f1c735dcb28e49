"""Light marks on finished pages: a draft's watermark, the print copy's running number, the places of seals.

They are glyph outlines in the page content (ISO 32000-1, 8), marked as artifacts: text extraction does not find
them, and screen readers skip them.
"""

from __future__ import annotations

import math
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

import pikepdf
from msgspec import Struct

from generator.pdf.fonts import outlines
from generator.pdf.pages.free_space import SEAL, grown, meet, opened_pages
from generator.pdf.pages.qpdf import opened, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from generator.pdf.fonts.face_cache import Face
    from generator.pdf.fonts.faces import Faces
    from generator.pdf.pages.free_space import Rect

_WATERMARK_GREY: Final = 0.88
_SHARE: Final = 0.55  # of the page's diagonal that a watermark spans
_SIZE: Final = 8.0
_NUMBER_GREY: Final = 0.35
_EDGE: Final = 34.0  # 12 mm: printers leave a margin of 4 to 6
_CLEAR: Final = 4.0  # kept free around a number
_BASELINE: Final = 22.0  # of a number at the foot
_FOOT: Final = _BASELINE + _SIZE + _CLEAR
_ARC: Final = 0.5523  # of the radius: where the control points of a quarter of a circle lie
_SEAL_RED: Final = (0.95, 0.62, 0.62)
_CAPTION: Final = "印章位置示意，不在这一页上签字盖章"
_CAPTION_RED: Final = (0.8, 0.2, 0.2)
_CAPTION_SIZE: Final = 10.5
_CAPTION_TOP: Final = 30.0
_SEAM_TOP: Final = 0.5  # 骑缝章 across the middle of the right edge
_BAR: Final = 2.0  # how wide a bar is
_BAR_OFF: Final = 14.0  # from the text
_BAR_EDGE: Final = 12.0  # no nearer to the paper's edge
_MARK: Final = 5.0  # the side of a mark where something is missing
_NOTE_SIZE: Final = 6.5
_NOTE_TOP: Final = 14.0
CODE_SIDE: Final = 34.0  # 12 mm with the quiet zone
_CODE_EDGE: Final = 14.0  # 5 mm between a code's quiet zone and the paper's edge: printers reach so far
_CODE_CLEAR: Final = 2.0
_QUIET: Final = 4  # modules around a code that stay white (ISO/IEC 18004)
_MIDDLE: Final = (0.3, 0.7)  # of the right edge: 骑缝章 goes there


def watermark(pdf: bytes, text: str, faces: Faces) -> bytes:
    """Draw a light grey diagonal text over every page.

    It multiplies with what is below it, so no text, tick or line is hidden, and pictures bear it too.

    Args:
        pdf: the document; the same bytes give the same bytes.
        text: a few characters, as 草稿.
        faces: its face is that of 黑体.

    Raises:
        PdfError: the PDF cannot be read.
    """
    face = faces.roles["黑体"]
    with opened(pdf) as document:
        forms: dict[tuple[float, float], pikepdf.Object] = {}
        for page in document.pages:
            size = _size(page)
            if size not in forms:
                forms[size] = _form(document, size, _diagonal(text, face, size), multiply=True)
            _add_artifact(page, forms[size], "Watermark", " /Subtype /Watermark")
        return written(document)


def _diagonal(text: str, face: Face, size: tuple[float, float]) -> outlines.Drawing:
    """A text from the lower left of a page to its upper right."""
    across, high = size
    diagonal = math.hypot(across, high)
    cos, sin = across / diagonal, high / diagonal
    ems = outlines.width(text, face, 1.0)
    points = _SHARE * diagonal / max(ems + 0.3 * len(text), 0.001)
    turn = f"{cos:.6f} {sin:.6f} {-sin:.6f} {cos:.6f} {across / 2:.3f} {high / 2:.3f} cm"
    line = outlines.line(text, face, (-ems * points / 2, -0.38 * points), points, (_WATERMARK_GREY,))
    return outlines.Drawing(f"{turn} {line}", {})


class NumberedPart(Struct, frozen=True):
    """What was bound into the print copy and bears the running number.

    Attributes:
        pdf: the part.
        pages: which page of the print copy each of its pages is, from 1.
        foot: how much at the foot of each is certainly free, in points.
    """

    pdf: bytes
    pages: Sequence[int]
    foot: float = 0.0


def page_numbers(document: pikepdf.Pdf, parts: Sequence[NumberedPart], faces: Faces) -> None:
    """Number pages of the print copy, 本套第 x 页 共 y 页, where a page has room for it.

    The number stands in a lower or upper corner on the side away from the binding; a page that has
    something printed in each gets none. It is an artifact drawn in outlines, so the text that is extracted
    stays that of the documents.

    Args:
        document: the whole print copy; its pages are changed.
        parts: those of what it was merged of that are numbered.
        faces: its face is that of 宋体.
    """
    face = faces.roles["宋体"]
    glyphs = outlines.Glyphs(document, face)
    total = len(document.pages)
    for part in parts:
        # Only where the foot is not certainly free: searching a page for free space is slow.
        looked = nullcontext(None) if part.foot >= _FOOT else opened_pages(part.pdf)
        with looked as pages:
            for own, number in enumerate(part.pages, 1):
                page = document.pages[number - 1]
                text = f"本套第 {number} 页 共 {total} 页"
                size, width = _size(page), outlines.width(text, face, _SIZE)
                places = _corners(size, width)
                if pages is not None:
                    places = (at for at in places if pages.is_free(own, _around(at, width)))
                at = next(places, None)
                if at is not None:
                    line = glyphs.line(text, at, _SIZE, (_NUMBER_GREY,))
                    _add_artifact(page, _form(document, size, line), "Number")


def _size(page: pikepdf.Page) -> tuple[float, float]:
    x0, y0, x1, y1 = (float(edge) for edge in list(page.mediabox))
    return x1 - x0, y1 - y0


def _corners(size: tuple[float, float], width: float) -> Iterator[tuple[float, float]]:
    """Where a text of that width may stand, the best place first: its left end and baseline."""
    across, high = size
    yield across - _EDGE - width, _BASELINE
    yield across - _EDGE - width, high - 28.0
    yield _EDGE, _BASELINE


def _around(at: tuple[float, float], width: float) -> Rect:
    x, y = at
    return (x - _CLEAR, y - _CLEAR, x + width + _CLEAR, y + _SIZE + _CLEAR)


def page_codes(
    pdf: bytes, texts: Sequence[str], kept_free: Mapping[int, Sequence[Rect]]
) -> tuple[bytes, tuple[Rect | None, ...]]:
    """Draw a small QR code (ISO/IEC 18004, version 1, level Q) into a margin of each page where one is free.

    It is black squares drawn as an artifact, so text and tags of the document stay as they are.

    Args:
        pdf: the document; the same bytes give the same bytes.
        texts: what the code of each page says: up to 16 digits and capital letters.
        kept_free: what no code may cover beside what is printed, by 1-based page: where people sign and seal.

    Returns:
        The document, and for each page the square in which its code stands, quiet zone included; None where there
        was no room.

    Raises:
        PdfError: the PDF cannot be read.
    """
    import segno

    found: list[Rect | None] = []
    with opened(pdf) as document, opened_pages(pdf) as pages:
        for number, (page, text) in enumerate(zip(document.pages, texts, strict=True), 1):
            size = _size(page)
            place = next(
                (
                    rect
                    for rect in _code_places(size)
                    if pages.is_free(number, grown(rect, _CODE_CLEAR))
                    and not any(meet(rect, other) for other in kept_free.get(number, ()))
                ),
                None,
            )
            found.append(place)
            if place is not None:
                code = segno.make_qr(text, version=1, error="q", mode="alphanumeric", boost_error=False)
                drawing = outlines.Drawing(_squares(code.matrix, place), {})
                _add_artifact(page, _form(document, size, drawing), "Code")
        return written(document), tuple(found)


def _code_places(size: tuple[float, float]) -> Iterator[Rect]:
    """Where a code may stand, the best place first: a lower corner, beside the text on the right, an upper corner."""
    across, high = size
    left, right = _CODE_EDGE, across - _CODE_EDGE - CODE_SIDE
    bottom, top = _CODE_EDGE, high - _CODE_EDGE - CODE_SIDE
    spots = [(right, bottom), (left, bottom)]
    steps = range(1, int(high / CODE_SIDE))
    beside = [bottom + step * CODE_SIDE for step in steps]
    spots += [
        (right, y)
        for y in beside
        if y + CODE_SIDE < min(top, _MIDDLE[0] * high) or _MIDDLE[1] * high < y < top
    ]
    spots += [(right, top), (left, top)]
    for x, y in spots:
        yield (round(x, 2), round(y, 2), round(x + CODE_SIDE, 2), round(y + CODE_SIDE, 2))


def _squares(matrix: Sequence[bytearray], place: Rect) -> str:
    """The dark modules of a code within a square, each run of a row as one rectangle."""
    side = CODE_SIDE / (len(matrix) + 2 * _QUIET)
    parts = ["0 g"]
    for row, modules in enumerate(matrix):
        start = None
        for column, dark in enumerate((*modules, 0)):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                x, y = place[0] + (_QUIET + start) * side, place[3] - (_QUIET + row + 1) * side
                parts.append(f"{x:.3f} {y:.3f} {(column - start) * side:.3f} {side:.3f} re")
                start = None
    return " ".join([*parts, "f"])


class SealedPages(Struct, frozen=True):
    """Pages of a document that are sealed.

    Attributes:
        name: of their entry in the outline.
        pdf: the document without signature fields.
        seals: the middle of each seal, in points from the bottom left, by 1-based page.
        captions: what stands above each page, likewise.
        seam: also mark 骑缝章 across the right edge.
    """

    name: str
    pdf: bytes
    seals: Mapping[int, Sequence[tuple[float, float]]]
    captions: Mapping[int, str]
    seam: bool


def add_sealed_pages(guide: pikepdf.Pdf, sealed: SealedPages, source: pikepdf.Pdf, faces: Faces) -> None:
    """Copy the pages that are sealed to the end of the signing guide, with a light circle where each seal goes.

    Each page says above that it is no page to be signed.

    The circles are outlines that multiply with what is below, so that every word under them stays
    readable; the document itself is never marked.

    Args:
        guide: the signing guide; pages and an entry of the outline are added.
        sealed: which pages, and where their seals go.
        source: the document, opened; it must stay so until the guide is written.
        faces: what is written on the pages is drawn in that of 宋体.
    """
    face = faces.roles["宋体"]
    glyphs = outlines.Glyphs(guide, face)
    entry = pikepdf.OutlineItem(sealed.name, len(guide.pages))
    entry.is_closed = True
    for number in sorted(sealed.seals):
        guide.pages.append(source.pages[number - 1])
        shown = guide.pages[-1]
        size, centres = _size(shown), list(sealed.seals[number])
        words = [
            (sealed.captions[number], (size[0] / 2, size[1] - _CAPTION_TOP)),
            (_CAPTION, (size[0] / 2, size[1] - _CAPTION_TOP - 1.4 * _CAPTION_SIZE)),
        ]
        if sealed.seam:
            edge = size[0], size[1] * _SEAM_TOP
            centres.append(edge)
            words.append(("骑缝章", (edge[0] - SEAL / 4, edge[1])))
        drawings = [
            glyphs.line(
                text,
                (x - outlines.width(text, face, _CAPTION_SIZE) / 2, y),
                _CAPTION_SIZE,
                _CAPTION_RED,
            )
            for text, (x, y) in words
        ]
        drawings += [_seal(x, y) for x, y in centres]
        _add_artifact(shown, _form(guide, size, *drawings, multiply=True), "Seals")
        for key in ("/Annots", "/StructParents"):
            if key in shown:
                del shown[key]
    with guide.open_outline() as outline:
        outline.root.append(entry)


def _seal(x: float, y: float) -> outlines.Drawing:
    """The circle of a seal around a point."""
    radius = SEAL / 2
    arcs = (
        "{0} {1} m {0} {2} {2} {0} {1} {0} c {4} {0} {3} {2} {3} {1} c "
        "{3} {4} {4} {3} {1} {3} c {2} {3} {0} {4} {0} {1} c s"
    ).format(*(f"{edge:.3f}" for edge in (radius, 0.0, radius * _ARC, -radius, -radius * _ARC)))
    red = " ".join(f"{part:g}" for part in _SEAL_RED)
    return outlines.Drawing(f"1 0 0 1 {x:.3f} {y:.3f} cm {red} RG 1.2 w [5 3] 0 d {arcs}", {})


class MarginMarks(Struct, frozen=True):
    """What stands in the left margin of one page, in points from its upper left corner.

    Attributes:
        text_left: where the text of the page begins.
        bars: from and to of each vertical bar.
        gaps: where something is missing.
    """

    text_left: float
    bars: Sequence[tuple[float, float]] = ()
    gaps: Sequence[float] = ()


def margin_marks(pdf: bytes, marks: Mapping[int, MarginMarks], note: str, faces: Faces) -> bytes:
    """A copy with bars and small triangles in the left margin, and a note on each page that has any.

    Args:
        pdf: the document; the same bytes give the same bytes.
        marks: by page, from 0.
        note: what stands small at the upper edge.
        faces: its face is that of 宋体.

    Raises:
        PdfError: the PDF cannot be read.
    """
    face = faces.roles["宋体"]
    with opened(pdf) as document:
        glyphs = outlines.Glyphs(document, face)
        for number, here in marks.items():
            page = document.pages[number]
            size = _size(page)
            x = max(min(here.text_left - _BAR_OFF, size[0] - _BAR_EDGE), _BAR_EDGE)
            red = " ".join(f"{part:g}" for part in _CAPTION_RED)
            bars = " ".join(
                f"{x:.2f} {size[1] - bottom:.2f} {_BAR} {bottom - top:.2f} re" for top, bottom in here.bars
            )
            gaps = " ".join(
                f"{x - _MARK:.2f} {size[1] - y + _MARK / 2:.2f} m {x + _BAR:.2f} {size[1] - y:.2f} l "
                f"{x - _MARK:.2f} {size[1] - y - _MARK / 2:.2f} l h"
                for y in here.gaps
            )
            start = max((size[0] - outlines.width(note, face, _NOTE_SIZE)) / 2, _BAR_EDGE)
            words = glyphs.line(note, (start, size[1] - _NOTE_TOP), _NOTE_SIZE, _CAPTION_RED)
            drawn = outlines.Drawing(f"{red} rg {bars} {gaps} f", {})
            _add_artifact(page, _form(document, size, drawn, words), "Changes")
        return written(document)


def _form(
    document: pikepdf.Pdf, size: tuple[float, float], *drawings: outlines.Drawing, multiply: bool = False
) -> pikepdf.Object:
    """A form XObject of the size of a page with some drawings; with ``multiply`` it hides nothing below it.

    PDF readers differ on whether the blend mode also holds for a form within the form, so a drawing that must
    multiply holds none.
    """
    forms = {name: form for drawing in drawings for name, form in drawing.forms.items()}
    resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(forms))
    if multiply:
        resources.ExtGState = pikepdf.Dictionary(Multiply=pikepdf.Dictionary(BM=pikepdf.Name.Multiply))
    blend = "/Multiply gs " if multiply else ""
    return document.make_stream(
        "\n".join(f"q {blend}{drawing.content} Q" for drawing in drawings).encode(),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Form,
        BBox=[0, 0, *(round(edge, 2) for edge in size)],
        Resources=resources,
    )


def _add_artifact(page: pikepdf.Page, form: pikepdf.Object, kind: str, subtype: str = "") -> None:
    """Draw a form over a page, as an artifact (ISO 32000-1, 14.8.2.2)."""
    # LibreOffice's pages all share one resource dictionary: it is copied, or each page would get the others' marks.
    resources = pikepdf.Dictionary(dict(page.resources.items()))
    forms: pikepdf.Object = resources.get("/XObject", pikepdf.Dictionary())
    resources.XObject = pikepdf.Dictionary(dict(forms.items()))
    page.obj.Resources = resources
    name = page.add_resource(form, pikepdf.Name.XObject, pikepdf.Name(f"/Lianheti{kind}"))
    x0, y0 = (float(edge) for edge in list(page.mediabox)[:2])
    page.contents_add(b"q\n", prepend=True)
    page.contents_add(
        f"\nQ\n/Artifact <</Type /Pagination{subtype}>> BDC q 1 0 0 1 {x0:g} {y0:g} cm {name} Do Q EMC\n".encode()
    )

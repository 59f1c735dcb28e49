"""Light marks on finished pages: the print copy's running number, and where seals go in the signing guide."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pikepdf
from reportlab.pdfgen.canvas import Canvas

from generator.errors import PdfError
from generator.pdf import lettering
from generator.pdf.room import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from generator.pdf.facefiles import Face
    from generator.pdf.fonts import Faces
    from generator.pdf.room import Pages, Rect

_SIZE: Final = 8.0
_NUMBER_GREY: Final = 0.35
_EDGE: Final = 34.0  # 12 mm: printers leave a margin of 4 to 6
_CLEAR: Final = 4.0  # kept free around a number
SEAL: Final = (
    119.0  # 42 mm, the largest of the usual round seals (国发〔1999〕25号: 42 mm for provincial bodies)
)
_SEAL_RED: Final = (0.95, 0.62, 0.62)
_CAPTION: Final = "印章位置示意，不在这一页上签字盖章"
_CAPTION_RED: Final = (0.8, 0.2, 0.2)
_CAPTION_SIZE: Final = 10.5
_CAPTION_TOP: Final = 30.0
_SEAM_TOP: Final = 0.5  # 骑缝章 across the middle of the right edge


@dataclass(frozen=True, slots=True)
class SealPlace:
    """Where one seal goes: a 1-based page, and the place's rectangle in points from the bottom left."""

    page: int
    rect: Rect


def page_numbers(document: pikepdf.Pdf, parts: Sequence[bytes], faces: Faces) -> None:
    """Number the pages of the print copy, 本套第 x 页 共 y 页, where a page has room for it.

    The number stands in a lower or upper corner on the side away from the binding; a page that has
    something printed in each gets none. It is an artifact drawn in outlines, so the text that is extracted
    stays that of the documents.

    Args:
        document: the whole print copy; its pages are changed.
        parts: the PDFs that it was merged of, in order.
        faces: its face is that of 宋体.
    """
    face = faces.roles["宋体"]
    glyphs = _Glyphs(document, face)
    total = len(document.pages)
    number = 0
    for part in parts:
        with reading(part) as pages:
            for own in range(1, len(pages) + 1):
                text = f"本套第 {number + 1} 页 共 {total} 页"
                at = _corner(pages, own, lettering.width(text, face, _SIZE))
                if at is not None:
                    _lay(document.pages[number], glyphs.line(text, at, pages.size(own)), "Number")
                number += 1


class _Glyphs:
    """The outlines of a few characters, each kept once in a document however often it is drawn."""

    def __init__(self, document: pikepdf.Pdf, face: Face) -> None:
        self._document = document
        self._face = face
        self._unit = lettering.unit(face)
        self._forms: dict[str, pikepdf.Object] = {}

    def line(self, text: str, at: tuple[float, float], size: tuple[float, float]) -> pikepdf.Object:
        """A form that draws a text at a place of a page."""
        scale = _SIZE / self._unit
        steps = [f"{_NUMBER_GREY:g} g {scale:.6f} 0 0 {scale:.6f} {at[0]:.3f} {at[1]:.3f} cm"]
        used: dict[str, pikepdf.Object] = {}
        for char in text:
            advance = lettering.width(char, self._face, self._unit)
            if advance and not char.isspace():
                name = f"/U{ord(char):04X}"
                used[name] = self._form(char)
                steps.append(f"{name} Do")
            steps.append(f"1 0 0 1 {advance:g} 0 cm")
        return self._document.make_stream(
            " ".join(steps).encode(),
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Form,
            BBox=[0, 0, *(round(edge, 2) for edge in size)],
            Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(used)),
        )

    def _form(self, char: str) -> pikepdf.Object:
        if char not in self._forms:
            self._forms[char] = self._document.make_stream(
                lettering.outline(char, self._face),
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Form,
                BBox=[-self._unit, -self._unit, 2 * self._unit, 2 * self._unit],
                Resources=pikepdf.Dictionary(),
            )
        return self._forms[char]


def _corner(pages: Pages, page: int, width: float) -> tuple[float, float] | None:
    """Where a text of that width finds nothing printed: its left end and baseline."""
    across, high = pages.size(page)
    for x, y in (
        (across - _EDGE - width, 22.0),
        (across - _EDGE - width, high - 28.0),
        (_EDGE, 22.0),
    ):
        box = (x - _CLEAR, y - _CLEAR, x + width + _CLEAR, y + _SIZE + _CLEAR)
        if pages.is_free(page, box):
            return x, y
    return None


def seal_guide(pdf: bytes, places: Sequence[SealPlace], faces: Faces, *, seam: bool) -> bytes:
    """A copy of the pages that are sealed, with a light circle where each seal goes; for the signing guide.

    A seal goes where the page says 盖章. Each page says above that it is no page to be signed.

    The circles are outlines that multiply with what is below, so that every word under them stays
    readable; the document itself is never marked.

    Args:
        pdf: the document without signature fields.
        places: where its seals go.
        faces: what is written on the pages is drawn in that of 宋体.
        seam: also mark 骑缝章 across the right edge.

    Raises:
        PdfError: the PDF cannot be read.
    """
    face = faces.roles["宋体"]
    with _open(pdf) as source, pikepdf.Pdf.new() as copy, reading(pdf) as pages:
        for number, page in enumerate(source.pages, 1):
            centres = [_centre(place, pages) for place in places if place.page == number]
            if not centres:
                continue
            copy.pages.append(page)
            shown = copy.pages[-1]
            size = pages.size(number)
            _put(copy, shown, _drawing(size, _seals(centres, seam, size, face)), "Seals")
            for key in ("/Annots", "/StructParents"):
                if key in shown:
                    del shown[key]
        return _save(copy)


def _centre(place: SealPlace, pages: Pages) -> tuple[float, float]:
    """The middle of a seal: over the printed 盖章, drawn in so that the seal keeps to its place if it can."""
    x0, y0, x1, y1 = place.rect
    label = pages.first(place.page, "盖章", place.rect) or place.rect
    centre = []
    for low, high, at in ((x0, x1, (label[0] + label[2]) / 2), (y0, y1, (label[1] + label[3]) / 2)):
        room = high - low >= SEAL
        centre.append(min(max(at, low + SEAL / 2), high - SEAL / 2) if room else (low + high) / 2)
    return centre[0], centre[1]


def _seals(
    centres: Sequence[tuple[float, float]], seam: bool, size: tuple[float, float], face: Face
) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        canvas.setBlendMode("Multiply")
        canvas.setStrokeColorRGB(*_SEAL_RED)
        canvas.setFillColorRGB(*_CAPTION_RED)
        canvas.setLineWidth(1.2)
        _write(canvas, _CAPTION, (size[0] / 2, size[1] - _CAPTION_TOP), face)
        if seam:
            _write(canvas, "骑缝章", (size[0] - SEAL / 4, size[1] * _SEAM_TOP), face)
        canvas.setDash(5, 3)
        for x, y in centres:
            canvas.circle(x, y, SEAL / 2)
        if seam:
            canvas.circle(size[0], size[1] * _SEAM_TOP, SEAL / 2)

    return draw


def _write(canvas: Canvas, text: str, middle: tuple[float, float], face: Face) -> None:
    """Draw a line of text in outlines, its middle at a point of the page."""
    scale = _CAPTION_SIZE / lettering.unit(face)
    canvas.saveState()
    canvas.translate(middle[0] - lettering.width(text, face, _CAPTION_SIZE) / 2, middle[1])
    canvas.scale(scale, scale)
    lettering.draw(canvas, text, face)
    canvas.restoreState()


def _drawing(size: tuple[float, float], draw: Callable[[Canvas], None]) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, invariant=1)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _put(document: pikepdf.Pdf, page: pikepdf.Page, drawing: bytes, kind: str) -> None:
    """Lay a drawing over a page, as an artifact."""
    with pikepdf.open(io.BytesIO(drawing)) as drawn:
        form = document.copy_foreign(drawn.pages[0].as_form_xobject())
    _lay(page, form, kind)


def _lay(page: pikepdf.Page, form: pikepdf.Object, kind: str) -> None:
    # LibreOffice gives all pages of a document one set of resources: a mark of one would be every page's.
    resources = pikepdf.Dictionary(dict(page.resources.items()))
    forms: pikepdf.Object = resources.get("/XObject", pikepdf.Dictionary())
    resources.XObject = pikepdf.Dictionary(dict(forms.items()))
    page.obj.Resources = resources
    name = page.add_resource(form, pikepdf.Name.XObject, pikepdf.Name(f"/Lianheti{kind}"))
    x0, y0 = (float(edge) for edge in list(page.mediabox)[:2])
    page.contents_add(b"q\n", prepend=True)
    page.contents_add(
        b"\nQ\n/Artifact <</Type /Pagination>> BDC q 1 0 0 1 "
        + f"{x0:g} {y0:g} cm {name} Do Q EMC\n".encode()
    )


def _open(pdf: bytes) -> pikepdf.Pdf:
    try:
        return pikepdf.open(io.BytesIO(pdf))
    except (pikepdf.PdfError, pikepdf.PasswordError) as error:
        raise PdfError("PDF 文件已损坏或加了密码，不能处理", "换成没有密码、能正常打开的 PDF") from error


def _save(document: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    document.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()

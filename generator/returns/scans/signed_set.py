"""The signed set: the best scan of each page, upright and in order, as PDFs no larger than is allowed.

A page that bears nothing but print becomes black and white (CCITT group 4), which is small and sharp; whatever bears
a signature, a seal or a colour stays a picture in colour or grey (JPEG), coarser only where the size asks for it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final, Literal

import cv2
import numpy as np
import pikepdf
from msgspec import Struct
from PIL import Image

from generator.returns.scans.marks import red_share
from generator.returns.scans.picture import DPI, Picture, flattened, grey

Form = Literal["bilevel", "picture"]


class Step(Struct, frozen=True):
    """How fine pictures are: dots an inch, and JPEG's quality."""

    dpi: int
    quality: int


STEPS: Final = (Step(200, 82), Step(200, 65), Step(150, 60), Step(150, 40), Step(110, 35))
_PAPER: Final = 178
_COLOURED: Final = 0.25
_COLOURED_SHARE: Final = 0.0002
_PAGE_OVERHEAD: Final = 900


class SetPage(Struct, frozen=True):
    """One page of the set.

    Attributes:
        jpeg: the upright page, as it was kept.
        size: width and height in points.
        bears: whether somebody signs on it.
    """

    jpeg: bytes
    size: tuple[float, float]
    bears: bool


class Bound(Struct, frozen=True):
    """A PDF of scanned pages.

    Attributes:
        pdf: its bytes.
        bilevel: how many of its pages are black and white.
        step: how fine the others are.
        fits: whether it is within the bound.
    """

    pdf: bytes
    bilevel: int
    step: Step
    fits: bool


def packed(upright: Picture) -> bytes:
    """An upright page as it is kept for the set."""
    return cv2.imencode(".jpg", upright, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()


def bound(pages: Sequence[SetPage], most: int, title: str, attached: bytes | None = None) -> Bound:
    """Bind pages into a PDF, as fine as the bound allows.

    Args:
        pages: in order.
        most: bytes that the PDF may have.
        title: of the PDF.
        attached: a PDF whose pages follow.
    """
    taken = len(attached or b"")
    chosen: list[tuple[bytes, dict[str, Any]]] = []
    step = STEPS[-1]
    for step in STEPS:
        chosen = [_encoded(page, step) for page in pages]
        if sum(len(data) + _PAGE_OVERHEAD for data, _ in chosen) + taken <= most:
            break
    with pikepdf.new() as pdf:
        for (data, keys), page in zip(chosen, pages, strict=True):
            _add(pdf, data, keys, page.size)
        if attached:
            with pikepdf.open(io.BytesIO(attached)) as more:
                pdf.pages.extend(more.pages)
        pdf.docinfo["/Title"] = title
        out = io.BytesIO()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    written = out.getvalue()
    bilevel = sum(keys["Filter"] == pikepdf.Name.CCITTFaxDecode for _, keys in chosen)
    return Bound(written, bilevel, step, len(written) <= most)


def _encoded(page: SetPage, step: Step) -> tuple[bytes, dict[str, Any]]:
    picture = cv2.imdecode(np.frombuffer(page.jpeg, np.uint8), cv2.IMREAD_UNCHANGED)
    if picture is None:
        raise ValueError("a kept page cannot be read")
    if form_of(picture, bears=page.bears) == "bilevel":
        return _bilevel(picture)
    factor = step.dpi / DPI
    if factor < 1:
        picture = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    data = cv2.imencode(
        ".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, step.quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
    )[1].tobytes()
    space = pikepdf.Name.DeviceGray if picture.ndim == 2 else pikepdf.Name.DeviceRGB  # noqa: PLR2004 (rows, columns)
    return data, {
        "Width": picture.shape[1],
        "Height": picture.shape[0],
        "BitsPerComponent": 8,
        "ColorSpace": space,
        "Filter": pikepdf.Name.DCTDecode,
    }


def form_of(picture: Picture, *, bears: bool) -> Form:
    """Whether a page is kept in black and white or as a picture, by what is on it.

    Args:
        picture: the upright page.
        bears: whether somebody signs on it.
    """
    if bears:
        return "picture"
    if picture.ndim == 3 and float((red_share(picture) > _COLOURED).mean()) > _COLOURED_SHARE:  # noqa: PLR2004
        return "picture"
    return "bilevel"


def _bilevel(picture: Picture) -> tuple[bytes, dict[str, Any]]:
    white = flattened(grey(picture)) > _PAPER
    out = io.BytesIO()
    Image.fromarray((white * 255).astype(np.uint8)).convert("1").save(
        out, "TIFF", compression="group4", strip_size=1 << 30
    )
    with Image.open(io.BytesIO(out.getvalue())) as tiff:
        tags: Any = getattr(tiff, "tag_v2")  # noqa: B009 (only a TIFF has it)
        begin, length, black_is_zero = tags[273][0], tags[279][0], tags[262] == 1
    data = out.getvalue()[begin : begin + length]
    return data, {
        "Width": white.shape[1],
        "Height": white.shape[0],
        "BitsPerComponent": 1,
        "ColorSpace": pikepdf.Name.DeviceGray,
        "Filter": pikepdf.Name.CCITTFaxDecode,
        "DecodeParms": pikepdf.Dictionary(
            K=-1, Columns=white.shape[1], Rows=white.shape[0], BlackIs1=black_is_zero
        ),
    }


def _add(pdf: pikepdf.Pdf, data: bytes, keys: dict[str, Any], size: tuple[float, float]) -> None:
    picture = pikepdf.Stream(pdf, data)
    for key, value in {"Type": pikepdf.Name.XObject, "Subtype": pikepdf.Name.Image, **keys}.items():
        picture[f"/{key}"] = value
    page = pdf.add_blank_page(page_size=size)
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=pdf.make_indirect(picture)))
    page.obj.Contents = pdf.make_stream(f"q {size[0]:.2f} 0 0 {size[1]:.2f} 0 0 cm /Scan Do Q".encode())

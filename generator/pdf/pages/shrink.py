"""Pictures in a PDF made smaller until the file is within a limit; text and lines stay as they are."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import pikepdf
from msgspec import Struct
from PIL import Image

from generator.base.pictures import MAX_PIXELS
from generator.pdf.pages.metadata import with_metadata

if TYPE_CHECKING:
    from datetime import datetime

# What pictures keep of their width and height, and JPEG's quality, tried in order.
_STEPS: Final = ((1.0, 85), (0.85, 80), (0.7, 75), (0.55, 70), (0.45, 65), (0.35, 60), (0.25, 50))
# Below this, in pixels of its longer side, a scanned page cannot be read any more.
_LEAST_SIDE: Final = 900
_LEAST_BYTES: Final = 20_000
_DEPTH: Final = 8
_PLAIN: Final = frozenset({"L", "RGB", "P"})


class Shrunk(Struct, frozen=True):
    """A PDF that was made smaller.

    Attributes:
        pdf: the file.
        before: its bytes before.
        percent: what the pictures keep of their width and height.
        pictures: how many were made smaller.
    """

    pdf: bytes
    before: int
    percent: int
    pictures: int


def shrunk(pdf: bytes, most: int, *, title: str, timestamp: datetime) -> Shrunk | None:
    """A PDF whose pictures are just so much smaller that it is within a limit.

    Args:
        pdf: a PDF that is larger.
        most: the limit, in bytes.
        title: its title.
        timestamp: stated as the time of making.

    Returns:
        The smaller PDF; None where it cannot be made to fit with pictures that can still be read.
    """
    for scale, quality in _STEPS:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            count = sum(_smaller(picture, scale, quality) for picture in list(_pictures(document)))
            if not count:
                continue
            document.remove_unreferenced_resources()
            made = with_metadata(document, title=title, author="", timestamp=timestamp)
        if len(made) <= most:
            return Shrunk(made, len(pdf), round(scale * 100), count)
    return None


def _pictures(document: pikepdf.Pdf) -> Iterator[Any]:
    """The pictures that can be made smaller without a change of what they show: grey or in colour, 8 bits deep."""
    for item in document.objects:
        if (
            isinstance(item, pikepdf.Stream)
            and item.get("/Subtype") == pikepdf.Name.Image
            and not item.get("/ImageMask", False)
            and int(item.get("/BitsPerComponent", 0)) == _DEPTH
            and "/Mask" not in item
            and "/Decode" not in item
            and int(item.Width) * int(item.Height) <= MAX_PIXELS
        ):
            yield item


def _smaller(stream: Any, scale: float, quality: int) -> bool:
    """Write a picture anew; whether it became smaller."""
    before = len(stream.read_raw_bytes())
    if before < _LEAST_BYTES:
        return False
    try:
        picture = pikepdf.PdfImage(stream).as_pil_image()
    except (pikepdf.PdfError, NotImplementedError, ValueError, OSError, TypeError, KeyError, AttributeError):
        return False  # of a kind that is left as it is
    if picture.mode not in _PLAIN:
        return False
    picture = picture.convert("L" if picture.mode == "L" else "RGB")
    longer = max(picture.size)
    kept = max(scale, min(_LEAST_SIDE / longer, 1.0))
    if kept < 1:
        size = (max(round(picture.width * kept), 1), max(round(picture.height * kept), 1))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    if len(out.getvalue()) >= before:
        return False
    stream.write(out.getvalue(), filter=pikepdf.Name.DCTDecode)
    stream.Width, stream.Height = picture.size
    stream.ColorSpace = pikepdf.Name.DeviceGray if picture.mode == "L" else pikepdf.Name.DeviceRGB
    stream.BitsPerComponent = _DEPTH
    for key in ("/DecodeParms", "/Intent"):
        if key in stream:
            del stream[key]
    return True

"""The pictures of a document: which part of the package holds one, whether it is whole, how it is cut and turned."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from generator.base.ooxml.xml import A, Element, number, refuse

if TYPE_CHECKING:
    from generator.pdf.docx.reading import Reading

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_FORMATS: Final = ((_PNG, "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF8", "gif"))
_FRAME_HEADS: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_CMYK: Final = 4
_THOUSANDTHS: Final = 100_000  # of a per cent, that is of the whole, in DrawingML
_DEGREE: Final = 60_000


def image_name(reading: Reading, relation: str, where: str) -> str:
    """The name among the document's media of the picture that a relationship leads to.

    Args:
        reading: the document's state, to whose media the picture is added.
        relation: the id of the relationship.
        where: the picture's place in Chinese.

    Raises:
        ProgrammeError: the picture is missing, of a format that is not on the list, or broken.
    """
    part = reading.related.get(relation, "")
    data = reading.parts.get(part, b"")
    kind = next((kind for start, kind in _FORMATS if data.startswith(start)), None)
    if kind is None:
        raise refuse(where, "PNG、JPEG、GIF 以外的图片", reading.file)
    name = next((key for key, value in reading.media.items() if value == part), None)
    if name is not None:
        return name
    if not (_is_whole_png(data) if kind == "png" else _is_whole(data, kind)):
        raise refuse(where, f"损坏的图片 {part.rpartition('/')[2]}", reading.file)
    if kind == "jpg" and _components(data) == _CMYK:
        raise refuse(where, f"印刷四色（CMYK）的图片 {part.rpartition('/')[2]}", reading.file)
    name = f"media-{len(reading.media)}.{kind}"
    reading.media[name] = part
    return name


def _is_whole(data: bytes, kind: str) -> bool:
    return b"\xff\xd9" in data[-65536:] if kind == "jpg" else b";" in data[-64:]


def _components(data: bytes) -> int:
    """How many colours a JPEG's points are made of, by the head of its frame; 0 where there is none."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:  # noqa: PLR2004 a marker
        if data[at + 1] in _FRAME_HEADS:
            return data[at + 9]
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0


def _is_whole_png(data: bytes) -> bool:
    """Whether a PNG's chunks follow one another to its end, each with its checksum."""
    at = len(_PNG)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        name, end = data[at + 4 : at + 8], at + 8 + length
        # Decoders read on where the checksum of a chunk that they need not understand is wrong.
        if name[:1].isupper() and zlib.crc32(data[at + 4 : end]) != int.from_bytes(
            data[end : end + 4], "big"
        ):
            return False
        if name == b"IEND":
            return True
        at = end + 4
    return False


def cropped_shares(picture: Element) -> tuple[float, float, float, float] | None:
    """The shares that are cut off at a picture's top, right, bottom and left; negative where it is made wider."""
    crop = picture.find(f".//{A}srcRect")
    if crop is None:
        return None
    top, right, bottom, left = (number(crop.get(side)) / _THOUSANDTHS for side in "trbl")
    if not (top or right or bottom or left) or top + bottom >= 1 or left + right >= 1:
        return None
    return top, right, bottom, left


def turned(shape: Element) -> float:
    """Degrees by which a shape or picture is turned to the right, at least 0 and less than 360."""
    form = shape.find(f".//{A}xfrm")
    return number(form.get("rot")) / _DEGREE % 360 if form is not None else 0.0

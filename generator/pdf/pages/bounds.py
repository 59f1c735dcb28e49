"""Limits for attached PDFs, checked before they are drawn or unpacked whole.

A few kilobytes of PDF can unpack to terabytes: streams may be compressed twice, and form XObjects may draw other
forms many times over. So the bytes of streams are counted while they are unpacked in pieces, and the forms and
pictures that a page draws are counted without drawing them.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Any, Final

import pikepdf

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_STREAM: Final = 300_000_000
_MOST_STREAMS: Final = 1_000_000_000
_MOST_PIXELS: Final = 120_000_000
_MOST_ROW: Final = 4_000_000
_MOST_DRAWN: Final = 200_000
_DEEPEST: Final = 20
_CHUNK: Final = 1 << 20
_DO: Final = re.compile(rb"/([^\s/<>()\[\]{}%]+)\s+Do(?![A-Za-z])")


class BeyondBoundsError(Exception):
    """A PDF holds more than it may; the text is a Chinese clause that follows “PDF ”."""


def check_bounds(pdf: pikepdf.Pdf) -> None:
    """Refuse a PDF that would take all memory or time when it is drawn or unpacked.

    Raises:
        BeyondBoundsError: it holds more than it may.
    """
    total = 0
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream):
            total += _unpacked(item)
            if total > _MOST_STREAMS:
                raise BeyondBoundsError("展开后过大")
    drawn = 0
    known: dict[tuple[int, int], int] = {}
    for page in pdf.pages:
        drawn += _drawn(_contents(page.obj), page.obj, known, ())
        if drawn > _MOST_DRAWN:
            raise BeyondBoundsError("里的图形一层套一层，画不完")


def _filters(stream: pikepdf.Stream) -> list[str]:
    named: Any = stream.get("/Filter", pikepdf.Array())
    return [str(each) for each in (named if isinstance(named, pikepdf.Array) else [named])]


def _unpacked(stream: pikepdf.Stream) -> int:
    """How many bytes a stream holds, counted while it is unpacked; nothing of it is kept."""
    filters = _filters(stream)
    if sum(each in {"/FlateDecode", "/Fl", "/LZWDecode", "/LZW"} for each in filters) > 1:
        raise BeyondBoundsError("里有反复压缩的内容")
    if stream.get("/Subtype") == pikepdf.Name.Image:
        pixels = int(stream.get("/Width", 0)) * int(stream.get("/Height", 0))
        if pixels > _MOST_PIXELS:
            raise BeyondBoundsError("里有过大的图片（超过 1.2 亿像素）")
    parameters: Any = stream.get("/DecodeParms", pikepdf.Array())
    for each in parameters if isinstance(parameters, pikepdf.Array) else [parameters]:
        if isinstance(each, pikepdf.Dictionary):
            row = (
                int(each.get("/Columns", 1))
                * int(each.get("/Colors", 1))
                * int(each.get("/BitsPerComponent", 8))
            )
            if not 0 < row <= _MOST_ROW * 8:
                raise BeyondBoundsError("里有不合理的压缩参数")
    raw = stream.read_raw_bytes()
    if filters[-1:] != ["/FlateDecode"] or len(filters) > 1:
        return len(raw)
    inflater = zlib.decompressobj()
    size, waiting = 0, raw
    try:
        while waiting and not inflater.eof:
            size += len(inflater.decompress(waiting, _CHUNK))
            waiting = inflater.unconsumed_tail
            if size > _MOST_STREAM:
                raise BeyondBoundsError("里有展开后过大的内容")
    except zlib.error:
        # Damaged: reported later, when the syntax is checked.
        return size
    return size


def _contents(page: Any) -> Iterator[Any]:
    found: Any = page.get("/Contents", pikepdf.Array())
    yield from (each for each in (found if isinstance(found, pikepdf.Array) else [found]) if _is_stream(each))


def _is_stream(item: Any) -> bool:
    return isinstance(item, pikepdf.Stream)


def _drawn(
    streams: Iterator[Any],
    owner: Any,
    known: dict[tuple[int, int], int],
    above: tuple[tuple[int, int], ...],
) -> int:
    """How many forms and pictures are drawn in all, those that forms draw among them."""
    if len(above) > _DEEPEST:
        raise BeyondBoundsError("里的图形一层套一层，太深")
    resources: Any = owner.get("/Resources", pikepdf.Dictionary())
    objects: Any = (
        resources.get("/XObject", pikepdf.Dictionary()) if isinstance(resources, pikepdf.Dictionary) else {}
    )
    count = 0
    for stream in streams:
        for name in _DO.findall(stream.read_bytes()):
            count += 1
            target: Any = objects.get("/" + name.decode("latin-1"))
            if not _is_stream(target) or target.get("/Subtype") != pikepdf.Name.Form:
                continue
            key = target.objgen
            if key in above:
                raise BeyondBoundsError("里的图形画着自己")
            if key not in known:
                known[key] = _drawn(iter([target]), target, known, (*above, key))
            count += known[key]
            if count > _MOST_DRAWN:
                raise BeyondBoundsError("里的图形一层套一层，画不完")
    return count

"""Scans and attachments: pictures and PDFs, sound ones and such as a broken transfer or an odd scanner makes."""

from __future__ import annotations

import io
import re
import struct
import zlib
from functools import cache
from typing import Final

import pikepdf
from PIL import Image

from generator.base.characters import BadValueError
from generator.base.pictures import sound_picture
from generator.errors import DataError
from generator.packet.times import FIXED_TIME
from generator.pdf.pages.attachments import attached_pages
from generator.returns.scans.reading import scanned_pages
from tests.fuzz.choices import Choices
from tests.fuzz.held import clear

_SIZE: Final = (320, 420)
_LONGEST: Final = 3600
_MOST_PAGES: Final = 12
_CHUNK: Final = 12  # bytes of a PNG's chunk beside its content
_MODES: Final = ("RGB", "L", "1", "P", "RGBA", "LA", "I;16")
_SAVED: Final = (
    *(("PNG", mode) for mode in _MODES),
    ("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"),
    *(("TIFF", mode) for mode in ("RGB", "L", "1", "P", "RGBA", "CMYK", "I;16", "F")),
)  # fmt: skip


@cache
def _picture(kind: str, mode: str) -> bytes:
    picture = Image.linear_gradient("L").resize(_SIZE)
    if mode == "I;16":
        picture = Image.frombytes("I;16", _SIZE, bytes(_SIZE[0] * _SIZE[1] * 2))
    elif mode != "L":
        picture = picture.convert("RGB").convert(mode)
    out = io.BytesIO()
    if kind == "TIFF":
        pages = [picture] * 2
        packing = {"1": "group4", "RGB": "tiff_lzw", "L": "tiff_deflate"}.get(mode, "raw")
        picture.save(out, kind, save_all=True, append_images=pages[1:], compression=packing, dpi=(200, 200))
    else:
        picture.save(out, kind)
    return out.getvalue()


@cache
def _pdf(of: str) -> bytes:
    """A PDF of one scanned page, or of one with print and a form's field, its objects in the open."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        page = made.add_blank_page(page_size=(595, 842))
        if of == "scan":
            picture = made.make_stream(
                _picture("JPEG", "L"), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=320, Height=420,
                ColorSpace=pikepdf.Name.DeviceGray, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
            )  # fmt: skip
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
            page.Contents = made.make_stream(b"q 595 0 0 842 0 0 cm /Im0 Do Q")
        else:
            face = pikepdf.Dictionary(
                Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
            )
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F0=face))
            page.Contents = made.make_stream(
                b"BT /F0 24 Tf 72 700 Td (Hello) Tj ET 1 0 0 rg 100 100 200 200 re f"
            )
            page.Annots = pikepdf.Array(
                [
                    pikepdf.Dictionary(
                        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Square, Rect=[10, 10, 60, 60], F=4
                    )
                ]
            )
        made.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    return out.getvalue()


_PDF_VALUES: Final = (
    b"0", b"-1", b"1", b"99999999999", b"0.00001", b"1e9", b"null", b"true", b"[]", b"<<>>", b"()", b"/X", b"1 0 R", b"3 0 R", b"99 0 R",
    b"[0 0 0 0]", b"[1 1 1 1 1 1]", b"[0 0 1e6 1e6]", b"[3 0 R 3 0 R]", b"/DeviceCMYK", b"/FlateDecode", b"/CCITTFaxDecode",
    b"/JBIG2Decode", b"/JPXDecode", b"<</K -1>>", b"90", b"45", b"[/Indexed /DeviceRGB 255 <00>]", b"16", b"2000000",
)  # fmt: skip
_PDF_ENTRY: Final = re.compile(rb"/([A-Za-z0-9]+) ((?:\[[^\]]*\])|(?:\d+ 0 R)|[-+./A-Za-z0-9]+)")
_OPERATORS: Final = (
    b"q ", b"Q ", b"1 0 0 1 0 0 cm ", b"1e9 0 0 1e9 0 0 cm ", b"/Im0 Do ", b"/Nil Do ", b"BT ", b"ET ", b"/F0 1e6 Tf ", b"(x) Tj ",
    b"0 0 1e5 1e5 re f ", b"W n ", b"BI /W 9 /H 9 ID x EI ", b"sh ", b"<< ", b"[ ", b"( ", b"/P gs ", b"0 Tr ",
)  # fmt: skip


def _damaged_pdf(choices: Choices) -> bytes:
    raw = _pdf(choices.pick(("scan", "print")))
    for _ in range(choices.below(4)):
        made = choices.below(5)
        entries = list(_PDF_ENTRY.finditer(raw))
        if not entries:
            break
        found = choices.pick(entries)
        if made <= 1:
            raw = raw[: found.start(2)] + choices.pick(_PDF_VALUES) + raw[found.end(2) :]
        elif made == 2:
            key = choices.pick(entries)[1]
            raw = raw[: found.start(1)] + key + raw[found.end(1) :]
        elif made == 3:
            at = raw.find(b"stream\n") + 7
            raw = raw[:at] + b"".join(choices.several(9, lambda: choices.pick(_OPERATORS))) + raw[at:]
        else:
            raw = _bytes_changed(choices, raw)
    return raw


def _bytes_changed(choices: Choices, raw: bytes) -> bytes:
    at = choices.below(len(raw) + 1) if choices.below(2) else choices.below(min(len(raw) + 1, 200))
    if choices.once_in(6):
        return raw[:at]
    return raw[:at] + choices.raw(6) + raw[at + choices.below(6) :]


def _damaged_png(choices: Choices, raw: bytes) -> bytes:
    """A PNG whose chunks are altered, left out or doubled, each with a sum that fits."""
    chunks = []
    at = 8
    while at + _CHUNK <= len(raw):
        length = struct.unpack(">I", raw[at : at + 4])[0]
        chunks.append((raw[at + 4 : at + 8], raw[at + 8 : at + 8 + length]))
        at += length + _CHUNK
    for _ in range(choices.below(3)):
        number = choices.below(len(chunks))
        name, content = chunks[number]
        made = choices.below(5)
        if made == 0:
            chunks.insert(number, chunks[number])
        elif made == 1 and len(chunks) > 1:
            del chunks[number]
        elif made == 2:
            chunks.insert(
                number,
                (
                    choices.pick((b"eXIf", b"tRNS", b"iCCP", b"gAMA", b"pHYs", b"zTXt", b"acTL", b"PLTE")),
                    choices.raw(30),
                ),
            )
        elif content:
            spot = choices.below(min(len(content), 200))
            chunks[number] = (name, content[:spot] + choices.raw(4) + content[spot + choices.below(5) :])
    return raw[:8] + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )


def scan(data: bytes) -> None:
    """A picture or PDF, altered: its pages are within bounds, or it is refused; the same as an attachment."""
    choices = Choices(data)
    if choices.below(2):
        raw = _damaged_pdf(choices)
    else:
        kind, mode = choices.pick(_SAVED)
        raw = _picture(kind, mode)
        if kind == "PNG" and choices.below(2):
            raw = _damaged_png(choices, raw)
        for _ in range(choices.below(3)):
            raw = _bytes_changed(choices, raw)
    how = choices.below(4)
    if how == 0:
        pages, count = attached_pages(raw, name="甲.pdf", timestamp=FIXED_TIME)
        with pikepdf.open(io.BytesIO(pages)) as bound:
            assert len(bound.pages) == count, f"{len(bound.pages)} pages are told as {count}"
        return
    if how == 1:
        try:
            sound_picture(raw)
        except BadValueError as error:
            clear(f"{error.what}，{error.remedy}")
        return
    for number, page in enumerate(scanned_pages("甲.pdf", raw), 1):
        assert page.page == number
        assert page.picture.dtype == "uint8"
        assert max(page.picture.shape[:2]) <= _LONGEST, f"a page of {page.picture.shape}"
        if number >= _MOST_PAGES:
            raise DataError("页数太多", "只试前面的几页")

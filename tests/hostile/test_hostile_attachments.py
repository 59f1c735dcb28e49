"""Attachments made to take all memory or time, or with hidden content: refused quickly, with a clear message."""

from __future__ import annotations

import io
import struct
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pikepdf
import pytest

from generator.errors import DataError
from generator.pdf.pages.attachments import attached_pages
from tests.pace import allowed

WHEN = datetime(2026, 3, 1, tzinfo=UTC)


def saved(change: Callable[[pikepdf.Pdf], Any]) -> bytes:
    pdf = pikepdf.Pdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    change(pdf)
    out = io.BytesIO()
    pdf.save(out, compress_streams=False)
    return out.getvalue()


def form(pdf: pikepdf.Pdf, content: bytes, forms: dict[str, Any]) -> Any:
    return pdf.make_stream(
        content,
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Form,
        BBox=[0, 0, 595, 842],
        Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(forms)),
    )


def nested(levels: int, times: int) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        inner = form(pdf, b"0 0 10 10 re f", {})
        for _ in range(levels):
            inner = form(pdf, b"/X Do\n" * times, {"/X": inner})
        pdf.pages[0].obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary({"/X": inner}))
        pdf.pages[0].obj.Contents = pdf.make_stream(b"/X Do")

    return change


def itself(pdf: pikepdf.Pdf) -> None:
    nested(1, 1)(pdf)
    drawn = pdf.pages[0].obj.Resources.XObject["/X"]
    drawn.Resources.XObject["/X"] = drawn


def packed(times: int, size: int) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        data = b"0" * size
        for _ in range(times):
            data = zlib.compress(data, 9)
        stream = pdf.make_stream(b"")
        filters = pikepdf.Array([pikepdf.Name.FlateDecode] * times)
        stream.write(data, filter=filters, decode_parms=None)
        pdf.pages[0].obj.Contents = stream

    return change


def with_image(width: int, height: int) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        image = pdf.make_stream(
            b"", Subtype=pikepdf.Name.Image, Width=width, Height=height, BitsPerComponent=8
        )
        pdf.pages[0].obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary({"/I": image}))
        pdf.pages[0].obj.Contents = pdf.make_stream(b"/I Do")

    return change


def predicted(pdf: pikepdf.Pdf) -> None:
    stream = pdf.make_stream(b"")
    parms = pikepdf.Dictionary(Predictor=15, Columns=2_000_000_000, Colors=4)
    stream.write(zlib.compress(b"0"), filter=pikepdf.Name.FlateDecode, decode_parms=parms)
    pdf.pages[0].obj.Contents = stream


def layer_off(pdf: pikepdf.Pdf) -> None:
    layer = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="密"))
    pdf.Root.OCProperties = pikepdf.Dictionary(
        OCGs=pikepdf.Array([layer]), D=pikepdf.Dictionary(OFF=pikepdf.Array([layer]))
    )


def annotation(**entries: Any) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        field = pdf.make_indirect(pikepdf.Dictionary(Subtype=pikepdf.Name.Widget, **entries))
        pdf.pages[0].obj.Annots = pikepdf.Array([field])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))

    return change


REFUSED = {
    "forms that draw forms": nested(19, 10),
    "forms nested deeply": nested(60, 1),
    "a form that draws itself": itself,
    "a stream packed twice": packed(2, 100_000_000),
    "a stream packed three times": packed(3, 10_000_000),
    "a stream of 400 MB": packed(1, 400_000_000),
    "a picture of four gigapixels": with_image(65_000, 65_000),
    "a row of eight gigabytes": predicted,
    "a layer that is off": layer_off,
    "an annotation's flags": annotation(F=pikepdf.Name.Yes, V=pikepdf.String("x")),
}


@pytest.mark.thorough
@pytest.mark.parametrize("kind", REFUSED)
def test_a_pdf_beyond_bounds_is_refused_in_words(kind: str) -> None:
    data = saved(REFUSED[kind])
    begun = time.monotonic()
    with pytest.raises(DataError) as caught:
        attached_pages(data, name="证书.pdf", timestamp=WHEN)
    assert time.monotonic() - begun < allowed(4)
    assert "证书.pdf" in str(caught.value)
    assert "请" in str(caught.value)


def long_page(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.Contents = pdf.make_stream(b"0 0 1 1 re f\n" * 9_000)


@pytest.mark.parametrize("change", [nested(3, 4), long_page], ids=["forms", "a long page"])
def test_an_ordinary_pdf_is_bound(change: Callable[[pikepdf.Pdf], None]) -> None:
    assert attached_pages(saved(change), name="证书.pdf", timestamp=WHEN)[1] == 1


def test_a_file_enclosed_in_a_page_or_a_picture_is_left_behind() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        nested(1, 1)(pdf)
        enclosed = pdf.make_stream(b"MZ-evil", Type=pikepdf.Name.EmbeddedFile)
        spec = pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.Filespec, F="evil.exe", EF=pikepdf.Dictionary(F=enclosed))
        )
        pdf.pages[0].obj.Resources.XObject["/X"].AF = pikepdf.Array([spec])

    bound, _ = attached_pages(saved(change), name="证书.pdf", timestamp=WHEN)
    with pikepdf.open(io.BytesIO(bound)) as pdf:
        out = io.BytesIO()
        pdf.save(out, qdf=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert b"evil" not in out.getvalue()


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [(10_950, 10_950), (8_000, 8_000), (100_000, 100_000), (2**31 - 1, 1)])
def test_a_picture_of_too_many_points_is_refused_without_a_foreign_word(size: tuple[int, int]) -> None:
    with pytest.raises(DataError, match="图片"):
        attached_pages(png(*size), name="证书.png", timestamp=WHEN)

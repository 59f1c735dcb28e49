"""Scans as they arrive: hostile files are refused; seals over edges; what counts as complete."""

from __future__ import annotations

import io
import os
import zlib
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from generator.errors import DataError
from generator.returns.scans.reading import read_bytes, scan_files, scanned_pages
from generator.returns.scans.seams import Strip, seam


def png_that_claims(width: int, height: int, depth: int = 1, colours: int = 0, text: int = 0) -> bytes:
    """A PNG of a few bytes that says it is so large, and holds so long a text."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([depth, colours, 0, 0, 0])
    said = chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * text, 1)) if text else b""
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + said + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def jpeg(width: int = 800, height: int = 1000) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 40).save(out, "JPEG")
    return out.getvalue()


def jpeg_drawn_again() -> bytes:
    """A JPEG that goes over its picture five hundred times."""
    out = io.BytesIO()
    Image.effect_noise((800, 1000), 40).save(out, "JPEG", progressive=True)
    data = out.getvalue()
    last = data.rfind(b"\xff\xda")
    again = b"\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x10\x00"
    return data[:last] + again * 500 + data[last:]


def tiff_that_claims(side: int) -> bytes:
    """A TIFF of a thousand rows that says it has so many, each so wide."""
    out = io.BytesIO()
    Image.new("L", (1000, 1000), 200).save(out, "TIFF", compression="tiff_lzw")
    data = bytearray(out.getvalue())
    directory = int.from_bytes(data[4:8], "little")
    for number in range(int.from_bytes(data[directory : directory + 2], "little")):
        entry = directory + 2 + 12 * number
        if int.from_bytes(data[entry : entry + 2], "little") in {256, 257}:  # width and height
            data[entry + 2 : entry + 12] = b"\4\0\1\0\0\0" + side.to_bytes(4, "little")
    return bytes(data)


def pdf_with_picture(width: int, height: int, *, packed: str = "") -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        picture = pdf.make_stream(b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image)
        if packed:
            picture.Filter = pikepdf.Name(packed)
        picture.Width, picture.Height = width, height
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=picture))
        page.obj.Contents = pdf.make_stream(b"q 595 0 0 842 0 0 cm /I Do Q")
        pdf.save(out)
    return out.getvalue()


def pdf_without(what: bytes) -> bytes:
    """A PDF that one reader mends in silence and the other does not open."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.save(out)
    assert what in out.getvalue()
    return out.getvalue().replace(what, b" " * len(what))


def encrypted() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (png_that_claims(60_000, 60_000), "不像一页扫描件"),
        (png_that_claims(100_000, 200), "没有读取"),
        (png_that_claims(9000, 9000, 8, 6), "不像一页扫描件"),
        (png_that_claims(800, 1000, text=80_000_000), "损坏"),
        (tiff_that_claims(2_000_000_000), "不像一页扫描件"),
        (tiff_that_claims(11_000), "不像一页扫描件"),
        (jpeg_drawn_again(), "反复重画"),
        (jpeg()[:2000], "损坏"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "损坏"),
        (b"MM\0*\xff\xff\xff\xff" + b"\0" * 40, "损坏"),
        (b"GIF89a" + b"\0" * 50, "损坏"),
        (b"%PDF-1.7\nnothing", "损坏"),
        (pdf_with_picture(90_000, 90_000), "过大"),
        (pdf_with_picture(800, 1000, packed="/JBIG2Decode"), "损坏"),
        (pdf_without(b"trailer"), "损坏"),
        (encrypted(), "密码"),
        (jpeg(100, 100), "看不清字"),
    ],
    ids=[
        "huge",
        "long",
        "transparent",
        "text",
        "tiff of billions",
        "tiff",
        "passes",
        "cut",
        "png",
        "broken tiff",
        "gif",
        "pdf",
        "huge in pdf",
        "picture",
        "document",
        "encrypted",
        "small",
    ],
)
def test_what_is_no_scan_is_refused_in_one_chinese_sentence(data: bytes, said: str) -> None:
    with pytest.raises(DataError) as refused:
        list(scanned_pages("扫描.bin", data))
    assert said in str(refused.value)
    assert "扫描.bin" in str(refused.value)


def aborting(name: str, data: bytes) -> None:
    """What a library in C does where an assertion of its own fails."""
    os.abort()


def test_a_scan_that_ends_the_process_that_reads_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.returns.scans.reading.counted_pages", aborting)
    with pytest.raises(DataError, match=r"^坏\.pdf：使读取它的程序崩溃了"):
        list(scanned_pages("坏.pdf", b"%PDF-1.7"))


def test_every_page_of_a_tiff_is_read_and_turned_as_the_camera_says(tmp_path: Path) -> None:
    out = io.BytesIO()
    pages = [Image.new("L", (700, 900), shade) for shade in (40, 200)]
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    assert [int(page.picture.mean()) for page in scanned_pages("a.tif", out.getvalue())] == [40, 200]
    turned = Image.new("RGB", (900, 700), "white")
    exif = turned.getexif()
    exif[0x0112] = 6
    out = io.BytesIO()
    turned.save(out, "JPEG", exif=exif)
    (page,) = scanned_pages("b.jpg", out.getvalue())
    assert page.picture.shape[:2] == (900, 700)


def test_files_are_named_that_are_not_there_empty_or_of_another_kind(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"x")
    (tmp_path / "b.png").write_bytes(b"")
    for given, said in ((tmp_path / "no.pdf", "没有这个文件"), (tmp_path / "a.docx", "不是 PDF")):
        with pytest.raises(DataError, match=said):
            scan_files([given])
    with pytest.raises(DataError, match="空的"):
        read_bytes(tmp_path / "b.png")


def strip(number: int, of: int, *, top: float = 100.0, solid: bool = False) -> Strip:
    """The strip of a round seal of 42 mm on one of so many pages."""
    wide = 42 / of
    at = np.linspace(-21, 21, 43)

    def profile(x: float) -> tuple[float, ...]:
        # The ring as it is cut at x: dark where the circle passes.
        return tuple(float(np.exp(-((np.hypot(x, y) - 20) ** 2) / 4)) for y in at)

    left = -21 + number * wide
    return Strip(top, top + 42, wide, profile(left + 0.01), profile(left + wide), solid)


def test_a_seal_over_the_edges_is_seen_only_where_it_goes_through_all_pages() -> None:
    whole = [[strip(number, 4)] for number in range(4)]
    assert seam(whole, 1) == ("seen", "")
    assert seam(whole, 2)[0] == "look"
    assert seam([whole[0], [], *whole[2:]], 1)[0] == "look"
    assert seam([whole[0], None, *whole[2:]], 1)[0] == "look"
    assert seam([[], [], []], 1)[0] == "absent"
    moved = [[strip(number, 4, top=100 + 60 * (number % 2))] for number in range(4)]
    assert seam(moved, 1)[0] == "look"
    assert seam([[strip(number, 4, solid=True)] for number in range(4)], 1)[0] == "absent"

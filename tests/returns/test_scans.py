"""Scans as they arrive: hostile files are refused; seals over edges; what counts as complete."""

from __future__ import annotations

import io
import os
import zlib
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pytest
from PIL import Image

from generator.errors import DataError
from generator.returns.scans.picture import PER_MM
from generator.returns.scans.reading import read_bytes, scan_files, scanned_pages
from generator.returns.scans.seams import edge_of, seam


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


RING = cv2.circle(np.zeros((165, 165), np.float32), (82, 82), 79, 0.9, 5)


def strips(count: int, *, top: float = 100.0, lower: float = 0.0) -> list[str | None]:
    """The right edges of pages over which a seal was put, the second page so many millimetres lower."""
    cuts = np.linspace(0, RING.shape[1], count + 1).astype(int)
    found = []
    for at in range(count):
        red = np.zeros((1169, 120), np.float32)
        part = RING[:, cuts[at] : cuts[at + 1]]
        down = round((top + lower * (at == 1)) * PER_MM / 2)
        red[down : down + part.shape[0], 120 - part.shape[1] :] = part
        found.append(edge_of(red))
    return found


def sticker(top: float) -> str | None:
    red = np.zeros((1169, 120), np.float32)
    red[int(top * 4) : int(top * 4) + 40, -40:] = 0.8
    return edge_of(red)


def test_whether_strips_make_one_seal_is_told_and_never_called_seen() -> None:
    """That a ring goes on over all pages is no proof that they were sealed together: a person looks."""
    fitting = "拼得成 1 枚圆章"
    for count in (2, 3, 5, 8):
        verdict, said = seam(strips(count), 1)
        assert (verdict, fitting in said) == ("look", True)
    whole = strips(4)
    assert "要盖章的有 12 家" in seam(whole, 12)[1]
    unfit = [
        [whole[0], whole[2], whole[1], whole[3]],
        [*whole[:2], whole[1], whole[3]],
        strips(4, lower=3.0),
        [*whole[:3], *strips(4, top=160.0)[3:]],
        [*whole[:3], sticker(100.0)],
        [*whole[:3], edge_of(np.zeros((1169, 120), np.float32))],
        [*whole[:3], None],
    ]
    assert [(seam(pages, 1)[0], fitting in seam(pages, 1)[1]) for pages in unfit] == [("look", False)] * 7
    assert seam([edge_of(np.zeros((1169, 120), np.float32))] * 3, 1)[0] == "absent"
    assert seam([sticker(100.0), sticker(105.0)], 1)[0] == "absent"

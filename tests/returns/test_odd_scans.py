"""Scans of unusual make: each is recognised, or told as unclear; nothing on them is called seen that was not done."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pikepdf
import pytest
from PIL import Image

from generator.returns.scans.examination import Examined, every_page
from generator.returns.scans.places import Place
from generator.returns.scans.reading import scanned_pages
from generator.returns.scans.recognition import Recogniser
from generator.returns.scans.rendered import Sheet
from tests.returns import scanner
from tests.returns.signing import ACTS, Paper
from tests.standing import Standing

pytestmark = pytest.mark.thorough

# What wears paper, and how it is turned, is tested elsewhere.
PLAIN = dataclasses.replace(
    scanner.OFFICE_200, stain=0, fold=0, holes=0, dust=0, crop=0, turned=0, noise=(1, 2)
)
DPI = 200
Pictures = Sequence[scanner.Picture]  # of pages, in blue, green and red


def by_turns(sheet: Sheet, place: Place) -> Sequence[str]:
    """Every second party has done everything, the others nothing."""
    return () if place.number % 2 else ACTS


@pytest.fixture(scope="module")
def paper(made: Standing) -> Paper:
    return Paper.of(made.folder)


@pytest.fixture(scope="module")
def sheets(paper: Paper) -> list[Sheet]:
    return paper.sheets("agreement")[7:9]


@pytest.fixture(scope="module")
def pictures(paper: Paper, sheets: list[Sheet]) -> Pictures:
    return [paper.scan(sheet, 21, PLAIN, by_turns).picture for sheet in sheets]


@pytest.fixture(scope="module")
def recogniser(paper: Paper) -> Recogniser:
    return Recogniser(paper.sheets("agreement"))


def packed(picture: scanner.Picture, kind: str, **how: object) -> bytes:
    colours = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB) if picture.ndim == 3 else picture
    out = io.BytesIO()
    Image.fromarray(colours).save(out, kind, **how)
    return out.getvalue()


def grey(picture: scanner.Picture) -> scanner.Picture:
    found: scanner.Picture = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return found


def upside_down(pages: Pictures) -> bytes:
    return packed(np.rot90(pages[0], 2), "JPEG", quality=90)


def two_on_a3(pages: Pictures) -> bytes:
    return packed(np.hstack([cv2.resize(page, (1654, 2339)) for page in pages]), "JPEG", quality=90)


def two_on_a_desk(pages: Pictures) -> bytes:
    """One below the other on a grey desk, one of them upside-down."""
    desk = np.full((5300, 2300, 3), 120, np.uint8)
    for number, page in enumerate((pages[0], np.rot90(pages[1], 2))):
        high, wide = page.shape[:2]
        desk[150 + 2550 * number :][:high, 300 : 300 + wide] = page
    return packed(desk, "JPEG", quality=85)


def cropped(pages: Pictures) -> bytes:
    high, wide = pages[0].shape[:2]
    return packed(pages[0][: int(high * 0.95), int(wide * 0.05) :], "JPEG", quality=90)


def far_away(pages: Pictures) -> bytes:
    high, wide = pages[0].shape[:2]
    desk = np.full((high * 2, wide * 2, 3), 90, np.uint8)
    desk[high // 3 :][:high, wide // 2 : wide // 2 + wide] = pages[0]
    return packed(desk, "JPEG", quality=90)


def pdf_of(page: scanner.Picture, strips: int, more: bytes = b"") -> bytes:
    """A page of a PDF made of so many pictures one below the other."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        made = pdf.add_blank_page(page_size=(595.3, 841.9))
        drawn, objects = [], pikepdf.Dictionary()
        for number, strip in enumerate(np.array_split(page, strips)):
            picture = pdf.make_stream(
                packed(strip, "JPEG", quality=90), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image
            )
            picture.Filter, picture.ColorSpace = pikepdf.Name.DCTDecode, pikepdf.Name.DeviceRGB
            picture.Width, picture.Height, picture.BitsPerComponent = strip.shape[1], strip.shape[0], 8
            objects[f"/I{number}"] = picture
            high = 841.9 * strip.shape[0] / page.shape[0]
            top = 841.9 * sum(len(one) for one in np.array_split(page, strips)[:number]) / page.shape[0]
            drawn.append(f"q 595.3 0 0 {high:.4f} 0 {841.9 - top - high:.4f} cm /I{number} Do Q")
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        made.obj.Resources = pikepdf.Dictionary(XObject=objects, Font=pikepdf.Dictionary(F=font))
        made.obj.Contents = pdf.make_stream("\n".join(drawn).encode() + more)
        pdf.save(out)
    return out.getvalue()


def with_recognised_text(pages: Pictures) -> bytes:
    return pdf_of(pages[0], 1, b"\nBT 3 Tr /F 12 Tf 100 400 Td (signed 2026 sealed) Tj ET")


def in_strips(pages: Pictures) -> bytes:
    return pdf_of(pages[0], 9)


def turned_by_the_camera(orientation: int, quarters: int) -> Callable[[Pictures], bytes]:
    def make(pages: Pictures) -> bytes:
        exif = Image.Exif()
        exif[0x0112] = orientation
        return packed(np.rot90(pages[0], quarters), "JPEG", quality=90, exif=exif)

    return make


def tiff_of_mixed_pages(pages: Pictures) -> bytes:
    """The first in colour at 200 dots an inch, the second in grey at 150."""
    small = cv2.resize(grey(pages[1]), None, fx=0.75, fy=0.75, interpolation=cv2.INTER_AREA)
    first, second = Image.fromarray(cv2.cvtColor(pages[0], cv2.COLOR_BGR2RGB)), Image.fromarray(small)
    out = io.BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=[second], dpi=(DPI, DPI))
    return out.getvalue()


def for_printing(pages: Pictures) -> bytes:
    colours = Image.fromarray(cv2.cvtColor(pages[0], cv2.COLOR_BGR2RGB)).convert("CMYK")
    out = io.BytesIO()
    colours.save(out, "JPEG", quality=92)
    return out.getvalue()


def sixteen_bits(pages: Pictures) -> bytes:
    return packed(grey(pages[0]).astype(np.uint16) * 257, "PNG")


def sixteen_bits_of_colour(pages: Pictures) -> bytes:
    return cv2.imencode(".png", pages[0].astype(np.uint16) * 257)[1].tobytes()


def inverted_palette(pages: Pictures) -> bytes:
    """Black is 1 and white is 0, and the palette says so."""
    black = (grey(pages[0]) < 150).astype(np.uint8)
    image = Image.fromarray(black, "P")
    image.putpalette([255, 255, 255, 0, 0, 0])
    out = io.BytesIO()
    image.save(out, "PNG", bits=1)
    return out.getvalue()


def fax_whose_white_is_nought(pages: Pictures) -> bytes:
    out = io.BytesIO()
    Image.fromarray(grey(pages[0]) > 150).save(out, "TIFF", compression="group4", tiffinfo={262: 0})
    return out.getvalue()


def with_clear_paper(pages: Pictures) -> bytes:
    """A PNG whose white is transparent."""
    clear = np.dstack([cv2.cvtColor(pages[0], cv2.COLOR_BGR2RGB), 255 - (grey(pages[0]) > 215) * 255])
    out = io.BytesIO()
    Image.fromarray(clear.astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


def six_hundred_dots(pages: Pictures) -> bytes:
    return packed(cv2.resize(pages[0], None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC), "PNG")


BOTH = (tiff_of_mixed_pages, two_on_a3, two_on_a_desk)
COLOURLESS = (sixteen_bits, inverted_palette, fax_whose_white_is_nought)


@pytest.mark.parametrize(
    "make",
    [
        upside_down,
        two_on_a3,
        two_on_a_desk,
        cropped,
        far_away,
        with_recognised_text,
        in_strips,
        turned_by_the_camera(3, 2),
        turned_by_the_camera(6, 1),
        turned_by_the_camera(8, 3),
        tiff_of_mixed_pages,
        for_printing,
        sixteen_bits,
        sixteen_bits_of_colour,
        inverted_palette,
        fax_whose_white_is_nought,
        with_clear_paper,
        six_hundred_dots,
    ],
    ids=lambda make: getattr(make, "__name__", "scan"),
)
def test_each_is_recognised_and_only_what_was_done_is_seen(
    make: Callable[[Pictures], bytes],
    paper: Paper,
    sheets: list[Sheet],
    pictures: Pictures,
    recogniser: Recogniser,
) -> None:
    found = [
        one for scan in scanned_pages("s", make(pictures)) for one in every_page(scan, recogniser, paper.sent)
    ]
    wanted = sheets if make in BOTH else sheets[:1]
    assert {one.recognised.kind for one in found} == {"known"}
    assert sorted(one.recognised.sheet.page for one in found) == [sheet.page for sheet in wanted]
    for one in found:
        assert not [mark for mark in _seen(one) if mark[0] % 2]
        done = [place.number for place in one.places if not place.number % 2]
        if one.colour and not one.poor:
            assert {number for number, act in _seen(one) if act == "seal"} >= set(done[:-1])
        else:
            assert not list(_seen(one))
    if make in COLOURLESS:
        assert not any(one.colour for one in found)


def _seen(one: Examined) -> list[tuple[int, str]]:
    return [
        (place.number, mark.act)
        for place, marks in zip(one.places, one.marks, strict=True)
        for mark in marks
        if mark.verdict == "seen"
    ]

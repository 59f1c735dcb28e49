"""Scans as they arrive: PDF, TIFF, JPEG, PNG, of many pages, one page in memory at a time; hostile files are refused."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import pypdfium2.raw as pdfium
from msgspec import Struct
from PIL import Image, ImageOps
from pypdfium2 import PdfiumError

from generator.base.apart import ApartError, apart
from generator.errors import DataError, Place
from generator.pdf.pages.pdfium import opened
from generator.returns.scans.counting import PRINT_AGAIN, counted_pages
from generator.returns.scans.picture import Picture

SUFFIXES: Final = (".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png")
_MOST_BYTES: Final = 500_000_000
_MOST_PIXELS: Final = 120_000_000  # A3 at 600 dots an inch has 70 million
_MOST_FRAMES: Final = 2000
_MOST_SIDE: Final = 30_000
_LEAST_SIDE: Final = 300  # pixels: less than a page at 40 dots an inch
_PDF_DPI: Final = 300
_LEAST_PDF_DPI: Final = 100
_MOST_OF_PAGE: Final = 0.5
_BLACK: Final = 12  # darker is black, as much below white is white
_EVERY: Final = 3  # pixels: so many are enough to tell shades
_MOST_MIDDLE: Final = 0.02
_LONGEST: Final = 3600  # pixels: a page at 300 dots an inch; larger pictures are reduced while they are read
_MOST_PASSES: Final = 100  # of one JPEG over its picture: ordinary ones have about ten
_PASS: Final = b"\xff\xda"
_KINDS: Final = ("JPEG", "PNG", "TIFF")
# What the readers raise for a file that is broken.
_FAULTS: Final = (
    OSError,
    ValueError,
    SyntaxError,
    LookupError,
    ArithmeticError,
    TypeError,
    PdfiumError,
    cv2.error,
)
_A4_LONG: Final = 11.69
_BROKEN: Final = "已损坏，读不出来"
_AGAIN: Final = "重新扫描或另存后再来"


class Scanned(Struct, frozen=True):
    """One scanned page.

    Attributes:
        file: the file's name.
        page: which of its pages, from 1.
        picture: in blue, green, red, or in shades of grey where it has no colour.
        bilevel: whether it is black and white only.
    """

    file: str
    page: int
    picture: Picture
    bilevel: bool

    @property
    def name(self) -> str:
        """The page as a person calls it."""
        return f"{self.file} 第 {self.page} 页"


@contextmanager
def _as_data_errors(name: str) -> Iterator[None]:
    try:
        with warnings.catch_warnings():  # pillow warns in English of what is judged here
            warnings.simplefilter("ignore")
            yield
    except DataError:
        raise
    except Image.DecompressionBombError:
        raise DataError("图像大得不像一页扫描件，没有读取", "按 200–300 dpi 重新扫描", Place(name)) from None
    except MemoryError:
        raise DataError("图像太大，内存装不下", "按 200–300 dpi 重新扫描", Place(name)) from None
    except _FAULTS as error:
        raise DataError(_BROKEN, _AGAIN, Place(name)) from error


def scan_files(given: list[Path]) -> list[Path]:
    """The files to read, in order; of a folder, those in it that are pictures or PDFs.

    Raises:
        DataError: one does not exist, is of another kind, or a folder holds none.
    """
    found: list[Path] = []
    for one in given:
        if one.is_dir():
            inside = sorted(
                file for file in one.iterdir() if file.suffix.lower() in SUFFIXES and file.is_file()
            )
            if not inside:
                raise DataError("文件夹里没有扫描件（PDF、TIFF、JPEG、PNG）", "核对路径", Place(str(one)))
            found += inside
        elif not one.is_file():
            raise DataError("没有这个文件", "核对路径", Place(str(one)))
        elif one.suffix.lower() not in SUFFIXES:
            raise DataError(
                "不是 PDF、TIFF、JPEG 或 PNG 文件", "从扫描仪或手机另存为这几种之一", Place(str(one))
            )
        else:
            found.append(one)
    return found


def read_bytes(file: Path) -> bytes:
    """A scan's bytes.

    Raises:
        DataError: it cannot be read, is empty or larger than any scan.
    """
    with _as_data_errors(str(file)):
        size = file.stat().st_size
        if size > _MOST_BYTES:
            raise DataError("比任何扫描件都大，没有读取", "分成几份", Place(str(file)))
        if not size:
            raise DataError("文件是空的", _AGAIN, Place(str(file)))
        return file.read_bytes()


def scanned_pages(name: str, data: bytes) -> Iterator[Scanned]:
    """The pages of one file, each read when it is asked for.

    Args:
        name: the file's name, for messages.
        data: its bytes; its kind is known by them.

    Raises:
        DataError: it is broken, encrypted, of another kind, or its pictures are larger than any scan.
    """
    yield from _pdf_pages(name, data) if b"%PDF-" in data[:1024] else _frames(name, data)


def _frames(name: str, data: bytes) -> Iterator[Scanned]:
    with _as_data_errors(name):
        image = Image.open(io.BytesIO(data), formats=_KINDS)
        # Within the data of a JPEG the mark of a pass cannot stand by chance.
        if image.format in {"JPEG", "MPO"} and data.count(_PASS) > _MOST_PASSES:
            raise DataError("图像里有反复重画的内容，不像扫描件，没有读取", _AGAIN, Place(name))
        count = int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1
        if count > _MOST_FRAMES:
            raise DataError(f"有 {count} 页，超过 {_MOST_FRAMES} 页", "分成几份", Place(name))
    for number in range(count):
        with _as_data_errors(name if count == 1 else f"{name} 第 {number + 1} 页"):
            if count > 1:
                image.seek(number)
            found = _read(image, name, number + 1)
        yield found
    image.close()


def _read(image: Image.Image, name: str, number: int) -> Scanned:
    width, height = image.size
    where = Place(f"{name} 第 {number} 页")
    # One with transparency, which no scanner makes, takes twice the memory.
    most = _MOST_PIXELS // 2 if "A" in image.getbands() else _MOST_PIXELS
    if width * height > most or max(width, height) > _MOST_SIDE:
        raise DataError(
            f"图像有 {width}×{height} 点，不像一页扫描件，没有读取", "按 200–300 dpi 重新扫描", where
        )
    if min(width, height) < _LEAST_SIDE:
        raise DataError(f"图像只有 {width}×{height} 点，看不清字", "按 200–300 dpi 重新扫描", where)
    if image.format in {"JPEG", "MPO"}:
        # A JPEG is reduced while it is unpacked, by a half or a quarter.
        image.draft(None, (_LONGEST * width // max(width, height), _LONGEST * height // max(width, height)))
    image.load()  # a TIFF that was photographed turns its sides now
    bilevel = image.mode == "1" or _is_bilevel(_sample(image))
    picture = _array(ImageOps.exif_transpose(_reduced(image)))
    return Scanned(name, number, _bounded(picture), bilevel)


def _sample(image: Image.Image) -> Picture:
    """Every few pixels of a picture: enough to know whether it has shades."""
    factor = max(1, max(image.size) // _LONGEST) * _EVERY
    small = image.resize((image.width // factor, image.height // factor), Image.Resampling.NEAREST)
    picture = _array(small)
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) if picture.ndim == 3 else picture  # noqa: PLR2004 (colours)


def _reduced(image: Image.Image) -> Image.Image:
    """A picture as large as is worth looking at, before anything makes copies of it."""
    if max(image.size) <= _LONGEST:
        return image
    if image.mode in {"P", "PA"}:
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif image.mode == "1":
        image = image.convert("L")
    factor = _LONGEST / max(image.size)
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    if image.mode.startswith("I;16"):
        wide = cv2.resize(np.asarray(image).astype(np.uint16), size, interpolation=cv2.INTER_AREA)
        return Image.fromarray(wide)
    return image.resize(size, Image.Resampling.BOX)


def _array(image: Image.Image) -> Picture:
    if image.mode in {"1", "L", "I;16", "I", "F"}:
        if image.mode not in {"1", "L"}:
            values = np.nan_to_num(np.asarray(image, np.float32))
            top = max(float(values.max()), 1.0)
            shades: Picture = np.clip(values * (255 / top), 0, 255).astype(np.uint8)
            return shades
        return np.asarray(image.convert("L"))
    if "A" in image.getbands() or "transparency" in image.info:
        clear = image.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        image = Image.alpha_composite(paper, clear)
    return cv2.cvtColor(np.asarray(image.convert("RGB")), cv2.COLOR_RGB2BGR)


def _bounded(picture: Picture) -> Picture:
    """A picture reduced to what is worth looking at, and in grey where it has no colour."""
    factor = _LONGEST / max(picture.shape[:2])
    if factor < 1:
        picture = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    if picture.ndim == 3 and _is_grey(picture):  # noqa: PLR2004 (rows, columns, colours)
        picture = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return picture


def _is_grey(picture: Picture) -> bool:
    """Whether no pixel has a colour: the three values differ nowhere by more than packing makes them."""
    small = picture[::4, ::4].astype(np.int16)
    return bool((small.max(2) - small.min(2)).max() <= 6)  # noqa: PLR2004 (of 255)


def _pdf_pages(name: str, data: bytes) -> Iterator[Scanned]:
    count = _checked_pdf(name, data)
    for number in range(1, count + 1):
        with _as_data_errors(f"{name} 第 {number} 页"), opened(data) as document:
            found = _drawn(document[number - 1], name, number)
        yield found


def _checked_pdf(name: str, data: bytes) -> int:
    """How many pages a PDF has, once it is known that drawing them takes no end of memory or time."""
    try:
        count = apart(counted_pages, name, data)
    except ApartError as error:
        raise DataError(str(error), PRINT_AGAIN, Place(name)) from None
    if not 0 < count <= _MOST_FRAMES:
        raise DataError(
            "PDF 里没有页面" if not count else f"PDF 有 {count} 页，超过 {_MOST_FRAMES} 页",
            PRINT_AGAIN,
            Place(name),
        )
    return count


def _drawn(page: Any, name: str, number: int) -> Scanned:
    """A page of a PDF, drawn as fine as it was scanned, within our bounds."""
    width, height = page.get_size()
    longest = max(float(width), float(height), 1.0) / 72
    fine, bilevel = _scan_of(page)
    picture = page.render(scale=min(fine, _LONGEST / longest) / 72)
    shown = picture.to_numpy()
    if shown.ndim == 3 and shown.shape[2] != 3:  # noqa: PLR2004 (colours)
        shown = shown[..., :3] if shown.shape[2] > 3 else shown[..., 0]  # noqa: PLR2004 (colours)
    found = _bounded(shown.copy())
    picture.close()
    page.close()
    if min(found.shape[:2]) < _LEAST_SIDE:
        raise DataError("页面小得看不清字", _AGAIN, Place(f"{name} 第 {number} 页"))
    return Scanned(name, number, found, bilevel or _is_bilevel(found))


def _scan_of(page: Any) -> tuple[float, bool]:
    """How fine the picture is that covers most of a page, in dots an inch, and whether it is black and white only."""
    width, height = page.get_size()
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=2):
        left, bottom, right, top = item.get_bounds()
        if (right - left) * (top - bottom) < _MOST_OF_PAGE * width * height:
            continue
        across, down = item.get_px_size()
        fine = max(across, down) / max(right - left, top - bottom, 1.0) * 72
        return float(min(max(fine, _LEAST_PDF_DPI), _PDF_DPI)), _has_no_shades(item)
    return _PDF_DPI, False


def _has_no_shades(item: Any) -> bool:
    """Whether a picture in a PDF is black and white only; one with colours is not unpacked for it."""
    if item.get_metadata().bits_per_pixel > 8:  # noqa: PLR2004 (one value a pixel)
        return False
    shades = item.get_bitmap().to_numpy()
    one = shades if shades.ndim == 2 else shades[..., 0] if shades.shape[2] == 1 else None  # noqa: PLR2004
    return one is not None and _is_bilevel(one)


def _is_bilevel(picture: Picture) -> bool:
    """Whether a picture has no shades: a scan in black and white, whatever file it came in."""
    if picture.ndim != 2:  # noqa: PLR2004 (rows, columns)
        return False
    shades = np.bincount(picture[::_EVERY, ::_EVERY].ravel(), minlength=256)
    middle = int(shades[_BLACK + 1 : 255 - _BLACK].sum())
    return middle < _MOST_MIDDLE * int(shades.sum())

"""What the tests of the PDF step share: one warm engine, and a second reader of PDFs."""

from __future__ import annotations

import io
import re
import string
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import pypdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from generator.pdf.engine import Engine, PdfDocument, PdfInfo
from generator.pdf.engines.open import open_engine
from generator.pdf.fonts.faces import Faces, find_faces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MOMENT: Final = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def faces() -> Faces:
    return find_faces()


@pytest.fixture(scope="session")
def engine(faces: Faces) -> Iterator[Engine[Any]]:
    opened = open_engine("typst", faces)
    yield opened
    opened.close()


@pytest.fixture
def convert(engine: Engine[Any]) -> Callable[[bytes], PdfDocument]:
    return lambda docx: engine.convert(docx, PdfInfo("测试文件", "某单位", MOMENT))


@pytest.fixture
def pages_of() -> Callable[[bytes], list[str]]:
    """The text of each page of a PDF, without white space."""

    def read(pdf: bytes) -> list[str]:
        reader = pypdf.PdfReader(io.BytesIO(pdf))
        return [re.sub(r"\s", "", page.extract_text()) for page in reader.pages]

    return read


def make_font(path: Path, family: str, *, bold: bool = False, characters: str = "", width: int = 500) -> Path:
    """Write a font whose characters are all the same box."""
    glyphs = [".notdef", "space", *(f"u{ord(char):X}" for char in characters)]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(glyphs)
    builder.setupCharacterMap({0x20: "space", **{ord(char): f"u{ord(char):X}" for char in characters}})
    pen = TTGlyphPen(None)
    pen.moveTo((50, 0))
    for point in ((50, 700), (width - 50, 700), (width - 50, 0)):
        pen.lineTo(point)
    pen.closePath()
    box = pen.glyph()
    builder.setupGlyf({name: TTGlyphPen(None).glyph() if name == "space" else box for name in glyphs})
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (width, 50)))
    builder.setupHorizontalHeader(ascent=880, descent=-220)
    style = "Bold" if bold else "Regular"
    builder.setupNameTable(
        {"familyName": family, "styleName": style, "fullName": family + (" Bold" if bold else ""),
         "psName": family.replace(" ", "") + "-" + style, "uniqueFontIdentifier": path.stem}
    )  # fmt: skip
    builder.setupOS2(usWeightClass=700 if bold else 400, fsSelection=0x20 if bold else 0x40)
    builder.setupPost()
    builder.save(path)
    return path


@pytest.fixture(scope="session")
def latin_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a user's with a Latin face, whose quotation marks are narrow, and its bold."""
    folder = tmp_path_factory.mktemp("fonts")
    characters = string.ascii_letters + string.digits + "“”‘’"
    for bold in (False, True):
        make_font(folder / f"times{bold}.ttf", "Times New Roman", bold=bold, characters=characters, width=200)
    return folder

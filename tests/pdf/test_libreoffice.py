"""The second engine, and what the two agree on."""

from __future__ import annotations

import io
import shutil
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest

from generator.errors import ExitCode, PdfError, UsageError
from generator.pdf.engine import Engine, PdfInfo
from generator.pdf.engines import libreoffice
from generator.pdf.engines.open import open_engine
from tests.pdf.conftest import MOMENT
from tests.pdf.word import bookmark, cell, docx, paragraph, row, run, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from generator.pdf.engine import PdfDocument
    from generator.pdf.fonts.faces import Faces

    Convert = Callable[[bytes], PdfDocument]
    PagesOf = Callable[[bytes], list[str]]

needs_office = pytest.mark.skipif(
    not (shutil.which("soffice") or shutil.which("libreoffice")), reason="LibreOffice is not installed"
)
LINE = "围绕产业链部署创新链，推动政产学研金服用深度融合，形成创新合力。"


@pytest.fixture(scope="module")
def office(faces: Faces) -> Iterator[Engine[Any]]:
    opened = open_engine("libreoffice", faces)
    yield opened
    opened.close()


def families(pdf: bytes) -> set[str]:
    """The families of the faces that a PDF embeds."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        fonts = [font for page in opened.pages for font in page.Resources.get("/Font", {}).values()]
        return {str(font.BaseFont).partition("+")[2].partition("-")[0] for font in fonts}


@pytest.mark.thorough
@needs_office
def test_both_engines_agree_on_pages_text_headings_and_signature_places(
    office: Engine[Any], convert: Convert, pages_of: PagesOf
) -> None:
    body = '<w:ind w:firstLineChars="200" w:firstLine="640"/><w:jc w:val="both"/><w:spacing w:line="570" w:lineRule="exact"/>'
    signed = row(
        *(
            cell(bookmark(f"sign.member.{index}", paragraph("单位（盖章）"), index), width=4400)
            for index in (1, 2)
        ),
        properties='<w:trHeight w:val="2400"/>',
    )
    made = docx(
        *(paragraph("一、总则", '<w:pStyle w:val="1"/>') + paragraph(LINE * 12, body) for _ in range(6)),
        paragraph(run("☑同意　") + run("　　", '<w:u w:val="single"/>')),
        table(row(cell("名称", width=4400), cell("㛃𬭎䶮", width=4400)), signed, columns=(4400, 4400)),
    )
    here = convert(made)
    there = office.convert(made, PdfInfo("测试文件", "某单位", MOMENT))
    again = office.convert(made, PdfInfo("测试文件", "某单位", MOMENT))
    assert there.pdf == again.pdf
    assert families(there.pdf) - {"DejaVuSans", "OpenSymbol"} == families(here.pdf) - {"DejaVuSansMono"}
    assert abs(here.pages - there.pages) <= 1
    assert "".join(pages_of(here.pdf)) == "".join(pages_of(there.pdf))
    assert [(item.title, item.level) for item in here.headings] == [
        (item.title, item.level) for item in there.headings
    ]
    for mine, other in zip(here.sign_places, there.sign_places, strict=True):
        assert (mine.role, mine.page) == (other.role, other.page)
        assert mine.rect[0::2] == pytest.approx(other.rect[0::2], abs=2)


@needs_office
def test_an_office_that_takes_too_long_is_ended(faces: Faces) -> None:
    slow = libreoffice.LibreOfficeEngine(faces)
    slow._limit = 0.05
    with pytest.raises(PdfError, match="没有完成") as caught:
        slow.convert(docx(paragraph("甲")), PdfInfo("", "", MOMENT))
    assert caught.value.exit_code == ExitCode.PDF


def test_a_missing_office_is_told_with_what_to_do(faces: Faces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(libreoffice, "_PLACES", ())
    with pytest.raises(PdfError, match="安装 LibreOffice，或改用 --pdf-engine typst"):
        open_engine("libreoffice", faces)


def test_an_office_that_says_all_went_well_and_writes_nothing_is_not_believed(
    faces: Faces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    liar = tmp_path / "soffice"
    liar.write_text("#!/bin/sh\necho LibreOffice 99.1\nexit 0\n")
    liar.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _: str(liar))
    engine = open_engine("libreoffice", faces)
    assert engine.version == "99.1"
    with pytest.raises(PdfError, match="没有生成“协议”的 PDF"):
        engine.convert(docx(paragraph("甲")), PdfInfo("协议", "", MOMENT))


def test_an_unknown_engine_is_a_wrong_usage(faces: Faces) -> None:
    with pytest.raises(UsageError, match="typst 或 libreoffice"):
        open_engine("word", faces)  # type: ignore[arg-type]  # the point of the test

"""Ticks and other signs of symbol fonts: as the signs that a person sees in Word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.base.ooxml.package import open_parts
from generator.base.ooxml.text import docx_text
from generator.errors import ProgrammeError
from generator.pdf.docx.reader import read_tree
from generator.pdf.docx.tree import Paragraph, TextRun, blocks_within, document_text
from tests.pdf.word import STYLES, cell, docx, paragraph, row, run, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.pdf.engine import PdfDocument

    Convert = Callable[[bytes], PdfDocument]
    PagesOf = Callable[[bytes], list[str]]


def face(name: str) -> str:
    return f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}"/>'


def sym(name: str, char: str) -> str:
    return f'<w:r><w:sym w:font="{name}" w:char="{char}"/></w:r>'


def shown(*body: str, styles: str = STYLES) -> str:
    parts = open_parts(docx(*body, styles=styles))
    document = read_tree(parts)
    assert document_text(document) == docx_text(parts)
    return "".join(
        item.text
        for section in document.sections
        for block in blocks_within(section.blocks)
        if isinstance(block, Paragraph)
        for item in block.runs
        if isinstance(item, TextRun)
    )


@pytest.mark.parametrize(
    ("font", "letters", "signs"),
    [
        ("Wingdings 2", "R£", "☑□"),
        ("Wingdings", "üo", "✓☐"),
        ("Wingdings", "\uf0fe\uf0fd\uf0a8", "☑☒□"),
        ("Wingdings 2", "P\uf052T", "✓☑☒"),
        ("Wingdings 3", "p}", "▲▶"),
        ("Symbol", "a\uf0b7", "α•"),
        ("wingdings", "l n", "● ■"),
    ],
)
def test_sym_letter(font: str, letters: str, signs: str) -> None:
    assert shown(paragraph(run("甲") + run(letters, face(font)) + run("乙"))) == f"甲{signs}乙"


def test_sym_letter_of_a_style_and_in_a_cell() -> None:
    ticks = (
        '<w:style w:type="character" w:styleId="tick"><w:name w:val="tick"/>'
        f"<w:rPr>{face('Wingdings 2')}</w:rPr></w:style>"
    )
    boxed = paragraph(run("R", '<w:rStyle w:val="tick"/>'))
    assert shown(table(row(cell(boxed))), styles=STYLES + ticks) == "☑"


def test_sym_letter_chinese_text_in_such_a_run_stays_text() -> None:
    assert shown(paragraph(run("R企业", face("Wingdings 2")))) == "☑企业"


def test_sym_letter_of_another_face_set_over_a_symbol_font_is_a_letter() -> None:
    style = (
        '<w:style w:type="character" w:styleId="tick"><w:name w:val="tick"/>'
        f"<w:rPr>{face('Wingdings')}</w:rPr></w:style>"
    )
    plain = run("oü", f'<w:rStyle w:val="tick"/>{face("Arial")}')
    assert shown(paragraph(plain), styles=STYLES + style) == "oü"


@pytest.mark.parametrize(
    ("font", "char", "sign"),
    [
        ("Wingdings 2", "F052", "☑"),
        ("Wingdings", "F0FE", "☑"),
        ("Wingdings", "006F", "☐"),
        ("Symbol", "F0D6", "√"),
        ("Segoe UI Symbol", "2611", "☑"),
    ],
)
def test_sym_w_sym(font: str, char: str, sign: str) -> None:
    assert shown(paragraph(run("甲") + sym(font, char) + run("乙"))) == f"甲{sign}乙"


def test_sym_is_drawn_as_the_sign_that_it_shows(convert: Convert, pages_of: PagesOf) -> None:
    made = convert(docx(paragraph(run("性质") + sym("Wingdings 2", "F052") + run("o", face("Wingdings")))))
    assert pages_of(made.pdf) == ["性质☑☐"]
    assert made.warnings == ()


def test_sym_unknown_letters_are_refused_by_name_and_place() -> None:
    with pytest.raises(ProgrammeError, match=r"正文第 1 段.*符号字体“Wingdings”的字符 U\+F0FF"):
        shown(paragraph(run("\uf0ff", face("Wingdings"))))

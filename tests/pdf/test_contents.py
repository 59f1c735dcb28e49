"""Tables of contents: what they list, and what is printed where they could not list it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pdf.word import STYLES, bookmark, cell, docx, field, paragraph, row, run, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.pdf.engine import PdfDocument

    Convert = Callable[[bytes], PdfDocument]
    PagesOf = Callable[[bytes], list[str]]

BREAK = paragraph('<w:r><w:br w:type="page"/></w:r>')
EXTRA = "".join(
    f'<w:style w:type="paragraph" w:styleId="{identity}"><w:name w:val="{name}"/>{more}</w:style>'
    for identity, name, more in (
        ("2", "heading 2", '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>'),
        ("z1", "一级标题", ""),
        ("z2", "二级标题", ""),
        ("cap", "caption", ""),
    )
)


def contents(code: str, *stored: str) -> str:
    """A field whose stored result is paragraphs."""
    first, *others = stored or ("",)
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    lines = [begin + run(first), *(run(text) for text in others)]
    lines.append('<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    return "".join(paragraph(line) for line in lines)


def headed(text: str, style: str) -> str:
    return paragraph(text, f'<w:pStyle w:val="{style}"/>')


def first_page(convert: Convert, pages_of: PagesOf, *body: str) -> tuple[str, PdfDocument]:
    made = convert(docx(*body, styles=STYLES + EXTRA))
    return pages_of(made.pdf)[0].replace(".", ""), made


@pytest.mark.parametrize(
    "code", ['TOC \\h \\z \\c "图"', 'TOC \\c "表" \\h', "TOC \\f \\h", 'TOC \\o "1-3" \\n \\h']
)
def test_toc_figures(convert: Convert, pages_of: PagesOf, code: str) -> None:
    body = (
        contents(code, "图1 组织结构", "图2 技术路线"),
        BREAK,
        headed("第一章", "1"),
        headed("图1", "cap"),
    )
    shown, made = first_page(convert, pages_of, *body)
    assert shown == "图1组织结构图2技术路线"
    assert any("1 处目录" in text for text in made.warnings)


@pytest.mark.parametrize("code", ['TOC \\o "1-3" \\h \\z \\u', "TOC", 'TOC \\t "一级标题,1"'])
def test_toc_no_headings(convert: Convert, pages_of: PagesOf, code: str) -> None:
    body = (contents(code, "一、总体要求 1", "二、保障措施 2"), BREAK, paragraph("一、总体要求"))
    shown, made = first_page(convert, pages_of, *body)
    assert shown == "一、总体要求1二、保障措施2"
    assert any("1 处目录" in text for text in made.warnings)


def test_toc_stored_entries_have_the_pages_of_this_pdf(convert: Convert, pages_of: PagesOf) -> None:
    entry = paragraph(
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \\c "图" </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        + run("图1 结构 ")
        + field("PAGEREF _Toc1 \\h", "9")
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    caption = paragraph(bookmark("_Toc1", run("图1 结构")), '<w:pStyle w:val="cap"/>')
    shown, _ = first_page(convert, pages_of, entry, BREAK, BREAK, caption)
    assert shown == "图1结构3"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('TOC \\h \\z \\t "一级标题,1,二级标题,2"', "总则2目的2"),
        ('TOC \\t "一级标题，1"', "总则2"),
        ('TOC \\o "1-1" \\t "二级标题;2"', "目的2附录2"),
        ('TOC \\o "1-2" \\h', "附录2附一2"),
        ('TOC \\o "2-2"', "附一2"),
        ('TOC \\t "标题 2,1"', "附一2"),
        ('TOC \\t "没有的样式,1" \\o "1-1"', "附录2"),
    ],
)
def test_toc_custom_styles(convert: Convert, pages_of: PagesOf, code: str, expected: str) -> None:
    body = (
        contents(code, "旧目录"),
        BREAK,
        headed("总则", "z1"),
        headed("目的", "z2"),
        headed("附录", "1"),
        headed("附一", "2"),
    )
    shown, made = first_page(convert, pages_of, *body)
    assert shown == expected
    assert made.warnings == ()
    assert [heading.title for heading in made.headings] == ["附录", "附一"]


def test_toc_in_a_cell_lists_headings_too(convert: Convert, pages_of: PagesOf) -> None:
    body = (table(row(cell(contents('TOC \\o "1-1"', "旧目录")))), BREAK, headed("总则", "1"))
    shown, made = first_page(convert, pages_of, *body)
    assert shown == "总则2"
    assert made.warnings == ()

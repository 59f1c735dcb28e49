"""What was read and composed before is found again: whatever came before it, a document is the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.base.ooxml.package import open_parts
from generator.base.recent import Recent
from generator.errors import ProgrammeError
from generator.pdf.docx.formatting import known_formats
from generator.pdf.docx.reader import read_tree
from generator.pdf.docx.tree import Block, Paragraph, WordDocument, document_text
from generator.pdf.engine import PdfInfo
from generator.pdf.engines.open import open_engine
from tests.pace import examples
from tests.pdf.conftest import MOMENT
from tests.pdf.word import bookmark, cell, docx, field, paragraph, row, run, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.pdf.engine import Engine
    from generator.pdf.fonts.faces import Faces

NUMBERING: Final = (
    '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
    '<w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
)
NUMBERED: Final = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
TEXTS: Final = (
    "甲单位", " 乙 ", "A&amp;B", "一\n二", "三\r\n四", "&#x4E94;", "六\t七", "", "pict", "□☑", "x" * 60,
)  # fmt: skip
SHAPES: Final[dict[str, Callable[[str], str]]] = {
    "plain": paragraph,
    "three runs": lambda text: paragraph(run("名称：") + run(text, "<w:b/>") + run("；")),
    "not preserved": lambda text: paragraph(
        f"<w:r><w:t>{text}</w:t><w:tab/><w:t>乙</w:t><w:br/></w:r>{run(text)}"
    ),
    "empty before": lambda text: paragraph(f"<w:r><w:t/><w:t>{text}</w:t></w:r>"),
    "numbered": lambda text: paragraph(run(text), NUMBERED),
    "heading": lambda text: paragraph(run(text), '<w:pStyle w:val="1"/>'),
    "signed": lambda text: paragraph(bookmark("sign.甲", run(text))),
    "field": lambda text: paragraph(field("PAGE") + run(text)),
    "symbols": lambda text: paragraph(
        run(text) + run("A", '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>')
    ),
}
# What is well formed, but not as Word writes it.
ODD_TAGS: Final = (
    '<w:p w:rsidR="a/>b"><w:r><w:t>甲</w:t></w:r></w:p>',
    "<w:p><w:r><w:t>甲</w:t></w:r></w:p >",
    "<w:p\n><w:r><w:t>乙</w:t></w:r></w:p\t>",
    "<w:p w:rsidR='1'/>",
)
PARAGRAPHS: Final = st.one_of(
    st.just("<w:p/>"),
    st.sampled_from(ODD_TAGS),
    *(st.sampled_from(TEXTS).map(shape) for shape in SHAPES.values()),
)
CELLS: Final = st.builds(cell, PARAGRAPHS.filter(lambda xml: xml.startswith("<w:p>")))
BODIES: Final = st.lists(
    st.one_of(
        PARAGRAPHS,
        st.builds(lambda *cells: table(row(*cells)), CELLS, CELLS),
        st.builds(
            lambda one, inner: table(row(one, cell(table(row(inner)) + paragraph("后")))), CELLS, CELLS
        ),
    ),
    min_size=1,
    max_size=5,
)


def parts_of(body: list[str]) -> dict[str, bytes]:
    return dict(open_parts(docx(*body, numbering=NUMBERING)))


def read_anew(parts: dict[str, bytes]) -> WordDocument:
    known_formats.cache_clear()
    return read_tree(parts)


@settings(max_examples=examples(40))
@given(st.lists(BODIES, min_size=2, max_size=3))
def test_a_document_is_read_the_same_whatever_was_read_before(bodies: list[list[str]]) -> None:
    documents = [parts_of(body) for body in bodies]
    expected = [read_anew(parts) for parts in documents]
    known_formats.cache_clear()
    for _ in range(4):
        assert [read_tree(parts) for parts in documents] == expected


@pytest.mark.parametrize("shape", SHAPES)
def test_of_paragraphs_that_differ_in_their_texts_each_has_its_own(shape: str) -> None:
    bodies = [SHAPES[shape](text) for text in TEXTS]
    alone = [block for body in bodies for block in read_anew(parts_of([body])).sections[0].blocks]
    together = read_anew(parts_of(bodies)).sections[0].blocks
    assert [unnumbered(block) for block in together] == [unnumbered(block) for block in alone]


def unnumbered(block: Block) -> Block:
    return replace(block, label=None) if isinstance(block, Paragraph) else block


def read_often(*body: str) -> dict[str, bytes]:
    """A document's parts, once what it holds is left out where it is met again."""
    parts = parts_of(list(body))
    for _ in range(3):
        read_tree(parts)
    return parts


def test_known_text_under_a_merged_cell_is_refused() -> None:
    read_often(paragraph("已知"))
    above, below = cell("甲", '<w:vMerge w:val="restart"/>'), cell(paragraph("已知"), "<w:vMerge/>")
    with pytest.raises(ProgrammeError, match="被纵向合并盖住的文字"):
        read_tree(parts_of([table(row(above), row(below))]))


def test_known_text_within_a_field_is_read_as_the_fields() -> None:
    read_often(paragraph("已知"), paragraph("标题", '<w:pStyle w:val="1"/>'))
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \\o "1-3" </w:instrText></w:r>'
    )
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    parts = parts_of(
        [
            paragraph(f'{begin}<w:r><w:fldChar w:fldCharType="separate"/></w:r>'),
            paragraph("已知"),
            paragraph(end),
            paragraph("标题", '<w:pStyle w:val="1"/>'),
        ]
    )
    warm = read_tree(parts)
    assert warm == read_anew(parts)
    assert warm.contents[0].stored == "已知"


@pytest.mark.parametrize("place", ["body", "cell", "header"])
def test_the_sign_of_what_was_left_out_is_refused_in_a_document(place: str) -> None:
    known = paragraph("已知")
    read_often(known)
    forged = '<w:leftOut w:n="0"/>'
    body = table(row(f"<w:tc><w:tcPr/>{forged}{known}</w:tc>")) if place == "cell" else forged
    section = '<w:sectPr><w:headerReference w:type="default" r:id="h1"/></w:sectPr>'
    made = (
        docx(known, section=section, headers={"h1": forged}, numbering=NUMBERING)
        if place == "header"
        else docx(known, body, numbering=NUMBERING)
    )
    with pytest.raises(ProgrammeError, match="leftOut"):
        read_tree(open_parts(made))


def test_text_that_differs_in_its_symbol_font_only_is_not_taken_for_the_other() -> None:
    read_often(paragraph(run("A", '<w:rFonts w:ascii="Arial"/>')))
    parts = parts_of([paragraph(run("A", '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'))])
    assert read_tree(parts) == read_anew(parts)
    assert document_text(read_tree(parts)) == "A"


def test_a_page_is_drawn_the_same_whatever_was_drawn_before(engine: Engine[Any], faces: Faces) -> None:
    heading = paragraph("第一章", '<w:pStyle w:val="1"/>')
    grid = table(row(cell("单位"), cell("甲单位")), row(cell("签名"), cell("")))
    tabbed = paragraph("<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t></w:r>")
    others = [
        docx(paragraph(run("别的，", "<w:b/>")), grid, heading, heading),
        docx(
            heading,
            tabbed,
            paragraph("甲单位", '<w:jc w:val="center"/>'),
            grid,
            settings='<w:defaultTabStop w:val="200"/>',
        ),
    ]
    made = docx(paragraph("甲单位，", '<w:jc w:val="both"/>'), tabbed, heading, grid, paragraph("单位"))
    info = PdfInfo("测试文件", "某单位", MOMENT)
    fresh = open_engine("typst", faces)
    expected = fresh.convert(made, info)
    fresh.close()
    for other in (*others, made, *others):
        engine.convert(other, info)
    assert engine.convert(made, info) == expected


def test_what_is_asked_for_stays_and_what_is_not_goes() -> None:
    kept: Recent[int, str] = Recent(10)
    kept.put(0, "asked for")
    kept.put(1, "not asked for")
    for number in range(2, 100):
        kept.put(number, "new")
        assert kept.get(0) == "asked for"
    assert kept.get(1) is None

"""What a document shows but does not store as text is counted twice, by independent code; a difference is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.base.ooxml.package import open_parts
from generator.base.ooxml.unstored import count_unstored
from generator.base.ooxml.xml import parse
from generator.errors import ProgrammeError
from generator.pdf.docx.reader import read_tree
from generator.pdf.docx.tree import Paragraph
from tests.pace import examples
from tests.pdf.word import PNG, STYLES, bookmark, cell, docx, field, paragraph, picture, row, run, table


def level(index: int, text: str, kind: str, style: str) -> str:
    linked = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f'<w:lvl w:ilvl="{index}"><w:numFmt w:val="{kind}"/>{linked}<w:lvlText w:val="{text}"/></w:lvl>'


NUMBERING = "".join(
    f'<w:abstractNum w:abstractNumId="{identity}">{levels}</w:abstractNum>'
    for identity, levels in (
        (0, level(0, "%1.", "decimal", "s1") + level(1, "%1.%2", "decimal", "s2")),
        (1, level(0, "%1", "none", "") + level(1, "", "decimal", "")),
        (2, '<w:numStyleLink w:val="linked"/>'),
        (3, level(0, "\uf0b7", "bullet", "") + level(1, "", "bullet", "")),
    )
) + "".join(
    f'<w:num w:numId="{identity}"><w:abstractNumId w:val="{identity - 1}"/></w:num>'
    for identity in range(1, 5)
)
LISTED = "".join(
    f'<w:style w:type="{kind}" w:styleId="{identity}"><w:name w:val="{identity}"/>{based}'
    f"<w:pPr><w:numPr>{numbering}</w:numPr></w:pPr></w:style>"
    for identity, kind, based, numbering in (
        ("s1", "paragraph", "", '<w:numId w:val="1"/>'),
        ("s2", "paragraph", '<w:basedOn w:val="s1"/>', ""),
        ("s3", "paragraph", '<w:basedOn w:val="s2"/>', '<w:numId w:val="0"/>'),
        ("linked", "numbering", "", '<w:numId w:val="1"/>'),
    )
)
PROPERTIES = st.builds(
    lambda style, index, identity: (
        (f'<w:pStyle w:val="{style}"/>' if style else "")
        + (f"<w:numPr>{index}{identity}</w:numPr>" if index or identity else "")
    ),
    st.sampled_from(["", "", "s1", "s2", "s3", "unknown"]),
    st.sampled_from(["", '<w:ilvl w:val="0"/>', '<w:ilvl w:val="1"/>', '<w:ilvl w:val="8"/>']),
    st.sampled_from(["", *(f'<w:numId w:val="{identity}"/>' for identity in (0, 1, 2, 3, 4, 9))]),
)


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(PROPERTIES, min_size=1, max_size=8), st.booleans())
def test_numbers_are_counted_alike_whatever_lists_and_styles_say(texts: list[str], in_table: bool) -> None:
    body = [paragraph("甲", properties) for properties in texts]
    made = docx(
        table(row(*(cell(text) for text in body))) if in_table else "".join(body),
        numbering=NUMBERING,
        styles=STYLES + LISTED,
    )
    parts = open_parts(made)
    read_tree(parts)  # refused where the two counts differ
    expected = count_unstored(parts, parse(parts["word/document.xml"]))
    assert expected.numbers == expected.numbers_at_most


def test_all_kinds_are_counted_from_the_xml_alone() -> None:
    body = (
        paragraph(run("o", '<w:rFonts w:ascii="Wingdings"/>') + picture("i1", 10, 10)),
        paragraph(field('TOC \\c "图"', "图1") + '<w:r><w:footnoteReference w:id="2"/></w:r>'),
        paragraph("甲", '<w:pStyle w:val="s1"/>'),
        bookmark("sign.lead", paragraph("签章")),
    )
    note = f'<w:footnote w:id="2">{paragraph("注")}</w:footnote>'
    parts = open_parts(
        docx(*body, media={"i1": PNG}, footnotes=note, numbering=NUMBERING, styles=STYLES + LISTED)
    )
    found = count_unstored(parts, parse(parts["word/document.xml"]))
    assert (found.symbols, found.pictures, found.contents, found.notes) == (1, 1, 1, 1)
    assert (found.numbers, found.sections, found.roles) == (1, 1, frozenset({"lead"}))
    read_tree(parts)


def test_a_picture_under_a_merged_cell_is_refused() -> None:
    body = table(
        row(cell("甲", '<w:vMerge w:val="restart"/>')),
        row(cell(paragraph(picture("i1", 10, 10)), "<w:vMerge/>")),
    )
    with pytest.raises(ProgrammeError, match="图片（文件里有 1 处，读到 0 处）"):
        read_tree(open_parts(docx(body, media={"i1": PNG})))


def test_a_signature_place_that_encloses_nothing_readable_is_refused_by_name() -> None:
    start = '<w:bookmarkStart w:id="7" w:name="sign.lead"/>'
    body = table(row(cell("甲"))).replace("<w:tr>", f"{start}<w:tr>") + '<w:bookmarkEnd w:id="7"/>'
    with pytest.raises(ProgrammeError, match=r"sign\.lead"):
        read_tree(open_parts(docx(body)))


def test_a_number_that_reading_lost_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.pdf.docx.paragraphs._label", lambda *_: None)
    made = docx(paragraph("甲", '<w:pStyle w:val="s1"/>'), numbering=NUMBERING, styles=STYLES + LISTED)
    with pytest.raises(ProgrammeError, match="自动编号（文件里有 1 处，读到 0 处）"):
        read_tree(open_parts(made))


def test_a_numbered_empty_paragraph_that_ends_a_section_keeps_its_number() -> None:
    ends = paragraph("", '<w:pStyle w:val="s1"/><w:sectPr/>')
    made = docx(paragraph("甲"), ends, paragraph("乙"), numbering=NUMBERING, styles=STYLES + LISTED)
    _, last = read_tree(open_parts(made)).sections[0].blocks
    assert isinstance(last, Paragraph)
    assert not last.ends_section
    assert last.label is not None

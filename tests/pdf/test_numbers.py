"""The numbers that Word counts and never stores: as Word prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.base.ooxml.package import open_parts
from generator.errors import ProgrammeError
from generator.pdf.docx.reader import read_tree
from generator.pdf.docx.tree import Paragraph
from tests.pdf.word import SECTION, STYLES, cell, docx, paragraph, row, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.pdf.engine import PdfDocument

    Convert = Callable[[bytes], PdfDocument]
    PagesOf = Callable[[bytes], list[str]]


def level(index: int, text: str, kind: str = "decimal", more: str = "") -> str:
    return f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'


def abstract(identity: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{identity}">{"".join(levels)}</w:abstractNum>'


def num(identity: int, definition: int, *overrides: str) -> str:
    return f'<w:num w:numId="{identity}"><w:abstractNumId w:val="{definition}"/>{"".join(overrides)}</w:num>'


def start(index: int, value: int) -> str:
    return f'<w:lvlOverride w:ilvl="{index}"><w:startOverride w:val="{value}"/></w:lvlOverride>'


def listed(identity: int, index: int = 0) -> str:
    return paragraph("甲", f'<w:numPr><w:ilvl w:val="{index}"/><w:numId w:val="{identity}"/></w:numPr>')


def styled(style: str, more: str = "") -> str:
    return paragraph("甲", f'<w:pStyle w:val="{style}"/>{more}')


def style(identity: str, numbering: str, base: str = "", kind: str = "paragraph") -> str:
    based = f'<w:basedOn w:val="{base}"/>' if base else ""
    return (
        f'<w:style w:type="{kind}" w:styleId="{identity}"><w:name w:val="{identity}"/>{based}'
        f"<w:pPr><w:numPr>{numbering}</w:numPr></w:pPr></w:style>"
    )


def labels(numbering: str, *body: str, styles: str = "") -> list[str]:
    made = docx(*body, numbering=numbering, styles=STYLES + styles)
    blocks = read_tree(open_parts(made)).sections[0].blocks
    return [block.label.text if isinstance(block, Paragraph) and block.label else "" for block in blocks]


CHAPTERS = (level(0, "第%1章", "chineseCounting"), level(1, "第%2条", more="{}"), level(2, "%2.%3"))
IN = '<w:numId w:val="1"/>'


@pytest.mark.parametrize(
    ("restart", "expected"),
    [
        # Articles run on through chapters.
        ('<w:lvlRestart w:val="0"/>', ["第一章", "第1条", "第2条", "第二章", "第3条"]),
        ("", ["第一章", "第1条", "第2条", "第二章", "第1条"]),
        ('<w:lvlRestart w:val="1"/>', ["第一章", "第1条", "第2条", "第二章", "第1条"]),
    ],
)
def test_num_lvlrestart(restart: str, expected: list[str]) -> None:
    definition = abstract(0, *(text.replace("{}", restart) for text in CHAPTERS)) + num(1, 0)
    assert labels(definition, *(listed(1, index) for index in (0, 1, 1, 0, 1))) == expected


def test_num_lvlrestart_names_the_level_that_lets_a_deeper_one_begin_anew() -> None:
    levels = (level(0, "%1"), level(1, "%2"), level(2, "%3", more='<w:lvlRestart w:val="1"/>'))
    found = labels(abstract(0, *levels) + num(1, 0), *(listed(1, index) for index in (0, 1, 2, 1, 2, 0, 2)))
    assert found == ["1", "1", "1", "2", "2", "2", "1"]


@pytest.mark.parametrize(
    ("kind", "text", "legal", "expected"),
    [
        ("chineseCountingThousand", "%1.%2", "<w:isLgl/>", "1.1"),
        ("upperRoman", "%1-%2", '<w:isLgl w:val="1"/>', "1-1"),
        ("upperLetter", "%1.%2", '<w:isLgl w:val="0"/>', "A.1"),
        ("none", "%1%2", "<w:isLgl/>", "1"),
    ],
)
def test_num_islgl(kind: str, text: str, legal: str, expected: str) -> None:
    definition = abstract(0, level(0, "%1", kind), level(1, text, more=legal)) + num(1, 0)
    assert labels(definition, listed(1, 0), listed(1, 1))[1] == expected


@pytest.mark.parametrize(
    ("numbering", "body", "expected"),
    [
        # A list that begins anew, and the first one goes on behind it.
        (num(1, 0) + num(2, 0, start(0, 1)), (1, 1, 2, 1, 1), ["1.", "2.", "1.", "2.", "3."]),
        # Two lists of one definition without a number of their own are one list.
        (num(1, 0) + num(2, 0), (1, 2, 1), ["1.", "2.", "3."]),
        (num(1, 0, start(0, 5)) + num(2, 0, start(0, 1)), (1, 1, 2, 1), ["5.", "6.", "1.", "2."]),
    ],
)
def test_num_restart_first_only(numbering: str, body: tuple[int, ...], expected: list[str]) -> None:
    assert labels(abstract(0, level(0, "%1.")) + numbering, *(listed(item) for item in body)) == expected


def test_num_restart_of_a_deeper_level_counts_whenever_the_level_begins_anew() -> None:
    definition = abstract(0, level(0, "%1"), level(1, "%1.%2")) + num(1, 0, start(1, 3))
    assert labels(definition, *(listed(1, index) for index in (0, 1, 1, 0, 1))) == [
        "1",
        "1.3",
        "1.4",
        "2",
        "2.3",
    ]


def test_num_implied_parents_are_the_first_of_theirs() -> None:
    definition = abstract(0, level(0, "%1"), level(1, "%1.%2"), level(2, "%1.%2.%3")) + num(1, 0)
    assert labels(definition, *(listed(1, index) for index in (2, 2, 1, 0, 1))) == [
        "1.1.1",
        "1.1.2",
        "1.2",
        "2",
        "2.1",
    ]


LINKED = abstract(
    0,
    level(0, "第%1章", more='<w:pStyle w:val="h1"/>'),
    level(1, "%1.%2", more='<w:pStyle w:val="h2"/>'),
) + num(1, 0)


@pytest.mark.parametrize(
    ("styles", "body"),
    [
        (style("h1", IN) + style("h2", IN), (styled("h1"), styled("h2"), styled("h2"))),
        # A style says a level of its own; the one that the list links to it counts.
        (
            style("h1", IN) + style("h2", '<w:ilvl w:val="0"/>' + IN),
            (styled("h1"), styled("h2"), styled("h2")),
        ),
        # A style based on a linked one stands at the same level.
        (
            style("h1", IN) + style("h2", IN) + style("h3", "", base="h2").replace("<w:numPr></w:numPr>", ""),
            (styled("h1"), styled("h2"), styled("h3")),
        ),
        # The level that a paragraph itself names comes first.
        (
            style("h1", IN) + style("h2", IN),
            (styled("h1"), styled("h1", '<w:numPr><w:ilvl w:val="1"/></w:numPr>'), styled("h2")),
        ),
    ],
)
def test_num_pstyle_level(styles: str, body: tuple[str, ...]) -> None:
    assert labels(LINKED, *body, styles=styles) == ["第1章", "1.1", "1.2"]


def test_num_stylelink_finds_the_levels_of_a_list_style() -> None:
    definition = (
        abstract(0, '<w:styleLink w:val="list"/>', level(0, "（%1）", "chineseCounting"))
        + '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="list"/></w:abstractNum>'
        + num(1, 0)
        + num(2, 1)
    )
    body = (listed(2), listed(2), listed(1))
    assert labels(definition, *body, styles=style("list", IN, kind="numbering")) == [
        "（一）",
        "（二）",
        "（三）",
    ]


def test_num_stylelink_in_a_circle_is_no_list() -> None:
    definition = '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="list"/></w:abstractNum>' + num(
        1, 1
    )
    assert labels(definition, listed(1), styles=style("list", IN, kind="numbering")) == [""]


@pytest.mark.parametrize(
    ("kind", "first", "expected"),
    [
        ("decimalEnclosedCircleChinese", 20, ["⑳", "㉑"]),
        ("decimalEnclosedCircle", 35, ["㉟", "㊱"]),
        ("ideographTraditional", 9, ["壬", "癸"]),
        ("chineseLegalSimplified", 10, ["壹拾", "壹拾壹"]),
        ("decimalEnclosedParen", 1, ["⑴", "⑵"]),
        ("ideographDigital", 10, ["一〇", "一一"]),
        ("chineseCounting", 10, ["十", "十一"]),
    ],
)
def test_num_formats(kind: str, first: int, expected: list[str]) -> None:
    numbering = abstract(0, level(0, "%1", kind)) + num(1, 0, start(0, first))
    assert labels(numbering, listed(1), listed(1)) == expected


@pytest.mark.parametrize(
    ("face", "char", "sign"),
    [
        ("Wingdings", "\uf0d8", "➢"),
        ("Wingdings", "l", "●"),
        ("Symbol", "\uf0b7", "•"),
        ("Wingdings 2", "\uf0a3", "□"),
        ("Courier New", "o", "o"),
    ],
)
def test_num_bullets_in_symbol_fonts(face: str, char: str, sign: str) -> None:
    face_of = f'<w:rPr><w:rFonts w:ascii="{face}" w:hAnsi="{face}"/></w:rPr>'
    bullet = f'<w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="{char}"/>{face_of}</w:lvl>'
    assert labels(abstract(0, bullet) + num(1, 0), listed(1)) == [sign]


def test_num_bullets_of_no_known_sign_are_refused_by_name_and_place() -> None:
    bullet = '<w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="\uf041"/></w:lvl>'
    with pytest.raises(ProgrammeError, match=r"正文第 1 段.*U\+F041"):
        labels(abstract(0, bullet) + num(1, 0), listed(1))


@pytest.mark.parametrize("direction", ["tbRlV", "tbRl", "btLr", "lrTb"])
def test_num_in_a_vertical_cell_is_drawn(convert: Convert, pages_of: PagesOf, direction: str) -> None:
    held = cell(listed(1), f'<w:textDirection w:val="{direction}"/>')
    made = docx(
        table(row(held, properties='<w:trHeight w:val="2000"/>')),
        numbering=abstract(0, level(0, "第%1条", "chineseCounting")) + num(1, 0),
    )
    assert sorted(pages_of(convert(made).pdf)[0]) == sorted("第一条甲")


def test_num_headers_and_footnotes_count_for_themselves() -> None:
    section = SECTION.replace("<w:pgSz", '<w:headerReference w:type="default" r:id="h1"/><w:pgSz')
    numbering = abstract(0, level(0, "%1.")) + num(1, 0)
    body = (listed(1), paragraph("乙", section), listed(1))
    made = read_tree(open_parts(docx(*body, numbering=numbering, headers={"h1": listed(1)})))
    found = [block for section in made.sections for block in section.blocks]
    assert [block.label.text for block in found if isinstance(block, Paragraph) and block.label] == [
        "1.",
        "2.",
    ]
    (header,) = made.sections[0].headers["default"].blocks
    assert isinstance(header, Paragraph)
    assert header.label is not None
    assert header.label.text == "1."

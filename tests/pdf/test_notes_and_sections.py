"""Footnotes numbered as Word numbers them, and sections that hold nothing but their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.errors import ProgrammeError
from tests.pdf.word import SECTION, docx, field, paragraph, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.pdf.engine import PdfDocument

    Convert = Callable[[bytes], PdfDocument]
    PagesOf = Callable[[bytes], list[str]]

BREAK = '<w:r><w:br w:type="page"/></w:r>'


def noted(text: str, identity: int, own_mark: str = "") -> str:
    mark = ' w:customMarkFollows="1"' if own_mark else ""
    return (
        run(text)
        + f'<w:r><w:footnoteReference{mark} w:id="{identity}"/></w:r>'
        + (run(own_mark) if own_mark else "")
    )


def note(identity: int, text: str, mark: str = "<w:r><w:footnoteRef/></w:r>") -> str:
    return f'<w:footnote w:id="{identity}">{paragraph(mark + run(text))}</w:footnote>'


def numbered(*settings: str) -> str:
    return f"<w:footnotePr>{''.join(settings)}</w:footnotePr>"


def section(properties: str) -> str:
    return SECTION.replace("<w:pgSz", f"{properties}<w:pgSz")


KIND = '<w:numFmt w:val="decimalEnclosedCircleChinese"/>'
NOTES = note(1, "注一") + note(2, "注二") + note(3, "注三")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("decimalEnclosedCircleChinese", ["①", "②"]),
        ("decimalEnclosedCircle", ["①", "②"]),
        ("chineseCounting", ["一", "二"]),
        ("lowerRoman", ["i", "ii"]),
        ("decimal", ["1", "2"]),
    ],
)
@pytest.mark.parametrize("by", ["section", "settings"])
def test_footnote_circled(
    convert: Convert, pages_of: PagesOf, kind: str, expected: list[str], by: str
) -> None:
    said = numbered(f'<w:numFmt w:val="{kind}"/>')
    made = docx(
        paragraph(noted("甲", 1) + noted("乙", 2)),
        footnotes=NOTES,
        section=section(said if by == "section" else ""),
        settings=said if by == "settings" else "",
    )
    (page,) = pages_of(convert(made).pdf)
    first, second = expected
    assert page == f"甲{first}乙{second}{first}注一{second}注二"


def test_footnote_numbers_begin_anew_on_each_page(convert: Convert, pages_of: PagesOf) -> None:
    made = docx(
        paragraph(noted("甲", 1) + noted("乙", 2) + BREAK + noted("丙", 3)),
        footnotes=NOTES,
        section=section(numbered(KIND, '<w:numRestart w:val="eachPage"/>')),
    )
    assert pages_of(convert(made).pdf) == ["甲①乙②①注一②注二", "丙①①注三"]


def test_footnote_numbers_begin_anew_in_each_section(convert: Convert, pages_of: PagesOf) -> None:
    said = section(numbered('<w:numRestart w:val="eachSect"/>'))
    made = docx(
        paragraph(noted("甲", 1) + noted("乙", 2), said),
        paragraph(noted("丙", 3)),
        footnotes=NOTES,
        section=said,
    )
    assert pages_of(convert(made).pdf) == ["甲1乙21注一2注二", "丙11注三"]


def test_footnote_numbers_run_on_from_a_first_number(convert: Convert, pages_of: PagesOf) -> None:
    said = numbered('<w:numStart w:val="5"/>')
    made = docx(paragraph(noted("甲", 1), SECTION), paragraph(noted("乙", 2)), footnotes=NOTES, settings=said)
    assert pages_of(convert(made).pdf) == ["甲55注一", "乙66注二"]


def test_footnote_with_a_mark_of_its_own_is_not_counted(convert: Convert, pages_of: PagesOf) -> None:
    notes = note(1, "注一", run("*")) + note(2, "注二")
    made = docx(paragraph(noted("甲", 1, "*") + noted("乙", 2)), footnotes=notes)
    assert pages_of(convert(made).pdf) == ["甲*乙1*注一1注二"]


def test_footnote_format_that_is_not_known_is_refused_by_name(convert: Convert) -> None:
    made = docx(
        paragraph(noted("甲", 1)), footnotes=NOTES, section=section(numbered('<w:numFmt w:val="hebrew1"/>'))
    )
    with pytest.raises(ProgrammeError, match=r"脚注.*编号格式 hebrew1"):
        convert(made)


FOOTER = '<w:footerReference w:type="default" r:id="{}"/>'
FOOTERS = {"f1": paragraph("负责人签字"), "f2": paragraph("第二节")}


@pytest.mark.parametrize(
    ("before", "pages"),
    [
        ((), ["负责人签字", "第二节正文"]),
        ((paragraph("前言", SECTION),), ["前言", "负责人签字", "第二节正文"]),
        ((paragraph("", section(FOOTER.format("f1"))),), ["负责人签字", "负责人签字", "第二节正文"]),
    ],
)
def test_section_only_empty_paragraph(
    convert: Convert, pages_of: PagesOf, before: tuple[str, ...], pages: list[str]
) -> None:
    empty = paragraph("", section(FOOTER.format("f1")))
    made = docx(*before, empty, paragraph("正文"), section=section(FOOTER.format("f2")), headers=FOOTERS)
    assert pages_of(convert(made).pdf) == pages


def test_section_that_ends_in_an_empty_paragraph_after_text_has_no_page_more(
    convert: Convert, pages_of: PagesOf
) -> None:
    made = docx(paragraph("甲"), paragraph("", SECTION), paragraph("乙"))
    assert pages_of(convert(made).pdf) == ["甲", "乙"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("japaneseCounting", "二甲"), ("decimalEnclosedCircleChinese", "②甲"), ("numberInDash", "-2-甲")],
)
def test_page_numbers_have_the_sections_format(
    convert: Convert, pages_of: PagesOf, kind: str, expected: str
) -> None:
    said = f'{FOOTER.format("f1")}<w:pgNumType w:fmt="{kind}" w:start="2"/>'
    made = docx(paragraph("甲"), section=section(said), headers={"f1": paragraph(field("PAGE"))})
    assert pages_of(convert(made).pdf) == [expected]


def test_page_numbers_of_an_unknown_format_are_refused_where_they_are_printed(convert: Convert) -> None:
    said = section(f'{FOOTER.format("f1")}<w:pgNumType w:fmt="hebrew1"/>')
    with pytest.raises(ProgrammeError, match="页码格式 hebrew1"):
        convert(docx(paragraph("甲"), section=said, headers={"f1": paragraph(field("PAGE"))}))
    assert convert(docx(paragraph("甲"), section=said, headers={"f1": paragraph("脚")})).pages == 1

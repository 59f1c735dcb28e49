"""What values become in a document: whole, escaped, and each traced to its field."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import docx
import pytest
from docx.enum.text import WD_COLOR_INDEX
from hypothesis import given
from hypothesis import strategies as st

from generator.base.characters import refused_character
from tests.rendering.small_templates import cells, consortium, filled, lines, of_paragraphs, of_rows

MEMBERS = [
    {"role": "牵头单位", "name": "甲公司", "kind": "企业", "chain": "中游"},
    {"role": "成员单位", "name": "乙大学", "kind": "高等学校"},
    {"role": "成员单位", "name": "丙公司", "kind": "企业", "chain": "上游"},
]
carried = st.characters(exclude_categories=["Cs", "Cc", "Cf", "Cn", "Co", "Zl", "Zp"]).filter(
    lambda char: refused_character(char) is None
)


@pytest.mark.parametrize(
    "text",
    ["A&B<C>\"'", "㛃𬭎䶮", "{{ name }} {% if %}", " 首尾有空格 ", "制表\t符", "两\n行", "&amp;", "]]>"],
)
def test_a_value_stands_in_the_document_character_for_character(line: Callable[..., str], text: str) -> None:
    assert line("[{{ name }}]", name=text) == f"[{text}]"


@given(st.text(carried, min_size=1, max_size=60).filter(lambda text: text.strip()))
def test_any_text_that_loading_lets_pass_stands_whole(text: str) -> None:
    assert lines(filled(of_paragraphs("{{ industry }}"), consortium(industry=text)))[0] == text


def test_a_missing_value_is_marked_and_highlighted_in_a_draft() -> None:
    rendered = filled(of_paragraphs("领域：{{ industry }}。"), consortium())
    runs = docx.Document(io.BytesIO(rendered.docx)).paragraphs[0].runs
    marked = [run.text for run in runs if run.font.highlight_color == WD_COLOR_INDEX.YELLOW]
    assert marked == ["〔待填：产业领域〕"]
    assert lines(rendered) == ["领域：〔待填：产业领域〕。"]
    assert rendered.record.missing == {"industry": "产业领域"}


def test_a_missing_value_has_the_title_that_the_programme_gives_it(line: Callable[..., str]) -> None:
    assert line("{{ members[0].position }}", members=MEMBERS) == "〔待填：地位〕"


def test_the_blank_edition_prints_the_annexs_own_placeholder() -> None:
    rendered = filled(of_paragraphs("{{ industry|blank('*****') }}产业{{ name }}"), None, "blank")
    assert lines(rendered) == ["*****产业"]
    assert rendered.record.missing == {}


def test_printed_derived_and_missing_values_are_told_apart() -> None:
    rendered = filled(
        of_paragraphs("{{ name }}{{ count(members, kind='企业') }}{{ industry }}"),
        consortium(members=MEMBERS),
    )
    assert rendered.record.printed == {"name": {"某省轴承创新联合体"}}
    assert rendered.record.derived == {f"members[{at}].kind" for at in range(3)}
    assert set(rendered.record.missing) == {"industry"}


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("{{ lead.name }}", "甲公司"),
        ("{{ pluck(others, 'name')|join }}", "乙大学、丙公司"),
        ("{{ count(members) }}", "3"),
        ("{{ count(members, kind='企业') }}", "2"),
        ("{{ count(members, kind=['高等学校', '科研院所']) }}", "1"),
        ("{{ having(members, kind='企业')|length }}", "2"),
        ("{{ pluck(having(members, stationed='某省'), 'name')|join }}", "甲公司"),
        ("{{ tick(lead.kind, '企业') }}{{ tick(lead.kind, '高等学校') }}", "☑☐"),
        ("{{ filing_date }}", "2026年3月1日"),
        ("{{ filing_date|date_as('{year} 年 {month} 月 {day} 日') }}", "2026 年 3 月 1 日"),
        ("{{ lead.accounts[0].sales }}", "120000.00"),
        ("{{ lead.accounts[0].sales|in_unit('亿元') }}", "12.00"),
        ("{{ total(funds.uses, 'amount') }}", "30.005"),
        ("{{ lead.credit_code|characters(9, 17) }}", "MA45E8EU1"),
        ("{{ lead.honours|join }}", "无"),
        ("{{ 21|chinese }}{{ 10|chinese }}{{ 3|chinese }}", "二十一十三"),
        ("{{ lead.staff }}", "无"),
    ],
)
def test_the_vocabulary_prints_what_forms_want(line: Callable[..., str], tag: str, expected: str) -> None:
    lead = {
        **MEMBERS[0],
        "accounts": [{"year": "2025", "sales": "12亿元"}],
        "credit_code": "91410100MA45E8EU1X",
        "honours": [],
        "staff": "无",
        "stationed": ["某省", "另一省"],
    }
    uses = [{"purpose": "设备", "amount": "10.005"}, {"purpose": "材料", "amount": "20"}]
    assert line(tag, members=[lead, *MEMBERS[1:]], filing_date="2026-03-01", funds={"uses": uses}) == expected


TABLE = (
    ("{%tr for m in rows(members, 3) %}", ""),
    ("{{ loop.index }}", "{{ m.name }}"),
    ("{%tr endfor %}", ""),
)


def test_a_table_has_a_row_for_each_item() -> None:
    assert cells(filled(of_rows(*TABLE), consortium(members=MEMBERS))) == [
        ["1", "甲公司"],
        ["2", "乙大学"],
        ["3", "丙公司"],
    ]


def test_a_blank_table_has_the_printed_number_of_rows() -> None:
    assert cells(filled(of_rows(*TABLE), None, "blank")) == [["1", ""], ["2", ""], ["3", ""]]


def test_a_list_that_was_not_given_shows_as_missing() -> None:
    rendered = filled(of_rows(*TABLE), consortium())
    assert cells(rendered) == [["1", "〔待填：单位名称〕"]]
    assert set(rendered.record.missing) == {"members"}


def test_a_list_stated_as_none_says_none() -> None:
    rendered = filled(of_rows(*TABLE), consortium(members=[]))
    assert cells(rendered) == [["1", "无"]]
    assert rendered.record.missing == {}


def test_a_loop_that_empties_a_table_leaves_it_a_row_and_a_cell_its_paragraph() -> None:
    word = docx.Document(
        io.BytesIO(
            filled(
                of_rows(("{%tr for m in members %}", ""), ("{{ m.name }}", ""), ("{%tr endfor %}", "")),
                consortium(members=[]),
            ).docx
        )
    )
    assert len(word.tables[0].rows) == 1
    emptied = filled(of_rows(("{% if industry %}{{ industry }}{% endif %}", "二")), consortium())
    assert cells(emptied) == [["", "二"]]


def test_each_line_of_a_long_text_is_a_paragraph() -> None:
    template = of_paragraphs("{%p for p in paragraphs(cooperation) %}", "{{ p }}", "{%p endfor %}")
    rendered = filled(template, consortium(cooperation="第一段。\n\n第二段。"))
    assert lines(rendered) == ["第一段。", "第二段。"]
    assert rendered.record.printed == {"cooperation": {"第一段。", "第二段。"}}


def test_bookmarks_in_a_loop_get_names_and_ids_of_their_own() -> None:
    template = of_paragraphs("{%p for m in members %}", "{{ m.name }}", "{%p endfor %}")
    marked = _with_bookmark(template, "{{ m.name }}", "sign.member")
    xml = filled(marked, consortium(members=MEMBERS)).parts["word/document.xml"].decode()
    for number in (1, 2, 3):
        assert f'w:name="sign.member.{number}"' in xml
    starts = [piece.split('"')[1] for piece in xml.split("<w:bookmarkStart w:id=")[1:]]
    assert len(set(starts)) == 3


def _with_bookmark(template: bytes, text: str, name: str) -> bytes:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    word = docx.Document(io.BytesIO(template))
    paragraph = next(paragraph for paragraph in word.paragraphs if paragraph.text == text)
    for tag, at in (("w:bookmarkStart", 0), ("w:bookmarkEnd", None)):
        element: Any = OxmlElement(tag)
        element.set(qn("w:id"), "7")
        if tag == "w:bookmarkStart":
            element.set(qn("w:name"), name)
        paragraph._p.insert(at, element) if at is not None else paragraph._p.append(element)
    stream = io.BytesIO()
    word.save(stream)
    return stream.getvalue()


def test_the_same_input_gives_the_same_bytes() -> None:
    template = of_paragraphs("{{ name }}{{ industry }}")
    assert filled(template, consortium()).docx == filled(template, consortium()).docx


def test_the_file_carries_no_persons_name_and_a_set_time() -> None:
    properties = docx.Document(
        io.BytesIO(filled(of_paragraphs("{{ name }}"), consortium()).docx)
    ).core_properties
    assert (properties.author, properties.last_modified_by) == ("", "")
    assert properties.title == "申请表"
    assert properties.created is not None
    assert properties.created.year == 2026


def test_a_programmes_own_field_in_a_list_item_prints_like_a_core_field(line: Callable[..., str]) -> None:
    members = [{**MEMBERS[0], "fax": "0371-55500001"}]
    assert line("{{ lead.fax }}", members=members) == "0371-55500001"

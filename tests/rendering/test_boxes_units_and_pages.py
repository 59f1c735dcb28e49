"""What number boxes, units and tables of several pages print."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from generator.errors import ProgrammeError
from generator.model.programme import Document, Rollup
from generator.rendering.render import Rendered, render_rollup
from generator.rendering.template import Template
from tests.rendering.small_templates import DOCUMENT, PROGRAMME, consortium, filled, lines, of_paragraphs

BOX = "{{ option_number(lead.kind, '企业', '科研院所', '高等学校', '其他')|blank('□') }} 1、企业"


@pytest.mark.parametrize(("kind", "number"), [("企业", "1"), ("高等学校", "3"), ("其他", "4")])
def test_a_box_takes_the_number_that_the_option_has_on_the_form(
    line: Callable[..., str], kind: str, number: str
) -> None:
    assert line(BOX, members=[{"role": "牵头单位", "name": "甲", "kind": kind}]) == f"{number} 1、企业"


def test_a_box_without_a_choice_is_marked_in_a_draft_and_printed_in_the_blank_form(
    line: Callable[..., str],
) -> None:
    assert line(BOX, members=[{"role": "牵头单位", "name": "甲"}]) == "〔待填：单位性质〕 1、企业"
    assert lines(filled(of_paragraphs(BOX), None, "blank")) == ["□ 1、企业"]


def test_an_option_that_the_form_does_not_print_is_the_templates_fault(line: Callable[..., str]) -> None:
    with pytest.raises(ProgrammeError, match="科研院所"):
        line(
            "{{ option_number(lead.kind, '企业') }}",
            members=[{"role": "牵头单位", "name": "甲", "kind": "科研院所"}],
        )


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("洛阳启恒精密轴承集团股份有限公司", ["洛阳启恒精密轴承集团股份有限公司"]),
        ("河南省高性能精密轴承与传动装备股份有限公司", ["河南省高性能精密轴承与传动装备", "股份有限公司"]),
        ("澜湄轻金属加工装备联合研究中心（老挝万象）", ["澜湄轻金属加工装备联合研究中心", "（老挝万象）"]),
        ("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉", ["甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"]),
    ],
)
def test_a_name_longer_than_a_line_breaks_between_its_words(name: str, shown: list[str]) -> None:
    template = of_paragraphs("{%p for n in name_lines(lead.name, 17) %}", "{{ n }}", "{%p endfor %}")
    assert lines(filled(template, consortium(members=[{"role": "牵头单位", "name": name}]))) == shown


def test_what_is_stated_as_none_has_no_unit(line: Callable[..., str]) -> None:
    tag = "{{ lead.staff|unit(' 人') }}"
    lead = {"role": "牵头单位", "name": "甲"}
    assert line(tag, members=[{**lead, "staff": "12"}]) == "12 人"
    assert line(tag, members=[{**lead, "staff": "0"}]) == "0 人"
    assert line(tag, members=[{**lead, "staff": "无"}]) == "无"
    assert line(tag, members=[lead]) == "〔待填：职工总数〕 人"
    assert lines(filled(of_paragraphs("{{ lead.staff|blank('　　')|unit('人') }}"), None, "blank")) == [
        "　　人"
    ]


def test_the_account_of_one_year_is_picked_and_another_years_never_stands_in(
    line: Callable[..., str],
) -> None:
    tag = "{{ first_having(lead.accounts, year=2019).sales }}"
    accounts = [{"year": "2018", "sales": "1"}, {"year": "2019", "sales": "2"}]
    lead = {"role": "牵头单位", "name": "甲"}
    assert line(tag, members=[{**lead, "accounts": accounts}]) == "2.00"
    assert line(tag, members=[{**lead, "accounts": accounts[:1]}]) == "〔待填：销售收入〕"
    assert line(tag, members=[lead]) == "〔待填：销售收入〕"


def test_the_items_that_have_a_field_are_picked_and_their_absence_shows() -> None:
    template = of_paragraphs(
        "{%p for m in rows(having_given(members, 'fax'), 2) %}", "{{ m.name }}：{{ m.fax }}", "{%p endfor %}"
    )
    some = [{"name": "甲", "fax": "1"}, {"name": "乙"}, {"name": "丙", "fax": "2"}]
    assert lines(filled(template, consortium(members=some))) == ["甲：1", "丙：2"]
    assert lines(filled(template, consortium(members=some[1:2]))) == ["〔待填：单位名称〕：〔待填：传真〕"]
    assert lines(filled(template, None, "blank")) == ["：", "："]


TABLE = of_paragraphs(
    "{%p for page in pages(applicants, document.rows_per_page) %}",
    "{%p for a in page %}",
    "{{ loop.index }} {{ a.name }} {{ a.lead.name }} {{ count(a.members) }}",
    "{%p endfor %}",
    "——",
    "{%p endfor %}",
    "{{ recommenders|join }}",
)
THREE_A_PAGE: Document = DOCUMENT.model_copy(update={"rollup": Rollup(rows_per_page=3)})


def rolled(count: int, **fields: object) -> Rendered:
    return render_rollup(
        Template(TABLE, "table.docx"),
        [
            consortium(
                **{"name": f"第{at}家", "members": [{"role": "牵头单位", "name": f"甲{at}"}], **fields}
            )
            for at in range(1, count + 1)
        ],
        PROGRAMME,
        THREE_A_PAGE,
        when=datetime(2026, 3, 1, tzinfo=UTC),
    )


def test_a_table_over_many_applicants_is_broken_into_pages() -> None:
    assert lines(rolled(4, recommender="某市科学技术局")) == [
        "1 第1家 甲1 1",
        "2 第2家 甲2 1",
        "3 第3家 甲3 1",
        "——",
        "1 第4家 甲4 1",
        "——",
        "某市科学技术局",
    ]


def test_what_an_applicant_lacks_is_recorded_under_its_number() -> None:
    record = rolled(2, members=None).record
    assert set(record.missing) == {
        "applicants[0].lead.name",
        "applicants[0].members",
        "applicants[0].recommender",
        "applicants[1].lead.name",
        "applicants[1].members",
    }
    assert record.missing["applicants[1].members"] == "成员单位"


def test_thousands_of_applicants_are_no_unreasonable_work() -> None:
    assert len(lines(rolled(2000, recommender="某市科学技术局"))) == 2000 + 667 + 1

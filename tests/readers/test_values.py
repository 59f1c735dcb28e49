"""Absent, none, wrong: and where each value stood."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.base.characters import refused_character
from generator.model.dataset import Dataset
from generator.model.paths import given as given_values
from generator.model.programme import Programme
from generator.model.value_kinds import NONE
from generator.readers.placeholders import is_placeholder
from tests.pace import examples


def faults(dataset: Dataset) -> list[tuple[str, int | None]]:
    return [(problem.path, problem.place.line) for problem in dataset.problems]


def test_only_the_name_is_needed(loaded: Any) -> None:
    dataset = loaded("name: 甲联合体\n")
    assert dataset.problems == ()
    assert dataset.consortium.name == "甲联合体"
    assert list(given_values(dataset.consortium)) == [
        ("name", dataset.consortium.specs()["name"], "甲联合体")
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("industry: 氢能\n", 1),
        ("name:\n", 2),
        ("name: '  \u3000 '\n", 2),
        ("name: 〔待填：联合体名称〕\n", 2),
    ],
)
def test_a_missing_name_is_a_problem_where_it_should_stand(loaded: Any, text: str, line: int) -> None:
    dataset = loaded("# 注释\n" + text)
    assert faults(dataset) == [("name", line)]
    assert "“联合体名称”没有填写" in str(dataset.problems[0])
    assert dataset.consortium.name == ""


@pytest.mark.parametrize("blank", ["", " ~", " null", " ''", ' " \u3000"', " 〔待填：产业领域〕"])
def test_blank_values_are_absent(loaded: Any, blank: str) -> None:
    dataset = loaded(f"name: 甲\nindustry:{blank}\nmembers:{blank}\ncontact:{blank}\nattachments:{blank}\n")
    assert dataset.problems == ()
    assert dataset.consortium.industry is None
    assert dataset.consortium.members is None
    assert dataset.consortium.contact is None
    assert dataset.consortium.attachments is None


def test_a_form_left_blank_is_absent_down_to_its_groups(loaded: Any) -> None:
    dataset = loaded(
        "name: 甲\ncontact:\n  name:\n  phone:\nplatforms:\n  - name:\n    level:\n"
        "members:\n  - name: 乙公司\n    delegate:\n      name:\n  - name:\n    contact:\n      name:\n"
    )
    assert dataset.problems == ()
    assert dataset.consortium.contact is None
    assert dataset.consortium.platforms is None
    assert len(dataset.consortium.members) == 1
    assert dataset.consortium.members[0].delegate is None


@pytest.mark.parametrize("none", ["无", "没有", "[]", "[无]", "/"])
def test_a_list_can_be_stated_as_none(loaded: Any, none: str) -> None:
    dataset = loaded(f"name: 甲\nplatforms: {none}\nmembers:\n  - name: 乙\n    honours: {none}\n")
    assert dataset.problems == ()
    assert dataset.consortium.platforms == ()
    assert dataset.consortium.members[0].honours == ()
    assert dataset.consortium.projects is None


def test_numbers_texts_and_attachments_can_be_stated_as_none(loaded: Any) -> None:
    dataset = loaded(
        "name: 甲\nindustry: 无\nattachments:\n  licence: 无\nmembers:\n  - staff: 无\n    credit_code: 无\n"
    )
    assert dataset.problems == ()
    assert dataset.consortium.industry == "无"
    assert dataset.consortium.attachments == {"licence": ()}
    assert dataset.consortium.members[0].staff is NONE
    assert dataset.consortium.members[0].credit_code is NONE


def test_a_group_stated_as_none_says_so_in_each_of_its_texts_and_numbers(loaded: Any) -> None:
    dataset = loaded("name: 甲\nbodies:\n  advisory: 无\ngoals: 无\n")
    assert dataset.problems == ()
    advisory = dataset.consortium.bodies.advisory
    assert (advisory.name, advisory.duties, advisory.size) == ("无", "无", NONE)
    assert advisory.permanent is None
    assert dataset.place("bodies.advisory.duties").line == 3
    assert dataset.consortium.goals.text == "无"


def test_a_delegate_stated_as_none_is_no_delegate(loaded: Any) -> None:
    dataset = loaded("name: 甲\nmembers:\n  - name: 乙\n    delegate: 无\n")
    assert dataset.problems == ()
    assert dataset.consortium.members[0].delegate is None


WRONG = """\
name: 甲联合体
industry: 氢能
filing_date: 2026-02-30
members:
  - name: 乙公司
    role: 领头
    staff: 三十多
  - 丙公司
  - name: 丁大学
    kind: 高校
    contact: 张三
    accounts:
      - year: 2025
        rd: 约600
    honours: [单项冠军, {甲: 乙}]
contact: [张三]
plan: 另有一册
platfroms: 无
chief_scientist:
  - name: 李四
"""


def test_every_problem_is_found_in_one_run_each_at_its_line(loaded: Any) -> None:
    assert faults(loaded(WRONG)) == [
        ("filing_date", 3),
        ("members[0].role", 6),
        ("members[0].staff", 7),
        ("members[1]", 8),
        ("members[2].kind", 10),
        ("members[2].contact", 11),
        ("members[2].accounts[0].rd", 14),
        ("members[2].honours[1]", 15),
        ("contact", 16),
        ("plan", 17),
        ("platfroms", 18),
        ("chief_scientist", 19),
    ]


def test_what_is_not_wrong_still_loads(loaded: Any) -> None:
    dataset = loaded(WRONG)
    assert dataset.consortium.industry == "氢能"
    assert [member.name for member in dataset.consortium.members] == ["乙公司", None, "丁大学"]
    assert dataset.consortium.members[2].accounts[0].year == 2025
    assert dataset.consortium.members[2].accounts[0].rd is None
    assert dataset.consortium.members[2].honours == ("单项冠军",)
    assert "members[0].staff" in dataset.wrong


def test_a_message_names_the_field_in_chinese_the_value_and_the_remedy(loaded: Any) -> None:
    messages = {problem.path: str(problem) for problem in loaded(WRONG).problems}
    assert messages["members[2].kind"] == (
        "data.yaml 第 10 行：第 3 个成员单位的“单位性质”的值“高校”不在可选范围内。"
        "请从企业、高等学校、科研院所、其他中选一项。"
    )
    assert "“技术总师”应是一组字段，这里写成了列表" in messages["chief_scientist"]


def test_a_long_or_unprintable_value_is_shortened_and_made_visible(loaded: Any) -> None:
    (problem,) = loaded(f'name: 甲\nfiling_date: "{"长" * 500}"\n').problems
    assert len(problem.message) < 100
    (problem,) = loaded('name: 甲\nfiling_date: "2026\\e[31m"\n').problems
    assert "\x1b" not in problem.message
    assert "<U+001B>" in problem.message


def test_groups_lists_and_values_have_places_by_their_exact_paths(loaded: Any) -> None:
    dataset = loaded(
        "# 一\nname: 甲\n\nmembers:\n  - name: 乙\n  -\n  - name: 丙\n    contact:\n      phone: '1'\n"
        "plan:\n  sections:\n    goals: |\n      一段\n      二段\n"
    )
    lines = {path: place.line for path, place in dataset.places.items()}
    assert lines == {
        "name": 2,
        "members": 4,
        "members[0]": 5,
        "members[0].name": 5,
        "members[1]": 7,
        "members[1].name": 7,
        "members[1].contact": 8,
        "members[1].contact.phone": 9,
        "plan": 10,
        "plan.sections": 11,
        "plan.sections.goals": 12,
        "plan.sections.goals.text": 12,
    }
    assert dataset.place("members[1].kind").line == 7


def test_every_value_given_has_a_place(loaded: Any) -> None:
    dataset = loaded(WRONG)
    assert {path for path, _, _ in given_values(dataset.consortium)} <= set(dataset.places)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("plan:\n  sections:\n    goals: 一段话\n", {"text": "一段话"}),
        ("plan:\n  sections:\n    goals: {text: 一段话}\n", {"text": "一段话"}),
        ("plan:\n  sections:\n    goals: {范本: 标准}\n", {"variant": "标准"}),
    ],
)
def test_a_bare_text_is_a_passage(loaded: Any, text: str, shape: dict[str, str]) -> None:
    dataset = loaded("name: 甲\n" + text)
    assert dataset.problems == ()
    assert dataset.consortium.plan.sections["goals"].model_dump(exclude_none=True) == shape


def test_a_passage_has_its_text_from_one_place(loaded: Any) -> None:
    dataset = loaded("name: 甲\nplan:\n  sections:\n    goals:\n      text: 一段话\n      file: 目标.txt\n")
    assert faults(dataset) == [("plan.sections.goals", 6)]
    assert dataset.consortium.plan.sections == {}


def test_a_passage_may_have_a_text_beside_the_clause_it_was_made_from(loaded: Any) -> None:
    dataset = loaded("name: 甲\nplan:\n  sections:\n    goals:\n      text: 一段话\n      variant: 标准\n")
    assert dataset.problems == ()
    assert dataset.consortium.plan.sections["goals"].text == "一段话"


def test_a_bare_text_is_a_list_of_one_text(loaded: Any) -> None:
    dataset = loaded("name: 甲\nmembers:\n  - stationed: 某省\nattachments:\n  licence: a.pdf\n")
    assert dataset.problems == ()
    assert dataset.consortium.members[0].stationed == ("某省",)
    assert dataset.consortium.attachments == {"licence": ("a.pdf",)}


@pytest.mark.parametrize(
    "text", ["members:\n  - 名称：乙\n", "members:\n  - 名称:乙\n", "contact: 电话：1\n"]
)
def test_a_wrong_colon_is_explained(loaded: Any, text: str) -> None:
    (problem,) = loaded("name: 甲\n" + text).problems
    assert "冒号改为半角" in problem.remedy


def test_ids_that_no_path_could_name_are_refused(loaded: Any) -> None:
    dataset = loaded("name: 甲\nplan:\n  sections:\n    '1.2': 一段\n    a[0]: 一段\n    ok: 一段\n")
    assert [problem.place.line for problem in dataset.problems] == [4, 5]
    assert list(dataset.consortium.plan.sections) == ["ok"]


def test_a_programme_s_own_fields_are_read_like_any_other(loaded: Any) -> None:
    dataset = loaded(
        "name: 甲\nmembers:\n  - 开户银行: 某行\n出口创汇: 12.5\n"
        "indicators:\n  patents:\n    申请专利数: 三多\nlists:\n  - 清单名称: 子\n"
    )
    assert faults(dataset) == [("indicators.patents.applied", 7)]
    assert dataset.consortium.members[0].bank == "某行"
    assert dataset.consortium.exports == 12_500_000
    assert dataset.consortium.lists[0].name == "子"


PRINTABLE = st.text(min_size=1).filter(lambda text: refused_character(text) is None and text.strip())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(60))
@given(PRINTABLE.filter(lambda text: "\r" not in text and not is_placeholder(text)))
def test_a_text_is_kept_character_for_character(loaded: Any, text: str) -> None:
    written = yaml.safe_dump({"name": "甲", "cooperation": text}, allow_unicode=False)
    dataset = loaded(written)
    assert dataset.problems == ()
    assert dataset.consortium.cooperation == text


@pytest.mark.parametrize(
    "text",
    [
        "𠮷野家",
        "㐂&<b>\"'",
        "a\tb\nc\n\n  d",
        "龘\U000e0100",
        "{{ name }} {% x %}",
        "\ue000",
        "no",
        "010",
        "12:30:00",
        "1e3",
    ],
)
def test_rare_characters_marks_and_line_breaks_survive(loaded: Any, text: str) -> None:
    dataset = loaded(yaml.safe_dump({"name": "甲", "cooperation": text}, allow_unicode=True))
    assert dataset.problems == ()
    assert dataset.consortium.cooperation == text


@pytest.mark.parametrize("bare", ["no", "010", "12:30:00", "1.10", "0x1F", "2026-03-01", "=", "yes", ".5"])
def test_a_bare_value_stays_the_text_that_was_written(loaded: Any, bare: str) -> None:
    assert loaded(f"name: 甲\nindustry: {bare}\n").consortium.industry == bare


def test_windows_line_ends_become_plain_ones(loaded: Any) -> None:
    dataset = loaded('name: 甲\r\ncooperation: |\r\n  一\r\n  二\r\ngoals: "a\\r\\nb"\r\n')
    assert dataset.consortium.cooperation == "一\n二\n"
    assert dataset.consortium.goals.text == "a\nb"
    assert dataset.places["goals"].line == 5


def test_a_byte_order_mark_is_no_part_of_the_data(loaded: Any) -> None:
    assert loaded(b"\xef\xbb\xbf" + "name: 甲\n".encode()).problems == ()


def test_loading_for_no_programme_takes_the_base_data(loaded: Any, first: Programme) -> None:
    dataset = loaded(
        f"name: 甲\n开户银行: 某行\nmembers:\n  - 开户银行: 某行\nfilings:\n  {first.code}: {{name: 乙}}\n",
        None,
    )
    assert dataset.consortium.name == "甲"
    assert faults(dataset) == [("开户银行", 2)]

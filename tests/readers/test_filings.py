"""What holds for one programme only."""

from __future__ import annotations

from typing import Any

import pytest

from generator.model.programme import Programme

DATA = """\
name: 甲联合体
industry: 氢能
contact:
  name: 张三
  phone: '1'
members:
  - name: 乙公司
  - name: 丙大学
agreement:
  signing_place: 某市
  clauses:
    scope:
      variant: 标准
    risk: 底稿
filings:
  first/one:
    name: 某省甲联合体
    industry:
    contact: {phone: '2'}
    members:
      - name: 丁公司
    agreement:
      clauses:
        scope: 自拟条文
    accepted:
      - rule: registered
        reason: 正在迁址
  second/two:
    name: 另一名称
"""


def test_a_filing_is_laid_over_the_base(loaded: Any) -> None:
    dataset = loaded(DATA)
    assert dataset.problems == ()
    consortium = dataset.consortium
    assert consortium.name == "某省甲联合体"
    assert consortium.industry == "氢能"
    assert (consortium.contact.name, consortium.contact.phone) == ("张三", "2")
    assert [member.name for member in consortium.members] == ["丁公司"]
    assert consortium.agreement.signing_place == "某市"
    assert consortium.agreement.clauses["scope"].model_dump(exclude_none=True) == {"text": "自拟条文"}
    assert consortium.agreement.clauses["risk"].text == "底稿"
    assert [(item.rule, item.reason) for item in consortium.accepted] == [("registered", "正在迁址")]


def test_places_point_to_the_layer_that_gave_the_value(loaded: Any) -> None:
    places = loaded(DATA).places
    assert places["name"].line == 17
    assert places["industry"].line == 2
    assert places["contact.name"].line == 4
    assert places["contact.phone"].line == 19
    assert places["members[0].name"].line == 21
    assert "members[1]" not in places
    assert places["agreement.clauses.scope.text"].line == 24
    assert places["agreement.clauses.risk.text"].line == 14


def test_one_file_serves_several_programmes(loaded: Any, second: Programme) -> None:
    assert loaded(DATA, second).consortium.name == "另一名称"
    assert loaded(DATA, None).consortium.name == "甲联合体"


@pytest.mark.parametrize("key", ["first/one的方案", "first/one简称", "First/One"])
def test_a_filing_may_be_called_by_the_programme_s_title(loaded: Any, key: str) -> None:
    assert loaded(f"name: 甲\n申报:\n  {key}:\n    name: 乙\n").consortium.name == "乙"


def test_a_filing_stated_as_none_replaces_a_list(loaded: Any) -> None:
    dataset = loaded("name: 甲\nplatforms:\n  - name: 乙\nfilings:\n  first/one:\n    platforms: 无\n")
    assert dataset.consortium.platforms == ()


def test_a_group_stated_as_none_replaces_the_whole_group(loaded: Any) -> None:
    dataset = loaded(
        "name: 甲\nbodies:\n  executive: {name: 秘书处, permanent: 是}\n"
        "filings:\n  first/one:\n    bodies: {executive: 无}\n"
    )
    assert dataset.consortium.bodies.executive.name == "无"
    assert dataset.consortium.bodies.executive.permanent is None


def test_the_name_may_stand_in_the_filing_alone(loaded: Any, second: Programme) -> None:
    text = "industry: 氢能\nfilings:\n  first/one:\n    name: 乙\n"
    assert loaded(text).problems == ()
    assert [problem.path for problem in loaded(text, second).problems] == ["name"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("filings:\n  first/on: {}\n", 3, "first/one"),
        ("filings:\n  完全无关: {}\n", 3, "lianheti programmes"),
        ("filings: first/one\n", 2, "按方案分别填写"),
        ("filings:\n  first/one: 乙\n", 3, "应是一组字段"),
        ("filings:\n  first/one: {}\n申报: {}\n", 4, "写了两次"),
        ("filings:\n  first/one: {}\n  first/one简称: {}\n", 4, "写了两次"),
        ("filings:\n  first/one:\n    filings: {}\n", 4, "最外层"),
        ("accepted:\n  - {rule: a, reason: b}\n", 2, "申报"),
        ("contact:\n  申报: {}\n", 3, "没有“申报”"),
    ],
)
def test_what_is_misplaced_about_filings_is_told(loaded: Any, text: str, line: int, words: str) -> None:
    (problem,) = loaded("name: 甲\n" + text).problems
    assert problem.place.line == line
    assert words in str(problem)


def test_another_programme_s_filing_is_not_judged_here(loaded: Any, second: Programme) -> None:
    text = "name: 甲\nfilings:\n  second/two:\n    filing_date: 明天\n    不存在: 1\n"
    assert loaded(text).problems == ()
    assert [problem.path for problem in loaded(text, second).problems] == ["filing_date", "不存在"]

"""Figures that were tricks before: different values, what was filled in, same names, full years, chapters together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from generator.conditions.judge import judge
from generator.conditions.rules import rule_problems
from generator.model.catalogue import CommonRules
from generator.model.programme import Source
from tests.conditions.conftest import BASE, LEAD, Judge, changed, dataset, programme

Figure = Callable[..., str]
REGISTERED = [{"path": "members[].registered", "title": "注册时间", "kind": "date"}]


def test_distinct_counts_different_values(figure: Figure) -> None:
    provinces = {"distinct": "members[].province", "unit": "个"}
    assert figure(provinces) == "1 个"
    assert figure(provinces, {"members[1].province": "云州省"}) == "2 个"
    assert figure(provinces, {"members[1].province": None}) == "?members[1].province"
    assert figure({"distinct": "members[].name"}, {"members[1].name": f" {LEAD}"}) == "2"


def test_given_tells_whether_one_field_was_filled_in(judged: Judge) -> None:
    rule, figures = {"needs": ["told"], "test": "told"}, {"told": {"title": "路径", "given": "route"}}
    assert judged(rule, figures).verdict == "fail"
    assert judged(rule, figures, {"route": "无"}).verdict == "fail"
    assert judged(rule, figures, {"route": "揭榜挂帅"}).verdict == "pass"
    assert judged(rule, figures, {"route": "x"}, wrong=("route",)).verdict == "unknown"


def test_same_name_does_not_see_width_and_blanks(judged: Judge) -> None:
    rule = {"needs": ["same"], "test": "same"}
    figures = {"same": {"title": "同名", "same_name": ["chief_scientist.employer", "lead.name"]}}
    employer = "chief_scientist.employer"
    assert judged(rule, figures, {employer: f"{LEAD[:2]} {LEAD[2:]}"}).verdict == "pass"
    assert judged(rule, figures, {employer: "别家"}).verdict == "fail"
    assert judged(rule, figures).missing == ("chief_scientist.employer",)


@pytest.mark.parametrize(
    ("day", "years"),
    [("2028-05-01", "3 年"), ("2028-05-02", "2 年"), ("2031-05-01", "0 年"), ("2032年6月1日", "-2 年")],
)
def test_years_between_counts_full_years(day: str, years: str) -> None:
    figures = {"age": {"title": "满几年", "years_between": ["lead.registered", "day"]}}
    rule = {"id": "rule", "title": "条件", "clause": "一", "needs": ["age"], "test": "true"}
    scheme = programme(fields=REGISTERED, figures=figures, conditions=[rule])
    data = changed(BASE, {"members[0].registered": day})
    (found,) = judge(dataset(data, scheme), scheme, CommonRules())
    assert found.figures["满几年"] == years


def test_a_deadline_is_a_figure() -> None:
    deadlines = [{"what": "申报截止", "when": "2031 年 5 月 1 日", "date": "2031年5月1日"}]
    figures = {
        "due": {"title": "截止", "programme": "deadline.申报截止"},
        "on": {"title": "填报", "programme": "day"},
    }
    rule = {"id": "rule", "title": "条件", "clause": "一", "needs": ["due", "on"], "test": "on <= due"}
    scheme = programme(deadlines=deadlines, figures=figures, conditions=[rule])
    verdicts = [
        judge(dataset(changed(BASE, {"filing_date": day}), scheme), scheme, CommonRules())[0].verdict
        for day in ("2031-05-01", "2031-05-02")
    ]
    assert verdicts == ["pass", "fail"]
    wrong = programme(
        figures={"due": {"programme": "deadline.没有"}},
        conditions=[{**rule, "needs": ["due"], "test": "true"}],
    )
    assert "deadlines 里没有" in rule_problems(wrong, CommonRules())[0].message


def test_chapters_are_counted_together(figure: Figure) -> None:
    both = {"length": ["goals.text", "goals.near"]}
    assert figure(both, {"goals": {"text": "甲乙", "near": "丙 丁戊"}}) == "5 字"
    assert figure(both, {"goals": {"text": "甲乙", "near": "无"}}) == "2 字"
    assert figure(both, {"goals": {"text": "甲乙"}}) == "?goals.near"


def test_a_common_rule_can_be_switched_off() -> None:
    common = CommonRules.model_validate(
        {"conditions": [{"id": "odd", "title": "通用", "clause": "一", "judge": "看"}]}
    )
    for off, expected in (((), ["common.odd"]), (("odd",), [])):
        scheme = programme(common_off=off)
        assert [one.rule for one in judge(dataset(BASE, scheme), scheme, common)] == expected
    (problem,) = rule_problems(programme(common_off=("even",)), common)
    assert "没有编号是“even”的通用规则" in problem.message


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ({"years_between": ["lead.name", "day"]}, "“lead.name”不是日期"),
        ({"years_between": ["filing_date", "lead.name"]}, "“lead.name”不是日期"),
        ({"same_name": ["lead.name", "members[].name"]}, "“members[].name”是列表"),
        ({"same_name": ["lead.name"]}, "要写 2 个路径"),
        ({"given": "members[].name"}, "却是列表"),
        ({"length": ["goals.text", "term.years"]}, "“term.years”不是文字"),
    ],
)
def test_what_does_not_fit_is_told(declared: dict[str, Any], told: str) -> None:
    rule = {"id": "rule", "title": "条件", "clause": "一", "needs": ["x"], "test": "true"}
    problems = rule_problems(programme(figures={"x": declared}, conditions=[rule]), CommonRules())
    assert told in problems[0].message


def test_days_and_yes_are_written_as_people_write_them() -> None:
    scheme = programme(
        validity={"start": "2031年5月1日", "end": "2031/5/2"},
        attachments=[{"id": "a", "title": "甲", "required": "否"}],
    )
    assert str(scheme.validity.start) == "2031-05-01"
    assert scheme.attachments[0].required is False
    assert Source(title="甲", issued="2022.8.26").issued is not None


@pytest.mark.parametrize(("given", "verdict"), [("12.5", "pass"), ("12.4999吨", "fail"), ("无", "fail")])
def test_a_number_may_have_decimals(given: str, verdict: str) -> None:
    own = [{"path": "output", "title": "年产量", "kind": "number", "unit": "吨"}]
    rule = {"id": "rule", "title": "条件", "clause": "一", "counts": "output", "at_least": "12.5"}
    scheme = programme(fields=own, conditions=[rule])
    (found,) = judge(dataset({**BASE, "output": given}, scheme), scheme, CommonRules())
    assert found.verdict == verdict
    assert given.removesuffix("吨") in found.message

"""Conditions without an expression: what is counted or measured, and its bounds."""

from __future__ import annotations

from typing import Any

import pytest

from generator.conditions.rules import rule_problems
from generator.model.catalogue import CommonRules
from tests.conditions.conftest import Judge, programme

ENTERPRISES = {"counts": "members[]", "who": {"kind": "企业"}}
RD = {"rd": {"title": "近三年研发投入", "sum": "lead.accounts[].rd", "last": 3}}


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ({"counts": "members[]", "at_least": 3}, "pass"),
        ({"counts": "members[]", "at_least": 4}, "fail"),
        ({"counts": "members[]", "at_most": 3}, "pass"),
        ({"counts": "members[]", "at_most": "2家"}, "fail"),
        ({**ENTERPRISES, "at_least": 2, "at_most": 2}, "pass"),
        ({**ENTERPRISES, "share": "≥66.66%"}, "pass"),
        ({**ENTERPRISES, "share": "66.67%"}, "fail"),
        ({"counts": "members[]", "who": {"kind": "高等学校"}, "share": "超过33.33%"}, "pass"),
        ({**ENTERPRISES, "share": ">50%", "share_of": "others[]"}, "pass"),
        ({"counts": "rd", "at_least": "750万元"}, "pass"),
        ({"counts": "rd", "at_least": "7500001元"}, "fail"),
        ({"counts": "rd", "share": "≥3.12%", "share_of": "lead.accounts[].sales"}, "pass"),
        ({"counts": "rd", "share": "≥3.13%", "share_of": "lead.accounts[].sales"}, "fail"),
        ({"counts": "filing_date", "at_most": "2031年5月1日"}, "pass"),
        ({"counts": "filing_date", "at_most": "2031-04-30"}, "fail"),
        ({"counts": "lead.accounts[].sales", "at_most": "2.4亿元"}, "pass"),
        # Two conditions in one file each have figures of their own.
        ({"counts": "platforms[]", "at_least": 1}, "unknown"),
    ],
)
def test_bounds_include_themselves_and_shares_are_exact(judged: Judge, condition: Any, verdict: str) -> None:
    assert judged(condition, RD).verdict == verdict


def test_the_message_says_what_was_found(judged: Judge) -> None:
    short = judged({**ENTERPRISES, "share": "≥80%"}).message
    assert "2" in short
    assert "66.66%" in short
    assert "应不低于 80%" in short


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ({"counts": "members[]", "at_least": "三家"}, "at_least 的“三家”不是整数"),
        ({"counts": "rd", "at_least": "100人"}, "单位“人”不可用"),
        ({"counts": "rd", "who": {"kind": "企业"}, "at_least": "1万元"}, "不写 who"),
        ({"counts": "lead.kind", "at_least": 1}, "不是数，也不是日期"),
        ({"counts": "memers[]", "at_least": 1}, "没有“memers”这个字段"),
        ({"counts": "members[]", "share": "一半"}, "写成 ≥50%"),
        ({"counts": "rd", "share": "≥50%", "share_of": "nothing"}, "没有“nothing”这个字段"),
    ],
)
def test_what_does_not_fit_is_told_with_its_condition(condition: Any, told: str) -> None:
    rule = {"id": "rule", "title": "条件", "clause": "一", **condition}
    problems = rule_problems(programme(figures=RD, conditions=[rule]), CommonRules())
    assert ["“rule”" in problem.message and told in problem.message for problem in problems] == [True]


def test_counts_and_an_expression_do_not_go_together() -> None:
    rule = {"id": "rule", "title": "条件", "clause": "一", "counts": "members[]"}
    for wrong in ({"at_least": 1, "test": "true"}, {}, {"counts": "", "at_least": 1}):
        with pytest.raises(ValueError, match="counts"):
            programme(conditions=[{**rule, **wrong}])

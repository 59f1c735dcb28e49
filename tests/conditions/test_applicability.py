"""``when``: a condition or an attachment that concerns some applicants only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from generator.conditions.applicability import applies
from generator.conditions.judge import judge
from generator.conditions.rules import rule_problems
from generator.errors import ProgrammeError
from generator.model.catalogue import CommonRules
from tests.conditions.conftest import BASE, changed, dataset, programme

MEMBERS = {"members": {"title": "单位数", "unit": "家", "count": "members[]"}}
RULE = {"id": "rule", "title": "条件", "clause": "一", "needs": ["members"], "test": "members >= 4"}


def verdict(when: Mapping[str, Any], changes: Mapping[str, Any] | None = None) -> str:
    scheme = programme(figures=MEMBERS, conditions=[{**RULE, "when": when}])
    found = judge(dataset(changed(BASE, changes or {}), scheme), scheme, CommonRules())
    return next((f"{one.verdict} {' '.join(one.missing)}".strip() for one in found), "none")


@pytest.mark.parametrize(
    ("when", "changes", "expected"),
    [
        ({}, {}, "fail"),
        ({"route": "揭榜挂帅"}, {"route": "揭榜挂帅"}, "fail"),
        ({"route": "揭榜挂帅"}, {"route": "自上而下"}, "none"),
        ({"route": "揭榜挂帅"}, {}, "unknown route"),
        ({"route": {"not": "揭榜挂帅"}}, {}, "fail"),
        ({"route": {"given": "否"}}, {}, "fail"),
        ({"route": {"given": "是"}}, {}, "none"),
        ({"route": {"given": "是"}}, {"route": "无"}, "none"),
        ({"lead.kind": ["企业", "科研院所"]}, {}, "fail"),
        ({"lead.kind": "高等学校"}, {}, "none"),
        ({"members": {"min": 3}}, {}, "fail"),
        ({"members": {"min": 4}}, {}, "none"),
        ({"filing_date": {"from": "2031-05-01"}}, {}, "fail"),
        ({"filing_date": {"from": "2031年5月2日"}}, {}, "none"),
        ({"filing_date": {"from": "2031-01-01", "to": "2031-04-30"}}, {}, "none"),
        # One key that does not hold is enough, whatever is missing for the other.
        ({"route": "揭榜挂帅", "lead.kind": "高等学校"}, {}, "none"),
    ],
)
def test_a_condition_is_judged_only_where_it_applies(
    when: Mapping[str, Any], changes: Mapping[str, Any], expected: str
) -> None:
    assert verdict(when, changes) == expected


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ({"rute": "甲"}, "没有“rute”这个字段"),
        ({"members[].kind": "企业"}, "却是列表"),
        ({"lead.kind": "公司"}, "不在可选范围内"),
        ({"route": {"min": 3}}, "不是数"),
        ({"members": {"given": "是"}}, "不能写 given"),
    ],
)
def test_what_is_wrong_with_a_when_is_told(when: Mapping[str, Any], told: str) -> None:
    item = {"id": "audit", "title": "审计报告", "when": when}
    scheme = programme(figures=MEMBERS, attachments=[item], conditions=[{**RULE, "when": when}])
    messages = [problem.message for problem in rule_problems(scheme, CommonRules())]
    assert len(messages) == 2
    assert all(told in message for message in messages)
    with pytest.raises(ProgrammeError, match="when"):
        judge(dataset(BASE, scheme), scheme, CommonRules())


def test_for_others_it_is_a_plain_question() -> None:
    scheme = programme(figures=MEMBERS)
    data = dataset(BASE, scheme)
    assert applies({}, scheme, data) is True
    assert applies({"members": {"max": 2}}, scheme, data) is False
    missing = applies({"route": "揭榜挂帅"}, scheme, data, date(2031, 1, 1))
    assert not isinstance(missing, bool)
    assert [item.path for item in missing] == ["route"]


def test_items_are_picked_by_a_range_of_dates() -> None:
    own = [{"path": "members[].registered", "title": "注册时间", "kind": "date"}]
    young = {"registered": {"from": "2023年10月1日", "to": "2026-09-30"}}
    figures = {"young": {"title": "新单位", "count": "members[]", "where": young}}
    rule = {"id": "rule", "title": "条件", "clause": "一", "needs": ["young"], "test": "young == 2"}
    scheme = programme(fields=own, figures=figures, conditions=[rule])
    dates = {"members[0]": "2023-09-30", "members[1]": "2023-10-01", "members[2]": "2026-09-30"}
    data = changed(BASE, {f"{path}.registered": day for path, day in dates.items()})
    (found,) = judge(dataset(data, scheme), scheme, CommonRules())
    assert found.verdict == "pass"

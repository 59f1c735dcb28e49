"""Texts that stand in one cell are limited together."""

from __future__ import annotations

from typing import Any

import pytest

from generator.conditions.judge import judge
from generator.conditions.rules import rule_problems
from generator.model.catalogue import CommonRules
from generator.model.findings import Finding
from tests.conditions.conftest import BASE, changed, dataset, programme

LIMIT = {"path": "members[].position", "together": ["task"], "max": 10, "clause": "申请表六"}


def limited(changes: dict[str, Any]) -> Finding:
    scheme = programme(limits=[LIMIT])
    emptied = {
        f"members[{at}].{name}": None for at in range(len(BASE["members"])) for name in ("position", "task")
    }
    (finding,) = judge(dataset(changed(changed(BASE, emptied), changes), scheme), scheme, CommonRules())
    return finding


@pytest.mark.parametrize(
    ("position", "task", "verdict", "at"),
    [
        ("一二三四五", "六七八九十", "pass", "members[1].position"),
        ("一二三四五六", "七八九十一", "fail", "members[1].position"),
        (None, "一二三四五六七八九十一", "fail", "members[1].task"),
        ("无", "一二三四五六七八九十", "pass", "members[1].position"),
    ],
)
def test_the_texts_of_one_cell_count_together(position: str | None, task: str, verdict: str, at: str) -> None:
    finding = limited({"members[1].position": position, "members[1].task": task})
    assert (finding.verdict, finding.path) == (verdict, at)
    assert finding.rule == "limit.members[].position"
    assert "任务分工" in finding.title
    assert "合计" in finding.message


def test_the_texts_of_two_members_do_not_count_together() -> None:
    finding = limited({"members[1].position": "一二三四五六七八", "members[2].task": "一二三四五六七八"})
    assert finding.verdict == "pass"


def test_a_field_beside_it_that_does_not_exist_is_a_fault_of_the_programme() -> None:
    scheme = programme(limits=[{**LIMIT, "together": ["chore"]}])
    (problem,) = rule_problems(scheme, CommonRules())
    assert "chore" in problem.message

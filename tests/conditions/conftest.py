"""An invented programme and invented data: every rule is tried without a real scheme."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from generator.conditions.judge import judge
from generator.errors import Place, Problem
from generator.model.catalogue import CommonRules
from generator.model.dataset import Dataset
from generator.model.findings import Finding
from generator.model.programme import Programme

LEAD = "海州重工集团有限公司"
Judge = Callable[..., Finding]


def programme(**parts: Any) -> Programme:
    """A programme of a province that does not exist."""
    return Programme.model_validate(
        {
            "schema": 1,
            "code": "haizhou/consortium-2030",
            "title": "海州省创新联合体",
            "short_title": "海州创新联合体",
            "authority": "海州省科学技术厅",
            "region": "海州省",
            "source": {"title": "海州省创新联合体管理办法"},
            "documents": (),
            **parts,
        }
    )


def member(number: int, **values: Any) -> dict[str, Any]:
    """One member that is no lead."""
    return {
        "role": "成员单位",
        "name": f"海州第{number}材料有限公司",
        "kind": "企业",
        "province": "海州省",
        "credit_code": "无",
        **values,
    }


def accounts(*rows: tuple[int, str | None, str | None]) -> list[dict[str, Any]]:
    """Years with research and sales in 万元."""
    return [{"year": year, "rd": rd, "sales": sales} for year, rd, sales in rows]


BASE: dict[str, Any] = {
    "name": "海州省新材料创新联合体",
    "filing_date": "2031-05-01",
    "members": [
        {
            "role": "牵头单位",
            "name": LEAD,
            "kind": "企业",
            "province": "海州省",
            "credit_code": "无",
            "accounts": accounts((2028, "150", "4000"), (2029, "300", "10000"), (2030, "300", "10000")),
        },
        member(1),
        member(2, kind="高等学校", name="海州大学"),
    ],
}


def changed(data: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Data with values set, or with None removed, by exact path."""
    result = copy.deepcopy(dict(data))
    for path, value in changes.items():
        steps = [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path)]
        at: Any = result
        for step in steps[:-1]:
            at = at[step] if isinstance(step, int) else at.setdefault(step, {})
        if value is None and isinstance(at, dict):
            at.pop(steps[-1], None)
        else:
            at[steps[-1]] = value
    return result


def dataset(data: Mapping[str, Any], scheme: Programme, wrong: tuple[str, ...] = ()) -> Dataset:
    """Data as loaded, some of its values wrong."""
    problems = tuple(Problem("不对", "改正", Place("x.yaml", 9), path) for path in wrong)
    return Dataset(scheme.model.model_validate(data), {"members": Place("x.yaml", 7)}, problems, "x.yaml")


@pytest.fixture
def judged() -> Judge:
    """The finding of one condition over the base data with changes."""

    def run(
        condition: Mapping[str, Any],
        figures: Mapping[str, Any] | None = None,
        changes: Mapping[str, Any] | None = None,
        *,
        wrong: tuple[str, ...] = (),
        day: date | None = None,
        **parts: Any,
    ) -> Finding:
        rule = {"id": "rule", "title": "条件", "clause": "一", **condition}
        scheme = programme(figures=figures or {}, conditions=[rule], **parts)
        found = judge(dataset(changed(BASE, changes or {}), scheme, wrong), scheme, CommonRules(), day=day)
        return next(finding for finding in found if finding.rule == "rule")

    return run


@pytest.fixture
def figure(judged: Judge) -> Callable[..., str]:
    """One figure's value over the base data with changes: as printed, or the missing paths."""

    def run(declared: Mapping[str, Any], changes: Mapping[str, Any] | None = None, **more: Any) -> str:
        found = judged({"needs": ["x"], "test": "true"}, {"x": {"title": "数", **declared}}, changes, **more)
        return found.figures["数"] if found.verdict in {"pass", "judge"} else "?" + " ".join(found.missing)

    return run

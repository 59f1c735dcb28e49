"""Every programme's conditions, tried on its example.

``cases/<province>-<programme>.yaml`` holds, for each condition, what to do to the example and what it must
lead to: the verdict of the condition, the place it points to, and in ``also`` every other finding that
changes, with ``why``. ``example`` lists the findings of the untouched example that are neither ``pass`` nor
``judge``, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from generator.conditions.rules import Rule, compile_rules
from generator.model.findings import Finding
from generator.model.paths import resolve
from generator.model.programme import Programme
from generator.readers.load import load
from tests.pace import first_quickly
from tests.programmes.examples import (
    CASES,
    CATALOGUE,
    ROOT,
    cases,
    change_of,
    common_rules,
    example,
    findings,
    removed,
    stem,
    untouched,
)

CODES = list(CATALOGUE.folders())
TRIED = [
    pytest.param(code, case, id=f"{stem(code)}-{number}-{case['rule']}")
    for code in CODES
    for number, case in enumerate(cases(code)["cases"], 1)
]


def rules(code: str) -> tuple[Rule, ...]:
    return compile_rules(CATALOGUE.load(code), common_rules()).conditions


@pytest.mark.parametrize("code", CODES)
def test_the_example_is_read_without_a_fault(code: str) -> None:
    dataset = load(example(code), CATALOGUE.load(code), known=CATALOGUE.all())
    assert [str(problem) for problem in dataset.problems] == []


@pytest.mark.parametrize("code", CODES)
def test_the_example_meets_every_condition(code: str) -> None:
    listed: dict[str, Any] = cases(code)["example"]
    open_ = {rule: f for rule, f in untouched(code).items() if f.verdict not in {"pass", "judge"}}
    assert {rule: f.verdict for rule, f in open_.items()} == {
        rule: entry["verdict"] for rule, entry in listed.items()
    }, [f.message for f in open_.values()]
    assert all(entry["why"].strip() for entry in listed.values())


@pytest.mark.parametrize(("code", "case"), TRIED)
def test_a_change_of_the_example_has_the_expected_findings_and_no_other(
    code: str, case: dict[str, Any]
) -> None:
    before, after = untouched(code), findings(code, change_of(case))
    found = after[case["rule"]]
    assert (found.verdict, found.path) == (case["verdict"], case.get("at", found.path)), (
        f"{case['what']}: {found.message}"
    )
    assert found.clause
    assert found.message.endswith("。")
    changed = {
        rule: after[rule].verdict if rule in after else "left out"
        for rule in before.keys() | after.keys()
        if (before[rule].verdict if rule in before else None)
        != (after[rule].verdict if rule in after else None)
    }
    changed.pop(case["rule"], None)
    assert changed == case.get("also", {})
    assert not changed or case["why"].strip(), "say why the others change"
    if found.verdict != "pass":
        assert case.get("at"), "say what place the finding points to"
        assert found.place is not None


@pytest.mark.parametrize("code", CODES)
def test_every_condition_is_tried_or_for_a_person(code: str) -> None:
    tried = {case["rule"] for case in cases(code)["cases"] if case["verdict"] != "pass"}
    for rule in rules(code):
        assert rule.condition.test is None or rule.id in tried, f"no case breaks {rule.id}"
        assert rule.condition.test is not None or rule.condition.judge
    for limit in CATALOGUE.load(code).limits:
        assert f"limit.{limit.path}" in tried, f"no case breaks the limit of {limit.path}"


def needed(rule: Rule) -> Iterator[tuple[str, bool]]:
    """Every path that a condition needs, and whether it is needed only of some items."""
    for path in rule.paths:
        yield path, False
    for plan in rule.figures.values():
        if not plan.path:
            continue
        yield plan.path.removesuffix("[]"), bool(plan.criteria or plan.last)
        if plan.other:
            yield plan.other, False
        for criterion in plan.criteria:
            operators = {operator for operator, _ in criterion.tests}
            if not operators <= {"given", "not"} and "given" not in operators:
                listed = plan.path.rpartition("[]")[0]
                yield f"{listed}[].{'.'.join(criterion.names)}", criterion is not plan.criteria[0]


def standing(programme: Programme, code: str, path: str) -> list[str]:
    """The places of the example that a path stands for."""
    dataset = load(example(code), programme, known=CATALOGUE.all())
    found = (place for place in resolve(dataset.consortium, path) if place.value is not None)
    # A passage given in place is written under its id, not under its text.
    return [place.path.removesuffix(".text") for place in found]


@pytest.mark.thorough
@pytest.mark.parametrize("code", first_quickly(reversed(CODES)))
def test_a_value_that_a_condition_needs_and_lacks_is_unknown_by_its_path_and_never_a_pass(code: str) -> None:
    programme = CATALOGUE.load(code)
    judged: dict[str, dict[str, Finding]] = {}
    for rule in rules(code):
        if rule.expression is None and rule.condition.level != "must":
            continue
        for path, of_some in needed(rule):
            told = []
            for place in standing(programme, code, path):
                if place == "name":
                    continue
                if place not in judged:
                    judged[place] = findings(code, removed(place))
                found = judged[place].get(rule.id)
                if rule.condition.when_missing == "skip":
                    told.append(found is None)
                    continue
                assert found is not None
                unknown = found.verdict == "unknown" and any(
                    missing.startswith(place) for missing in found.missing
                )
                unchanged = found.verdict == untouched(code)[rule.id].verdict
                assert unknown or (of_some and unchanged), f"{rule.id} without {place}: {found.verdict}"
                told.append(unknown)
            assert not told or any(told), f"{rule.id} never asks for {path}"


def test_every_case_file_belongs_to_a_programme() -> None:
    assert {path.stem for path in CASES.glob("*.yaml")} <= {stem(code) for code in CODES}


@pytest.mark.parametrize("code", CODES)
def test_every_programme_has_an_example_and_cases(code: str) -> None:
    assert (ROOT / "data" / f"{stem(code)}.yaml").is_file()
    assert (CASES / f"{stem(code)}.yaml").is_file()

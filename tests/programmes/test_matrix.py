"""docs/conditions.md: every clause of every scheme has its condition, or a reason why it has none."""

from __future__ import annotations

import pytest

from tests.programmes.examples import CATALOGUE, stem
from tests.programmes.matrix import CLAUSES, DOCUMENT, listed, matrix, order, rows

CODES = list(CATALOGUE.folders())
FIRST, LAST = 0, 99


def test_the_matrix_is_current() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == matrix(CATALOGUE), "make golden"


def test_every_list_of_clauses_belongs_to_a_programme() -> None:
    assert {path.stem for path in CLAUSES.glob("*.yaml")} == {stem(code) for code in CODES}


@pytest.mark.parametrize("code", CODES)
def test_every_condition_and_limit_has_its_row(code: str) -> None:
    programme = CATALOGUE.load(code)
    wanted = [condition.id for condition in programme.conditions]
    wanted += [f"limit.{limit.path}" for limit in programme.limits]
    shown = {row.rule for row in rows(programme)}
    assert [rule for rule in wanted if rule not in shown] == []


@pytest.mark.parametrize("code", CODES)
def test_every_row_has_the_words_of_its_clause_and_says_how_it_is_judged(code: str) -> None:
    assert [row for row in rows(CATALOGUE.load(code)) if not row.quote.strip() or not row.how.strip()] == []


@pytest.mark.parametrize("code", CODES)
def test_a_clause_that_is_said_to_have_no_condition_has_none(code: str) -> None:
    programme = CATALOGUE.load(code)
    judged = {clause for condition in programme.conditions for clause in condition.clause.split("、")}
    judged |= {limit.clause for limit in programme.limits}
    assert [each["clause"] for each in listed(code)["without"] if each["clause"] in judged] == []


@pytest.mark.parametrize("code", CODES)
def test_rows_stand_in_the_sources_order_and_no_clause_between_is_left_out(code: str) -> None:
    parts = listed(code)["parts"]
    places = [order(row.clause, parts) for row in rows(CATALOGUE.load(code))]
    assert places == sorted(places)
    below: dict[tuple[int, ...], set[int]] = {}
    for place in places:
        for depth in range(1, len(place)):
            below.setdefault(place[:depth], set()).add(place[depth])
    for above, found in below.items():
        numbers = found - {FIRST, LAST}
        assert numbers == set(range(1, len(numbers) + 1)), f"{code}: after {above} only {sorted(numbers)}"


def test_the_order_of_clauses_is_that_of_their_numbers() -> None:
    parts = ["正文", "填表说明", "附件1", "附件2"]
    clauses = [
        "一",
        "二（一）",
        "二（一）2（1）",
        "二（一）2（10）",
        "二（二）",
        "十一",
        "文末",
        "填表说明三",
        "附件1 二",
        "附件2 首段",
        "附件2 二3",
        "附件2 二10",
    ]
    assert sorted(clauses, key=lambda clause: order(clause, parts)) == clauses
    with pytest.raises(ValueError, match="not a clause"):
        order("某处", parts)

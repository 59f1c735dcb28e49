"""Where a condition's answer turns: values of its figures just under, at and just over each bound.

Worked out from the expression's tree, not by CEL: so that the rows can be held against what ``check`` says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import islice, product, zip_longest
from math import ceil, floor, prod
from typing import Any, Final

from msgspec import Struct

from generator.conditions.expression_tree import (
    COMPARISONS,
    MACROS,
    Node,
    UnknownFormError,
    alternatives,
    answer,
    tree_of,
)
from generator.conditions.rules import Rule
from generator.conditions.sample import Plan
from generator.conditions.sentences import linear, value_shown
from generator.model.value_kinds import Choice, CreditCode, Money, Year

Values = Mapping[str, Any]
# A made-up name; 某某 would be read as a placeholder and judged as missing.
OTHER: Final = "星海"
_SMALL: Final = (1, 2, 10, 0)
_MOST_TRIED: Final = 4_000
_MOST_BASES: Final = 12
_MOST_ROWS: Final = 12
_LARGEST_COUNT: Final = 40
_CODE: Final = "91110000600037341L"
_MONEY: Final = 100_000_000_000  # 10 亿元 in 分: a whole that small shares of are whole amounts


class Boundary(Struct, frozen=True):
    """One row: what a condition should answer for certain values of its figures.

    Attributes:
        figure: the name of the figure that is just under, at or over its bound.
        values: the values of all figures that the condition looks at.
        holds: what the test should answer.
    """

    figure: str
    values: Values
    holds: bool

    def shown(self, rule: Rule) -> str:
        """The value of the figure in question as a table has it."""
        return value_shown(rule.figures[self.figure], self.values[self.figure])


def bases(rule: Rule) -> Iterator[Values]:
    """Values for which a condition holds; none where its form is not understood.

    Args:
        rule: the condition, compiled.
    """
    if rule.condition.test is None:
        return
    try:
        node = tree_of(rule.condition.test)
        solver = _Solver(rule.figures, _fixed(rule))
        for found in islice(solver.solve(node, solver.fixed, wanted=True), _MOST_BASES):
            unused = [name for name in rule.figures if name not in found]
            options = [solver.unused(name) for name in unused]
            for values in islice(product(*options), _MOST_BASES):
                base = solver.linked({**found, **dict(zip(unused, values, strict=True))})
                if answer(node, base):
                    yield base
    except UnknownFormError:
        return


def rows(rule: Rule, base: Values) -> list[Boundary]:
    """The rows around values for which a condition holds: one figure is moved at a time.

    Args:
        rule: the condition, compiled.
        base: the values, from ``bases``.
    """
    node = tree_of(str(rule.condition.test))
    solver = _Solver(rule.figures, _fixed(rule))
    found: list[Boundary] = []
    for name in node.names():
        if name not in rule.figures or name in solver.fixed or name in solver.links:
            continue
        for value in solver.around(name, node, base):
            values = solver.linked({**base, name: value})
            row = Boundary(name, values, bool(answer(node, values)))
            if row not in found:
                found.append(row)
    return found[:_MOST_ROWS] if len(node.names()) == 1 else _balanced(found)


def _balanced(found: list[Boundary]) -> list[Boundary]:
    """At most so many rows, of every figure some."""
    by_figure: dict[str, list[Boundary]] = {}
    for row in found:
        by_figure.setdefault(row.figure, []).append(row)
    share = max(3, _MOST_ROWS // max(len(by_figure), 1))
    return [row for rows_ in by_figure.values() for row in rows_[:share]]


def _fixed(rule: Rule) -> dict[str, Any]:
    """What the programme itself says: no data can change it."""
    fixed: dict[str, Any] = {}
    for name, figure in rule.figures.items():
        if figure.of_programme and figure.pattern:
            pieces = str(figure.fact).split("{}")
            fixed[name] = f"^{'.+'.join(re.escape(piece) for piece in pieces)}$"
        elif figure.of_programme and not figure.path:
            day = figure.fact
            fixed[name] = datetime(day.year, day.month, day.day, tzinfo=UTC) if hasattr(day, "year") else day  # type: ignore[union-attr]
    return fixed


class _Solver:
    """Finds values for which parts of an expression answer as wanted."""

    def __init__(self, figures: Mapping[str, Plan], fixed: dict[str, Any]) -> None:
        self.figures = figures
        self.fixed = fixed
        # The number of a list's items hangs on the list, where both are looked at.
        self.links = {
            name: other
            for name, plan in figures.items()
            for other, many in figures.items()
            if plan.operation == "count"
            and many.many
            and many.path.startswith(plan.path)
            and (plan.criteria, plan.last) == (many.criteria, many.last)
        }

    def linked(self, values: Values) -> Values:
        """Values with the numbers of listed items as the lists have them."""
        return {**values, **{name: len(values[other]) for name, other in self.links.items()}}

    def unused(self, name: str) -> list[Any]:
        """Values of a figure that an expression does not look at, though it must be there."""
        figure = self.figures[name]
        found = self.candidates(name, Node("value", value=True))
        if figure.type == "int" and not figure.many:
            return [1, 0, 12]
        return found[:3]

    def solve(self, node: Node, known: Values, *, wanted: bool) -> Iterator[Values]:
        """Values under which a part answers as wanted, with those known already."""
        if node.op == "not":
            yield from self.solve(node.args[0], known, wanted=not wanted)
        elif node.op in {"&&", "||"}:
            first, second = node.args
            if (node.op == "&&") == wanted:
                for so_far in self.solve(first, known, wanted=wanted):
                    yield from self.solve(second, so_far, wanted=wanted)
            else:
                # In turn: so that the first few do not all meet the first alternative only.
                for pair in zip_longest(
                    self.solve(first, known, wanted=wanted), self.solve(second, known, wanted=wanted)
                ):
                    yield from (found for found in pair if found is not None)
        else:
            yield from self.atom(node, known, wanted=wanted)

    def atom(self, node: Node, known: Values, *, wanted: bool) -> Iterator[Values]:
        free = [name for name in node.names() if name in self.figures and name not in known]
        choices = [self.candidates(name, node) for name in free]
        if prod(map(len, choices)) > _MOST_TRIED:
            choices = [options[:4] for options in choices]
        for values in islice(product(*choices), _MOST_TRIED):
            found = {**known, **dict(zip(free, values, strict=True))}
            if bool(answer(node, found)) == wanted:
                yield found

    def candidates(self, name: str, node: Node) -> list[Any]:
        """Values that a figure might be tried with, the plainest first."""
        figure = self.figures[name]
        if name in self.fixed:
            return [self.fixed[name]]
        texts = [value for value in _literals(node) if isinstance(value, str)]
        if figure.many:
            return self._lists(figure, texts, node)
        if figure.type == "bool":
            return [True, False]
        if figure.type == "timestamp":
            days = [value for value in _literals(node) if isinstance(value, datetime)]
            days += [value for value in self.fixed.values() if isinstance(value, datetime)]
            first = days[0] if days else datetime(2024, 6, 1, tzinfo=UTC)
            return [first, first + timedelta(days=1), first - timedelta(days=1)]
        if figure.type == "int":
            return self._numbers(name, node)
        if isinstance(figure.kind, Choice):
            return [*[text for text in texts if text in figure.kind.options], *figure.kind.options]
        patterned = [
            str(plan.fact).replace("{}", OTHER)
            for plan in self.figures.values()
            if plan.pattern and plan.fact
        ]
        matched = [_matching(text) for text in texts]
        return list(dict.fromkeys([*patterned, *matched[:1], OTHER, "", *matched, *texts, "另一家"]))

    def _numbers(self, name: str, node: Node) -> list[int]:
        figure = self.figures[name]
        if isinstance(figure.kind, Year) and figure.operation == "value":
            return [2022, 2024, 2020]
        found: list[int] = []
        for part in _comparisons(node):
            bound = self._bound(name, part, {})
            if bound is not None:
                found += [ceil(bound), 1, ceil(bound) + 1, floor(bound), floor(bound) - 1]
        if isinstance(figure.kind, Money) and figure.operation in {"sum", "value"}:
            found = [_MONEY, *found]
        found += [
            value for value in _literals(node) if isinstance(value, int) and not isinstance(value, bool)
        ]
        return [
            value for value in dict.fromkeys([*found, *_SMALL]) if value >= 0 and self._fits(figure, value)
        ]

    def _fits(self, figure: Plan, value: int) -> bool:
        return figure.operation not in {"count", "outside"} or value <= _LARGEST_COUNT

    def _lists(self, figure: Plan, texts: list[str], node: Node) -> list[Any]:
        if isinstance(figure.kind, Year):
            return [[2022, 2023, 2024], [2024], [2023, 2024], [2018, 2019, 2020], [2021, 2022]]
        if figure.type == "int":
            return [[1], [0]]
        if figure.type == "bool":
            return [[True], [False], [True, False]]
        if isinstance(figure.kind, CreditCode):
            return [[_CODE], [""], [_CODE, ""]]
        own = [[_matching(text)] for text in texts]
        others = [name for name in node.names() if name in self.figures and self.figures[name].many]
        pair = [[OTHER], ["另一家"]] if others else [[OTHER]]
        return [*pair, *own, ["另一家", OTHER], [""], [OTHER, ""]]

    def around(self, name: str, node: Node, base: Values) -> list[Any]:
        """The values of a figure around its bounds, where all others stay as they are."""
        figure = self.figures[name]
        if figure.many or figure.type in {"bool", "string"}:
            return [base[name], *[value for value in self.candidates(name, node) if value != base[name]]][:8]
        if figure.type == "timestamp":
            days = [
                base[part] for part in node.names() if part != name and isinstance(base.get(part), datetime)
            ]
            days += [value for value in _literals(node) if isinstance(value, datetime)]
            if not days:
                return [base[name], base[name].replace(year=base[name].year + 3)]
            return [day + timedelta(days=shift) for day in days[:2] for shift in (-1, 0, 1)]
        found: list[int] = []
        for part in _comparisons(node):
            bound = self._bound(name, part, base)
            if bound is not None:
                whole = floor(bound)
                found += [whole - 1, whole, whole + 1] if bound == whole else [whole, whole + 1]
        found = found or [base[name], base[name] + 1, base[name] - 1]
        return [value for value in dict.fromkeys(found) if value >= 0 and self._fits(figure, value)]

    def _bound(self, name: str, part: Node, base: Values) -> Fraction | None:
        """The value of a figure at which both sides of a comparison are equal; the others as given, or 1."""
        left, right = (linear(side, self.figures) for side in part.args)
        if left is None or right is None:
            return None
        whole = left.plus(right.times(-1))
        factor = whole.terms.get(name, 0)
        if not factor:
            return None
        rest = whole.constant
        for other, number in whole.terms.items():
            if other != name:
                usual = _MONEY if isinstance(self.figures[other].kind, Money) else 1
                rest += number * int(base.get(other, usual))
        return Fraction(-rest, factor)


def _comparisons(node: Node) -> Iterator[Node]:
    node = alternatives(node)
    if node.op in COMPARISONS:
        yield node
    for part in node.args if not (node.op == "call" and node.value in MACROS) else ():
        yield from _comparisons(part)


def _literals(node: Node) -> list[Any]:
    own = [node.value] if node.op == "value" else []
    return [*own, *(value for part in node.args for value in _literals(part))]


def _matching(text: str) -> str:
    """A text that a pattern of a condition fits; any other text itself."""
    return (
        text.replace("^", "").replace("$", "").replace("\\s*", "").replace(".*", OTHER).replace(".+", OTHER)
    )

"""``when``: whether something of a programme concerns a dataset, told from figures and single fields.

The form is that of a figure's ``where``; its keys are names of figures, or paths of single fields of the
consortium. All of them must hold.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from msgspec import Struct

from generator.base.text import fold
from generator.conditions.figure_plan import criterion_tests, plan
from generator.conditions.figures import compute
from generator.conditions.operations import OPERATIONS
from generator.conditions.sample import Computed, Plan
from generator.conditions.selection import Missing, View, is_none
from generator.model.dataset import Dataset
from generator.model.programme import Criteria, Figure, Programme
from generator.model.value_kinds import Count


class Asked(Struct, frozen=True):
    """One key of a ``when``.

    Attributes:
        figure: what is looked at.
        tests: operator and wanted values, as conditions get values; all must hold.
    """

    figure: Plan
    tests: tuple[tuple[str, Any], ...]

    def holds(self, view: View, computed: Callable[[Plan], Computed]) -> bool | tuple[Missing, ...]:
        """Whether it holds for a dataset; what is missing where that cannot be told."""
        for operator, wanted in self.tests:
            found = computed(self.figure)
            readable = all(item.reason == "absent" for item in found.missing)
            if operator == "given":
                if not readable:
                    return found.missing
                if (not found.missing and not _none(self.figure, view, found)) != wanted:
                    return False
            elif found.missing:
                if operator != "not" or not readable:
                    return found.missing
            elif not _meets(operator, found.value, wanted):
                return False
        return True


def _none(figure: Plan, view: View, found: Computed) -> bool:
    """Whether a single field was stated to be none."""
    return all(is_none(place.value) for place in view.places(figure.path)[0]) or found.value == ""


def _meets(operator: str, value: Any, wanted: Any) -> bool:
    if operator in {"min", "from"}:
        return bool(value >= wanted)
    if operator in {"max", "to"}:
        return bool(value <= wanted)
    return ((fold(value) if isinstance(value, str) else value) in wanted) == (operator == "is")


def asked(when: Criteria, programme: Programme) -> tuple[Asked, ...]:
    """A ``when``, checked against the programme.

    Raises:
        ValueError: a key is neither a figure nor a single field, or what is wanted does not fit; the text is Chinese.
    """
    found = []
    for name, wanted in when.items():
        try:
            figure = programme.figures.get(name) or Figure(operation="value", arguments=(name,))
            planned = plan(name, figure, programme)
        except ValueError as error:
            raise ValueError(f"when 里的“{name}”：{error}") from None
        if planned.many:
            raise ValueError(f"when 里的“{name}”是列表，不能比较")
        kind = Count(unit=planned.unit) if OPERATIONS[planned.operation].counts else planned.kind
        if kind is None:
            raise ValueError(f"when 里的“{name}”没有可以比较的值")
        tests = []
        for operator, values in criterion_tests(kind, name, wanted, "when"):
            if operator == "given" and planned.operation != "value":
                raise ValueError(f"when 里的“{name}”是算出来的数，不能写 given")
            if operator in {"is", "not"}:
                plain = (kind.for_condition(value) for value in values)
                tests.append(
                    (operator, frozenset(fold(one) if isinstance(one, str) else one for one in plain))
                )
            else:
                tests.append((operator, values))
        found.append(Asked(planned, tuple(tests)))
    return tuple(found)


def hold(
    keys: tuple[Asked, ...], view: View, computed: Callable[[Plan], Computed]
) -> bool | tuple[Missing, ...]:
    """Whether all keys hold; one that does not is enough, whatever is missing for the others."""
    missing: tuple[Missing, ...] = ()
    for key in keys:
        answer = key.holds(view, computed)
        if answer is False:
            return False
        if answer is not True:
            missing += answer
    return missing or True


def applies(
    when: Criteria, programme: Programme, dataset: Dataset, day: date | None = None
) -> bool | tuple[Missing, ...]:
    """Whether something with a ``when`` concerns a dataset.

    Args:
        when: the ``when``; an empty one always holds.
        programme: the programme, for its figures and fields.
        dataset: the data.
        day: the day of judgement where the data has no filing date.

    Returns:
        Yes or no; where a value is missing without which it cannot be told, what is missing, at least one.

    Raises:
        ValueError: the ``when`` is at fault, as for ``asked``.
    """
    view = View(dataset, day)
    known: dict[str, Computed] = {}

    def computed(figure: Plan) -> Computed:
        if figure.name not in known:
            known[figure.name] = compute(figure, view)
        return known[figure.name]

    return hold(asked(when, programme), view, computed)


def picked(
    where: Criteria, programme: Programme, dataset: Dataset, day: date | None = None
) -> tuple[tuple[tuple[int, str], ...], tuple[Missing, ...]]:
    """The members that a ``where`` picks.

    Args:
        where: in the form of a figure's; an empty one picks all.
        programme: the programme, for its fields.
        dataset: the data.
        day: the day of judgement where the data has no filing date.

    Returns:
        Each member's number from 0 and its name; and what is missing without which it cannot be told of others.

    Raises:
        ValueError: the ``where`` is at fault; the text is Chinese.
    """
    gathered = View(dataset, day).gather("members", members_asked(where, programme).criteria)
    if dataset.consortium.members is None:
        return (), ()
    found = []
    for path, member in gathered.items:
        at = int(path.removeprefix("members[").removesuffix("]"))
        found.append((at, member.name or f"第 {at + 1} 个成员单位"))
    return tuple(found), tuple(gathered.missing)


def members_asked(where: Criteria, programme: Programme) -> Plan:
    """A ``where`` over the members, checked against the programme.

    Raises:
        ValueError: a field or what is wanted does not fit; the text is Chinese.
    """
    return plan("members", Figure(operation="count", arguments=("members[]",), where=where), programme)

"""Figures of a dataset: counting, adding up and looking at what a plan says.

A figure's value is what CEL gets: a whole number (money in 分, shares in 万分之一), a text, a boolean,
midnight UTC of a day, or a list of these; never null, never a floating-point number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

from generator.base.text import count_characters, fold, listed
from generator.conditions.cel import Plain
from generator.conditions.figure_plan import Plan
from generator.conditions.selection import (
    Gathered,
    Missing,
    View,
    is_none,
    name_of,
    walk,
)
from generator.conditions.targets import split_list
from generator.model.value_kinds import Date, Kind, Year

# Nine trillion 元 in 分: ten thousand times as much still fits CEL's 64-bit integers.
LARGEST: Final = 900_000_000_000_000


@dataclass(frozen=True, slots=True)
class Computed:
    """A figure of one dataset.

    Attributes:
        value: what CEL sees; None only where something is missing.
        shown: the value as messages print it, with its unit.
        picked: what was picked or found at fault: texts, or items that have a name.
        faults: where the values at fault stand, of the operations that look for faults.
        base: the first place looked at.
        missing: without which there is no value.
    """

    value: Plain | list[Plain] | None
    shown: str = ""
    picked: tuple[Any, ...] = ()
    faults: tuple[str, ...] = ()
    base: str = ""
    missing: tuple[Missing, ...] = ()

    @property
    def names(self) -> list[str]:
        """What was picked or found at fault, as a person would call it."""
        return [name for name in map(name_of, self.picked) if name]


def compute(figure: Plan, view: View, *, without_leads: bool = False) -> Computed:
    """A figure of a dataset.

    Args:
        figure: what to compute.
        view: the dataset.
        without_leads: count only members that are not leads.
    """
    if figure.operation == "programme":
        return _programme_fact(figure, view)
    path = figure.path
    if without_leads and figure.over_members:
        path = "others" + path.removeprefix("members")
    if "[]" in path:
        prefix, tail = split_list(path)
        gathered = view.gather(prefix, figure.criteria, figure.last)
        found = _OPERATIONS[figure.operation](_Sample(figure, view, gathered, _names(tail)))
    else:
        found = _single(figure, view, path)
    if isinstance(found.value, int) and abs(found.value) > LARGEST:
        return Computed(None, base=found.base, missing=(Missing(found.base, "too_large", figure.title),))
    return found


def _names(tail: str) -> tuple[str, ...]:
    return tuple(tail.split(".")) if tail else ()


def _programme_fact(figure: Plan, view: View) -> Computed:
    if figure.path:
        day = view.consortium.filing_date or view.day
        if day is None or view.is_wrong("filing_date"):
            return Computed(None, base="filing_date", missing=(view.lacking("filing_date"),))
        return Computed(_midnight(day), Date().show(day), base="filing_date")
    if isinstance(figure.fact, date):
        return Computed(_midnight(figure.fact), Date().show(figure.fact))
    pattern = str(figure.fact)
    if not figure.pattern:
        return Computed(pattern, pattern)
    expression = ".+".join(re.escape(piece) for piece in pattern.split("{}"))
    return Computed(f"^{expression}$", pattern.replace("{}", "×××"))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _with_unit(text: str, unit: str) -> str:
    if not unit or text == "无":
        return text
    return text + unit if unit == "%" else f"{text} {unit}"


def _plain(kind: Kind | None, value: Any) -> Plain:
    if isinstance(value, str) and is_none(value):
        return ""
    return str(value) if kind is None else kind.for_condition(value)


def _shown(figure: Plan, value: Any) -> str:
    if figure.kind is None or isinstance(figure.kind, Year):
        return _with_unit(str(value), figure.unit)
    return _with_unit(figure.kind.show(value), figure.unit)


def _counted(figure: Plan, number: int) -> str:
    return _with_unit(str(number), figure.unit)


def _single(figure: Plan, view: View, path: str) -> Computed:
    places, missing = view.places(path)
    if missing or not places:
        missing = missing or [view.lacking(path)]
        return Computed(None, base=missing[0].path, missing=tuple(missing))
    value, base = places[0].value, places[0].path
    if figure.operation == "value":
        return Computed(_plain(figure.kind, value), _shown(figure, value), base=base)
    if figure.operation == "length":
        length = 0 if is_none(value) else count_characters(value)
        return Computed(length, _counted(figure, length), base=base)
    # The one value stands where a list's items would, and has nothing below it.
    sample = _Sample(figure, view, Gathered([(base, [(base, value)], 1)]), ())
    return _OPERATIONS[figure.operation](sample)


class _Sample:
    """The items that a figure is made of, and what turns out to be missing on the way."""

    def __init__(self, figure: Plan, view: View, gathered: Gathered, names: tuple[str, ...]) -> None:
        self.figure = figure
        self.view = view
        self.gathered = gathered
        self.names = names
        self.missing = list(gathered.missing)

    def values(self, items: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
        """Each item's value with its path; those that are not there are noted as missing."""
        values = []
        for path, item in items:
            here = ".".join((path, *self.names))
            value = walk(item, self.names)
            if value is None or self.view.is_wrong(here):
                self.missing.append(self.view.lacking(here))
            else:
                values.append((here, value))
        return values

    def stated(self, items: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
        """As ``values``, without those stated to be none."""
        return [(path, value) for path, value in self.values(items) if not is_none(value)]

    def done(self, value: Plain | list[Plain], shown: str, picked: Iterable[Any] = ()) -> Computed:
        """The figure, or what it is missing."""
        lists, missing = self.gathered.lists, tuple(self.missing)
        base = lists[0][0] if lists else missing[0].path if missing else ""
        if missing:
            return Computed(None, base=base, missing=missing)
        return Computed(value, shown, tuple(picked), base=base)

    def at_fault(self, number: int, faults: list[tuple[str, Any]], *, certain: bool = True) -> Computed:
        """The figure of an operation that looks for faults.

        What is found at fault stays so whatever the values that cannot be read turn out to be: one
        unreadable value does not turn off the check of all others.

        Args:
            number: how many.
            faults: the values at fault with their paths.
            certain: whether they are at fault whatever is missing.
        """
        names = dict.fromkeys(str(value) for _, value in faults)
        if certain and faults and all(item.reason == "wrong" for item in self.missing):
            self.missing.clear()
        computed = self.done(number, _counted(self.figure, number), names)
        return computed if computed.missing else replace(computed, faults=tuple(path for path, _ in faults))


def _count(sample: _Sample) -> Computed:
    picked = []
    if not sample.names:
        picked = [item for _, item in sample.gathered.items]
        return sample.done(len(picked), _counted(sample.figure, len(picked)), picked)
    for path, item in sample.gathered.items:
        here = ".".join((path, *sample.names))
        if sample.view.is_wrong(here):
            sample.missing.append(sample.view.lacking(here))
        value = walk(item, sample.names)
        if value is not None and not is_none(value):
            picked.append(item)
    return sample.done(len(picked), _counted(sample.figure, len(picked)), picked)


def _sum(sample: _Sample) -> Computed:
    if not sample.missing:
        sample.missing += [Missing(path, "empty") for path, _, total in sample.gathered.lists if total == 0]
    kind = sample.figure.kind
    numbers = [_plain(kind, value) for _, value in sample.values(sample.gathered.items)]
    total = sum(number for number in numbers if isinstance(number, int))
    return sample.done(total, _shown(sample.figure, total))


def _list(sample: _Sample) -> Computed:
    values = [value for _, value in sample.values(sample.gathered.items)]
    shown = [_shown(sample.figure, value) for value in values]
    plain = [_plain(sample.figure.kind, value) for value in values]
    return sample.done(plain, listed(shown) or "无", dict.fromkeys(shown))


def _duplicates(sample: _Sample) -> Computed:
    again: list[tuple[str, Any]] = []
    repeated = 0
    for _, items, _ in sample.gathered.lists:
        seen: Counter[str] = Counter()
        for path, value in sample.stated(items):
            key = fold(str(value))
            seen[key] += 1
            if seen[key] > 1:
                again.append((path, value))
        repeated += sum(1 for times in seen.values() if times > 1)
    return sample.at_fault(repeated, again)


def _outside(sample: _Sample) -> Computed:
    told = sample.stated(sample.gathered.items)
    known, lacking = sample.view.places(sample.figure.other)
    sample.missing += lacking
    inside = {fold(str(place.value)) for place in known}
    faults = [(path, value) for path, value in told if fold(str(value)) not in inside]
    return sample.at_fault(len(faults), faults, certain=not lacking)


def _bad_check_digits(sample: _Sample) -> Computed:
    from stdnum.cn import uscc

    told = sample.stated(sample.gathered.items)
    # Not uscc.validate: it refuses the registering authorities A, N and Y of GB 32100-2015.
    faults = [(path, code) for path, code in told if uscc.calc_check_digit(code[:-1]) != code[-1]]
    return sample.at_fault(len(faults), faults)


_OPERATIONS: Final[dict[str, Callable[[_Sample], Computed]]] = {
    "count": _count,
    "sum": _sum,
    "values": _list,
    "duplicates": _duplicates,
    "outside": _outside,
    "bad_check_digits": _bad_check_digits,
}

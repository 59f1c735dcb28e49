"""What a figure is, once checked, and the values of one dataset that it is made of.

A figure's value is what CEL gets: a whole number (money in 分, shares in 万分之一), a text, a boolean,
midnight UTC of a day, or a list of these; never null, never a floating-point number.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from generator.conditions.cel import CelType, Plain
from generator.conditions.selection import Criterion, Gathered, Missing, View, is_none, name_of, walk
from generator.model.value_kinds import Kind, Year


class Plan(Struct, frozen=True):
    """A figure, checked against the model.

    Attributes:
        name: the figure's name in the file.
        title: its Chinese title.
        operation: its name, of ``operations.OPERATIONS``.
        path: the path looked at; empty for the programme's own facts.
        other: the second path, of ``outside`` and other comparisons.
        others: further paths, of operations that take several.
        kind: the kind of the values looked at.
        criteria: what picks items.
        last: only so many latest years.
        type: the type that CEL sees.
        many: whether CEL sees a list.
        unit: the unit printed after a count.
        fact: what the programme itself says, for ``programme``: a text or a day; None where it says nothing.
        of_programme: whether it is a fact of the programme, not of the data.
        pattern: whether the fact is a pattern of names, ``{}`` standing for any text.
    """

    name: str
    title: str
    operation: str
    path: str = ""
    other: str = ""
    others: tuple[str, ...] = ()
    kind: Kind | None = None
    criteria: tuple[Criterion, ...] = ()
    last: int | None = None
    type: CelType = "int"
    many: bool = False
    unit: str = ""
    fact: str | date | None = None
    pattern: bool = False
    of_programme: bool = False

    @property
    def over_members(self) -> bool:
        """Whether it counts members or what they have, so that the lead may be left out."""
        return self.path.startswith("members[]")

    @property
    def is_silent(self) -> bool:
        """Whether it asks for something that the programme does not say."""
        return self.of_programme and self.fact is None


class Computed(Struct, frozen=True):
    """A figure of one dataset.

    Attributes:
        value: what CEL sees; None only where something is missing.
        shown: the value as messages print it, with its unit.
        picked: what was picked or found at fault: texts, or items that have a name.
        faults: where the values at fault stand, of the operations that look for faults.
        base: the first place looked at.
        missing: the values whose lack keeps the figure from having a value.
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


def midnight(day: date) -> datetime:
    """A day as CEL gets it."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def with_unit(text: str, unit: str) -> str:
    """A printed value with its unit; what was stated to be none has none."""
    if not unit or text == "无":
        return text
    return text + unit if unit == "%" else f"{text} {unit}"


def for_cel(kind: Kind | None, value: Any) -> Plain:
    """A value as CEL gets it."""
    if isinstance(value, str) and is_none(value):
        return ""
    return str(value) if kind is None else kind.for_condition(value)


def printed(figure: Plan, value: Any) -> str:
    """A value as messages print it, with its unit."""
    if figure.kind is None or isinstance(figure.kind, Year):
        return with_unit(str(value), figure.unit)
    return with_unit(figure.kind.show(value), figure.unit)


def printed_number(figure: Plan, number: int) -> str:
    """A number of things as messages print it, with its unit."""
    return with_unit(str(number), figure.unit)


class Sample:
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
        computed = self.done(number, printed_number(self.figure, number), names)
        return computed if computed.missing else replace(computed, faults=tuple(path for path, _ in faults))

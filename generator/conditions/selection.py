"""Picking from a dataset the values that a figure is made of, and noting each one that is missing.

Nothing here guesses: a value that was not given, could not be read, or depends on a role that was not given
is ``Missing`` with its exact path. Missing values are for the judgment to report, not for CEL to see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Literal

from msgspec import Struct, field

from generator.base.text import fold
from generator.model.consortium import BY_ROLE, BY_ROLE_LISTS, FIRST_LEAD
from generator.model.dataset import Dataset
from generator.model.fields import Part
from generator.model.paths import Found, resolve
from generator.model.value_kinds import Kind, Stated, Text, says_none

Reason = Literal["absent", "wrong", "no_lead", "empty", "gap", "twice", "too_large"]


class Missing(Struct, frozen=True):
    """One value without which there is no verdict.

    Attributes:
        path: its exact path; for ``gap`` and ``twice`` the list's, for ``too_large`` the figure's first.
        reason: ``absent``: not given; ``wrong``: not readable; ``no_lead``: no member is the lead; ``empty``:
            the list has nothing to add up; ``gap``: a year between two others is not given; ``twice``: a year
            is given twice; ``too_large``: beyond what can be computed exactly.
        detail: the year, or the figure's title.
    """

    path: str
    reason: Reason = "absent"
    detail: str = ""


class Criterion(Struct, frozen=True):
    """One field that items are picked by.

    Attributes:
        names: the field's names below the item.
        kind: how the field's values are read.
        tests: operator and wanted values, in the order written; all must hold.
    """

    names: tuple[str, ...]
    kind: Kind | None
    tests: tuple[tuple[str, Any], ...]

    def below(self, path: str) -> str:
        """The field's path in an item."""
        return ".".join((path, *self.names))


class Gathered(Struct):
    """Items of one or more lists.

    Attributes:
        lists: each list's exact path, its picked items with their paths, and how many it had in all.
        missing: what stood in the way of telling which items are picked.
    """

    lists: list[tuple[str, list[tuple[str, Any]], int]] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)

    @property
    def items(self) -> Iterator[tuple[str, Any]]:
        """Every picked item with its path."""
        return (item for _, items, _ in self.lists for item in items)


def is_none(value: Any) -> bool:
    """Whether a value was stated to be none: ``无`` in a field of numbers or texts, an empty list.

    A group is none where nothing in it says more than that.
    """
    if isinstance(value, str):
        return says_none(fold(value))
    if isinstance(value, Part):
        return all(below is None or is_none(below) for _, below in value)
    return isinstance(value, Stated) or value == ()


def walk(item: Any, names: tuple[str, ...]) -> Any:
    """The value below an item; None where it, or a group on the way, was not given."""
    for name in names:
        if item is None:
            return None
        item = item.get(name) if isinstance(item, dict) else getattr(item, name, None)
    return item


class View:
    """A dataset as figures look at it.

    Args:
        dataset: what is judged.
        day: the day of judgement where the data has no filing date.
    """

    def __init__(self, dataset: Dataset, day: date | None = None) -> None:
        self.consortium = dataset.consortium
        self.day = day
        self._wrong = dataset.wrong
        self._known_lists: dict[str, tuple[list[tuple[str, list[tuple[str, Any]]]], list[Missing]]] = {}
        self._wrong_items: dict[str, list[str]] = {}
        for path in sorted(self._wrong):
            if match := re.fullmatch(r"(.+)\[\d+\]", path):
                self._wrong_items.setdefault(match[1], []).append(path)

    def is_wrong(self, path: str) -> bool:
        """Whether a value, or a group that holds it, was given but could not be read."""
        if not self._wrong:
            return False
        while path:
            if path in self._wrong:
                return True
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return False

    def lacking(self, path: str) -> Missing:
        """A value that is not there: not given, or not readable."""
        return Missing(path, "wrong" if self.is_wrong(path) else "absent")

    def roles(self, path: str) -> list[Missing]:
        """The roles of members that must be known to tell whom a path through a role means, and are not given."""
        first = path.partition(".")[0].removesuffix("[]")
        if first not in BY_ROLE:
            return []
        missing = []
        for at, member in enumerate(self.consortium.members or ()):
            if first == FIRST_LEAD and member.is_lead:
                break
            if member.role is None:
                missing.append(self.lacking(f"members[{at}].role"))
        return missing

    def places(self, path: str) -> tuple[list[Found], list[Missing]]:
        """Every place that a path stands for, those without a value as missing."""
        if missing := self.roles(path):
            return [], missing
        found: list[Found] = []
        lacking: list[Missing] = []
        for place in resolve(self.consortium, path):
            if place.value is None or self.is_wrong(place.path):
                no_lead = place.path == "members[].role"
                lacking.append(Missing(place.path, "no_lead") if no_lead else self.lacking(place.path))
            else:
                found.append(place)
        return found, lacking

    def gather(self, prefix: str, criteria: tuple[Criterion, ...], last: int | None = None) -> Gathered:
        """The items that criteria pick from every list that a path stands for.

        Args:
            prefix: the list's path without its ``[]``.
            criteria: what picks items, in order; a criterion is asked only of items picked so far.
            last: of items with a year, only those of the latest so many years.
        """
        gathered = Gathered(missing=self.roles(prefix))
        if gathered.missing:
            return gathered
        if prefix not in self._known_lists:
            self._known_lists[prefix] = self._lists(prefix)
        lists, lacking = self._known_lists[prefix]
        gathered.missing.extend(lacking)
        for list_path, items in lists:
            wrong = self._wrong_items.get(list_path, ())
            gathered.missing.extend(Missing(path, "wrong") for path in wrong)
            picked = [
                pair
                for pair in items
                if pair[0] not in wrong and self._picks(pair, criteria, gathered.missing)
            ]
            if last is not None:
                picked = self._latest(list_path, picked, last, gathered.missing)
            gathered.lists.append((list_path, picked, len(items)))
        return gathered

    def _lists(self, prefix: str) -> tuple[list[tuple[str, list[tuple[str, Any]]]], list[Missing]]:
        if prefix in BY_ROLE_LISTS:
            members, lacking = self.places(f"{prefix}[]")
            items = [(place.path, place.value) for place in members]
            return ([] if lacking else [("members", items)]), lacking
        found, lacking = self.places(prefix)
        lists = [
            (place.path, [(f"{place.path}[{at}]", item) for at, item in enumerate(place.value)])
            for place in found
        ]
        return lists, lacking

    def _picks(self, pair: tuple[str, Any], criteria: tuple[Criterion, ...], missing: list[Missing]) -> bool:
        """Whether an item, given with its path, meets all criteria; a value that decides and lacks is noted."""
        path, item = pair
        for criterion in criteria:
            value = walk(item, criterion.names)
            wrong = bool(self._wrong) and self.is_wrong(criterion.below(path))
            for operator, wanted in criterion.tests:
                if operator == "given":
                    if (wrong or (value is not None and not is_none(value))) != wanted:
                        return False
                elif wrong or (value is None and operator != "not"):
                    missing.append(self.lacking(criterion.below(path)))
                    return False
                elif value is not None and not _holds(operator, value, wanted, criterion.kind):
                    return False
        return True

    def _latest(
        self, path: str, items: list[tuple[str, Any]], last: int, missing: list[Missing]
    ) -> list[tuple[str, Any]]:
        """The items of the latest years; each year of these that is not there exactly once is noted as missing.

        Years before the first one that the data give are not asked for: the organisation may be young.
        """
        absent = [
            self.lacking(f"{at}.year")
            for at, item in items
            if item.year is None or self.is_wrong(f"{at}.year")
        ]
        if absent or not items:
            missing.extend(absent or [Missing(path, "empty")])
            return []
        years = [item.year for _, item in items]
        newest = max(years)
        window = [year for year in range(newest - last + 1, newest + 1) if year >= min(years)]
        missing.extend(
            Missing(path, "twice" if year in years else "gap", str(year))
            for year in window
            if years.count(year) != 1
        )
        return [pair for pair in items if pair[1].year in window]


def _holds(operator: str, value: Any, wanted: Any, kind: Kind | None) -> bool:
    if operator in {"min", "max", "from", "to"} and kind is not None:
        number: Any = kind.for_condition(value)
        return bool(number >= wanted if operator in {"min", "from"} else number <= wanted)
    if isinstance(kind, Text):
        value = tuple(map(fold, value)) if isinstance(value, tuple) else fold(value)
    matches = any(each in wanted for each in value) if isinstance(value, tuple) else value in wanted
    return matches if operator == "is" else not matches


def name_of(item: Any) -> str:
    """What a person would call an item: its name, or itself where it is a text."""
    if isinstance(item, Part):
        name = getattr(item, "name", None)
        return name if isinstance(name, str) else ""
    return item if isinstance(item, str) else ""

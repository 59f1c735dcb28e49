"""Figures of a dataset: a checked figure, the values that it looks at, and what its operation makes of them."""

from __future__ import annotations

from typing import Final

from generator.conditions.operations import OPERATIONS, LooksAt
from generator.conditions.sample import Computed, Plan, Sample
from generator.conditions.selection import Gathered, Missing, View
from generator.conditions.targets import split_list
from generator.model.consortium import OTHERS
from generator.model.paths import Found

# Nine trillion 元 in 分: ten thousand times as much still fits CEL's 64-bit integers.
LARGEST: Final = 900_000_000_000_000


def compute(figure: Plan, view: View, *, without_leads: bool = False) -> Computed:
    """A figure of a dataset.

    Args:
        figure: what to compute.
        view: the dataset.
        without_leads: count only members that are not leads.
    """
    operation = OPERATIONS[figure.operation]
    path = figure.path
    if without_leads and figure.over_members:
        path = OTHERS + path.removeprefix("members")
    if operation.looks_at is LooksAt.FACT:
        found = operation.compute(Sample(figure, view, Gathered(), ()))
    elif "[]" in path:
        prefix, tail = split_list(path)
        gathered = view.gather(prefix, figure.criteria, figure.last)
        found = operation.compute(Sample(figure, view, gathered, tuple(tail.split(".")) if tail else ()))
    else:
        places, missing = view.places(path)
        if operation.takes_absent and all(item.reason == "absent" for item in missing):
            places, missing = places or [Found(path, None, None)], []
        if missing or not places:
            missing = missing or [view.lacking(path)]
            return Computed(None, base=missing[0].path, missing=tuple(missing))
        # A path without a list has one value; it is treated as the only item of a list.
        base, value = places[0].path, places[0].value
        found = operation.compute(Sample(figure, view, Gathered([(base, [(base, value)], 1)]), ()))
    if isinstance(found.value, int) and abs(found.value) > LARGEST:
        return Computed(None, base=found.base, missing=(Missing(found.base, "too_large", figure.title),))
    return found

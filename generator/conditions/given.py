"""The figures of a dataset for documents: computed as for conditions, each when a template asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

from generator.conditions.figure_plan import plan
from generator.conditions.figures import compute
from generator.conditions.operations import OPERATIONS
from generator.conditions.sample import Plan
from generator.conditions.selection import View
from generator.conditions.targets import split_list
from generator.model.dataset import Dataset
from generator.model.given_figure import FigureSource, GivenFigure
from generator.model.paths import resolve
from generator.model.programme import Programme
from generator.model.value_kinds import Stated


def given_figures(programme: Programme, dataset: Dataset, day: date | None) -> FigureSource:
    """A function from a figure's name to the figure of a dataset.

    Args:
        programme: whose figures.
        dataset: the data as the programme sees it.
        day: the day of judgement where the data has no filing date.
    """
    view = View(dataset, day)

    @cache
    def given(name: str) -> GivenFigure:
        planned = plan(name, programme.figures[name], programme)
        computed = compute(planned, view)
        if computed.missing:
            paths = dict.fromkeys(one.path for one in computed.missing)
            return GivenFigure(planned.title, missing=tuple(paths), base=computed.base)
        kind = None if OPERATIONS[planned.operation].counts else planned.kind
        number = computed.value if planned.type == "int" and isinstance(computed.value, int) else None
        as_stated = number is None or computed.shown == Stated.NONE.value
        text = computed.shown if as_stated else str(number) if kind is None else kind.show(number)
        return GivenFigure(
            planned.title,
            text,
            number,
            kind,
            tuple(dict.fromkeys(_used(planned, view))),
            base=computed.base,
        )

    return given


def _used(planned: Plan, view: View) -> Iterator[str]:
    """The paths of the values that a figure looks at."""
    if planned.of_programme:
        return
    consortium = view.consortium
    several = (planned.path, *planned.others, *([planned.other] if planned.other not in {"", "day"} else []))
    for path in several:
        yield from (place.path for place in resolve(consortium, path) if place.value is not None)
    if "[]" not in planned.path:
        return
    prefix, _ = split_list(planned.path)
    if planned.last is not None:
        yield from (
            place.path for place in resolve(consortium, f"{prefix}[].year") if place.value is not None
        )
    for criterion in planned.criteria:
        path = criterion.below(f"{prefix}[]")
        yield from (place.path for place in resolve(consortium, path) if place.value is not None)

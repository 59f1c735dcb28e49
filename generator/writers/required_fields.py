"""Which fields a programme cannot do without: what its documents print, and what its conditions ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, field

from generator.conditions.given import given_figures
from generator.conditions.operations import OPERATIONS, LooksAt
from generator.model.catalogue import CommonRules
from generator.model.consortium import LEAD, MEMBER, OF_A_FILING, Consortium, Delegate
from generator.model.dataset import Dataset
from generator.model.fields import Part
from generator.model.paths import over_members, passage_kind, spec_of
from generator.model.programme import Figure, Programme
from generator.model.value_kinds import Flag
from generator.rendering.render import RenderJob, render
from generator.rendering.template import Template

_INDEX = re.compile(r"\[\d+\]")
_MEMBER = re.compile(r"members\[(\d)\]")
_ROLES = (LEAD, MEMBER)
# So many options of a choice are tried; choices have a handful.
_MOST_CHOICES = 6
_WHEN = datetime(2000, 1, 1, tzinfo=UTC)


def plain_path(path: str) -> str:
    """A path without indexes, the members by role as ``members[]``."""
    return over_members(_INDEX.sub("[]", path))


class Needed(Struct, frozen=True):
    """What a programme cannot do without.

    Attributes:
        paths: the fields that a document prints or a must-condition looks at, as paths with ``[]``. A list
            that is asked for as a whole has no ``[]``.
        printed: of these, what is printed whatever else the data say; of members, the role for which it
            is, 牵头单位 or 成员单位, or the empty text for both.
    """

    paths: frozenset[str] = frozenset()
    printed: Mapping[str, str] = field(default_factory=dict)


def needed_by(programme: Programme, common: CommonRules) -> Needed:
    """The fields that must be given before a packet can be signed.

    Found by filling the programme's templates with an empty consortium, and with one whose lists have an item of
    each choice, and noting what they ask for; and from what its must-conditions need, those too that a person
    judges.

    Args:
        programme: the programme.
        common: the figures that every programme's conditions may use.

    Raises:
        ProgrammeError: one of its templates is at fault.
    """
    exact, of_chosen = _printed(programme)
    paths = {_field(path) for path in (*exact, *of_chosen, *_judged(programme, common))}
    roles: dict[str, set[str]] = {}
    for path in exact:
        number = _MEMBER.match(path)
        roles.setdefault(_field(path), set()).add(_ROLES[int(number[1])] if number else "")
    # Where a form that says nothing says no, nothing need be written.
    paths = {path for path in paths if not _blank_is_no(programme.model, path)}
    return Needed(
        frozenset({"name", "members[].role", *paths}),
        {path: next(iter(several)) if len(several) == 1 else "" for path, several in roles.items()},
    )


def _blank_is_no(model: type[Part], path: str) -> bool:
    spec = spec_of(model, path)
    return spec is not None and isinstance(spec.kind, Flag) and spec.kind.blank_is_no


def _field(path: str) -> str:
    """A field's path without indexes, a list as a whole without ``[]``, a passage by its id."""
    found = plain_path(path).removesuffix("[]")
    return found.removesuffix(".text") if passage_kind(found) else found


def _printed(programme: Programme) -> tuple[list[str], list[str]]:
    """What is asked for where nothing is given, and where of each item no more is said than what is to be chosen."""
    found: tuple[list[str], list[str]] = ([], [])
    year = programme.year or _WHEN.year
    consortia: list[Consortium] = [
        programme.model.model_validate({"name": "", **_without_values(programme.model, chosen), **day})
        for chosen, day in ((None, {}), (year, {"filing_date": f"{year}-12-31"}))
    ]
    for document in programme.documents:
        names = dict.fromkeys((document.template, *(variant.template for variant in document.variants)))
        for name in names:
            path = programme.folder / name
            template = Template(path.read_bytes(), "/".join(path.parts[-3:]))
            for missing, consortium in zip(found, consortia, strict=True):
                figures = given_figures(programme, Dataset(consortium, {}), _WHEN.date())
                job = RenderJob(programme, consortium, "draft", _WHEN, figures=figures)
                for member in range(len(_ROLES)) if document.for_each else (None,):
                    missing.extend(render(template, job, document, {}, member=member).record.missing)
    return found


def _chosen(part: type[Part], at: int, year: int) -> dict[str, Any]:
    """An item with the option of this number of each choice, so many years before a year, and yes but in the first."""
    found: dict[str, Any] = {}
    for name, spec in part.specs().items():
        if spec.kind is None or spec.shape != "one" or spec.part is not None:
            continue
        if spec.kind.name == "flag" and at:
            found[name] = True
        elif spec.kind.name == "year":
            found[name] = year - max(at, 1)
        elif spec.kind.options:
            found[name] = spec.kind.options[min(max(at - 1, 0), len(spec.kind.options) - 1)]
    return found


def _without_values(part: type[Part], chosen: int | None) -> dict[str, Any]:
    """A group in which every list has one item that has nothing; with a year, several of which each has other choices."""
    content: dict[str, Any] = {}
    for name, spec in part.specs().items():
        if spec.part is None or spec.shape == "map" or name in OF_A_FILING or issubclass(spec.part, Delegate):
            continue
        below = _without_values(spec.part, chosen)
        items = (
            [{**below, **_chosen(spec.part, at, chosen)} for at in range(_MOST_CHOICES)]
            if chosen
            else [below]
        )
        if spec.shape == "one":
            if chosen and "name" in spec.part.specs():
                below["name"] = "某"
            if below:
                content[name] = below
        elif name == "members":
            content[name] = [{**item, "role": role} for role in _ROLES for item in items]
        else:
            content[name] = items
    return content


def _judged(programme: Programme, common: CommonRules) -> Iterator[str]:
    figures = {**common.figures, **programme.figures}
    for condition in programme.conditions:
        if condition.level != "must" or condition.when_missing == "skip":
            continue
        for need in filter(None, (*condition.needs, condition.counts, condition.share_of)):
            if need in figures:
                yield from looked_at(figures[need])
            else:
                yield need
        prefix = condition.counts.rpartition("[]")[0]
        yield from (f"{prefix}[].{name}" for name in condition.who)


def looked_at(figure: Figure) -> Iterator[str]:
    """The paths of the data that a figure is taken from, those of its criteria included."""
    operation = OPERATIONS.get(figure.operation)
    if operation is None or operation.looks_at is LooksAt.FACT:
        return
    for path in figure.arguments:
        yield path
        prefix = path.rpartition("[]")[0]
        for name, wanted in figure.where.items():
            if not (isinstance(wanted, dict) and set(wanted) <= {"given"}):
                yield f"{prefix}[].{name}"

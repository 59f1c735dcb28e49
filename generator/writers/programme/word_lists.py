"""What the dropdowns of a programme's workbook offer, from the consortium's model with the programme's own fields."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from generator.model.chinese_paths import chinese
from generator.model.consortium import BY_ROLE_LISTS, FIRST_LEAD, OF_A_FILING
from generator.model.fields import Part
from generator.model.value_kinds import Choice, Date, Flag, Numeric


class WordLists(Struct, frozen=True):
    """The texts of the dropdowns.

    Attributes:
        counted: what a condition can count or measure.
        fields: every single field.
        who: which members.
        when: which applicants.
    """

    counted: tuple[str, ...]
    fields: tuple[str, ...]
    who: tuple[str, ...]
    when: tuple[str, ...]


def word_lists(model: type[Part]) -> WordLists:
    """The texts for a consortium's model."""
    members = model.specs()["members"].part
    paths = list(_paths(model, ""))
    by_role = [f"{name}[]" for name in BY_ROLE_LISTS]
    if members is not None:
        paths += [(f"{FIRST_LEAD}.{path}", what) for path, what in _paths(members, "")]
    counted = [path for path, what in paths if what == "list" or isinstance(what, (Numeric, Date))]
    fields = [path for path, what in paths if what != "list" and "[]" not in path]
    return WordLists(
        tuple(chinese(model, path) for path in (*by_role, *counted)),
        tuple(chinese(model, path) for path in fields),
        tuple(_choices(members)) if members else (),
        tuple(_choices(model)),
    )


def _paths(part: type[Part], prefix: str) -> Iterator[tuple[str, object]]:
    """Every list with its ``[]``, and every single value with its kind."""
    for name, spec in part.specs().items():
        path = f"{prefix}{name}"
        if path in OF_A_FILING or spec.shape == "map":
            continue
        if spec.shape == "list":
            yield f"{path}[]", "list"
            if spec.part is not None:
                yield from _paths(spec.part, f"{path}[].")
        elif spec.part is not None:
            yield from _paths(spec.part, f"{path}.")
        else:
            yield path, spec.kind


def _choices(part: type[Part]) -> Iterator[str]:
    """A criterion for each option of each choice, and for yes, of a group's own fields."""
    for name, spec in part.specs().items():
        title = chinese(part, name)
        if spec.shape == "one" and isinstance(spec.kind, Choice):
            yield from (f"{title} = {option}" for option in spec.kind.options)
        elif spec.shape == "one" and isinstance(spec.kind, Flag):
            yield f"{title} = 是"

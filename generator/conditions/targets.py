"""What a path of a programme's file points at, checked against the model before any data is seen."""

from __future__ import annotations

import difflib

from msgspec import Struct

from generator.model.consortium import BY_ROLE, FIRST_LEAD, Consortium
from generator.model.fields import Part
from generator.model.paths import steps
from generator.model.value_kinds import Kind


class Target(Struct, frozen=True):
    """What stands at a path.

    Attributes:
        kind: how a single value is read and printed; None for a group.
        part: the group's own fields; None for a value.
        whole: the path ends at a list or map as a whole, not at its items.
        many: the path goes through at least one ``[]``.
    """

    kind: Kind | None
    part: type[Part] | None
    whole: bool
    many: bool


def target(model: type[Part], path: str) -> Target:
    """What a path points at.

    Args:
        model: the consortium's model with the programme's own fields, or the part that a list holds.
        path: the path; ``[]`` after every list that it goes through.

    Raises:
        ValueError: there is no such place; the text (Chinese) says where the path goes wrong.
    """
    try:
        pieces = steps(path)
    except ValueError:
        raise ValueError(f"路径“{path}”的写法不对") from None
    part: type[Part] | None = model
    kind: Kind | None = None
    whole = many = in_map = False
    for name, index in pieces:
        if whole:
            raise ValueError(f"路径“{path}”经过列表时要写 []（“{name}”之前）")
        if in_map:
            in_map = False
            if index is not None and part is not None:
                raise ValueError(f"路径“{path}”的“{name}”不是列表，不能写 []")
            many = many or index == ""
            continue
        if part is None:
            raise ValueError(f"路径“{path}”的“{name}”之前已是单个值")
        derived = issubclass(part, Consortium) and name in BY_ROLE
        spec = part.specs().get("members" if derived else name)
        if spec is None:
            near = difflib.get_close_matches(name, part.specs(), n=1)
            hint = f"，最接近的是“{near[0]}”" if near else ""
            raise ValueError(f"路径“{path}”里没有“{name}”这个字段{hint}")
        shape = "one" if derived and name == FIRST_LEAD else spec.shape
        if index is not None and shape != "list":
            raise ValueError(f"路径“{path}”的“{name}”不是列表，不能写 []")
        if derived and shape == "list" and index is None:
            raise ValueError(f"路径“{path}”的“{name}”要写成“{name}[]”")
        many = many or index == ""
        whole = shape == "list" and index is None
        in_map = shape == "map"
        kind, part = spec.kind, spec.part
    return Target(kind, part, whole or in_map, many)


def split_list(path: str) -> tuple[str, str]:
    """A path's innermost list and what follows: ``lead.accounts[].rd`` is ``lead.accounts`` and ``rd``."""
    prefix, _, tail = path.rpartition("[]")
    return prefix, tail.removeprefix(".")

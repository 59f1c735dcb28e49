"""Paths into a consortium, as ``members[3].kind``: looking values up, and naming them in Chinese.

A path with ``[]`` stands for every item of a list; ``lead`` and ``leads[]`` stand for the members whose
role is 牵头单位, ``others[]`` for the rest, and resolve to those members' own paths. Indexes count from 0
in paths and from 1 in Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from generator.model.consortium import BY_ROLE, BY_ROLE_LISTS, FIRST_LEAD, LEAD, MEMBER, OTHERS, Consortium
from generator.model.fields import FieldSpec, Part

# The paths of a consortium's own texts, by the kind of bookmark that stands at their printed heading.
PASSAGES: Final[Mapping[str, str]] = {"clause": "agreement.clauses", "section": "plan.sections"}
_STEP = re.compile(r"(?P<name>[^.\[\]]+)(?P<index>\[\d*\])?")


class Found(Struct, frozen=True):
    """One place that a path resolves to.

    Attributes:
        path: the exact path, without ``[]`` and derived names.
        value: the kept value; None where it, or something above it, was not given.
        owner: the group that holds the field, None where it was not given.
    """

    path: str
    value: Any
    owner: Part | None


def passage_kind(path: str) -> str:
    """The kind of a path to a clause or section, or into one, as ``PASSAGES`` has it; empty for any other."""
    return next((kind for kind, texts in PASSAGES.items() if path.startswith(f"{texts}.")), "")


def steps(path: str) -> list[tuple[str, str | None]]:
    """A path's names, each with its index text: None, ``""`` for every item, or a number.

    Raises:
        ValueError: the path is not well formed.
    """
    found: list[tuple[str, str | None]] = []
    for piece in path.split("."):
        match = _STEP.fullmatch(piece)
        if not match:
            raise ValueError(f"not a path: {path!r}")
        index = match["index"]
        found.append((match["name"], None if index is None else index[1:-1]))
    return found


_ROLE_NAME = re.compile(rf"(?P<name>{FIRST_LEAD}(?=\.|$)|(?:{'|'.join(BY_ROLE_LISTS)})(?=\[|\.|$))(?:\[\])?")


def over_members(path: str) -> str:
    """A path with ``members[]`` for the members of one role: ``leads[].name`` is ``members[].name``."""
    return _ROLE_NAME.sub("members[]", path, count=1) if _ROLE_NAME.match(path) else path


def role_asked(path: str) -> str:
    """The role of the members that a path goes through; empty where it asks for no role."""
    found = _ROLE_NAME.match(path)
    return "" if found is None else MEMBER if found["name"] == OTHERS else LEAD


def resolve(consortium: Part, path: str) -> Iterator[Found]:
    """Every place that a path stands for, with what is there.

    A list that was not given gives one absent place, at the list itself; an empty list gives none. A path
    through a group that was not given gives the absent place at the full path.
    """
    yield from _resolve(consortium, steps(path), "")


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def _members(consortium: Consortium, name: str) -> list[tuple[str, Any]]:
    return [(f"members[{at}]", member) for at, member in consortium.by_role(name)]


def _resolve(owner: Any, rest: list[tuple[str, str | None]], prefix: str) -> Iterator[Found]:
    (name, index), below = rest[0], rest[1:]
    if isinstance(owner, Consortium) and name in BY_ROLE:
        if owner.members is None:
            yield Found("members", None, owner)
            return
        pairs = _members(owner, name)
        if name == FIRST_LEAD:
            pairs = pairs[:1]
            if not pairs:
                yield Found("members[].role", None, None)
                return
        elif index:
            pairs = pairs[int(index) : int(index) + 1]
    else:
        value = owner.get(name) if isinstance(owner, Mapping) else getattr(owner, name, None)
        path = _join(prefix, name)
        if index is None:
            if not below:
                yield Found(path, value, owner if isinstance(owner, Part) else None)
            elif value is None:
                yield Found(_join(path, ".".join(_text(step) for step in below)), None, None)
            else:
                yield from _resolve(value, below, path)
            return
        if value is None:
            yield Found(path, None, owner if isinstance(owner, Part) else None)
            return
        items = list(enumerate(value))
        if index:
            items = items[int(index) : int(index) + 1]
        pairs = [(f"{path}[{at}]", item) for at, item in items]
    for path, item in pairs:
        if below:
            yield from _resolve(item, below, path)
        else:
            yield Found(path, item, None)


def _text(step: tuple[str, str | None]) -> str:
    name, index = step
    return name if index is None else f"{name}[{index}]"


def given(part: Part, prefix: str = "") -> Iterator[tuple[str, FieldSpec, Any]]:
    """Every single value that was given, with its exact path and declaration, in the model's order."""
    for name, spec in part.specs().items():
        value = getattr(part, name)
        if value is None:
            continue
        path = _join(prefix, name)
        if spec.shape == "one":
            yield from _given(path, spec, value)
        elif spec.shape == "list":
            for at, item in enumerate(value):
                yield from _given(f"{path}[{at}]", spec, item)
        else:
            for key, item in value.items():
                if isinstance(item, tuple):
                    for at, text in enumerate(item):
                        yield f"{path}.{key}[{at}]", spec, text
                else:
                    yield from _given(f"{path}.{key}", spec, item)


def _given(path: str, spec: FieldSpec, value: Any) -> Iterator[tuple[str, FieldSpec, Any]]:
    if isinstance(value, Part):
        yield from given(value, path)
    else:
        yield path, spec, value


def spec_of(model: type[Part], path: str) -> FieldSpec | None:
    """The declaration of the field at a path; None where the model has no such field.

    A map's ids are not declared: a path that ends at one gives the map's declaration.
    """
    return next(reversed(_chain(model, path)), None) if _chain(model, path) else None


def _chain(model: type[Part], path: str) -> list[FieldSpec]:
    """The declarations of the fields along a path, from the top; empty where the model has no such path."""
    chain: list[FieldSpec] = []
    part: type[Part] | None = model
    in_map = False
    for name, _ in steps(path):
        if in_map:
            in_map = False
            continue
        if part is None:
            return []
        # ``lead``, ``leads`` and ``others`` mean members at the top only: further down they may be names of fields.
        derived = "members" if not chain and name in BY_ROLE else name
        spec = part.specs().get(derived)
        if spec is None:
            return []
        chain.append(spec)
        part = spec.part
        in_map = spec.shape == "map"
    return chain


def title_of(model: type[Part], path: str, labels: Mapping[str, str] | None = None) -> str:
    """A field in Chinese, as a person would name it: ``第 4 个成员单位的“单位性质”``.

    Args:
        model: the consortium's model, with the programme's own fields.
        path: the field's path, with or without indexes.
        labels: titles that differ from the common ones, by path without indexes; of clauses and sections the
            headings.
    """
    labels = labels or {}
    if passage_kind(path) and path.removesuffix(".text") in labels:
        path = path.removesuffix(".text")
    titles: list[str] = []
    plain: list[str] = []
    part: type[Part] | None = model
    in_map = False
    for name, index in steps(path):
        if in_map:
            plain.append(name)
            titles.append(f"“{labels.get('.'.join(plain), name)}”")
            in_map = False
            continue
        by_role = not titles and name in BY_ROLE
        spec = part.specs().get("members" if by_role else name) if part else None
        plain.append(name if index is None else f"{name}[]")
        title = labels.get(".".join(plain)) or (spec.title if spec else name)
        if by_role and name == FIRST_LEAD:
            title = LEAD
        titles.append(f"第 {int(index) + 1} 个{title}" if index else title)
        part = spec.part if spec else None
        in_map = bool(spec and spec.shape == "map")
    if len(titles) == 1:
        return f"“{titles[0]}”"
    last = titles[-1] if titles[-1].startswith("“") else f"“{titles[-1]}”"
    return "的".join([*(title.strip("“”") for title in titles[:-1]), last])

"""Paths with Chinese titles for names: ``成员单位[].单位性质`` is ``members[].kind``.

A title that two fields of a group share is no name: the English one stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from generator.model.consortium import BY_ROLE, FIRST_LEAD, LEADS, OTHERS, Consortium
from generator.model.fields import FieldSpec, Part

DERIVED: Final[Mapping[str, str]] = {"牵头单位": FIRST_LEAD, "各牵头单位": LEADS, "其余单位": OTHERS}
_DERIVED_TITLES: Final = {name: title for title, name in DERIVED.items()}
_STEP = re.compile(r"([^.\[\]]+)(\[\])?")
_NOT_OF_A_NAME = re.compile(r"\W")
_UNFIT = re.compile(r"[.\[\]；=≠≥≤\s“”]")


@lru_cache(maxsize=2_000)
def names_by_title(part: type[Part]) -> Mapping[str, str]:
    """The English names of a group's fields by title or alias; what several share is left out."""
    found: dict[str, str] = {}
    shared = set()
    for spec in part.specs().values():
        for title in {spec.title, *spec.aliases} - {spec.name}:
            if found.setdefault(title, spec.name) != spec.name and title != _title(part, found[title]):
                shared.add(title)
                if title == spec.title and title not in _titles(part, but=spec.name):
                    # A field's own title goes before another's alias.
                    found[title] = spec.name
                    shared.discard(title)
    if issubclass(part, Consortium):
        found.update(DERIVED)
    return {title: name for title, name in found.items() if title not in shared}


@lru_cache(maxsize=2_000)
def tag_names(part: type[Part]) -> Mapping[str, str]:
    """The English names of a group's fields by what a tag can write for them: titles without brackets and marks."""
    found: dict[str, str] = {}
    shared = set()
    for title, name in names_by_title(part).items():
        plain = _NOT_OF_A_NAME.sub("", title)
        if plain and not plain.isascii() and found.setdefault(plain, name) != name:
            shared.add(plain)
    return {plain: name for plain, name in found.items() if plain not in shared}


def _title(part: type[Part], name: str) -> str:
    spec = part.specs().get(name)
    return spec.title if spec else ""


def _titles(part: type[Part], *, but: str) -> set[str]:
    return {spec.title for spec in part.specs().values() if spec.name != but}


def _walk(model: type[Part], path: str) -> Iterator[tuple[type[Part] | None, str, str]]:
    """Each step of a path, either way: the group that it is looked up in, its English name, its ``[]``."""
    part: type[Part] | None = model
    in_map = False
    for piece in path.split("."):
        match = _STEP.fullmatch(piece)
        if match is None:
            raise ValueError(path)
        name = match[1]
        if in_map or part is None:
            in_map = False
            yield None, name, match[2] or ""
            continue
        if name not in part.specs() and not (issubclass(part, Consortium) and name in BY_ROLE):
            name = names_by_title(part).get(name, name)
        yield part, name, match[2] or ""
        spec = spec_at(part, name)
        part = spec.part if spec else None
        in_map = bool(spec and spec.shape == "map")


def spec_at(part: type[Part], name: str) -> FieldSpec | None:
    """A group's field by its English name, or by a derived name."""
    derived = issubclass(part, Consortium) and name in BY_ROLE
    return part.specs().get("members" if derived else name)


def english(model: type[Part], path: str) -> str:
    """A path with Chinese titles with English names; what is no title stays as it is."""
    try:
        return ".".join(f"{name}{mark}" for _, name, mark in _walk(model, path))
    except ValueError:
        return path


def chinese(model: type[Part], path: str) -> str:
    """A path with Chinese titles for English names, wherever these lead back to the same path."""
    try:
        steps = list(_walk(model, path))
    except ValueError:
        return path
    shown = []
    for part, name, mark in steps:
        title = name
        if part is not None and (spec := spec_at(part, name)) is not None:
            derived = issubclass(part, Consortium) and name in BY_ROLE
            own = _DERIVED_TITLES[name] if derived else spec.title
            if names_by_title(part).get(own) == name and not _UNFIT.search(own):
                title = own
        shown.append(f"{title}{mark}")
    text = ".".join(shown)
    return text if english(model, text) == path else path

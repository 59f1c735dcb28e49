"""The programmes' examples, changed at single places before they are judged.

A change is made in the tree that the data file was read into, so that an example is read once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from generator.base.tree import (
    Entries,
    Entry,
    Items,
    Node,
    Scalar,
)
from generator.conditions.judge import judge
from generator.errors import Place
from generator.model.catalogue import Catalogue, CommonRules
from generator.model.findings import Finding
from generator.model.paths import steps
from generator.model.programme import Programme
from generator.readers.load import load
from generator.readers.source_file import Source, read_source

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(__file__).resolve().parent / "cases"
CATALOGUE = Catalogue()


def stem(code: str) -> str:
    """How test files about a programme are named: ``<province>-<programme>``."""
    return code.replace("/", "-")


@cache
def common_rules() -> CommonRules:
    return CATALOGUE.common_rules()


@cache
def example(code: str) -> Source:
    """The programme's example as it was read."""
    return read_source(ROOT / "data" / f"{stem(code)}.yaml")


@dataclass(frozen=True)
class Change:
    """What is done to an example; paths name what its file says, as ``members[3].chain``.

    Attributes:
        set: new values by path; groups on the way are made where they are not there.
        remove: paths of what is taken out.
        append: items added to lists, by the list's path.
    """

    set: Mapping[str, Any]
    remove: tuple[str, ...] = ()
    append: Mapping[str, Any] | None = None

    def of(self, source: Source) -> Source:
        root: Node | None = source.root
        for path, value in self.set.items():
            root = _edited(root, _flat(path), partial(_value, value))
        for path, items in (self.append or {}).items():
            root = _edited(root, _flat(path), partial(_longer, items))
        # From the end, so that the indexes of what is still to be removed stand.
        for path in sorted(self.remove, key=_flat_key, reverse=True):
            root = _edited(root, _flat(path), _nothing)
        if not isinstance(root, Entries):
            raise TypeError("an example is a map")
        return replace(source, root=root)


def removed(*paths: str) -> Change:
    return Change({}, paths)


@cache
def _known() -> dict[str, Programme]:
    return CATALOGUE.all()


@cache
def untouched(code: str) -> Mapping[str, Finding]:
    """The findings of the example as it is, by rule."""
    return findings(code)


def findings(code: str, change: Change | None = None) -> dict[str, Finding]:
    """The findings of the example, changed or as it is, by rule."""
    source = example(code) if change is None else change.of(example(code))
    programme = CATALOGUE.load(code)
    dataset = load(source, programme, known=_known())
    return {finding.rule: finding for finding in judge(dataset, programme, common_rules())}


def _flat(path: str) -> list[str | int]:
    flat: list[str | int] = []
    for name, index in steps(path):
        flat.append(name)
        if index:
            flat.append(int(index))
    return flat


def _flat_key(path: str) -> list[tuple[bool, str | int]]:
    return [(isinstance(step, str), step) for step in _flat(path)]


def _tree(value: Any, place: Place) -> Node:
    """A value of a case file as the tree of a data file."""
    if isinstance(value, dict):
        return Entries(
            tuple(Entry(str(key), place, _tree(item, place)) for key, item in value.items()), place
        )
    if isinstance(value, list):
        return Items(tuple(_tree(item, place) for item in value), place)
    return Scalar(str(value), place)


def _value(value: Any, node: Node) -> Node:
    return _tree(value, node.place)


def _nothing(_: Node) -> None:
    return None


def _longer(items: list[Any], node: Node) -> Node:
    if not isinstance(node, Items):
        raise KeyError("not a list")
    return Items((*node.items, *(_tree(item, node.place) for item in items)), node.place)


def _edited(node: Node | None, path: list[str | int], edit: Callable[[Node], Node | None]) -> Node | None:
    """The tree with the node at a path edited; without it where the edit gives None."""
    if node is None:
        return None
    if not path:
        return edit(node)
    key, rest = path[0], path[1:]
    if isinstance(key, int):
        if not isinstance(node, Items) or key >= len(node.items):
            raise KeyError(f"no item {key}")
        changed = [_edited(item, rest, edit) if at == key else item for at, item in enumerate(node.items)]
        return Items(tuple(item for item in changed if item is not None), node.place)
    if not isinstance(node, Entries):
        raise KeyError(f"nothing that could hold {key}")
    entries = list(node.entries)
    if all(entry.key != key for entry in entries):
        entries.append(Entry(key, node.place, Entries((), node.place)))
    edited = [
        (entry, _edited(entry.node, rest, edit) if entry.key == key else entry.node) for entry in entries
    ]
    return Entries(
        tuple(Entry(entry.key, entry.place, child) for entry, child in edited if child is not None),
        node.place,
    )


def cases(code: str) -> dict[str, Any]:
    """The case file of a programme; every scalar is text."""
    import yaml

    path = CASES / f"{stem(code)}.yaml"
    if not path.is_file():
        return {"example": {}, "cases": []}
    found: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 (texts only)
    return {"example": found.get("example") or {}, "cases": found.get("cases") or []}


def change_of(case: Mapping[str, Any]) -> Change:
    return Change(case.get("set") or {}, tuple(case.get("remove") or ()), case.get("append"))

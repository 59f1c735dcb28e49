"""Laying a filing over the base data, and spelling out groups that were stated as none."""

from __future__ import annotations

from msgspec.structs import replace

from generator.base.tree import (
    Entries,
    Entry,
    Items,
    Node,
    Scalar,
)
from generator.model.consortium import Delegate, Passage
from generator.model.fields import FieldSpec, Part
from generator.model.value_kinds import Choice, Date, Flag, Year


def overlay(base: Entries, over: Entries, part: type[Part]) -> Entries:
    """The base with a filing's entries laid over it.

    Groups and maps merge entry by entry; values, lists and passages replace what was there. Both trees
    are in the model's terms.
    """
    specs = part.specs()
    merged = {entry.key: entry for entry in base}
    for entry in over:
        below = merged.get(entry.key)
        node = _merged(below.node, entry.node, specs[entry.key]) if below else entry.node
        merged[entry.key] = Entry(entry.key, entry.place, node)
    return Entries(tuple(merged[name] for name in specs if name in merged), base.place)


def _merged(base: Node, over: Node, spec: FieldSpec) -> Node:
    if not isinstance(base, Entries) or not isinstance(over, Entries):
        return over
    if spec.shape == "map":
        ids = {entry.key: entry for entry in base} | {entry.key: entry for entry in over}
        return Entries(tuple(ids.values()), over.place)
    if spec.part is None or issubclass(spec.part, Passage):
        return over
    return overlay(base, over, spec.part)


def spell_out_none(tree: Entries, part: type[Part]) -> Entries:
    """The tree with each group that was stated as none (``无``) turned into fields stated as none.

    So a form prints 无 in each of the group's cells. A delegate stated as none is no delegate: the
    legal representative signs.
    """
    specs = part.specs()
    kept = []
    for entry in tree:
        spec = specs[entry.key]
        node = _spelled(entry.node, spec)
        if node is not None:
            kept.append(replace(entry, node=node))
    return Entries(tuple(kept), tree.place)


def _spelled(node: Node, spec: FieldSpec) -> Node | None:
    if spec.part is None:
        return node
    if isinstance(node, Items):
        items = (
            spell_out_none(item, spec.part) if isinstance(item, Entries) else item for item in node.items
        )
        return Items(tuple(items), node.place)
    if isinstance(node, Entries):
        return node if spec.shape == "map" else spell_out_none(node, spec.part)
    return None if issubclass(spec.part, Delegate) else _none(node, spec.part)


def _none(node: Scalar, part: type[Part]) -> Entries:
    entries = []
    for name, spec in part.specs().items():
        if spec.shape != "one":
            value: Node = Items((), node.place) if spec.shape == "list" else Entries((), node.place)
        elif spec.part is not None:
            value = _none(node, spec.part)
        elif isinstance(spec.kind, (Choice, Date, Flag, Year)):
            continue
        else:
            value = Scalar("无", node.place)
        entries.append(Entry(name, node.place, value))
    return Entries(tuple(entries), node.place)

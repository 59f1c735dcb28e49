"""Reading every value by its kind, through the model; what cannot be read is left out and reported."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from generator.base.characters import BadValueError
from generator.base.tree import (
    Entries,
    Entry,
    Items,
    Node,
    Scalar,
    places,
    plain,
)
from generator.errors import Place
from generator.model.consortium import Consortium
from generator.model.fields import Part
from generator.readers.translate import Translator, shortened


def validated(
    tree: Entries, model: type[Part], translator: Translator, missing: Place
) -> tuple[Consortium, Entries]:
    """The consortium that a tree describes, and the tree without its wrong values.

    A consortium without a name gets the empty one, so that what else it has can be judged; the problem
    is recorded.

    Args:
        tree: the data in the model's terms.
        model: the programme's model.
        translator: takes the problems.
        missing: where the name should stand.
    """
    if tree.get("name") is None and not any(problem.path == "name" for problem in translator.problems):
        translator.wrong("name", missing, "没有填写", "写上全称，这是唯一必填的字段")
    try:
        return _validate(tree, model), tree
    except ValidationError as error:
        wrong = _record(error, tree, translator)
    tree = _without(tree, wrong)
    return _validate(tree, model), tree


def _validate(tree: Entries, model: type[Part]) -> Consortium:
    content: Any = plain(tree)
    found: Any = model.model_validate({"name": "", **content})
    return found  # type: ignore[no-any-return]


def _record(error: ValidationError, tree: Entries, translator: Translator) -> frozenset[str]:
    """Record each wrong value; returns their paths."""
    nodes = dict(_nodes(tree))
    known = dict(places(tree))
    found = []
    for fault in error.errors():
        path = ""
        for step in fault["loc"]:
            path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
        reason = fault.get("ctx", {}).get("error")
        if not isinstance(reason, BadValueError) or path not in nodes:
            # The tree has the model's shape by now: anything else is a fault of this program.
            raise error
        node = nodes[path]
        value = f"的值{shortened(node.text)}" if isinstance(node, Scalar) else ""
        translator.wrong(path, known[path], f"{value}{reason.what}", reason.remedy)
        found.append(path)
    return frozenset(found)


def _nodes(node: Node, path: str = "") -> list[tuple[str, Node]]:
    found = [(path, node)]
    if isinstance(node, Items):
        for at, item in enumerate(node.items):
            found += _nodes(item, f"{path}[{at}]")
    elif isinstance(node, Entries):
        for entry in node:
            found += _nodes(entry.node, f"{path}.{entry.key}" if path else entry.key)
    return found


def _without(node: Entries, wrong: frozenset[str]) -> Entries:
    """The tree without the values at these exact paths; list items behind a wrong one move up."""

    def pruned(node: Node, path: str) -> Node:
        if isinstance(node, Items):
            items = [(f"{path}[{at}]", item) for at, item in enumerate(node.items)]
            return Items(tuple(pruned(item, here) for here, item in items if here not in wrong), node.place)
        if isinstance(node, Entries):
            return pruned_group(node, path)
        return node

    def pruned_group(node: Entries, path: str) -> Entries:
        pairs = [(f"{path}.{entry.key}" if path else entry.key, entry) for entry in node]
        kept = [
            Entry(entry.key, entry.place, pruned(entry.node, here))
            for here, entry in pairs
            if here not in wrong
        ]
        return Entries(tuple(kept), node.place)

    return pruned_group(node, "")

"""The tree that a data file is read into before it means anything: texts, lists and maps with their places.

YAML and workbooks both become this tree, so that everything after reading is the same for both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from generator.errors import Place

TOLD_ELSEWHERE: Final = ("", "")


class Scalar(Struct, frozen=True):
    """One value as text.

    Attributes:
        text: the value as written.
        place: where it stands.
        absent: the key or cell is there, but nothing (or null) stands in it.
        fault: why the value cannot be read from the file, and the remedy; ``text`` then only shows what is there.
            ``TOLD_ELSEWHERE`` where the message stands at the root of the fault, as a header with an unknown unit.
    """

    text: str
    place: Place
    absent: bool = False
    fault: tuple[str, str] | None = None


class Items(Struct, frozen=True):
    """A list."""

    items: tuple[Node, ...]
    place: Place


class Entry(Struct, frozen=True):
    """One key of a map with its value."""

    key: str
    place: Place
    node: Node


class Entries(Struct, frozen=True):
    """A map, its keys in the file's order and unique."""

    entries: tuple[Entry, ...]
    place: Place

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def get(self, *keys: str) -> Node | None:
        """The value of the first entry that has one of the keys."""
        return next((entry.node for entry in self.entries if entry.key in keys), None)


Node = Scalar | Items | Entries


def plain(node: Node) -> object:
    """The tree as dicts, lists and texts, without places; absent values are None."""
    if isinstance(node, Scalar):
        return None if node.absent else node.text
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return {entry.key: plain(entry.node) for entry in node}


def scalars(node: Node) -> Iterator[Scalar]:
    """Every text of a tree, keys among them, in the file's order."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Items):
        for item in node.items:
            yield from scalars(item)
    else:
        for entry in node:
            yield Scalar(entry.key, entry.place)
            yield from scalars(entry.node)


def places(node: Node, path: str = "") -> Iterator[tuple[str, Place]]:
    """Every node's place by its path in the file, as ``conditions[2].quote``."""
    yield path, node.place
    if isinstance(node, Items):
        for at, item in enumerate(node.items):
            yield from places(item, f"{path}[{at}]")
    elif isinstance(node, Entries):
        for entry in node:
            yield from places(entry.node, f"{path}.{entry.key}" if path else entry.key)

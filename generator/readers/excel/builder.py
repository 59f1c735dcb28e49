"""Building a workbook's tree from cells that come in any order: groups and lists to fill, then to freeze."""

from __future__ import annotations

import re

from msgspec import Struct, field

from generator.base.tree import (
    Entries,
    Entry,
    Items,
    Node,
    Scalar,
)
from generator.errors import Place
from generator.model.notices import Notice, Sort
from generator.readers.excel.layout import JOIN

_STEP = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_INDEX = re.compile(r"\[([^\[\]]*)\]")
_MAX_ITEMS = 10_000


class GroupBuilder(Struct):
    """A group that is being put together.

    Attributes:
        place: where it stands.
        held: what it holds so far by key.
        more: entries to add after these: faults, and second values of one key.
        notices: the notices of the whole file; used in its root group only.
    """

    place: Place
    held: dict[str, Node | GroupBuilder | ListBuilder] = field(default_factory=dict)
    more: list[Entry] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def put(self, steps: list[str], node: Node) -> None:
        """Put a value at a path of names; a second value at one path is kept for the loader to refuse."""
        here = self
        for step in steps[:-1]:
            below = here.held.get(step)
            if below is None:
                below = here.held[step] = GroupBuilder(node.place)
            if not isinstance(below, GroupBuilder):
                if not is_blank(node):
                    here.more.append(Entry(step, node.place, node))
                return
            here = below
        last = steps[-1]
        if last in here.held and is_blank(node):
            return
        if last in here.held and not is_blank(here.held[last]):
            here.more.append(Entry(last, node.place, node))
        else:
            here.held[last] = node

    def fault(self, place: Place, what: str, remedy: str) -> None:
        """Record a fault that belongs to no field."""
        self.more.append(Entry("", place, Scalar("", place, fault=(what, remedy))))

    def tell(self, sort: Sort, place: Place, text: str) -> None:
        """Record a notice: worth knowing, though nothing is wrong."""
        self.notices.append(Notice(sort, text, place))

    def frozen(self) -> Entries:
        """The group as an immutable part of the tree."""
        entries = [Entry(key, value.place, freeze(value)) for key, value in self.held.items()]
        return Entries((*entries, *self.more), self.place)


class ListBuilder(Struct):
    """A list that is being put together."""

    place: Place
    items: list[Node | GroupBuilder] = field(default_factory=list)


def freeze(value: Node | GroupBuilder | ListBuilder) -> Node:
    """What was built, as an immutable part of the tree."""
    if isinstance(value, GroupBuilder):
        return value.frozen()
    if isinstance(value, ListBuilder):
        return Items(tuple(freeze(item) for item in value.items), value.place)
    return value


def split_path(text: str) -> list[str | int] | None:
    """A path as written in a cell: names parted by ``.``, or else by ``·``, indexes from 0 in brackets.

    An index that is no number names an item by its name. None where the text is no path.
    """
    found: list[str | int] = []
    dotted = _pieces(text.strip(), ".")
    for piece in dotted if len(dotted) > 1 else _pieces(text.strip(), JOIN):
        match = _STEP.fullmatch(piece.strip())
        if not match:
            return None
        found.append(match[1].strip())
        found.extend(
            int(index) if index.isascii() and index.isdigit() else f"[{index}]"
            for index in _INDEX.findall(match[2])
        )
    return found


def _pieces(text: str, separator: str) -> list[str]:
    """A text split at a separator outside brackets."""
    pieces, depth, start = [], 0, 0
    for at, char in enumerate(text):
        depth += (char == "[") - (char == "]")
        if char == separator and depth == 0:
            pieces.append(text[start:at])
            start = at + 1
    return [*pieces, text[start:]]


def name_of(item: Node | GroupBuilder) -> str:
    """The name of a list's item; empty where it has none."""
    value = item.held.get("name") if isinstance(item, GroupBuilder) else None
    return value.text.strip() if isinstance(value, Scalar) and not value.absent else ""


def is_blank(value: Node | GroupBuilder | ListBuilder) -> bool:
    """Whether a value says nothing yet."""
    if isinstance(value, GroupBuilder):
        return not value.more and all(is_blank(below) for below in value.held.values())
    if isinstance(value, ListBuilder):
        return not value.items
    return isinstance(value, Scalar) and value.absent and value.fault is None


def put_at(root: GroupBuilder, path: list[str | int], node: Node) -> str:
    """Put a value at a path with indexes; returns what is wrong with the path, empty if nothing."""
    here: GroupBuilder | ListBuilder = root
    for at, step in enumerate(path):
        following = path[at + 1] if at + 1 < len(path) else None
        in_list = isinstance(following, int) or (isinstance(following, str) and following.startswith("["))
        fresh: Node | GroupBuilder | ListBuilder = (
            node if following is None else ListBuilder(node.place) if in_list else GroupBuilder(node.place)
        )
        if isinstance(here, GroupBuilder):
            if not isinstance(step, str):
                return "方括号前要写字段名"
            found = here.held.get(step)
            if found is not None and is_blank(found):
                found = None
            if found is None:
                here.held[step] = found = fresh
            elif following is None:
                here.more.append(Entry(step, node.place, node))
        else:
            wrong = _item(here, step, fresh)
            if isinstance(wrong, str):
                return wrong
            found = wrong
        if following is not None:
            if not isinstance(found, (GroupBuilder, ListBuilder)):
                return "上一级已经填了别的内容"
            here = found
    return ""


def _item(
    here: ListBuilder, step: str | int, fresh: Node | GroupBuilder | ListBuilder
) -> Node | GroupBuilder | str:
    """A list's item by number or name, made where it is the next one."""
    if isinstance(fresh, ListBuilder):
        return "列表里不能直接再有列表"
    if isinstance(step, str):
        named = [item for item in here.items if name_of(item) == step[1:-1]]
        return named[0] if len(named) == 1 else f"没有找到名称为“{step[1:-1]}”的一项"
    if step < len(here.items):
        return here.items[step]
    if step > len(here.items) or step >= _MAX_ITEMS:
        return f"前面缺少第 {len(here.items) + 1} 项（方括号里的序号从 0 数起，要连续）"
    here.items.append(fresh)
    return fresh

"""A programme's file as the rows of its workbook, and the rows as the file.

What no cell can hold stands in the sheet 其他, by its path: whatever the file says comes back from the workbook.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from msgspec import Struct, field

from generator.base.tree import Entries, Entry, Items, Node, Scalar, plain
from generator.errors import Place, Problem
from generator.model.chinese_paths import chinese, english
from generator.model.programme_book.cells import LONGEST, Vocabulary, decode, encode
from generator.model.programme_book.layout import (
    BLOCKS,
    KEY,
    SECOND,
    TWO_PATHS,
    VALUE,
    Block,
    Code,
    Kind,
)

# What a figure has besides its operation, which is a key of its own in the file.
_OF_FIGURE: Final = ("title", "unit", "where", "last")
_TRUE, _FALSE = (
    frozenset({"true", "yes", "on", "1", "y", "t", "是"}),
    frozenset({"false", "no", "off", "0", "n", "f", "否"}),
)
_STEP = re.compile(r"([^.\[\]]+)((?:\[\d+\])*)")
_REMEDY: Final = "按这一列的说明改正"


class Cell(Struct, frozen=True):
    """One cell that holds something."""

    text: str
    place: Place


Row = dict[str, Cell]


class Rows(Struct):
    """The rows of one block; of pairs one row, its cells by the items' keys.

    Attributes:
        block: the block.
        rows: the cells of each row by their columns' keys.
        place: where the block stands.
    """

    block: Block
    place: Place
    rows: list[Row] = field(default_factory=list)


def canonical(content: Mapping[str, Any]) -> dict[str, Any]:
    """A file's content with one way of writing what can be written in two: yes and no, lists of one path."""
    found = copy.deepcopy(dict(content))
    for figure in (found.get("figures") or {}).values():
        for name, value in list(figure.items()) if isinstance(figure, dict) else ():
            if name not in _OF_FIGURE and isinstance(value, list) and len(value) == 1:
                figure[name] = value[0]
    for block in BLOCKS:
        for item in _items(block, found):
            for column in block.columns:
                owner, name = _owner(item, column.key)
                if owner is None or name not in owner:
                    continue
                if column.code is Code.FLAG:
                    owner[name] = _flag(owner[name])
                elif column.code is Code.CRITERIA and isinstance(owner[name], dict):
                    owner[name] = {field: _wanted(wanted) for field, wanted in owner[name].items()}
                elif column.code in {Code.LIST, Code.PATHS} and isinstance(owner[name], str):
                    owner[name] = [owner[name]]
    return found


def _flag(value: Any) -> Any:
    text = str(value).lower()
    return "true" if text in _TRUE else "false" if text in _FALSE else value


def _wanted(wanted: Any) -> Any:
    if isinstance(wanted, dict):
        return {
            operator: ("是" if _flag(value) == "true" else "否") if operator == "given" else _wanted(value)
            for operator, value in wanted.items()
        }
    return wanted[0] if isinstance(wanted, list) and len(wanted) == 1 else wanted


def _items(block: Block, content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The maps whose keys a block's columns name."""
    if block.kind is Kind.PAIRS:
        yield content  # type: ignore[misc]  # a dict, as the file is read
        return
    owner, name = _owner(content, block.path.split(".")[0] if block.kind is Kind.NESTED else block.path)
    value = (owner or {}).get(name)
    if block.kind is Kind.MAP and isinstance(value, dict):
        yield from (item for item in value.values() if isinstance(item, dict))
    elif block.kind is Kind.LIST and isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))
    elif block.kind is Kind.NESTED and isinstance(value, list):
        for item in value:
            below = item.get(block.path.split(".")[1]) if isinstance(item, dict) else None
            yield from (one for one in below or () if isinstance(one, dict))


def _owner(item: Mapping[str, Any], key: str) -> tuple[dict[str, Any] | None, str]:
    """The map that holds a dotted key, and its last name; None where it is not there."""
    *groups, name = key.split(".")
    owner: Any = item
    for group in groups:
        owner = owner.get(group) if isinstance(owner, dict) else None
    return (owner if isinstance(owner, dict) else None), name


def rows_of(content: Mapping[str, Any]) -> list[Rows]:
    """The rows of every block; what no cell of theirs can hold stands in the last, by its path.

    Args:
        content: the programme as its file has it, as dicts, lists and texts.

    Raises:
        ValueError: a text is longer than a cell can be; the text (Chinese) names its place.
    """
    content = canonical(content)
    words = Vocabulary(content)
    nowhere = Place("")
    found = []
    for block in BLOCKS[:-1]:
        rows = list(_rows(block, content, words))
        # An item of which no cell can hold anything would be no row, and those after it would move up.
        found.append(Rows(block, nowhere, rows if all(rows) else []))
    again, _ = content_of(found, words)
    kept = dict(leaves(plain(again)))
    rest = {path: text for path, text in leaves(content) if kept.get(path) != text}
    if too_long := next((path for path, text in rest.items() if len(text) > LONGEST), None):
        raise ValueError(f"“{too_long}”的文字太长，一个单元格放不下")
    last = [{KEY: Cell(path, nowhere), VALUE: Cell(text, nowhere)} for path, text in rest.items()]
    return [*found, Rows(BLOCKS[-1], nowhere, last)]


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a file's content, by its path."""
    if isinstance(node, dict):
        for name, below in node.items():
            yield from leaves(below, f"{path}.{name}" if path else str(name))
    elif isinstance(node, list):
        for at, below in enumerate(node):
            yield from leaves(below, f"{path}[{at}]")
    elif node is not None:
        yield path, str(node)


def _rows(block: Block, content: Mapping[str, Any], words: Vocabulary) -> Iterator[Row]:
    def row(item: Mapping[str, Any], **keys: str) -> Row:
        made = {name: Cell(text, Place("")) for name, text in keys.items() if text}
        for column in block.columns:
            owner, name = _owner(item, column.key)
            if owner is not None and column.key not in made and owner.get(name) not in (None, "", [], {}):
                text = encode(column, owner[name], item, words)
                if text is not None:
                    made[column.key] = Cell(text, Place(""))
        return made

    if block.kind in {Kind.PAIRS, Kind.LIST}:
        yield from (row(item) for item in _items(block, content))
    elif block.kind is Kind.NESTED:
        outer, inner = block.path.split(".")
        for item in content.get(outer) or ():
            for one in item.get(inner) or ():
                yield row(one, **{KEY: str(item.get("id") or "")})
    elif block.kind is Kind.MAP:
        for name, item in (content.get(block.path) or {}).items():
            yield row(_as_row(item), **{KEY: name})
    else:
        for name, value in (content.get(block.path) or {}).items():
            shown = chinese(words.model, name)
            if block.kind is Kind.TEXTS:
                yield row({VALUE: value}, **{KEY: shown})
            else:
                for option, texts in value.items():
                    yield row({VALUE: texts}, **{KEY: shown, SECOND: option})


def _as_row(figure: Mapping[str, Any]) -> dict[str, Any]:
    """A figure with its operation under a key of its own."""
    row = {name: value for name, value in figure.items() if name in _OF_FIGURE}
    for operation, looked_at in figure.items():
        if operation in _OF_FIGURE:
            continue
        row["operation"] = operation
        if (
            operation in TWO_PATHS
            and isinstance(looked_at, list)
            and len(looked_at) == len(("first", "second"))
        ):
            row["arguments"], row["other"] = [looked_at[0]], looked_at[1]
        else:
            row["arguments"] = looked_at
    return row


def content_of(found: Iterable[Rows], words: Vocabulary | None = None) -> tuple[Entries, list[Problem]]:
    """What the rows of a workbook say, as the tree of ``programme.yaml`` with the places of the cells.

    Args:
        found: the blocks that the workbook has.
        words: what names mean; by default it is read from the rows.

    Returns:
        The tree, and every cell that is not understood.
    """
    blocks = list(found)
    if words is None:
        first = _Building(Vocabulary({}))
        for rows in blocks:
            if rows.block.path in {"fields", "figures"}:
                first.block(rows)
        words = Vocabulary(_simple(first.content))
    building = _Building(words)
    for rows in blocks:
        building.block(rows)
    place = next((rows.place for rows in blocks), Place(""))
    return Entries(tuple(_entries(building.content)), Place(place.file)), building.problems


class _Building:
    """Builds the content out of rows."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words
        self.content: dict[str, Any] = {}
        self.problems: list[Problem] = []

    def block(self, rows: Rows) -> None:
        block = rows.block
        if not block.path and block.kind is Kind.TEXTS:
            for row in rows.rows:
                self.rest(row)
            return
        for at, row in enumerate(rows.rows):
            item = self.item(block, row)
            key = row[KEY].text.strip() if KEY in row else ""
            if block.kind is Kind.PAIRS:
                _merge(self.content, item)
            elif block.kind is Kind.LIST:
                owner, name = _made_owner(self.content, block.path)
                owner.setdefault(name, []).append(item)
            elif block.kind is Kind.NESTED:
                self.nested(block, key, row, item)
            elif not key:
                self.problems.append(
                    Problem(
                        f"“{block.title}”的第 {at + 1} 行没有填“{block.columns[0].title}”",
                        "补填，或删去这一行",
                        _place(row, rows),
                    )
                )
            elif block.kind is Kind.MAP:
                self.unique(block, key, row, self.content.setdefault(block.path, {}), _as_file(item))
            elif block.kind is Kind.TEXTS:
                name = english(self.words.model, key)
                self.unique(block, name, row, self.content.setdefault(block.path, {}), item.get(VALUE))
            else:
                options = self.content.setdefault(block.path, {}).setdefault(
                    english(self.words.model, key), {}
                )
                self.unique(block, _text(item.get(SECOND)), row, options, item.get(VALUE))

    def unique(self, block: Block, key: str, row: Row, owner: dict[str, Any], value: Any) -> None:
        if key in owner:
            what = f"“{block.title}”里的“{row[KEY].text}”写了两次"
            self.problems.append(Problem(what, "改成不同的，或删去一行", row[KEY].place))
        elif value is not None:
            owner[key] = value

    def item(self, block: Block, row: Row) -> dict[str, Any]:
        """A row's cells as the file has them; criteria last, as they hang on other cells."""
        item: dict[str, Any] = {}
        said: dict[str, Any] = {}
        for column in sorted(block.columns, key=lambda column: column.code is Code.CRITERIA):
            if column.key not in row or column.key == KEY:
                continue
            cell = row[column.key]
            try:
                value = decode(column, cell.text, said, self.words)
            except ValueError as error:
                self.problems.append(
                    Problem(
                        f"“{column.title}”的“{cell.text}”{error}"
                        if column.code is not Code.CRITERIA
                        else f"“{column.title}”：{error}",
                        _REMEDY,
                        cell.place,
                    )
                )
                continue
            said[column.key] = value
            owner, name = _made_owner(item, column.key)
            owner[name] = _placed(value, cell.place)
        # The columns' own order, whatever was read first.
        return {
            name: item[name]
            for name in dict.fromkeys([*(c.key.split(".")[0] for c in block.columns), *item])
            if name in item
        }

    def nested(self, block: Block, key: str, row: Row, item: dict[str, Any]) -> None:
        outer, inner = block.path.split(".")
        owner = next((one for one in self.content.get(outer, ()) if _text(one.get("id")) == key), None)
        if owner is None:
            place = next((cell.place for cell in row.values()), Place(""))
            what = (
                f"“{block.title}”里的“{key}”不是“{outer_title(outer)}”表里的编号"
                if key
                else f"“{block.title}”有一行没有填“{block.columns[0].title}”"
            )
            self.problems.append(Problem(what, f"改成“{outer_title(outer)}”表里的编号", place))
            return
        owner.setdefault(inner, []).append(item)

    def rest(self, row: Row) -> None:
        """Put one item of the sheet of all others at its path."""
        path, value = row.get(KEY), row.get(VALUE)
        if path is None or value is None:
            return
        owner: Any = self.content
        steps: list[str | int] = []
        for name, indexes in _STEP.findall(path.text):
            steps += [name, *(int(index) for index in re.findall(r"\d+", indexes))]
        try:
            for step, after in pairwise(steps):
                owner = _below(owner, step, [] if isinstance(after, int) else {})
            _below(owner, steps[-1], None)
            owner[steps[-1]] = Scalar(value.text, value.place)
        except (TypeError, IndexError, AttributeError):
            self.problems.append(
                Problem(f"“{path.text}”没有位置可放", "核对这一项的写法，或删去这一行", path.place)
            )


def outer_title(path: str) -> str:
    """What the sheet of a list is called."""
    return next(block.title for block in BLOCKS if block.path == path)


def _below(owner: Any, step: str | int, new: Any) -> Any:
    """What stands below a map or list; made where it is not there."""
    if isinstance(step, int):
        if not isinstance(owner, list):
            raise TypeError
        if step == len(owner):
            owner.append(new)
        return owner[step]
    if not isinstance(owner, dict):
        raise TypeError
    return owner.setdefault(step, new)


def _made_owner(item: dict[str, Any], key: str) -> tuple[dict[str, Any], str]:
    *groups, name = key.split(".")
    for group in groups:
        item = item.setdefault(group, {})
    return item, name


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = value


def _as_file(row: Mapping[str, Any]) -> dict[str, Any]:
    """A figure with its operation as a key."""
    figure = {name: value for name, value in row.items() if name in _OF_FIGURE}
    looked_at, operation = row.get("arguments"), _text(row.get("operation"))
    if isinstance(looked_at, list) and "other" in row:
        looked_at = [*looked_at, row["other"]]
    if isinstance(looked_at, list) and len(looked_at) == 1:
        looked_at = looked_at[0]
    if operation or looked_at is not None:
        figure[operation or "（没有填算法）"] = looked_at
    title = {"title": figure.pop("title")} if "title" in figure else {}
    return {**title, **figure}


def _text(value: Any) -> str:
    return value.text if isinstance(value, Scalar) else ""


def _place(row: Row, rows: Rows) -> Place:
    return next((cell.place for cell in row.values()), rows.place)


def _placed(value: Any, place: Place) -> Any:
    if isinstance(value, dict):
        return {name: _placed(below, place) for name, below in value.items()}
    if isinstance(value, list):
        return [_placed(below, place) for below in value]
    return Scalar(str(value), place)


def _simple(value: Any) -> Any:
    """Built content as dicts, lists and texts."""
    if isinstance(value, dict):
        return {name: _simple(below) for name, below in value.items()}
    if isinstance(value, list):
        return [_simple(below) for below in value]
    return value.text if isinstance(value, Scalar) else value


def _entries(content: Mapping[str, Any]) -> Iterator[Entry]:
    for name, value in content.items():
        node = _node(value)
        yield Entry(name, node.place, node)


def _node(value: Any) -> Node:
    if isinstance(value, Scalar):
        return value
    if isinstance(value, list):
        items = tuple(_node(one) for one in value)
        return Items(items, items[0].place if items else Place(""))
    entries = tuple(_entries(value or {}))
    return Entries(entries, entries[0].place if entries else Place(""))

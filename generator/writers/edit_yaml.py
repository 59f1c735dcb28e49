"""Changing a YAML data file in place: every line that a change does not concern stays byte for byte.

The parser says where each value stands; a change replaces, adds or takes out that piece of the text.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, Final

import yaml
from msgspec import Struct
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from generator.base import tree as base_tree
from generator.base.text_files import decode
from generator.errors import Place
from generator.model.consortium import Passage
from generator.model.fields import FieldSpec
from generator.model.programme import Programme
from generator.readers.field_names import Position, fold
from generator.readers.filings import KEYS as FILING_KEYS
from generator.readers.source_file import Source
from generator.readers.translate import MapKeys, field_with_unit, says_none, says_nothing
from generator.readers.written import NONE, Written, in_filing, names_of
from generator.writers.changes import CannotEditError, Step, flat, nested
from generator.writers.starter import yaml_key
from generator.writers.yaml import scalar_lines

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_STEP: Final = 2
_SHORT: Final = 80


class _Link(Struct):
    """One step into the file: what holds a value, the key or number under which it stands, and the value."""

    holder: MappingNode | SequenceNode
    key: ScalarNode | None
    node: Node
    at: int = 0


class _Walk(Struct):
    """How far a path leads into the file.

    Attributes:
        links: the steps that are there.
        rest: the steps that are not.
        position: the group that the first missing step belongs to; at the end of the path, the last group.
        spec: the last field on the way.
    """

    links: list[_Link]
    rest: list[Step]
    position: Position
    spec: FieldSpec | None
    ids: MapKeys | None = None


class YamlFile:
    """A YAML data file that is being changed; each change works on the text that the former left.

    Args:
        source: the file.
        written: what it says to the programme.
        programme: the programme that it is edited for; None for the base data alone.
    """

    def __init__(self, source: Source, written: Written, programme: Programme | None) -> None:
        self._bom = codecs.BOM_UTF8 if source.data.startswith(codecs.BOM_UTF8) else b""
        self._text = decode(source.data, source.name)
        self._line_end = "\r\n" if "\r\n" in self._text else "\n"
        self._written = written
        self._programme = programme

    @property
    def data(self) -> bytes:
        """The file's bytes, with the changes."""
        return self._bom + self._text.encode()

    # ---- finding ----

    def _root(self) -> MappingNode:
        found = yaml.compose(self._text, Loader=_Loader)
        if not isinstance(found, MappingNode):
            raise CannotEditError("文件内容不是“字段名: 值”的形式")
        return found

    def _start(self, path: str) -> tuple[MappingNode, list[_Link]]:
        """The group that a path begins in: the file's own, or the programme's filing."""
        root = self._root()
        names = [name for name in flat(path) if isinstance(name, str)]
        if self._programme is None or not in_filing(self._written, names):
            return root, []
        return self._filing(root, self._programme)

    def _filing(self, root: MappingNode, programme: Programme) -> tuple[MappingNode, list[_Link]]:
        keys = frozenset(fold(key) for key in FILING_KEYS)
        wanted = names_of(programme.code, programme.title, programme.short_title)
        for key, value in root.value:
            if fold(key.value) in keys and isinstance(value, MappingNode):
                for code, filing in value.value:
                    if fold(code.value) in wanted and isinstance(filing, MappingNode):
                        return filing, []
                    if fold(code.value) in wanted:
                        self._replace_value(_Link(value, code, filing), ["{}"])
                        return self._filing(self._root(), programme)
                self._add(value, f"{yaml_key(programme.code)}: {{}}", None)
                return self._filing(self._root(), programme)
        self._add(root, f"{FILING_KEYS[1]}:", [f"{yaml_key(programme.code)}: {{}}"])
        return self._filing(self._root(), programme)

    def _walk(self, path: str) -> _Walk:
        here: Node
        here, links = self._start(path)
        found = _Walk(links, flat(path), self._written.position, None)
        done = ""
        while found.rest:
            step = found.rest[0]
            if isinstance(step, int):
                link = _item(here, step) if isinstance(here, SequenceNode) else None
                done += f"[{step}]"
            elif not isinstance(here, MappingNode):
                link = None
            elif found.ids is not None:
                link = _entry(here, partial(_is_id, found.ids, step))
                done += f".{step}"
                found.ids = None if link is not None else found.ids
            else:
                link, done = self._field(here, step, found, done)
            if link is None:
                break
            found.links.append(link)
            found.rest.pop(0)
            here = link.node
        return found

    def _field(self, here: MappingNode, name: str, found: _Walk, done: str) -> tuple[_Link | None, str]:
        position = found.position
        spec = position.part.specs().get(name)
        if spec is None:
            raise CannotEditError(f"没有“{name}”这个字段")
        link = _entry(here, lambda key: _means(position, key, spec))
        done = f"{done}.{name}" if done else name
        if link is not None:
            found.spec = spec
            if spec.part is not None:
                found.position = position.below(spec)
            if spec.shape == "map":
                found.ids = self._written.map_keys.get(done, MapKeys())
        return link, done

    # ---- changing ----

    def set_text(self, path: str, text: str, *, exact: bool = False) -> None:  # noqa: ARG002 (as for a workbook)
        """Set a text, or clear it where it is empty.

        Raises:
            CannotEditError: the file does not allow it.
        """
        walk = self._walk(path)
        spec = self._spec(walk)
        if walk.rest == ["text"] and issubclass(walk.position.part, Passage) and _is_bare(walk.links):
            # A bare text is the same as one under ``text``.
            walk.rest = []
        if not walk.rest:
            link = walk.links[-1]
            if not text:
                self._blank(link)
            elif isinstance(link.node, SequenceNode) or (
                spec.shape != "one" and spec.part is None and text != NONE
            ):
                self._set_list(link, text, spec)
            elif isinstance(link.node, MappingNode) and text != NONE:
                raise CannotEditError("这里写的是一组字段，不是一个值")
            else:
                self._replace_value(link, self._scalar(link, text))
        elif text:
            self._set_new(walk, text)

    def _spec(self, walk: _Walk) -> FieldSpec:
        """The declaration of the field that a path ends at."""
        spec, position = walk.spec, walk.position
        in_map = walk.ids is not None
        for step in walk.rest:
            if isinstance(step, int):
                continue
            if in_map:
                in_map = False
                continue
            spec = position.part.specs().get(step)
            if spec is None:
                raise CannotEditError(f"没有“{step}”这个字段")
            if spec.part is not None:
                position = position.below(spec)
            in_map = spec.shape == "map"
        if spec is None:
            raise CannotEditError("没有这个字段")
        return spec

    def _set_new(self, walk: _Walk, text: str) -> None:
        """Set a text for which the file has no place yet."""
        last = walk.links[-1] if walk.links else None
        spec = self._spec(walk)
        several = spec.shape != "one" and spec.part is None and text != NONE
        value: Any = text.split("\n") if several else text
        if (
            last is not None
            and _is_bare(walk.links)
            and issubclass(walk.position.part, Passage)
            and len(walk.rest) == 1
        ):
            value = {"text": getattr(last.node, "value", ""), str(walk.rest[0]): text}
            walk.rest = []
        for at in range(len(walk.rest) - 1, 0, -1):
            step = walk.rest[at]
            if isinstance(step, int):
                if step:
                    raise CannotEditError("前面缺少一项")
                value = [value]
            else:
                value = {step: value}
        if last is None or isinstance(last.node, MappingNode):
            holder = last.node if last is not None and isinstance(last.node, MappingNode) else None
            top = holder or self._start(_dotted(walk.rest))[0]
            self._add_field(top, walk, value)
            return
        if not isinstance(last.node, ScalarNode) or isinstance(walk.rest[0] if walk.rest else "", int):
            raise CannotEditError("这里写的是列表")
        tree = {str(walk.rest[0]): value} if walk.rest else value
        self._put_tree(last, tree, walk)

    def _add_field(self, holder: MappingNode, walk: _Walk, value: Any) -> None:
        name, in_map = str(walk.rest[0]), walk.ids is not None
        spec = None if in_map else walk.position.part.specs()[name]
        after = _predecessor(holder, walk.position, spec) if spec is not None else None
        if holder.flow_style:
            key = yaml_key(self._key(holder, walk.position, spec) if spec is not None else name)
            below = (
                walk.position
                if in_map
                else walk.position.below(spec)
                if spec is not None and spec.part is not None
                else None
            )
            self._add(holder, f"{key}: {self._flow(value, below)}", None, after)
            return
        indent = " " * _column(holder)
        first, *rest = self._pair(indent, name, value, walk.position, in_map=in_map, holder=holder)
        self._add(holder, first[len(indent) :], [line.removeprefix(indent) for line in rest], after, raw=True)

    def _put_tree(self, link: _Link, tree: Any, walk: _Walk) -> None:
        """Put a group in the place of a value that says nothing, or 无."""
        if link.holder.flow_style:
            self._replace_value(link, [self._flow(tree, walk.position)])
            return
        indent = " " * (_column(link.holder) + _STEP)
        lines = [
            line
            for name, value in tree.items()
            for line in self._pair(indent, name, value, walk.position, in_map=walk.ids is not None)
        ]
        self._replace_value(link, ["", *lines])

    def insert(self, path: str, at: int, rows: Sequence[Mapping[str, str]]) -> None:
        """Insert rows into a list before its row ``at``.

        Raises:
            CannotEditError: the file does not allow it.
        """
        walk = self._walk(path)
        trees = [nested(row) for row in rows]
        spec = self._spec(walk)
        if not walk.rest and isinstance(walk.links[-1].node, SequenceNode):
            node = walk.links[-1].node
            kept = _kept(node)
            if node.value and kept:
                self._insert_items(node, at, kept, trees, walk.position)
                return
            self._blank(walk.links[-1])
            walk = self._walk(path)
        if not walk.rest:
            link = walk.links[-1]
            if link.holder.flow_style:
                self._replace_value(link, [self._flow(trees, walk.position)])
            else:
                indent = " " * (_column(link.holder) + _STEP)
                self._replace_value(
                    link, ["", *(line for tree in trees for line in self._item(indent, tree, walk.position))]
                )
            return
        self._new_list(walk, trees, spec)

    def _new_list(self, walk: _Walk, trees: list[dict[str, Any]], spec: FieldSpec) -> None:
        if len(walk.rest) > 1 or any(isinstance(step, int) for step in walk.rest):
            value: Any = trees
            for at in range(len(walk.rest) - 1, 0, -1):
                step = walk.rest[at]
                if isinstance(step, int):
                    raise CannotEditError("前面缺少一项")
                value = {step: value}
        else:
            value = trees
        last = walk.links[-1] if walk.links else None
        if last is not None and not isinstance(last.node, MappingNode):
            self._put_tree(last, {str(walk.rest[0]): value}, walk)
            return
        holder = last.node if last is not None else None
        top = holder if isinstance(holder, MappingNode) else self._start(spec.name)[0]
        self._add_field(top, walk, value)

    def _insert_items(
        self, node: SequenceNode, at: int, kept: list[int], trees: list[dict[str, Any]], position: Position
    ) -> None:
        before = kept[at] if at < len(kept) else None
        if node.flow_style:
            texts = [self._flow(tree, position) for tree in trees]
            if before is not None:
                start = node.value[before].start_mark.index
                self._splice(start, start, "".join(f"{text}, " for text in texts))
            else:
                end = node.value[kept[-1]].end_mark.index
                self._splice(end, end, "".join(f", {text}" for text in texts))
            return
        indent = " " * node.start_mark.column
        as_flow = all(isinstance(item, MappingNode) and item.flow_style for item in node.value)
        blocks = [
            f"{indent}- {self._flow(tree, position)}"
            if as_flow
            else "\n".join(self._item(indent, tree, position))
            for tree in trees
        ]
        segments = self._segments(node)
        between = [self._text[end:start] for (_, end), (start, _) in pairwise(segments)]
        gap = "\n\n" if between and all(text.count("\n") > 1 for text in between) else "\n"
        if before is not None:
            start = segments[before][0]
            self._splice(start, start, "".join(f"{block}{gap}" for block in blocks))
        else:
            end = segments[kept[-1]][1]
            self._splice(end, end, "".join(f"{gap}{block}" for block in blocks))

    def delete(self, path: str, at: int) -> None:
        """Take a row out of a list, with the comments right above it; where it was the only one, the list is blank.

        What stands above the first row stays, as it may be about the whole list.

        Raises:
            CannotEditError: the file does not allow it.
        """
        link, node, kept = self._list(path, at)
        if len(node.value) == 1:
            self._blank(link)
            return
        which = kept[at]
        if node.flow_style:
            if which + 1 < len(node.value):
                self._splice(node.value[which].start_mark.index, node.value[which + 1].start_mark.index, "")
            else:
                self._splice(node.value[which - 1].end_mark.index, node.value[which].end_mark.index, "")
            return
        segments = self._segments(node)
        if which + 1 < len(segments):
            self._splice(segments[which][0], segments[which + 1][0], "")
        else:
            self._splice(segments[which - 1][1], segments[which][1], "")

    def move(self, path: str, at: int, to: int) -> None:
        """Move a row of a list so that it is row ``to`` afterwards.

        Raises:
            CannotEditError: the file does not allow it.
        """
        _, node, kept = self._list(path, max(at, to))
        if node.flow_style:
            segments = [(item.start_mark.index, item.end_mark.index) for item in node.value]
        else:
            segments = self._segments(node)
        order = list(range(len(segments)))
        slots = [kept[index] for index in range(len(kept))]
        moved = slots.copy()
        moved.insert(to, moved.pop(at))
        for slot, which in zip(slots, moved, strict=True):
            order[slot] = which
        pieces = [self._text[start:end] for start, end in segments]
        gaps = [self._text[end:start] for (_, end), (start, _) in pairwise(segments)]
        text = pieces[order[0]] + "".join(
            gap + pieces[which] for gap, which in zip(gaps, order[1:], strict=True)
        )
        self._splice(segments[0][0], segments[-1][1], text, as_is=True)

    def _list(self, path: str, at: int) -> tuple[_Link, SequenceNode, list[int]]:
        walk = self._walk(path)
        node = walk.links[-1].node if walk.links and not walk.rest else None
        kept = _kept(node) if isinstance(node, SequenceNode) else []
        if not isinstance(node, SequenceNode) or not 0 <= at < len(kept):
            raise CannotEditError("没有这一行")
        return walk.links[-1], node, kept

    # ---- text ----

    def _splice(self, start: int, end: int, text: str, *, as_is: bool = False) -> None:
        if not as_is and self._line_end != "\n":
            text = text.replace("\n", self._line_end)
        self._text = self._text[:start] + text + self._text[end:]

    def _line_start(self, at: int) -> int:
        return self._text.rfind("\n", 0, at) + 1

    def _end_of_line(self, at: int) -> int:
        found = self._text.find("\n", at)
        if found < 0:
            return len(self._text)
        return found - 1 if found > at and self._text[found - 1] == "\r" else found

    def _content_end(self, node: Node) -> int:
        """Where a value's own text ends, without what the parser counts to it: blank lines and comments after it."""
        start: int = node.start_mark.index
        end: int = node.end_mark.index
        if isinstance(node, ScalarNode):
            if node.style in {"|", ">"}:
                return start + len(self._text[start:end].rstrip())
            return end
        if not isinstance(node, (MappingNode, SequenceNode)) or node.flow_style or not node.value:
            return end
        last = node.value[-1]
        return self._content_end(last[1] if isinstance(node, MappingNode) else last)

    def _segments(self, node: SequenceNode) -> list[tuple[int, int]]:
        """The lines of each item of a block list: from the comments right above it to the end of its last line."""
        found: list[tuple[int, int]] = []
        column = node.start_mark.column
        after = node.start_mark.index
        for item in node.value:
            dash = self._dash(after, column)
            start = self._line_start(dash)
            least = found[-1][1] + 1 if found else start
            while start > least:
                above = self._line_start(start - 1)
                if above < least or not self._text[above:start].lstrip().startswith("#"):
                    break
                start = above
            end = self._end_of_line(max(self._content_end(item), dash + 1))
            found.append((start, end))
            after = end
        if self._text[found[0][0] : self._dash(node.start_mark.index, column)].strip():
            raise CannotEditError("列表与别的内容写在了同一行")
        return found

    def _dash(self, after: int, column: int) -> int:
        """The dash of the next item of a block list."""
        at = self._line_start(after)
        while at < len(self._text):
            end = self._end_of_line(at)
            line = self._text[at:end]
            if at + column >= after and line[:column].strip() == "" and line[column : column + 1] == "-":
                return at + column
            at = self._text.find("\n", end) + 1
            if at == 0:
                break
        raise CannotEditError("列表的写法不能自动改动")

    def _scalar(self, link: _Link, text: str) -> list[str]:
        if link.holder.flow_style:
            return [self._flow(text, None)]
        return scalar_lines(text, " " * (_column(link.holder) + _STEP))

    def _replace_value(self, link: _Link, lines: list[str]) -> None:
        """Put lines in the place of a value: the first after its key, the others below the key's line."""
        node, first = link.node, lines[0]
        start, end = node.start_mark.index, self._content_end(node)
        if isinstance(node, (MappingNode, SequenceNode)) and not node.flow_style:
            self._blank(link)
            key_end = link.key.end_mark.index if link.key else start
            start = end = self._text.index(":", key_end) + 1
        remark = ""
        if isinstance(node, ScalarNode) and node.style in {"|", ">"}:
            remark = _remark(self._text[start : self._end_of_line(start)])
        if start == end and first:
            first = f" {first}"
        line_end = self._end_of_line(end)
        tail = self._text[end:line_end]
        if start != end and not first:
            start -= len(self._text[:start]) - len(self._text[:start].rstrip(" "))
        body = "".join(f"\n{line}" for line in lines[1:])
        self._splice(start, line_end, f"{first}{remark}{tail}{body}")

    def _blank(self, link: _Link) -> None:
        """Take a value away and leave its key, with the comment behind it."""
        node = link.node
        if link.key is None:
            raise CannotEditError("列表的一项不能只清空")
        start, end = node.start_mark.index, self._content_end(node)
        if link.holder.flow_style:
            self._splice(start, end, "")
            return
        key_line = self._end_of_line(link.key.end_mark.index)
        if start > key_line:
            self._splice(key_line, self._end_of_line(end), "")
            return
        while start > 0 and self._text[start - 1] == " ":
            start -= 1
        if isinstance(node, ScalarNode) and node.style in {"|", ">"}:
            self._splice(start, end, _remark(self._text[node.start_mark.index : key_line]))
            return
        self._splice(start, end, "")

    def _set_list(self, link: _Link, text: str, spec: FieldSpec) -> None:
        """Set a list of texts, given as one text of a line each."""
        if spec.part is not None:
            raise CannotEditError("这里写的是列表")
        items = text.split("\n")
        if text == NONE:
            self._replace_value(link, [NONE])
            return
        block = isinstance(link.node, SequenceNode) and not link.node.flow_style
        if link.holder.flow_style or (not block and len(text) <= _SHORT):
            self._replace_value(link, [self._flow(items, None)])
            return
        indent = " " * (_column(link.holder) + _STEP)
        self._replace_value(link, ["", *self._items(indent, items)])

    def _add(
        self,
        holder: MappingNode,
        first: str,
        rest: list[str] | None,
        after: Node | None = None,
        *,
        raw: bool = False,
    ) -> None:
        """Add an entry to a group, after a value of it or at its end."""
        if holder.flow_style:
            if not holder.value:
                start = holder.start_mark.index + 1
                self._splice(start, start, first)
            else:
                end = self._content_end(after if after is not None else holder.value[-1][1])
                self._splice(end, end, f", {first}")
            return
        indent = " " * _column(holder)
        inner = indent if raw else indent + " " * _STEP
        body = "".join(f"\n{f'{inner}{line}' if line else ''}" for line in rest or ())
        end = self._end_of_line(self._content_end(after if after is not None else holder.value[-1][1]))
        self._splice(end, end, f"\n{indent}{first}{body}")

    # ---- making text ----

    def _key(self, holder: MappingNode | None, position: Position, spec: FieldSpec) -> str:
        """How a new field is named: in English beside English names, else in Chinese."""
        keys = [key.value for key, _ in holder.value] if holder is not None and holder.value else []
        keys = keys or [key.value for key, _ in self._root().value]
        if sum(key.isascii() for key in keys) * 2 >= len(keys):
            return spec.name
        found = position.find(spec.title)
        return spec.title if found is not None and found.name == spec.name else spec.name

    def _pair(
        self,
        indent: str,
        name: str,
        value: Any,
        position: Position,
        *,
        in_map: bool = False,
        holder: MappingNode | None = None,
    ) -> list[str]:
        """The lines of a field, or of an entry of a map, with its value."""
        if in_map:
            return self._lines(indent, yaml_key(name), value, position)
        spec = position.part.specs().get(name)
        if spec is None:
            raise CannotEditError(f"没有“{name}”这个字段")
        below = position.below(spec) if spec.part is not None else None
        key = yaml_key(self._key(holder, position, spec))
        if spec.shape == "map" and isinstance(value, dict):
            inner = indent + " " * _STEP
            lines = [
                line
                for id_, each in value.items()
                for line in self._lines(inner, yaml_key(str(id_)), each, below)
            ]
            return [f"{indent}{key}:", *lines]
        if spec.shape == "list" and spec.part is None and isinstance(value, str) and value != NONE:
            value = value.split("\n")
        return self._lines(indent, key, value, below)

    def _lines(self, indent: str, key: str, value: Any, position: Position | None) -> list[str]:
        """The lines of a key with its value."""
        inner = indent + " " * _STEP
        if isinstance(value, str):
            first, *rest = scalar_lines(value, inner)
            return [f"{indent}{key}: {first}", *rest]
        if isinstance(value, list):
            texts = [each for each in value if isinstance(each, str)]
            if texts and len("".join(texts)) <= _SHORT:
                return [f"{indent}{key}: {self._flow(texts, None)}"]
            if texts:
                return [f"{indent}{key}:", *self._items(inner, texts)]
            return [
                f"{indent}{key}:",
                *(line for each in value for line in self._item(inner, each, position)),
            ]
        if position is None:
            raise CannotEditError("这里只能写一个值")
        if not value:
            return [f"{indent}{key}: {{}}"]
        return [
            f"{indent}{key}:",
            *(line for name, each in value.items() for line in self._pair(inner, name, each, position)),
        ]

    def _items(self, indent: str, texts: list[str]) -> list[str]:
        return [f"{indent}- {scalar_lines(text, indent + '  ')[0]}" for text in texts]

    def _item(self, indent: str, tree: dict[str, Any], position: Position | None) -> list[str]:
        """The lines of one item of a list of groups."""
        if position is None:
            raise CannotEditError("这里只能写一个值")
        if not tree:
            return [f"{indent}- {{}}"]
        inner = indent + " " * _STEP
        lines = [line for name, value in tree.items() for line in self._pair(inner, name, value, position)]
        return [f"{indent}- {lines[0].lstrip(' ')}", *lines[1:]]

    def _flow(self, value: Any, position: Position | None) -> str:
        """A value on one line, within brackets."""
        if isinstance(value, str):
            lines = scalar_lines(value, "")
            return lines[0] if len(lines) == 1 else json.dumps(value, ensure_ascii=False)
        if isinstance(value, list):
            return f"[{', '.join(self._flow(each, position) for each in value)}]"
        pieces = []
        for name, each in value.items():
            spec = position.part.specs().get(name) if position is not None else None
            if position is None or spec is None:
                pieces.append(f"{yaml_key(name)}: {self._flow(each, position)}")
                continue
            if spec.shape == "list" and spec.part is None and isinstance(each, str) and each != NONE:
                each = each.split("\n")  # noqa: PLW2901 (the same value, as a list)
            below = position.below(spec) if spec.part is not None else None
            pieces.append(f"{yaml_key(self._key(None, position, spec))}: {self._flow(each, below)}")
        return f"{{{', '.join(pieces)}}}"


def _remark(line: str) -> str:
    """The comment at the end of a line that holds nothing else with a ``#``, with the blanks before it."""
    found = re.search(r"\s+#.*", line)
    return found[0] if found else ""


def _dotted(rest: Sequence[Step]) -> str:
    return ".".join(str(step) for step in rest if isinstance(step, str))


def _column(holder: MappingNode | SequenceNode) -> int:
    """The column in which a group's keys, or a list's dashes, stand."""
    if isinstance(holder, MappingNode) and holder.value:
        column: int = holder.value[0][0].start_mark.column
        return column
    start: int = holder.start_mark.column
    return start


def _is_bare(links: list[_Link]) -> bool:
    """Whether a path leads to a single text that says something."""
    return bool(links) and isinstance(links[-1].node, ScalarNode) and bool(links[-1].node.value.strip())


def _is_id(ids: MapKeys, id_: str, key: str) -> bool:
    return ids.means(key) == id_


def _entry(holder: MappingNode, is_it: Callable[[str], bool]) -> _Link | None:
    for key, value in holder.value:
        if is_it(key.value.strip()):
            return _Link(holder, key, value)
    return None


def _means(position: Position, key: str, spec: FieldSpec) -> bool:
    found = position.find(key)
    if found is None:
        with_unit = field_with_unit(key, position)
        found = with_unit[0] if with_unit else None
    return found is not None and found.name == spec.name


def _predecessor(holder: MappingNode, position: Position, spec: FieldSpec) -> Node | None:
    """The value of the last field of a group that the model has before a field; None where there is none."""
    order = list(position.part.specs())
    mine = order.index(spec.name)
    best: tuple[int, Node] | None = None
    for key, value in holder.value:
        found = position.find(key.value.strip())
        at = order.index(found.name) if found is not None else mine
        if at < mine and (best is None or at > best[0]):
            best = (at, value)
    return best[1] if best else None


def _kept(node: SequenceNode) -> list[int]:
    """Which items of a list count: those that say something."""
    items = [_as_tree(item) for item in node.value]
    if len(items) == 1 and says_none(items[0]):
        return []
    return [at for at, item in enumerate(items) if not says_nothing(item)]


def _item(node: SequenceNode, at: int) -> _Link | None:
    kept = _kept(node)
    if not 0 <= at < len(kept):
        return None
    return _Link(node, None, node.value[kept[at]], kept[at])


_NOWHERE: Final = Place("")


def _as_tree(node: Node) -> base_tree.Node:
    if isinstance(node, ScalarNode):
        absent = node.style is None and node.value in _NULLS
        return base_tree.Scalar(node.value, _NOWHERE, absent=absent)
    if isinstance(node, SequenceNode):
        return base_tree.Items(tuple(map(_as_tree, node.value)), _NOWHERE)
    return base_tree.Entries(tuple(_pairs(node)), _NOWHERE)


def _pairs(node: Any) -> Iterator[base_tree.Entry]:
    for key, value in node.value:
        yield base_tree.Entry(key.value, _NOWHERE, _as_tree(value))

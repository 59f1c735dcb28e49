"""Reading YAML as a tree of texts with line numbers, without YAML's traps.

Every scalar stays text, so that ``no``, ``010`` and ``12:30:00`` mean what was written. Aliases, tags,
duplicate keys, several documents, deep nesting and huge values are refused with their line.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from generator.errors import DataError, Place, Problem
from generator.source import Entries, Entry, Items, Node, Scalar

MAX_FILE_BYTES = 8_000_000
MAX_DEPTH = 40
MAX_VALUE_CHARACTERS = 200_000
MAX_NODES = 400_000

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
# libyaml's own tags for plain and quoted text; anything else was written by hand.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def decode(data: bytes, name: str) -> str:
    """A file's text: UTF-8, with or without a byte order mark.

    Raises:
        DataError: the file is too large or in another encoding; says which, and how to save it.
    """
    if len(data) > MAX_FILE_BYTES:
        raise DataError(
            f"文件有 {len(data) / 1e6:.1f} MB，超过 {MAX_FILE_BYTES // 1_000_000} MB 的上限",
            "确认选对了文件，把长文本另存为文本文件后引用",
            Place(name),
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        encoding = "UTF-16"
    else:
        try:
            data.decode("gb18030")
        except UnicodeDecodeError:
            raise DataError(
                "文件不是文本文件，或已损坏", "用记事本打开核对，另存为 UTF-8 编码的文本", Place(name, line)
            ) from None
        encoding = "GBK（ANSI）"
    raise DataError(
        f"文件是 {encoding} 编码，不是 UTF-8",
        "用记事本打开，选“另存为”，编码选“UTF-8”，保存后重试",
        Place(name, line),
    )


@dataclass(slots=True)
class _Open:
    """A list or map that has begun and not ended."""

    place: Place
    is_map: bool
    items: list[Node] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    keys: dict[str, Place] = field(default_factory=dict)
    key: tuple[str, Place] | None = None


class _Reader:
    """Builds the tree from libyaml's events; collects problems that do not stop the reading."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.documents = 0
        self.nodes = 0

    def place(self, event: Event) -> Place:
        return Place(self.name, event.start_mark.line + 1 if event.start_mark else None)

    def stop(self, event: Event, what: str, remedy: str) -> DataError:
        return DataError(what, remedy, self.place(event))

    def feed(self, event: Event) -> None:
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise self.stop(
                    event, "一个文件里有多份 YAML 文档（“---”）", "每个文件只写一份数据，删去“---”"
                )
        elif isinstance(event, AliasEvent):
            raise self.stop(
                event, f"用了 YAML 别名“*{event.anchor}”，本程序不接受", "把被引用的内容直接写在这里"
            )
        elif isinstance(event, NodeEvent):
            self.node(event)
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            done = self.stack.pop()
            self.add(
                Entries(tuple(done.entries), done.place)
                if done.is_map
                else Items(tuple(done.items), done.place)
            )

    def node(self, event: NodeEvent) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.stop(event, f"文件里的值超过 {MAX_NODES} 个", "确认选对了文件")
        tag = getattr(event, "tag", None)
        if tag and tag != "!":
            self.problems.append(
                Problem(f"用了 YAML 标签“{tag}”，本程序不接受", "删去以“!”开头的标签", self.place(event))
            )
        if isinstance(event, ScalarEvent):
            self.scalar(event)
            return
        if self.stack and self.stack[-1].is_map and self.stack[-1].key is None:
            raise self.stop(event, "字段名不能是列表或一组字段", "把字段名写成“名称: 值”的样子")
        if len(self.stack) >= MAX_DEPTH:
            raise self.stop(event, f"嵌套超过 {MAX_DEPTH} 层", "按数据格式说明减少嵌套")
        self.stack.append(_Open(self.place(event), isinstance(event, MappingStartEvent)))

    def scalar(self, event: ScalarEvent) -> None:
        place = self.place(event)
        top = self.stack[-1] if self.stack else None
        if top is not None and top.is_map and top.key is None:
            self.key(top, event.value.strip(), place)
            return
        if len(event.value) > MAX_VALUE_CHARACTERS:
            self.problems.append(
                Problem(
                    f"这个值有 {len(event.value)} 个字符，超过 {MAX_VALUE_CHARACTERS} 个的上限",
                    "缩短内容，或把长文放在附件里",
                    place,
                )
            )
            self.add(Scalar("", place, absent=True))
            return
        absent = event.style in {None, ""} and event.value in _NULLS
        self.add(Scalar(event.value, place, absent=absent))

    def key(self, top: _Open, key: str, place: Place) -> None:
        if key == "<<":
            self.problems.append(Problem("用了 YAML 合并键“<<”，本程序不接受", "把内容直接写出来", place))
        elif key in top.keys:
            self.problems.append(
                Problem(f"字段“{key}”写了两次，第一次在第 {top.keys[key].line} 行", "只保留一处", place)
            )
        top.keys.setdefault(key, place)
        top.key = (key, place)

    def add(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if not top.is_map:
            top.items.append(node)
            return
        key, place = top.key or ("", node.place)
        top.key = None
        if top.keys.get(key) == place:
            top.entries.append(Entry(key, place, node))


_SYNTAX = (
    ("tab", "缩进用了制表符（Tab）", "把行首的制表符换成空格"),
    (
        "did not find expected key",
        "缩进或引号不对，这里应是“字段名: 值”",
        "核对这一行和上一行的缩进、引号和冒号",
    ),
    (
        "mapping values are not allowed",
        "这一行有多余的冒号，或缩进不对",
        "含冒号的值用引号括起来，并核对缩进",
    ),
    ("unexpected end", "引号或括号没有配对", "补上缺少的引号或括号"),
    ("could not find expected ':'", "字段名后缺少冒号和空格", "写成“字段名: 值”，冒号用半角，后面留一个空格"),
    ("control characters", "有控制字符", "删去这个看不见的字符后重新输入"),
)


def _syntax_error(error: yaml.YAMLError, name: str) -> DataError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark else None
    text = str(error)
    if isinstance(error, yaml.reader.ReaderError):
        line = None
        text = "control characters"
    what, remedy = next(
        ((what, remedy) for sign, what, remedy in _SYNTAX if sign in text),
        ("YAML 写法有误", "核对这一行和上一行的缩进、引号和冒号"),
    )
    return DataError(what, remedy, Place(name, line))


def read_yaml(data: bytes, name: str) -> Entries:
    """A YAML file as a tree.

    Args:
        data: the file's bytes.
        name: the file's name for messages.

    Raises:
        DataError: the file cannot be read, or is not a map; with every problem that could be found.
    """
    reader = _Reader(name)
    text = decode(data, name)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            reader.feed(event)
    except yaml.YAMLError as error:
        raise _syntax_error(error, name) from None
    if reader.problems:
        raise DataError("数据文件有误", problems=tuple(reader.problems))
    if reader.root is None or (isinstance(reader.root, Scalar) and reader.root.absent):
        raise DataError("文件是空的", "按数据格式说明填写，至少写上联合体名称", Place(name, 1))
    if not isinstance(reader.root, Entries):
        raise DataError(
            "文件内容不是“字段名: 值”的形式", "核对冒号是否为半角，冒号后是否有空格", Place(name, 1)
        )
    return reader.root

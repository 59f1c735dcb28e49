"""Reading YAML as a tree of texts with line numbers, without YAML's traps.

Every scalar stays text, so that ``no``, ``010`` and ``12:30:00`` mean what was written. Aliases, tags,
duplicate keys, several documents, deep nesting and huge values are refused with their line.
"""

from __future__ import annotations

import re

import yaml
from msgspec import Struct, field
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

from generator.base.characters import refused_character, visible
from generator.base.text_files import MAX_VALUE_CHARACTERS, decode
from generator.base.tree import (
    Entries,
    Entry,
    Items,
    Node,
    Scalar,
)
from generator.errors import DataError, Place, Problem

MAX_DEPTH = 40
MAX_NODES = 60_000
MAX_KEY_CHARACTERS = 200
MAX_PROBLEMS_OF_CHARACTERS = 20

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
# Characters that YAML 1.1 does not allow, and its line breaks U+0085, U+2028, U+2029, which would become spaces.
# What is refused, not what is allowed: a set that reaches beyond U+FFFF takes ten times as long to compile.
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_KEY = re.compile(r"""[\s\-?{\[]*["']?([^\s:：#"'{}\[\],][^:：\n"']{0,40}?)["']?\s*[:：]""")
_KEY_INSIDE = re.compile(r"""[{,]\s*["']?([^\s:：#"'{}\[\],]{1,40})["']?\s*:\s""")
_LOST_COMMENT = re.compile(r"[ \t]+#(?=[^\s#])")
# libyaml's parser where PyYAML was built with it: it is many times faster.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Open(Struct):
    """A list or map that has begun and not ended."""

    place: Place
    is_map: bool
    items: list[Node] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    keys: dict[str, Place] = field(default_factory=dict)
    key: tuple[str, Place] | None = None


class _Reader:
    """Builds the tree from libyaml's events; collects problems that do not stop the reading."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
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
        if isinstance(event, NodeEvent) and not isinstance(event, AliasEvent):
            self.node(event)
        elif isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise self.stop(
                    event, "一个文件里有多份 YAML 文档（“---”）", "每个文件只写一份数据，删去“---”"
                )
        elif isinstance(event, AliasEvent):
            raise self.stop(
                event,
                f"用了 YAML 别名“*{visible(str(event.anchor))}”，本程序不接受",
                "把被引用的内容直接写在这里",
            )
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
                Problem(
                    f"用了 YAML 标签“{visible(tag)}”，本程序不接受",
                    "删去这个标签；值本身以“!”开头的，用引号括起来",
                    self.place(event),
                )
            )
        if event.anchor:
            self.problems.append(
                Problem(
                    f"用了 YAML 锚点“&{visible(event.anchor)}”，本程序不接受",
                    "删去这个锚点；值本身以“&”开头的，用引号括起来",
                    self.place(event),
                )
            )
        if isinstance(event, ScalarEvent):
            self.scalar(event)
            return
        if self.stack and self.stack[-1].is_map and self.stack[-1].key is None:
            raise self.stop(event, "字段名不能是列表或一组字段", "把字段名写成“名称: 值”的样子")
        if len(self.stack) >= MAX_DEPTH:
            raise self.stop(event, *_TOO_DEEP)
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
                    f"{self.field(top)}有 {len(event.value)} 个字符，超过 {MAX_VALUE_CHARACTERS} 个的上限",
                    "缩短内容，或把长文放在附件里",
                    place,
                )
            )
            self.add(Scalar("", place, absent=True))
            return
        if event.style in {None, ""} and _LOST_COMMENT.match(self.text, _end(event)):
            self.problems.append(
                Problem(
                    f"{self.field(top)}后面的“#”起的文字会被 YAML 当作注释丢掉",
                    "用引号把整个值括起来；若确是注释，在“#”后留一个空格",
                    place,
                )
            )
        absent = event.style in {None, ""} and event.value in _NULLS
        self.add(Scalar(event.value, place, absent=absent))

    @staticmethod
    def field(top: _Open | None) -> str:
        """The field that is being read, for messages."""
        return f"“{visible(top.key[0])}”的值" if top and top.key else "这个值"

    def key(self, top: _Open, key: str, place: Place) -> None:
        if len(key) > MAX_KEY_CHARACTERS:
            raise DataError(
                f"字段名有 {len(key)} 个字符，超过 {MAX_KEY_CHARACTERS} 个的上限", "核对引号和冒号", place
            )
        if key == "<<":
            self.problems.append(Problem("用了 YAML 合并键“<<”，本程序不接受", "把内容直接写出来", place))
        elif key in top.keys:
            self.problems.append(
                Problem(
                    f"字段“{visible(key)}”写了两次，第一次在第 {top.keys[key].line} 行", "只保留一处", place
                )
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


def _end(event: Event) -> int:
    """Where an event's text ends, in characters of the file."""
    return event.end_mark.index if event.end_mark else 0


_COLON = "冒号是全角的“：”，YAML 只认半角的“:”"
_COLON_REMEDY = "把字段名后的冒号改为半角“:”，并在后面留一个空格"
_TOO_DEEP = (f"嵌套超过 {MAX_DEPTH} 层", "按数据格式说明减少嵌套")
_SYNTAX = (
    # libyaml looks ahead and has a bound of its own, so that it may stop before the reader is told of the depth.
    ("maximum nesting depth", *_TOO_DEEP),
    ("alphabetic or numeric character", "值不能以“&”或“*”开头", "用引号把整个值括起来"),
    ("tab", "缩进用了制表符（Tab）", "把行首的制表符换成空格"),
    (
        "mapping values are not allowed",
        "这一行有多余的冒号，或缩进不对",
        "把含冒号的值用引号括起来，并核对缩进",
    ),
    ("expected ',' or", "方括号或花括号没有配对", "补上缺少的括号，或改用每行一项的写法"),
    ("unexpected end", "引号或括号没有配对", "补上缺少的引号或括号"),
    (
        "did not find expected",
        "缩进或引号不对，这里应是“字段名: 值”",
        "核对这一行和上一行的缩进、引号和冒号",
    ),
    ("could not find expected ':'", "字段名后缺少冒号和空格", "写成“字段名: 值”，冒号用半角，后面留一个空格"),
    (
        "escape character",
        "双引号里的反斜杠“\\”后面不是 YAML 的转义字符",
        "把双引号改为单引号，或把“\\”写成“\\\\”",
    ),
    ("cannot start any token", "值不能以这个符号开头", "用引号把整个值括起来"),
    ("unexpected non-alphabetical", "行首不能是“%”", "用引号把整个值括起来"),
)
_LINES_BACK = 200
_SHOWN_WHERE_BEGUN = ("expected ',' or", "unexpected end", "could not find expected ':'")


def _field_before(text: str, offset: int) -> str:
    """The key that a place in the text belongs to, as well as it can be told without parsing."""
    end = offset
    for _ in range(_LINES_BACK):
        start = text.rfind("\n", 0, end) + 1
        match = _KEY.match(text, start, start + 200)
        if match:
            inside = list(_KEY_INSIDE.finditer(text, max(start, end - 2000), end))
            return f"“{visible(inside[-1][1] if inside else match[1])}”的值里"
        if start == 0:
            break
        end = start - 1
    return ""


def _syntax_error(error: yaml.MarkedYAMLError, text: str, name: str) -> DataError:
    """The parser's English error as a Chinese one, with its line and, as far as it can be told, the field."""
    words = error.problem or ""
    lines = text.split("\n")
    # Unclosed quotes and brackets, and keys without a colon, are best shown where they begin.
    begun = error.context_mark if any(sign in words for sign in _SHOWN_WHERE_BEGUN) else None
    mark = begun or error.problem_mark or error.context_mark
    line = mark.line if mark else 0
    here = lines[line] if line < len(lines) else ""
    if "Unicode character escape" in words and error.problem_mark:
        found = re.search(
            r"\\[uUx][0-9A-Fa-f]*", lines[error.problem_mark.line][error.problem_mark.column - 2 :]
        )
        escape = found[0] if found else ""
        return DataError(
            f"{_field_before(text, error.problem_mark.index)}有不成对的代理字符或不存在的字符"
            f"（{escape}，即 U+{escape[2:].upper()}）",
            "删去这个字符后重新输入",
            Place(name, error.problem_mark.line + 1),
        )
    for at in range(line, max(line - 3, -1), -1):
        if re.match(r"[\s\-]*[^\s:：#]{1,20}：", lines[at] if at < len(lines) else ""):
            return DataError(_COLON, _COLON_REMEDY, Place(name, at + 1))
    if "cannot start any token" in words and "\t" in here[: len(here) - len(here.lstrip())]:
        words = "tab"
    what, remedy = next(
        ((what, remedy) for sign, what, remedy in _SYNTAX if sign in words),
        ("YAML 写法有误", "核对这一行和上一行的缩进、引号和冒号"),
    )
    return DataError(what, remedy, Place(name, line + 1))


def _refused_characters(text: str, name: str) -> tuple[Problem, ...]:
    """What the parser could not carry, found before it reads: each with its field, code point and line."""
    problems: list[Problem] = []
    for match in _REFUSED.finditer(text):
        found = refused_character(match[0])
        what = found[1] if found else "不可用的字符"
        problems.append(
            Problem(
                f"{_field_before(text, match.start())}有{what}（U+{ord(match[0]):04X}），印不出来",
                "删去这个字符后重新输入",
                Place(name, text.count("\n", 0, match.start()) + 1),
            )
        )
        if len(problems) >= MAX_PROBLEMS_OF_CHARACTERS:
            break
    return tuple(problems)


def read_yaml(data: bytes, name: str) -> Entries:
    """A YAML file as a tree.

    Args:
        data: the file's bytes.
        name: the file's name for messages.

    Raises:
        DataError: the file cannot be read, or is not a map; with every problem that could be found.
    """
    text = decode(data, name)
    if refused := _refused_characters(text, name):
        raise DataError("数据文件有误", problems=refused)
    reader = _Reader(name, text)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            reader.feed(event)
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, text, name) from None
    if reader.problems:
        raise DataError("数据文件有误", problems=tuple(reader.problems))
    if reader.root is None or (isinstance(reader.root, Scalar) and reader.root.absent):
        raise DataError("文件是空的", "按数据格式说明填写，至少写上联合体名称", Place(name, 1))
    if not isinstance(reader.root, Entries):
        if isinstance(reader.root, Scalar) and "：" in reader.root.text:
            raise DataError(_COLON, _COLON_REMEDY, reader.root.place)
        raise DataError(
            "文件内容不是“字段名: 值”的形式", "核对冒号是否为半角，冒号后是否有空格", Place(name, 1)
        )
    return reader.root

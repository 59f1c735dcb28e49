"""Expressions as trees: to say them in a sentence, and to work out what they should answer, apart from CEL.

The part of CEL that conditions use: figures, whole numbers, texts, days, lists, comparisons, ``&&``, ``||``,
``!``, ``? :``, arithmetic, ``in``, the methods of texts, ``size``, ``getFullYear`` and the macros over lists.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from msgspec import Struct

from generator.conditions.literals import spell

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<number>\d+)|(?P<name>[A-Za-z_]\w*)"""
    r"""|(?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]]))"""
)
_LEVELS: Final = (("||",), ("&&",), ("==", "!=", "<", "<=", ">", ">=", "in"), ("+", "-"), ("*", "/", "%"))
COMPARISONS: Final = ("==", "!=", "<", "<=", ">", ">=")
MACROS: Final = ("all", "exists", "exists_one", "filter", "map")
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


class UnknownFormError(ValueError):
    """An expression that uses more of CEL than is understood here."""


class Node(Struct, frozen=True):
    """A part of an expression.

    Attributes:
        op: an operator, ``name``, ``value``, ``list``, ``call``, ``index`` or ``?``.
        args: its parts; of a call the object first.
        value: a literal's value; a name; the name of what is called.
    """

    op: str
    args: tuple[Node, ...] = ()
    value: Any = None

    def names(self) -> list[str]:
        """The names in it, in order, each once."""
        own = [self.value] if self.op == "name" else []
        return list(dict.fromkeys([*own, *(name for part in self.args for name in part.names())]))


def tree_of(text: str) -> Node:
    """An expression as a tree.

    Raises:
        UnknownFormError: it uses more of CEL than is understood here.
    """
    parser = _Parser(spell(text).text)
    node = parser.ternary()
    if parser.peek():
        raise UnknownFormError(text)
    return node


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at = 0
        text = text.rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise UnknownFormError(text)
            self.tokens.append((str(match.lastgroup), match[str(match.lastgroup)]))
            at = match.end()
        self.at = 0

    def peek(self) -> str:
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        return text if kind in {"sign", "name"} else kind and " "

    def take(self, *signs: str) -> str:
        """The next token where it is one of some signs, else nothing."""
        if self.peek() in signs:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return ""

    def expect(self, sign: str) -> None:
        if not self.take(sign):
            raise UnknownFormError(sign)

    def ternary(self) -> Node:
        asked = self.binary(0)
        if not self.take("?"):
            return asked
        first = self.ternary()
        self.expect(":")
        return Node("?", (asked, first, self.ternary()))

    def binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self.unary()
        node = self.binary(level + 1)
        while sign := self.take(*_LEVELS[level]):
            node = Node(sign, (node, self.binary(level + 1)))
        return node

    def unary(self) -> Node:
        if sign := self.take("!", "-"):
            return Node("not" if sign == "!" else "neg", (self.unary(),))
        node = self.primary()
        while sign := self.take(".", "["):
            if sign == "[":
                node = Node("index", (node, self.ternary()))
                self.expect("]")
                continue
            name = self.tokens[self.at][1] if self.at < len(self.tokens) else ""
            self.at += 1
            self.expect("(")
            node = Node("call", (node, *self.arguments(")")), name)
        return node

    def arguments(self, end: str) -> list[Node]:
        found: list[Node] = []
        while not self.take(end):
            found.append(self.ternary())
            if not self.take(",") and self.peek() != end:
                raise UnknownFormError(end)
        return found

    def primary(self) -> Node:
        if self.take("("):
            node = self.ternary()
            self.expect(")")
            return node
        if self.take("["):
            return Node("list", tuple(self.arguments("]")))
        if self.at >= len(self.tokens):
            raise UnknownFormError("")
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            return Node("value", value=int(text))
        if kind == "text":
            return Node("value", value=_unescaped(text[1:-1]))
        if kind != "name":
            raise UnknownFormError(text)
        if text in {"true", "false"}:
            return Node("value", value=text == "true")
        if self.take("("):
            arguments = self.arguments(")")
            if text == "timestamp" and len(arguments) == 1 and arguments[0].op == "value":
                return Node("value", value=_moment(arguments[0].value))
            return Node("call", tuple(arguments), text)
        return Node("name", value=text)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), text)


def _moment(text: Any) -> datetime:
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except ValueError:
        raise UnknownFormError(str(text)) from None


def alternatives(node: Node) -> Node:
    """A comparison with a ``? :`` inside as a ``? :`` of two comparisons; any other part as it is."""
    if node.op not in COMPARISONS or (chosen := _chosen(node)) is None:
        return node
    asked, yes, no = chosen.args
    return Node("?", (asked, *(alternatives(_replaced(node, chosen, part)) for part in (yes, no))))


def _chosen(node: Node) -> Node | None:
    if node.op == "?":
        return node
    return next((found for part in node.args if (found := _chosen(part)) is not None), None)


def _replaced(node: Node, old: Node, new: Node) -> Node:
    if node == old:
        return new
    return Node(node.op, tuple(_replaced(part, old, new) for part in node.args), node.value)


_BINARY: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "in": lambda a, b: a in b,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
}


def answer(node: Node, figures: Mapping[str, Any]) -> Any:
    """What an expression gives for values of its figures.

    Raises:
        UnknownFormError: it uses more of CEL than is understood here.
    """
    if node.op == "value":
        return node.value
    if node.op == "name":
        return figures[node.value]
    if node.op == "&&":
        return all(answer(part, figures) for part in node.args)
    if node.op == "||":
        return any(answer(part, figures) for part in node.args)
    if node.op == "?":
        return answer(node.args[1 if answer(node.args[0], figures) else 2], figures)
    if node.op == "call" and node.value in MACROS:
        return _macro(node, figures)
    values = [answer(part, figures) for part in node.args]
    if node.op == "list":
        return values
    if node.op == "not":
        return not values[0]
    if node.op == "neg":
        return -values[0]
    if node.op in _BINARY:
        return _BINARY[node.op](*values)
    if node.op == "call":
        return _called(node.value, values)
    raise UnknownFormError(node.op)


def _macro(node: Node, figures: Mapping[str, Any]) -> Any:
    if len(node.args) != len(("list", "name", "body")) or node.args[1].op != "name":
        raise UnknownFormError(node.value)
    items, (name, body) = answer(node.args[0], figures), (node.args[1].value, node.args[2])
    found = [answer(body, {**figures, name: item}) for item in items]
    if node.value == "filter":
        return [item for item, kept in zip(items, found, strict=True) if kept]
    if node.value == "map":
        return found
    return {"all": all(found), "exists": any(found), "exists_one": found.count(True) == 1}[node.value]


def _called(name: str, values: list[Any]) -> Any:
    if name == "size":
        return len(values[0])
    if name == "matches":
        try:
            return re.search(values[1], values[0], re.ASCII) is not None
        except re.error as error:
            # CEL's own patterns (RE2) are not quite Python's: [甲-乙] is one there, and its classes are ASCII.
            raise UnknownFormError(name) from error
    if name == "contains":
        return values[1] in values[0]
    if name == "startsWith":
        return values[0].startswith(values[1])
    if name == "endsWith":
        return values[0].endswith(values[1])
    if name == "getFullYear":
        return values[0].year
    raise UnknownFormError(name)

"""A template's XML and tags, read into a pattern (``generator.returns.forms.pattern``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import count as counting
from typing import Any, Final

from jinja2 import Environment
from jinja2 import nodes as jinja
from msgspec import Struct, field
from msgspec.structs import replace

from generator.base.ooxml.package import DOCUMENT
from generator.base.ooxml.text import stored_text
from generator.base.ooxml.xml import VAL, Element, W, columns, parse
from generator.model.consortium import FIRST_LEAD, LEAD, LEADS, MEMBER, OTHERS
from generator.model.fields import Part
from generator.model.programme import Document, Programme
from generator.model.value_kinds import Choice, Flag, Kind, LongText, Money
from generator.returns.forms.folding import fold
from generator.returns.forms.pattern import (
    Alternatives,
    Branch,
    CellPattern,
    Counter,
    Derived,
    Each,
    Facts,
    Item,
    Joined,
    Line,
    Literal,
    Loop,
    One,
    OptionNumber,
    Passage,
    Path,
    Pattern,
    RowPattern,
    Tick,
    Token,
    Unreadable,
    Value,
    lines_of,
    tokens_of,
)

_TAG: Final = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)
_WHOLE: Final = {
    W + "p": re.compile(r"\{%p\s+(.*?)\s*%\}", re.DOTALL),
    W + "tr": re.compile(r"\{%tr\s+(.*?)\s*%\}", re.DOTALL),
}
_FOR: Final = re.compile(r"for\s+(\w+)\s+in\s+(.*)", re.DOTALL)
_SET: Final = re.compile(r"set\s+(\w+)\s*=\s*(.*)", re.DOTALL)
_QUOTES: Final = str.maketrans("“”‘’", "\"\"''")
_EDITIONS: Final = frozenset({"blank", "draft", "signing"})
_MERGED: Final = re.compile(r"\{%\s*vm\s*%\}")
_ENVIRONMENT: Final = Environment(autoescape=True)


@lru_cache(maxsize=4096)
def _parsed(source: str) -> Any:
    """The first node of a tag; forms have the same tags again and again."""
    return _ENVIRONMENT.parse(source).body[0]


# What an expression stands for, besides tokens and plain constants.
class _Group(Struct, frozen=True):
    path: Path
    part: type[Part] | None


class _List(Struct, frozen=True):
    path: Path
    part: type[Part] | None
    kind: Kind | None
    facts: tuple[tuple[str, Any], ...] = ()


class _Map(Struct, frozen=True):
    path: Path


class _Lines(Struct, frozen=True):
    """The paragraphs of a text."""

    value: Any


class _Loop(Struct, frozen=True):
    """The loop's own counters."""


_Scope = Mapping[str, Any]


def pattern_of(parts: Mapping[str, bytes], programme: Programme, document: Document) -> Pattern:
    """The pattern of a document that was filled from a template.

    Args:
        parts: the template's parts; tags and all.
        programme: the programme; its model says what the names stand for.
        document: the document.

    Raises:
        ProgrammeError: the template is not well-formed.
    """
    compiler = _Compiler(programme, document)
    body = parse(parts[DOCUMENT]).find(W + "body")
    items = tuple(compiler.blocks(_elements(body, W + "p", W + "tbl"), {}))
    return Pattern(items, tuple(dict.fromkeys(compiler.unreadable)))


def _elements(parent: Any, *tags: str) -> list[Element]:
    return [child for child in parent if child.tag in tags]


def _text(paragraph: Element) -> str:
    marks = {W + "br": "\n", W + "tab": "\t"}
    return "".join(
        marks.get(element.tag) or stored_text(element) for element in paragraph.iter(W + "t", *marks)
    )


class _Reader(Struct):
    """The elements of one level, taken one after another."""

    elements: list[Element]
    at: int = 0

    def peek(self) -> Element | None:
        return self.elements[self.at] if self.at < len(self.elements) else None


class _Compiler(Struct, dict=True):
    programme: Programme
    document: Document
    unreadable: list[str] = field(default_factory=list)
    _ids: Any = field(default_factory=lambda: counting(1))
    _tables: int = 0

    # ---- blocks

    def blocks(self, elements: list[Element], scope: _Scope) -> Iterator[Item]:
        """The items of paragraphs and tables, or of a table's rows."""
        yield from self._until(_Reader(elements), dict(scope), ())[0]

    def _until(
        self, reader: _Reader, scope: dict[str, Any], stops: tuple[str, ...]
    ) -> tuple[list[Item], str]:
        found: list[Item] = []
        before = ""
        while (element := reader.peek()) is not None:
            statement = _statement(element)
            if statement is not None:
                word = statement.split()[0]
                if word in stops:
                    return found, statement
                reader.at += 1
                self._control(word, statement, reader, scope, found)
                # “if not X” behind “if X” is its else.
                asked = _condition(statement) if word == "if" else ""
                if asked and before in {f"not {asked}", asked.removeprefix("not ")} and asked != before:
                    found[-2:] = [_joined(found[-2], found[-1])]
                    asked = ""
                before = asked
                continue
            reader.at += 1
            block = self._block(element, scope)
            before = "" if block else before
            found += block
        return found, ""

    def _control(
        self, word: str, statement: str, reader: _Reader, scope: dict[str, Any], found: list[Item]
    ) -> None:
        if word == "set" and (match := _SET.match(statement)):
            scope[match[1]] = self._assigned(match[2], scope)
        elif word == "if":
            found.append(
                self._alternatives(
                    statement[2:], scope, lambda stops: self._until(reader, scope, stops), reader
                )
            )
        elif word == "for" and (match := _FOR.match(statement)):
            over = self.evaluate(match[2], scope)
            if isinstance(over, _Lines):
                items, _ = self._until(reader, {**scope, match[1]: over.value}, ("endfor",))
                found += self._passage(over.value, items)
            else:
                number = next(self._ids)
                inner, loop = self._loop_scope(over, number, match[1], scope)
                items, _ = self._until(reader, inner, ("endfor",))
                if loop is None:
                    self.unreadable.append(f"循环“{statement}”的每一项是什么读不回来")
                    found.append(Alternatives((Branch(tuple(items)),), edition=False, open=True))
                else:
                    found.append(replace(loop, items=tuple(items)))
            reader.at += 1

    def _loop_scope(
        self, over: Any, number: int, name: str, scope: _Scope
    ) -> tuple[dict[str, Any], Loop | None]:
        if not isinstance(over, _List):
            return {**scope, name: Unreadable(name), "@loop": None}, None
        path = (*over.path, Each(number))
        item: Any = _Group(path, over.part) if over.part else Value(path, over.kind or LongText())
        loop = Loop(over.path, over.part, over.facts, (), number)
        return {**scope, name: item, "@loop": Each(number)}, loop

    def _assigned(self, text: str, scope: _Scope) -> Any:
        value = self.evaluate(text, scope)
        return Counter() if isinstance(value, (int, Unreadable)) else value

    def _alternatives(self, condition: str, scope: _Scope, read: Any, reader: _Reader) -> Alternatives:
        """An ``if`` to its ``endif``."""
        branches: list[Branch] = []
        edition = False
        known: Facts = ()
        asked: str | None = condition
        while True:
            facts: Facts = known
            if asked is not None:
                of_edition, yes, no = self._facts(asked, scope)
                edition = edition or of_edition
                facts = (*known, *yes)
                known = (*known, *no)
            items, end = read(("else", "elif", "endif"))
            branches.append(Branch(tuple(items), facts))
            reader.at += 1
            word = end.split()[0] if end else "endif"
            if word == "endif":
                found = Alternatives(tuple(branches), edition, open=asked is not None)
                return found if found.open or edition else _exclusive(found)
            asked = end[4:] if word == "elif" else None

    def _passage(self, value: Any, items: list[Item]) -> list[Item]:
        """A text's paragraphs: a passage; what stands beside the text in its first one as a line before it."""
        if not isinstance(value, Value):
            self.unreadable.append("逐段印的不是一个文字字段")
            return [Alternatives((Branch(tuple(items)),), edition=False, open=True)]
        lines = [item for item in lines_of(items) if isinstance(item, Line)]
        plain = [line for line in lines if [t for t in line.tokens if not _is_blank(t)] == [value]]
        passage = Passage(value, next(self._ids))
        beside = [line for line in lines if line not in plain]
        return [*beside[:1], passage] if beside else [passage]

    def _block(self, element: Element, scope: dict[str, Any]) -> list[Item]:
        if element.tag == W + "tbl":
            self._tables += 1
            inside = next(element.iterancestors(W + "tc"), None) is not None
            rows = self.blocks(_elements(element, W + "tr"), scope)
            return [self._flattened(row) for row in rows] if inside else list(rows)
        if element.tag == W + "tr":
            return [self._row(element, scope)]
        tokens = self.tokens(_text(element), scope)
        printed = [token for token in tokens if not _is_blank(token)]
        return [Line(tuple(tokens), next(self._ids))] if printed else []

    def _flattened(self, item: Any) -> Any:
        """A row of a table inside a cell, as one line; a document's are read so too."""
        if isinstance(item, RowPattern):
            tokens: list[Token | Alternatives] = []
            for number, cell in enumerate(item.cells):
                tokens += [Literal("\t")] if number else []
                for line in lines_of(cell.items):
                    tokens += line.tokens if isinstance(line, Line) else [line.value]
                    tokens.append(Literal(" "))
            return Line(tuple(tokens), item.id)
        if isinstance(item, Loop):
            return replace(item, items=tuple(self._flattened(one) for one in item.items))
        if isinstance(item, Alternatives):
            branches = (
                replace(branch, items=tuple(self._flattened(one) for one in branch.items))
                for branch in item.branches
            )
            return replace(item, branches=tuple(branches))
        return item

    def _row(self, row: Element, scope: dict[str, Any]) -> RowPattern:
        cells = []
        column = 0
        for element in row.iterchildren(W + "tc"):
            span = element.find(f"{W}tcPr/{W}gridSpan")
            width = columns(span.get(VAL), 1) if span is not None else 1
            text = "".join(_text(paragraph) for paragraph in element.iter(W + "p"))
            items = tuple(self.blocks(_elements(element, W + "p", W + "tbl"), scope))
            cells.append(CellPattern(items, column, width, bool(_MERGED.search(text))))
            column += width
        return RowPattern(tuple(cells), self._tables, next(self._ids))

    # ---- one line

    def tokens(self, text: str, scope: _Scope) -> list[Token | Alternatives]:
        """A paragraph's text as print, values and alternatives."""
        pieces = [piece for piece in _TAG.split(_MERGED.sub("", text)) if piece]
        return self._inline(pieces, [0], dict(scope), ())[0]

    def _inline(
        self, pieces: list[str], at: list[int], scope: dict[str, Any], stops: tuple[str, ...]
    ) -> tuple[list[Token | Alternatives], str]:
        found: list[Token | Alternatives] = []
        while at[0] < len(pieces):
            piece = pieces[at[0]]
            if piece.startswith("{%"):
                statement = piece[2:-2].strip().translate(_QUOTES)
                word = statement.split()[0]
                if word in stops:
                    return found, statement
                at[0] += 1
                self._inline_control(word, statement, (pieces, at), scope, found)
            elif piece.startswith("{{"):
                at[0] += 1
                found.append(self._token(piece[2:-2], scope))
            else:
                at[0] += 1
                found.append(Literal(piece))
        return found, ""

    def _inline_control(
        self,
        word: str,
        statement: str,
        where: tuple[list[str], list[int]],
        scope: dict[str, Any],
        found: list[Token | Alternatives],
    ) -> None:
        pieces, at = where
        if word == "if":
            reader = _Reader([])
            reader.at = at[0]

            def read(stops: tuple[str, ...]) -> tuple[list[Any], str]:
                at[0] = reader.at
                items, end = self._inline(pieces, at, scope, stops)
                reader.at = at[0]
                return items, end

            found.append(self._alternatives(statement[2:], scope, read, reader))
            at[0] = reader.at
        elif word == "for" and (match := _FOR.match(statement)):
            over = self.evaluate(match[2], scope)
            plain = isinstance(over, _List) and over.kind is not None
            one: Any = Value(over.path, over.kind) if plain else Unreadable(match[1])
            inner, _ = self._inline(pieces, at, {**scope, match[1]: one, "@loop": None}, ("endfor",))
            at[0] += 1
            numbers = [token for token in tokens_of(inner) if isinstance(token, OptionNumber)]
            if plain and len(set(numbers)) == 1:
                found.append(replace(numbers[0], many=True))
                return
            found.append(Unreadable(statement))
            self.unreadable.append(f"一行里的循环“{statement}”读不回来")
        elif word == "set" and (match := _SET.match(statement)):
            scope[match[1]] = self._assigned(match[2], scope)

    def _token(self, expression: str, scope: _Scope) -> Token:
        found = self.evaluate(expression, scope)
        if isinstance(found, _Lines):
            found = found.value
        if isinstance(found, bool):
            found = None
        if isinstance(found, (str, int)):
            return Literal(str(found))
        if isinstance(found, (Value, Joined, Tick, OptionNumber, Derived, Counter)):
            return found
        self.unreadable.append(f"标签“{expression.strip()}”印的读不回来")
        return Unreadable(expression.strip())

    # ---- expressions

    def evaluate(self, expression: str, scope: _Scope) -> Any:
        """What a tag's expression stands for."""
        return self._of(_parsed("{{ " + expression.translate(_QUOTES) + " }}").nodes[0], scope)

    def _of(self, node: Any, scope: _Scope) -> Any:
        match node:
            case jinja.Name():
                return self._name(node.name, scope)
            case jinja.Const():
                return node.value
            case jinja.List():
                return [self._of(one, scope) for one in node.items]
            case jinja.Getattr():
                return self._attribute(self._of(node.node, scope), node.attr)
            case jinja.Getitem():
                return self._item(node, scope)
            case jinja.Filter():
                arguments = [self._of(one, scope) for one in node.args]
                return self._filter(node.name, self._of(node.node, scope), arguments)
            case jinja.Call() if isinstance(node.node, jinja.Name):
                arguments = [self._of(one, scope) for one in node.args]
                wanted = {one.key: self._of(one.value, scope) for one in node.kwargs}
                return self._call(node.node.name, arguments, wanted)
            case jinja.Add() | jinja.Sub():
                left, right = self._of(node.left, scope), self._of(node.right, scope)
                if type(left) is int and type(right) is int:
                    return left + right if isinstance(node, jinja.Add) else left - right
                return Counter()
            case jinja.Or():
                left, right = self._of(node.left, scope), self._of(node.right, scope)
                if isinstance(left, Value) and isinstance(right, Value):
                    return replace(left, others=(*left.others, right.path))
                return left
        return Unreadable(type(node).__name__)

    def _name(self, name: str, scope: _Scope) -> Any:
        if name in scope:
            return scope[name]
        programme, document = self.programme, self.document
        if name == "programme":
            return {
                "title": programme.title,
                "authority": programme.authority,
                "region": programme.region,
                "noun": programme.noun,
                "number": programme.source.number,
                "year": programme.year or "",
            }
        if name == "document":
            return {"id": document.id, "title": document.title, "code": Derived("code")}
        if name == "loop":
            return _Loop()
        if name == "member":
            # Whose document it is, where each member has one of its own.
            return _Group(("members", One((("@own", name),))), programme.model.specs()["members"].part)
        return self._attribute(_Group((), programme.model), name)

    def _attribute(self, owner: Any, name: str) -> Any:
        if isinstance(owner, dict):
            return owner.get(name, Unreadable(name))
        if isinstance(owner, _Loop):
            return Counter()
        if isinstance(owner, _Map):
            return Value((*owner.path, name, "text"), LongText())
        if not isinstance(owner, _Group) or owner.part is None:
            return Unreadable(name)
        specs = owner.part.specs()
        if not owner.path and name in {FIRST_LEAD, LEADS, OTHERS}:
            members = specs["members"].part
            role = ("role", MEMBER if name == OTHERS else LEAD)
            if name == FIRST_LEAD:
                return _Group(("members", One((role,))), members)
            return _List(("members",), members, None, (role,))
        spec = specs.get(name)
        if spec is None:
            return Unreadable(name)
        path = (*owner.path, name)
        if spec.shape == "map":
            return _Map(path) if spec.part is not None else Unreadable(name)
        if spec.shape == "list":
            return _List(path, spec.part, spec.kind)
        if spec.part is not None:
            return _Group(path, spec.part)
        return Value(path, spec.kind or LongText(), spec)

    def _item(self, node: Any, scope: _Scope) -> Any:
        owner = self._of(node.node, scope)
        if isinstance(node.arg, jinja.Const) and isinstance(node.arg.value, str):
            return self._attribute(owner, node.arg.value)
        if isinstance(owner, _List):
            # The item beside the loop's own, in a row of two.
            key = One((("@after", scope.get("@loop")),))
            return _Group((*owner.path, key), owner.part)
        return Unreadable("[]")

    def _call(self, name: str, given: Sequence[Any], wanted: Mapping[str, Any]) -> Any:
        first = given[0] if given else None
        if name in {"rows", "having_given"}:
            return first
        if name == "having" and isinstance(first, _List):
            return replace(first, facts=(*first.facts, *_plain(first, wanted)))
        if name == "first_having" and isinstance(first, _List):
            return _Group((*first.path, One((*first.facts, *_plain(first, wanted)))), first.part)
        if name == "pluck" and isinstance(first, _List) and first.part is not None:
            spec = first.part.specs().get(str(given[1]))
            if spec is not None and spec.kind is not None:
                return Joined(first.path, spec.name, first.facts, "、", spec.kind)
        if name == "paragraphs":
            return _Lines(first)
        if name == "tick" and isinstance(first, _List) and first.kind is not None:
            return Tick(first.path, first.kind, tuple(map(str, given[1:])), many=True)
        if name == "tick" and isinstance(first, Value):
            return Tick(first.path, first.kind, tuple(map(str, given[1:])))
        if name == "option_number" and isinstance(first, Value):
            return OptionNumber(first.path, first.kind, tuple(map(str, given[1:])))
        if name in {"count", "total"}:
            return Derived(name)
        return Unreadable(name)

    def _filter(self, name: str, value: Any, given: Sequence[Any]) -> Any:
        if name == "paragraphs":
            return _Lines(value)
        if name in {"chinese", "length"}:
            return Counter() if name == "chinese" else Derived(name)
        if name == "join":
            mark = str(given[0]) if given else "、"
            if isinstance(value, Joined):
                return replace(value, mark=mark)
            if isinstance(value, _List) and value.kind is not None:
                return Joined(value.path, "", (), mark, value.kind)
            return Unreadable(name)
        if isinstance(value, Derived):
            return {
                "blank": lambda: replace(value, blank=str(given[0]) if given else ""),
                "unit": lambda: replace(value, unit=str(given[0])),
            }.get(name, lambda: value)()
        if not isinstance(value, Value):
            return value if isinstance(value, (Counter, int)) else Unreadable(name)
        if name == "blank":
            return replace(value, blank=str(given[0]) if given else "")
        if name == "unit":
            return replace(value, unit=str(given[0]))
        if name == "in_unit":
            return replace(value, kind=Money(unit=str(given[0])))
        if name == "date_as":
            return replace(value, dated=str(given[0]))
        if name == "characters":
            return replace(value, part=(int(given[0]), int(given[1])))
        return Unreadable(name)

    # ---- conditions

    def _facts(self, condition: str, scope: _Scope) -> tuple[bool, Facts, Facts]:
        """Whether a condition asks for the edition, what is known where it holds, and where it does not."""
        test = _parsed("{% if " + condition.translate(_QUOTES) + " %}{% endif %}").test
        names = [one.name for one in (test, *test.find_all(jinja.Name)) if isinstance(one, jinja.Name)]
        edition = any(name in _EDITIONS for name in names)
        yes: list[tuple[Path, Any]] = []
        no: list[tuple[Path, Any]] = []
        self._known(test, scope, yes, no)
        return edition, tuple(yes), tuple(no)

    def _known(
        self, node: Any, scope: _Scope, yes: list[tuple[Path, Any]], no: list[tuple[Path, Any]]
    ) -> None:
        if isinstance(node, jinja.Not):
            self._known(node.node, scope, no, yes)
        elif isinstance(node, jinja.And):
            for one in (node.left, node.right):
                self._known(one, scope, yes, [])
        elif isinstance(node, jinja.Compare) and len(node.ops) == 1 and node.ops[0].op in {"eq", "ne"}:
            left, right = self._of(node.expr, scope), self._of(node.ops[0].expr, scope)
            if isinstance(left, Value) and isinstance(left.kind, Choice) and isinstance(right, str):
                same, other = (yes, no) if node.ops[0].op == "eq" else (no, yes)
                same.append((left.path, right))
                rest = [option for option in left.kind.options if option != right]
                if len(rest) == 1:
                    other.append((left.path, rest[0]))
        elif isinstance(node, (jinja.Name, jinja.Getattr)):
            found = self._of(node, scope)
            if isinstance(found, Value) and isinstance(found.kind, Flag):
                yes.append((found.path, True))


def _condition(statement: str) -> str:
    """An ``if``'s condition in one spelling; ``given(X)`` and ``X`` ask the same of a text."""
    return re.sub(r"given\(([^()]*)\)", r"\1", " ".join(statement[2:].split()))


def _joined(first: Any, second: Any) -> Any:
    both = (*first.branches, *second.branches)
    return _exclusive(Alternatives(both, first.edition or second.edition, open=False))


def _exclusive(alternatives: Alternatives) -> Alternatives:
    """Alternatives whose texts know that another's may stand in their place."""
    starts = [_first_passage(branch.items) for branch in alternatives.branches]
    branches = []
    for branch, start in zip(alternatives.branches, starts, strict=True):
        rest = [other for other in alternatives.branches if other is not branch]
        others = tuple(
            dict.fromkeys(
                other.value.path for one in rest if (other := _first_passage(one.items)) is not None
            )
        )
        others = tuple(path for path in others if start is not None and path != start.value.path)
        # Several texts stand for one: which of them begins where is anybody's guess.
        several = any(sum(isinstance(x, Passage) for x in lines_of(one.items)) > 1 for one in rest)
        items = branch.items
        if others and start is not None:
            told = replace(
                start.value, others=(*start.value.others, *others), first=several or start.value.first
            )
            items = tuple(_with_value(item, start, told) for item in items)
        branches.append(replace(branch, items=items))
    return replace(alternatives, branches=tuple(branches))


def _first_passage(items: Sequence[Any]) -> Passage | None:
    """The text with which a branch begins, before any print."""
    for item in items:
        if isinstance(item, Passage):
            return item
        if isinstance(item, Alternatives):
            found = next(filter(None, (_first_passage(one.items) for one in item.branches)), None)
            if found is not None:
                return found
            continue
        if isinstance(item, Loop):
            return _first_passage(item.items)
        return None
    return None


def _with_value(item: Any, passage: Passage, value: Value) -> Any:
    if item == passage:
        return replace(passage, value=value)
    if isinstance(item, Alternatives):
        branches = (
            replace(one, items=tuple(_with_value(inner, passage, value) for inner in one.items))
            for one in item.branches
        )
        return replace(item, branches=tuple(branches))
    if isinstance(item, Loop):
        return replace(item, items=tuple(_with_value(inner, passage, value) for inner in item.items))
    return item


def _plain(items: _List, wanted: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What is known of the items picked: single values of single fields."""
    for name, value in wanted.items():
        spec = items.part.specs().get(name) if items.part else None
        if spec is not None and spec.shape == "one" and not isinstance(value, list):
            yield name, value


def _statement(element: Element) -> str | None:
    """The statement of a paragraph or row that stands for nothing else; None for others."""
    if element.tag == W + "p":
        text = _text(element).strip()
    elif element.tag == W + "tr":
        text = "".join(_text(one) for one in element.iter(W + "p")).strip()
    else:
        return None
    match = _WHOLE[element.tag].fullmatch(text)
    return match[1].translate(_QUOTES) if match else None


def _is_blank(token: Token | Alternatives) -> bool:
    return isinstance(token, Literal) and not fold(token.text)

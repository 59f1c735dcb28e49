"""What a template says a filled form looks like: print, values, lists, alternatives, in the document's order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Final

from msgspec import Struct

from generator.model.fields import FieldSpec, Part
from generator.model.value_kinds import Kind
from generator.returns.forms.folding import bare, fold


class Each(Struct, frozen=True):
    """A step of a path: the item that a loop is at."""

    loop: int


class One(Struct, frozen=True):
    """A step of a path: one item of a list, known by what holds of it, as the lead."""

    facts: tuple[tuple[str, Any], ...]


Path = tuple["str | Each | One", ...]
Facts = tuple[tuple[Path, Any], ...]


def shown(path: Path) -> str:
    """A path without its items, as ``members[].name``."""
    text = ""
    for step in path:
        text += "[]" if not isinstance(step, str) else f".{step}" if text else step
    return text


class Literal(Struct, frozen=True):
    """Print of the form's own."""

    text: str


class Value(Struct, frozen=True):
    """A place for a value.

    Attributes:
        path: the field.
        kind: how it is read.
        spec: its declaration; None for a text of a map.
        unit: what the form prints behind a number.
        blank: what the blank form prints in its place.
        dated: the form in which a date is printed, with ``{year}``, ``{month}``, ``{day}``; empty for the usual one.
        part: which of its characters are printed, from 1; None for all.
        others: fields that may stand there instead, the most particular first.
        first: whether it is this field where nothing else tells, and not the last of the others.
    """

    path: Path
    kind: Kind
    spec: FieldSpec | None = None
    unit: str = ""
    blank: str = ""
    dated: str = ""
    part: tuple[int, int] | None = None
    others: tuple[Path, ...] = ()
    first: bool = False


class Joined(Struct, frozen=True):
    """A field of every item of a list, on one line with a mark between.

    Attributes:
        list: the list.
        name: the items' field; empty where the items are texts themselves.
        facts: what holds of each item.
        mark: what stands between.
        kind: how each is read.
    """

    list: Path
    name: str
    facts: tuple[tuple[str, Any], ...]
    mark: str
    kind: Kind


class Tick(Struct, frozen=True):
    """A box that is ticked where a field has one of the options; without options, where it is yes.

    Of a list's field (``many``) several boxes may be ticked.
    """

    path: Path
    kind: Kind
    options: tuple[str, ...]
    many: bool = False


class OptionNumber(Struct, frozen=True):
    """The number of a choice among printed options, from 1; ``many`` where it is one of several of a list's field."""

    path: Path
    kind: Kind
    options: tuple[str, ...]
    many: bool = False


class Derived(Struct, frozen=True):
    """A figure that the program derives: it is checked, not read.

    Attributes:
        expression: as the template has it.
        unit: what the form prints behind it.
        blank: what the blank form prints in its place.
    """

    expression: str
    unit: str = ""
    blank: str = ""


class Counter(Struct, frozen=True):
    """A number that only counts rows or headings."""


class Unreadable(Struct, frozen=True):
    """A tag whose result cannot be told back to a field."""

    expression: str


Token = Literal | Value | Joined | Tick | OptionNumber | Derived | Counter | Unreadable


class Branch(Struct, frozen=True):
    """One of several things that may stand at a place, with what is known where it does."""

    items: tuple[Any, ...]
    facts: Facts = ()


class Alternatives(Struct, frozen=True):
    """Things of which one stands there, or none.

    Attributes:
        branches: in the template's order.
        edition: whether the edition decides: a person may have left any of them, or all.
        open: whether it may be none of them.
    """

    branches: tuple[Branch, ...]
    edition: bool
    open: bool


class Line(Struct, frozen=True, dict=True):
    """A paragraph of print and values."""

    tokens: tuple[Token | Alternatives, ...]
    id: int

    @cached_property
    def printed(self) -> str:
        """Its print, as ``print_of`` gives it."""
        return _print_of(self)

    @cached_property
    def only_print(self) -> bool:
        """Whether it is print alone, as ``is_print`` says."""
        return _is_print(self)


class Passage(Struct, frozen=True):
    """A text of any number of paragraphs.

    Attributes:
        value: the field.
        id: its number in the pattern.
    """

    value: Value
    id: int


class Loop(Struct, frozen=True):
    """What is repeated for each item of a list.

    Attributes:
        list: the list.
        part: the items' fields; None where they are single values.
        facts: what holds of each item.
        items: what is repeated.
        id: its number in the pattern.
    """

    list: Path
    part: type[Part] | None
    facts: tuple[tuple[str, Any], ...]
    items: tuple[Any, ...]
    id: int


class CellPattern(Struct, frozen=True):
    """A cell: its content, where it begins in the grid, and whether it is merged down through a loop's rows."""

    items: tuple[Any, ...]
    column: int
    span: int
    repeated: bool = False


class RowPattern(Struct, frozen=True):
    """A table's row."""

    cells: tuple[CellPattern, ...]
    table: int
    id: int


Item = Line | Passage | Loop | Alternatives | RowPattern


class Pattern(Struct, frozen=True):
    """A template's pattern.

    Attributes:
        items: what a filled form holds, in order.
        unreadable: what cannot be read back, in words for the template's author.
    """

    items: tuple[Item, ...]
    unreadable: tuple[str, ...] = ()


NUMBER_COLUMN: Final = frozenset({"序号", "编号"})


def lines_of(items: Iterable[Any]) -> Iterator[Line | Passage]:
    """Every line and passage below, in order."""
    for item in items:
        if isinstance(item, (Line, Passage)):
            yield item
        elif isinstance(item, Loop):
            yield from lines_of(item.items)
        elif isinstance(item, Alternatives):
            for branch in item.branches:
                yield from lines_of(branch.items)
        elif isinstance(item, RowPattern):
            for cell in item.cells:
                yield from lines_of(cell.items)


def rows_of(items: Iterable[Any], inside: Loop | None = None) -> Iterator[tuple[RowPattern, Loop | None]]:
    """Every row below with the loop that repeats it, in order."""
    for item in items:
        if isinstance(item, RowPattern):
            yield item, inside
        elif isinstance(item, Loop):
            yield from rows_of(item.items, item)
        elif isinstance(item, Alternatives):
            for branch in item.branches:
                yield from rows_of(branch.items, inside)


def tokens_of(tokens: Iterable[Token | Alternatives]) -> Iterator[Token]:
    """Every token, those of alternatives too."""
    for token in tokens:
        if isinstance(token, Alternatives):
            for branch in token.branches:
                yield from tokens_of(branch.items)
        else:
            yield token


def print_of(line: Line) -> str:
    """A line's print, folded; alternatives aside where there is other print."""
    return line.printed


def _print_of(line: Line) -> str:
    own = fold("".join(token.text for token in line.tokens if isinstance(token, Literal)))
    return own or fold("".join(token.text for token in tokens_of(line.tokens) if isinstance(token, Literal)))


def is_print(line: Line) -> bool:
    """Whether a line has nothing but print, numbers that only count aside."""
    return line.only_print


def _is_print(line: Line) -> bool:
    return all(isinstance(token, (Literal, Counter)) for token in tokens_of(line.tokens)) and any(
        isinstance(token, Literal) and bare(fold(token.text)) for token in tokens_of(line.tokens)
    )


def label_of(cell: CellPattern) -> str:
    """A cell's folded print where it holds nothing else; empty for others."""
    texts = []
    for item in cell.items:
        if not isinstance(item, Line) or not is_print(item):
            return ""
        texts.append(print_of(item))
    return "".join(texts)

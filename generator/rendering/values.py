"""What a template sees of a dataset: plain read-only values that know where they came from.

A ``Group`` gives a part's fields by name, ``Rows`` a list of groups, a ``Value`` one printed text. They
hold no methods that a template could call, and they record, in the ``Record`` of one rendering, which
given values were printed, which only served to derive something, and which missing ones were asked for.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from generator.base.ooxml.value_marks import marked
from generator.errors import ProgrammeError
from generator.model.chinese_paths import names_by_title, tag_names
from generator.model.clauses import UnknownClauseError
from generator.model.consortium import BY_ROLE
from generator.model.fields import FieldSpec, Part
from generator.model.rich_text import RichText
from generator.model.value_kinds import Count, Flag, Stated, Year
from generator.rendering.work import Work

Edition = Literal["draft", "signing", "blank"]

# Control characters, which neither data nor XML may hold: they enclose a missing value's title until it gets a
# highlighted run of its own. One byte each, they are found a hundred times as fast as others.
MISSING_OPEN, MISSING_CLOSE = "\x01", "\x02"
# Likewise: they enclose the number of a text with blocks.
CHAPTER_OPEN, CHAPTER_CLOSE = "\x03", "\x04"


class Record(Struct):
    """What one rendering has used.

    Attributes:
        edition: which edition is being rendered.
        title: a field's Chinese title by path.
        printed: the texts in which given values stand in the document, by path.
        derived: paths of given values that only a count, a tick or a sum was made from.
        missing: Chinese titles of missing values that the document asks for, by path.
        model_clause: fills the model clauses that a data file names; None where there is no library.
        marking: put marks around every value, so that the filled document can be read by fields.
        chapters: the texts with blocks that were printed, in order; each has its number between marks.
        work: how much was done.
        of_packet: whether the document prints something of the made packet.
    """

    edition: Edition
    title: Callable[[str], str]
    printed: dict[str, set[str]] = field(default_factory=dict)
    derived: set[str] = field(default_factory=set)
    missing: dict[str, str] = field(default_factory=dict)
    model_clause: Callable[[str], str] | None = None
    marking: bool = False
    chapters: list[RichText] = field(default_factory=list)
    work: Work = field(default_factory=Work)
    of_packet: bool = False

    def marked(self, path: str, text: str) -> str:
        """A printed text, between marks where they are wanted."""
        return marked(path, text) if self.marking else text

    def step(self, count: int = 1) -> None:
        """Count items that a template causes to be looked at; errors as for ``Work.step``."""
        self.work.step(count)


class Value:
    """One text of the data, or of the program, as it will be printed.

    Args:
        record: the rendering's record.
        text: the text.
        path: where it came from; empty where the program derived it.
        raw: the kept value.
        spec: the field's declaration.
    """

    __slots__ = ("path", "raw", "record", "spec", "text")

    def __init__(
        self, record: Record, text: str, path: str = "", raw: Any = None, spec: FieldSpec | None = None
    ) -> None:
        self.record = record
        self.text = text
        self.path = path
        self.raw = raw
        self.spec = spec

    def with_text(self, text: str) -> Value:
        """The same value printed in another way."""
        return Value(self.record, text, self.path, self.raw, self.spec)

    def output(self) -> str:
        """The text to print; notes that it was printed."""
        record = self.record
        if self.path:
            record.printed.setdefault(self.path, set()).add(self.text)
        return record.marked(self.path, self.text) if record.marking else self.text

    @property
    def whole(self) -> int | None:
        """The whole number that it prints, which templates may compute with; None for anything else."""
        if type(self.raw) is int and (self.spec is None or isinstance(self.spec.kind, (Count, Year))):
            return self.raw
        return None

    def __bool__(self) -> bool:
        if self.path and isinstance(self.raw, bool):
            self.record.derived.add(self.path)
        return bool(self.text) and self.raw is not False

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Missing):
            other.ask()
            return False
        if self.path:
            self.record.derived.add(self.path)
        if isinstance(other, Value):
            return self.text == other.text
        if isinstance(other, bool):
            return self.raw is other
        return self.whole == other if isinstance(other, int) else self.text == other

    def __hash__(self) -> int:
        return hash(self.text)

    def __lt__(self, other: object) -> bool:
        return self._ordered(other, operator.lt)

    def __le__(self, other: object) -> bool:
        return self._ordered(other, operator.le)

    def __gt__(self, other: object) -> bool:
        return self._ordered(other, operator.gt)

    def __ge__(self, other: object) -> bool:
        return self._ordered(other, operator.ge)

    def _ordered(self, other: object, ordering: Callable[[Any, Any], bool]) -> bool:
        """Whole numbers and dates come one before the other; nothing comes before what is missing."""
        if isinstance(other, Missing):
            other.ask()
            return False
        mine, others = self.comparable(), comparable(other)
        if mine is None or others is None or type(mine) is not type(others):
            raise ProgrammeError("只有两个整数、两个日期能比先后、大小", "改用 ==，或对人数、年份、日期使用")
        if self.path:
            self.record.derived.add(self.path)
        return ordering(mine, others)

    def comparable(self) -> int | date | None:
        """The number or date by which it is ordered; None where it has no order."""
        return self.raw if isinstance(self.raw, date) else self.whole

    def __contains__(self, text: object) -> bool:
        return str(text) in self.text

    def __str__(self) -> str:
        return self.text


class Missing(Value):
    """A value that was not given; what it prints depends on the edition."""

    __slots__ = ("printed_blank", "shown")

    def __init__(
        self, record: Record, path: str, spec: FieldSpec | None = None, blank: str = "", shown: str = ""
    ) -> None:
        super().__init__(record, "", path, None, spec)
        self.printed_blank = blank
        self.shown = shown

    def with_text(self, text: str) -> Value:  # noqa: ARG002 (there is no text to print)
        """Still missing, whatever the way of printing."""
        return self

    def output(self) -> str:
        """A blank as the annex prints it; in a draft the field's title, marked; noted as missing."""
        if self.record.edition == "blank":
            return self.printed_blank
        title = self.record.title(self.path)
        self.record.missing.setdefault(self.path, title)
        return self.record.marked(self.path, f"{MISSING_OPEN}{self.shown or title}{MISSING_CLOSE}")

    def ask(self) -> None:
        """Note that what the document says depends on it."""
        no = isinstance(self.spec.kind, Flag) and self.spec.kind.blank_is_no if self.spec else False
        if self.record.edition != "blank" and not no:
            self.record.missing.setdefault(self.path, self.shown or self.record.title(self.path))

    def __bool__(self) -> bool:
        # A yes or no that nobody gave is not a no. Of other values this only asks whether they were given.
        if self.spec is not None and isinstance(self.spec.kind, Flag):
            self.ask()
        return False

    def __eq__(self, other: object) -> bool:
        self.ask()
        return False

    def __hash__(self) -> int:
        return hash(self.path)

    def _ordered(self, other: object, ordering: Callable[[Any, Any], bool]) -> bool:  # noqa: ARG002
        self.ask()
        return False

    def __contains__(self, text: object) -> bool:
        self.ask()
        return False


class Chapter(Value):
    """A text with pictures, tables and lists: printed as one mark, in whose place the blocks are put."""

    __slots__ = ()

    def output(self) -> str:
        """A mark where the documents are made; where a form is read by its fields, the text."""
        record = self.record
        if record.marking:
            return super().output()
        record.printed.setdefault(self.path, set()).add(self.text)
        passage = self.path.removesuffix(".text")
        record.derived |= {f"{passage}.format", f"{passage}.file"}
        for run in self.raw.lacking:
            record.missing.setdefault(run.lacks, record.title(run.lacks))
        record.chapters.append(self.raw)
        return f"{CHAPTER_OPEN}{len(record.chapters) - 1}{CHAPTER_CLOSE}"


def comparable(value: object) -> int | date | None:
    """The number or date by which a value, or a plain number, is ordered; None where it has no order."""
    if isinstance(value, Value):
        return value.comparable()
    return value if type(value) is int else None


def english_name(part: type[Part], name: str) -> str:
    """A field's English name from what a tag writes: that name, or the Chinese title; any other name as it is."""
    return name if name.isascii() else tag_names(part).get(name) or names_by_title(part).get(name, name)


@lru_cache(maxsize=2_000)
def specs_by_name(part: type[Part]) -> Mapping[str, FieldSpec]:
    """A group's fields by what a tag can write for them: the English name or the Chinese title."""
    specs = part.specs()
    titles = {**names_by_title(part), **tag_names(part)}
    titled = {title: specs[name] for title, name in titles.items() if name in specs and not title.isascii()}
    return {**specs, **titled}


class Group:
    """A part's fields by name, also where the part was not given."""

    __slots__ = ("_part", "_path", "_record", "_seen", "_value")

    def __init__(self, record: Record, part: type[Part], value: Part | None, path: str) -> None:
        self._record = record
        self._part = part
        self._value = value
        self._path = path
        self._seen: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        # Forms ask for the same fields again and again, to count and to tick.
        found = self._seen.get(name)
        if found is None:
            spec = specs_by_name(self._part)[name]
            value = getattr(self._value, spec.name) if self._value is not None else None
            path = f"{self._path}.{spec.name}" if self._path else spec.name
            found = self._seen[name] = wrap(self._record, spec, value, path)
        return found

    def __contains__(self, name: str) -> bool:
        return name in specs_by_name(self._part)

    def __iter__(self) -> Iterator[Any]:
        raise ProgrammeError("一组字段不能循环", "写到具体的字段，或对一个列表循环")

    def __bool__(self) -> bool:
        return self._value is not None


class Filler:
    """A row that stands for no item: blank as printed, or 无 in every cell."""

    __slots__ = ("_part", "_record", "_text")

    def __init__(self, record: Record, text: str, part: type[Part] | None = None) -> None:
        self._record = record
        self._text = text
        self._part = part

    def __getitem__(self, name: str) -> Any:
        if self._part is not None:
            name = english_name(self._part, name)
        spec = self._part.specs().get(name) if self._part is not None else None
        if spec is not None and spec.shape == "list":
            return FillerRows(self._record, self._text, spec.part)
        is_group = name in BY_ROLE or (spec is not None and spec.part is not None)
        part = spec.part if spec is not None else None
        return Filler(self._record, self._text, part) if is_group else Value(self._record, self._text)

    def __bool__(self) -> bool:
        return False

    def __iter__(self) -> Iterator[Any]:
        raise ProgrammeError("空行里的一项不能循环", "只对列表循环")

    def __contains__(self, text: object) -> bool:
        return False

    def output(self) -> str:
        """The filler's own text."""
        return self._record.marked("", self._text)


class FillerRows(Filler):
    """A list inside such a row: as many blank rows as are printed, or one row of 无."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.padded(1))

    def __contains__(self, item: object) -> bool:
        return any(each == item for each in self)

    def __len__(self) -> int:
        return 1

    def padded(self, count: int) -> list[Any]:
        """The rows of a table inside the row."""
        self._record.step(count)
        if self._part is None:
            return [Value(self._record, self._text)]
        return [Filler(self._record, self._text, self._part) for _ in range(count if not self._text else 1)]


class Rows:
    """A list of groups or texts.

    ``given`` tells an empty list from one that was not given: the latter has, outside the blank edition,
    one item in which everything is missing, so that a draft shows it and a signing copy is refused.
    """

    __slots__ = ("_items", "_spec", "given", "path", "record")

    def __init__(self, record: Record, spec: FieldSpec, items: list[Any] | None, path: str) -> None:
        self.record = record
        self._spec = spec
        self.path = path
        self.given = items is not None
        if items is None:
            items = [] if record.edition == "blank" else [_missing_item(record, spec, path)]
        self._items = items

    def __iter__(self) -> Iterator[Any]:
        self.record.step(len(self._items))
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, at: int) -> Any:
        if isinstance(at, int) and -len(self._items) <= at < len(self._items):
            return self._items[at]
        return self.none_there()

    def none_there(self) -> Any:
        """What stands for an item that is not there: blank, 无 where the list says so, else missing."""
        if self.record.edition == "blank":
            return Filler(self.record, "", self._spec.part)
        if self.given and not self._items:
            return Filler(self.record, Stated.NONE.value, self._spec.part)
        return self.lacking()

    def __bool__(self) -> bool:
        return self.given and bool(self._items)

    def ask(self) -> None:
        """Note that what the document says depends on the list, which nobody gave."""
        if not self.given and self.record.edition != "blank":
            self.record.missing.setdefault(self.path, self.record.title(self.path))

    def chosen(self, items: list[Any]) -> Rows:
        """Some of the items, as a list of the same kind."""
        return Rows(self.record, self._spec, items, self.path)

    def lacking(self) -> Any:
        """An item in which everything is missing."""
        return _missing_item(self.record, self._spec, self.path)

    def padded(self, count: int) -> list[Any]:
        """The rows of a table: blank ones as printed where nothing is known, one of 无 where that was stated."""
        self.record.step(count)
        if self.record.edition == "blank":
            return [Filler(self.record, "", self._spec.part) for _ in range(count)]
        if self.given and not self._items:
            return [Filler(self.record, Stated.NONE.value, self._spec.part)]
        return list(self._items)


class _MissingItem(Group):
    """An item of a list that was not given: every field of it is missing, under the list's own path."""

    __slots__ = ("_list",)

    def __init__(self, record: Record, part: type[Part], path: str) -> None:
        super().__init__(record, part, None, f"{path}[]")
        self._list = path

    def __getitem__(self, name: str) -> Any:
        found = super().__getitem__(name)
        if not isinstance(found, Missing):
            return found
        return Missing(self._record, self._list, shown=self._record.title(found.path))


def _missing_item(record: Record, spec: FieldSpec, path: str) -> Any:
    if spec.part is None:
        return Missing(record, path, spec)
    return _MissingItem(record, spec.part, path)


class Texts:
    """A map of passages by id: an agreement's clauses or a plan's sections."""

    __slots__ = ("_map", "_path", "_record", "_spec")

    def __init__(self, record: Record, spec: FieldSpec, value: dict[str, Any] | None, path: str) -> None:
        self._record = record
        self._spec = spec
        self._map = value or {}
        self._path = path

    def __getitem__(self, key: str) -> Any:
        passage = self._map.get(key)
        path = f"{self._path}.{key}"
        if self._spec.kind is not None:
            # Plain texts by id, as the files of a checklist's items.
            return wrap(self._record, replace(self._spec, shape="list"), passage, path)
        text = getattr(passage, "text", None)
        variant = getattr(passage, "variant", None)
        if text is None and variant and self._record.model_clause is not None:
            try:
                text = self._record.model_clause(variant)
            except UnknownClauseError:
                # The loader has reported the unknown name; what the document would print is missing all the same.
                return Missing(self._record, path, self._spec)
            path = f"{path}.variant"
        elif text is None:
            return Missing(self._record, path, self._spec)
        else:
            path = f"{path}.text"
        if isinstance(text, RichText):
            return Chapter(self._record, str(text), path, text, self._spec)
        return Value(self._record, text, path, text, self._spec)

    def __iter__(self) -> Iterator[Any]:
        raise ProgrammeError("一组文字不能循环，也不能用 in 判断", "写出编号，一次取一篇")

    def __contains__(self, key: object) -> bool:
        return any(True for _ in self)

    def __bool__(self) -> bool:
        return bool(self._map)


def wrap(record: Record, spec: FieldSpec, value: Any, path: str) -> Any:
    """A kept value as templates see it.

    Args:
        record: the rendering's record.
        spec: the field's declaration.
        value: the kept value; None where it was not given.
        path: the field's exact path.
    """
    if type(value) is str:  # as most are
        return Value(record, value, path, value, spec)
    if spec.shape == "map":
        return Texts(record, spec, value, path)
    if spec.shape == "list":
        items = None
        if value is not None:
            items = [_single(record, spec, item, f"{path}[{at}]") for at, item in enumerate(value)]
        return Rows(record, spec, items, path)
    return _single(record, spec, value, path)


def _single(record: Record, spec: FieldSpec, value: Any, path: str) -> Any:
    if spec.part is not None:
        return Group(record, spec.part, value, path)
    if value is None:
        return Missing(record, path, spec)
    kind = spec.kind
    text = value if type(value) is str else kind.show(value) if kind else str(value)
    return Value(record, text, path, value, spec)

"""Changes made in a data file's bytes, whatever its format, and read back before anybody sees them.

After each change the new bytes are read as any data file is. What was changed must read back as it was given,
and all else as it was; otherwise nothing is changed and the reason is told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import groupby
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from generator.base.characters import BadValueError, refused_character
from generator.base.tree import Scalar, plain
from generator.errors import Place
from generator.model.consortium import Passage
from generator.model.fields import FieldSpec, Part
from generator.model.notices import Notice
from generator.model.paths import spec_of
from generator.model.programme import Programme
from generator.model.value_kinds import Money, says_none
from generator.readers.formats import WORKBOOK, format_of
from generator.readers.source_file import Source
from generator.readers.translate import is_blank, is_option
from generator.readers.written import NONE, Written, written
from generator.writers.changes import (
    CannotEditError,
    Change,
    DeleteRow,
    InsertRows,
    MoveRow,
    ReplaceRows,
    SetText,
    Simple,
    flat,
    put,
)
from generator.writers.edit_yaml import YamlFile
from generator.writers.excel.edit import WorkbookFile

# What makes a file unreadable, or is not a character at all; all else is saved, and told as a problem.
_UNWRITABLE = frozenset({"控制字符", "不成对的代理字符", "Unicode 非字符"})


class Edited(Struct, frozen=True):
    """A data file with changes made.

    Attributes:
        source: its bytes and what they say.
        written: what it says to the programme.
    """

    source: Source
    written: Written


class Editor(Struct, frozen=True):
    """Makes changes for one programme.

    Attributes:
        programme: the programme; None for the base data alone.
        known: every programme by code.
    """

    programme: Programme | None
    known: Mapping[str, Programme]

    def read(self, source: Source) -> Edited:
        """A file as it is."""
        return Edited(source, written(source, self.programme, self.known))

    def apply(self, before: Edited, changes: Sequence[Change]) -> Edited:
        """A file with changes made, one after the other.

        Raises:
            CannotEditError: one of them cannot be made; none is then.
            DataError: the file cannot be read any more; a fault of this program.
        """
        now = before
        for change in changes:
            check_texts(change)
        changes = [_without_blanks(change) for change in changes]
        pending: list[SetText] = []
        for change in changes:
            if isinstance(change, SetText):
                pending.append(change)
                continue
            now = self._set(now, pending)
            pending = []
            for simple in _simple(change, now.written):
                if isinstance(simple, SetText):
                    pending.append(simple)
                else:
                    now = self._set(now, pending)
                    pending = []
                    now = self._rows(now, simple)
        return self._set(now, pending)

    def _open(self, now: Edited) -> YamlFile | WorkbookFile:
        kind = WorkbookFile if format_of(Path(now.source.name)) is WORKBOOK else YamlFile
        return kind(now.source, now.written, self.programme)

    def _rows(self, now: Edited, change: Simple) -> Edited:
        count = now.written.counts.get(change.path, 0)
        spec = spec_of(now.written.position.part, change.path)
        if spec is None or spec.shape != "list" or spec.part is None:
            raise CannotEditError("这里不是可以增删行的表")
        file = self._open(now)
        if isinstance(change, InsertRows):
            rows = tuple(row for row in change.rows if any(row.values()))
            if not rows:
                return now
            if not 0 <= change.at <= count:
                raise CannotEditError("没有这一行")
            file.insert(change.path, change.at, rows)
        elif isinstance(change, DeleteRow):
            file.delete(change.path, change.at)
        elif isinstance(change, MoveRow):
            if change.at == change.to:
                return now
            file.move(change.path, change.at, change.to)
        return self._checked(now, file.data, [change])

    def _set(self, now: Edited, changes: list[SetText]) -> Edited:
        # A group that is stated as none has no fields: that is taken back first.
        cleared = [SetText(path, "") for path in dict.fromkeys(_stated_above(now.written, changes))]
        for several in (cleared, list({change.path: change for change in changes}.values())):
            wanted = [each for each in several if now.written.text(each.path) != each.text]
            if not wanted:
                continue
            file = self._open(now)
            for each in wanted:
                file.set_text(each.path, each.text)
            after = self._read(now, file.data)
            if with_unit := list(_in_other_unit(after.written, wanted)):
                file = self._open(after)
                for each in with_unit:
                    file.set_text(each.path, each.text, exact=True)
                after = self._read(now, file.data)
            _compare(now.written, after.written, wanted)
            now = after
        return now

    def _read(self, now: Edited, data: bytes) -> Edited:
        kind = format_of(Path(now.source.name))
        if kind is None:
            raise TypeError("a data file has a format")
        notices: list[Notice] = []
        root = kind.read(data, now.source.name, notices)
        return self.read(replace(now.source, root=root, data=data, notices=tuple(notices)))

    def _checked(self, now: Edited, data: bytes, changes: list[Simple]) -> Edited:
        after = self._read(now, data)
        _compare(now.written, after.written, changes)
        return after


def digest(source: Source) -> str:
    """A file's sha256, in hexadecimal."""
    return hashlib.sha256(source.data).hexdigest()


def check_texts(change: Change) -> None:
    """Refuse what no file can hold.

    Raises:
        CannotEditError: naming the character.
    """
    texts: list[str] = []
    if isinstance(change, SetText):
        texts.append(change.text)
    elif isinstance(change, InsertRows):
        texts += [text for row in change.rows for text in row.values()]
    elif isinstance(change, ReplaceRows):
        texts += [text for row in change.rows for text in row.texts.values()]
    for text in texts:
        found = refused_character(text)
        if found is not None and found[1] in _UNWRITABLE:
            raise CannotEditError(
                f"内容里有{found[1]}（U+{ord(found[0]):04X}），存不进文件，请删去后重新输入"
            )


def _without_blanks(change: Change) -> Change:
    """A change in which texts of nothing but white space are empty, as files give them back."""
    if isinstance(change, SetText):
        return replace(change, text=change.text if change.text.strip() else "")
    if isinstance(change, InsertRows):
        rows = tuple({key: text if text.strip() else "" for key, text in row.items()} for row in change.rows)
        return replace(change, rows=rows)
    if isinstance(change, ReplaceRows):
        texts = [
            {key: text if text.strip() else "" for key, text in row.texts.items()} for row in change.rows
        ]
        return replace(
            change, rows=tuple(replace(row, texts=each) for row, each in zip(change.rows, texts, strict=True))
        )
    return change


def _simple(change: Change, now: Written) -> Iterator[Simple]:
    """A change as those that a file can make."""
    if not isinstance(change, ReplaceRows):
        yield change
        return
    count = now.counts.get(change.path, 0)
    kept = [row.was for row in change.rows if row.was is not None]
    if len(set(kept)) != len(kept) or any(not 0 <= was < count for was in kept):
        raise CannotEditError("表格的行与文件里的对不上了，请刷新后再粘贴")
    yield from (DeleteRow(change.path, at) for at in reversed(range(count)) if at not in kept)
    order = sorted(kept)
    for to, was in enumerate(kept):
        at = order.index(was)
        if at != to:
            yield MoveRow(change.path, at, to)
            order.insert(to, order.pop(at))
    rows = [row for row in change.rows if row.was is not None or any(row.texts.values())]
    # Rows that follow one another are inserted together.
    for fresh, several in groupby(enumerate(rows), lambda pair: pair[1].was is None):
        pairs = list(several)
        if fresh:
            yield InsertRows(change.path, pairs[0][0], tuple(row.texts for _, row in pairs))
    for at, row in enumerate(rows):
        if row.was is not None:
            for below, text in row.texts.items():
                yield SetText(f"{change.path}[{at}].{below}", text)


def _stated_above(now: Written, changes: list[SetText]) -> Iterator[str]:
    """The groups above some fields that are stated as none."""
    for change in changes:
        if not change.text:
            continue
        path = change.path
        while "." in path:
            path = path.rpartition(".")[0]
            if path in now.values:
                yield path


def _in_other_unit(after: Written, changes: list[SetText]) -> Iterator[SetText]:
    """Amounts that came to stand under another unit than the field's own, each with its unit written out."""
    for change in changes:
        spec = spec_of(after.position.part, change.path)
        if spec is None or not isinstance(spec.kind, Money) or says_none(change.text):
            continue
        if not _same(spec, change.text, after.text(change.path)):
            try:
                spec.kind.read(f"{change.text}{spec.kind.unit}")
            except BadValueError:
                continue
            yield SetText(change.path, f"{change.text.strip()}{spec.kind.unit}")


def _same(spec: FieldSpec | None, wanted: str, found: str) -> bool:
    """Whether two texts say the same."""
    if _folded(wanted) == _folded(found):
        return True
    if spec is None or spec.kind is None or spec.shape != "one":
        return False
    try:
        same: bool = spec.kind.read(wanted) == spec.kind.read(found)
    except BadValueError:
        return False
    return same


def _folded(text: str) -> str:
    """A text as a file gives it back: one kind of line end, and nothing where it says nothing."""
    plain_text = text.replace("\r\n", "\n").replace("\r", "\n")
    return plain_text if plain_text.strip() else ""


def _compare(before: Written, after: Written, changes: Sequence[Simple]) -> None:
    """Check that a file says what it said, but for the changes.

    Raises:
        CannotEditError: it does not.
    """
    model = before.position.part
    tree = deepcopy(plain(before.tree))
    for change in changes:
        _apply(tree, change, model)
    wanted = dict(_texts(tree, model, ""))
    found = {path: text.text for path, text in after.values.items()}
    if set(wanted) != set(found) or any(
        not _same(spec_of(model, path), text, found[path]) for path, text in wanted.items()
    ):
        raise CannotEditError("文件里这一处的写法不能自动改动，请打开文件自己改，保存后页面会接着用")


def _apply(tree: Any, change: Simple, model: type[Part]) -> None:
    names = flat(change.path)
    if isinstance(change, SetText):
        spec = spec_of(model, change.path)
        if _says(spec, change.text):
            value: Any = _folded(change.text)
            if spec is not None and spec.part is None and spec.shape != "one":
                value = [] if says_none(value) else value.split("\n")
            elif spec is not None and spec.shape != "one" and value == NONE:
                value = [] if spec.shape == "list" else {}
            put(tree, names, value)
        else:
            _remove(tree, names)
        return
    rows = _get(tree, names)
    if isinstance(change, InsertRows):
        if not isinstance(rows, list):
            rows = []
            put(tree, names, rows)
        rows[change.at : change.at] = [
            _row(row, change.path, model) for row in change.rows if any(row.values())
        ]
    elif isinstance(rows, list) and isinstance(change, DeleteRow):
        del rows[change.at]
        if not rows:
            _remove(tree, names)
    elif isinstance(rows, list) and isinstance(change, MoveRow):
        rows.insert(change.to, rows.pop(change.at))


def _says(spec: FieldSpec | None, text: str) -> bool:
    """Whether a text says something: not one that only keeps a place."""
    node = Scalar(text, Place(""))
    return not is_blank(node) or (spec is not None and is_option(node, spec))


def _row(row: Mapping[str, str], path: str, model: type[Part]) -> dict[str, Any]:
    """A new row as it is read back."""
    specs = {key: spec_of(model, f"{path}[0].{key}") for key in row}
    tree: dict[str, Any] = {}
    for key, text in row.items():
        spec = specs[key]
        if _says(spec, text):
            several = spec is not None and spec.part is None and spec.shape == "list"
            put(tree, flat(key), ([] if says_none(text) else text.split("\n")) if several else text)
    return tree


def _get(tree: Any, names: Sequence[str | int]) -> Any:
    here = tree
    for name in names:
        if isinstance(name, int):
            here = here[name] if isinstance(here, list) and name < len(here) else None
        else:
            here = here.get(name) if isinstance(here, dict) else None
    return here


def _remove(tree: Any, names: list[str | int]) -> None:
    """Take a value out of a tree, with the groups and items that hold nothing then."""
    while names:
        holder = _get(tree, names[:-1])
        last = names[-1]
        if isinstance(holder, dict):
            holder.pop(str(last), None)
        elif isinstance(holder, list) and isinstance(last, int) and last < len(holder):
            del holder[last]
        else:
            return
        if holder:
            return
        names = names[:-1]


def _texts(tree: Any, part: type[Part], path: str) -> Iterator[tuple[str, str]]:
    """The texts of a tree by path, as ``Written`` has them."""
    for name, value in tree.items():
        spec = part.specs().get(name)
        here = f"{path}.{name}" if path else name
        if spec is None:
            continue
        if isinstance(value, str):
            yield (
                (f"{here}.text" if spec.part and issubclass(spec.part, Passage) and value != NONE else here),
                value,
            )
        elif isinstance(value, list):
            yield from _list(value, spec, here)
        elif spec.shape == "map" and isinstance(value, dict):
            if not value:
                yield here, NONE
            for key, each in value.items():
                if isinstance(each, list):
                    yield from _list(each, spec, f"{here}.{key}")
                elif isinstance(each, dict) and spec.part:
                    yield from _texts(each, spec.part, f"{here}.{key}")
                elif isinstance(each, str):
                    yield f"{here}.{key}", each
        elif isinstance(value, dict) and spec.part:
            yield from _texts(value, spec.part, here)


def _list(value: list[Any], spec: FieldSpec, here: str) -> Iterator[tuple[str, str]]:
    if not value:
        yield here, NONE
    elif spec.part is None:
        yield here, "\n".join(str(each) for each in value)
    for at, each in enumerate(value if spec.part else ()):
        if isinstance(each, dict) and spec.part:
            yield from _texts(each, spec.part, f"{here}[{at}]")

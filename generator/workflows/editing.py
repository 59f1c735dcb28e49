"""A data file open for editing: changed in place, whole or not at all, and nobody's changes lost.

The file is the truth. Every change goes into the same file at once; a file that others have changed meanwhile is
merged field by field, or a person is asked. What cannot be read is saved as it was typed, and told as a problem.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from generator.base.files import replace_data, sha256_of
from generator.errors import DataError, OutputError, Place, Problem, RefusedError
from generator.model.dataset import Dataset
from generator.model.notices import notice_texts
from generator.model.paths import title_of
from generator.model.programme import Programme
from generator.packet.assessment import load_for
from generator.publishing.lock import LockedError, locked
from generator.readers.source_file import Source, read_source
from generator.readers.written import Written
from generator.workflows.choose import filed_programmes
from generator.workflows.workspace import Workspace
from generator.writers.changes import (
    CannotEditError,
    Change,
    DeleteRow,
    InsertRows,
    MoveRow,
    ReplaceRows,
    Row,
    SetText,
)
from generator.writers.editing import Edited, Editor, digest
from generator.writers.merging import Conflict, Merged, merge

_WAIT_SECONDS: Final = 10.0
# So much of earlier states is kept in memory for undoing and merging; the oldest go first.
_MOST_KEPT: Final = 64_000_000
# What is typed into one field with shorter pauses than this is one change to whoever takes it back.
_ONE_GO_SECONDS: Final = 3.0

__all__ = [
    "Change",
    "Conflict",
    "DeleteRow",
    "Editing",
    "InsertRows",
    "MoveRow",
    "Overwritten",
    "ReplaceRows",
    "Row",
    "Saved",
    "SetText",
    "State",
]


class State(Struct, frozen=True):
    """What a data file says at one moment.

    Attributes:
        sha256: of the file, in hexadecimal; who changes something says which state was seen.
        dataset: as the programme sees it.
        values: the texts by path as the file has them, wrong ones among them. A list of texts is one text, a line
            each; a group, list or map that is empty on purpose is ``无``.
        counts: how many rows each list of groups has, by path; none where it has no rows.
        places: where each value stands, or would stand for which the file has an empty place.
        can_undo: whether the last change of this session can be undone.
        can_redo: whether what was undone can be done again.
        open_elsewhere: whether an office program has the file open; what it saves would undo what is changed here.
    """

    sha256: str
    dataset: Dataset
    values: Mapping[str, str]
    counts: Mapping[str, int]
    places: Mapping[str, Place]
    can_undo: bool
    can_redo: bool
    open_elsewhere: bool

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What cannot be read, each with its path and place."""
        return self.dataset.problems

    @property
    def notices(self) -> tuple[str, ...]:
        """What a person should know of how the file was read."""
        return notice_texts(self.dataset.notices)


class Saved(Struct, frozen=True):
    """What became of changes.

    Attributes:
        state: the file as it is now.
        conflicts: what others have changed too; nothing of these was written.
        changed_outside: whether others had changed the file since the state that was seen.
    """

    state: State
    conflicts: tuple[Conflict, ...] = ()
    changed_outside: bool = False


class Overwritten(Struct, frozen=True):
    """What another program has saved over what was changed here, as an office program does that had the file open.

    Attributes:
        fields: the fields and lists, each with what was written here and what the file says now.
        rows: whether lists are among them, so that only the whole file can be put back.
    """

    fields: tuple[Conflict, ...] = ()
    rows: bool = False


class _Step(Struct, frozen=True):
    """One change of this session: the bytes before it, what they became, who made it, the single field and when."""

    before: bytes
    after: bytes
    by: str
    path: str
    at: float


class Editing:
    """One data file that is open for editing, from as many threads as you like.

    Args:
        workspace: the programmes.
        path: the file, ``.yaml`` or ``.xlsx``.
        code: the programme that it is edited for; the first that it has a filing for where None.

    Raises:
        DataError: the file cannot be read.
        UsageError: there is no such programme.
        ProgrammeError: a programme is at fault.
    """

    def __init__(self, workspace: Workspace, path: Path, code: str | None = None) -> None:
        self.path = path
        self._workspace = workspace
        self._lock = RLock()
        self._known = workspace.catalogue.all()
        source = read_source(path)
        filed = [] if code else filed_programmes(workspace.catalogue, source)
        self.programme: Programme | None = workspace.catalogue.load(code) if code else next(iter(filed), None)
        self._editor = Editor(self.programme, self._known)
        self._seen: dict[str, Edited] = {}
        self._undo: list[_Step] = []
        self._redo: list[_Step] = []
        self._state: State | None = None
        self._remember(self._editor.read(source))

    def state(self) -> State:
        """What the file says now.

        Raises:
            DataError: it cannot be read; someone has moved or broken it.
        """
        with self._lock:
            return self._as_state(self._now())

    def change(self, changes: Sequence[Change], *, seen: str, by: str = "") -> Saved:
        """Change the file, all of it or nothing but the conflicts.

        Args:
            changes: one after the other; each path is that of the state after those before it.
            seen: the ``sha256`` of the state that whoever made them has seen.
            by: who makes them, where several do: only their own changes are taken back by ``undo``. What one
                types into one field without a pause is taken back at once.

        Raises:
            DataError: the file cannot be read, or is written in a way in which a change cannot be made; it is as
                it was then.
            OutputError: it cannot be written; it is as it was then.
        """
        with self._lock, self._alone():
            now = self._now()
            merged = Merged(tuple(changes), ())
            outside = digest(now.source) != seen
            if outside:
                merged = self._merged(now, changes, seen)
            after = self._applied(now, merged.changes)
            if after.source.data != now.source.data:
                replace_data(self.path, after.source.data)
                path = changes[0].path if by and len(changes) == 1 and isinstance(changes[0], SetText) else ""
                self._add(_Step(now.source.data, after.source.data, by, path, time.monotonic()))
                self._remember(after)
            return Saved(self._as_state(after), merged.conflicts, outside)

    def undo(self, *, by: str = "") -> State:
        """Take this session's last change back.

        Args:
            by: who asks, as in ``change``.

        Raises:
            RefusedError: there is none, it is somebody else's, or others have changed the file since.
            DataError: the file cannot be read.
            OutputError: it cannot be written.
        """
        return self._back(self._undo, self._redo, "撤销", by)

    def redo(self, *, by: str = "") -> State:
        """Make the change again that was undone last; as ``undo``."""
        return self._back(self._redo, self._undo, "重做", by)

    def counts(self, seen: str) -> Mapping[str, int]:
        """How many rows each list had in a state that was seen; of the file now where that is not remembered."""
        with self._lock:
            known = self._seen.get(seen)
            return (known or self._now()).written.counts

    def overwritten(self, seen: str) -> Overwritten:
        """What of this session's changes a program from outside has saved over since a state was seen.

        Args:
            seen: the ``sha256`` of the last state that was seen.

        Raises:
            DataError: the file cannot be read.
        """
        with self._lock:
            now, mine = self._now(), self._seen.get(seen)
            if mine is None or mine is now or not self._undo or self._undo[-1].after != mine.source.data:
                return Overwritten()
            first = self._undo[-1]
            for step in reversed(self._undo):
                if step.after == first.before:
                    first = step
            before = self._seen.get(sha256(first.before).hexdigest())
            return _overwritten(before, mine, now) if before is not None else Overwritten()

    def restore(self, seen: str, *, by: str = "") -> State:
        """Put the file back as it was in a state that was seen; what it says now can be had again by ``undo``.

        Args:
            seen: the ``sha256`` of that state.
            by: who asks, as in ``change``.

        Raises:
            RefusedError: that state is not remembered.
            DataError: the file cannot be read.
            OutputError: it cannot be written.
        """
        with self._lock, self._alone():
            now, wanted = self._now(), self._seen.get(seen)
            if wanted is None:
                raise RefusedError("原来的内容已经不在了，没有换回", "照着改回来", Place(self.path.name))
            replace_data(self.path, wanted.source.data)
            self._add(_Step(now.source.data, wanted.source.data, by, "", time.monotonic()))
            return self._as_state(wanted)

    def _add(self, step: _Step) -> None:
        last = self._undo[-1] if self._undo else None
        same = last is not None and step.path and (last.path, last.by) == (step.path, step.by)
        if same and last is not None and last.after == step.before and step.at - last.at < _ONE_GO_SECONDS:
            self._undo[-1] = replace(step, before=last.before)
        else:
            self._undo.append(step)
        self._redo.clear()

    def written(self) -> Written:
        """What the file says now, as it is written, for who lays other data beside it; raises what ``state`` raises."""
        with self._lock:
            return self._now().written

    def title(self, path: str) -> str:
        """A field's name for a person, as ``第 4 个成员单位的“单位性质”``."""
        labels = self.programme.titles if self.programme else {}
        return title_of(self._seen_last.written.position.part, path, labels)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else who keeps to the lock beside the file writes into it meanwhile."""
        try:
            with locked(self.path.with_name(f".{self.path.name}.lock"), _WAIT_SECONDS):
                yield
        except LockedError:
            # Told without the folder's path, which is no business of whoever looks at a page.
            raise OutputError(
                f"另一个程序正在写入“{self.path.name}”，这次没有写进去", "稍等一会儿再试"
            ) from None

    @property
    def _seen_last(self) -> Edited:
        return next(reversed(self._seen.values()))

    def _back(self, done: list[_Step], undone: list[_Step], word: str, by: str) -> State:
        with self._lock, self._alone():
            now = self._now()
            if not done:
                raise RefusedError(f"没有可以{word}的改动", "继续填写", Place(self.path.name))
            step = done[-1]
            if step.by != by:
                raise RefusedError(
                    f"最后一次改动是别人（或别的浏览器）做的，不能在这里{word}",
                    "直接改正要改的内容",
                    Place(self.path.name),
                )
            is_undo = done is self._undo
            was, to = (step.after, step.before) if is_undo else (step.before, step.after)
            if now.source.data != was:
                raise RefusedError(
                    f"文件在这之后被别的程序或别的人改过，不能{word}",
                    "直接改正要改的内容",
                    Place(self.path.name),
                )
            replace_data(self.path, to)
            undone.append(done.pop())
            return self._as_state(self._now())

    def _now(self) -> Edited:
        """The file as it is on the disk."""
        with suppress(OSError):
            known = self._seen.get(sha256_of(self.path))
            if known is not None:
                return known
        edited = self._editor.read(read_source(self.path))
        self._remember(edited)
        return edited

    def _remember(self, edited: Edited) -> None:
        key = digest(edited.source)
        self._seen.pop(key, None)
        self._seen[key] = edited
        size = sum(len(each.source.data) for each in self._seen.values())
        while size > _MOST_KEPT and len(self._seen) > 1:
            size -= len(self._seen.pop(next(iter(self._seen))).source.data)
        while sum(len(step.before) for step in self._undo) > _MOST_KEPT:
            del self._undo[0]

    def _merged(self, now: Edited, changes: Sequence[Change], seen: str) -> Merged:
        before = self._seen.get(seen)
        if before is not None:
            return merge(before.written, now.written, changes)
        # Nobody remembers what was seen: only what is in the file already can be told to be no conflict.
        texts = [
            Conflict(each.path, "", now.written.text(each.path), each.text)
            for each in changes
            if isinstance(each, SetText) and now.written.text(each.path) != each.text
        ]
        others = [Conflict(each.path, "", "", "") for each in changes if not isinstance(each, SetText)]
        return Merged((), (*texts, *others))

    def _applied(self, now: Edited, changes: Sequence[Change]) -> Edited:
        try:
            return self._editor.apply(now, changes)
        except CannotEditError as error:
            title = self.title(changes[0].path) if len(changes) == 1 else "这几处改动"
            raise DataError(
                f"{title}没有保存：{error.why}", "按说明处理，文件还是原来的样子", Place(self.path.name)
            ) from None
        except ValueError:
            raise DataError(
                f"没有“{changes[0].path[:60]}”这样的字段", "刷新页面后重试", Place(self.path.name)
            ) from None

    def _as_state(self, edited: Edited) -> State:
        source, key = edited.source, digest(edited.source)
        can = bool(self._undo), bool(self._redo)
        held = _held_open(self.path)
        if self._state is not None and self._state.sha256 == key:
            if (self._state.can_undo, self._state.can_redo, self._state.open_elsewhere) == (*can, held):
                return self._state
            dataset = self._state.dataset
        else:
            dataset = self._dataset(source)
        places = {path: text.place for path, text in edited.written.values.items()}
        self._state = State(
            key,
            dataset,
            {
                **edited.written.placeholders,
                **{path: text.text for path, text in edited.written.values.items()},
            },
            edited.written.counts,
            {**edited.written.blanks, **places},
            *can,
            held,
        )
        return self._state

    def _dataset(self, source: Source) -> Dataset:
        if self.programme is not None:
            return load_for(source, self.programme, self._workspace.catalogue)
        from generator.readers.load import load

        return load(source, None, known=self._known)


def _overwritten(before: Edited, mine: Edited, now: Edited) -> Overwritten:
    """What was changed from ``before`` to ``mine`` and is not so ``now``."""
    was, here, there = before.written, mine.written, now.written
    lists = [
        path
        for path in {**was.counts, **here.counts}
        if was.counts.get(path, 0) != here.counts.get(path, 0) != there.counts.get(path, 0)
    ]
    fields = [
        SetText(path, here.text(path))
        for path in {**was.values, **was.placeholders, **here.values, **here.placeholders}
        if was.text(path) != here.text(path)
        and not path.startswith(tuple(f"{one}[" for one in lists))
        and path not in lists
    ]
    merged = merge(was, there, fields)
    found = [
        Conflict(each.path, was.text(each.path), there.text(each.path), each.text)
        for each in merged.changes
        if isinstance(each, SetText)
    ]
    found += [each for each in merged.conflicts if not each.gone]
    rows = [
        Conflict(path, "", f"{there.counts.get(path, 0)} 行", f"{here.counts.get(path, 0)} 行")
        for path in lists
    ]
    return Overwritten((*found, *rows), bool(rows))


def _held_open(path: Path) -> bool:
    """Whether an office program says that it has a file open, by a file of its own beside it."""
    beside = (f"~${path.name}", f"~${path.name[2:]}", f".~lock.{path.name}#")
    return any(path.with_name(name).exists() for name in beside)

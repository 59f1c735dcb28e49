"""Changes meant for an earlier state of a file, carried over to what the file says now.

Whoever made a change saw the earlier state. What nobody else has touched since is changed; the same field
changed by both sides is a conflict, for a person to decide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from generator.readers.written import Written
from generator.writers.changes import Change, DeleteRow, InsertRows, MoveRow, ReplaceRows, SetText, flat

_KEYS = ("credit_code", "name", "rule", "year", "purpose")


class Conflict(Struct, frozen=True):
    """One thing that two sides have changed differently.

    Attributes:
        path: the field or list, as the file has it now; as it was where it is there no more.
        before: what both sides started from.
        theirs: what the file says now.
        mine: what was to be written; nothing of it was.
        gone: whether the row that held it is there no more.
    """

    path: str
    before: str
    theirs: str
    mine: str
    gone: bool = False


class Merged(Struct, frozen=True):
    """Changes that can be made to the file as it is, and those that a person must decide."""

    changes: tuple[Change, ...]
    conflicts: tuple[Conflict, ...]


def merge(before: Written, now: Written, changes: Sequence[Change]) -> Merged:
    """Carry changes over to what a file says now.

    Args:
        before: what the file said to whoever made the changes.
        now: what it says.
        changes: theirs, one after the other.
    """
    rows = _Rows(before, now)
    reshaped = {change.path for change in changes if not isinstance(change, SetText)}
    changed = {path for path in reshaped if _below(before, path) != _below(now, path)}
    kept: list[Change] = []
    found: Change | Conflict | None
    conflicts: list[Conflict] = []
    for change in changes:
        if isinstance(change, SetText):
            if any(change.path.startswith(f"{path}[") for path in changed):
                conflicts.append(Conflict(change.path, before.text(change.path), "", change.text, gone=True))
                continue
            found = _set(before, now, change, rows)
        elif change.path not in changed:
            found = change
        elif len(changes) == 1:
            found = _carried(before, now, change, rows)
        else:
            found = _of_rows(before, now, change)
        if isinstance(found, Conflict):
            conflicts.append(found)
        elif found is not None:
            kept.append(found)
    return Merged(tuple(kept), tuple(conflicts))


def _set(before: Written, now: Written, change: SetText, rows: _Rows) -> SetText | Conflict | None:
    path = rows.path(change.path)
    old = before.text(change.path)
    if path is None:
        return Conflict(change.path, old, "", change.text, gone=True)
    theirs = now.text(path)
    if theirs == old:
        return SetText(path, change.text)
    return None if theirs == change.text else Conflict(path, old, theirs, change.text)


def _carried(before: Written, now: Written, change: Change, rows: _Rows) -> Change | Conflict:
    """A single change of a list's rows, where it means the same in the list as it is now."""
    path = rows.path(change.path)
    if path is None or isinstance(change, (ReplaceRows, SetText)):
        return _of_rows(before, now, change)
    count = now.counts.get(path, 0)
    if isinstance(change, InsertRows):
        at = rows.row(change.path, change.at) if change.at < before.counts.get(change.path, 0) else count
        return InsertRows(path, at, change.rows) if at is not None else _of_rows(before, now, change)
    at = rows.row(change.path, change.at)
    if at is None:
        return _of_rows(before, now, change)
    if isinstance(change, DeleteRow):
        same = _below(before, f"{change.path}[{change.at}]") == _below(now, f"{path}[{at}]")
        return replace(change, path=path, at=at) if same else _of_rows(before, now, change)
    to = rows.row(change.path, change.to)
    return MoveRow(path, at, to) if to is not None else _of_rows(before, now, change)


def _of_rows(before: Written, now: Written, change: Change) -> Conflict:
    """A conflict about a list's rows; it says how many there were, are and were to be."""
    path = change.path
    counts = before.counts.get(path, 0), now.counts.get(path, 0)
    mine = {InsertRows: "加行", DeleteRow: "删去一行", MoveRow: "移动一行", ReplaceRows: "整表替换"}
    return Conflict(path, f"{counts[0]} 行", f"{counts[1]} 行", mine.get(type(change), ""))


def _below(written: Written, path: str) -> Mapping[str, str]:
    """All that is said below a path, by the rest of its path."""
    start = len(path)
    return {
        key[start:]: text.text
        for key, text in written.values.items()
        if key == path or key.startswith((f"{path}.", f"{path}["))
    }


class _Rows:
    """Which row of a list now is which row of before."""

    def __init__(self, before: Written, now: Written) -> None:
        self._before = before
        self._now = now
        self._found: dict[tuple[str, str], dict[int, int]] = {}

    def path(self, path: str) -> str | None:
        """Where a field of before stands now; None where its row is gone, or cannot be told from others."""
        old = new = ""
        for step in flat(path):
            if isinstance(step, str):
                old, new = (f"{old}.{step}", f"{new}.{step}") if old else (step, step)
                continue
            at = self._row(old, new, step)
            if at is None:
                return None
            old, new = f"{old}[{step}]", f"{new}[{at}]"
        return new

    def row(self, path: str, at: int) -> int | None:
        """A row's number now."""
        where = self.path(path)
        return None if where is None else self._row(path, where, at)

    def _row(self, old: str, new: str, at: int) -> int | None:
        if (old, new) not in self._found:
            self._found[old, new] = self._matched(old, new)
        return self._found[old, new].get(at)

    def _matched(self, old: str, new: str) -> dict[int, int]:
        before = [self._item(self._before, old, at) for at in range(self._before.counts.get(old, 0))]
        now = [self._item(self._now, new, at) for at in range(self._now.counts.get(new, 0))]
        found: dict[int, int] = {}
        for key in _KEYS:
            mine = [item.get(key, "") for item in before]
            theirs = [item.get(key, "") for item in now]
            for at, text in enumerate(mine):
                if text and mine.count(text) == theirs.count(text) == 1:
                    found.setdefault(at, theirs.index(text))
        for at, item in enumerate(before):
            if at not in found and before.count(item) == now.count(item) == 1:
                found[at] = now.index(item)
        # A row whose own name was changed is still the same row where all around it are.
        taken = set(found.values())
        if len(before) == len(now) and all(a == b for a, b in found.items()):
            for at in range(len(before)):
                if at not in found and at not in taken:
                    found[at] = at
        return found

    @staticmethod
    def _item(written: Written, path: str, at: int) -> dict[str, str]:
        prefix = re.compile(re.escape(f"{path}[{at}]."))
        return {
            key[found.end() :]: text.text
            for key, text in written.values.items()
            if (found := prefix.match(key))
        }

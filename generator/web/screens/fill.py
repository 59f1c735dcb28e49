"""Filling in: the form's sections, and every change saved into the file as it is typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from starlette.responses import Response

from generator.base.text import count_characters, count_words
from generator.errors import UsageError
from generator.web.opened import OpenFile, by_section, lacking, shown_section
from generator.web.pasted import Pasted, read_pasted
from generator.web.visit import Visit
from generator.workflows.editing import (
    Change,
    DeleteRow,
    InsertRows,
    MoveRow,
    Overwritten,
    Saved,
    SetText,
    State,
)
from generator.workflows.forms import FormField, Section

_MOST_CHANGES = 5000
_ROW = re.compile(r"\[(\d+)\]")


class Group(Struct, frozen=True):
    """Fields that belong together, under their title; empty for none."""

    title: str
    fields: tuple[FormField, ...]


def show(visit: Visit) -> Response:
    """The form, at one section."""
    opened = visit.opened()
    state = opened.state()
    return visit.page("fill.html", **_page(opened, state, visit))


def section(visit: Visit) -> Response:
    """The middle column anew: after rows have changed, or the file has from outside."""
    opened = visit.opened()
    return visit.page("section.html", **_page(opened, opened.state(), visit))


def card(visit: Visit) -> Response:
    """The long fields of one row."""
    opened = visit.opened()
    return visit.page("card.html", **_page(opened, opened.state(), visit))


def save(visit: Visit) -> Response:
    """Write what was typed into the file."""
    opened = visit.opened()
    given = visit.json.get("changes")
    if not isinstance(given, list) or len(given) > _MOST_CHANGES:
        raise _unreadable()
    seen = visit.asked("seen")
    asked = _Asked(opened, opened.state(), opened.editing.counts(seen))
    for one in given:
        asked.take(one)
    changes = asked.changes()
    over = opened.editing.overwritten(seen)
    saved = opened.editing.change(changes, seen=seen, by=visit.session)
    # Where the file says what this page itself has written before, nobody else has changed it.
    own = [one for one in saved.conflicts if not one.gone and (one.mine, one.theirs) in asked.own]
    if own:
        again = opened.editing.change(
            [SetText(one.path, one.mine) for one in own], seen=saved.state.sha256, by=visit.session
        )
        others = tuple(one for one in saved.conflicts if one not in own)
        saved = replace(saved, state=again.state, conflicts=(*others, *again.conflicts))
    whole = any(not isinstance(one, SetText) for one in changes)
    told = _told(opened, saved, whole=whole)
    if saved.changed_outside:
        told["overwritten"] = _over(opened, over, seen)
    return visit.answer({**told, **asked.said()})


def undo(visit: Visit) -> Response:
    """Take the last change back, or make it again."""
    opened = visit.opened()
    back = opened.editing.redo if visit.asked("way") == "redo" else opened.editing.undo
    return visit.answer(_told(opened, Saved(back(by=visit.session)), whole=True))


def restore(visit: Visit) -> Response:
    """Put the file back as this page had it, after another program has saved over it."""
    opened = visit.opened()
    state = opened.editing.restore(visit.asked("to"), by=visit.session)
    return visit.answer(_told(opened, Saved(state), whole=True))


def live(visit: Visit) -> Response:
    """What follows a change: what is lacking where."""
    opened = visit.opened()
    state = opened.state()
    judgement = opened.judged(state)
    missing = lacking(judgement)
    return visit.answer(
        {
            "seen": state.sha256,
            "sections": by_section(opened.form, missing),
            "lacking": missing,
            "problems": _to_do(opened, state),
            "conclusion": judgement.conclusion,
            "openElsewhere": state.open_elsewhere,
        }
    )


def stamp(visit: Visit) -> Response:
    """Which state the file is in: asked for every few seconds, so it is cheap."""
    opened = visit.opened()
    now, seen = opened.state().sha256, visit.asked("seen")
    if seen in {"", now}:
        return visit.answer({"seen": now})
    return visit.answer({"seen": now, "overwritten": _over(opened, opened.editing.overwritten(seen), seen)})


def _over(opened: OpenFile, found: Overwritten, seen: str) -> dict[str, Any]:
    return {
        "fields": [
            {
                "path": one.path,
                "title": opened.editing.title(one.path),
                "theirs": one.theirs,
                "mine": one.mine,
            }
            for one in found.fields
        ],
        "rows": found.rows,
        "from": seen,
    }


def _to_do(opened: OpenFile, state: State) -> int:
    judgement = opened.judged(state)
    blocking = sum(finding.stands_in_the_way and finding.verdict == "fail" for finding in judgement.findings)
    return blocking + len(judgement.dataset.problems)


def _told(opened: OpenFile, saved: Saved, *, whole: bool) -> dict[str, Any]:
    state = saved.state
    desk = opened.desk
    lists = {
        one.path
        for one in saved.conflicts
        if any(_ROW.sub("[]", one.path) == each.path for each in opened.form.sections if each.form == "list")
    }
    return {
        "seen": state.sha256,
        "problems": _problems(state, desk.said),
        "notes": {notice.path: notice.text for notice in state.dataset.notices if notice.path},
        "conflicts": [
            {
                "path": one.path,
                "title": opened.editing.title(one.path),
                "theirs": one.theirs,
                "mine": one.mine,
                "gone": one.gone,
                # Rows cannot be put in each other's place: what was to be done is done again by a person.
                "rows": one.path in lists,
            }
            for one in saved.conflicts
        ],
        "undo": state.can_undo,
        "redo": state.can_redo,
        # Rows have moved, or others have written: the columns are asked for anew.
        "whole": whole or saved.changed_outside,
        "outside": saved.changed_outside,
    }


def _problems(state: State, said: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for problem in state.problems:
        text = said(f"{problem.message}。请{problem.remedy}。")
        found[problem.path] = f"{found[problem.path]}\n{text}" if problem.path in found else text
    return found


def _unreadable() -> UsageError:
    return UsageError("请求读不出来", "刷新页面后重试")


class _Asked:
    """What a script of the page asks for, as changes.

    Args:
        opened: the file.
        state: as it is now.
        counts: how many rows each list had as the page has seen it.
    """

    def __init__(self, opened: OpenFile, state: State, counts: Mapping[str, int]) -> None:
        self._opened = opened
        self._state = state
        self._counts = counts
        self._made: list[Change] = []
        self._fresh: dict[str, dict[int, dict[str, str]]] = {}
        self._pasted: Pasted | None = None
        # What the page wanted, and what it has itself written there before.
        self.own: set[tuple[str, str]] = set()

    def take(self, given: Any) -> None:
        """One of them.

        Raises:
            UsageError: it is none.
        """
        if not isinstance(given, dict):
            raise _unreadable()
        path, what = given.get("path"), given.get("do")
        at, to, text = given.get("at"), given.get("to"), given.get("text")
        if not isinstance(path, str) or self._opened.form.section_of(path) is None:
            raise UsageError("没有这个字段", "刷新页面后重试")
        match what, at, to, text:
            case "set", _, _, str():
                self._set(path, text, given.get("was"))
            case "delete", int(), _, _:
                self._made.append(DeleteRow(path, at))
            case "move", int(), int(), _:
                self._made.append(MoveRow(path, at, to))
            case "insert", int(), _, _:
                self._made.append(InsertRows(path, at, (_first(self._opened, path, given.get("values")),)))
            case "paste", int(), _, str():
                names = given.get("names")
                if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
                    raise _unreadable()
                self._paste(path, at, names, text)
            case _:
                raise _unreadable()

    def changes(self) -> list[Change]:
        """All of them."""
        fresh = [
            InsertRows(path, self._counts.get(path, 0), tuple(rows[at] for at in sorted(rows)))
            for path, rows in self._fresh.items()
        ]
        return [*self._made, *fresh]

    def said(self) -> dict[str, Any]:
        """What a person should know of a paste."""
        if self._pasted is None:
            return {}
        return {"pasted": self._pasted.said(), "left": bool(self._pasted.unknown)}

    def _set(self, path: str, text: str, was: Any) -> None:
        """A text set; in the row behind the last of a list, a new row with it."""
        found = re.fullmatch(r"(.+)\[(\d+)\]\.([^\[\]]+)", path)
        if found and int(found[2]) >= self._counts.get(found[1], 0):
            # What has arrived already, though its answer was lost, is not written twice.
            if text and self._state.values.get(path) != text:
                self._fresh.setdefault(found[1], {}).setdefault(int(found[2]), {})[found[3]] = text
            return
        if isinstance(was, str):
            self.own.add((text, was))
        self._made.append(SetText(path, text))

    def _paste(self, path: str, at: int, names: Sequence[str], text: str) -> None:
        plain = _ROW.sub("[]", path)
        fields = [field for one in self._opened.form.sections if one.path == plain for field in one.fields]
        self._pasted = pasted = read_pasted(text, fields, names)
        have = self._counts.get(path, 0)
        fresh: list[Mapping[str, str]] = []
        for number, row in enumerate(pasted.rows, at):
            if number < have:
                self._made += [SetText(f"{path}[{number}].{name}", cell) for name, cell in row.items()]
            elif any(row.values()):
                fresh.append(row)
        if fresh:
            self._made.append(InsertRows(path, have, tuple(fresh)))


def _first(opened: OpenFile, path: str, values: Any) -> Mapping[str, str]:
    """What a new row begins with."""
    plain = _ROW.sub("[]", path)
    names = {field.name for one in opened.form.sections if one.path == plain for field in one.fields}
    given = values if isinstance(values, dict) else {}
    return {name: text for name, text in given.items() if name in names and isinstance(text, str)}


def _page(opened: OpenFile, state: State, visit: Visit) -> dict[str, Any]:
    """All that the form's template needs."""
    go = visit.asked("go")
    sections = [one for one in opened.form.sections if not one.parent and one.form != "attachments"]
    chosen = shown_section(opened.form, go) if go else None
    wanted = visit.asked("s")
    current = chosen or next((one for one in sections if one.title == wanted), sections[0])
    judgement = opened.judged(state)
    missing = lacking(judgement)
    rows = state.counts.get(current.path, 0) if current.form == "list" else 0
    row = _ROW.search(go) if go else None
    number = int(row[1]) if row and current.form == "list" else _number(visit.asked("row"))
    return {
        "title": f"{current.title} · {opened.name}",
        "name": opened.name,
        "programme": opened.form.programme,
        "state": state,
        "values": state.values,
        "sections": sections,
        "current": current,
        "groups": _groups(current),
        "nested": [one for one in opened.form.sections if one.parent and one.parent == current.path],
        "rows": rows,
        "row": min(number, max(rows - 1, 0)),
        "lacking": missing,
        "by_section": by_section(opened.form, missing),
        "problems": _problems(state, opened.desk.said),
        "notes": {notice.path: notice.text for notice in state.dataset.notices if notice.path},
        "count": _to_do(opened, state),
        "conclusion": judgement.conclusion,
        "go": go,
        "counted": counted,
        "counts": state.counts,
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("100000") else 0


def _groups(section: Section) -> list[Group]:
    return [
        Group(title, tuple(several)) for title, several in groupby(section.fields, lambda field: field.group)
    ]


def counted(text: str) -> str:
    """How many 字 a text has, by both ways of counting."""
    characters, words = count_characters(text), count_words(text)
    return f"{characters} 字" if characters == words else f"{characters} 字（按 Word 计 {words} 字）"

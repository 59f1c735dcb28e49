"""Filling in: the form's sections, and every change saved into the file as it is typed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from starlette.responses import Response

from generator.base.text import count_characters, count_words
from generator.errors import UsageError
from generator.web.opened import OpenFile, by_section, lacking, shown_section
from generator.web.visit import Visit
from generator.workflows.editing import (
    Change,
    DeleteRow,
    InsertRows,
    MoveRow,
    Saved,
    SetText,
    State,
)
from generator.workflows.forms import FormField, Section

_MOST_CHANGES = 5000
_MOST_ROWS = 1000
_ROW = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Group:
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
    before = opened.state()
    changes: list[Change] = []
    for one in given:
        changes += _changes(one, opened, before)
    saved = opened.editing.change(changes, seen=visit.asked("seen"))
    return visit.answer(_told(opened, saved, whole=any(not isinstance(one, SetText) for one in changes)))


def undo(visit: Visit) -> Response:
    """Take the last change back, or make it again."""
    opened = visit.opened()
    state = opened.editing.redo() if visit.asked("way") == "redo" else opened.editing.undo()
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
    return visit.answer({"seen": opened.state().sha256})


def _to_do(opened: OpenFile, state: State) -> int:
    judgement = opened.judged(state)
    blocking = sum(finding.stands_in_the_way and finding.verdict == "fail" for finding in judgement.findings)
    return blocking + len(judgement.dataset.problems)


def _told(opened: OpenFile, saved: Saved, *, whole: bool) -> dict[str, Any]:
    state = saved.state
    desk = opened.desk
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


def _changes(given: Any, opened: OpenFile, state: State) -> list[Change]:
    """What a script of the page asks for, as changes."""
    if not isinstance(given, dict):
        raise _unreadable()
    path, what = given.get("path"), given.get("do")
    at, to, text = given.get("at"), given.get("to"), given.get("text")
    if not isinstance(path, str) or opened.form.section_of(path) is None:
        raise UsageError("没有这个字段", "刷新页面后重试")
    match what, at, to, text:
        case "set", _, _, str():
            return [_set(path, text, state)]
        case "delete", int(), _, _:
            return [DeleteRow(path, at)]
        case "move", int(), int(), _:
            return [MoveRow(path, at, to)]
        case "insert", int(), _, _:
            return [InsertRows(path, at, (_first(opened, path, given.get("values")),))]
        case "paste", int(), _, str():
            names = given.get("names")
            if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
                raise _unreadable()
            return _pasted(opened, state, path, at, names, text)
    raise _unreadable()


def _set(path: str, text: str, state: State) -> Change:
    """A text set; in the row behind the last of a list, a new row with it."""
    found = re.fullmatch(r"(.+)\[(\d+)\]\.([^\[\]]+)", path)
    if found and int(found[2]) >= state.counts.get(found[1], 0) and text:
        return InsertRows(found[1], state.counts.get(found[1], 0), ({found[3]: text},))
    return SetText(path, text)


def _first(opened: OpenFile, path: str, values: Any) -> Mapping[str, str]:
    """What a new row begins with."""
    plain = _ROW.sub("[]", path)
    names = {field.name for one in opened.form.sections if one.path == plain for field in one.fields}
    given = values if isinstance(values, dict) else {}
    return {name: text for name, text in given.items() if name in names and isinstance(text, str)}


def _pasted(
    opened: OpenFile, state: State, path: str, at: int, names: Sequence[str], text: str
) -> list[Change]:
    """Rows pasted from a spreadsheet: by their head row where they have one, else from the cell on to the right.

    Args:
        opened: the file.
        state: as it is now.
        path: the list.
        at: the row into which the first goes.
        names: the columns from the cell on.
        text: as the clipboard has it: cells parted by tabs, rows by line ends, quoted where they hold such.
    """
    rows = [
        row for row in csv.reader(io.StringIO(text, newline=""), delimiter="\t") if any(map(str.strip, row))
    ]
    if not rows:
        return []
    if len(rows) > _MOST_ROWS:
        raise UsageError(f"一次粘贴了 {len(rows)} 行，最多 {_MOST_ROWS} 行", "分几次粘贴")
    plain = _ROW.sub("[]", path)
    fields = {field.name: field for one in opened.form.sections if one.path == plain for field in one.fields}
    headed = _heads(rows[0], list(fields.values()))
    if headed:
        rows = rows[1:]
        columns: Sequence[str | None] = headed
    else:
        if max(len(row) for row in rows) > len(names):
            raise UsageError(
                "粘贴的列比右边剩下的列多",
                "从靠左的一列开始粘贴，或连同表头一起复制，程序按表头对列",
            )
        columns = list(names)
    changes: list[Change] = []
    fresh: list[Mapping[str, str]] = []
    have = state.counts.get(path, 0)
    for offset, row in enumerate(rows):
        texts = {name: cell.strip() for name, cell in zip(columns, row, strict=False) if name in fields}
        if at + offset < have:
            changes += [SetText(f"{path}[{at + offset}].{name}", cell) for name, cell in texts.items()]
        else:
            fresh.append(texts)
    if fresh:
        changes.append(InsertRows(path, have, tuple(fresh)))
    return changes


def _heads(row: Sequence[str], fields: Sequence[FormField]) -> list[str | None]:
    """The fields that a head row names, column by column; empty where it is none."""
    found = [next((field.name for field in fields if field.is_called(cell)), None) for cell in row]
    known = [name for name in found if name is not None]
    return found if len(known) > len(row) // 2 and len(set(known)) == len(known) else []


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

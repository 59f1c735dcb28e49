"""The unit library: organisations of the folder's libraries and data files, looked up and taken in as members."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from starlette.responses import Response

from generator.errors import DataError, UsageError
from generator.web.desk import Desk
from generator.web.visit import Visit
from generator.workflows.editing import State
from generator.workflows.library import Unit, member_from, units

_MOST_FILES: Final = 300
_MOST_SHOWN: Final = 200


class Found(Struct, frozen=True):
    """One organisation, and where else it stands.

    Attributes:
        key: by which a form names it.
        unit: as the library writes it; else as the first file does.
        files: the files that have it.
        differs: whether they write it differently.
        member: whether the open data file has it as a member.
    """

    key: str
    unit: Unit
    files: tuple[str, ...]
    differs: bool
    member: bool


def show(visit: Visit) -> Response:
    """The organisations, those that are looked for."""
    opened = visit.opened() if visit.asked("file") else None
    state = opened.state() if opened else None
    code = opened.code if opened else visit.desk.programmes()[0].code
    wanted = visit.asked("q").strip()
    every = _found(visit.desk, code, opened.name if opened else "", state)
    words = wanted.lower().split()
    hits = [one for one in every if all(word in " ".join(one.unit.texts.values()).lower() for word in words)]
    return visit.page(
        "library.html",
        title="单位库",
        name=opened.name if opened else "",
        programme=opened.form.programme if opened else None,
        q=wanted,
        every=len(every),
        hits=hits[:_MOST_SHOWN],
        more=max(0, len(hits) - _MOST_SHOWN),
        count=0,
    )


def take(visit: Visit) -> Response:
    """An organisation as a new member of the open file."""
    opened = visit.opened()
    state = opened.state()
    wanted = visit.asked("unit")
    found = next(
        (one for one in _found(visit.desk, opened.code, opened.name, state) if one.key == wanted), None
    )
    if found is None:
        raise UsageError("没有这家单位，或者它的内容刚改过", "看一下新的列表，再选一次")
    if found.member:
        raise UsageError(f"{found.unit.name or found.unit.code}已经是成员单位", "不用再加")
    at = state.counts.get("members", 0)
    saved = opened.editing.change(member_from(found.unit, at), seen=state.sha256, by=visit.session)
    if saved.conflicts:
        raise DataError("文件刚被别人改过，没有加进去", "看一下新的内容，再做一次")
    return visit.on("/fill", file=opened.name, p=opened.code, go=f"members[{at}].name")


def _found(desk: Desk, code: str, name: str, state: State | None) -> list[Found]:
    """Every organisation once, by its code, else by its name."""
    files = [one.name for one in desk.served.data_files() if one.name != name][:_MOST_FILES]
    members = set()
    if state is not None:
        for at in range(state.counts.get("members", 0)):
            members |= {
                state.values.get(f"members[{at}].credit_code", "").strip().upper(),
                state.values.get(f"members[{at}].name", "").strip(),
            }
    same: dict[str, list[Unit]] = {}
    for unit in units(desk.workspace, [desk.served.data(one) for one in files], code):
        if unit.code or unit.name:
            same.setdefault(unit.code or unit.name.strip(), []).append(unit)
    return [
        Found(
            f"{desk.served.name_of(several[0].file)}|{several[0].at}|{key}",
            several[0],
            tuple(dict.fromkeys(desk.served.name_of(one.file) for one in several)),
            any(_plain(one) != _plain(several[0]) for one in several),
            bool({several[0].code, several[0].name.strip()} & (members - {""})),
        )
        for key, several in same.items()
    ]


def _plain(unit: Unit) -> dict[str, str]:
    return {
        path: text for path, text in unit.texts.items() if path in {"name", "credit_code", "kind", "address"}
    }

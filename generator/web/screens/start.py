"""The start: schemes as cards, the folder's files, and the ways to begin."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from starlette.responses import Response

from generator.errors import UsageError
from generator.model.programme import Programme
from generator.web.served import DATA_SUFFIXES
from generator.web.visit import Visit
from generator.workflows.data_files import new

_MOST_SHOWN = 300


def show(visit: Visit) -> Response:
    """The start page."""
    desk = visit.desk
    cards = [(programme, *validity(programme, _today())) for programme in desk.programmes()]
    return visit.page(
        "start.html", title="首页", cards=cards, names=[one.name for one in desk.served.data_files()]
    )


def files(visit: Visit) -> Response:
    """The folder's files, each with how it stands: asked for after the page is there, as it may take a while."""
    desk = visit.desk
    listed = desk.served.data_files()
    rows = [(one, desk.overview(desk.served.data(one.name))) for one in listed[:_MOST_SHOWN]]
    return visit.page("files.html", rows=rows, more=len(listed) - len(rows), programmes=desk.programmes())


def upload(visit: Visit) -> Response:
    """Take data files into the folder."""
    taken = ""
    if not visit.files:
        raise UsageError("没有选文件", "选一个 .xlsx 或 .yaml 文件")
    for file in visit.files:
        taken = visit.desk.served.free_name(file.name, DATA_SUFFIXES)
        visit.desk.served.write(taken, file.data)
    return visit.on("/open", file=taken) if len(visit.files) == 1 else visit.on("/")


def new_file(visit: Visit) -> Response:
    """A new data file for a scheme, blank or with what an old one says."""
    desk = visit.desk
    programme = desk.programme(visit.asked("p"))
    suffix = visit.asked("format") or ".xlsx"
    wanted = visit.asked("name").strip()
    name = desk.served.free_name(f"{wanted or programme.short_title}{suffix}", DATA_SUFFIXES)
    old = visit.asked("old")
    made = new(
        desk.workspace,
        programme.code,
        Path(name),
        old=desk.served.data(old) if old else None,
        write=False,
    )
    desk.served.write(name, made.data)
    return visit.on("/fill", file=name, p=programme.code)


def open_file(visit: Visit) -> Response:
    """Open a file under the one scheme that it is meant for, else ask under which."""
    desk = visit.desk
    name = visit.asked("file")
    path = desk.served.data(name)
    overview = desk.overview(path)
    if overview.library:
        return visit.on("/library")
    if overview.error:
        return visit.page("unreadable.html", title=name, name=name, text=overview.error)
    if len(overview.standings) == 1:
        return visit.on("/fill", file=name, p=overview.standings[0].programme.code)
    known = [one.programme for one in overview.standings] or desk.programmes()
    cards = [(programme, *validity(programme, _today())) for programme in known]
    return visit.page("choose.html", title="选方案", name=name, overview=overview, cards=cards)


def _today() -> date:
    return datetime.now(tz=UTC).astimezone().date()


def validity(programme: Programme, today: date) -> tuple[str, bool]:
    """How long a scheme holds, in words, and whether it has expired.

    Args:
        programme: the scheme.
        today: the day to compare with.
    """
    start, end = programme.validity.start, programme.validity.end
    if end is not None and end < today:
        return f"已于 {end.isoformat()} 到期", True
    if start is not None and start > today:
        return f"自 {start.isoformat()} 起施行", False
    if end is not None:
        return f"有效期至 {end.isoformat()}", False
    return (f"{start.isoformat()} 起施行，没有写有效期" if start else "没有写有效期"), False

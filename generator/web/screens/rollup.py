"""Many filings in one table: made from a folder, downloaded."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from starlette.responses import FileResponse, Response

from generator.errors import UsageError
from generator.web.desk import Desk
from generator.web.jobs import ENDED
from generator.web.served import TAKEN_IN
from generator.web.tasks import RollUp
from generator.web.visit import Visit
from generator.workflows.found_rollups import found_rollups

KEY: Final = "汇总"


def show(visit: Visit) -> Response:
    """What can be tabulated, and the tables that stand."""
    desk = visit.desk
    jobs = [job for job in desk.jobs.all() if job.file == KEY]
    last = next((job for job in jobs if job.state == "done"), None)
    return visit.page(
        "rollup.html",
        title="汇总",
        programmes=desk.programmes(),
        titles={one.code: one.short_title for one in desk.programmes()},
        folders=_folders(desk),
        rollups=found_rollups(desk.settings.output),
        jobs=jobs[:2],
        last=last.result if last else {},
        busy=any(job.state not in ENDED for job in jobs),
        said=visit.desk.said,
        key=KEY,
    )


def make(visit: Visit) -> Response:
    """Put a table into the queue."""
    desk = visit.desk
    programme = desk.programme(visit.asked("p"))
    folder = visit.asked("folder")
    if folder not in _folders(desk):
        raise UsageError("没有这个文件夹", "从列表里选")
    task = RollUp(
        code=programme.code,
        data=desk.served.folder_in(folder),
        out=desk.settings.output,
        force=visit.asked("force") == "1",
    )
    desk.jobs.add(f"{programme.short_title}　汇总“{folder}”", KEY, task, first=True)
    return visit.on("/rollup")


def file(visit: Visit) -> Response:
    """A file of a table, or the whole as an archive."""
    for one in found_rollups(visit.desk.settings.output):
        if one.name != visit.asked("rollup"):
            continue
        wanted = visit.asked("path")
        path = one.archive if wanted == "zip" else one.folder / wanted if wanted in one.files else None
        if path is not None:
            return FileResponse(
                path, headers={"content-disposition": f"attachment; filename*=utf-8''{quote(path.name)}"}
            )
    raise UsageError("没有这个文件", "回到“汇总”，从列表里选")


def _folders(desk: Desk) -> list[str]:
    """The folders that may be tabulated: a person's own, and what was taken in by dropping."""
    own = desk.served.folders()
    place = desk.served.folder / TAKEN_IN
    dropped = sorted(place.glob("*/收到的")) if place.is_dir() and not place.is_symlink() else []
    return [*own, *(desk.served.name_of(path) for path in dropped if not path.parent.is_symlink())]

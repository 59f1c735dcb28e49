"""Attachments: the scheme's checklist, and the files that are put on its lines."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Final

from msgspec import Struct
from starlette.responses import FileResponse, Response

from generator.errors import DataError, LianhetiError, UsageError
from generator.model.programme import ChecklistItem
from generator.web.opened import OpenFile
from generator.web.served import ATTACHMENT_SUFFIXES, ATTACHMENTS
from generator.web.visit import Visit
from generator.workflows.checklist import is_asked, is_made
from generator.workflows.editing import SetText, State
from generator.workflows.pictures import page_count, page_picture

_PICTURES: Final = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
_SMALL: Final = 160


class File(Struct, frozen=True):
    """A file on a line of the checklist.

    Attributes:
        name: as the data names it.
        there: whether it is in its place.
        pages: how many it has; 0 where that is not known.
        size: in bytes.
    """

    name: str
    there: bool
    pages: int = 0
    size: int = 0


class Line(Struct, frozen=True):
    """A line of the checklist."""

    item: ChecklistItem
    files: tuple[File, ...]
    made: bool
    asked: bool

    @property
    def missing(self) -> bool:
        """Whether it must be attached and is not."""
        there = any(one.there for one in self.files)
        return self.item.required and self.asked and not self.made and not there


def show(visit: Visit) -> Response:
    """The checklist."""
    opened = visit.opened()
    state = opened.state()
    judgement = opened.judged(state)
    lines = [
        Line(
            item,
            tuple(_file(opened, name) for name in _names(state, item.id)),
            is_made(item, opened.form.programme),
            is_asked(item, opened.form.programme, judgement.dataset),
        )
        for item in opened.form.programme.attachments
    ]
    return visit.page(
        "attachments.html",
        title=f"附件 · {opened.name}",
        name=opened.name,
        programme=opened.form.programme,
        lines=lines,
        lacking=sum(line.missing for line in lines),
        members=len(judgement.dataset.consortium.members or ()),
        problems=[
            visit.desk.said(f"{one.message}。请{one.remedy}。")
            for one in judgement.dataset.problems
            if one.path.startswith("attachments")
        ],
        count=0,
    )


def add(visit: Visit) -> Response:
    """Put files on a line: beside the data file, in a folder of their own."""
    opened = visit.opened()
    item = _item(opened, visit.asked("item"))
    if not visit.files:
        raise UsageError("没有选文件", "选 PDF、PNG 或 JPEG 文件")
    state = opened.state()
    names = list(_names(state, item.id))
    served = visit.desk.served
    folder = PurePosixPath(opened.name).parent / ATTACHMENTS
    for file in visit.files:
        relative = served.free_name(file.name, ATTACHMENT_SUFFIXES, folder.as_posix())
        served.write(relative, file.data)
        names.append(f"{ATTACHMENTS}/{PurePosixPath(relative).name}")
    _save(opened, item.id, names, state)
    return visit.on("/attachments", file=opened.name, p=opened.code)


def remove(visit: Visit) -> Response:
    """Take a file off its line; it stays in the folder."""
    opened = visit.opened()
    item = _item(opened, visit.asked("item"))
    state = opened.state()
    names = [name for name in _names(state, item.id) if name != visit.asked("name")]
    _save(opened, item.id, names, state)
    return visit.on("/attachments", file=opened.name, p=opened.code)


def picture(visit: Visit) -> Response:
    """A file's first page, small; with ``look`` the file itself."""
    opened = visit.opened()
    name = visit.asked("name")
    state = opened.state()
    if not any(name in _names(state, item.id) for item in opened.form.programme.attachments):
        raise UsageError("清单上没有这个文件", "刷新页面后重试")
    path = _path(opened, name)
    kind = _PICTURES.get(path.suffix.lower())
    headers = {"cache-control": "private, max-age=600"}
    if kind:
        return FileResponse(path, media_type=kind, headers=headers)
    width = 1000 if visit.asked("look") == "1" else _SMALL
    data = _drawn(str(path), path.stat().st_mtime_ns, width)
    return Response(data, media_type="image/png", headers=headers)


@lru_cache(maxsize=200)
def _drawn(path: str, changed: int, width: int) -> bytes:
    del changed
    return page_picture(Path(path), 1, width)


def _item(opened: OpenFile, wanted: str) -> ChecklistItem:
    for item in opened.form.programme.attachments:
        if item.id == wanted:
            return item
    raise UsageError("清单上没有这一项", "刷新页面后重试")


def _names(state: State, item: str) -> tuple[str, ...]:
    """The files that the data names on a line."""
    text = state.values.get(f"attachments.{item}", "")
    return tuple(line for line in text.split("\n") if line.strip())


def _save(opened: OpenFile, item: str, names: list[str], state: State) -> None:
    saved = opened.editing.change([SetText(f"attachments.{item}", "\n".join(names))], seen=state.sha256)
    if saved.conflicts:
        raise DataError("附件刚被别人改过，没有保存", "看一下新的清单，再做一次")


def _path(opened: OpenFile, name: str) -> Path:
    """Where a named file stands; raises UsageError where it may not be opened."""
    relative = (PurePosixPath(opened.name).parent / name).as_posix()
    return opened.desk.served.path(relative, ATTACHMENT_SUFFIXES)


def _file(opened: OpenFile, name: str) -> File:
    try:
        path = _path(opened, name)
    except LianhetiError:
        return File(name, there=False)
    pages = page_count(path) if path.suffix.lower() == ".pdf" else 1
    return File(name, there=True, pages=pages, size=path.stat().st_size)

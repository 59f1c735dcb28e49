"""One's own part: a workbook for each party with only what that party knows, and what comes back merged."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath
from urllib.parse import quote

from starlette.responses import Response

from generator.errors import LianhetiError, UsageError
from generator.web.opened import OpenFile
from generator.web.served import PARTS
from generator.web.visit import Visit
from generator.workflows.parts import Returned, compare, split, take

_WORKBOOK = frozenset({".xlsx"})
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KINDS = {
    "new": "新填的",
    "changed": "改过的",
    "conflict": "两边都改过",
    "cleared": "清空的",
}


def show(visit: Visit) -> Response:
    """The parties, what came back, and what is different in it."""
    opened = visit.opened()
    state = opened.state()
    rows = range(state.counts.get("members", 0))
    return visit.page(
        "parts.html",
        title=f"分发给各方 · {opened.name}",
        name=opened.name,
        programme=opened.form.programme,
        parties=[(at, state.values.get(f"members[{at}].name", "")) for at in rows],
        back=_came_back(opened),
        count=0,
    )


def workbook(visit: Visit) -> Response:
    """One party's workbook, or with no number all of them in an archive."""
    opened = visit.opened()
    number = visit.asked("member")
    rows = opened.state().counts.get("members", 0)
    if number and not (number.isascii() and number.isdigit() and int(number[:6]) < rows):
        raise UsageError("没有这一家", "刷新页面后重试")
    members = [int(number)] if number else []
    parts = split(visit.desk.workspace, opened.path, opened.code, members=members).parts
    if members:
        return _download(parts[0].name, parts[0].data, _XLSX)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for part in parts:
            archive.writestr(part.name, part.data)
    stem = PurePosixPath(opened.name).stem
    return _download(f"{stem}-各方.zip", out.getvalue(), "application/zip")


def add(visit: Visit) -> Response:
    """Take in what a party has sent back; it is kept beside the data file."""
    opened = visit.opened()
    if not visit.files:
        raise UsageError("没有选文件", "选各方填好发回来的 .xlsx 文件")
    for file in visit.files:
        relative = visit.desk.served.free_name(file.name, _WORKBOOK, _folder(opened))
        visit.desk.served.write(relative, file.data)
    return visit.on("/parts", file=opened.name, p=opened.code)


def differences(visit: Visit) -> Response:
    """What is different in a workbook that came back."""
    opened = visit.opened()
    returned = _returned(visit, opened)
    return visit.page(
        "returned.html",
        title=f"{returned.party} · {opened.name}",
        name=opened.name,
        programme=opened.form.programme,
        returned=returned,
        back=visit.asked("back"),
        kinds=_KINDS,
        said=visit.desk.said,
        count=0,
    )


def merge(visit: Visit) -> Response:
    """Write what a person has chosen of it into the data file."""
    opened = visit.opened()
    returned = _returned(visit, opened)
    known = {one.path for one in returned.differences}
    chosen = [path for path in visit.several.get("path", []) if path in known]
    if not chosen:
        raise UsageError("没有选任何一项，没有改动", "勾选要采用的，再点“采用选中的”")
    saved = take(opened.editing, returned, chosen)
    if saved.conflicts:
        raise UsageError("文件刚被别人改过，有几项没有采用", "回到上一页看新的不同，再做一次")
    return visit.on("/parts", file=opened.name, p=opened.code)


def _folder(opened: OpenFile) -> str:
    return (PurePosixPath(opened.name).parent / PARTS / PurePosixPath(opened.name).stem).as_posix()


def _came_back(opened: OpenFile) -> list[str]:
    """The names of the workbooks that came back."""
    folder = opened.desk.served.inside(_folder(opened))
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.suffix.lower() == ".xlsx" and path.is_file())


def _returned(visit: Visit, opened: OpenFile) -> Returned:
    name = visit.asked("back")
    if name not in _came_back(opened):
        raise UsageError("没有这个文件", "刷新页面后重试")
    path = visit.desk.served.path(f"{_folder(opened)}/{name}", _WORKBOOK)
    try:
        return compare(visit.desk.workspace, opened.editing, path)
    except LianhetiError as error:
        raise UsageError(
            visit.desk.said(error.what), error.remedy or "让对方用发去的那份工作簿填写"
        ) from None


def _download(name: str, data: bytes, kind: str) -> Response:
    headers = {"content-disposition": f"attachment; filename*=utf-8''{quote(name)}"}
    return Response(data, media_type=kind, headers=headers)

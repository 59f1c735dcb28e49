"""The packet: made as draft or for signing, leafed through, downloaded, bound again after edits in Word."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Final
from urllib.parse import quote

from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from generator.errors import UsageError
from generator.web.desk import Desk
from generator.web.jobs import Job
from generator.web.opened import OpenFile
from generator.web.visit import Visit
from generator.web.worker import Order
from generator.workflows.checklist import not_attached
from generator.workflows.packet_pages import PacketPage, packet_pages
from generator.workflows.standing import EDITIONS, StandingFile, StandingPacket, standing_packets

_MOST_WIDE: Final = 2400
_MANIFEST: Final = "manifest.json"
_EDITIONS: Final = {"draft": "草稿", "signing": "签署版"}
# What a packet's own sheets are called on the page.
_SHEETS: Final = {
    "conditions": "条件核对表",
    "checklist": "材料清单",
    "signing-guide": "签署指引",
    "entry-sheet": "系统录入单",
    "labels": "快递标签",
    "signing-register": "签署登记表",
    "parties": "给各方的通知（逐家）",
    "data": "做这套材料的数据",
    "manifest": "目录和校验值",
}
# A browser shows a PDF in a frame of its own making.
_PDF_POLICY: Final = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
)
_WAIT_SECONDS: Final = 5.0


def show(visit: Visit) -> Response:
    """What can be made, and what stands."""
    opened = visit.opened()
    state = opened.state()
    judgement = opened.judged(state)
    standing = _standing(opened)
    wanted = visit.asked("edition")
    shown = next((one for one in standing if one.edition == wanted), next(iter(reversed(standing)), None))
    return visit.page(
        "packet.html",
        title=f"材料包 · {opened.name}",
        name=opened.name,
        programme=opened.form.programme,
        conclusion=judgement.conclusion,
        wrong=len(judgement.dataset.problems),
        obstacles=[visit.desk.said(text) for text in judgement.obstacles],
        not_attached=[one.title for one in not_attached(opened.form.programme, judgement.dataset)],
        standing=standing,
        shown=shown,
        rows=_rows(shown.files if shown else ()),
        sheets=_SHEETS,
        editions=_EDITIONS,
        # What was chosen the last time stays chosen.
        coded={one.edition for one in standing if one.coded},
        jobs=[
            job for job in visit.desk.jobs.all() if job.file == opened.name and job.order.code == opened.code
        ][:3],
        said=visit.desk.said,
        file_at=visit.asked("path"),
        count=0,
    )


def _rows(files: Iterable[StandingFile]) -> list[dict[str, StandingFile]]:
    """A packet's files, those of one document in one row: each by its suffix."""
    found: dict[str, dict[str, StandingFile]] = {}
    for one in files:
        if one.path.endswith((".pdf", ".docx")):
            stem, _, suffix = one.path.rpartition(".")
            found.setdefault(stem, {})[suffix] = one
        else:
            found[one.path] = {"other": one}
    return sorted(found.values(), key=lambda row: next(iter(row.values())).path.startswith("internal/"))


def make(visit: Visit) -> Response:
    """Put a packet into the queue."""
    opened = visit.opened()
    edition = visit.asked("edition")
    if edition not in EDITIONS:
        raise UsageError("没有这种材料", "选草稿或签署版")
    order = Order(
        "packet",
        opened.path,
        visit.desk.settings.output,
        opened.code,
        "signing" if edition == "signing" else "draft",
        force=visit.asked("force") == "1",
        sheets="all" if visit.asked("sheets") == "all" else None,
        page_codes=visit.asked("codes") == "1",
    )
    title = f"{opened.form.programme.short_title}　{_EDITIONS[edition]}"
    visit.desk.jobs.add(title, opened.name, order, first=True)
    return visit.on("/packet", file=opened.name, p=opened.code, edition=edition)


def bind(visit: Visit) -> Response:
    """Put the binding of a packet whose Word files were edited into the queue."""
    opened = visit.opened()
    packet = packet_of(opened, visit.asked("edition"))
    order = Order("bind", packet.folder, visit.desk.settings.output, opened.code, packet.edition)
    visit.desk.jobs.add(f"{opened.form.programme.short_title}　重新装订", opened.name, order, first=True)
    return visit.on("/packet", file=opened.name, p=opened.code, edition=packet.edition)


def stop(visit: Visit) -> Response:
    """Stop a job."""
    number = visit.asked("job")
    if number.isascii() and number.isdigit():
        visit.desk.jobs.stop(int(number[:9]))
    return visit.answer({})


def file(visit: Visit) -> Response:
    """One file of a packet, or its archive: to keep, or a PDF to look at and print."""
    opened = visit.opened()
    packet = packet_of(opened, visit.asked("edition"))
    wanted = visit.asked("path")
    if wanted == "zip":
        if packet.archive is None:
            raise UsageError("压缩包不在了", "重新生成一次")
        path = packet.archive.resolve()
        if path != packet.archive.parent.resolve() / packet.archive.name:
            raise UsageError("压缩包被换成了指向别处的链接，没有打开", "移走那个链接，重新生成一次")
    else:
        path = _member(packet, wanted)
    inline = visit.asked("look") == "1" and path.suffix == ".pdf"
    headers = {
        "content-disposition": f"{'inline' if inline else 'attachment'}; filename*=utf-8''{quote(path.name)}"
    }
    if inline:
        headers["content-security-policy"] = _PDF_POLICY
    return FileResponse(path, headers=headers)


def picture(visit: Visit) -> Response:
    """One page of a packet's PDF as a picture."""
    opened = visit.opened()
    path = _member(packet_of(opened, visit.asked("edition")), visit.asked("path"))
    number, width = visit.asked("n"), visit.asked("w")
    if path.suffix != ".pdf" or not (number + width).isascii() or not number.isdigit() or not width.isdigit():
        raise UsageError("没有这一页", "刷新页面后重试")
    data = _drawn(str(path), path.stat().st_mtime_ns, int(number[:6]), min(int(width[:6]), _MOST_WIDE))
    if not data:
        raise UsageError("没有这一页", "刷新页面后重试")
    return Response(data, media_type="image/png", headers={"cache-control": "private, max-age=3600"})


def layer(visit: Visit) -> Response:
    """The values on one page of a packet's PDF, each leading to its field."""
    opened = visit.opened()
    packet = packet_of(opened, visit.asked("edition"))
    path, number = visit.asked("path"), visit.asked("n")
    _member(packet, path)
    changed = (packet.folder / _MANIFEST).stat().st_mtime_ns
    with _LAYERS:
        pages = _layers(visit.desk, str(packet.folder), changed).get(path, ())
    at = int(number[:6]) - 1 if number.isascii() and number.isdigit() else -1
    if not 0 <= at < len(pages):
        return visit.answer({"width": 1, "height": 1, "places": []})
    page = pages[at]
    places = [
        [one.path, *(round(edge, 1) for edge in one.box), visit.desk.said(one.title)] for one in page.places
    ]
    return visit.answer({"width": page.width, "height": page.height, "places": places})


_LAYERS: Final = Lock()


@lru_cache(maxsize=8)
def _layers(desk: Desk, folder: str, changed: int) -> Mapping[str, tuple[PacketPage, ...]]:
    del changed  # with which what was worked out before no longer holds
    return packet_pages(desk.workspace, Path(folder))


@lru_cache(maxsize=100)
def _drawn(path: str, changed: int, number: int, width: int) -> bytes:
    del changed  # with which a page that was drawn before no longer holds
    from generator.workflows.pictures import page_picture

    return page_picture(Path(path), number, width)


async def events(request: Request) -> Response:
    """What becomes of the jobs, told as it happens."""
    desk: Desk = request.app.state.desk

    async def tell() -> AsyncIterator[dict[str, str]]:
        version = -1
        while not await request.is_disconnected():
            now = await run_in_threadpool(desk.jobs.wait, version, _WAIT_SECONDS)
            if now != version:
                version = now
                yield {
                    "data": json.dumps(
                        [_said(desk, job) for job in desk.jobs.all()[:120]], ensure_ascii=False
                    )
                }
            elif desk.closing:
                return

    return EventSourceResponse(tell(), ping=20)


def _said(desk: Desk, job: Job) -> dict[str, object]:
    return {**job.as_json(), "text": desk.said(job.text)}


def _standing(opened: OpenFile) -> tuple[StandingPacket, ...]:
    state = opened.state()
    name = opened.judged(state).dataset.consortium.name or ""
    served = opened.desk.served
    return tuple(
        packet
        for packet in standing_packets(opened.desk.settings.output, opened.path, name, opened.form.programme)
        # A folder swapped for a link shows nothing of where it leads.
        if packet.folder.resolve().is_relative_to(served.folder)
    )


def packet_of(opened: OpenFile, edition: str) -> StandingPacket:
    """The packet of an edition that stands in the output folder.

    Raises:
        UsageError: there is none.
    """
    for packet in _standing(opened):
        if packet.edition == edition:
            return packet
    raise UsageError("还没有这套材料", "先生成一次")


def _member(packet: StandingPacket, path: str) -> Path:
    """A file of a packet that its manifest lists, and that is an ordinary file of its own folder."""
    if path in {one.path for one in packet.files}:
        found = (packet.folder / path).resolve()
        if found.is_relative_to(packet.folder.resolve()) and found.is_file():
            return found
    raise UsageError("材料包里没有这个文件", "刷新页面后重试")

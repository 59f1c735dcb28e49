"""Two drafts side by side: values, pages with bars beside what changed, which signatures no longer hold."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import quote

from msgspec import Struct
from starlette.responses import Response

from generator.errors import UsageError
from generator.web.desk import Desk
from generator.web.jobs import ENDED, Job
from generator.web.papers import answer_picture
from generator.web.served import DATA_SUFFIXES
from generator.web.tasks import CompareDrafts
from generator.web.visit import Visit
from generator.workflows.compare import Comparison, DocumentBars
from generator.workflows.found_packets import found_packets
from generator.workflows.redlines import redlines_can_be_made
from generator.workflows.shown_papers import Paper, ShownPapers

KEY: Final = "比对"
_KINDS: Final = {
    "changed": "改了",
    "filled": "新填",
    "cleared": "清空",
    "added": "新增",
    "removed": "去掉",
    "moved": "换了次序",
    "file": "附件换了内容",
}
_STATES: Final = {
    "same": "没有变，原来的签章有效",
    "changed": "有变动",
    "new": "新增的文件",
    "withdrawn": "后一套里没有了",
    "unknown": "没有 PDF，比不了",
}
_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_LONGEST_NAME: Final = 40


def show(visit: Visit) -> Response:
    """What can be compared, and the last comparison or the one that is asked for."""
    desk = visit.desk
    jobs = [job for job in desk.jobs.all() if job.file == KEY]
    done = [job for job in jobs if job.state == "done"]
    shown = next((job for job in done if str(job.number) == visit.asked("job")), next(iter(done), None))
    comparison: Comparison | None = shown.result["comparison"] if shown else None
    return visit.page(
        "drafts.html",
        title="比对",
        files=[one.name for one in desk.served.data_files()],
        packets=_packets(desk),
        redlines=_redlines(),
        jobs=jobs[:2],
        done=done[:12],
        shown=shown,
        comparison=comparison,
        kinds=_KINDS,
        states=_STATES,
        papers=_papers(comparison) if comparison else [],
        busy=any(job.state not in ENDED for job in jobs),
        said=desk.said,
        key=KEY,
    )


def make(visit: Visit) -> Response:
    """Put a comparison into the queue."""
    desk = visit.desk
    old, new = visit.asked("old"), visit.asked("new")
    if old == new:
        raise UsageError("前后选的是同一份", "选不同的两份")
    author = visit.asked("author").strip()[:_LONGEST_NAME] if visit.asked("redline") == "1" else ""
    if visit.asked("redline") == "1" and not author:
        raise UsageError("没有写修订稿的作者", "写上姓名，它印在每一处修订上")
    task = CompareDrafts(old=_place(desk, old), new=_place(desk, new), author=author)
    desk.jobs.add(f"{old} → {new}", KEY, task, first=True)
    return visit.on("/drafts")


def file(visit: Visit) -> Response:
    """A document with tracked changes."""
    comparison, at = _asked(visit, "at")
    redlines = comparison.redlines if comparison else ()
    if at >= len(redlines) or not redlines[at].data:
        raise UsageError("这个修订稿不在了", "再比对一次")
    one = redlines[at]
    headers = {"content-disposition": f"attachment; filename*=utf-8''{quote(one.name)}"}
    return Response(one.data, media_type=_DOCX, headers=headers)


def picture(visit: Visit) -> Response:
    """A page of one of the two drafts; the new one's bears the bars."""
    comparison, of = _asked(visit, "of")
    bars = comparison.bars if comparison else ()
    pdf = None
    if of < len(bars):
        one = bars[of]
        pdf = one.before if visit.asked("side") == "old" else one.found.pdf
    if not pdf:
        raise UsageError("这次比对不在了", "再比对一次")
    return answer_picture(visit, ShownPapers([Paper("", pdf)]))


def _asked(visit: Visit, name: str) -> tuple[Comparison | None, int]:
    """The comparison that a request is about, and the document's number in it, which stands under this name."""
    number, at = visit.asked("job"), visit.asked(name)
    if not (number + at).isascii() or not number.isdigit() or not at.isdigit():
        raise UsageError("没有这个文件", "刷新页面后重试")
    job: Job | None = visit.desk.jobs.get(int(number[:9]))
    found = job.result.get("comparison") if job is not None and job.file == KEY else None
    return found if isinstance(found, Comparison) else None, int(at[:4])


class _Pages(Struct, frozen=True):
    """A document's pages, old and new with the same number side by side.

    Attributes:
        at: which document, as ``picture`` is asked.
        bars: what changed.
        rows: each page's number from 1, and whether the old and the new draft have it.
    """

    at: int
    bars: DocumentBars
    rows: tuple[tuple[int, bool, bool], ...]


def _papers(comparison: Comparison) -> list[_Pages]:
    found = []
    for at, one in enumerate(comparison.bars):
        rows = []
        if one.found.pdf:
            old, new = (len(ShownPapers([Paper("", pdf)]).pages) for pdf in (one.before, one.found.pdf))
            rows = [(page, page <= old, page <= new) for page in range(1, max(old, new) + 1)]
        found.append(_Pages(at, one, tuple(rows)))
    return found


def _packets(desk: Desk) -> list[tuple[str, str]]:
    editions = {"draft": "草稿", "signing": "签署版"}
    return [
        (one.name, f"{one.consortium}　{editions.get(one.edition, one.edition)}（{one.name}）")
        for one in found_packets(desk.served.folder)
    ]


def _place(desk: Desk, name: str) -> Path:
    """A data file or a packet by its name, which a page gave: not to be trusted."""
    if name in {packet for packet, _ in _packets(desk)}:
        return desk.served.folder_in(name)
    return desk.served.path(name, DATA_SUFFIXES)


def _redlines() -> str:
    """Why no tracked changes can be made; empty where they can."""
    try:
        redlines_can_be_made()
    except UsageError as error:
        return str(error)
    return ""

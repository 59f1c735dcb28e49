"""Taking in: a folder of filings judged, looked at page beside clause, what only people can tell written into the sheet."""

from __future__ import annotations

import json
from collections import OrderedDict
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Final
from urllib.parse import quote

from msgspec import Struct
from starlette.responses import FileResponse, Response

from generator.base.files import replace_whole
from generator.base.names import is_safe, safe_name
from generator.errors import UsageError
from generator.model.programme import Programme
from generator.web.desk import Desk
from generator.web.jobs import ENDED
from generator.web.papers import answer_pages, answer_picture
from generator.web.served import TAKEN_IN
from generator.web.tasks import TakeIn
from generator.web.visit import Visit
from generator.workflows.intake.filing_pages import evidence, filing_pages
from generator.workflows.intake.judgements import ANSWERS, Answer
from generator.workflows.intake.run import JUDGEMENTS, OVERVIEW, STATE
from generator.workflows.intake.standing import Filing, Results, answer, result_file, standing
from generator.workflows.shown_papers import ShownPapers

_RECORD: Final = "批次.json"
_RECEIVED: Final = "收到的"
_RESULTS: Final = "结果"
_MOST_KEPT: Final = 8
_PDF_POLICY: Final = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
)


class Batch(Struct, frozen=True):
    """One folder of filings that is taken in under one scheme.

    Attributes:
        name: its folder below 收件.
        folder: what came, relative to the served folder.
        programme: the scheme.
        place: its folder.
    """

    name: str
    folder: str
    programme: Programme
    place: Path

    @property
    def out(self) -> Path:
        """The folder of results."""
        return self.place / _RESULTS

    @property
    def key(self) -> str:
        """What names it among the jobs."""
        return f"{TAKEN_IN}/{self.name}"


def show(visit: Visit) -> Response:
    """The batches, and the ways to begin one."""
    desk = visit.desk
    rows = []
    for name in _names(desk):
        try:
            one = _batch(desk, name)
            rows.append((one, _results(one), ""))
        except UsageError:
            continue
        except Exception as error:  # noqa: BLE001 (one batch that cannot be read must not hide the others)
            rows.append((_batch(desk, name), None, desk.said(error)))
    return visit.page(
        "intake.html",
        title="收件",
        rows=rows,
        folders=desk.served.folders(),
        programmes=desk.programmes(),
        free=_free(desk),
    )


def new(visit: Visit) -> Response:
    """Begin a batch: of a folder that is there already, or an empty one that files are sent into."""
    desk = visit.desk
    programme = desk.programme(visit.asked("p"))
    folder = visit.asked("folder")
    if folder:
        desk.served.folder_in(folder)
    wanted = visit.asked("name").strip() or (folder.rpartition("/")[2] if folder else "") or _free(desk)
    name = wanted if is_safe(wanted) else safe_name(wanted)
    place = desk.served.inside(f"{TAKEN_IN}/{name}")
    if place.exists():
        raise UsageError(f"已经有一批叫“{name}”", "换一个名称，或点开那一批再接收一次")
    source = folder or f"{TAKEN_IN}/{name}/{_RECEIVED}"
    (place / _RECEIVED if not folder else place).mkdir(parents=True)
    record = {"folder": source, "programme": programme.code}
    replace_whole(place / _RECORD, json.dumps(record, ensure_ascii=False))
    if visit.by_script:
        return visit.answer({"batch": name})
    _start(desk, _batch(desk, name))
    return visit.on("/intake/batch", batch=name)


def add(visit: Visit) -> Response:
    """Put files into a batch that is filled by dropping."""
    desk = visit.desk
    one = _batch(desk, visit.asked("batch"))
    if one.folder != f"{TAKEN_IN}/{one.name}/{_RECEIVED}":
        raise UsageError("这一批是文件夹里原有的", "把文件放进那个文件夹，再接收一次")
    if not visit.files:
        raise UsageError("没有选文件", "选申报单位报来的文件")
    paths = visit.several.get("path", [])
    for at, file in enumerate(visit.files):
        below = desk.served.safe_below(paths[at] if at < len(paths) and paths[at] else file.name)
        if any(part.startswith((".", "~$")) for part in below.split("/")):
            continue  # what systems and office programs put beside files
        desk.served.write(f"{one.folder}/{below}", file.data)
    return visit.answer({}) if visit.by_script else visit.on("/intake/batch", batch=one.name)


def run(visit: Visit) -> Response:
    """Take in what is new."""
    one = _batch(visit.desk, visit.asked("batch"))
    _start(visit.desk, one)
    return visit.answer({}) if visit.by_script else visit.on("/intake/batch", batch=one.name)


def _start(desk: Desk, one: Batch) -> None:
    task = TakeIn(code=one.programme.code, folder=desk.served.folder_in(one.folder), out=one.out)
    desk.jobs.add(f"接收 {one.name}", one.key, task, first=True)


def batch(visit: Visit) -> Response:
    """The table of a batch."""
    one = _batch(visit.desk, visit.asked("batch"))
    found = _results(one)
    return visit.page(
        "intake_batch.html",
        title=f"收件 · {one.name}",
        batch=one,
        found=found,
        rows=_rows(found),
        jobs=[job for job in visit.desk.jobs.all() if job.file == one.key][:2],
        busy=any(job.file == one.key and job.state not in ENDED for job in visit.desk.jobs.all()),
        overview=OVERVIEW,
        judgements=JUDGEMENTS,
    )


def _rows(found: Results | None) -> list[Filing]:
    """What wants a person first, then what goes back, then the rest."""
    ranks = {"待人工判断": 0, "退回补正": 1}
    return sorted(found.filings if found else (), key=lambda one: ranks.get(one.now.verdict, 2))


def file(visit: Visit) -> Response:
    """The overview, the sheet or a notice."""
    one = _batch(visit.desk, visit.asked("batch"))
    path = result_file(one.out, visit.asked("name"))
    inline = visit.asked("look") == "1" and path.suffix == ".pdf"
    headers = {
        "content-disposition": f"{'inline' if inline else 'attachment'}; filename*=utf-8''{quote(path.name)}"
    }
    if inline:
        headers["content-security-policy"] = _PDF_POLICY
    return FileResponse(path, headers=headers)


def filing(visit: Visit) -> Response:
    """One filing: its pages at the left, clause and evidence at the right."""
    one = _batch(visit.desk, visit.asked("batch"))
    found = _results(one)
    if found is None:
        raise UsageError("这一批还没有接收", "先接收")
    name = visit.asked("name")
    shown = found.filing(name)
    order = [row.examined.name for row in _rows(found)]
    at = order.index(name)
    return visit.page(
        "intake_filing.html",
        title=f"{shown.examined.consortium or name} · 审阅",
        batch=one,
        filing=shown,
        questions=shown.examined.of("person"),
        back=shown.now.of("applicant"),
        reminders=shown.now.of("reminder"),
        answers=ANSWERS,
        today=datetime.now(tz=UTC).astimezone().date().isoformat(),
        before=order[at - 1] if at else "",
        after=order[at + 1] if at + 1 < len(order) else "",
        number=at + 1,
        total=len(order),
        said=visit.desk.said,
    )


def pages(visit: Visit) -> Response:
    """Which pages a filing has, and where on them each issue can be seen."""
    one, shown, known = _pages(visit)
    places = {}
    for issue in known.examined.issues:
        found = evidence(shown, issue, one.programme)
        if found is not None:
            places[issue.key] = found
    return answer_pages(visit, shown, places)


def picture(visit: Visit) -> Response:
    """One page as a picture."""
    _, shown, _ = _pages(visit)
    return answer_picture(visit, shown)


def answer_one(visit: Visit) -> Response:
    """Write a judgement into the sheet."""
    one = _batch(visit.desk, visit.asked("batch"))
    given = Answer(
        visit.asked("answer"),
        visit.asked("who").strip(),
        visit.asked("day").strip(),
        visit.asked("note").strip(),
    )
    answer(one.out, visit.asked("name"), visit.asked("issue"), given)
    found = _results(one)
    now = found.filing(visit.asked("name")) if found else None
    return visit.answer({"verdict": now.now.verdict if now else "", "open": len(now.open) if now else 0})


def _results(one: Batch) -> Results | None:
    """What the results say; read again where a file of them has changed."""
    stamps = []
    for name in (STATE, OVERVIEW, JUDGEMENTS):
        path = one.out / name
        stamps.append(path.stat().st_mtime_ns if path.is_file() else 0)
    return _read(str(one.out), tuple(stamps))


@lru_cache(maxsize=20)
def _read(out: str, stamps: tuple[int, ...]) -> Results | None:
    del stamps  # with which results that were read before no longer hold
    return standing(Path(out))


class _Kept:
    """The pages of the filings that were looked at last."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._pages: OrderedDict[tuple[str, str, str], ShownPapers] = OrderedDict()

    def get(self, desk: Desk, one: Batch, known: Filing) -> ShownPapers:
        """A filing's pages; made anew where the filing has changed."""
        key = (str(one.place), known.examined.name, known.examined.digest)
        with self._lock:
            if key not in self._pages:
                folder = desk.served.folder_in(one.folder)
                name = known.examined.name
                made = filing_pages(desk.workspace, folder, one.out, one.programme.code, name)
                self._pages[key] = made
            self._pages.move_to_end(key)
            while len(self._pages) > _MOST_KEPT:
                self._pages.popitem(last=False)
            return self._pages[key]


_KEPT: Final = _Kept()


def _pages(visit: Visit) -> tuple[Batch, ShownPapers, Filing]:
    one = _batch(visit.desk, visit.asked("batch"))
    found = _results(one)
    if found is None:
        raise UsageError("这一批还没有接收", "先接收")
    known = found.filing(visit.asked("name"))
    return one, _KEPT.get(visit.desk, one, known), known


def _names(desk: Desk) -> list[str]:
    folder = desk.served.folder / TAKEN_IN
    if not folder.is_dir() or folder.is_symlink():
        return []
    return sorted(path.name for path in folder.iterdir() if (path / _RECORD).is_file())


def _batch(desk: Desk, name: str) -> Batch:
    """A batch by its name, which a page gave: not to be trusted."""
    if name not in _names(desk):
        raise UsageError("没有这一批", "回到“受理”，从列表里选")
    place = desk.served.folder_in(f"{TAKEN_IN}/{name}")
    try:
        record = json.loads((place / _RECORD).read_bytes())
        folder, code = str(record["folder"]), str(record["programme"])
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(f"“{name}”这一批的记录读不出来", "换一个名称重新接收") from None
    return Batch(name, folder, desk.programme(code), place)


def _free(desk: Desk) -> str:
    """A name that no batch has."""
    known = set(_names(desk))
    return next(name for number in range(1, 10_000) if (name := f"第{number}批") not in known)

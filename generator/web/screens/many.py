"""Many: a folder as a board of files and schemes, and packets made for the rows that are chosen."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec import Struct
from starlette.responses import Response

from generator.errors import LianhetiError, UsageError
from generator.model.programme import Programme
from generator.web.desk import Desk, Standing
from generator.web.jobs import Job
from generator.web.screens.start import validity
from generator.web.served import Listed
from generator.web.visit import Visit
from generator.web.worker import Order
from generator.workflows.standing import EDITIONS, Edition, StandingPacket, standing_packets

_MOST_ROWS = 500
_MARK = "\t"


class Row(Struct, frozen=True):
    """One file under one scheme.

    Attributes:
        file: the file.
        title: what the consortium is called.
        programme: the scheme; None where the file names none or cannot be read.
        standing: how it stands; None likewise.
        packets: those that have been made, by edition.
        expired: whether the scheme has expired.
        error: why the file cannot be read.
    """

    file: Listed
    title: str
    programme: Programme | None = None
    standing: Standing | None = None
    packets: tuple[StandingPacket, ...] = ()
    expired: bool = False
    error: str = ""

    @property
    def key(self) -> str:
        """By which a form names the row."""
        return f"{self.file.name}{_MARK}{self.programme.code if self.programme else ''}"


def show(visit: Visit) -> Response:
    """The board's page; the board itself is asked for after it is there."""
    return visit.page("many.html", title="批量", failed=len(_failed(visit.desk)))


def board(visit: Visit) -> Response:
    """The board."""
    rows = _rows(visit.desk)
    # What wants a person comes first.
    rows.sort(key=lambda row: (not row.error, row.standing is not None and row.standing.ready))
    return visit.page(
        "board.html",
        rows=rows[:_MOST_ROWS],
        more=max(0, len(rows) - _MOST_ROWS),
        programmes=visit.desk.programmes(),
    )


def make(visit: Visit) -> Response:
    """Put packets for the chosen rows into the queue."""
    edition = visit.asked("edition")
    chosen = visit.several.get("row", [])
    if edition not in EDITIONS:
        raise UsageError("没有这种材料", "选草稿或签署版")
    if not chosen:
        raise UsageError("没有选任何一行", "勾选要做的行")
    for key in chosen[:_MOST_ROWS]:
        name, _, code = key.partition(_MARK)
        _add(visit.desk, name, code or visit.asked("default"), edition)
    return visit.on("/many")


def again(visit: Visit) -> Response:
    """Only those that were not made, once more."""
    for job in _failed(visit.desk):
        _add(visit.desk, job.file, job.order.code, job.order.edition)
    return visit.on("/many")


def _add(desk: Desk, name: str, code: str, edition: str) -> None:
    programme = desk.programme(code)
    kind: Edition = "signing" if edition == "signing" else "draft"
    order = Order("packet", desk.served.data(name), desk.settings.output, programme.code, kind)
    words = "签署版" if kind == "signing" else "草稿"
    desk.jobs.add(f"{programme.short_title}　{words}", name, order)


def _failed(desk: Desk) -> list[Job]:
    """The jobs that failed and were not made since."""
    latest: dict[tuple[str, str, str], Job] = {}
    for job in reversed(desk.jobs.all()):
        latest[job.file, job.order.code, job.order.edition] = job
    return [job for job in latest.values() if job.state == "failed" and job.order.what == "packet"]


def _rows(desk: Desk) -> list[Row]:
    today = datetime.now(tz=UTC).astimezone().date()
    rows: list[Row] = []
    for one in desk.served.data_files():
        try:
            path = desk.served.data(one.name)
            overview = desk.overview(path)
        except (LianhetiError, OSError):
            continue  # taken away while we looked
        if overview.library:
            continue
        if overview.error or not overview.standings:
            rows.append(Row(one, overview.title, error=overview.error))
        for standing in overview.standings:
            packets = standing_packets(desk.settings.output, path, standing.consortium, standing.programme)
            expired = validity(standing.programme, today)[1]
            rows.append(Row(one, overview.title, standing.programme, standing, packets, expired))
    return rows

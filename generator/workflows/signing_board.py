"""How a packet that was sent out for signature stands, kept as a file for front ends: what came back, what to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from generator.base.files import put_data, sha256_of
from generator.publishing.beside import STATUS_JSON, STATUS_SHEET
from generator.publishing.failures import as_output_errors
from generator.workflows.progress import Listener
from generator.workflows.receive import receive

if TYPE_CHECKING:
    from generator.returns.scans.overview import Overview, Row
    from generator.returns.scans.status import Source
    from generator.workflows.receive import Received

BOARD: Final = "board.json"
SIGNED: Final = "signed"
PICTURES: Final = ("look/", "pages/")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ToLookAt(_Model):
    """What a person must look at.

    Attributes:
        id: as a confirmation names it.
        what: what it is, in Chinese.
        seen: whether the program saw something there, as against nothing.
        again: whether it was sent back; to confirm it is to take that back.
        refusable: whether it can be sent back, itself or with its page.
        crop: the picture, scan beside our own page; empty where there is none.
        page: the whole page as it came back; empty likewise.
    """

    id: str
    what: str
    seen: bool
    again: bool = False
    refusable: bool = False
    crop: str
    page: str


class ToSendBack(_Model):
    """What a person may send back: its name, what it is in Chinese, and of which document."""

    id: str
    what: str
    document: str


class BoardRow(_Model):
    """Party by document: as the signing status has it; ``acts`` by 签名, 印章, 日期, empty where not asked for.

    ``done`` counts the acts that are seen or confirmed.
    """

    party: str
    document: str
    where: str
    returned: bool
    acts: Mapping[str, str]
    done: int
    remarks: tuple[str, ...]


class Board(_Model):
    """The whole.

    Attributes:
        complete: whether every page is back and ours, and everything was seen.
        rows: party by document.
        look: what a person must look at.
        refusable: what a person may send back.
        said: what persons have said so far, each in a line, the last first.
        missing: the pages that are not back, a text for each document.
        strangers: scans of the last run that are no page of the packet, each with why.
        notes: what else the last run has to say.
        lacking: what keeps the packet from being complete.
        reminders: the text for each party that is still to sign; empty where there is none.
        signed: the file names of the signed sets.
        status_sha256: of the signing status that this was made from.
    """

    complete: bool
    rows: tuple[BoardRow, ...]
    look: tuple[ToLookAt, ...]
    refusable: tuple[ToSendBack, ...]
    said: tuple[str, ...]
    missing: tuple[str, ...]
    strangers: tuple[str, ...]
    notes: tuple[str, ...]
    lacking: tuple[str, ...]
    reminders: str
    signed: tuple[str, ...]
    status_sha256: str


def receive_to_board(
    scans: Sequence[Path],
    packet: Path,
    output: Path,
    *,
    confirm: Sequence[str] = (),
    refuse: Mapping[str, str] = {},
    by: str = "",
    progress: Listener | None = None,
) -> Board:
    """``receive``, and the board written beside what it writes.

    Args:
        scans: as for ``receive``, likewise the others.
        packet: the packet's folder.
        output: where everything goes.
        confirm: what a person has looked at.
        refuse: what a person sends back, and why.
        by: who, and when.
        progress: is told of each page.

    Raises:
        LianhetiError: as for ``receive``.
    """
    received = receive(scans, packet, output, confirm=confirm, refuse=refuse, by=by, progress=progress)
    board = _board(received, output)
    with as_output_errors(output / BOARD):
        put_data(output / BOARD, board.model_dump_json(indent=1).encode())
    return board


def status_of(packet: Path) -> Path:
    """Where a packet's signing status stands, whether there is one yet or not."""
    return packet / STATUS_JSON


def sheet_of(packet: Path) -> Path:
    """The signing status as a workbook, likewise."""
    return packet / STATUS_SHEET


def read_board(output: Path) -> Board | None:
    """The board as the last run wrote it; None where there is none that can be read."""
    try:
        return Board.model_validate_json((output / BOARD).read_bytes())
    except (OSError, ValidationError):
        return None


def _board(received: Received, output: Path) -> Board:
    overview = received.overview
    rows = list(overview.rows())
    signed = output / SIGNED
    reminders = output / "reminders.txt"
    return Board(
        complete=received.complete,
        rows=tuple(map(_row, rows)),
        look=tuple(_to_look_at(overview, rows, received.lacking)),
        refusable=tuple(
            ToSendBack(id=one.id, what=one.what, document=one.document)
            for name, one in overview.refusable().items()
            if name == one.id
        ),
        said=tuple(_said(overview)),
        missing=tuple(_missing(overview)),
        strangers=tuple(f"{one.source.name}：{one.remark}" for one in received.strangers),
        notes=received.notes,
        lacking=received.lacking,
        reminders=reminders.read_text(encoding="utf-8") if reminders.is_file() else "",
        signed=tuple(sorted(path.name for path in signed.glob("*.pdf"))) if signed.is_dir() else (),
        status_sha256=sha256_of(received.status),
    )


def _missing(overview: Overview) -> Iterator[str]:
    pages: dict[tuple[str, str], list[str]] = {}
    for document, page in overview.missing():
        pages.setdefault((document.id, document.title), []).append(str(page))
    for (_, title), numbers in pages.items():
        yield f"《{title}》第 {'、'.join(numbers)} 页"


def _said(overview: Overview) -> Iterator[str]:
    for one, counts in reversed(list(overview.said())):
        what = "认定没有问题" if one.kind == "confirmed" else f"退回：{one.reason}"
        yield f"{overview.called(one.id)}　{one.by}　{what}" + ("" if counts else "（现在不算了）")


def _row(row: Row) -> BoardRow:
    from generator.returns.scans.overview import ACTS_ORDER, GOOD, STATES
    from generator.returns.scans.status import ACTS

    acts = {}
    for act in ACTS_ORDER:
        state = row.acts[act]
        acts[ACTS[act]] = "" if state is None else STATES[state] if row.returned else "没有收到"
    return BoardRow(
        party=row.party,
        document=row.document,
        where=row.where,
        returned=row.returned,
        acts=acts,
        done=sum(row.returned and state in GOOD for state in row.acts.values()),
        remarks=row.remarks,
    )


def _to_look_at(overview: Overview, rows: Sequence[Row], lacking: Sequence[str]) -> Iterator[ToLookAt]:
    from generator.returns.scans.overview import act_id, stranger_id
    from generator.returns.scans.status import ACTS

    crops: dict[tuple[str, Source], str | None] = {}
    pages: dict[Source, str | None] = {}
    for one in overview.status.returned:
        number = overview.number(one.document)
        pages[one.source] = one.picture
        for place in one.places:
            for act in place.acts:
                crops[act_id(number, one.page, place.number, act.act), one.source] = act.crop
        for doubt in one.doubts:
            crops[doubt.id, one.source] = doubt.crop
    for stranger in overview.status.strangers:
        crops[stranger_id(stranger), stranger.source] = stranger.picture
    edges = {overview.seam_id(one.document): one.crop for one in overview.status.seams}
    verbs = {"absent": "没有见到", "refused": "已退回"}
    told = {
        name: (
            f"《{row.document}》{row.where}　{row.party}：{ACTS[asked]}{verbs.get(row.acts[asked] or '', '请您看')}",
            row.acts[asked],
        )
        for row in rows
        for asked, name in row.ids.items()
    }
    refusable = overview.refusable()
    found = []
    for name, sources in overview.open_items().items():
        what, state = told.get(name, ("", None))
        if not what:
            what = next((text for text in lacking if f"（{name}）" in text), name).replace(f"（{name}）", "")
            state = "refused" if overview.is_sent_back(name, sources) else "look"
        first = sources[0]
        found.append(
            ToLookAt(
                id=name,
                what=what,
                seen=state == "look",
                again=state == "refused",
                refusable=name in refusable,
                crop=crops.get((name, first)) or edges.get(name) or "",
                page=(pages.get(first) or "") if len(sources) == 1 else "",
            )
        )
    # What is doubtful before what is not there, and what waits for another sheet last.
    yield from sorted(found, key=lambda one: (one.again, not one.seen))

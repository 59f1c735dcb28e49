"""What comes back signed: scans dropped on a packet, the board of who has signed, what a person must look at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from msgspec import Struct
from starlette.responses import FileResponse, Response

from generator.base.files import sha256_of
from generator.errors import UsageError
from generator.web.desk import Desk
from generator.web.jobs import ENDED
from generator.web.served import SIGNED_BACK
from generator.web.tasks import ReceiveScans
from generator.web.visit import Visit
from generator.workflows.found_packets import FoundPacket, found_packets
from generator.workflows.signing_board import SIGNED, Board, ToSendBack, read_board, sheet_of, status_of

_SCANS: Final = frozenset({".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png"})
_INCOMING: Final = "送来"
_PICTURE: Final = re.compile(r"(?:look|pages)/[0-9A-Za-z._-]+\.(?:png|jpg)")
_KINDS: Final = {".png": "image/png", ".jpg": "image/jpeg"}
_MOST_SAID: Final = 500
_LONGEST_REASON: Final = 120
_WHY: Final = "why:"


class Sent(Struct, frozen=True):
    """A packet that was sent out for signature.

    Attributes:
        packet: the packet.
        out: where what comes back goes.
        title: the scheme in a few words.
    """

    packet: FoundPacket
    out: Path
    title: str

    @property
    def key(self) -> str:
        """What names it among the jobs."""
        return f"{SIGNED_BACK}/{self.packet.name}"

    @property
    def board(self) -> Board | None:
        """What came back; None where nothing has, or the packet that stands here was made since."""
        return read_board(self.out) if status_of(self.packet.folder).is_file() else None

    @property
    def elsewhere(self) -> bool:
        """Whether another program has gone on with the status, so that the board is of yesterday."""
        board, status = self.board, status_of(self.packet.folder)
        return board is not None and sha256_of(status) != board.status_sha256


def show(visit: Visit) -> Response:
    """The packets for signature, each with how far it is."""
    return visit.page("receive.html", title="收回盖章件", packets=_sent(visit.desk))


def packet(visit: Visit) -> Response:
    """One packet's board."""
    one = _one(visit.desk, visit.asked("packet"))
    board = one.board
    jobs = [job for job in visit.desk.jobs.all() if job.file == one.key]
    return visit.page(
        "receive_board.html",
        title=f"收回 · {one.packet.consortium}",
        one=one,
        board=board,
        elsewhere=one.elsewhere,
        parties=_parties(board) if board else [],
        papers=_by_document(board) if board else {},
        sheet=sheet_of(one.packet.folder).is_file(),
        jobs=jobs[:2],
        busy=any(job.state not in ENDED for job in jobs),
        today=datetime.now(tz=UTC).astimezone().date().isoformat(),
        left=_left(one),
        said=visit.desk.said,
    )


def _parties(board: Board) -> list[tuple[str, int, int]]:
    """Each party with how many of its places are done, and how many there are."""
    found: dict[str, tuple[int, int]] = {}
    for row in board.rows:
        done, total = found.get(row.party, (0, 0))
        found[row.party] = done + row.done, total + sum(map(bool, row.acts.values()))
    return [(party, done, total) for party, (done, total) in found.items() if total]


def _by_document(board: Board) -> dict[str, list[ToSendBack]]:
    found: dict[str, list[ToSendBack]] = {}
    for each in board.refusable:
        found.setdefault(each.document, []).append(each)
    return found


def add(visit: Visit) -> Response:
    """Take scans in, and have them read."""
    one = _one(visit.desk, visit.asked("packet"))
    if not visit.files:
        raise UsageError("没有选文件", "选扫描件（PDF、TIFF、JPEG、PNG）")
    served = visit.desk.served
    below = f"{served.name_of(one.out)}/{_INCOMING}"
    for file in visit.files:
        served.free_name(file.name, _SCANS, below)  # refused before anything is written
    for file in visit.files:
        served.write(served.free_name(file.name, _SCANS, below), file.data)
    _start(visit.desk, one)
    return visit.on("/receive/packet", packet=one.packet.name)


def again(visit: Visit) -> Response:
    """Read what lies there and was not read."""
    one = _one(visit.desk, visit.asked("packet"))
    if not _left(one):
        raise UsageError("没有还没读的扫描件", "把扫描件拖进来")
    _start(visit.desk, one)
    return visit.on("/receive/packet", packet=one.packet.name)


def confirm(visit: Visit) -> Response:
    """Write down that a person has looked: that it is there and right, or why it is sent back."""
    one = _one(visit.desk, visit.asked("packet"))
    board = one.board
    open_ids = {each.id for each in board.look} if board else set()
    chosen = tuple(name for name in visit.several.get("id", []) if name in open_ids)[:_MOST_SAID]
    refusable = open_ids | {each.id for each in board.refusable} if board else set()
    refused = {
        name.removeprefix(_WHY): " ".join(texts[0].split())
        for name, texts in visit.several.items()
        if name.startswith(_WHY) and name.removeprefix(_WHY) in refusable and texts and texts[0].strip()
    }
    if (back := visit.asked("back")) in refusable:
        refused[back] = " ".join(visit.asked("reason").split())
    if not chosen and not refused:
        raise UsageError(
            "没有勾选看过的，也没有退回的，没有记下",
            "看过截图或原件，勾选认定没有问题的几处，或写上退回的理由",
        )
    if any(not reason or len(reason) > _LONGEST_REASON for reason in refused.values()):
        raise UsageError(
            "退回的理由没有写，或写得太长，没有记下", f"用一句话写上哪里不对，不超过 {_LONGEST_REASON} 个字"
        )
    if set(chosen) & refused.keys():
        raise UsageError("同一处又勾选了没有问题，又写了退回，没有记下", "两样里只留一样")
    who, day = visit.asked("who").strip(), visit.asked("day").strip()
    if not who or len(who) > 40:  # noqa: PLR2004 (no name is longer)
        raise UsageError("没有写是谁看的，没有记下", "写上看的人的姓名")
    try:
        date.fromisoformat(day)
    except ValueError:
        raise UsageError("日期写得不对，没有记下", "写成 2026-03-01 的样子") from None
    _start(visit.desk, one, chosen, refused, f"{who}（{day}）")
    return visit.on("/receive/packet", packet=one.packet.name)


def _start(
    desk: Desk, one: Sent, chosen: Sequence[str] = (), refused: Mapping[str, str] = {}, by: str = ""
) -> None:
    task = ReceiveScans(
        code=one.packet.programme,
        packet=one.packet.folder,
        out=one.out,
        incoming=one.out / _INCOMING,
        confirm=tuple(chosen),
        refuse=tuple(refused.items()),
        by=by,
    )
    title = "记下看过的结果" if chosen or refused else "读扫描件"
    desk.jobs.add(f"{one.packet.consortium}　{title}", one.key, task, first=True)


def file(visit: Visit) -> Response:
    """A signed set, or the sheet of the signing status."""
    one = _one(visit.desk, visit.asked("packet"))
    name = visit.asked("name")
    board = one.board
    if name == sheet_of(one.packet.folder).name:
        path = sheet_of(one.packet.folder)
    elif board is not None and name in board.signed:
        path = one.out / SIGNED / name
    else:
        raise UsageError("没有这个文件", "刷新页面后重试")
    if path.is_symlink() or not path.is_file():
        raise UsageError("这个文件不在了", "把扫描件再读一次")
    return FileResponse(
        path, headers={"content-disposition": f"attachment; filename*=utf-8''{quote(path.name)}"}
    )


def picture(visit: Visit) -> Response:
    """A page that came back, or a piece of it beside our own page."""
    one = _one(visit.desk, visit.asked("packet"))
    name = visit.asked("name")
    if not _PICTURE.fullmatch(name):
        raise UsageError("没有这张图", "刷新页面后重试")
    path = visit.desk.served.path(visit.desk.served.name_of(one.out / name))
    return FileResponse(
        path, media_type=_KINDS[path.suffix], headers={"cache-control": "private, max-age=600"}
    )


def _left(one: Sent) -> int:
    """How many scans lie there that were not read, as after a run that was stopped."""
    folder = one.out / _INCOMING
    return sum(path.is_file() for path in folder.iterdir()) if folder.is_dir() else 0


def _sent(desk: Desk) -> list[Sent]:
    titles = {programme.code: programme.short_title for programme in desk.programmes()}
    return [
        Sent(
            one,
            desk.served.inside(f"{SIGNED_BACK}/{one.name.removeprefix('output/')}"),
            titles.get(one.programme, one.programme),
        )
        for one in found_packets(desk.served.folder)
        if one.edition == "signing"
    ]


def _one(desk: Desk, name: str) -> Sent:
    for one in _sent(desk):
        if one.packet.name == name:
            return one
    raise UsageError("没有这套签署版材料", "回到“收回”，从列表里选")

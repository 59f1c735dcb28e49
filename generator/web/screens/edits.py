"""What a person has changed in a packet's Word files, beside what the data say: taken into the data, kept, or given up."""

from __future__ import annotations

from msgspec import Struct
from starlette.responses import Response

from generator.errors import DataError, UsageError
from generator.web.opened import OpenFile
from generator.web.screens.packet import packet_of
from generator.web.visit import Visit
from generator.workflows.bind import WordEdits, word_edits
from generator.workflows.editing import SetText, State
from generator.workflows.standing import StandingPacket
from generator.workflows.take import Offer


class Line(Struct, frozen=True):
    """A change that the data can take.

    Attributes:
        key: by which a form names it.
        offer: the change.
        data: what the data file says now.
        doubt: why a person should look twice; empty where nothing speaks against taking it.
    """

    key: str
    offer: Offer
    data: str
    doubt: str


def show(visit: Visit) -> Response:
    """The changes, document by document."""
    opened = visit.opened()
    packet = packet_of(opened, visit.asked("edition"))
    found = word_edits(visit.desk.workspace, packet.folder)
    lines = _lines(found, opened.state())
    return visit.page(
        "edits.html",
        title=f"Word 里的改动 · {opened.name}",
        name=opened.name,
        programme=opened.form.programme,
        edition=packet.edition,
        documents=[(each, lines[each.path]) for each in found],
        said=visit.desk.said,
        count=0,
    )


def take(visit: Visit) -> Response:
    """Write the values that a person has chosen into the data file."""
    opened = visit.opened()
    packet = packet_of(opened, visit.asked("edition"))
    wanted = _wanted(visit, opened, packet)
    state = opened.state()
    changes = [SetText(path, text) for path, text in wanted.items()]
    saved = opened.editing.change(changes, seen=state.sha256, by=visit.session)
    if saved.conflicts:
        raise DataError("文件刚被别人改过，没有采用", "看一下新的内容，再做一次")
    return visit.on("/packet", file=opened.name, p=opened.code, edition=packet.edition)


def _wanted(visit: Visit, opened: OpenFile, packet: StandingPacket) -> dict[str, str]:
    found = word_edits(visit.desk.workspace, packet.folder)
    known = {line.key: line for lines in _lines(found, opened.state()).values() for line in lines}
    wanted: dict[str, str] = {}
    for key in visit.several.get("take", []):
        # The value is part of the key: what has changed since it was looked at is not taken.
        if key not in known:
            raise UsageError("Word 文件或数据刚改过，没有采用", "看一下新的对照，再选一次")
        offer = known[key].offer
        if wanted.setdefault(offer.path, offer.now) != offer.now:
            raise UsageError(
                f"{offer.title}在两处改得不一样，没有采用", "只勾选其中一处，或先在 Word 里改一致"
            )
    if not wanted:
        raise UsageError("没有选任何一项，没有改动", "勾选要采用的，再点“采用到数据”")
    return wanted


def _lines(found: tuple[WordEdits, ...], state: State) -> dict[str, list[Line]]:
    return {
        each.path: [
            Line(
                f"{each.path}|{offer.path}|{offer.now}",
                offer,
                state.values.get(offer.path, ""),
                offer.why or _moved(offer, state),
            )
            for offer in each.offered.offers
        ]
        for each in found
    }


def _moved(offer: Offer, state: State) -> str:
    now = state.values.get(offer.path, "")
    if now == offer.now:
        return "数据里已经是这样"
    return "" if now == offer.was else "做好以后，数据里也改过"

"""The signing status: what makes a packet complete, whatever came first, and what never does."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from generator.errors import DataError, Place
from generator.publishing.manifest import Manifest, Signatory, parsed
from generator.returns.scans.status import (
    Act,
    Confirmed,
    Doubt,
    Overview,
    Returned,
    Seam,
    SeenAct,
    SeenPlace,
    Source,
    Status,
    Verdict,
    pages_of,
    read_status,
)
from tests.standing import Standing

Asked = dict[tuple[str, int], list[tuple[str, str, tuple[Act, ...]]]]


@pytest.fixture(scope="module")
def manifest(made: Standing) -> Manifest:
    return parsed((made.folder / "manifest.json").read_bytes(), Place("manifest.json"))


def acts_of(who: Signatory) -> tuple[Act, ...]:
    asked: list[tuple[Act, object]] = [("signature", who.signer), ("seal", who.seal), ("date", who.dated)]
    return tuple(act for act, wanted in asked if wanted)


def asked_of(manifest: Manifest) -> Asked:
    found: Asked = {}
    for document in manifest.documents:
        for who in document.signatories:
            if document.filing == "paper" and who.page:
                found.setdefault((document.id, who.page), []).append((who.party, who.title, acts_of(who)))
    return found


def scan_of(document: str, page: int, asked: Asked, sha: str = "0", **changed: Any) -> Returned:
    """A scan on which everything was seen."""
    places = tuple(
        SeenPlace(number=number, acts=tuple(SeenAct(act=act, verdict="seen") for act in acts))
        for number, (_, _, acts) in enumerate(asked.get((document, page), ()))
    )
    whole: dict[str, Any] = {
        "document": document,
        "page": page,
        "source": Source(file=f"{document}.pdf", sha256=sha * 64, page=page),
        "picture": f"pages/1-{page}-{sha}.jpg",
        "picture_sha256": sha * 64,
        "dpi": 200,
        "colour": True,
        "places": places,
        "doubts": (),
        "quality": 0.9,
        "strips": (),
    }
    return Returned(**{**whole, **changed})


class Board:
    """Everything came back, signed and sealed."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest, self.asked = manifest, asked_of(manifest)
        self.papers = [one for one in manifest.documents if one.filing == "paper" and one.file("pdf")]
        self.scans = [
            scan_of(one.id, page, self.asked) for one in self.papers for page in range(1, pages_of(one) + 1)
        ]
        self.seams = [one.id for one in self.papers if pages_of(one) > 1]

    def status(self, scans: list[Returned], seam: Verdict = "seen", **more: Any) -> Status:
        seams = tuple(Seam(document=one, verdict=seam, remark="") for one in self.seams)
        return Status(
            check_code=self.manifest.check_code,
            programme=self.manifest.programme,
            returned=tuple(scans),
            seams=seams,
            **more,
        )

    def overview(self, scans: list[Returned], seam: Verdict = "seen", **more: Any) -> Overview:
        return Overview(self.manifest, self.status(scans, seam, **more), self.asked, self.seams)


def without(one: Returned, number: int, at: int, verdict: Verdict | None) -> Returned:
    """A scan on which one act is otherwise; not looked at where there is no verdict."""
    places = list(one.places)
    acts = list(places[number].acts)
    acts[at : at + 1] = [] if verdict is None else [acts[at].model_copy(update={"verdict": verdict})]
    places[number] = places[number].model_copy(update={"acts": tuple(acts)})
    return one.model_copy(update={"places": tuple(places)})


def test_complete_is_said_only_where_every_page_and_every_act_is_there(manifest: Manifest) -> None:
    board = Board(manifest)
    assert board.overview(board.scans).lacking() == []
    for at in range(len(board.scans)):
        assert board.overview([*board.scans[:at], *board.scans[at + 1 :]]).lacking(), "a page is missing"
    tried = 0
    for at, one in enumerate(board.scans):
        for number, place in enumerate(one.places):
            for act in range(len(place.acts)):
                for verdict in ("absent", "look", None):
                    changed = without(one, number, act, verdict)
                    scans = [*board.scans[:at], changed, *board.scans[at + 1 :]]
                    assert len(board.overview(scans).lacking()) == 1
                    tried += 1
    assert tried > 60
    doubted = board.scans[0].model_copy(update={"doubts": (Doubt(id="1-1-poor", what="太粗"),)})
    assert board.overview([doubted, *board.scans[1:]]).lacking()
    assert board.overview(board.scans, "look").lacking()
    assert board.overview(board.scans, "absent").lacking()


def test_the_board_is_the_same_whatever_came_first(manifest: Manifest) -> None:
    board = Board(manifest)
    at, signed = next(
        (at, one) for at, one in enumerate(board.scans) if one.places and len(one.places[0].acts) > 1
    )
    source = {name: signed.source.model_copy(update={"sha256": name * 64}) for name in "abc"}
    three = [
        without(signed, 0, 0, "absent").model_copy(update={"source": source["a"]}),
        signed.model_copy(update={"source": source["b"]}),
        signed.model_copy(update={"source": source["c"], "colour": True}),
    ]
    rest = [*board.scans[:at], *board.scans[at + 1 :]]
    boards = set()
    for order in itertools.permutations(three):
        overview = board.overview([*order, *rest])
        assert overview.lacking() == []
        boards.add((overview.best[signed.document, signed.page].source.sha256, str(list(overview.rows()))))
    assert len(boards) == 1
    # What is signed on one sheet and sealed on another is not signed and sealed.
    apart = [
        without(signed, 0, 0, "absent").model_copy(update={"source": source["a"]}),
        without(signed, 0, 1, "absent").model_copy(update={"source": source["b"]}),
    ]
    assert board.overview([*apart, *rest]).lacking()


def test_another_sheet_of_the_same_page_that_prints_otherwise_is_asked_about(manifest: Manifest) -> None:
    board = Board(manifest)
    one = board.scans[3]
    name = f"1-{one.page}-text1"
    other = one.model_copy(
        update={
            "source": one.source.model_copy(update={"sha256": "f" * 64}),
            "doubts": (Doubt(id=name, what="“3”处字与送出的不同"),),
        }
    )
    overview = board.overview([*board.scans, other])
    assert overview.best[one.document, one.page] is not other
    (lacking,) = overview.lacking()
    assert "另有一份" in lacking
    assert overview.open_ids()[name] == other.source
    confirmed = Confirmed(id=name, by="张三", source=other.source)
    assert board.overview([*board.scans, other], confirmed=(confirmed,)).lacking() == []


def test_what_a_person_confirmed_holds_for_that_scan_alone(manifest: Manifest) -> None:
    board = Board(manifest)
    at, signed = next((at, one) for at, one in enumerate(board.scans) if one.places)
    lacks = without(signed, 0, 0, "look")
    scans = [*board.scans[:at], lacks, *board.scans[at + 1 :]]
    (name,) = board.overview(scans).open_ids()
    confirmed = Confirmed(id=name, by="张三", source=lacks.source)
    overview = board.overview(scans, confirmed=(confirmed,))
    assert overview.lacking() == []
    assert list(overview.confirmed()) == [(name, "张三", lacks.source.name)]
    moved = lacks.model_copy(update={"source": lacks.source.model_copy(update={"sha256": "e" * 64})})
    scans[at] = moved
    overview = board.overview(scans, confirmed=(confirmed,))
    assert len(overview.lacking()) == 1
    assert list(overview.confirmed()) == []


def test_a_record_that_was_edited_or_is_of_another_packet_is_refused(manifest: Manifest) -> None:
    board = Board(manifest)
    signed = next(one for one in board.scans if one.places)
    status = board.status([without(signed, 0, 0, "absent")])
    raw = status.written()
    assert read_status(raw, manifest, "s").returned == status.returned
    edited = [
        raw.replace(b'"absent"', b'"seen"'),
        raw.replace(b'"quality": 0.9', b'"quality": 0.8'),
        raw[:-20],
        raw.replace(b"pages/1-", b"../pages/1-"),
        json.dumps({**json.loads(raw), "seal": ""}).encode(),
    ]
    for one in edited:
        with pytest.raises(DataError, match="被改动"):
            read_status(one, manifest, "s")
    other = status.model_copy(update={"check_code": "0000-0000"}).written()
    with pytest.raises(DataError, match="另一稿"):
        read_status(other, manifest, "s")

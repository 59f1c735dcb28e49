"""The signing status: what makes a packet complete, whatever came first, and what never does."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from generator.errors import DataError, Place, UsageError
from generator.publishing.manifest import Manifest, Signatory, parsed
from generator.returns.scans.decisions import decided, lapsed
from generator.returns.scans.overview import Asked, Overview
from generator.returns.scans.status import (
    Act,
    Doubt,
    Returned,
    Seam,
    SeenAct,
    SeenPlace,
    Source,
    Status,
    Stranger,
    Verdict,
    pages_of,
    read_status,
)
from generator.returns.scans.status_sheet import reminders
from tests.standing import Standing

Places = dict[tuple[str, int], list[Asked]]


@pytest.fixture(scope="module")
def manifest(made: Standing) -> Manifest:
    return parsed((made.folder / "manifest.json").read_bytes(), Place("manifest.json"))


def acts_of(who: Signatory) -> tuple[Act, ...]:
    asked: list[tuple[Act, object]] = [("signature", who.signer), ("seal", who.seal), ("date", who.dated)]
    return tuple(act for act, wanted in asked if wanted)


def asked_of(manifest: Manifest) -> Places:
    found: Places = {}
    for document in manifest.documents:
        for who in document.signatories:
            if document.filing == "paper" and who.page:
                found.setdefault((document.id, who.page), []).append(
                    Asked(who.party, who.title, acts_of(who))
                )
    return found


def scan_of(document: str, page: int, asked: Places, sha: str = "0", **changed: Any) -> Returned:
    """A scan on which everything was seen."""
    places = tuple(
        SeenPlace(number=number, acts=tuple(SeenAct(act=act, verdict="seen") for act in place.acts))
        for number, place in enumerate(asked.get((document, page), ()))
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
        "edge": "",
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
        self.seams = {one.id: ["甲公司", "乙公司"] for one in self.papers if pages_of(one) > 1}

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
        return self.seen(self.status(scans, seam, **more))

    def seen(self, status: Status) -> Overview:
        return Overview(self.manifest, status, self.asked, self.seams)

    def decided(
        self,
        scans: list[Returned],
        confirm: Sequence[str],
        refuse: Mapping[str, str] = {},
        seam: Verdict = "seen",
    ) -> Status:
        status = self.status(scans, seam)
        return decided(status, self.seen(status), confirm, refuse, "张三")

    def said(self, scans: list[Returned], confirm: Sequence[str], refuse: Mapping[str, str] = {}) -> Overview:
        return self.seen(self.decided(scans, confirm, refuse))


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
    assert overview.open_items()[name] == (other.source,)
    assert board.said([*board.scans, other], [name]).lacking() == []


def page_with(board: Board, places: int) -> tuple[int, Returned]:
    """A scan of a page on which so many places, or more, each ask for a seal; and where it stands."""
    return next(
        (at, one)
        for at, one in enumerate(board.scans)
        if len(one.places) >= places and all("seal" in acts(place) for place in one.places)
    )


def acts(place: SeenPlace) -> list[Act]:
    return [one.act for one in place.acts]


def another(one: Returned, name: str, **changed: Any) -> Returned:
    """Another scan of a page."""
    return one.model_copy(update={"source": one.source.model_copy(update={"sha256": name * 64}), **changed})


def signed_by(one: Returned, name: str, *numbers: int) -> Returned:
    """A sheet of its own that only some have signed."""
    for place in one.places:
        if place.number not in numbers:
            for at in range(len(place.acts)):
                one = without(one, place.number, at, "absent")
    return another(one, name)


def act_name(board: Board, one: Returned, number: int, act: str) -> str:
    at = next(at for at, each in enumerate(board.manifest.documents, 1) if each.id == one.document)
    return f"{at}-{one.page}-{number + 1}-{act}"


def test_what_a_person_confirmed_holds_for_that_scan_alone(manifest: Manifest) -> None:
    board = Board(manifest)
    at, signed = next((at, one) for at, one in enumerate(board.scans) if one.places)
    lacks = without(signed, 0, 0, "look")
    scans = [*board.scans[:at], lacks, *board.scans[at + 1 :]]
    (name,) = board.overview(scans).open_items()
    status = board.decided(scans, [name])
    overview = board.seen(status)
    assert overview.lacking() == []
    ((decision, counts),) = overview.said()
    assert (decision.id, decision.by, counts) == (name, "张三", True)
    moved = board.seen(
        status.model_copy(update={"returned": (another(lacks, "e"), *scans[:at], *scans[at + 1 :])})
    )
    assert len(moved.lacking()) == 1
    assert [counts for _, counts in moved.said()] == [False]
    (told,) = lapsed(overview, moved)
    assert name in told
    assert "不再算数" in told
    assert "请重新看" in told


def test_seals_over_edges_are_confirmed_of_just_the_pages_that_were_looked_at(manifest: Manifest) -> None:
    """A page is replaced, by a scan that comes later or by one that was there: the whole is looked at again."""
    board = Board(manifest)
    document = next(iter(board.seams))
    name = next(one for one in board.overview(board.scans, "look").open_items() if one.endswith("-seam"))
    names = [one for one in board.overview(board.scans, "look").open_items() if one.endswith("-seam")]
    first = next(one for one in board.scans if one.document == document)
    # A clearer scan that prints otherwise lies there; a person says that the text is right.
    text = f"{name.split('-')[0]}-{first.page}-text1"
    other = another(first, "f", quality=0.99, doubts=(Doubt(id=text, what="“3”处字与送出的不同"),))
    scans = [*board.scans, other]
    status = board.decided(scans, names, seam="look")
    assert [one for one in board.seen(status).lacking() if "骑缝章" in one] == []
    later = decided(status, board.seen(status), [text], {}, "李四")
    assert board.seen(later).best[document, first.page].source == other.source
    assert [one for one in board.seen(later).lacking() if "骑缝章" in one] != []
    assert any("骑缝章" in one and "不再算数" in one for one in lapsed(board.seen(status), board.seen(later)))
    # A worse scan changes nothing of what was looked at.
    worse = status.model_copy(update={"returned": (*status.returned, another(first, "d", quality=0.1))})
    assert [one for one in board.seen(worse).lacking() if "骑缝章" in one] == []
    # It cannot be confirmed before all pages are there.
    early = board.overview([one for one in board.scans if one is not first], "look")
    assert name not in early.open_items()


def test_a_place_that_was_not_found_is_confirmed_of_the_whole_document(manifest: Manifest) -> None:
    board = Board(manifest)
    document = next(iter(board.seams))
    first, second = [one for one in board.scans if one.document == document][:2]
    board.asked.setdefault((document, 1), []).append(Asked("甲公司", "公章", ("seal",), found=False))
    name = act_name(board, first, len(board.asked[document, 1]) - 1, "seal")
    (lacking,) = board.overview(board.scans).lacking()
    assert "请人看" in lacking
    status = board.decided(board.scans, [name])
    assert board.seen(status).lacking() == []
    scans = [another(second, "e") if one is second else one for one in board.scans]
    assert board.seen(status.model_copy(update={"returned": tuple(scans)})).lacking() == [lacking]
    assert name not in board.overview([one for one in board.scans if one is not second]).open_items()


def test_parties_that_sign_on_sheets_of_their_own_are_complete_once_a_person_accepts_it(
    manifest: Manifest,
) -> None:
    board = Board(manifest)
    at, whole = page_with(board, 2)
    rest = [*board.scans[:at], *board.scans[at + 1 :]]
    count = len(whole.places)
    sheets = [signed_by(whole, f"{number:x}", number) for number in range(count)]
    # Before all have come back, each party's own sheet counts for it: it is not reminded.
    overview = board.overview([*rest, *sheets[:-1]])
    told = reminders(overview, "某联合体")
    parties = [place.party for place in board.asked[whole.document, whole.page]]
    assert [one for one in parties if f"{one}：\n" in told] == parties[-1:]
    assert all("没有见到" in one for one in overview.lacking())
    assert not [one for one in overview.open_items() if one.endswith("-parts")]
    # All are there, on as many sheets: a person decides, and all of them are kept.
    scans = [*rest, *sheets]
    overview = board.overview(scans)
    (lacking,) = overview.lacking()
    assert "分签" in lacking
    (name,) = overview.open_items()
    status = board.decided(scans, [name])
    accepted = board.seen(status)
    assert accepted.lacking() == []
    assert {one.source for one in accepted.used[whole.document, whole.page]} == {one.source for one in sheets}
    # One of them is replaced: what was accepted is no more what lies there.
    replaced = [another(one, "e") if one is sheets[0] else one for one in scans]
    assert len(board.seen(status.model_copy(update={"returned": tuple(replaced)})).lacking()) == 1
    # What is doubtful on any of them is asked.
    doubt = Doubt(id=f"{name.removesuffix('parts')}ink1", what="签章处以外有字迹或印迹")
    marked = [one.model_copy(update={"doubts": (doubt,)}) if one is sheets[-1] else one for one in scans]
    assert any(doubt.id in one for one in board.overview(marked).lacking())
    # One sheet that bears all of it is enough.
    one_sheet = board.overview([*scans, another(whole, "f")])
    assert one_sheet.lacking() == []
    assert len(one_sheet.used[whole.document, whole.page]) == 1


def test_what_is_sent_back_is_complete_only_with_another_sheet_that_a_person_has_looked_at(
    manifest: Manifest,
) -> None:
    board = Board(manifest)
    at, signed = page_with(board, 1)
    rest = [*board.scans[:at], *board.scans[at + 1 :]]
    name = act_name(board, signed, 0, "seal")
    party = board.asked[signed.document, signed.page][0].party
    status = board.decided(board.scans, (), {name: "公章盖在签名上"})
    overview = board.seen(status)
    (lacking,) = overview.lacking()
    assert "印章退回：公章盖在签名上" in lacking
    told = reminders(overview, "某联合体")
    assert told.startswith(f"{party}：")
    assert "印章退回：公章盖在签名上，请重签" in told
    row = next(row for row in overview.rows() if name in row.ids.values())
    assert row.acts["seal"] == "refused"
    assert any("公章盖在签名上，张三" in one for one in row.remarks)
    # The same sheet scanned once more before: it is the same seal.
    twice = [*board.scans, another(signed, "d")]
    assert board.said(twice, (), {name: "公章盖在签名上"}).lacking() == [lacking]
    # Another sheet: the program sees a seal as it saw the first one, so a person looks.
    new = another(signed, "e")
    changed = status.model_copy(update={"returned": (*rest, signed, new)})
    (lacking,) = board.seen(changed).lacking()
    assert "请人看" in lacking
    assert "公章盖在签名上" in " ".join(
        next(r for r in board.seen(changed).rows() if name in r.ids.values()).remarks
    )
    done = decided(changed, board.seen(changed), [name], {}, "李四")
    assert board.seen(done).lacking() == []
    assert board.seen(done).best[signed.document, signed.page].source == new.source
    # Sent back by mistake: a person who takes it back needs no other sheet, now or later.
    undone = decided(status, overview, [name], {}, "张三")
    assert board.seen(undone).lacking() == []
    assert board.seen(undone.model_copy(update={"returned": (*rest, new)})).lacking() == []
    # And sent back again after it was confirmed.
    again = decided(undone, board.seen(undone), (), {name: "章是别家的"}, "王五")
    assert "章是别家的" in board.seen(again).lacking()[0]
    assert [counts for _, counts in board.seen(again).said()] == [False, False, True]


def test_a_page_that_is_sent_back_as_a_whole_and_what_is_doubtful_on_it(manifest: Manifest) -> None:
    board = Board(manifest)
    # Nobody signs on this page.
    at, bare = next((at, one) for at, one in enumerate(board.scans) if not one.places)
    number = next(n for n, each in enumerate(manifest.documents, 1) if each.id == bare.document)
    doubt = Doubt(id=f"{number}-{bare.page}-text1", what="“3”处字与送出的不同")
    doubted = bare.model_copy(update={"doubts": (doubt,)})
    scans = [*board.scans[:at], doubted, *board.scans[at + 1 :]]
    status = board.decided(scans, (), {doubt.id: "第三行改过数"})
    overview = board.seen(status)
    (lacking,) = overview.lacking()
    assert f"第 {bare.page} 页退回：第三行改过数" in lacking
    assert "经办人自己补的" in reminders(overview, "某联合体")
    # A clean page comes in its place, and a person sees that it is mended.
    name = f"{number}-{bare.page}-page"
    changed = status.model_copy(update={"returned": (*scans, another(bare, "e", quality=0.1))})
    overview = board.seen(changed)
    assert overview.best[bare.document, bare.page].source.sha256 == "e" * 64
    (lacking,) = overview.lacking()
    assert "以前退回过（第三行改过数）" in lacking
    assert list(overview.open_items()) == [name]
    done = decided(changed, overview, [name], {}, "张三")
    assert board.seen(done).lacking() == []
    # Taken back: the doubt stands there again.
    undone = decided(status, board.seen(status), [name], {}, "张三")
    assert [doubt.id in one for one in board.seen(undone).lacking()] == [True]


def test_seals_over_edges_that_are_sent_back(manifest: Manifest) -> None:
    board = Board(manifest)
    document = next(iter(board.seams))
    first = next(one for one in board.scans if one.document == document)
    name = next(one for one in board.overview(board.scans).refusable() if one.endswith("-seam"))
    status = board.decided(board.scans, (), {name: "缺乙公司的"})
    assert any("骑缝章：退回：缺乙公司的" in one for one in board.seen(status).lacking())
    assert "骑缝章退回：缺乙公司的，请重盖" in reminders(board.seen(status), "某联合体")
    scans = [another(one, "e") if one is first else one for one in board.scans]
    changed = status.model_copy(update={"returned": tuple(scans)})
    assert any("以前退回过（缺乙公司的）" in one for one in board.seen(changed).lacking())
    done = decided(changed, board.seen(changed), [name], {}, "张三")
    assert board.seen(done).lacking() == []


def test_only_what_is_there_is_confirmed_or_sent_back_with_a_reason(manifest: Manifest) -> None:
    board = Board(manifest)
    at, signed = page_with(board, 1)
    name = act_name(board, signed, 0, "seal")
    rest = [*board.scans[:at], *board.scans[at + 1 :]]
    absent = [*rest, without(signed, 0, acts(signed.places[0]).index("seal"), "absent")]
    for scans, confirm, refuse, said in (
        (board.scans, [name], {}, "没有待看的"),
        (rest, [], {name: "不清楚"}, "退不了"),
        (absent, [], {name: "不清楚"}, "退不了"),
        (absent, [name], {name: "不清楚"}, "又认定又退回"),
        (board.scans, [], {"9-9-page": "不清楚"}, "退不了"),
    ):
        with pytest.raises(UsageError, match=said):
            board.decided(scans, confirm, refuse)
    # A person may see what the program did not; it is told that the program did not.
    row = next(row for row in board.said(absent, [name]).rows() if name in row.ids.values())
    assert "印章由张三看过（程序没有见到）" in row.remarks


def test_a_page_that_is_not_ours_is_dismissed_by_a_person(manifest: Manifest) -> None:
    """A clause that was put among the pages is no page of the packet: what all have signed then says more."""
    board = Board(manifest)
    source = Source(file="第1批.pdf", sha256="c" * 64, page=4)
    told: dict[str, int] = {}
    for kind in ("foreign", "unsure", "blank", "older"):
        stranger = Stranger.model_validate(
            {"source": source, "kind": kind, "remark": "不像这套材料的任何一页"}
        )
        told[kind] = len(board.overview(board.scans, strangers=(stranger,)).lacking())
    assert told == {"foreign": 1, "unsure": 1, "blank": 0, "older": 0}
    stranger = Stranger.model_validate({"source": source, "kind": "foreign", "remark": "不像"})
    overview = board.overview(board.scans, strangers=(stranger,))
    (name,) = overview.open_items()
    status = board.status(board.scans, strangers=(stranger,))
    assert board.seen(decided(status, overview, [name], {}, "张三")).lacking() == []


def test_a_document_that_was_sent_out_without_pages_is_never_back(manifest: Manifest) -> None:
    papers = [
        one.model_copy(update={"files": ()}) if one.filing == "paper" else one for one in manifest.documents
    ]
    board = Board(manifest)
    board.manifest = manifest.model_copy(update={"documents": tuple(papers)})
    assert board.overview([]).lacking()
    online = [one.model_copy(update={"filing": "entry-draft"}) for one in manifest.documents]
    board.manifest = manifest.model_copy(update={"documents": tuple(online)})
    assert board.overview([]).lacking() == ["没有要在纸上签章的文件"]


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
    with pytest.raises(DataError, match="另一版"):
        read_status(raw.replace(b'"schema": 3', b'"schema": 2'), manifest, "s")
    other = status.model_copy(update={"check_code": "0000-0000"}).written()
    with pytest.raises(DataError, match="另一稿"):
        read_status(other, manifest, "s")

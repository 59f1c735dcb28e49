"""``lianheti receive``: bundles of signed pages come back; what is missing, old, altered or unsigned is told exactly."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from msgspec.structs import replace

from generator.cli import main
from generator.packet.assessment import Order
from generator.packet.pipeline import build, put
from generator.packet.session import Session
from generator.readers.source_file import read_source
from generator.returns.scans.places import Place, places_of
from generator.returns.scans.rendered import Sheet
from tests.packet.making import PLAIN, example
from tests.returns import forging, scanner
from tests.returns.signing import ACTS, Paper, as_pdf
from tests.standing import Standing


def received(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    code = main(["receive", *map(str, arguments), "--format", "json"])
    found = capsys.readouterr().out
    return code, json.loads(found) if found.startswith("{") else {}


def test_wrong_calls_are_refused_before_anything_is_read(
    packet: Standing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    for arguments, code in (
        (["--packet", packet.folder], 2),
        (["--packet", packet.folder, "--confirm", "1-1-1-seal"], 2),
        ([tmp_path / "没有.pdf", "--packet", packet.folder], 3),
        ([packet.pdf("plan"), "--packet", tmp_path], 3),
    ):
        assert main(["receive", *map(str, arguments), "-o", str(out)]) == code
        said = capsys.readouterr().err
        assert "Traceback" not in said
        assert "。" in said
    assert not out.exists()
    assert not (packet.folder / "signing-status.json").exists()


@pytest.mark.thorough
def test_three_bundles_of_twelve_parties_with_a_page_missing_and_one_of_an_older_draft(
    packet: Standing, tmp_path: Path, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    """The agreement comes back in three bundles: page 4 is missing, page 7 is of the draft before."""
    paper = Paper.of(packet.folder)
    before = _older(example(tmp_path, PLAIN), tmp_path, session)
    old = Paper.of(before)
    forgetful = paper.sheets("agreement")[7].signatories[2].party

    def plan(sheet: Sheet, place: Place) -> Sequence[str]:
        return ("signature", "date") if place.signatory.party == forgetful and sheet.page == 8 else ACTS

    scans = {
        sheet.page: paper.scan(sheet, 3, scanner.OFFICE_200, plan)
        for sheet in paper.sheets("agreement")
        if sheet.page not in {4, 7}
    }
    # The draft before prints another number of originals, on this page alone.
    scans[7] = old.scan(old.sheets("agreement")[6], 3, scanner.OFFICE_200)
    bundles = [[9, 1, 8], [2, 6, 5], [7, 3, 8]]
    files = []
    for number, pages in enumerate(bundles):
        files.append(tmp_path / f"第{number + 1}批.pdf")
        files[-1].write_bytes(as_pdf([scans[page] for page in pages]))
    out = tmp_path / "收回"
    for file in files:
        code, found = received(capsys, file, "--packet", packet.folder, "-o", out, "--older", before)
        assert code == 1
    agreement = [one["page"] for one in found["missing"] if one["document"] == "agreement"]
    assert agreement == [4, 7]
    status = json.loads((packet.folder / "signing-status.json").read_bytes())
    assert sorted(one["page"] for one in status["returned"]) == [1, 2, 3, 5, 6, 8, 8, 9]
    (stranger,) = status["strangers"]
    assert (stranger["kind"], stranger["source"]["file"], stranger["source"]["page"]) == (
        "older",
        "第3批.pdf",
        1,
    )
    assert "第 7 页" in stranger["remark"]
    rows = [row for row in found["rows"] if row["document"].endswith("组建协议")]
    assert len(rows) == 13
    assert [row["returned"] for row in rows].count(False) == 2
    for row in rows:
        if not row["returned"]:
            continue
        wanted = "absent" if row["party"] == forgetful else "seen"
        assert row["seal"] == wanted, row
        assert row["signature"] in {"seen", None}, row
        assert row["date"] in {"seen", None}, row
    # The pages of signatures print the same in the draft before: on which of the two they were signed is not known.
    assert any("第 8 页" in one and "分不出是在哪一稿上签的" in one for one in found["lacking"])
    reminded = (out / "reminders.txt").read_text(encoding="utf-8")
    assert f"{forgetful}：" in reminded
    assert "没有见到印章" in reminded
    assert not found["complete"]
    assert main(["verify", str(packet.folder)]) == 0
    # What a person has seen is recorded under the name, and only what is open can be confirmed.
    number = next(
        at for at, who in enumerate(paper.sheets("agreement")[7].signatories, 1) if who.party == forgetful
    )
    capsys.readouterr()
    name = f"2-8-{number}-seal"
    code, found = received(capsys, "--packet", packet.folder, "-o", out, "--confirm", name, "--by", "张三")
    row = next(row for row in found["rows"] if row["party"] == forgetful and "第 8 页" in row["where"])
    assert row["seal"] == "confirmed"
    assert any("张三" in remark for remark in row["remarks"])
    assert (
        main(["receive", "--packet", str(packet.folder), "-o", str(out), "--confirm", name, "--by", "张三"])
        == 2
    )


def _older(data: Path, folder: Path, session: Session) -> Path:
    """The packet of the draft before: its agreement tells of one more original."""
    text = data.read_text(encoding="utf-8")
    assert "一式15份" in text
    data.write_text(text.replace("一式15份", "一式16份"), encoding="utf-8")
    made = build(read_source(data), session.catalogue.load(PLAIN), Order("signing"), session)
    return put(made, folder / "before", force=False).folder


@pytest.mark.thorough
def test_a_whole_document_is_bound_small_and_a_changed_figure_is_shown(
    packet: Standing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paper = Paper.of(packet.folder)
    sheets = paper.sheets("plan")
    rng = np.random.default_rng(5)
    scans = []
    for sheet in sheets:
        page = paper.printed(sheet)
        if sheet.page == 3:
            assert forging.change_digit(page, sheet, paper.sent.faces, rng)
        scans.append(scanner.captured(page, paper.chance(sheet, 1), scanner.OFFICE_200))
    blank = scanner.captured(
        scanner.Print(np.full((2339, 1654), 255, np.uint8), 200), rng, scanner.OFFICE_200, turned=0
    )
    (tmp_path / "a.pdf").write_bytes(as_pdf([blank, *scans[::-1]]))
    out = tmp_path / "收回"
    code, found = received(capsys, tmp_path / "a.pdf", "--packet", packet.folder, "-o", out, "--most-mb", "2")
    assert code == 1
    assert [one["kind"] for one in found["strangers"]] == ["blank"]
    doubted = {one["page"] for one in found["pages"] if one["doubts"]}
    assert doubted == {3}
    (doubt,) = (doubt for one in found["pages"] for doubt in one["doubts"])
    assert (out / doubt["crop"]).is_file()
    # A page is doubtful and nothing is signed: what is bound is not called a signed set.
    (bound,) = (out / "signed").iterdir()
    assert bound.name.endswith("（未齐）.pdf")
    assert bound.stat().st_size <= 2_000_000
    with pikepdf.open(bound) as pdf:
        assert len(pdf.pages) == len(sheets)
    originals = [file.read_bytes() for file in (out / "originals").iterdir()]
    assert originals == [(tmp_path / "a.pdf").read_bytes()]
    assert [file.suffix for file in (out / "originals").iterdir()] == [".pdf"]


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["office", "telephone", "fax"])
def test_pages_are_known_and_nothing_absent_is_called_seen(kind: str, made: Standing) -> None:
    from generator.returns.scans.examination import examined
    from generator.returns.scans.reading import Scanned
    from generator.returns.scans.recognition import Recogniser
    from tests.returns.measure_scans import one_page

    paper = Paper.of(made.folder)
    recogniser = Recogniser(paper.sent.sheets)
    for number, sheet in enumerate(sheet for sheet in paper.sheets() if sheet.signatories):
        scan, told, _ = one_page(paper, sheet, 7000 + number, kind)
        found = examined(Scanned("s", 1, scan.picture, scan.mode == "bilevel"), recogniser, paper.sent)
        assert found.recognised.kind in {"known", "unsure"}
        if found.recognised.kind == "known":
            assert sheet in found.recognised.sheets
        for done, marks in zip(told, found.marks, strict=False):
            assert not [mark for mark in marks if mark.verdict == "seen" and not done[mark.act]]


@pytest.mark.thorough
def test_a_copied_seal_is_neither_a_seal_nor_a_signature(made: Standing) -> None:
    from generator.returns.scans.examination import examined
    from generator.returns.scans.reading import Scanned
    from generator.returns.scans.recognition import Recogniser

    paper = Paper.of(made.folder)
    sheet = paper.sheets("agreement")[7]
    page, rng = paper.printed(sheet), paper.chance(sheet, 11)
    for place in places_of(sheet):
        assert place.seal is not None
        alpha = scanner.seal(rng, place.signatory.party, 42, page.mm)
        page.ink(
            alpha, place.seal[0] - alpha.shape[1] / 2, place.seal[1] - alpha.shape[0] / 2, (30, 30, 34), 0.9
        )
    # Something red beside, so that the scan has colour.
    scanner.put_seal(page, rng, "别家单位", (40, 20))
    scan = scanner.captured(page, rng, scanner.OFFICE_200)
    found = examined(Scanned("s", 1, scan.picture, bilevel=False), Recogniser(paper.sent.sheets), paper.sent)
    assert found.recognised.kind == "known"
    assert found.colour
    verdicts = {mark.verdict for marks in found.marks for mark in marks}
    assert "seen" not in verdicts


def _looked_at(paper: Paper, sheet: Sheet, page: scanner.Print, seed: int) -> Any:
    from generator.returns.scans.examination import examined
    from generator.returns.scans.reading import Scanned
    from generator.returns.scans.recognition import Recogniser

    scan = scanner.captured(page, paper.chance(sheet, seed), scanner.OFFICE_200)
    found = examined(Scanned("s", 1, scan.picture, bilevel=False), Recogniser([sheet]), paper.sent)
    assert found.recognised.kind == "known"
    return found


@pytest.mark.thorough
def test_a_digit_put_to_a_figure_and_a_point_taken_out_are_shown(made: Standing) -> None:
    paper = Paper.of(made.folder)
    for number in (3, 6):
        sheet = paper.sheets("plan")[number - 1]
        for forge in (
            lambda page, sheet, rng: forging.add_digit(page, sheet, paper.sent.faces, rng),
            forging.erase_point,
        ):
            page, rng = paper.printed(sheet), paper.chance(sheet, 3)
            if forge(page, sheet, rng):
                assert _looked_at(paper, sheet, page, 3).alterations


@pytest.mark.thorough
@pytest.mark.parametrize("thick", [1, -1], ids=["circle", "sticker"])
def test_a_red_circle_and_a_round_sticker_are_no_seal(thick: int, made: Standing) -> None:
    import cv2

    paper = Paper.of(made.folder)
    sheet = paper.sheets("agreement")[7]
    page, rng = paper.printed(sheet), paper.chance(sheet, 1)
    side = int(40 * page.mm) | 1
    drawn = np.zeros((side, side), np.uint8)
    cv2.circle(drawn, (side // 2, side // 2), side // 2 - 2, 255, thick * int(1.2 * page.mm), cv2.LINE_AA)
    for place in places_of(sheet):
        assert place.seal is not None
        x, y = place.seal[0] - side / 2, place.seal[1] - side / 2
        page.ink(drawn.astype(np.float32) / 255, x, y, (206, 30, 40))
    scanner.put_seal(page, rng, "别家单位", (40, 20))
    found = _looked_at(paper, sheet, page, 1)
    assert {mark.verdict for marks in found.marks for mark in marks if mark.act == "seal"} == {"look"}


@pytest.mark.thorough
def test_where_a_watermark_is_neither_seen_nor_missed_the_older_draft_stays_possible(made: Standing) -> None:
    import cv2

    from generator.returns.scans.reading import Scanned
    from generator.returns.scans.recognition import Recogniser

    paper = Paper.of(made.folder)
    sheet = paper.sheets("agreement")[7]
    ours = sheet.draw()

    def stamped(shade: int) -> scanner.Picture:
        mark = np.full_like(ours, 255)
        cv2.putText(mark, "DRAFT", (150, 1300), cv2.FONT_HERSHEY_SIMPLEX, 14, shade, 60)
        return np.minimum(ours, mark)

    older = replace(sheet, edition="旧稿", digest="f" * 64, draw=lambda: stamped(195))
    recogniser = Recogniser([sheet, older])
    for shade, edition, possible in ((195, "旧稿", 0), (225, "", 1), (255, "", 0)):
        page = scanner.Print(stamped(shade), 200)
        scan = scanner.captured(page, paper.chance(sheet, 5), scanner.OFFICE_200)
        found = recogniser.recognise(Scanned("s", 1, scan.picture, bilevel=False))
        assert (found.sheet.edition, len(found.faint)) == (edition, possible), shade

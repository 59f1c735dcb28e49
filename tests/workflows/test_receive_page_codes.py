"""Packets with codes in the margins come back: another applicant's page and an older draft's are told apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.cli import main
from generator.packet.assessment import Order
from generator.packet.pipeline import build, put
from generator.packet.session import Session
from generator.readers.source_file import read_source
from generator.returns.scans.reading import Scanned
from generator.returns.scans.recognition import Recogniser
from generator.returns.scans.rendered import Sheet
from tests.packet.making import PLAIN, example
from tests.returns import scanner
from tests.returns.scanner import Machine
from tests.returns.signing import Paper, as_pdf

# A page whose foot the scanner cuts off has lost its code.
MACHINES = (Machine(dpi=(200,), modes=(1, 0, 0), crop=0), Machine(dpi=(150,), modes=(0, 1, 0), crop=0))
PAGES = 6


def packet(session: Session, folder: Path, *changes: tuple[str, str]) -> Path:
    folder.mkdir()
    order = Order("signing", page_codes=True)
    made = build(read_source(example(folder, PLAIN, *changes)), session.catalogue.load(PLAIN), order, session)
    return put(made, folder / "out", force=False).folder


def printed(sheet: Sheet) -> list[tuple[str, int, int]]:
    return [(glyph.char, round(glyph.box[0]), round(glyph.box[1])) for glyph in sheet.glyphs]


@pytest.mark.thorough
def test_the_code_tells_pages_apart_that_print_the_same(
    tmp_path: Path, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = packet(session, tmp_path / "a")
    name = json.loads((ours / "manifest.json").read_bytes())["consortium"]
    others = packet(session, tmp_path / "b", (name, name.replace("省", "市")))
    before = packet(session, tmp_path / "c", ("一式15份", "一式16份"))
    paper, other, old = Paper.of(ours), Paper.of(others), Paper.of(before)

    recogniser = Recogniser(paper.sent.sheets)
    for machine in MACHINES:
        told = []
        for sheet in paper.sheets()[:PAGES]:
            scan = paper.scan(sheet, 5, machine)
            found = recogniser.recognise(Scanned("a", 1, scan.picture, bilevel=False))
            told.append(found.code)
            assert found.code in {sheet.code, ""}
        assert sum(map(bool, told)) >= 0.9 * len(told), (machine, told)

    last = paper.sheets("agreement")[7]
    theirs = next(one for one in other.sheets("agreement") if printed(one) == printed(last))
    older = old.sheets("agreement")[7]
    assert printed(older) == printed(last)
    torn = paper.signed(paper.sheets("agreement")[8], 3)
    x0, y0, x1, y1 = (round(edge) for edge in paper.sheets("agreement")[8].code_box or ())
    torn.paper[y0:y1, x0:x1] = 255
    scans = [
        paper.scan(last, 3, scanner.OFFICE_200),
        other.scan(theirs, 3, scanner.OFFICE_200),
        old.scan(older, 3, scanner.OFFICE_200),
        scanner.captured(torn, paper.chance(last, 4), scanner.OFFICE_200),
    ]
    bundle = tmp_path / "扫描.pdf"
    bundle.write_bytes(as_pdf(scans))
    capsys.readouterr()
    arguments = ["--packet", str(ours), "-o", str(tmp_path / "收回"), "--older", str(before)]
    assert main(["receive", str(bundle), *arguments, "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [(one["page"], one["source"]["page"]) for one in found["pages"]] == [(8, 1), (9, 4)]
    # The code has told on which of the two drafts it was signed: nobody need look.
    assert not [doubt for doubt in found["pages"][0]["doubts"] if doubt["id"].endswith("-older")]
    foreign, stale = found["strangers"]
    assert (foreign["kind"], foreign["source"]["page"]) == ("foreign", 2)
    assert "别家的" in foreign["remark"]
    assert "第 8 页" in foreign["remark"]
    assert (stale["kind"], stale["source"]["page"]) == ("older", 3)
    assert "旧稿" in stale["remark"]
    assert any("页边码没有读出来" in note and "第 4 页" in note for note in found["notes"])

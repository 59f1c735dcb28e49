"""What a change makes invalid: never a page, a signature or a seal too few, wherever the change moves the page breaks."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from generator.cli import main
from generator.errors import ExitCode
from generator.packet.assessment import Order
from generator.packet.pipeline import put
from generator.packet.session import Session
from tests.packet.making import example, packet
from tests.standing import ROOT

CODES = sorted("/".join(path.parent.parts[-2:]) for path in (ROOT / "templates").glob("*/*/programme.yaml"))
LONGER = "各方据此分工推进，按年度核对进展并公开结果。"


def made(session: Session, folder: Path, code: str, *changes: tuple[str, str]) -> Path:
    """A packet to be signed, of an example that was changed."""
    folder.mkdir()
    built = packet(session, example(folder, code, *changes), code, Order("signing", sheets="none"))
    return put(built, folder / "out", force=False).folder


def edits(code: str, rng: random.Random) -> list[tuple[str, str]]:
    """Changes by chance: a text made longer by many lines, so that what follows moves; a figure; a name."""
    text = (ROOT / "data" / f"{code.replace('/', '-')}.yaml").read_text(encoding="utf-8")
    sentences = [one for one in re.findall(r"[\u4e00-\u9fff，、]{20,60}。", text) if text.count(one) == 1]
    sentence = rng.choice(sentences)
    return [(sentence, sentence + LONGER * rng.randint(1, 30))]


def drawn(folder: Path, path: str) -> list[tuple[str, bytes]]:
    """Each page of a PDF as it is read and as it looks, finer than the comparison draws it."""
    document = pypdfium2.PdfDocument((folder / path).read_bytes())
    return [
        (page.get_textpage().get_text_bounded(), bytes(page.render(scale=2.5, may_draw_forms=False).buffer))
        for page in document
    ]


def documents(folder: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """The documents of a packet, by title and by whom alone one is signed."""
    found = {}
    for one in json.loads((folder / "manifest.json").read_bytes())["documents"]:
        parties = {each["party"] for each in one["signatories"]}
        found[one["title"], parties.pop() if len(parties) == 1 else ""] = one
    return found


def pdf_of(document: dict[str, Any]) -> str:
    return str(next(each["path"] for each in document["files"] if each["format"] == "pdf"))


@pytest.mark.thorough
@pytest.mark.parametrize("code", CODES)
def test_no_page_and_no_signature_too_few(
    session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    rng = random.Random(code)
    old, new = made(session, tmp_path / "old", code), made(session, tmp_path / "new", code, *edits(code, rng))
    capsys.readouterr()
    assert main(["compare", str(old), str(new), "--format", "json"]) == ExitCode.FINDING
    told = json.loads(capsys.readouterr().out)["signing"]
    changed = 0
    was, now = documents(old), documents(new)
    lines = iter(told["documents"])
    for key, document in now.items():
        line = next(lines)
        assert line["title"] == key[0]
        assert key in was
        before, after = drawn(old, pdf_of(was[key])), drawn(new, pdf_of(document))
        places = [(each["party"], each["page"]) for each in document["signatories"]]
        again = [(each["party"], each["page"]) for each in line["sign_again"]]
        if before == after:
            assert (line["state"], again) == ("same", [])
            continue
        changed += 1
        # A page that is not told stands, just so, in the other packet.
        assert line["state"] == "changed"
        assert all(page in before for number, page in enumerate(after, 1) if number not in line["pages"])
        assert all(page in after for number, page in enumerate(before, 1) if number not in line["old_pages"])
        # A signature stands for all pages, and so does a seal over their edges: all are put again.
        assert sorted(again) == sorted(places)
        assert line["still_good"] == []
        assert len(line["no_longer_good"]) == len(was[key]["signatories"])
        for party in {party for party, _ in places}:
            work = next(each for each in told["parties"] if each["party"] == party)
            assert key[0] in {each["document"] for each in work["sign_again"]}
    assert changed

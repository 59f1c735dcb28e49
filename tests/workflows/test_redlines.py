"""Two drafts as one Word file: accepting all changes gives the new one, rejecting all the old one."""

from __future__ import annotations

import copy
import io
import random
import sys
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document as Word
from docx.text.paragraph import Paragraph

from generator.base.ooxml.package import DOCUMENT, open_parts
from generator.base.ooxml.xml import Element, W, parse
from generator.cli import main
from generator.errors import ExitCode
from generator.packet.assessment import Order
from generator.packet.pipeline import build
from generator.packet.session import Session
from generator.readers.source_file import read_source
from generator.rendering.values import Edition
from generator.workflows import redlines
from generator.workflows.redlines import redline
from tests.standing import ROOT, Standing, signing_packet

AUTHOR, DAY = "许文澜", date(2025, 6, 20)
CODES = (
    "henan/consortium-2022",
    "henan/alliance-2020",
    "hainan/consortium-2022",
    "hubei/consortium-2022",
    "yunnan/consortium-2022",
)
WORDS = "甲乙丙丁，。；（）《》“”一二三123 ab%"
KINDS = (
    "change", "delete", "insert", "split", "move", "row", "copy row", "table", "copy table",
    "change in cell", "line in cell", "paragraph in cell", "empty cell",
)  # fmt: skip
WITH_ENGINE = pytest.mark.skipif(
    "python_redlines_docxodus" not in sys.modules
    and not any((Path(folder) / "python_redlines_docxodus").is_dir() for folder in sys.path),
    reason="the extra redline is not installed",
)


def agreement(code: str) -> bytes:
    made = next(each for each in signing_packet(code).documents if each.document.id == "agreement")
    return next(file.data for file in made.files if file.format == "docx")


def edited(data: bytes, edits: list[tuple[str, int, str]]) -> bytes:
    """A document as a person has changed it."""
    word: Word = docx.Document(io.BytesIO(data))
    for what, at, text in edits:
        # A section's end stays where it is.
        paragraphs = [one for one in word.paragraphs if one.text and one._p.find(f".//{W}sectPr") is None]
        cells = [
            Paragraph(p, table)  # type: ignore[arg-type]
            for table in word.tables
            for p in table._tbl.iter(W + "p")
            if any(t.text for t in p.iter(W + "t"))
        ]
        rows = [row._tr for table in word.tables for row in table.rows if len(table.rows) > 1]
        chosen = {"cell": cells, "row": rows, "table": [table._tbl for table in word.tables]}
        among: list[Any] = chosen.get(what.rpartition(" ")[2], paragraphs)
        if among:
            _edit(what, among[at % len(among)], at, text, paragraphs)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _edit(what: str, one: Any, at: int, text: str, paragraphs: list[Paragraph]) -> None:
    if what in {"row", "table"}:
        one.getparent().remove(one)
    elif what in {"copy row", "copy table"}:
        one.addnext(copy.deepcopy(one))
    elif what == "delete":
        one._p.getparent().remove(one._p)
    elif what == "insert":
        one.insert_paragraph_before(text)
    elif what == "move":
        paragraphs[(at * 7 + 3) % len(paragraphs)]._p.addprevious(one._p)
    elif what in {"change", "change in cell"}:
        runs = [run for run in one.runs if run.text]
        if runs:
            run = runs[at % len(runs)]
            cut = at % (len(run.text) + 1)
            run.text = run.text[:cut] + text + run.text[cut + 2 :]
    else:
        _edit_further(what, one, text)


def _edit_further(what: str, one: Any, text: str) -> None:
    if what == "line in cell" and one.runs:
        one.runs[-1].add_break()
        one.runs[-1].add_text(text)
    elif what == "empty cell":
        for each in one._p.iter(W + "t"):
            each.text = ""
    elif what in {"paragraph in cell", "split"} and one.runs:
        other = Paragraph(copy.deepcopy(one._p), one._parent)
        one._p.addnext(other._p)
        other.runs[0].text = text
        if what == "split":  # the second half stands in a paragraph of its own
            gone = [*one.runs[len(one.runs) // 2 + 1 :], *other.runs[: len(other.runs) // 2]]
            for run in gone:
                holder = run._r.getparent()
                if holder is not None:
                    holder.remove(run._r)


def body(data: bytes) -> Element:
    return parse(open_parts(data)[DOCUMENT])


def characters(root: Element, *without: str) -> str:
    """All characters of a body that do not stand below some elements."""
    tags = {W + name for name in without}
    return "".join(
        text.text or ""
        for text in root.iter(W + "t", W + "delText")
        if not any(above.tag in tags for above in text.iterancestors())
    )


def drawn(rng: random.Random) -> list[tuple[str, int, str]]:
    """A person's edits, by chance."""
    words = ("".join(rng.choice(WORDS) for _ in range(rng.randint(1, 12))) for _ in range(rng.randint(1, 5)))
    return [(rng.choice(KINDS), rng.randrange(1000), text) for text in words]


@WITH_ENGINE
@pytest.mark.thorough
@pytest.mark.parametrize("edition", ["signing", "draft"])
@pytest.mark.parametrize("code", CODES)
def test_accept_gives_the_new_and_reject_the_old(code: str, edition: Edition, session: Session) -> None:
    """Every document of the ten packets, each edited by chance; what the engine gets wrong is refused by its place."""
    if edition == "signing":
        documents = signing_packet(code).documents
    else:
        source = read_source(ROOT / "data" / f"{code.replace('/', '-')}.yaml")
        documents = build(source, session.catalogue.load(code), Order(edition), session).documents
    refused = 0
    for made in documents:
        old = next(file.data for file in made.files if file.format == "docx")
        new = edited(old, drawn(random.Random(f"{code} {edition} {made.document.id}")))
        found = redline(old, new, title=made.document.title, author=AUTHOR, day=DAY)
        if found.problem:
            assert "对不上" in found.problem
            assert "一段" in found.problem
            refused += 1
        elif found.same:
            assert characters(body(old)) == characters(body(new))
        else:
            assert found.data is not None
            root = body(found.data)
            assert characters(root, "del", "moveFrom") == characters(body(new))
            assert characters(root, "ins", "moveTo") == characters(body(old))
            marks = [mark for mark in root.iter(W + "ins", W + "del") if mark.get(W + "author") is not None]
            assert marks
            assert {mark.get(W + "author") for mark in marks} == {AUTHOR}
            assert {(mark.get(W + "date") or "")[:10] for mark in marks} == {DAY.isoformat()}
    assert refused <= 1


@WITH_ENGINE
def test_a_file_that_would_not_give_the_two_drafts_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    old = agreement(CODES[0])
    new = edited(old, [("change", 7, "甲乙")])
    monkeypatch.setattr(redlines, "_run", lambda _old, new, _author, _day: new)
    made = redline(old, new, title="协议", author=AUTHOR, day=DAY)
    assert made.data is None
    assert "对不上" in made.problem


def test_without_the_extra_the_command_says_how_to_get_it(
    made: Standing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "python_redlines.engines", None)
    arguments = [str(made.folder), str(made.folder), "--redline", str(tmp_path / "out")]
    assert main(["compare", *arguments]) == ExitCode.USAGE
    assert "pip install 'lianheti[redline]'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.thorough
@WITH_ENGINE
def test_an_edited_word_file_becomes_a_file_with_tracked_changes(
    made: Standing, packet: Standing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = next(packet.folder.glob("02-*.docx"))
    path.write_bytes(edited(path.read_bytes(), [("change", 5, "甲乙")]))
    out = tmp_path / "out"
    arguments = ["compare", str(made.folder), str(packet.folder), "--redline", str(out), "--author", AUTHOR]
    assert main(arguments) == ExitCode.FINDING
    (written,) = out.iterdir()
    assert written.name == f"{path.stem}-修订稿.docx"
    root = body(written.read_bytes())
    assert characters(root, "del") == characters(body(path.read_bytes()))
    assert "还没有重新装订" in capsys.readouterr().out
    # Nothing there is overwritten.
    before = written.read_bytes()
    assert main(arguments) == ExitCode.OUTPUT
    assert written.read_bytes() == before

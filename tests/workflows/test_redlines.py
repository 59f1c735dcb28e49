"""Two drafts as one Word file: accepting all changes gives the new one, rejecting all the old one."""

from __future__ import annotations

import copy
import io
import sys
from datetime import date
from pathlib import Path

import docx
import pytest
from docx.document import Document as Word
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.base.ooxml.package import DOCUMENT, open_parts
from generator.base.ooxml.xml import Element, W, parse
from generator.cli import main
from generator.errors import ExitCode
from generator.workflows import redlines
from generator.workflows.redlines import redline
from tests.pace import examples
from tests.standing import Standing, signing_packet

AUTHOR, DAY = "许文澜", date(2025, 6, 20)
AGREEMENTS = ("henan/consortium-2022", "hubei/consortium-2022")
WORDS = st.text("甲乙丙丁，。；（）《》“”一二三123 ab%", min_size=1, max_size=12)
EDITS = st.lists(
    st.tuples(st.sampled_from(["change", "delete", "insert", "row", "copy row"]), st.integers(0, 999), WORDS),
    min_size=1,
    max_size=5,
)
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
        paragraphs = [each for each in word.paragraphs if each.text]
        paragraph = paragraphs[at % len(paragraphs)]
        rows = [row for table in word.tables for row in table.rows if len(table.rows) > 1]
        if what == "change":
            runs = [run for run in paragraph.runs if run.text]
            run = runs[at % len(runs)] if runs else None
            if run is not None:
                cut = at % (len(run.text) + 1)
                run.text = run.text[:cut] + text + run.text[cut + 2 :]
        elif what == "delete" and paragraph._p.find(f".//{W}sectPr") is None:
            holder = paragraph._p.getparent()
            assert holder is not None
            holder.remove(paragraph._p)
        elif what == "insert":
            paragraph.insert_paragraph_before(text)
        elif rows:
            row = rows[at % len(rows)]._tr
            if what == "row":
                row.getparent().remove(row)
            else:
                row.addnext(copy.deepcopy(row))
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


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


@WITH_ENGINE
@pytest.mark.thorough
@pytest.mark.parametrize("code", AGREEMENTS)
@settings(max_examples=examples(10), suppress_health_check=[HealthCheck.too_slow])
@given(edits=EDITS)
def test_accept_gives_the_new_and_reject_the_old(code: str, edits: list[tuple[str, int, str]]) -> None:
    old = agreement(code)
    new = edited(old, edits)
    made = redline(old, new, title="协议", author=AUTHOR, day=DAY)
    assert made.problem == ""
    if made.same:
        assert characters(body(old)) == characters(body(new))
        return
    assert made.data is not None
    root = body(made.data)
    assert characters(root, "del", "moveFrom") == characters(body(new))
    assert characters(root, "ins", "moveTo") == characters(body(old))
    marks = [mark for mark in root.iter(W + "ins", W + "del") if mark.get(W + "author") is not None]
    assert marks
    assert {mark.get(W + "author") for mark in marks} == {AUTHOR}
    assert {(mark.get(W + "date") or "")[:10] for mark in marks} == {DAY.isoformat()}


@WITH_ENGINE
def test_a_file_that_would_not_give_the_two_drafts_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    old = agreement(AGREEMENTS[0])
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

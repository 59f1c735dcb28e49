"""The new draft's pages with bars: beside the lines that are not as they were, and beside no others."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
import pytest
from reportlab.pdfgen.canvas import Canvas

from generator.cli import main
from generator.errors import ExitCode
from generator.packet.pipeline import put
from generator.packet.session import Session
from generator.pdf.fonts.faces import find_faces
from generator.pdf.pages.drawn import printed
from generator.workflows.bars import Bars, bars
from tests.packet.making import PLAIN, example, packet
from tests.standing import Standing

LINES = tuple(f"Article {number}: what the parties promise" for number in range(40))
LEFT = 72


def drawn(lines: Sequence[str], a_page: int = 25, heading: Sequence[str] = (), foot: str = "- {} -") -> bytes:
    """A document of some lines with a page number under each page, and a heading above each."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1, pagesize=(595, 842))
    for number, start in enumerate(range(0, len(lines), a_page), 1):
        for at, line in enumerate([*heading, *lines[start : start + a_page]]):
            canvas.drawString(LEFT, 750 - 20 * at, line)
        canvas.drawString(290, 70, foot.format(number))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def marked(old: bytes, new: bytes) -> Bars:
    return bars(old, new, title="协议", faces=find_faces(None))


def beside(made: Bars, new: bytes) -> list[list[str]]:
    """The lines of each page that have ink of ours at their left."""
    found = []
    assert made.pdf is not None
    pages = printed(new)
    # The text that is extracted is the document's alone.
    assert [page.words for page in printed(made.pdf)] == [page.words for page in pages]
    one, two = (pypdfium2.PdfDocument(each) for each in (new, made.pdf))
    for at, page in enumerate(pages):
        before, after = (each[at].render().to_pil().convert("L") for each in (one, two))
        left = int(min(word.box[0] for word in page.words)) - 1
        told = []
        for word in page.words:
            middle = round((word.box[1] + word.box[3]) / 2)
            strip = (0, middle, left, middle + 1)
            if before.crop(strip).tobytes() != after.crop(strip).tobytes():
                told.append(word.text)
        found.append(told)
        # Nothing that was printed is covered.
        body = (left, 30, before.width, before.height)
        assert before.crop(body).tobytes() == after.crop(body).tobytes()
    for each in (one, two):
        each.close()
    return found


def test_a_changed_and_a_new_line_bear_bars_and_moved_ones_none() -> None:
    old = drawn(LINES)
    new = drawn([*LINES[:7], "Article 7: what nobody promises", *LINES[8:20], "a new one", *LINES[20:]])
    made = marked(old, new)
    assert beside(made, new) == [["Article 7: what nobody promises", "a new one"], []]
    assert (made.pages, made.lines, made.removals) == ((1,), 2, 0)


def test_a_removed_line_bears_a_mark() -> None:
    new = drawn([*LINES[:30], *LINES[32:]])
    made = marked(drawn(LINES), new)
    assert (made.pages, made.lines, made.removals) == ((2,), 0, 1)


def test_other_pages_and_headings_printed_again_are_no_change() -> None:
    """The same lines on more pages, each with a table's heading."""
    heading = ("What is promised", "by whom and when")
    old, new = (drawn(LINES, many, heading) for many in (25, 10))
    made = marked(old, new)
    assert (made.pdf, made.problem, made.lines) == (None, "", 0)
    assert made.note
    changed = marked(old, drawn(LINES, 10, ("What is offered", heading[1])))
    assert changed.pages == (1, 2, 3, 4)
    assert changed.lines == 4


def test_a_figure_that_stands_where_a_page_number_would_is_no_page_number() -> None:
    new = drawn(LINES, foot="501")
    made = marked(drawn(LINES, foot="500"), new)
    assert beside(made, new) == [["501"], ["501"]]


def test_a_paragraph_that_is_broken_elsewhere_is_no_change() -> None:
    text = (
        "every party brings what it has said it would bring and takes part in the work of the council until"
    )
    old, new = ([*LINES[:5], text[:cut], text[cut:], *LINES[5:]] for cut in (60, 40))
    assert marked(drawn(old), drawn(new)).pdf is None
    less = [*LINES[:5], text[:40], text[40:].replace("council", "board"), *LINES[5:]]
    made = marked(drawn(old), drawn(less))
    assert beside(made, drawn(less))[0] == [less[6]]


def test_pages_without_text_are_not_called_the_same() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.showPage()
    canvas.save()
    assert "读不出文字" in marked(drawn(LINES), out.getvalue()).problem


def test_equal_packets_have_no_bars(
    made: Standing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    arguments = ["compare", str(made.folder), str(made.archive), "--bars", str(out), "--format", "json"]
    assert main(arguments) == ExitCode.DONE
    found = json.loads(capsys.readouterr().out)["bars"]
    assert len(found) == len(made.manifest["documents"])
    assert not any(each["file"] or each["problem"] or each["note"] for each in found)
    assert list(out.iterdir()) == []


def test_bars_of_a_data_file_are_refused(
    made: Standing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = example(tmp_path, PLAIN)
    assert main(["compare", str(made.folder), str(data), "--bars", str(tmp_path / "out")]) == ExitCode.USAGE
    assert "给出两套材料" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("0379-55501026", "0379-55501927"),
        ("许文澜", "许文波"),
        ("省内规模最大的高端滚动体", "省内产量最大的高端滚动体"),
        ("程砚秋", "程砚冬"),
    ],
)
def test_exactly_the_lines_that_print_a_value_bear_bars(
    session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str], was: str, now: str
) -> None:
    """A value of the same length, so that every line stays where it was: the lines can be told by their numbers."""
    folders = []
    for name, changes in (("old", ()), ("new", ((was, now),))):
        place = tmp_path / name
        place.mkdir()
        folders.append(
            put(packet(session, example(place, PLAIN, *changes), PLAIN), place / "out", force=False).folder
        )
    old, new = folders
    out = tmp_path / "bars"
    originals = {path: path.read_bytes() for path in new.glob("*.pdf")}
    main(["compare", str(old), str(new), "--bars", str(out), "--format", "json"])
    found = {each["title"]: each for each in json.loads(capsys.readouterr().out)["bars"]}
    assert {path: path.read_bytes() for path in new.glob("*.pdf")} == originals
    pages = 0
    for document in Standing(new).manifest["documents"]:
        paths = [Standing(folder).pdf(document["id"]) for folder in (old, new)]
        before, after = (printed(path.read_bytes()) for path in paths)
        expected = [
            [word.text for past, word in zip(one.words, two.words, strict=True) if past.text != word.text]
            for one, two in zip(before, after, strict=True)
        ]
        told = found[document["title"]]
        assert told["pages"] == [at for at, each in enumerate(expected, 1) if each]
        assert (told["lines"], told["removals"]) == (sum(map(len, expected)), 0)
        pages += len(told["pages"])
        assert (out / told["file"]).is_file() if told["pages"] else told["file"] == ""
    assert pages

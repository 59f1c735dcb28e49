"""A packet against the Word files that a person gives back: what each paragraph says, and what was not read."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.base.ooxml.package import open_parts
from generator.cli import main
from generator.errors import ExitCode
from generator.workflows.compare_word import compare_with_word
from generator.workflows.redlines import texts_of
from tests.pace import examples
from tests.standing import Standing
from tests.workflows.test_redlines import KINDS, WITH_ENGINE, WORDS, body, characters, edited

EDITS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 999), st.text(WORDS, min_size=1, max_size=12)),
    min_size=1,
    max_size=5,
)
ADDED = "另有约定的，由秘书处登记。"


def told(capsys: pytest.CaptureFixture[str], *arguments: Path | str) -> tuple[int, dict]:  # type: ignore[type-arg]
    """The command's exit code and JSON."""
    capsys.readouterr()
    code = main(["compare", *map(str, arguments), "--format", "json"])
    return code, json.loads(capsys.readouterr().out)


def files(packet: Standing) -> list[Path]:
    return [
        packet.folder / file["path"]
        for document in packet.manifest["documents"]
        for file in document["files"]
        if file["format"] == "docx"
    ]


def saved(word: docx.document.Document, path: Path) -> Path:
    word.save(str(path))
    return path


@pytest.fixture
def back(tmp_path: Path) -> Path:
    """A folder for what comes back."""
    folder = tmp_path / "back"
    folder.mkdir()
    return folder


def test_files_as_they_are_and_as_another_program_saves_them(
    made: Standing, back: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *rest = files(made)
    for path in rest:
        shutil.copy(path, back)
    # Saved again, under a name of no use.
    saved(docx.Document(str(first)), back / "1.docx")
    code, found = told(capsys, made.folder, back)
    assert (code, found["same"], found["unknown"]) == (ExitCode.DONE, True, [])
    assert [each["state"] for each in found["files"]] == ["same", *["identical"] * len(rest)]
    assert [each["known_by"] for each in found["files"]] == ["内容", *["文件名"] * len(rest)]
    # One that is missing is not passed over where a whole folder is given; of single files only those count.
    path = back / rest[0].name
    assert told(capsys, made.folder, path)[0] == ExitCode.DONE
    path.unlink()
    code, found = told(capsys, made.folder, back)
    assert (code, found["same"], found["files"][1]["state"]) == (ExitCode.FINDING, False, "missing")


def test_each_paragraph_that_was_added_removed_or_changed_is_told(
    made: Standing, back: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = files(made)[1]
    word = docx.Document(str(path))
    changed, before, gone = [each for each in word.paragraphs if len(each.text) > 30][2:8:2]
    was, removed = changed.text, gone.text
    changed.runs[-1].text += ADDED
    before.insert_paragraph_before("新加的一段。")
    holder = gone._p.getparent()
    assert holder is not None
    holder.remove(gone._p)
    edit = saved(word, back / f"{path.stem}（修改稿）.docx")
    code, found = told(capsys, made.folder, edit)
    assert code == ExitCode.FINDING
    (document,) = [each for each in found["files"] if each["file"]]
    assert (document["state"], document["known_by"]) == ("changed", "文件名")
    assert [(each["kind"], each["before"], each["after"]) for each in document["changes"]] == [
        ("changed", was, was + ADDED),
        ("added", "", "新加的一段。"),
        ("removed", removed, ""),
    ]
    main(["compare", str(made.folder), str(edit)])
    said = capsys.readouterr().out
    assert ADDED in said
    assert "3 段不同" in said


def test_what_was_not_read_is_named_and_nothing_said_of_it(
    made: Standing, back: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, *rest = files(made)
    for path in rest:
        shutil.copy(path, back)
    shutil.copy(first, back)
    shutil.copy(first, back / f"{first.stem} - 副本.docx")
    (back / second.name).write_bytes(second.read_bytes()[:900])
    (back / "旧稿.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    (back / "说明.txt").write_text("x", encoding="utf-8")
    (back / "更多").mkdir()
    minutes = docx.Document()
    minutes.add_paragraph("会议纪要")
    saved(minutes, back / "纪要.docx")
    code, found = told(capsys, made.folder, back)
    assert code == ExitCode.FINDING
    why = {each["file"]: each["why"] for each in found["unknown"]}
    assert set(why) == {
        f"{first.stem} - 副本.docx", second.name, "旧稿.doc", "说明.txt", "更多", "纪要.docx",
    }  # fmt: skip
    assert all("没有比" in each for each in why.values())
    assert found["files"][1]["state"] == "missing"
    assert main(["compare", str(made.folder), str(back)]) == ExitCode.FINDING
    said = capsys.readouterr().out
    assert all(name in said for name in why)


def test_a_picture_that_was_put_in_is_not_called_the_same(
    made: Standing, back: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from PIL import Image

    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(drawn, "png")
    path = files(made)[1]
    word = docx.Document(str(path))
    word.paragraphs[0].add_run().add_picture(drawn)
    code, found = told(capsys, made.folder, saved(word, back / path.name))
    (document,) = [each for each in found["files"] if each["file"]]
    assert (code, document["changes"], found["same"]) == (ExitCode.FINDING, [], False)
    assert "图片" in document["notes"][0]


def test_what_word_files_have_no_use_for_is_refused(
    made: Standing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = files(made)[0]
    assert main(["compare", str(made.folder), str(path), "--bars", str(tmp_path / "out")]) == ExitCode.USAGE
    assert "--bars" in capsys.readouterr().err
    assert main(["compare", str(path), str(path)]) == ExitCode.USAGE
    assert "前一份写材料包" in capsys.readouterr().err
    assert main(["compare", str(made.folder), str(made.folder), str(path)]) == ExitCode.USAGE
    assert "只有 Word 文件" in capsys.readouterr().err


@WITH_ENGINE
@pytest.mark.thorough
def test_tracked_changes_of_a_file_that_came_back(
    made: Standing, back: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = files(made)[1]
    edit = back / path.name
    edit.write_bytes(edited(path.read_bytes(), [("change", 5, "甲乙")]))
    out = tmp_path / "out"
    assert told(capsys, made.folder, edit, "--redline", out)[0] == ExitCode.FINDING
    (written,) = out.iterdir()
    assert characters(body(written.read_bytes()), "del") == characters(body(edit.read_bytes()))
    assert characters(body(written.read_bytes()), "ins") == characters(body(path.read_bytes()))
    # Read as accepted, and said so.
    shutil.copy(written, edit)
    _, found = told(capsys, made.folder, edit)
    (document,) = [each for each in found["files"] if each["file"]]
    assert "按全部接受" in document["notes"][0]
    assert document["changes"]


@pytest.mark.thorough
@settings(max_examples=examples(10), suppress_health_check=list(HealthCheck))
@given(edits=EDITS)
def test_what_is_told_makes_the_new_text_of_the_old(
    made: Standing, edits: list[tuple[str, int, str]]
) -> None:
    path = files(made)[1]
    old = path.read_bytes()
    with tempfile.TemporaryDirectory() as place:
        edit = Path(place) / path.name
        edit.write_bytes(new := edited(old, edits))
        found = next(each for each in compare_with_word(made.folder, [edit]).files if each.file)
    before, after = (Counter(texts_of(open_parts(each), "accepted")[0]) for each in (old, new))
    gone = Counter(each.before for each in found.changes if each.kind != "added")
    fresh = Counter(each.after for each in found.changes if each.kind != "removed")
    assert not gone - before
    assert before - gone + fresh == after
    assert (found.state == "changed") is bool(found.changes)

"""Files that data name, and the data file itself."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from generator.errors import DataError, ExitCode
from generator.readers.source_file import read_source
from tests.ordinary_user import as_ordinary_user


def section(loaded: Any, name: str) -> Any:
    return loaded(f"name: 甲\nplan:\n  sections:\n    goals:\n      file: '{name}'\n")


def test_a_text_file_fills_the_passage_and_is_where_its_text_stands(loaded: Any, tmp_path: Path) -> None:
    (tmp_path / "章节").mkdir()
    written = b"\xef\xbb\xbf" + "第一段\r\n 第二段&<\r\n".encode()
    (tmp_path / "章节" / "目标.txt").write_bytes(written)
    dataset = section(loaded, "章节/目标.txt")
    assert dataset.problems == ()
    passage = dataset.consortium.plan.sections["goals"]
    assert passage.text == "第一段\n 第二段&<"
    assert passage.file == "章节/目标.txt"
    assert dataset.places["plan.sections.goals.text"].as_json() == {"file": "章节/目标.txt", "line": 1}
    assert dataset.places["plan.sections.goals.file"].line == 5
    assert dataset.inputs["章节/目标.txt"] == hashlib.sha256(written).hexdigest()


def test_inputs_are_the_data_file_the_texts_and_the_attachments_that_are_there(
    loaded: Any, tmp_path: Path
) -> None:
    (tmp_path / "附件").mkdir()
    (tmp_path / "附件" / "a.pdf").write_bytes(b"%PDF")
    text = "name: 甲\n附件:\n  licence: ['附件\\a.pdf', 附件/没有.pdf]\n"
    dataset = loaded(text)
    assert dataset.problems == ()
    assert dataset.consortium.attachments == {"licence": ("附件/a.pdf", "附件/没有.pdf")}
    assert dict(dataset.inputs) == {
        "data.yaml": hashlib.sha256(text.encode()).hexdigest(),
        "附件/a.pdf": hashlib.sha256(b"%PDF").hexdigest(),
    }


@pytest.mark.parametrize(
    "name",
    [
        "../secret.txt",
        "a/../../secret.txt",
        "/etc/passwd",
        "C:\\secret.txt",
        "c:secret.txt",
        "\\\\host\\a.txt",
        "~/a.txt",
        "link.txt",
        "out/secret.txt",
    ],
)
def test_a_file_outside_the_folder_is_refused(loaded: Any, tmp_path: Path, name: str) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("机密", encoding="utf-8")
    (tmp_path / "link.txt").symlink_to(outside / "secret.txt")
    (tmp_path / "out").symlink_to(outside)
    for dataset in (section(loaded, name), loaded(f"name: 甲\nattachments:\n  licence: ['{name}']\n")):
        (problem,) = dataset.problems
        assert "不在数据文件所在的文件夹里" in problem.message
        assert "机密" not in repr(dataset)
        assert list(dataset.inputs) == ["data.yaml"]


def test_a_loop_of_links_is_told(loaded: Any, tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("b.txt")
    (tmp_path / "b.txt").symlink_to("a.txt")
    (problem,) = section(loaded, "a.txt").problems
    assert problem.path == "plan.sections.goals.file"


@pytest.mark.parametrize(
    ("data", "words", "line"),
    [
        ("甲乙丙".encode("gbk"), "GBK", 1),
        ("甲乙丙".encode("utf-16"), "UTF-16", 1),
        ("一\n二\u202e三".encode(), "U+202E", 2),
        (b"a\nb\x00", "U+0000", 2),
        (b"a\xed\xa0\x80", "U+D800", 1),
        ("长".encode() * 200_001, "200001", None),
        (b"a" * 8_000_001, "8 MB", None),
    ],
)
def test_a_text_file_that_cannot_be_used_is_told_with_its_line(
    loaded: Any, tmp_path: Path, data: bytes, words: str, line: int | None
) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    dataset = section(loaded, "a.txt")
    (problem,) = dataset.problems
    assert words in problem.message
    assert line is None or (problem.place.file, problem.place.line) == ("a.txt", line)
    assert dataset.consortium.plan.sections == {}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no.txt", "不存在"),
        ("a.docx", "不是有效的 .docx 文件"),
        ("a.pdf", "不是文本文件"),
        ("dir.txt", "不存在"),
        ("长" * 200 + ".txt", "goals"),
    ],
)
def test_a_text_file_that_is_none_is_told(loaded: Any, tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "a.docx").write_bytes(b"x")
    (tmp_path / "a.pdf").write_bytes(b"x")
    (tmp_path / "dir.txt").mkdir()
    (problem,) = section(loaded, name).problems
    assert words in problem.message
    assert problem.place.line == 5


def test_an_empty_text_file_is_an_absent_text(loaded: Any, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(" \n", encoding="utf-8")
    dataset = section(loaded, "a.txt")
    assert dataset.problems == ()
    assert dataset.consortium.plan.sections["goals"].text is None


CASES: list[tuple[str, bytes | None, str]] = [
    ("gone.yaml", None, "找不到"),
    ("a.txt", b"name: a", "后缀"),
    ("a", b"name: a", "没有后缀"),
    ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xlsx"),
    ("a.yaml", b"", "空的"),
    ("a.yaml", b" \n\n", "空的"),
    ("a.yaml", b"PK\x03\x04 x", "Excel"),
    ("a.xlsx", b"name: a", "文本"),
    ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版"),
    ("a.yaml", "name: 甲\n产业: 氢能\n".encode("gbk"), "GBK"),
    ("a.yaml", "name: 甲\n".encode("utf-16"), "UTF-16"),
    ("a.yaml", "name: 甲\n".encode("utf-16-be"), "不是文本文件"),
    ("a.yaml", b"\xff\xfa\x81\x00\xff", "不是文本文件"),
    ("a.yaml", b"a" * 8_000_001, "8 MB"),
]


@pytest.mark.parametrize(("name", "data", "words"), CASES)
def test_a_data_file_that_cannot_be_read_is_told(
    tmp_path: Path, name: str, data: bytes | None, words: str
) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(DataError) as refused:
        read_source(path)
    assert refused.value.exit_code is ExitCode.DATA
    assert words in str(refused.value)
    assert str(refused.value).startswith(name)
    assert str(tmp_path) not in str(refused.value)


def test_a_folder_is_no_data_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="文件夹"):
        read_source(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="这个系统没有 POSIX 用户权限")
def test_a_file_without_permission_is_told(elsewhere: Path) -> None:
    path = elsewhere / "a.yaml"
    path.write_bytes(b"name: a")
    path.chmod(0)
    with as_ordinary_user(), pytest.raises(DataError, match="权限"):
        read_source(path)

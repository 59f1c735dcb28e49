"""``lianheti bind --changes`` and ``--take``: what was changed in Word goes into the data by field, each shown."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import CODE, EXAMPLE, Run

pytestmark = pytest.mark.thorough


def edited(path: Path, changes: dict[str, str]) -> None:
    """Change words in a Word file, as a person does."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    text = parts["word/document.xml"].decode()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    parts["word/document.xml"] = text.encode()
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)


def test_changes_are_shown_and_taken_by_field(run: Run, tmp_path: Path) -> None:
    assert run("packet", EXAMPLE, "-p", CODE, "-o", tmp_path / "out", "--no-pdf").code == 0
    (folder,) = (tmp_path / "out").glob("*/*-draft")
    form = next(folder.glob("01-*.docx"))
    edited(form, {"许文澜": "许文岚", "沈知行": "沈知远", "申请书一式三份": "申请书一式五份"})
    shown = run("bind", folder, "--changes")
    assert shown.code == 0
    assert "联系人的“姓名”　数据里是“许文澜”" in shown.out
    assert "是“许文岚”" in shown.out
    data = folder / "internal" / "data.yaml"
    before = data.read_bytes()
    target = tmp_path / "取回.yaml"
    taken = run("bind", folder, "--take", "contact.name", "-o", target)
    assert taken.code == 0
    assert "已取回 1 项" in taken.out
    assert "许文岚" in target.read_text(encoding="utf-8")
    assert "沈知远" not in target.read_text(encoding="utf-8")
    assert data.read_bytes() == before
    assert run("check", target, "-p", CODE).code == 0
    # What was not taken stays in Word as the person's own, and is not overwritten.
    again = run("packet", EXAMPLE, "-p", CODE, "-o", tmp_path / "out", "--no-pdf")
    assert again.code == 6
    assert form.name in again.err


def test_a_field_that_was_not_changed_cannot_be_taken(run: Run, tmp_path: Path) -> None:
    assert run("packet", EXAMPLE, "-p", CODE, "-o", tmp_path / "out", "--no-pdf").code == 0
    (folder,) = (tmp_path / "out").glob("*/*-draft")
    edited(next(folder.glob("01-*.docx")), {"许文澜": "许文岚"})
    refused = run("bind", folder, "--take", "name", "-o", tmp_path / "取回.yaml")
    assert refused.code == 2
    assert not (tmp_path / "取回.yaml").exists()
    assert run("bind", folder, "--take", "contact.name").code == 2

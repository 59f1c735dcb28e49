"""正本 and 副本: a file for each, its word on the cover, its own number of copies, its own signature fields."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import docx
import pytest

from generator.cli import main

ROOT = Path(__file__).resolve().parents[2]
CODE = "henan/consortium-2022"
DATA = ROOT / "data" / "henan-consortium-2022.yaml"
COVERS = "covers: [{word: 正本, copies: 1}, {word: 副本, copies: 5}]"


def templates(tmp_path: Path, covers: str = COVERS, document: str = "application") -> Path:
    shutil.copytree(ROOT / "templates", tmp_path / "模板")
    folder = tmp_path / "模板" / CODE
    file = folder / "programme.yaml"
    text = file.read_text(encoding="utf-8")
    head = f"  - id: {document}\n"
    assert head in text
    file.write_text(text.replace(head, f"{head}    {covers}\n", 1), encoding="utf-8")
    template = docx.Document(str(folder / "application.docx"))
    template.paragraphs[0].insert_paragraph_before("{{ document.cover }}")
    template.save(str(folder / "application.docx"))
    return tmp_path / "模板"


def test_each_sort_of_original_is_a_document_of_its_own(tmp_path: Path) -> None:
    root = templates(tmp_path)
    arguments = ["packet", DATA, "-p", CODE, "-o", tmp_path / "出", "--templates", root, "--no-pdf"]
    assert main([str(one) for one in arguments]) == 0
    (path,) = (tmp_path / "出").rglob("manifest.json")
    documents = json.loads(path.read_text(encoding="utf-8"))["documents"]
    found = [one for one in documents if one["id"].startswith("application")]
    assert [one["id"] for one in found] == ["application", "application-02"]
    assert [one["title"][-4:] for one in found] == ["（正本）", "（副本）"]
    for one, word in zip(found, ("正本", "副本"), strict=True):
        paragraphs = docx.Document(str(path.parent / one["files"][0]["path"])).paragraphs
        assert paragraphs[0].text == word
        assert len(one["signatories"]) == 4
    checklist = docx.Document(str(path.parent / "internal" / "checklist.docx"))
    lines = ["|".join(cell.text for cell in row.cells) for table in checklist.tables for row in table.rows]
    assert any("（正本）" in line and "|1" in line for line in lines)
    assert any("（副本）" in line and "|5" in line for line in lines)


def test_a_blank_form_bears_no_word(tmp_path: Path) -> None:
    arguments = ["blank", CODE, "-o", tmp_path / "空白", "--templates", templates(tmp_path), "--no-pdf"]
    assert main([str(one) for one in arguments]) == 0
    (path,) = (tmp_path / "空白").rglob("*申请表*.docx")
    assert docx.Document(str(path)).paragraphs[0].text == ""


@pytest.mark.parametrize(
    ("covers", "document", "message"),
    [
        (COVERS, "agreement", "不能写 covers"),
        ("covers: [{word: 正本}, {word: 正本}]", "application", "word 相同"),
        ("covers: [{word: 正本, copies: 0}]", "application", "copies"),
    ],
)
def test_covers_at_fault_are_told_by_lint(
    covers: str, document: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = templates(tmp_path, covers, document) / CODE
    assert main(["lint", str(folder)]) == 4
    assert message in capsys.readouterr().out

"""What a document is for is said by its purpose: no id of a document means anything to the code."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from generator.cli import main

ROOT = Path(__file__).resolve().parents[2]
CODE = "hubei/consortium-2022"


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """The programme in a folder of its own, its agreement and its letters' item under ids of other words."""
    folder = tmp_path / "templates" / "another" / "scheme-2030"
    shutil.copytree(ROOT / "templates" / CODE, folder)
    file = folder / "programme.yaml"
    text = file.read_text(encoding="utf-8").replace(CODE, "another/scheme-2030")
    for old, new in (("- id: agreement\n", "- id: pact\n"), ("- id: authorisation\n", "- id: mandate\n")):
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    return tmp_path / "templates"


def made(tmp_path: Path, templates: Path, *arguments: object) -> int:
    return main(
        [*map(str, arguments), "-p", "another/scheme-2030", "--templates", str(templates), "--no-pdf"]
    )


def test_letters_and_amendments_hang_on_purposes_alone(tmp_path: Path, templates: Path) -> None:
    data = tmp_path / "data.yaml"
    text = (ROOT / "data" / "hubei-consortium-2022.yaml").read_text(encoding="utf-8")
    data.write_text(text.replace(CODE, "another/scheme-2030"), encoding="utf-8")
    assert made(tmp_path, templates, "packet", data, "-o", tmp_path / "packet") == 0
    (path,) = (tmp_path / "packet").rglob("manifest.json")
    states = {line["id"]: line["state"] for line in json.loads(path.read_bytes())["checklist"]}
    assert states["pact"] == states["mandate"] == "included"
    new = tmp_path / "new.yaml"
    new.write_text(data.read_text(encoding="utf-8").replace("有限公司", "有限责任公司", 1), encoding="utf-8")
    assert made(tmp_path, templates, "amend", data, new, "-o", tmp_path / "amended") == 0
    assert list((tmp_path / "amended").rglob("01-*补充协议.docx"))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("purpose: agreement", "purpose: letter", "main 或 agreement"),
        ("purpose: agreement", "purpose: something", "purpose"),
        ("- id: plan\n", "- id: plan\n    purpose: agreement\n", "signatories"),
    ],
)
def test_a_purpose_that_cannot_be_is_refused_with_its_place(
    tmp_path: Path, templates: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, told: str
) -> None:
    file = templates / "another" / "scheme-2030" / "programme.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert (
        main(["blank", "another/scheme-2030", "--templates", str(templates), "-o", str(tmp_path / "o")]) == 4
    )
    said = capsys.readouterr().err
    assert "programme.yaml" in said
    assert told in said

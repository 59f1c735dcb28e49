"""Which internal sheets a packet has is for whoever orders it to say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from generator.cli import main
from tests.packet.making import PLAIN, ROOT

DATA = ROOT / "data" / "henan-consortium-2022.yaml"
CHECKS = {"conditions.docx", "checklist.docx"}


def made(command: str, out: Path, *options: str) -> Path:
    data = out.parent / DATA.name
    shutil.copy(DATA, data)
    assert main([command, str(data), "-p", PLAIN, "-o", str(out), "--no-pdf", *options]) == 0
    return next(out.rglob("manifest.json")).parent


def sheets(folder: Path) -> set[str]:
    return {path.name for path in (folder / "internal").glob("*.docx")}


@pytest.mark.one_in(4)
@pytest.mark.parametrize("command", ["packet", "batch"])
@pytest.mark.parametrize(("asked", "expected"), [("checks", CHECKS), ("none", set())])
def test_only_what_was_asked_for_is_made_and_the_manifest_says_so(
    tmp_path: Path, command: str, asked: str, expected: set[str]
) -> None:
    folder = made(command, tmp_path / "out", "--sheets", asked)
    assert sheets(folder) == expected
    assert (folder / "internal" / "data.yaml").exists()
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["sheets"] == asked


@pytest.mark.one_in(2)
@pytest.mark.parametrize("command", ["packet", "batch"])
def test_a_draft_has_the_checks_where_nothing_is_said(tmp_path: Path, command: str) -> None:
    folder = made(command, tmp_path / "out")
    assert sheets(folder) == CHECKS
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["sheets"] == "checks"


def test_a_signing_edition_has_all_where_nothing_is_said(tmp_path: Path) -> None:
    folder = made("packet", tmp_path / "out", "--edition", "signing")
    assert sheets(folder) > CHECKS
    assert "sheets" not in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


@pytest.mark.thorough
def test_a_batch_makes_the_packet_again_where_other_sheets_are_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    for asked in ("none", "none", "all"):
        folder = made("batch", out, "--sheets", asked, "--format", "json", "-j", "1")
        capsys.readouterr()
    assert sheets(folder) > CHECKS


@pytest.mark.thorough
def test_binding_again_keeps_to_the_sheets_that_were_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "out"
    data = tmp_path / DATA.name
    shutil.copy(DATA, data)
    order = ["packet", str(data), "-p", PLAIN, "-o", str(out), "--edition", "signing", "--sheets", "checks"]
    assert main(order) == 0
    folder = next(out.rglob("manifest.json")).parent
    assert sheets(folder) == CHECKS
    assert main(["bind", str(folder), "--force"]) == 0
    assert sheets(folder) == CHECKS
    assert main(["verify", str(folder)]) == 0

"""``lianheti read``: filled forms to a data file that the other commands take."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.workflows.workspace import Workspace
from tests.cli.conftest import CODE, Run
from tests.returns.conftest import filled_forms


@pytest.mark.thorough
def test_a_workbook_is_written_that_can_be_checked(run: Run, tmp_path: Path) -> None:
    with Workspace() as workspace:
        _, forms = filled_forms(workspace, CODE)
    for name, data in forms.items():
        (tmp_path / name).write_bytes(data)
    target = tmp_path / "读出.xlsx"
    files = [tmp_path / name for name in forms]
    done = run("read", *files, "-p", CODE, "-o", target, "--format", "json")
    assert done.code == 1
    values = {one["path"]: one for one in json.loads(done.out)["values"]}
    assert values["name"]["text"] == "河南省高端轴承创新联合体"
    assert values["name"]["status"] == "sure"
    checked = run("check", target, "-p", CODE, "--format", "json")
    assert checked.json["programmes"][0]["problems"] == []
    again = run("read", *files, "-p", CODE, "-o", target)
    assert again.code == 6


def test_what_is_no_word_file_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "表.docx").write_bytes(b"no word file")
    (tmp_path / "表.pdf").write_bytes(b"%PDF")
    assert run("read", tmp_path / "表.docx", "-p", CODE, "-o", tmp_path / "a.yaml").code == 3
    assert run("read", tmp_path / "表.pdf", "-p", CODE, "-o", tmp_path / "a.yaml").code == 3
    assert run("read", tmp_path / "没有.docx", "-p", CODE, "-o", tmp_path / "a.yaml").code == 3
    assert run("read", tmp_path / "表.docx", "-p", CODE, "-o", tmp_path / "a.pdf").code == 2
    assert not (tmp_path / "a.yaml").exists()

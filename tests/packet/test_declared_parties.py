"""Parties that a scheme declares: several recommending bodies and authorities, a person by office."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from generator.cli import main

ROOT = Path(__file__).resolve().parents[2]
CODE = "henan/consortium-2022"
DATA = ROOT / "data" / "henan-consortium-2022.yaml"
OPINION = "- {role: recommender-opinion, party: recommender, title: 推荐单位意见}"
PARTIES = """\
parties:
  - {id: bureau, title: 行业主管部门, field: industry_bureau, when: {route: 经地方科技主管部门推荐}}
  - {id: finance, title: 财政部门, name: 河南省财政厅, stage: decision}
  - {id: chief, title: 首席科学家, field: chief_scientist.name, stage: ours}
"""
FIELD = "  - {path: industry_bureau, title: 行业主管部门名称, kind: text}\n"


def templates(tmp_path: Path, party: str, *, declared: str = PARTIES) -> Path:
    """The built-in templates with another party at the recommending body's place."""
    shutil.copytree(ROOT / "templates", tmp_path / "模板")
    file = tmp_path / "模板" / CODE / "programme.yaml"
    text = file.read_text(encoding="utf-8")
    assert OPINION in text
    text = text.replace(OPINION, OPINION.replace("party: recommender", f"party: {party}"))
    own = text.replace("\nfields:\n", f"\n{declared}fields:\n{FIELD}") if "\nfields:\n" in text else text
    if own == text:
        own = f"{text}\n{declared}fields:\n{FIELD}"
    file.write_text(own, encoding="utf-8")
    return tmp_path / "模板"


def signatories(tmp_path: Path, party: str, more: str = "") -> list[dict[str, Any]]:
    """Who signs at that place, in the manifest."""
    data = tmp_path / "数据.yaml"
    data.write_text(DATA.read_text(encoding="utf-8") + more, encoding="utf-8")
    arguments = ["packet", data, "-p", CODE, "-o", tmp_path / "出", "--no-pdf"]
    arguments += ["--templates", templates(tmp_path, party)]
    assert main([str(one) for one in arguments]) == 0
    (path,) = (tmp_path / "出").rglob("manifest.json")
    (application,) = [
        one for one in json.loads(path.read_text(encoding="utf-8"))["documents"] if one["id"] == "application"
    ]
    return [one for one in application["signatories"] if one["role"] == "recommender-opinion"]


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("party", "more", "names", "stage"),
    [
        ("bureau", "\n行业主管部门名称: 河南省工业和信息化厅\n", ["河南省工业和信息化厅"], "opinion"),
        ("bureau", "", ["推荐单位意见"], "opinion"),
        ("bureau", "\n行业主管部门名称: 无\n", [], "opinion"),
        ("finance", "", ["河南省财政厅"], "decision"),
        ("chief", "", ["程砚秋"], "ours"),
        ("recommender", "", ["洛阳市科学技术局"], "opinion"),
    ],
)
def test_a_declared_party_signs_under_its_name_and_at_its_stage(
    party: str, more: str, names: list[str], stage: str, tmp_path: Path
) -> None:
    found = signatories(tmp_path, party, more)
    assert [one["party"] for one in found] == names
    assert {one.get("stage", "ours") for one in found} <= {stage}


@pytest.mark.parametrize(
    ("party", "declared", "message"),
    [
        ("treasury", PARTIES, "“treasury”不是签署方"),
        ("chief", "parties:\n  - {id: chief, title: 甲, field: chief_scientist.nam}\n", "chief_scientist"),
        ("chief", "parties:\n  - {id: chief, title: 甲}\n", "name 和 field 要写且只写一个"),
        ("chief", "parties:\n  - {id: lead, title: 甲, name: 乙}\n", "已有固定的意思"),
    ],
)
def test_a_party_at_fault_is_told_by_lint(
    party: str, declared: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = templates(tmp_path, party, declared=declared) / CODE
    assert main(["lint", str(folder)]) == 4
    assert message in capsys.readouterr().out

"""A common field with a scheme's own options or title, a group with another title: in data, workbooks, messages."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from generator.cli import main

ROOT = Path(__file__).resolve().parents[2]
CODE = "henan/consortium-2022"
DATA = ROOT / "data" / "henan-consortium-2022.yaml"
FIELDS = """\
  - {path: "members[]", title: 共建单位}
  - {path: "members[].kind", title: 单位类型, kind: choice, options: [企业, 高等学校, 科研院所, 新型研发机构, 其他]}
  - {path: industry, title: 产业方向, kind: choice, options: [高端装备（高端轴承）, 新材料]}
"""


def templates(tmp_path: Path, fields: str = FIELDS) -> Path:
    shutil.copytree(ROOT / "templates", tmp_path / "模板")
    file = tmp_path / "模板" / CODE / "programme.yaml"
    text = file.read_text(encoding="utf-8").replace("\nfields:\n", f"\nfields:\n{fields}")
    file.write_text(text, encoding="utf-8")
    return tmp_path / "模板"


def checked(tmp_path: Path, *changes: tuple[str, str]) -> int:
    text = DATA.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "数据.yaml").write_text(text, encoding="utf-8")
    return main(["check", str(tmp_path / "数据.yaml"), "-p", CODE, "--templates", str(templates(tmp_path))])


def test_old_and_new_names_and_the_new_options_are_read(tmp_path: Path) -> None:
    kind = "kind: 科研院所"
    assert kind in DATA.read_text(encoding="utf-8")
    assert checked(tmp_path, (kind, "单位类型: 新型研发机构"), ("\nmembers:\n", "\n共建单位:\n")) == 0


def test_what_is_no_option_of_the_scheme_is_told_with_those_that_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert checked(tmp_path, ("industry: 高端装备（高端轴承）", "industry: 量子信息")) != 0
    told = capsys.readouterr()
    assert "产业方向" in told.out + told.err
    assert "新材料" in told.out + told.err


@pytest.mark.thorough
def test_the_workbook_has_the_titles_and_options_and_is_read_back(tmp_path: Path) -> None:
    root = templates(tmp_path)
    book = tmp_path / "表.xlsx"
    assert main(["new", CODE, "-o", str(book), "--templates", str(root), "--from", str(DATA)]) == 0
    sheets = openpyxl.load_workbook(book)
    assert "共建单位" in sheets.sheetnames
    heads = [str(cell.value) for row in sheets["共建单位"].iter_rows(max_row=8) for cell in row]
    assert any("单位类型" in head for head in heads)
    assert main(["check", str(book), "-p", CODE, "--templates", str(root)]) == 0


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ('{path: "members[].role", title: 角色, kind: choice, options: [甲, 乙]}', "不能改"),
        ('{path: "members[].name", title: 名称, kind: count}', "重名"),
        ('{path: "members[]", title: 成员, kind: text}', "只能改名称"),
        ("{path: agreement.signing_pages, title: 签章页, kind: choice, options: [甲]}", "不能改"),
    ],
)
def test_what_a_scheme_cannot_change_is_refused(
    field: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = templates(tmp_path, f"  - {field}\n") / CODE
    assert main(["lint", str(folder)]) == 4
    assert message in capsys.readouterr().out

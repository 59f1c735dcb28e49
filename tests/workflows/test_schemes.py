"""Schemes as workbooks: the same from either format, faults told at their cells."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from generator.base.tree import plain
from generator.base.yaml import read_yaml
from generator.cli import main
from generator.errors import ProgrammeError, UsageError
from generator.model.catalogue import load_programme
from generator.model.chinese_paths import chinese, english
from generator.model.consortium import Consortium
from generator.model.programme import Programme
from generator.model.programme_book.criteria import parsed, written
from generator.model.programme_book.rows import canonical
from generator.model.programme_file import NAMES
from generator.workflows.schemes import convert_scheme, new_scheme

ROOT = Path(__file__).resolve().parents[2]
FIFTH = ROOT / "tests/programmes/fifth-province/templates/anlan/consortium-2030"
FOLDERS = [*sorted(path.parent for path in (ROOT / "templates").glob("*/*/programme.yaml")), FIFTH]
Changes = list[tuple[str, str, str | None, str]]


def named(folder: Path) -> str:
    return "-".join(folder.parts[-2:])


def file_of(folder: Path) -> Path:
    return next(path for name in NAMES if (path := folder / name).is_file())


@cache
def workbook_of(folder: Path) -> bytes:
    return convert_scheme(file_of(folder), Path("programme.xlsx"), write=False).data


def as_workbook(folder: Path, root: Path) -> Path:
    """A copy of a programme's folder that has a workbook in place of its YAML."""
    copy = root / "/".join(folder.parts[-2:])
    shutil.copytree(folder, copy)
    data = workbook_of(folder)
    file_of(copy).unlink()
    (copy / "programme.xlsx").write_bytes(data)
    return copy


def said(programme: Programme) -> dict[str, Any]:
    return programme.model_dump(by_alias=True)


@pytest.mark.parametrize(
    "folder",
    [*(pytest.param(folder, marks=pytest.mark.thorough) for folder in FOLDERS[:-1]), FIFTH],
    ids=named,
)
def test_a_scheme_says_the_same_from_yaml_workbook_and_yaml_again(folder: Path, tmp_path: Path) -> None:
    first, book, again = tmp_path / "一.yaml", tmp_path / "二.xlsx", tmp_path / "三.yaml"
    convert_scheme(file_of(folder), first)
    convert_scheme(first, book)
    convert_scheme(book, again)
    content: Any = plain(read_yaml(first.read_bytes(), first.name))
    assert canonical(content) == plain(read_yaml(again.read_bytes(), again.name))
    assert said(load_programme(as_workbook(folder, tmp_path))) == said(load_programme(folder))
    # What has a column of its own stands there: the sheet of what has none is empty.
    rest = openpyxl.load_workbook(book)["其他"]
    assert [row[0].value for row in rest.iter_rows(min_row=6) if row[0].value] == []


def test_the_same_scheme_gives_the_same_workbook() -> None:
    first, second = (convert_scheme(FIFTH, Path("x.xlsx"), write=False).data for _ in range(2))
    assert first == second


@pytest.mark.thorough
@pytest.mark.parametrize("folder", FOLDERS[:-1], ids=named)
def test_packets_are_byte_for_byte_the_same_from_a_workbook(folder: Path, tmp_path: Path) -> None:
    code = "/".join(folder.parts[-2:])
    data = ROOT / "data" / f"{code.replace('/', '-')}.yaml"
    as_workbook(folder, tmp_path / "模板")
    made = []
    for name, more in (("一", []), ("二", ["--templates", str(tmp_path / "模板")])):
        assert main(["packet", str(data), "-p", code, "-o", str(tmp_path / name), *more]) == 0
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        made.append({str(path.relative_to(tmp_path / name)): path.read_bytes() for path in files})
    assert made[0].keys() == made[1].keys()
    assert [name for name in made[0] if made[0][name] != made[1][name]] == []


def find(sheet: Any, text: str) -> Any:
    return next(cell for row in sheet.iter_rows() for cell in row if cell.value == text)


def faults(tmp_path: Path, changes: Changes) -> list[str]:
    """What loading says after cells are changed, each found by what stands in it."""
    folder = as_workbook(FIFTH, tmp_path)
    book = openpyxl.load_workbook(folder / "programme.xlsx")
    for sheet, old, new, _ in changes:
        (book[sheet][old] if old == "B6" else find(book[sheet], old)).value = new
    book.save(folder / "programme.xlsx")
    with pytest.raises(ProgrammeError) as caught:
        load_programme(folder)
    return str(caught.value).splitlines()


UNREADABLE: Changes = [
    ("条件", "原则上", "大概", "“级别”的“大概”只能填必须、原则上、鼓励"),
    ("条件", "原文", "原話", "“条件”没有“原話”这一列"),
    ("条件", "B6", "=1+1", "公式"),
    ("签章", "agreement", "协议", "“签章”里的“协议”不是“文件”表里的编号"),
    ("条件", "单位性质 = 企业；注册地（省） = 安澜省", "单位性质等于企业", "看不懂"),
    ("算法", "sales", "rd", "“算法”里的“rd”写了两次"),
    ("方案", "主管部门", "管事的部门", "“方案”没有“管事的部门”这一项"),
    ("字段", "金额", "钱", "“种类”的“钱”只能填"),
]
UNFIT: Changes = [
    ("方案", "安澜省科学技术委员会", None, "缺少必填项“方案”的“主管部门”"),
    ("附件", "agreement", None, "缺少必填项“附件”的“编号”"),
    ("字数", "500", "五百", "“字数”的“不超过”"),
]


@pytest.mark.parametrize("changes", [UNREADABLE, UNFIT], ids=["unreadable", "unfit"])
def test_every_fault_is_told_at_its_cell(tmp_path: Path, changes: Changes) -> None:
    told = faults(tmp_path, changes)
    for sheet, _, _, message in changes:
        assert [line for line in told if message in line and f"工作表“{sheet}”" in line], message


def test_a_rule_at_fault_is_told_at_its_cell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = as_workbook(FIFTH, tmp_path)
    book = openpyxl.load_workbook(folder / "programme.xlsx")
    cell = next(cell for row in book["条件"].iter_rows() for cell in row if "sales > 0" in str(cell.value))
    cell.value = "sales >= four"
    book.save(folder / "programme.xlsx")
    assert main(["lint", str(folder)]) == 4
    assert f"工作表“条件”单元格 {cell.coordinate}：条件“rd-intensity”" in capsys.readouterr().out


def test_a_folder_with_both_files_is_refused(tmp_path: Path) -> None:
    folder = as_workbook(FIFTH, tmp_path)
    shutil.copy(file_of(FIFTH), folder / "programme.yaml")
    (tmp_path / "programme.yaml").write_text("x", encoding="utf-8")
    if len([name for name in NAMES if (folder / name).exists()]) > 1:
        with pytest.raises(ProgrammeError, match="不知道以哪一个为准"):
            load_programme(folder)


def test_a_new_workbook_says_what_is_still_to_be_filled(tmp_path: Path) -> None:
    folder = tmp_path / "anlan" / "green-2031"
    folder.mkdir(parents=True)
    new_scheme("anlan/green-2031", folder / "programme.xlsx")
    with pytest.raises(ProgrammeError) as caught:
        load_programme(folder)
    told = [problem.message for problem in caught.value.problems]
    for title in ("全称", "简称", "主管部门", "地区", "官方文件标题"):
        assert f"缺少必填项“方案”的“{title}”" in told
    assert "缺少必填项“文件”的“标题”" in told


@pytest.mark.parametrize(("code", "name"), [("安澜/2030", "x.xlsx"), ("anlan", "x.xlsx"), ("a/b", "x.yaml")])
def test_codes_and_suffixes_that_will_not_do_are_refused(code: str, name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        new_scheme(code, tmp_path / name)


def test_numbers_percentages_and_dates_that_excel_keeps_as_such_are_read(tmp_path: Path) -> None:
    from datetime import date

    folder = as_workbook(FIFTH, tmp_path)
    book = openpyxl.load_workbook(folder / "programme.xlsx")
    sheet = book["条件"]
    heads: dict[Any, Any] = {cell.value: cell.column for cell in sheet[5]}
    last = next(row for row in range(6, 200) if not sheet.cell(row, 1).value)
    values: dict[str, Any] = {
        "编号": "share",
        "标题": "企业过半",
        "数什么": "成员单位[]",
        "谁": "单位性质 = 企业",
        "至少": 2,
        "占比": 0.5,
        "条款": "第三条",
    }
    for title, value in values.items():
        sheet.cell(last, heads[title]).value = value
    sheet.cell(last, heads["占比"]).number_format = "0%"
    issued = find(book["方案"], "2030年1月15日")
    issued.value = date(2030, 1, 16)
    book.save(folder / "programme.xlsx")
    programme = load_programme(folder)
    (condition,) = [one for one in programme.conditions if one.id == "share"]
    assert (condition.counts, condition.who) == ("members[]", {"kind": "企业"})
    assert (condition.at_least, condition.share) == ("2", "50%")
    assert programme.source.issued == date(2030, 1, 16)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("members[].kind", "成员单位[].单位性质"),
        ("lead.accounts[].rd", "牵头单位.年度财务数据[].研发投入"),
        ("others[]", "其余单位[]"),
        ("agreement.clauses.rights.text", "协议.协议条款.rights.正文"),
        ("term.years", "组建期.组建期（年）"),
    ],
)
def test_a_path_has_a_chinese_form_that_leads_back(path: str, shown: str) -> None:
    if english(Consortium, shown) != path:
        shown = chinese(Consortium, path)
    assert chinese(Consortium, path) == shown
    assert english(Consortium, shown) == path
    assert english(Consortium, path) == path


def test_every_field_of_the_model_has_a_path_that_leads_back() -> None:
    from generator.writers.programme.word_lists import word_lists

    words = word_lists(Consortium)
    for text in (*words.counted, *words.fields):
        path = english(Consortium, text)
        assert path.isascii(), text
        assert chinese(Consortium, path) == text


Criteria = dict[str, Any]


@pytest.mark.parametrize(
    "criteria",
    [
        {"kind": "企业"},
        {"kind": ["高等学校", "科研院所"], "abroad": {"not": "是"}},
        {"tier": {"given": "是", "is": "牵头单位"}},
        {"funds": {"min": "200万元", "max": "1亿元"}, "day": {"from": "2023-09-30", "to": "2024年1月1日"}},
        {"name": {"given": "否"}},
        {"name": "甲；乙 或 丙"},
        {"name": {"not": ["a = b", "且"]}},
        {"name": {"is": "是"}},
    ],
)
def test_criteria_come_back_from_a_cell(criteria: Criteria) -> None:
    same: Callable[[str], str] = lambda name: name  # noqa: E731
    text = written(criteria, same)
    assert text is not None
    assert parsed(text, same) == criteria


def test_criteria_that_a_cell_cannot_hold_are_told_apart() -> None:
    assert written({"name": "甲”；乙“"}, lambda name: name) is None


def test_the_workbooks_words_are_those_of_the_format() -> None:
    from generator.conditions.operations import OPERATIONS
    from generator.model.programme_book.layout import OPERATION_TITLES

    assert set(OPERATION_TITLES.values()) == set(OPERATIONS)


@pytest.mark.parametrize(
    ("sheet", "head", "value"),
    [
        ("条件", "条款", (2026, 3, 1)),
        ("条件", "原文", (2023, 9, 30)),
        ("条件", "至少", (2023, 9, 30, 12, 30)),
    ],
)
def test_what_excel_has_made_a_date_of_is_asked_for_and_not_guessed(
    sheet: str, head: str, value: tuple[int, ...], tmp_path: Path
) -> None:
    from datetime import datetime

    folder = as_workbook(FIFTH, tmp_path)
    book = openpyxl.load_workbook(folder / "programme.xlsx")
    cell = find(book[sheet], head)
    below = book[sheet].cell(cell.row + 1, cell.column)
    below.value = datetime(*value)  # type: ignore[arg-type]  # noqa: DTZ001 (a cell's time has no zone)
    book.save(folder / "programme.xlsx")
    with pytest.raises(ProgrammeError) as caught:
        load_programme(folder)
    assert "被 Excel 当成了日期" in str(caught.value)
    assert f"工作表“{sheet}”单元格 {below.coordinate}" in str(caught.value)

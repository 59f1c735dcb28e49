"""What people add to a workbook and leave in it: own sheets, columns and notes, other units, hidden rows.

Nothing of it is lost in silence, none of it blocks the file, and a number is never read by another unit than
the one that is written there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl.styles import Font
from openpyxl.workbook.workbook import Workbook

from generator.model.dataset import Dataset
from generator.model.notices import notice_texts
from generator.readers.load import load
from generator.readers.source_file import read_source
from generator.writers.excel.form import write_workbook
from tests.readers.books import cell_of, edited, filled, form, loaded, opened, programme, saved

MEMBERS, USES, OVERVIEW = "成员单位", "经费用途", "概况"
Change = Callable[[Workbook], Any]


def after(change: Change, folder: Path) -> Dataset:
    return loaded(edited(change), folder)


def sorts(data: Dataset) -> list[tuple[str, str | None]]:
    return [(notice.sort, notice.place.cell) for notice in data.notices]


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", ["我的备忘", "Sheet1", "联系记录", "计算用", "方案进度", "底稿（勿删）"])
def test_a_sheet_of_ones_own_is_welcome_in_a_fresh_workbook_and_told(tmp_path: Path, name: str) -> None:
    book = opened(write_workbook(form(), {"name": "某联合体"}, {}))
    book.create_sheet(name).append(["下周三前给李工打电话", 12])
    path = tmp_path / "数据.xlsx"
    path.write_bytes(saved(book))
    one = programme()
    data = load(read_source(path), one, known={one.code: one})
    assert data.problems == ()
    assert [notice.sort for notice in data.notices] == ["own"]
    assert name in notice_texts(data.notices)[0]


def test_a_sheet_that_may_be_a_missing_one_is_still_refused(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book["科研团队"]["A1"].value = None
        book["科研团队"].title = "科研团队人员"
        for at in range(1, 6):
            book["科研团队人员"].cell(4, at).value = f"甲{at}"
        book["科研团队人员"].cell(5, 1).value = "张三"

    assert "科研团队" in str(after(change, tmp_path).problems[0])


@pytest.mark.parametrize("title", ["备注", "审核意见", "联络进度", "已盖章？"])
def test_a_column_of_ones_own_is_passed_over_and_told_once(tmp_path: Path, title: str) -> None:
    def change(book: Workbook) -> None:
        sheet = book[MEMBERS]
        at = sheet.max_column + 1
        sheet.cell(4, at).value = title
        sheet.cell(5, at).value = "下月盖章"
        sheet.cell(6, at).value = "#N/A"

    data = after(change, tmp_path)
    assert data.problems == ()
    assert [notice.sort for notice in data.notices] == ["own"]
    assert title in notice_texts(data.notices)[0]


def test_a_renamed_column_that_is_missing_is_no_column_of_ones_own(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        cell_of(book, MEMBERS, "单位名称", 4).value = "单位全称"

    problems = after(change, tmp_path).problems
    assert any("单位全称" in str(problem) and "单位名称" in problem.remedy for problem in problems)


@pytest.mark.parametrize(
    ("header", "factor"),
    [
        ("金额（元）", 100),
        ("金额（千元）", 100_000),
        ("金额(万元)", 1_000_000),
        ("金额（单位：千元）", 100_000),
        ("金额（人民币百万元）", 100_000_000),
        ("金额/亿元", 10_000_000_000),
        ("金额（含税）", 1_000_000),
        ("金额：", 1_000_000),
    ],
)
def test_the_unit_of_a_header_is_the_unit_of_its_numbers(tmp_path: Path, header: str, factor: int) -> None:
    def change(book: Workbook) -> None:
        book[USES]["B4"].value = header

    data = after(change, tmp_path)
    assert data.problems == ()
    assert data.consortium.funds is not None
    assert [use.amount for use in data.consortium.funds.uses or ()] == [100 * factor, 50 * factor]


@pytest.mark.parametrize("unit", ["万美元", "欧元", "吨", "万"])
def test_a_unit_that_cannot_be_reckoned_with_is_refused_by_name(tmp_path: Path, unit: str) -> None:
    def change(book: Workbook) -> None:
        book[USES]["B4"].value = f"金额（{unit}）"

    data = after(change, tmp_path)
    assert len(data.problems) == 1
    assert unit in data.problems[0].message
    assert data.problems[0].place.cell == "B4"


def test_a_unit_above_the_table_that_contradicts_the_header_is_refused(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book[USES]["D3"].value = "单位：千元"

    problems = after(change, tmp_path).problems
    assert len(problems) == 1
    assert "千元" in problems[0].message


def test_a_unit_above_the_table_holds_where_the_header_gives_none(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book[USES]["D3"].value = "（单位：千元）"
        book[USES]["B4"].value = "金额"

    data = after(change, tmp_path)
    assert data.consortium.funds is not None
    assert [use.amount for use in data.consortium.funds.uses or ()] == [10_000_000, 5_000_000]


@pytest.mark.parametrize("column", [3, 6, 7])
def test_a_value_typed_beside_its_cell_is_taken_and_told(tmp_path: Path, column: int) -> None:
    def change(book: Workbook) -> None:
        cell = cell_of(book, OVERVIEW, "产业领域", 0)
        book[OVERVIEW].cell(cell.row, column).value = "氢能"

    data = after(change, tmp_path)
    assert data.consortium.industry == "氢能"
    assert [notice.sort for notice in data.notices] == ["understood"]


def test_what_stands_beside_a_value_is_told(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        cell = cell_of(book, OVERVIEW, "联合体名称", 0)
        book[OVERVIEW].cell(cell.row, 7).value = "待工商核名"

    data = after(change, tmp_path)
    assert data.consortium.name == "某省轴承创新联合体"
    assert sorts(data) == [("own", "G5")]


def test_the_form_s_own_notes_are_no_values(tmp_path: Path) -> None:
    assert loaded(write_workbook(form(), {"name": "某联合体"}, {}), tmp_path).notices == ()


def hide_row(book: Workbook) -> None:
    book[MEMBERS].row_dimensions[6].hidden = True


def hide_column(book: Workbook) -> None:
    book[MEMBERS].column_dimensions["B"].hidden = True


def hide_sheet(book: Workbook) -> None:
    book[MEMBERS].sheet_state = "hidden"


def strike(book: Workbook) -> None:
    book[MEMBERS]["B6"].font = Font(strike=True)


def hide_pair(book: Workbook) -> None:
    book[OVERVIEW].row_dimensions[5].hidden = True


@pytest.mark.parametrize("change", [hide_row, hide_column, hide_sheet, strike, hide_pair])
def test_what_is_out_of_sight_is_taken_and_told(tmp_path: Path, change: Change) -> None:
    data = after(change, tmp_path)
    assert data.consortium == loaded(filled(), tmp_path).consortium
    assert [notice.sort for notice in data.notices] == ["hidden"]


@pytest.mark.parametrize(
    "texts",
    [
        ("注：研发人员含兼职",),
        ("制表人：张三", "审核人：李四", "日期：2026年3月1日"),
        ("※ 数据来自审计报告",),
        ("填表说明：一行一家",),
        ("以上数据均为审计数",),
    ],
)
def test_a_note_under_a_table_is_no_item(tmp_path: Path, texts: tuple[str, ...]) -> None:
    def change(book: Workbook) -> None:
        for at, text in enumerate(texts, 1):
            book[MEMBERS].cell(8, at).value = text

    data = after(change, tmp_path)
    assert data.problems == ()
    assert len(data.consortium.members or ()) == 2
    assert [notice.sort for notice in data.notices] == ["own"]


@pytest.mark.parametrize("rows", [(7,), (7, 9)])
def test_a_header_said_again_is_no_item(tmp_path: Path, rows: tuple[int, ...]) -> None:
    def change(book: Workbook) -> None:
        sheet = book[MEMBERS]
        for row in rows:
            for at in range(1, sheet.max_column + 1):
                sheet.cell(row, at).value = sheet.cell(4, at).value

    data = after(change, tmp_path)
    assert data.problems == ()
    assert len(data.consortium.members or ()) == 2
    assert [notice.sort for notice in data.notices] == ["own"] * len(rows)


@pytest.mark.parametrize("formula", ["=TODAY()", "=NOW()", "=TODAY()-3", "=DATE(YEAR(TODAY()),1,1)"])
def test_a_date_that_changes_every_day_is_refused_at_its_cell(tmp_path: Path, formula: str) -> None:
    def change(book: Workbook) -> None:
        cell_of(book, OVERVIEW, "填报日期", 0).value = formula

    problems = after(change, tmp_path).problems
    assert [(problem.path, problem.place.cell) for problem in problems] == [("filing_date", "B7")]
    assert "TODAY" in problems[0].message


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("9141O300MAH01E8A16", ("第 5 位", "O", "0")),
        ("9I410300MAH01E8A16", ("第 2 位", "I", "1")),
        ("9.14103E+17", ("科学计数",)),
        ("9.14103e17", ("科学计数",)),
        ("91410300MAH01E8A1", ("17 位",)),
    ],
)
def test_what_is_wrong_with_a_code_is_named(tmp_path: Path, code: str, words: tuple[str, ...]) -> None:
    def change(book: Workbook) -> None:
        cell_of(book, MEMBERS, "统一社会信用代码", 5).value = code

    problems = after(change, tmp_path).problems
    assert [problem.place.cell for problem in problems] == ["C5"]
    assert all(word in problems[0].message for word in words)


def test_a_wrong_value_has_its_own_cell(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        cell_of(book, MEMBERS, "单位性质", 6).value = "某种单位"

    data = after(change, tmp_path)
    wrong = next(problem for problem in data.problems if problem.path == "members[1].kind")
    assert data.place("members[1].kind") == wrong.place
    assert wrong.place.cell == "D6"

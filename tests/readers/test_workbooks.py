"""A workbook as people leave it: moved, reordered, renamed, pasted into, and still read to the cell."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl.workbook.workbook import Workbook

from generator.base.tree import plain
from generator.errors import Place
from generator.model.consortium import Consortium
from generator.model.value_kinds import NONE
from generator.writers.excel.form import write_workbook
from tests.readers.books import BASE, cell_of, edited, filled, form, loaded, opened, saved, source_of, told

MEMBERS, USES = "成员单位", "经费用途"


def consortium(data: bytes, folder: Path) -> Consortium:
    dataset = loaded(data, folder)
    assert dataset.problems == ()
    return dataset.consortium


def test_every_value_has_its_cell(tmp_path: Path) -> None:
    dataset = loaded(filled(), tmp_path)
    assert dataset.place("members[1].name") == Place("数据.xlsx", sheet=MEMBERS, cell="B6")
    assert dataset.place("name") == Place("数据.xlsx", sheet="概况", cell="B5")


def test_a_value_that_is_missing_has_the_cell_where_it_belongs(tmp_path: Path) -> None:
    dataset = loaded(filled(), tmp_path)
    assert dataset.place("members[1].credit_code").cell == "C6"
    assert dataset.place("team") == Place("数据.xlsx", sheet="科研团队", cell="A5")
    assert dataset.place("industry").cell == "B6"


def test_blank_and_moved_rows_keep_their_real_addresses(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book[MEMBERS].insert_rows(6, 3)
        book[MEMBERS].insert_rows(1, 2)

    dataset = loaded(edited(change), tmp_path)
    assert dataset.place("members[1].name").cell == "B11"
    assert [member.name for member in dataset.consortium.members or ()] == ["甲公司", "乙大学"]


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        sheet = book[MEMBERS]
        for row in range(4, 7):
            first, second = sheet.cell(row, 1).value, sheet.cell(row, 4).value
            sheet.cell(row, 1).value, sheet.cell(row, 4).value = second, first

    assert consortium(edited(change), tmp_path) == consortium(filled(), tmp_path)


@pytest.mark.parametrize("name", ["企业名单", "members", "成员", " 成员单位 "])
def test_a_renamed_sheet_is_known_by_its_title_or_its_headers(tmp_path: Path, name: str) -> None:
    def change(book: Workbook) -> None:
        book[MEMBERS].title = name

    assert consortium(edited(change), tmp_path) == consortium(filled(), tmp_path)


def test_a_renamed_sheet_without_its_title_is_known_by_its_headers(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book[MEMBERS]["A1"].value = None
        book[MEMBERS].title = "表2"

    assert consortium(edited(change), tmp_path) == consortium(filled(), tmp_path)


def test_sheets_of_the_persons_own_are_passed_over(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book.create_sheet("我的备忘").append(["下周三前给李工打电话"])

    assert consortium(edited(change), tmp_path) == consortium(filled(), tmp_path)


def test_a_workbook_without_its_hidden_sheet_is_read_by_its_titles(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        del book["_lianheti"]

    assert consortium(edited(change), tmp_path) == consortium(filled(), tmp_path)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (1200.1, 120010 * 10_000),
        (0.3, 3000_00),
        ("1,200.50", 120050 * 10_000),
        ("１２００．５", 120050 * 10_000),
        ("1，200", 120000 * 10_000),
        ("1200万元", 120000 * 10_000),
        ("1.2亿元", 12000 * 1_000_000),
        (123456789.12, 12345678912 * 10_000),
        ("无", NONE),
        (0, 0),
    ],
)
def test_amounts_are_exact_however_they_are_written(tmp_path: Path, written: Any, kept: Any) -> None:
    def change(book: Workbook) -> None:
        cell_of(book, USES, "金额（万元）", 5).value = written

    read = consortium(edited(change), tmp_path)
    assert read.funds is not None
    assert (read.funds.uses or ())[0].amount == kept


def test_the_unit_in_a_header_counts(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book[USES]["B4"].value = "金额（元）"

    read = consortium(edited(change), tmp_path)
    assert read.funds is not None
    assert [use.amount for use in read.funds.uses or ()] == [100_00, 50_00]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("是", True),
        ("否", False),
        ("√", True),
        ("☑", True),
        ("□", False),
        (True, True),
        (False, False),
        ("TRUE", True),
    ],
)
def test_ticks_are_read_in_all_their_forms(tmp_path: Path, written: Any, kept: bool) -> None:
    def change(book: Workbook) -> None:
        cell_of(book, MEMBERS, "高新技术企业", 5).value = written

    assert (consortium(edited(change), tmp_path).members or ())[0].high_tech is kept


@pytest.mark.parametrize(
    "written", [date(2026, 3, 1), "2026-03-01", "2026年3月1日", "2026/3/1", "２０２６．３．１"]
)
def test_dates_are_read_as_dates_and_as_text(tmp_path: Path, written: Any) -> None:
    def change(book: Workbook) -> None:
        cell = cell_of(book, "概况", "填报日期", 0)
        cell.value = written
        if isinstance(written, str):
            cell.number_format = "@"

    assert consortium(edited(change), tmp_path).filing_date == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("written", "number_format", "kept"),
    [
        ("12.5%", "@", 1250),
        ("12.5", "@", 1250),
        (0.125, "0.00%", 1250),
        (12.5, "General", 1250),
        (0, "General", 0),
    ],
)
def test_shares_are_read_with_their_format(
    tmp_path: Path, written: Any, number_format: str, kept: int
) -> None:
    def change(book: Workbook) -> None:
        cell = cell_of(book, MEMBERS, "牵头单位持股比例（%）", 6)
        cell.value = written
        cell.number_format = number_format

    assert (consortium(edited(change), tmp_path).members or ())[1].lead_share == kept


def test_a_mobile_number_loses_nothing_as_a_number(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        cell_of(book, "概况", "联系人·手机", 0).value = 13812345678

    read = consortium(edited(change), tmp_path)
    assert read.contact is not None
    assert read.contact.mobile == "13812345678"


def test_a_merged_cell_says_what_a_person_sees(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book[MEMBERS].merge_cells("D5:D6")

    kinds = [member.kind for member in consortium(edited(change), tmp_path).members or ()]
    assert kinds == ["企业", "企业"]


def test_an_empty_table_is_told_from_one_not_filled(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book["科研团队"]["B2"].value = "√"

    assert consortium(edited(change), tmp_path).team == ()
    assert consortium(filled(), tmp_path).team is None


def test_a_member_without_accounts_says_so_in_one_row(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book["年度财务数据"]["A6"].value = "乙大学"
        book["年度财务数据"]["B6"].value = "无"

    members = consortium(edited(change), tmp_path).members or ()
    assert members[1].accounts == ()
    assert len(members[0].accounts or ()) == 1


def test_a_delegate_called_none_is_no_delegate(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        cell_of(book, MEMBERS, "签约代理人·姓名", 5).value = "无"

    assert (consortium(edited(change), tmp_path).members or ())[0].delegate is None


def test_rows_can_be_sorted_and_accounts_follow_their_member(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        sheet = book[MEMBERS]
        for column in range(1, sheet.max_column + 1):
            first, second = sheet.cell(5, column).value, sheet.cell(6, column).value
            sheet.cell(5, column).value, sheet.cell(6, column).value = second, first

    members = consortium(edited(change), tmp_path).members or ()
    assert [len(member.accounts or ()) for member in members] == [0, 1]


@pytest.mark.thorough
def test_three_hundred_members_fit(tmp_path: Path) -> None:
    members = [{"role": "成员单位", "name": f"单位{number}", "kind": "企业"} for number in range(300)]
    data = write_workbook(form(), {"name": "大", "members": members}, {})
    assert len(consortium(data, tmp_path).members or ()) == 300


def test_the_blank_form_says_nothing_but_its_programme(tmp_path: Path) -> None:
    data = write_workbook(form(), {}, {})
    assert [problem.path for problem in told(data, tmp_path)] == ["name"]
    assert told(data, tmp_path)[0].place == Place("数据.xlsx", sheet="概况", cell="B5")
    filings = source_of(data, tmp_path).root.get("filings")
    assert filings is not None
    assert plain(filings) == {"first/one": {}}


def test_an_accepted_finding_goes_into_its_filing(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        sheet = book["接受的不符合项"]
        sheet["B5"].value, sheet["C5"].value = "lead-share", "正在增资，年内完成"

    accepted = consortium(edited(change), tmp_path).accepted or ()
    assert [(one.rule, one.reason) for one in accepted] == [("lead-share", "正在增资，年内完成")]


def test_opening_and_saving_in_openpyxl_changes_nothing(tmp_path: Path) -> None:
    assert consortium(saved(opened(filled())), tmp_path) == consortium(filled(), tmp_path)
    assert (consortium(filled(), tmp_path).members or ())[0].name == BASE["members"][0]["name"]

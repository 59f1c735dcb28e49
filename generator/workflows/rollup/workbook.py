"""The department's workbook: a row a filing with totals, distributions, what repeats, what lacks, what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from decimal import Decimal
from typing import Any, Final

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from generator.conditions.columns import Column, Entry
from generator.model.programme import Programme
from generator.workflows.rollup.columns import Tabulated, groups, lacks
from generator.workflows.rollup.filings import Applicant, LeftOut
from generator.workflows.rollup.repeats import Repeat, Repeats
from generator.writers.excel import styles
from generator.writers.excel.listing import write_listing
from generator.writers.excel.saving import saved

LACKS: Final = "缺数据"
NO_RATIO: Final = "分母为零"
_LACKING = PatternFill("solid", fgColor="F8D7DA")
_TOTAL = PatternFill("solid", fgColor="EAF0F9")
# Excel keeps fifteen digits: a longer number stands as a text, whole.
_MOST_DIGITS: Final = 15
_NUMBER_WIDTH, _TEXT_WIDTH = 14, 26
_WIDE: Final = 10


def rollup_workbook(
    programme: Programme,
    table: Tabulated,
    applicants: Sequence[Applicant],
    repeated: Repeats,
    left_out: Sequence[LeftOut],
) -> bytes:
    """The workbook; the same content gives the same bytes.

    Args:
        programme: the programme.
        table: the table over the filings.
        applicants: the filings, in the table's order.
        repeated: what occurs in several.
        left_out: data files that are not in the table.
    """
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "汇总"
    _table(sheet, programme, table)
    write_listing(
        book.create_sheet("分布"),
        (("按什么", 26), ("值", 36), ("家数", 10), ("占全部", 12)),
        _shares(table, len(applicants)),
    )
    for row in book["分布"].iter_rows(min_row=2, min_col=4, max_col=4):
        row[0].number_format = "0.00%"
    write_listing(
        book.create_sheet("重复出现"),
        (("类别", 22), ("名称", 36), ("统一社会信用代码", 22), ("在哪几份里", 90)),
        [
            (sort, one.name, one.credit_code, "\n".join(one.where))
            for sort, found in _sorts(repeated)
            for one in found
        ],
    )
    write_listing(
        book.create_sheet("缺数据"),
        (("数据文件", 36), ("列", 30), ("缺什么", 90)),
        lacks(table, applicants, programme),
    )
    write_listing(
        book.create_sheet("没有列入"),
        (("数据文件", 48), ("原因", 90)),
        [(one.file, one.why) for one in left_out],
    )
    return saved(book)


def _sorts(repeated: Repeats) -> tuple[tuple[str, tuple[Repeat, ...]], ...]:
    return (
        ("牵头不止一家的单位", repeated.leads),
        ("在不止一家中的成员单位", repeated.members),
        ("在不止一家中的人员（只按姓名，可能是同名）", repeated.people),
        ("名称相同的申报", repeated.names),
    )


def _table(sheet: Worksheet, programme: Programme, table: Tabulated) -> None:
    heads = [("序号", 8.0), *((column.title, _width(column)) for column in table.columns)]
    rows: list[list[str | float | None]] = [
        [number, *(None for _ in row)] for number, row in enumerate(table.rows, 1)
    ]
    first = write_listing(sheet, heads, rows, title=f"{programme.title}　汇总", frozen=2)
    for number, row in enumerate(table.rows):
        for at, (column, one) in enumerate(zip(table.columns, row, strict=True), 2):
            put_entry(sheet, first + number, at, column, one)
    last = first + len(table.rows)
    _totals(sheet, last, table)
    # A page as wide as so many columns can still be read.
    sheet.page_setup.fitToWidth = -(-len(heads) // _WIDE)


def _width(column: Column) -> float:
    return max(_NUMBER_WIDTH if column.is_number else _TEXT_WIDTH, min(len(column.title) * 2, 40) / 1.5)


def _look(cell: Any) -> tuple[Font, Alignment]:
    """A cell's own face and alignment, to be written with."""
    return copy(cell.font), copy(cell.alignment)


def put_entry(sheet: Worksheet, row: int, at: int, column: Column, one: Entry) -> None:
    """Write what a filing has in a column: an exact number, a text, or that it lacks."""
    cell = styles.at(sheet, row, at)
    look, alignment = _look(cell)
    if one.missing or one.no_ratio:
        styles.put(cell, LACKS if one.missing else NO_RATIO, look, alignment)
        cell.fill = _LACKING
        return
    put_number(sheet, row, at, column, one.number) if one.number is not None else styles.put(
        cell, one.text, look, alignment
    )


def put_number(sheet: Worksheet, row: int, at: int, column: Column, number: Decimal) -> None:
    """Write a number as one, or as a text where the program that opens it could not keep all its digits."""
    cell = styles.at(sheet, row, at)
    look, alignment = _look(cell)
    if len(number.normalize().as_tuple().digits) > _MOST_DIGITS:
        styles.put(cell, f"{number:f}", look, alignment)
        return
    exact = number.normalize()
    styles.put(
        cell,
        int(exact) if exact == exact.to_integral_value() and column.whole is None else exact,
        look,
        alignment,
    )
    cell.number_format = "0.00%" if column.whole else "General"


def _totals(sheet: Worksheet, row: int, table: Tabulated) -> None:
    """The last two lines: what all have together, and how many have nothing in the column."""
    styles.put(styles.at(sheet, row, 1), "合计", Font(bold=True))
    styles.put(styles.at(sheet, row + 1, 1), "缺几家", Font(bold=True))
    for at, (column, total) in enumerate(zip(table.columns, table.totals, strict=True), 2):
        if total.number is not None:
            put_number(sheet, row, at, column, total.number)
            styles.at(sheet, row, at).font = Font(bold=True)
        styles.put(styles.at(sheet, row + 1, at), total.lacking, Font())
    for line in (row, row + 1):
        for at in range(1, len(table.columns) + 2):
            styles.at(sheet, line, at).fill = _TOTAL


def _shares(table: Tabulated, filings: int) -> list[tuple[str, str, int, float]]:
    """Value by value of each grouped column: how many filings have it, of all; those that lack it among them."""
    found = []
    for at, column in enumerate(table.columns):
        if not column.group:
            continue
        counts = groups(table, at)
        absent = table.totals[at].lacking
        for value, number in [*counts, *([(LACKS, absent)] if absent else [])]:
            found.append((column.title, value, number, number / filings))
    return found

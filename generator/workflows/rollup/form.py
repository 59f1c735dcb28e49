"""A department's own workbook filled with filings: a row with tags is repeated, one filing a row.

A tag is a whole cell: ``{{ 牵头单位.单位名称 }}``, ``{{ rd }}``, ``{{ 企业数 % 单位总数 }}``, ``{{ 研发投入|unit('亿元') }}``,
``{{ 序号 }}``; below the row, ``{{ 合计(研发投入) }}``.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from copy import copy
from typing import Any, Final

import openpyxl
from msgspec import Struct
from openpyxl.worksheet.worksheet import Worksheet

from generator.base.files import why_refused
from generator.base.xlsx.grid import read_grids
from generator.conditions.columns import Column
from generator.errors import Place, Problem, ProgrammeError
from generator.model.chinese_paths import english
from generator.model.programme import Programme, SummaryColumn
from generator.model.programme_file import REPLACE
from generator.workflows.rollup.columns import Tabulated, checked, declared_in
from generator.workflows.rollup.workbook import LACKS, put_entry, put_number
from generator.writers.excel import styles
from generator.writers.excel.saving import saved

MOST_BYTES: Final = 20_000_000
NUMBER: Final = "序号"
_TAG = re.compile(r"\{\{(.*?)\}\}")
_INSIDE = re.compile(
    r"\s*(?P<total>合计\s*[(（])?\s*(?P<value>[^%|()（）]+?(?:（[^（）]*）[^%|()（）]*?)*)"
    r"\s*(?:%\s*(?P<of>[^|]+?))?\s*(?(total)[)）])\s*(?:\|\s*unit\(\s*['\"‘“](?P<unit>[^'\"’”]+)['\"’”]\s*\))?\s*"
)
_REMEDY: Final = "标签单独占一格，写成 {{ 名称 }}、{{ 甲 % 乙 }}、{{ 金额|unit('亿元') }} 或 {{ 合计(名称) }}"


class _Tag(Struct, frozen=True):
    """A tag in a cell; ``column`` is None for the number of the row."""

    row: int
    at: int
    column: SummaryColumn | None
    total: bool


class Form(Struct, frozen=True):
    """A workbook with tags, read.

    Attributes:
        data: its bytes.
        name: its name for messages.
        sheet: the sheet that is filled.
        row: the row that is repeated.
        tags: the tags, in the order of their cells.
    """

    data: bytes
    name: str
    sheet: str
    row: int
    tags: tuple[_Tag, ...]

    @property
    def columns(self) -> tuple[SummaryColumn, ...]:
        """What its tags ask for."""
        return tuple(tag.column for tag in self.tags if tag.column is not None)


def read_form(data: bytes, name: str, programme: Programme) -> Form:
    """A department's workbook.

    Args:
        data: its bytes.
        name: its name for messages.
        programme: for the names in its tags.

    Raises:
        DataError: it cannot be read as a workbook.
        ProgrammeError: it has no row with tags, or one is not understood; every fault with its cell.
    """
    problems: list[Problem] = []
    found: list[tuple[str, list[_Tag]]] = []
    for grid in read_grids(data, name):
        tags: list[_Tag] = []
        for row in range(len(grid.rows)):
            for at in range(len(grid.rows[row])):
                text, place = grid.text(row, at), grid.place(row, at)
                if (row, at) in grid.formulas:
                    problems.append(
                        Problem("有公式，行数变了它就不对", "删去公式；合计写 {{ 合计(名称) }}", place)
                    )
                elif "{{" in text or "}}" in text:
                    tag = _tag(text, row + 1, at + 1, programme)
                    if tag is None:
                        problems.append(Problem(f"“{text.strip()}”看不懂", _REMEDY, place))
                    else:
                        tags.append(tag)
        if tags:
            found.append((grid.name, tags))
    if problems:
        raise ProgrammeError("汇总的工作簿有误", _REMEDY, Place(name), tuple(problems))
    rows = {(sheet, tag.row) for sheet, tags in found for tag in tags if not tag.total}
    if len(found) != 1 or len(rows) != 1:
        what = "没有标签" if not found else "带标签的行不止一行，或不在一张工作表里"
        raise ProgrammeError(f"汇总的工作簿{what}", "在表头下面的一行里写标签，各家照这一行填", Place(name))
    ((sheet, row),) = rows
    if any(tag.total and tag.row < row for tag in found[0][1]):
        raise ProgrammeError("合计写在了各家的上面", "移到带标签的行的下面", Place(name))
    return Form(data, name, sheet, row, tuple(found[0][1]))


def own_form(programme: Programme) -> Form | None:
    """The workbook that a programme's folder has for this; None where it names none.

    Raises:
        DataError: it cannot be read as a workbook.
        ProgrammeError: it is not there, or as for ``read_form``.
    """
    name = programme.summary.workbook if programme.summary else ""
    if not name:
        return None
    if why := why_refused(programme.folder, name, MOST_BYTES):
        raise ProgrammeError(f"汇总的工作簿 {name} {why}", REPLACE, declared_in(programme))
    try:
        data = (programme.folder / name).read_bytes()
    except OSError as error:
        raise ProgrammeError(
            f"读不到汇总的工作簿 {name}（{error.strerror}）",
            "放进方案的文件夹，或改正名称",
            declared_in(programme),
        ) from None
    return read_form(data, name, programme)


def _tag(text: str, row: int, at: int, programme: Programme) -> _Tag | None:
    match = _TAG.fullmatch(text.strip())
    inside = _INSIDE.fullmatch(match[1]) if match else None
    if inside is None:
        return None
    total = inside["total"] is not None
    value = inside["value"].strip()
    if value == NUMBER and not total:
        return _Tag(row, at, None, total)
    column = SummaryColumn(
        title=value,
        value=_named(value, programme),
        of=_named(inside["of"].strip(), programme) if inside["of"] else "",
        unit=inside["unit"] or "",
        total=True if total else None,
    )
    return _Tag(row, at, column, total)


def _named(text: str, programme: Programme) -> str:
    """The figure or path that a name in a tag means: figures by name or title, fields by either name."""
    titles = [name for name, figure in programme.figures.items() if figure.title == text]
    if text in programme.figures or len(titles) == 1:
        return text if text in programme.figures else titles[0]
    return english(programme.model, text)


def form_columns(form: Form, programme: Programme) -> tuple[Column, ...]:
    """A form's columns, checked.

    Raises:
        ProgrammeError: a name is none of the programme's, or does not fit.
    """
    return checked(form.columns, programme, Place(form.name))


def filled(form: Form, table: Tabulated) -> bytes:
    """The workbook with a row for every filing, and the totals; the same content gives the same bytes.

    Args:
        form: the form.
        table: the filings in its columns.
    """
    book = openpyxl.load_workbook(io.BytesIO(form.data))
    sheet = book[form.sheet]
    more = len(table.rows) - 1
    _make_room(sheet, form.row, more)
    columns = {tag: at for at, tag in enumerate(tag for tag in form.tags if tag.column is not None)}
    for number, row in enumerate(table.rows):
        for tag in form.tags:
            if tag.total:
                continue
            at_row = form.row + number
            if tag.column is None:
                sheet.cell(at_row, tag.at).value = number + 1
                continue
            cell = styles.at(sheet, at_row, tag.at)
            kept = cell.number_format
            put_entry(sheet, at_row, tag.at, table.columns[columns[tag]], row[columns[tag]])
            _keep(cell, kept)
    for tag in form.tags:
        if tag.total and tag.column is not None:
            _put_total(sheet, tag, more, table, columns[tag])
    return saved(book)


def _put_total(sheet: Worksheet, tag: _Tag, more: int, table: Tabulated, at: int) -> None:
    """A sum; where filings lack the number, it says for how many it stands."""
    total = table.totals[at]
    cell = styles.at(sheet, tag.row + more, tag.at)
    if total.number is None:
        cell.value = LACKS
        return
    kept = cell.number_format
    put_number(sheet, tag.row + more, tag.at, table.columns[at], total.number)
    _keep(cell, kept)
    if total.lacking:
        shown = f"{total.number:.2%}" if table.columns[at].whole else f"{total.number:f}"
        cell.value = f"{shown}（{total.lacking} 家缺数据，没有计入）"


def _keep(cell: Any, number_format: str) -> None:
    """Give a cell back the number format that the department had chosen for it."""
    if number_format not in {"General", styles.TEXT_FORMAT}:
        cell.number_format = number_format


def _make_room(sheet: Worksheet, row: int, more: int) -> None:
    """Rows like the one with tags below it; what stands further down moves with its merged cells and heights."""
    if more <= 0:
        return
    below = [area for area in sheet.merged_cells.ranges if area.min_row > row]
    for area in below:
        sheet.unmerge_cells(area.coord)
    heights = {at: look.height for at, look in sheet.row_dimensions.items() if at > row}
    sheet.insert_rows(row + 1, more)
    for at in heights:
        sheet.row_dimensions[at].height = None
    for at, height in heights.items():
        sheet.row_dimensions[at + more].height = height
    for area in below:
        area.shift(row_shift=more)
        sheet.merge_cells(area.coord)
    beside = [area for area in sheet.merged_cells.ranges if area.min_row == area.max_row == row]
    for offset in range(1, more + 1):
        sheet.row_dimensions[row + offset].height = sheet.row_dimensions[row].height
        for model in _row(sheet, row):
            cell: Any = sheet.cell(row + offset, model.column)
            cell._style = copy(model._style)  # noqa: SLF001 (openpyxl has no other way to copy a look)
            if not _TAG.search(str(model.value or "")):
                cell.value = model.value
        for area in beside:
            sheet.merge_cells(
                start_row=row + offset,
                end_row=row + offset,
                start_column=area.min_col,
                end_column=area.max_col,
            )


def _row(sheet: Worksheet, row: int) -> Iterator[Any]:
    yield from (cell for cell in sheet[row] if not isinstance(cell, openpyxl.cell.cell.MergedCell))

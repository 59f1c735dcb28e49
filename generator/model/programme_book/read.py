"""``programme.xlsx``: the cells of its sheets, block by block, as the tree of ``programme.yaml``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final

from generator.base.tree import Entries
from generator.base.xlsx.grid import Grid, read_grids
from generator.errors import Place, Problem, ProgrammeError
from generator.model.programme_book.layout import BLOCKS, Block, Column, Kind, pair_heads
from generator.model.programme_book.rows import Cell, Row, Rows, content_of

_REMEDY: Final = "照 lianheti scheme new 给出的样子改正"


def mark(block: Block) -> str:
    """What stands above a block."""
    return f"【{block.title}】"


def read_book(data: bytes, name: str) -> Entries:
    """A programme's workbook as the tree of its file, with the places of the cells.

    Args:
        data: the workbook's bytes.
        name: its name for messages.

    Raises:
        DataError: the file cannot be read as a workbook.
        ProgrammeError: cells or heads are not understood; each with its place.
    """
    problems: list[Problem] = []
    found: list[Rows] = []
    for grid in read_grids(data, name):
        found += _blocks(grid, problems)
    if not found:
        raise ProgrammeError("工作簿里没有方案的表", _REMEDY, Place(name))
    tree, faults = content_of(found)
    if problems or faults:
        raise ProgrammeError("方案文件有误", _REMEDY, Place(name), (*problems, *faults))
    return tree


def _blocks(grid: Grid, problems: list[Problem]) -> Iterator[Rows]:
    """The blocks of one sheet; sheets of other names are a person's own."""
    blocks = {mark(block): block for block in BLOCKS if block.sheet == grid.name}
    if not blocks:
        return
    starts = [at for at in range(len(grid.rows)) if grid.text(at, 0).strip() in blocks]
    if not starts:
        problems.append(
            Problem(f"工作表“{grid.name}”里没有“{next(iter(blocks))}”", _REMEDY, grid.place(0, 0))
        )
    for start, end in zip(starts, [*starts[1:], len(grid.rows)], strict=True):
        block = blocks[grid.text(start, 0).strip()]
        rows = Rows(block, grid.place(start, 0))
        head = next((at for at in range(start + 1, end) if _holds(grid, at)), end)
        if block.kind is Kind.PAIRS:
            rows.rows = [_pairs(grid, block, range(head + 1, end), problems)]
        else:
            columns = _columns(grid, block, head, problems)
            rows.rows = [row for at in range(head + 1, end) if (row := _row(grid, at, columns, problems))]
        yield rows


def _holds(grid: Grid, row: int) -> bool:
    return any(grid.holds(row, column) for column in range(len(grid.rows[row])))


def _columns(grid: Grid, block: Block, head: int, problems: list[Problem]) -> dict[int, Column]:
    """A block's columns by where they stand; a head that is none of them is a problem."""
    by_title = {column.title: column for column in block.columns}
    found: dict[int, Column] = {}
    for at in range(len(grid.rows[head]) if head < len(grid.rows) else 0):
        title = grid.text(head, at).strip()
        if title in by_title and by_title[title] not in found.values():
            found[at] = by_title[title]
        elif title:
            what = f"“{block.title}”没有“{title}”这一列，或有两列"
            problems.append(Problem(what, f"改成{'、'.join(by_title)}中的一个", grid.place(head, at)))
    return found


def _row(grid: Grid, at: int, columns: dict[int, Column], problems: list[Problem]) -> Row:
    row: Row = {}
    for column, declared in columns.items():
        cell = _cell(grid, at, column, problems, dated=declared.dated)
        if cell is not None:
            row[declared.key] = cell
    stray = [at for at in range(len(grid.rows[at])) if at not in columns]
    problems.extend(
        Problem("这一格在表的各列之外，不会读入", "移到表里，或删去", grid.place(at, column))
        for column in stray
        if grid.holds(at, column)
    )
    return row


def _pairs(grid: Grid, block: Block, rows: range, problems: list[Problem]) -> Row:
    by_title = {column.title: column for column in block.columns}
    row: Row = {}
    for at in rows:
        title = grid.text(at, 0).strip()
        declared = by_title.get(title)
        value = _cell(grid, at, 1, problems, dated=declared is not None and declared.dated)
        if declared is None:
            if title or value:
                problems.append(
                    Problem(
                        f"“{block.title}”没有“{title}”这一项",
                        f"“{pair_heads()[0].title}”一列不要改",
                        grid.place(at, 0),
                    )
                )
        elif declared.key in row:
            problems.append(Problem(f"“{title}”写了两次", "删去一行", grid.place(at, 0)))
        elif value is not None:
            row[declared.key] = value
    return row


def _cell(grid: Grid, row: int, column: int, problems: list[Problem], *, dated: bool) -> Cell | None:
    """What a cell says, as text; None where it is empty or cannot be read.

    A date is read where one is asked for. Elsewhere the program has made one of what was typed (a clause 3-1), and
    how that was written can no longer be told.
    """
    place = grid.place(row, column)
    at = (row, column)
    if at in grid.errors or at in grid.unstored or at in grid.volatile:
        problems.append(Problem("是公式，读不出确定的结果", "直接填写值", place))
        return None
    value = grid.value(row, column)
    if isinstance(value, str):
        return Cell(value.replace("\r\n", "\n").replace("\r", "\n"), place) if value.strip() else None
    if isinstance(value, bool):
        return Cell("是" if value else "否", place)
    if isinstance(value, (int, float)):
        exact = Decimal(repr(value)) * (100 if at in grid.percents else 1)
        text = f"{exact:f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return Cell(text + ("%" if at in grid.percents else ""), place)
    if isinstance(value, date):
        day, at_midnight = value, True
        if isinstance(value, datetime):
            day, at_midnight = value.date(), value.time() == time()
        if dated and at_midnight:
            return Cell(day.isoformat(), place)
        what = f"被 Excel 当成了日期（{value.isoformat(' ')[:16] if isinstance(value, datetime) else day}），看不出原来写的是什么"
        problems.append(Problem(what, "把单元格格式设为“文本”，照原样重新输入", place))
        return None
    problems.append(Problem(f"“{value}”是时间格式", "把单元格格式设为“文本”，重新输入", place))
    return None

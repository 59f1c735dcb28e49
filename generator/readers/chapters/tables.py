"""Tables of a chapter that stand elsewhere: a list of the data, a sheet of a workbook, a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from generator.base.characters import BadValueError
from generator.base.text_files import decode
from generator.model.consortium import Consortium
from generator.model.fields import FieldSpec, Part
from generator.model.rich_text import Align, Run, TableBlock, TableCell
from generator.model.value_kinds import Count, Money, Numeric, Share, Year
from generator.readers.field_names import Position

if TYPE_CHECKING:
    from generator.base.xlsx.grid import Grid

MAX_ROWS: Final = 500
MAX_COLUMNS: Final = 20
_SMALLER: Final = "只留要印的行和列，或改为附件"
_HUNDRED: Final = Decimal(100)


def table_of_data(
    consortium: Consortium, position: Position, target: str, wanted: Sequence[str], caption: str
) -> TableBlock:
    """A list of the data as a table, a column a field, values printed as every document prints them.

    Args:
        consortium: the data.
        position: the consortium in the programme's terms.
        target: the list, as ``经费.经费来源``.
        wanted: titles of the columns; every field of which something is given where empty.
        caption: the table's.

    Raises:
        BadValueError: there is no such list or field, or nothing in it.
    """
    value: Any = consortium
    path = ""
    spec: FieldSpec | None = None
    here = position
    for name in target.replace("．", ".").split("."):
        if spec is not None:
            here = here.below(spec)
        spec = here.find(name.strip())
        if spec is None or spec.shape == "map" or (spec.part is None):
            near = here.nearest(name)
            raise BadValueError(
                f"的“数据:{target}”里没有列表“{name.strip()[:30]}”",
                f"写数据里的一个列表，如 数据:经费.经费来源{f'；最接近的是“{near}”' if near else ''}",
            )
        path = f"{path}.{spec.name}" if path else spec.name
        value = getattr(value, spec.name, None)
        if spec.shape == "list":
            break
    if spec is None or spec.shape != "list" or f".{target.count('.')}" != f".{path.count('.')}":
        raise BadValueError(f"的“数据:{target}”不是一个列表", "写数据里的一个列表，如 数据:经费.经费来源")
    if not value:
        raise BadValueError(f"的“数据:{target}”一项也没有", "填写这个列表，或删去这一行")
    below = here.below(spec)
    columns = [_column(below, title) for title in wanted] or [
        each for each in _fields(below.part) if any(getattr(item, each.name) is not None for item in value)
    ]
    if len(columns) > MAX_COLUMNS or len(value) > MAX_ROWS:
        raise BadValueError(f"的表超过 {MAX_ROWS} 行或 {MAX_COLUMNS} 列", _SMALLER)
    head = tuple(_text_cell(_head(below, each)) for each in columns)
    rows = [
        tuple(_data_cell(each, getattr(item, each.name), f"{path}[{at}].{each.name}") for each in columns)
        for at, item in enumerate(value)
    ]
    aligns: tuple[Align, ...] = tuple(
        "right" if isinstance(each.kind, Numeric) and not isinstance(each.kind, Year) else "left"
        for each in columns
    )
    return TableBlock((head, *rows), aligns, caption)


def _fields(part: type[Part]) -> Iterator[FieldSpec]:
    """The fields of an item that a cell can hold."""
    return (spec for spec in part.specs().values() if spec.part is None and spec.shape != "map")


def _column(position: Position, title: str) -> FieldSpec:
    spec = position.find(title)
    if spec is None or spec.part is not None or spec.shape == "map":
        known = "、".join(position.title(each) for each in _fields(position.part))
        raise BadValueError(f"的列“{title[:30]}”不是这个列表的字段", f"可用的列：{known}")
    return spec


def _head(position: Position, spec: FieldSpec) -> str:
    unit = (
        spec.kind.unit
        if isinstance(spec.kind, (Money, Count))
        else "%"
        if isinstance(spec.kind, Share)
        else ""
    )
    return f"{position.title(spec)}（{unit}）" if unit else position.title(spec)


def _data_cell(spec: FieldSpec, value: Any, path: str) -> TableCell:
    if value is None:
        return TableCell(((Run(spec.title, lacks=path),),))
    kind = spec.kind
    values = value if isinstance(value, tuple) else (value,)
    text = "、".join(kind.show(each) if kind else str(each) for each in values)
    return _text_cell(text or "无")


def _text_cell(text: str) -> TableCell:
    return TableCell(tuple((Run(line),) if line else () for line in text.split("\n")))


def table_of_sheet(data: bytes, name: str, sheet: str, caption: str) -> TableBlock:
    """A sheet of a workbook as a table: what stands in its cells.

    Args:
        data: the workbook.
        name: its name, for errors.
        sheet: the sheet's name; the first one that is not empty where empty.
        caption: the table's.

    Raises:
        BadValueError: there is no such sheet, it is empty or too large, or a cell cannot be printed as it is.
        DataError: it is no workbook.
    """
    # Of most data no text has a sheet in it, and a YAML file needs nothing that reads workbooks.
    from generator.base.xlsx.grid import read_grids

    grids = [grid for grid in read_grids(data, name) if not grid.is_blank]
    grid = next((each for each in grids if not sheet or each.name.strip() == sheet.strip()), None)
    if grid is None:
        names = "、".join(each.name for each in grids if not each.hidden)
        raise BadValueError(f"的工作表“{sheet[:40]}”不存在或是空的", f"写工作簿里的一张工作表：{names}")
    held = [
        (row, column)
        for row, cells in enumerate(grid.rows)
        for column in range(len(cells))
        if grid.holds(row, column)
    ]
    top, left = min(row for row, _ in held), min(column for _, column in held)
    bottom, right = max(row for row, _ in held), max(column for _, column in held)
    if bottom - top >= MAX_ROWS or right - left >= MAX_COLUMNS:
        raise BadValueError(f"的工作表“{grid.name}”超过 {MAX_ROWS} 行或 {MAX_COLUMNS} 列", _SMALLER)
    if grid.hidden or any(top <= at <= bottom for at in grid.hidden_rows) or any(
        left <= at <= right for at in grid.hidden_columns
    ):  # fmt: skip
        raise BadValueError(f"的工作表“{grid.name}”有隐藏的内容", "取消隐藏和筛选，删去不要印的行和列")
    if grid.merged:
        raise BadValueError(f"的工作表“{grid.name}”有合并的单元格", "拆开合并的单元格，每格都填上")
    rows = tuple(
        tuple(_text_cell(_shown(grid, row, column)) for column in range(left, right + 1))
        for row in range(top, bottom + 1)
    )
    aligns: tuple[Align, ...] = tuple(
        "right" if _is_numeric(grid, top + 1, bottom, column) else "left" for column in range(left, right + 1)
    )
    return TableBlock(rows, aligns, caption)


def _is_numeric(grid: Grid, first: int, last: int, column: int) -> bool:
    values = [grid.value(row, column) for row in range(first, last + 1) if grid.holds(row, column)]
    return bool(values) and all(isinstance(value, (int, float)) for value in values)


def _shown(grid: Grid, row: int, column: int) -> str:
    """What a cell is printed as."""
    at = (row, column)
    cell = grid.place(row, column).cell
    if at in grid.errors or at in grid.unstored:
        shown = grid.errors.get(at, "没有存结果的公式")
        raise BadValueError(
            f"的工作表“{grid.name}”{cell} 是{shown}", "改正公式，用 Excel 或 WPS 打开保存一次"
        )
    if at in grid.struck:
        raise BadValueError(f"的工作表“{grid.name}”{cell} 有删除线", "删去不要的内容，或去掉删除线")
    value = grid.value(row, column)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (int, float)):
        number = Decimal(f"{value:.15g}")
        number = number * _HUNDRED if at in grid.percents else number
        text = f"{number:f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return f"{text}%" if at in grid.percents else text
    if isinstance(value, (datetime, date)):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, (time, timedelta)):
        raise BadValueError(f"的工作表“{grid.name}”{cell} 是时刻", "把单元格格式改为文本后重新填写")
    return str(value).strip()


def table_of_csv(data: bytes, name: str, caption: str) -> TableBlock:
    """A CSV file as a table.

    Raises:
        BadValueError: it is empty or too large, or its rows are of different lengths.
        DataError: it is no text.
    """
    rows = [row for row in csv.reader(io.StringIO(decode(data, name))) if any(cell.strip() for cell in row)]
    if not rows:
        raise BadValueError("的表是空的", "填写这个文件，或删去这一行")
    width = len(rows[0])
    if len(rows) > MAX_ROWS or width > MAX_COLUMNS:
        raise BadValueError(f"的表超过 {MAX_ROWS} 行或 {MAX_COLUMNS} 列", _SMALLER)
    uneven = next((at for at, row in enumerate(rows, 1) if len(row) != width), None)
    if uneven:
        raise BadValueError(f"的表第 {uneven} 行的格数与表头不同", "各行的格数写得一样多，空格子留空")
    return TableBlock(
        tuple(tuple(_text_cell(cell.strip()) for cell in row) for row in rows),
        tuple(["left"] * width),
        caption,
    )


def as_csv(table: TableBlock) -> bytes:
    """A table without merged cells as a CSV file that reads back as the same rows."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        ["\n".join("".join(run.text for run in line) for line in cell.lines) for cell in row]
        for row in table.rows
    )
    return out.getvalue().encode()

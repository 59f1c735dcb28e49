"""What a cell says, as text: exact numbers, dates, ticks; or why it cannot be read."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from generator.base.tree import Scalar
from generator.base.xlsx.grid import Grid
from generator.errors import Place
from generator.model.value_kinds import (
    Date,
    Kind,
    LongText,
    Share,
    Text,
)

_MAX_DIGITS: Final = 15
_EXACT_BELOW: Final = 10**_MAX_DIGITS
_MOBILE = re.compile(r"1[3-9]\d{9}")
# Excel writes what XML cannot hold, and such a text itself, as _xHHHH_; calamine has undone it already.
_RETYPE = "把单元格格式设为“文本”，再逐位重新输入"

_ERRORS: Final = {
    "#N/A": "查找的内容不存在",
    "#REF!": "引用的单元格已被删除",
    "#NAME?": "公式里的名称写错了",
    "#DIV/0!": "除数是零",
    "#VALUE!": "参与计算的内容不是数",
    "#NUM!": "数值超出范围",
    "#NULL!": "引用的区域不相交",
}


def scalar(
    grid: Grid, row: int, column: int, kind: Kind | None, *, identifier: bool, unit: str, place: Place
) -> Scalar:
    """A cell's value as text with its place, or a fault.

    Args:
        grid: the sheet.
        row: the cell's row, from 0.
        column: the cell's column, from 0.
        kind: what the field holds, where it is known.
        identifier: whether it holds digits that are no number.
        unit: the unit that the column's header gives, where it is not the field's own.
        place: where the message should point.
    """
    value = grid.rows[row][column] if row < len(grid.rows) and column < len(grid.rows[row]) else ""
    if (row, column) in grid.volatile:
        what = "是公式，结果每天打开都会变（TODAY、NOW 一类）"
        return Scalar(str(value), place, fault=(what, "直接填写日期或数"))
    if isinstance(value, str):
        if value:
            text = value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value
            return Scalar(f"{text}{unit}" if unit and _is_bare_number(text) else text, place)
        return _empty(grid, row, column, place)
    if isinstance(value, bool):
        return Scalar("TRUE" if value else "FALSE", place)
    if isinstance(value, (int, float)):
        return _number(grid, row, column, value, kind, identifier, unit, place)
    if isinstance(value, date):
        return _date(value, kind, place)
    return Scalar(
        str(value),
        place,
        fault=(f"的值“{value}”是时间格式", "把单元格格式设为“文本”，按要打印的样子重新输入"),
    )


def _is_bare_number(text: str) -> bool:
    return re.fullmatch(r"\s*[+-]?[\d,，０-９．.]+\s*", text) is not None


def _empty(grid: Grid, row: int, column: int, place: Place) -> Scalar:
    if error := grid.errors.get((row, column)):
        why = _ERRORS.get(error)
        what = f"的值是公式的错误结果 {error}" + (f"（{why}）" if why else "")
        return Scalar(error, place, fault=(what, "改正公式，或直接填写值"))
    if (row, column) in grid.unstored:
        return Scalar(
            "",
            place,
            fault=("是公式，文件里没有存它的结果", "用 Excel 或 WPS 打开这个文件，保存一次；或直接填写值"),
        )
    return Scalar("", place, absent=True)


def _number(
    grid: Grid,
    row: int,
    column: int,
    value: float,
    kind: Kind | None,
    identifier: bool,
    unit: str,
    place: Place,
) -> Scalar:
    if (row, column) in grid.formulas and value != int(value):
        # A formula's result carries binary noise beyond the 15 digits that Excel shows.
        value = float(f"{value:.15g}")
    exact = Decimal(repr(value))
    shown = f"{exact:f}" if abs(exact) < _EXACT_BELOW * 10**6 else f"{value:.15g}"
    text = shown.rstrip("0").rstrip(".") if "." in shown else shown
    if abs(exact) >= _EXACT_BELOW or len(exact.normalize().as_tuple().digits) > _MAX_DIGITS:
        what = f"的值“{text}”存成了数字，超过 {_MAX_DIGITS} 位的部分已经丢失"
        return Scalar(text, place, fault=(what, f"{_RETYPE}（只改格式补不回丢掉的数字）"))
    if identifier and not _MOBILE.fullmatch(text):
        what = f"的值“{text}”存成了数字，开头的 0 和后面的位数可能已经丢失"
        return Scalar(text, place, fault=(what, _RETYPE))
    if (row, column) in grid.percents:
        percent = f"{exact * 100:f}"
        return Scalar((percent.rstrip("0").rstrip(".") if "." in percent else percent) + "%", place)
    if isinstance(kind, Share) and 0 < abs(exact) < 1:
        what = f"的值“{text}”分不清是 {text}% 还是 {exact * 100:f}%"
        return Scalar(text, place, fault=(what, "带上百分号填写，如 12.5%"))
    return Scalar(f"{text}{unit}", place)


def _date(value: date, kind: Kind | None, place: Place) -> Scalar:
    text = value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    text = text.removesuffix(" 00:00:00")
    if kind is None or isinstance(kind, Date):
        return Scalar(text, place)
    wanted = "文字" if isinstance(kind, (Text, LongText)) else kind.title
    what = f"的值是日期（{text}），这里要填{wanted}"
    return Scalar(text, place, fault=(what, "把单元格格式设为“文本”，按要打印的样子重新输入"))

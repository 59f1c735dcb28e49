"""The first sheet, which explains; the hidden one, which carries the layout; and what is still missing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from openpyxl.styles import Alignment, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from generator import __version__
from generator.readers.excel.layout import (
    FORMAT,
    LAYOUT_FIRST_ROW,
    LAYOUT_MARK,
    MISSING_SHEET,
    LayoutRow,
    Sheet,
    layout_rows,
)
from generator.readers.party import FIRST_COLUMN, MARK, MARK_COLUMN
from generator.writers.excel import styles
from generator.writers.excel.book import Form
from generator.writers.excel.flatten import pieces

_FORMS: Final = {
    "pairs": "一行一项，填在“填写内容”一列",
    "table": "一行一个，可往下加行",
    "map": "按编号填写，编号不要改",
    "filings": "只在几个方案填得不一样时用",
    "accepted": "不符合而仍要申报的条件，写明理由",
}
_STEPS: Final = (
    "1．按下面的目录逐张填写。黄底是本方案的文件要印、条件要用的；其余的有就填。鼠标停在表头或项目上，看填法和文件原文。",
    "2．空着＝还没填；“无”＝确实没有；整张表没有内容的，在表顶的“本表无内容”选“是”。",
    "3．金额按表头写的单位填数字，也可以写“1200万元”“1.2亿元”；日期写 2026-03-01；是非题选“是”或“否”。",
    "4．信用代码、电话等要以文本存放（这些格已设好）：从别处复制时用“选择性粘贴 - 数值”，不要粘贴成数字。",
    "5．行可以插入、删除、排序，列可以换位置；表头文字和工作表名称不要改。备注请写在另外的工作表里。",
    "6．填好保存，运行 lianheti check 本文件 核对；加 --annotate 结果.xlsx，可把问题标在副本的格子里。",
)
_LEGEND: Final = (
    (styles.NEEDED, "本方案需要"),
    (styles.AMBER, "需要项的名称"),
    (styles.MISSING, "这一行填了别的、缺这个"),
    (styles.OVER, "字数超限"),
)


def digest(form: Form) -> str:
    """A short fingerprint of a workbook's layout: workbooks with the same one have the same fields."""
    text = repr([FORMAT, *layout_rows(form.sheets)])
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def write_guide(
    form: Form, target: Worksheet, sheets: Iterable[tuple[Sheet, int]], missing: int | None
) -> None:
    """The first sheet.

    Args:
        form: what the workbook is made for.
        target: the sheet.
        sheets: the sheets that follow, each with how many of its fields are needed.
        missing: how many needed values are still missing; None where that was not looked at.
    """
    programme = form.programme
    target.sheet_view.showGridLines = False
    for letter, width in zip("ABCDEF", (22, 40, 12, 22, 40, 12), strict=True):
        target.column_dimensions[letter].width = width
    title = f"{programme.title}　填报工作簿" if programme else "创新联合体　填报工作簿"
    _line(target, 1, title)
    styles.at(target, 1, 1).font = styles.TITLE
    target.row_dimensions[1].height = 30
    row = 2
    if programme:
        number = programme.source.number or "文中无文号"
        _line(
            target,
            row,
            f"方案代码：{programme.code}　主管部门：{programme.authority}　依据：{programme.source.title}（{number}）",
        )
        row += 1
    _line(target, row, f"表样版本：{LAYOUT_MARK}-{FORMAT}　字段指纹：{digest(form)}　程序版本：{__version__}")
    styles.at(target, row, 1).font = styles.GREY
    row += 1
    if missing is not None:
        words = f"还缺 {missing} 项，见“{MISSING_SHEET}”" if missing else "本方案需要的内容都已填写"
        _line(target, row, f"已带入原有数据：{words}。")
        styles.at(target, row, 1).font = styles.BOLD
        row += 1
    for text in form.guide or _STEPS:
        row += 1
        _line(target, row, text)
    row += 2
    styles.put(styles.at(target, row, 1), "颜色", styles.BOLD, styles.PLAIN)
    for at, (fill, text) in enumerate(_LEGEND):
        cell = styles.at(target, row, 2 + at)
        styles.put(cell, text, styles.BODY, styles.CENTRE)
        cell.fill = PatternFill("solid", fgColor=fill.bgColor.rgb) if fill.bgColor.rgb != "00000000" else fill
        cell.border = styles.GRID
    row += 2
    listed = list(sheets)
    half = -(-len(listed) // 2)
    for first in (1, 4):
        for at, text in enumerate(("工作表", "填什么", "需要项")):
            cell = styles.at(target, row, first + at)
            styles.put(cell, text, styles.HEAD, styles.CENTRE)
            cell.fill = styles.BLUE
            cell.border = styles.GRID
    for index, (sheet, needed) in enumerate(listed):
        at, first = row + 1 + index % half, 1 if index < half else 4
        cell = styles.at(target, at, first)
        styles.put(cell, sheet.title, styles.LINK, styles.PLAIN)
        cell.hyperlink = f"#'{sheet.title}'!A1"
        styles.put(styles.at(target, at, first + 1), _FORMS[sheet.form], styles.BODY, styles.PLAIN)
        styles.put(styles.at(target, at, first + 2), needed or None, styles.BODY, styles.CENTRE)
        for each in range(first, first + 3):
            styles.at(target, at, each).border = styles.GRID
    styles.set_up_print(target, landscape=True, head_row=0)


def _line(target: Worksheet, row: int, text: str) -> None:
    target.merge_cells(start_row=row, start_column=1, end_row=row, end_column=6)
    styles.put(styles.at(target, row, 1), text, styles.BODY, Alignment(vertical="center", wrap_text=True))
    target.row_dimensions[row].height = 17 * styles.lines_needed(text, 145) + 2


def write_layout(form: Form, target: Worksheet) -> None:
    """The hidden sheet from which the reader knows the workbook's layout.

    The first row has the mark, the version and the programme, the second titles; then a row for each column
    or labelled value of the workbook's sheets.
    """
    programme = form.programme
    head: tuple[str | int, ...] = (
        LAYOUT_MARK,
        FORMAT,
        programme.code if programme else "",
        __version__,
        digest(form),
    )
    for at, value in enumerate(head, 1):
        styles.at(target, 1, at).value = value
    if form.sent:
        styles.at(target, 1, MARK_COLUMN + 1).value = MARK
        for at, piece in enumerate(pieces(form.sent), FIRST_COLUMN + 1):
            styles.put(styles.at(target, 1, at), piece)
    titles = ("工作表", "类型", "路径", "标题", "字段", "形式", "种类", "单位", "选项")
    for at, value in enumerate(titles, 1):
        styles.at(target, 2, at).value = value
    rows: Iterable[LayoutRow] = layout_rows(form.sheets)
    for row, content in enumerate(rows, LAYOUT_FIRST_ROW):
        for at, value in enumerate(content, 1):
            if value:
                styles.put(styles.at(target, row, at), value)
    target.sheet_state = "veryHidden"


def write_missing(target: Worksheet, missing: list[tuple[str, str, str]]) -> None:
    """What a carried dataset still lacks for its new programme.

    Args:
        target: the sheet.
        missing: for each the sheet, the cell to fill (or empty), and the field in Chinese.
    """
    styles.put(styles.at(target, 1, 1), MISSING_SHEET, styles.TITLE, styles.PLAIN)
    for at, (text, width) in enumerate((("工作表", 24), ("格", 12), ("缺什么", 70)), 1):
        cell = styles.at(target, 3, at)
        styles.put(cell, text, styles.HEAD, styles.CENTRE)
        cell.fill = styles.BLUE
        target.column_dimensions["ABC"[at - 1]].width = width
    for row, (sheet, cell_name, title) in enumerate(missing, 4):
        styles.put(styles.at(target, row, 1), sheet, styles.BODY, styles.PLAIN)
        cell = styles.at(target, row, 2)
        styles.put(cell, cell_name or "—", styles.LINK if cell_name else styles.BODY, styles.CENTRE)
        if cell_name:
            cell.hyperlink = f"#'{sheet}'!{cell_name}"
        styles.put(styles.at(target, row, 3), title, styles.BODY, styles.TOP)
    target.freeze_panes = "A4"
    target.sheet_view.showGridLines = False
    styles.set_up_print(target, landscape=False, head_row=3)

"""Writing findings into a copy of a person's own workbook: coloured cells, notes, a sheet with links.

The copy can be filled further and read again: what an earlier check put in is marked as such, and is
taken out before the next findings go in.
"""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import openpyxl
from msgspec import Struct
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.styles.colors import Color
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from generator.base.xlsx.package import all_parts
from generator.errors import Place, UsageError
from generator.model.judgement import Judgement
from generator.readers.excel.layout import FINDINGS_SHEET
from generator.readers.formats import WORKBOOK, format_of
from generator.readers.source_file import Source
from generator.writers.excel import styles
from generator.writers.excel.formula_values import lost_in_a_copy, stored_values, with_stored_values
from generator.writers.excel.remarks import LABELS, Remark, Tone, remarks_of
from generator.writers.excel.saving import saved

_SEPARATOR: Final = "\n———— 核对结果 ————\n"
_FILLS: Final[dict[Tone, str]] = {
    "wrong": "F28B82",
    "fail": "F4A6A6",
    "unknown": "F8C48A",
    "warn": "FFF176",
    "judge": "CFE2F3",
}
_HEADS: Final = (("结论", 11), ("方案", 16), ("条款", 14), ("项目", 30), ("说明和办法", 78), ("位置", 26))
_HEAD_ROW: Final = 3
_MEMORY_COLUMN: Final = 20
_LONGEST_NOTE: Final = 2_000


def annotated(data: bytes, name: str, remarks: Sequence[Remark], summary: str) -> bytes:
    """A copy of a workbook with findings in it.

    Args:
        data: the workbook's bytes; it must be one that can be read.
        name: its name for messages.
        remarks: what to write, the worst first.
        summary: the conclusion in one line.

    Raises:
        DataError: the workbook cannot be read.
    """
    all_parts(data, name)  # openpyxl unpacks without a limit
    values = stored_values(data, name)
    with warnings.catch_warnings():
        # What openpyxl cannot carry over is told beforehand, by ``formula_values.lost_in_a_copy``.
        warnings.simplefilter("ignore")
        workbook = openpyxl.load_workbook(io.BytesIO(data), rich_text=True)
    _remove_annotations(workbook)
    by_cell: dict[tuple[str, str], list[Remark]] = {}
    for remark in remarks:
        for place in remark.places:
            if place.sheet in workbook.sheetnames and place.cell:
                by_cell.setdefault((place.sheet, place.cell), []).append(remark)
    memory = [_annotate(workbook[sheet], cell, said) for (sheet, cell), said in by_cell.items()]
    target = workbook.create_sheet(FINDINGS_SHEET, 0)
    _list_findings(target, remarks, summary, [each for each in memory if each])
    workbook.active = 0
    for sheet in workbook.worksheets:
        sheet.sheet_view.tabSelected = sheet is target
    return with_stored_values(saved(workbook), values, name)


def _cell(sheet: Worksheet, name: str) -> Cell | None:
    """A cell, of a merged range the first; None where the sheet has no such thing."""
    cell = sheet[name]
    if isinstance(cell, MergedCell):
        for area in sheet.merged_cells.ranges:
            if name in area:
                first = styles.at(sheet, area.min_row, area.min_col)
                return first if isinstance(first, Cell) else None
        return None
    return cell if isinstance(cell, Cell) else None


def _annotate(sheet: Any, name: str, said: list[Remark]) -> dict[str, Any] | None:
    """Colour a cell and put a note on it; returns how it looked before."""
    cell = _cell(sheet, name) if isinstance(sheet, Worksheet) else None
    if cell is None:
        return None
    before: dict[str, Any] = {"sheet": sheet.title, "cell": cell.coordinate}
    fill = cell.fill
    if fill.tagname == "patternFill":
        before["fill"] = [fill.patternType, _colour_as_json(fill.fgColor), _colour_as_json(fill.bgColor)]
        cell.fill = PatternFill("solid", fgColor=_FILLS[said[0].tone])
    text = "\n\n".join(dict.fromkeys(remark.note for remark in said))
    if len(text) > _LONGEST_NOTE:
        text = text[:_LONGEST_NOTE] + "……（其余见“核对结果”）"
    old = cell.comment
    if old is not None:
        note = Comment(f"{old.text}{_SEPARATOR}{text}", old.author)
    else:
        note = Comment(_SEPARATOR.lstrip("\n") + text, styles.AUTHOR)
    note.width = 380
    note.height = max(60, 20 * styles.lines_needed(note.text, 52) + 14)
    cell.comment = note
    return before


def _colour_as_json(color: Color) -> dict[str, Any]:
    value = getattr(color, color.type)
    return {"type": color.type, "value": value, "tint": color.tint}


def _remove_annotations(workbook: Workbook) -> None:
    """Remove what an earlier check put in, and give cells their own fill back."""
    if FINDINGS_SHEET not in workbook.sheetnames:
        return
    old = workbook[FINDINGS_SHEET]
    if isinstance(old, Worksheet):
        for row in range(1, old.max_row + 1):
            text = styles.at(old, row, _MEMORY_COLUMN).value
            if isinstance(text, str) and text.startswith("{"):
                _restore(workbook, json.loads(text))
    workbook.remove(old)
    for sheet in workbook.worksheets:
        for cells in sheet.iter_rows():
            for cell in cells:
                comment = cell.comment
                if comment is None or _SEPARATOR.strip() not in comment.text:
                    continue
                kept = comment.text.partition(_SEPARATOR.strip())[0].rstrip()
                cell.comment = Comment(kept, comment.author) if kept else None


def _restore(workbook: Workbook, before: dict[str, Any]) -> None:
    if before.get("sheet") not in workbook.sheetnames or "fill" not in before:
        return
    sheet = workbook[before["sheet"]]
    cell = _cell(sheet, before["cell"]) if isinstance(sheet, Worksheet) else None
    if cell is None or cell.fill.fgColor.rgb not in {f"00{fill}" for fill in _FILLS.values()}:
        # The person has given the cell another colour since it was annotated: that one stays.
        return
    pattern, *colors = before["fill"]
    first, second = (Color(**{color["type"]: color["value"]}, tint=color["tint"]) for color in colors)
    cell.fill = PatternFill(pattern, fgColor=first, bgColor=second)


def _list_findings(
    target: Worksheet, remarks: Sequence[Remark], summary: str, memory: list[dict[str, Any]]
) -> None:
    """The sheet of findings."""
    styles.put(styles.at(target, 1, 1), FINDINGS_SHEET, styles.TITLE, styles.PLAIN)
    styles.put(styles.at(target, 2, 1), summary, styles.BOLD, styles.PLAIN)
    for at, (title, width) in enumerate(_HEADS, 1):
        cell = styles.at(target, _HEAD_ROW, at)
        styles.put(cell, title, styles.HEAD, styles.CENTRE)
        cell.fill = styles.BLUE
        cell.border = styles.GRID
        target.column_dimensions["ABCDEF"[at - 1]].width = width
    row = _HEAD_ROW
    for remark in remarks:
        # One line a cell, so that each can be gone to; a finding of many cells lists the first ones.
        for index, place in enumerate(remark.places[:30] or (None,)):
            row += 1
            _finding_row(target, row, remark, place, again=index > 0)
    for offset, before in enumerate(memory):
        styles.at(target, 1 + offset, _MEMORY_COLUMN).value = json.dumps(before, ensure_ascii=False)
    target.column_dimensions["T"].hidden = True
    target.freeze_panes = styles.at(target, _HEAD_ROW + 1, 1)
    target.auto_filter.ref = f"A{_HEAD_ROW}:F{max(row, _HEAD_ROW + 1)}"
    target.sheet_view.showGridLines = False
    target.print_area = f"A1:F{row}"
    styles.set_up_print(target, landscape=True, head_row=_HEAD_ROW)


def _finding_row(target: Worksheet, row: int, remark: Remark, place: Place | None, *, again: bool) -> None:
    texts = (
        LABELS[remark.tone],
        remark.programme,
        remark.clause,
        remark.title,
        "同上" if again else remark.message,
    )
    for at, text in enumerate(texts, 1):
        cell = styles.at(target, row, at)
        styles.put(cell, text or None, styles.BODY, styles.TOP)
        cell.border = styles.GRID
    styles.at(target, row, 1).fill = PatternFill("solid", fgColor=_FILLS[remark.tone])
    cell = styles.at(target, row, len(texts) + 1)
    cell.border = styles.GRID
    if place is not None and place.sheet and place.cell:
        styles.put(cell, f"{place.sheet}!{place.cell}", styles.LINK, styles.TOP)
        cell.hyperlink = "#'{}'!{}".format(place.sheet.replace("'", "''"), place.cell)
    else:
        styles.put(cell, "—", styles.GREY, styles.TOP)
    lines = max(
        styles.lines_needed(texts[3] or "", _HEADS[3][1]), styles.lines_needed(texts[4] or "", _HEADS[4][1])
    )
    target.row_dimensions[row].height = min(15.5 * lines + 4, 400)


class AnnotatedCopy(Struct, frozen=True):
    """A workbook with findings.

    Attributes:
        data: its bytes.
        notice: what of the original the copy lacks, a Chinese sentence; empty where nothing.
    """

    data: bytes
    notice: str


def annotated_copy(source: Source, results: Sequence[Judgement]) -> AnnotatedCopy:
    """The findings written into a copy of the workbook that they are about.

    Args:
        source: the data file, a workbook.
        results: what each programme says of it.

    Raises:
        UsageError: the data file is no workbook.
    """
    if format_of(Path(source.name)) is not WORKBOOK:
        raise UsageError(
            f"数据文件 {source.name} 不是 Excel 工作簿，不能在上面标注",
            "先用 lianheti convert 把它转成 .xlsx，或去掉 --annotate",
        )
    summary = "；".join(f"{result.programme.title}：{result.conclusion}" for result in results)
    data = annotated(source.data, source.name, remarks_of(results), summary)
    lost = lost_in_a_copy(source.data, source.name)
    notice = f"副本里没有原文件的{'、'.join(lost)}，以原文件为准。" if lost else ""
    return AnnotatedCopy(data, notice)

"""Writing a sheet of single values: label, value, count of 字, limit, what to write."""

from __future__ import annotations

from typing import Final

from openpyxl.worksheet.worksheet import Worksheet

from generator.model.value_kinds import Choice, Flag, LongText
from generator.readers.excel.layout import (
    COUNT_HEAD,
    LABEL_HEAD,
    LIMIT_HEAD,
    NOTE_HEAD,
    VALUE_HEAD,
    Column,
    Sheet,
)
from generator.writers.excel import styles, validation
from generator.writers.excel.book import Book, sheet_top
from generator.writers.excel.flatten import NONE, typed
from generator.writers.excel.notes import limit_text

HEAD_ROW: Final = 4
VALUE_COLUMN: Final = 2
_WIDTHS: Final = (30.0, 62.0, 10.0, 22.0, 44.0)
_LONG_LINES: Final = 4


def shown(book: Book, sheet: Sheet) -> list[Column]:
    """The rows of a sheet: groups only where they are stated as none, or can be within another group."""
    return [
        column
        for column in sheet.columns
        if column.kind is not None or "." in column.path or column.path in book.leaves
    ]


def write_pairs(book: Book, sheet: Sheet, target: Worksheet, *, mark_missing: bool) -> None:
    """Write the sheet, taking what it holds out of the book's data.

    Args:
        book: the workbook.
        sheet: the sheet's layout.
        target: the sheet.
        mark_missing: colour what is needed and still blank.
    """
    sheet_top(book, target, sheet.title, len(_WIDTHS))
    for at, width in enumerate(_WIDTHS, 1):
        target.column_dimensions["ABCDE"[at - 1]].width = width
    for at, title in enumerate((LABEL_HEAD, VALUE_HEAD, COUNT_HEAD, LIMIT_HEAD, NOTE_HEAD), 1):
        cell = styles.at(target, HEAD_ROW, at)
        styles.put(cell, title, styles.HEAD, styles.CENTRE)
        cell.fill = styles.BLUE
        cell.border = styles.GRID
    row = HEAD_ROW
    for column in shown(book, sheet):
        row += 1
        _write_row(book, sheet, column, target, row, mark_missing=mark_missing)
    target.freeze_panes = styles.at(target, HEAD_ROW + 1, VALUE_COLUMN)
    styles.set_up_print(target, landscape=True, head_row=HEAD_ROW)


def _write_row(
    book: Book, sheet: Sheet, column: Column, target: Worksheet, row: int, *, mark_missing: bool
) -> None:
    needed = column.path in book.form.needed.paths
    label = styles.at(target, row, 1)
    styles.put(label, column.header, styles.BOLD if needed else styles.BODY, styles.MIDDLE)
    label.fill = styles.AMBER if needed else styles.LABEL
    styles.note(label, book.field_notes.note(sheet, column, needed=needed))
    cell = styles.at(target, row, VALUE_COLUMN)
    text = book.text(column.path, column) if column.kind is not None else _none(book, column)
    styles.put(cell, typed(column.kind, text) if text is not None else None)
    if not isinstance(column.kind, LongText):
        cell.alignment = styles.LEFT
    cell.number_format = styles.number_format(column.kind) if column.kind else styles.TEXT_FORMAT
    if needed:
        cell.fill = styles.NEEDED
    validation.for_kind(target, cell.coordinate, column.kind)
    if mark_missing and needed:
        styles.colour_where(target, cell.coordinate, f'{cell.coordinate}=""', styles.MISSING)
    limits = book.field_notes.limits.get(column.path, ())
    count, limit = styles.at(target, row, 3), styles.at(target, row, 4)
    if limits or isinstance(column.kind, LongText):
        styles.put(count, None, styles.GREY, styles.CENTRE)
        count.value = validation.count_formula([cell.coordinate])
        count.number_format = styles.NO_ZERO
    styles.put(limit, "\n".join(map(limit_text, limits)) or None, styles.GREY, styles.MIDDLE)
    if most := min((each.max for each in limits if each.max), default=0):
        styles.colour_where(target, count.coordinate, f"{count.coordinate}>{most}", styles.OVER)
    styles.put(styles.at(target, row, 5), _explained(column) or None, styles.GREY, styles.MIDDLE)
    for at in range(1, len(_WIDTHS) + 1):
        styles.at(target, row, at).border = styles.GRID
    lines = styles.lines_needed(text or "", _WIDTHS[1])
    if isinstance(column.kind, LongText):
        lines = max(lines, _LONG_LINES)
    lines = max(
        lines,
        *(
            styles.lines_needed(str(styles.at(target, row, at).value or ""), _WIDTHS[at - 1])
            for at in (1, 4, 5)
        ),
    )
    target.row_dimensions[row].height = min(15.5 * lines + 6, 400)


def _none(book: Book, column: Column) -> str | None:
    return book.take(column.path) if book.leaves.get(column.path) == NONE else None


def _explained(column: Column) -> str:
    """A short word beside the value; the rest is in the label's note."""
    kind = column.kind
    if kind is None:
        return "没有的填“无”，其下各项空着"
    parts = [column.help, f"例：{column.example}" if column.example else ""]
    if isinstance(kind, (Choice, Flag)):
        parts.append("从下拉表中选")
    if column.shape == "list":
        parts.append("每行一项")
    return "；".join(part for part in parts if part)

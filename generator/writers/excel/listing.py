"""A report as a sheet: a head, and rows of texts and numbers under it; to be filtered and printed, not read back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from generator.base.xlsx.cell_text import cell_text
from generator.writers.excel import styles

HEAD_FILL: Final = PatternFill("solid", fgColor="DDE6F0")
_BOLD: Final = Font(bold=True)
_TITLE: Final = Font(bold=True, size=13)
_WRAPPED: Final = Alignment(vertical="top", wrap_text=True)
_HIGHEST: Final = 400


def write_listing(
    sheet: Worksheet,
    columns: Sequence[tuple[str, float]],
    rows: Iterable[Sequence[str | float | None]],
    *,
    title: str = "",
    frozen: int = 0,
) -> int:
    """Write rows under a head, texts as texts whatever they begin with; with a filter, the head on each printed page.

    Args:
        sheet: an empty sheet.
        columns: each column's head and width in characters.
        rows: the rows' values.
        title: a line above the head; empty for none.
        frozen: how many columns stay in sight.

    Returns:
        The number of the first row under the head.
    """
    head = 1
    if title:
        styles.put(styles.at(sheet, 1, 1), cell_text(title), _TITLE, styles.PLAIN)
        head = 2
    for at, (text, width) in enumerate(columns, 1):
        cell = styles.at(sheet, head, at)
        styles.put(cell, text, _BOLD, _WRAPPED)
        cell.fill = HEAD_FILL
        sheet.column_dimensions[get_column_letter(at)].width = width
    last = head
    for last, row in enumerate(rows, head + 1):
        lines = 1
        for at, value in enumerate(row, 1):
            shown = cell_text(value) if isinstance(value, str) else value
            styles.put(styles.at(sheet, last, at), shown, Font(), _WRAPPED)
            if isinstance(shown, str) and at <= len(columns):
                lines = max(lines, styles.lines_needed(shown, columns[at - 1][1]))
        if lines > 1:
            # Not every program makes a row as high as its wrapped texts need.
            sheet.row_dimensions[last].height = min(15.5 * lines + 4, _HIGHEST)
    sheet.freeze_panes = styles.at(sheet, head + 1, frozen + 1)
    sheet.auto_filter.ref = f"A{head}:{get_column_letter(len(columns))}{last}"
    styles.set_up_print(sheet, landscape=True, head_row=head)
    return head + 1

"""How a workbook looks: faces, fills, widths, number formats."""

from __future__ import annotations

from typing import Any, Final

from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from generator.model.value_kinds import (
    Choice,
    Count,
    CreditCode,
    Date,
    Flag,
    Kind,
    LongText,
    Money,
    Share,
    Year,
)
from generator.writers.excel.flatten import escaped

FACE: Final = "微软雅黑"
AUTHOR: Final = "lianheti"
BODY = Font(name=FACE, size=10)
BOLD = Font(name=FACE, size=10, bold=True)
TITLE = Font(name=FACE, size=15, bold=True, color="1F3864")
HEAD = Font(name=FACE, size=10, bold=True, color="FFFFFF")
HEAD_NEEDED = Font(name=FACE, size=10, bold=True, color="7F4A00")
GREY = Font(name=FACE, size=9, color="6B6B6B")
LINK = Font(name=FACE, size=10, color="0563C1", underline="single")
BLUE = PatternFill("solid", fgColor="2F5597")
AMBER = PatternFill("solid", fgColor="FFD966")
NEEDED = PatternFill("solid", fgColor="FFF6DA")
LABEL = PatternFill("solid", fgColor="EAF0F9")
MISSING = PatternFill("solid", bgColor="F8B48A")
OVER = PatternFill("solid", bgColor="F4A6A6")
RULE = Side(style="thin", color="B7BFCC")
GRID = Border(left=RULE, right=RULE, top=RULE, bottom=RULE)
TOP = Alignment(vertical="top", wrap_text=True)
MIDDLE = Alignment(vertical="center", wrap_text=True)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
CENTRE_TOP = Alignment(horizontal="center", vertical="top", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
PLAIN = Alignment(vertical="center")
TEXT_FORMAT: Final = "@"
NO_ZERO: Final = "0;-0;"
_WIDE = 0x2E80


def number_format(kind: Kind | None) -> str:
    """The cells' format: text for all texts and codes, so that Excel leaves what is typed as it is.

    Long texts keep the general format: older programs show a text cell of more than 255 characters as ####.
    """
    if kind is None or isinstance(kind, LongText):
        return "General"
    if isinstance(kind, Money):
        return "#,##0.00########"
    if isinstance(kind, Count):
        return "0"
    if isinstance(kind, Year):
        return "0"
    if isinstance(kind, Date):
        return "yyyy-mm-dd"
    return TEXT_FORMAT


def column_width(kind: Kind | None, title: str, *, several: bool = False) -> float:
    """A table column's width in characters of the standard face."""
    least = min(max(text_width(line) for line in title.split("\n")) * 0.62 + 3, 18)
    by_kind = 20.0
    if isinstance(kind, (Flag, Count, Year)):
        by_kind = 9
    elif isinstance(kind, (Choice, Date, Share)):
        by_kind = 13
    elif isinstance(kind, Money):
        by_kind = 15
    elif isinstance(kind, CreditCode):
        by_kind = 22
    elif isinstance(kind, LongText):
        by_kind = 42
    elif several:
        by_kind = 26
    return max(least, by_kind)


def alignment(kind: Kind | None) -> Alignment:
    """How a table's cells are aligned: what is short and of one length in the middle."""
    return CENTRE_TOP if isinstance(kind, (Flag, Choice, Year, Date, Count)) else TOP


def text_width(text: str) -> int:
    """A text's width in half-width characters."""
    return sum(2 if ord(char) >= _WIDE else 1 for char in text)


def lines_needed(text: str, width: float) -> int:
    """How many lines a text takes in a column."""
    return sum(max(1, -(-text_width(line) // max(int(width) - 1, 1))) for line in text.split("\n"))


def at(sheet: Worksheet, row: int, column: int) -> Cell:
    """A cell that can be written.

    Raises:
        TypeError: it lies inside a merged range; a fault of this program.
    """
    cell = sheet.cell(row, column)
    if not isinstance(cell, Cell):
        raise TypeError(f"{cell.coordinate} lies inside a merged range")
    return cell


def put(cell: Cell, value: Any, font: Font = BODY, alignment: Alignment = TOP) -> None:
    """Write a value; a text never becomes a formula or an error, whatever it says."""
    if isinstance(value, str):
        cell.value = escaped(value)
        # The library takes =1+1 for a formula and #N/A for an error.
        cell.data_type = "s"
        if value[:1] in {"=", "+", "-", "@"}:
            cell.quotePrefix = True
    else:
        cell.value = value
    cell.font = font
    cell.alignment = alignment


def note(cell: Cell, text: str) -> None:
    """Put a note on a cell, large enough to be read without scrolling."""
    if not text:
        return
    comment = Comment(text, AUTHOR)
    comment.width = 330
    comment.height = max(46, 20 * lines_needed(text, 46) + 14)
    cell.comment = comment


def colour_where(sheet: Worksheet, area: str, formula: str, fill: PatternFill) -> None:
    """Colour an area's cells for which a formula, written for its first cell, holds."""
    sheet.conditional_formatting.add(
        area, Rule(type="expression", formula=[formula], dxf=DifferentialStyle(fill=fill))
    )


def set_up_print(sheet: Worksheet, *, landscape: bool, head_row: int) -> None:
    """A4, as wide as the page, the head repeated, page numbers at the foot."""
    sheet.page_setup.paperSize = 9
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.page_margins.top = 0.6
    sheet.page_margins.bottom = 0.8
    sheet.page_margins.footer = 0.35
    if sheet.oddFooter is not None:
        sheet.oddFooter.center.text = "&A　第 &P 页，共 &N 页"
    if head_row:
        sheet.print_title_rows = f"1:{head_row}"

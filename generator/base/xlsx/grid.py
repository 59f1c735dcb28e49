"""A sheet's cells by address: values from calamine; what calamine does not tell, from a scan of the XML."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

import python_calamine
from msgspec import Struct, field

from generator.base.xlsx.package import Package, open_package, parse
from generator.errors import DataError, Place

Value = str | float | int | bool | date | datetime | time | timedelta

MAX_CELLS: Final = 3_000_000
_BUILT_IN_PERCENT = frozenset({"9", "10"})
_QUOTED = re.compile(r'"[^"]*"|\\.')
_ERROR_CELL = re.compile(
    rb"""<(?:\w+:)?c\s([^>]*?\bt\s*=\s*["']e["'][^>]*)(?<!/)>(.*?)</(?:\w+:)?c>""", re.DOTALL
)
_FORMULA_CELL = re.compile(rb"""<(?:\w+:)?c\s([^>]*[^/>])>\s*(<(?:\w+:)?f\b.*?)</(?:\w+:)?c>""", re.DOTALL)
_ANY_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_STYLED_CELL = re.compile(rb"""<(?:\w+:)?c\s([^>]*?\bs\s*=\s*["'](\d+)["'][^>]*)>""")
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]+)(\d+)["']""")
_TYPE = re.compile(rb"""\bt\s*=\s*["'](\w+)["']""")
_STORED = re.compile(rb"<(?:\w+:)?v[^>]*>([^<]*)</")
_STRING_RESULT = b"str"
# Hidden outright, or drawn too low or too narrow to be seen.
_HIDDEN_ROW = re.compile(
    rb"""<(?:\w+:)?row\s(?=[^>]*?\b(?:hidden\s*=\s*["'](?:1|true)|ht\s*=\s*["'][01](?:\.\d+)?)["'])[^>]*?\br\s*=\s*["'](\d+)["']"""
)
_HIDDEN_COLUMNS = re.compile(
    rb"""<(?:\w+:)?col\s(?=[^>]*?\b(?:hidden\s*=\s*["'](?:1|true)|width\s*=\s*["']0(?:\.\d+)?)["'])([^>]*)>"""
)
_SHARED_TEXT = re.compile(rb"<(?:\w+:)?si\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?si>)", re.DOTALL)
_TEXT_CELL = re.compile(
    rb"""<(?:\w+:)?c\s([^>]*?\bt\s*=\s*["'](?:s|inlineStr)["'][^>]*)(?<!/)>(.*?)</(?:\w+:)?c>""", re.DOTALL
)
_STRIKE = re.compile(rb"""<(?:\w+:)?strike(?:\s*/>|\s+val\s*=\s*["'](?:1|true)["'])""")
_PALE: Final = 0xD0
_WHITE: Final = frozenset({"FFFFFF", "FFFFFFFF", "00FFFFFF"})
_FROM_TO = re.compile(rb"""\b(min|max)\s*=\s*["'](\d+)["']""")
# Their results change whenever the file is opened: no value that the applicant has stated.
_VOLATILE = re.compile(rb"\b(?:TODAY|NOW|RAND|RANDBETWEEN)\s*\(", re.IGNORECASE)


def column_letters(at: int) -> str:
    """A column's letters from its number, counted from 0."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


LETTERS: Final = tuple(column_letters(at) for at in range(256))


def _position(letters: bytes, digits: bytes) -> tuple[int, int]:
    column = 0
    for letter in letters.upper():
        column = column * 26 + letter - 64
    return int(digits) - 1, column - 1


class Grid(Struct):
    """One sheet's cells, rows and columns counted from 0 at A1.

    Attributes:
        file: the file's name, for places.
        name: the sheet's name.
        rows: the values; empty cells are the empty text.
        errors: error values (``#N/A``) by position.
        formulas: positions of formulas.
        unstored: positions of formulas without a stored value.
        percents: positions of numbers shown as percentages.
        merged: for each cell that a merged range covers, the position of its first cell.
        hidden: whether the whole sheet is out of sight.
        hidden_rows: rows that are hidden or filtered out.
        hidden_columns: columns that are hidden.
        struck: positions of cells whose text is struck through, wholly or in part.
        faint: positions of cells whose text has the paper's colour, or a format that shows nothing.
        volatile: positions of formulas whose result changes with the day.
    """

    file: str
    name: str
    rows: list[list[Value]]
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: frozenset[tuple[int, int]] = frozenset()
    unstored: frozenset[tuple[int, int]] = frozenset()
    percents: frozenset[tuple[int, int]] = frozenset()
    merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    struck: frozenset[tuple[int, int]] = frozenset()
    faint: frozenset[tuple[int, int]] = frozenset()
    volatile: frozenset[tuple[int, int]] = frozenset()

    def value(self, row: int, column: int) -> Value:
        """A cell's value; the empty text where there is none."""
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return ""

    def text(self, row: int, column: int) -> str:
        """A cell's text, for recognising titles; empty where it holds something else."""
        value = self.value(row, column)
        return value if isinstance(value, str) else ""

    def place(self, row: int, column: int) -> Place:
        """A cell as the person finds it."""
        return Place(self.file, None, self.name, f"{LETTERS[column]}{row + 1}")

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell holds anything, readable or not."""
        value = self.value(row, column)
        if value.__class__ is not str:
            return True
        return bool(value.strip()) or (row, column) in self.errors or (row, column) in self.unstored

    @property
    def is_bare(self) -> bool:
        """Whether its values are all there is to its cells: no errors, missing results, percentages, merged ranges."""
        return not (self.errors or self.unstored or self.percents or self.merged or self.volatile)

    @property
    def is_blank(self) -> bool:
        """Whether the sheet holds nothing."""
        return (
            not self.errors
            and all(not isinstance(value, str) or value.strip() == "" for row in self.rows for value in row)
            and not any(value for row in self.rows for value in row)
        )


def read_grids(data: bytes, name: str) -> list[Grid]:
    """A workbook's sheets, in its order.

    Args:
        data: the file's bytes.
        name: its name for messages.

    Raises:
        DataError: the file cannot be read as a workbook.
    """
    package = open_package(data, name)
    styles = _styles(package, Place(name))
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(package.data)) as workbook:
            return list(_grids(workbook, package, name, styles))
    except python_calamine.CalamineError:
        raise DataError(
            "工作簿已经损坏，里面的内容读不出来", "用 Excel 或 WPS 打开，按提示修复后另存", Place(name)
        ) from None


def _grids(
    workbook: python_calamine.CalamineWorkbook, package: Package, name: str, styles: _Styles
) -> Iterator[Grid]:
    total = 0
    texts = _struck_texts(package.texts)
    seen = {
        each.name: each.visible == python_calamine.SheetVisibleEnum.Visible
        for each in workbook.sheets_metadata
    }
    for title, xml in package.sheets.items():
        sheet = workbook.get_sheet_by_name(title)
        total += sheet.total_height * sheet.total_width
        if total > MAX_CELLS:
            raise DataError(
                f"工作簿里的单元格超过 {MAX_CELLS} 个", "确认选对了文件，删去无关的工作表", Place(name)
            )
        grid = Grid(name, title, sheet.to_python(skip_empty_area=False), hidden=not seen.get(title, True))
        _scan(grid, xml, styles)
        _find_struck_parts(grid, xml, texts)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
            _merge(grid, top, left, bottom, right)
        yield grid


def _merge(grid: Grid, top: int, left: int, bottom: int, right: int) -> None:
    for row in range(top, min(bottom, len(grid.rows) + 1) + 1):
        for column in range(left, min(right, len(LETTERS) - 1) + 1):
            if (row, column) != (top, left):
                grid.merged[row, column] = (top, left)


def _scan(grid: Grid, xml: bytes, styles: _Styles) -> None:
    """Find what calamine reads as empty, or as a bare number."""
    if b't="e"' in xml or b"t='e'" in xml:
        for attributes, inside in _ERROR_CELL.findall(xml):
            if at := _REFERENCE.search(attributes):
                stored = _STORED.search(inside)
                grid.errors[_position(*at.groups())] = stored[1].decode() if stored else "#N/A"
    if _ANY_FORMULA.search(xml):
        formulas, unstored, volatile = set(), set(), set()
        for attributes, inside in _FORMULA_CELL.findall(xml):
            if not (at := _REFERENCE.search(attributes)):
                continue
            position = _position(*at.groups())
            formulas.add(position)
            if _VOLATILE.search(inside):
                volatile.add(position)
            stored = _STORED.search(inside)
            kind = _TYPE.search(attributes)
            empty_text = stored is not None and kind is not None and kind[1] == _STRING_RESULT
            if not empty_text and not (stored and stored[1]) and position not in grid.errors:
                unstored.add(position)
        grid.formulas, grid.unstored = frozenset(formulas), frozenset(unstored)
        grid.volatile = frozenset(volatile)
    if b"hidden" in xml or b" ht=" in xml or b"width=" in xml:
        grid.hidden_rows = frozenset(int(row) - 1 for row in _HIDDEN_ROW.findall(xml))
        grid.hidden_columns = frozenset(
            column
            for attributes in _HIDDEN_COLUMNS.findall(xml)
            for ends in [{name: int(number) for name, number in _FROM_TO.findall(attributes)}]
            for column in range(ends.get(b"min", 1) - 1, min(ends.get(b"max", 0), len(LETTERS)))
        )
    telling = styles.percents | styles.struck | styles.faint
    if telling:
        found: dict[bytes, set[tuple[int, int]]] = {}
        for attributes, style in _STYLED_CELL.findall(xml):
            if style in telling and (at := _REFERENCE.search(attributes)):
                found.setdefault(style, set()).add(_position(*at.groups()))
        grid.percents, grid.struck, grid.faint = (
            frozenset(position for style in wanted for position in found.get(style, ()))
            for wanted in (styles.percents, styles.struck, styles.faint)
        )


def _is_pale(colour: str) -> bool:
    """Whether a fill of this colour leaves white letters unreadable, as the form's yellow does."""
    try:
        parts = bytes.fromhex(colour)[-3:]
    except ValueError:
        return False
    return len(parts) == len("RGB") and min(sorted(parts)[1:]) >= _PALE


def _struck_texts(xml: bytes) -> frozenset[bytes]:
    """The numbers of the shared texts that are struck through in part, as cells write them."""
    if not _STRIKE.search(xml):
        return frozenset()
    return frozenset(
        str(at).encode()
        for at, found in enumerate(_SHARED_TEXT.finditer(xml))
        if _STRIKE.search(found[1] or b"")
    )


def _find_struck_parts(grid: Grid, xml: bytes, texts: frozenset[bytes]) -> None:
    """Add the cells whose text is struck through in part."""
    if not texts and not _STRIKE.search(xml):
        return
    positions = set(grid.struck)
    for attributes, inside in _TEXT_CELL.findall(xml):
        stored = _STORED.search(inside)
        struck = _STRIKE.search(inside) or (stored is not None and stored[1] in texts)
        if struck and (at := _REFERENCE.search(attributes)):
            positions.add(_position(*at.groups()))
    grid.struck = frozenset(positions)


class _Styles(Struct, frozen=True):
    """The cell styles, by their numbers as the sheets write them, that change what a cell says.

    Attributes:
        percents: those that show a number as a percentage.
        struck: those that strike the text through.
        faint: those that show nothing: white on white, or a format of empty parts.
    """

    percents: frozenset[bytes] = frozenset()
    struck: frozenset[bytes] = frozenset()
    faint: frozenset[bytes] = frozenset()


def _styles(package: Package, place: Place) -> _Styles:
    """What the workbook's styles say."""
    if not package.styles:
        return _Styles()
    root = parse(package.styles, place)
    space = str(root.tag).rpartition("}")[0] + "}"
    formats = {
        str(each.get("numFmtId"))
        for each in root.iter(f"{space}numFmt")
        if "%" in _QUOTED.sub("", str(each.get("formatCode", "")))
    } | _BUILT_IN_PERCENT
    cells, fonts = root.find(f"{space}cellXfs"), root.find(f"{space}fonts")
    if cells is None:
        return _Styles()
    struck = {
        str(at)
        for at, font in enumerate(fonts if fonts is not None else ())
        for mark in font.iter(f"{space}strike")
        if mark.get("val", "1") not in {"0", "false"}
    }
    white = {
        str(at)
        for at, font in enumerate(fonts if fonts is not None else ())
        for colour in font.iter(f"{space}color")
        if colour.get("rgb", "").upper() in _WHITE or (colour.get("theme") == "0" and not colour.get("tint"))
    }
    fills = root.find(f"{space}fills")
    filled = {
        str(at)
        for at, fill in enumerate(fills if fills is not None else ())
        for pattern in fill.iter(f"{space}patternFill")
        if pattern.get("patternType", "none") != "none"
        and not any(_is_pale(colour.get("rgb", "")) for colour in pattern.iter(f"{space}fgColor"))
    }
    blank = {
        str(each.get("numFmtId"))
        for each in root.iter(f"{space}numFmt")
        if not str(each.get("formatCode", "")).strip(";") and ";;" in str(each.get("formatCode", ""))
    }
    numbered = [(str(at).encode(), each) for at, each in enumerate(cells)]
    return _Styles(
        frozenset(at for at, each in numbered if str(each.get("numFmtId")) in formats),
        frozenset(at for at, each in numbered if str(each.get("fontId")) in struck),
        frozenset(
            at
            for at, each in numbered
            if str(each.get("numFmtId")) in blank
            or (str(each.get("fontId")) in white and str(each.get("fillId")) not in filled)
        ),
    )

"""Changing single cells of a workbook: every other cell, sheet, format, note and picture stays as it is.

Only the parts of the sheets concerned are written anew. Results of formulas that depend on a changed cell are
taken out, so that nobody reads an old one; Excel and WPS work them out when they open the file.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final
from urllib.parse import unquote

from lxml import etree
from msgspec import Struct, field
from openpyxl.utils.datetime import to_excel

from generator.base.ooxml.xml import XML_SPACE, Element, R, S
from generator.base.xlsx.grid import column_letters
from generator.base.xlsx.package import all_parts, parse
from generator.errors import Place
from generator.writers.excel.flatten import escaped

Cell = tuple[str, int, int]
Value = str | int | float | date | None

_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_TYPES: Final = "[Content_Types].xml"
_CHAIN: Final = "xl/calcChain.xml"
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
# A sheet's name, then one cell, a range, whole columns or whole rows.
_REFERENCE = re.compile(
    r"(?:(?:'((?:[^']|'')+)'|([\w.\u3400-\u9fff]+))!)?"
    r"(\$?[A-Za-z]{1,3}\$?\d{1,7}(?::\$?[A-Za-z]{1,3}\$?\d{1,7})?|\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}|\$?\d{1,7}:\$?\d{1,7})"
    r"(?![\w(])"
)
_TEXT = re.compile(r'"[^"]*"')
_FORMULA = re.compile(rb"<(?:\w+:)?c\s([^>]*[^/>])>\s*<(?:\w+:)?f\b([^>]*?)(?:/>|>([^<]*)</)", re.DOTALL)
_AT = re.compile(rb"""\br\s*=\s*["']([A-Za-z]+)(\d+)["']""")
# What a formula may refer to without saying so.
_INDIRECT = re.compile(r"(?:INDIRECT|OFFSET|INDEX|CHOOSE)\s*\(|\[|#REF!", re.IGNORECASE)
_DATE_FORMATS: Final = frozenset({14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)})
_PERCENT_FORMATS: Final = frozenset({9, 10})
_FAR: Final = 1_048_576


def position(address: str) -> tuple[int, int]:
    """The row and column, from 0, of an address such as ``B5``."""
    found = _CELL.fullmatch(address)
    if found is None:
        raise ValueError(address)
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def address(row: int, column: int) -> str:
    """The address of a row and column counted from 0."""
    return f"{column_letters(column)}{row + 1}"


class Area(Struct, frozen=True):
    """A rectangle of one sheet, rows and columns from 0, both ends within."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    def meets(self, cell: Cell) -> bool:
        """Whether a cell lies in it."""
        sheet, row, column = cell
        return sheet == self.sheet and self.top <= row <= self.bottom and self.left <= column <= self.right

    def meets_any(self, cells: set[Cell]) -> bool:
        """Whether one of some cells lies in it."""
        if (self.top, self.left) == (self.bottom, self.right):
            return (self.sheet, self.top, self.left) in cells
        return any(self.meets(cell) for cell in cells)


class Formula(Struct, frozen=True):
    """One cell's formula.

    Attributes:
        cell: the sheet, row and column.
        areas: what it refers to.
        anything: whether it may refer to more than it says.
        shared: whether it is part of a formula of several cells.
    """

    cell: Cell
    areas: tuple[Area, ...]
    anything: bool
    shared: bool


def _areas(text: str, sheet: str) -> Iterator[Area]:
    for found in _REFERENCE.finditer(_TEXT.sub('""', text)):
        name = (found[1] or "").replace("''", "'") or found[2] or sheet
        first, _, last = found[3].replace("$", "").partition(":")
        last = last or first
        if first.isdigit():
            yield Area(name, int(first) - 1, 0, int(last) - 1, _FAR)
        elif first.isalpha():
            left, right = position(f"{first}1")[1], position(f"{last}1")[1]
            yield Area(name, 0, left, _FAR, right)
        else:
            (top, left), (bottom, right) = position(first), position(last)
            yield Area(name, min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def _child(parent: Element, name: str, text: str | None = None) -> Element:
    child: Element = etree.SubElement(parent, S + name)
    child.text = text
    return child


class SheetXml(Struct):
    """One sheet's XML, its rows and cells by number."""

    root: Element
    rows: dict[int, Element] = field(default_factory=dict)
    cells: dict[tuple[int, int], Element] = field(default_factory=dict)
    column_styles: list[tuple[int, int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Number all rows and cells; those without a number follow the one before."""
        self.column_styles = [
            (int(each.get("min", "0")), int(each.get("max", "0")), str(each.get("style", "")))
            for each in self.root.iter(S + "col")
        ]
        row = -1
        for element in self.root.iter(S + "row"):
            row = int(element.get("r", str(row + 2))) - 1
            element.set("r", str(row + 1))
            self.rows[row] = element
            column = -1
            for cell in element.iterchildren(S + "c"):
                at = cell.get("r")
                column = position(at)[1] if at else column + 1
                cell.set("r", address(row, column))
                self.cells[row, column] = cell

    def cell(self, row: int, column: int) -> Element:
        """A cell, made where there is none, with its column's format."""
        found = self.cells.get((row, column))
        if found is not None:
            return found
        holder = self._row(row)
        cell = etree.Element(S + "c", r=address(row, column))
        style = self._column_style(column)
        if style:
            cell.set("s", style)
        before = [at for at in (position(str(each.get("r")))[1] for each in holder) if at < column]
        holder.insert(len(before), cell)
        self.cells[row, column] = cell
        return cell

    def _row(self, row: int) -> Element:
        found = self.rows.get(row)
        if found is not None:
            return found
        data = self.root.find(S + "sheetData")
        made = etree.Element(S + "row", r=str(row + 1))
        if data is None:
            raise ValueError("a sheet without data")
        data.insert(sum(1 for at in self.rows if at < row), made)
        self.rows[row] = made
        return made

    def _column_style(self, column: int) -> str:
        for first, last, style in self.column_styles:
            if first <= column + 1 <= last:
                return style
        return ""

    def put(self, row: int, column: int, value: Value) -> bool:
        """Write a value into a cell and keep the cell's format; whether a formula went."""
        if value is None and (row, column) not in self.cells:
            return False
        cell = self.cell(row, column)
        formula = cell.find(S + "f") is not None
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", None)
        if isinstance(value, str):
            cell.set("t", "inlineStr")
            text = _child(_child(cell, "is"), "t", escaped(value))
            if value != value.strip() or "\n" in value:
                text.set(XML_SPACE, "preserve")
        elif isinstance(value, date):
            _child(cell, "v", str(int(to_excel(value))))  # type: ignore[no-untyped-call]
        elif value is not None:
            _child(cell, "v", repr(value))
        return formula


class Book:
    """A workbook that is being changed.

    Args:
        data: its bytes.
        name: its name for messages.

    Raises:
        DataError: it is no workbook, or a broken one.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self._name = name
        self._data = data
        self.parts = all_parts(data, name)
        self._paths = dict(self._sheet_parts())
        self._open: dict[str, SheetXml] = {}
        self._changed: set[Cell] = set()
        self._formula_gone = False
        self._formats: list[int] | None = None
        self._codes: dict[int, str] = {}

    def _sheet_parts(self) -> Iterator[tuple[str, str]]:
        place = Place(self._name)
        targets = {}
        for relation in parse(self.parts[_RELATIONS], place):
            target = unquote(str(relation.get("Target", "")))
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            targets[str(relation.get("Id"))] = path
        for sheet in parse(self.parts[_WORKBOOK], place).iter(S + "sheet"):
            path = targets.get(str(sheet.get(R + "id")), "")
            if path in self.parts:
                yield str(sheet.get("name", "")), path

    def sheet(self, title: str) -> SheetXml:
        """A sheet's XML, opened once."""
        if title not in self._open:
            self._open[title] = SheetXml(
                parse(self.parts[self._paths[title]], Place(self._name, sheet=title))
            )
        return self._open[title]

    def put(self, cell: Cell, value: Value) -> None:
        """Write a value into a cell."""
        title, row, column = cell
        self._formula_gone |= self.sheet(title).put(row, column, value)
        self._changed.add(cell)

    def changed(self, cells: Iterable[Cell]) -> None:
        """Note cells that were changed otherwise."""
        self._changed.update(cells)

    def has_notes(self, title: str, rows: range, columns: Iterable[int]) -> bool:
        """Whether a note of a person's hangs on one of some cells."""
        wanted = set(columns)
        folder, _, file = self._paths[title].rpartition("/")
        relations = self.parts.get(f"{folder}/_rels/{file}.rels")
        if relations is None:
            return False
        for relation in parse(relations, Place(self._name)):
            target = str(relation.get("Target", ""))
            if "omments" not in str(relation.get("Type", "")):
                continue
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            for found in re.finditer(rb"""\bref\s*=\s*["']([A-Za-z]+\d+)["']""", self.parts.get(path, b"")):
                row, column = position(found[1].decode())
                if row in rows and column in wanted:
                    return True
        return False

    def formulas(self) -> Iterator[Formula]:
        """Every formula of the workbook, as it was when the workbook was opened."""
        for title, path in self._paths.items():
            for head, attributes, text in _FORMULA.findall(self.parts[path]):
                at = _AT.search(head)
                if at is None:
                    continue
                row, column = position((at[1] + at[2]).decode())
                plain = _plain(text)
                shared = b"t=" in attributes
                yield Formula(
                    (title, row, column),
                    tuple(_areas(plain, title)),
                    shared or bool(_INDIRECT.search(plain)),
                    shared,
                )

    def is_date(self, cell: Cell) -> bool:
        """Whether a cell's format shows a date."""
        number = self._format(cell)
        code = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", self._codes.get(number, ""))
        return number in _DATE_FORMATS or "y" in code.lower()

    def is_percent(self, cell: Cell) -> bool:
        """Whether a cell's format shows a number as a percentage."""
        number = self._format(cell)
        return number in _PERCENT_FORMATS or "%" in self._codes.get(number, "")

    def _format(self, cell: Cell) -> int:
        title, row, column = cell
        if self._formats is None:
            self._formats = []
            if "xl/styles.xml" in self.parts:
                root = parse(self.parts["xl/styles.xml"], Place(self._name))
                self._codes = {
                    int(each.get("numFmtId", "0")): str(each.get("formatCode", ""))
                    for each in root.iter(S + "numFmt")
                }
                styles = root.find(S + "cellXfs")
                self._formats = [int(each.get("numFmtId", "0")) for each in styles if styles is not None]
        style = int(self.sheet(title).cell(row, column).get("s", "0"))
        return self._formats[style] if style < len(self._formats) else 0

    def saved(self) -> bytes:
        """The workbook's bytes, with the changes."""
        stale = self._stale()
        for title, row, column in stale:
            cell = self.sheet(title).cells.get((row, column))
            value = cell.find(S + "v") if cell is not None else None
            if cell is not None and value is not None and cell.find(S + "f") is not None:
                cell.remove(value)
        parts = dict(self.parts)
        for title, sheet in self._open.items():
            parts[self._paths[title]] = etree.tostring(
                sheet.root, xml_declaration=True, encoding="UTF-8", standalone=True
            )
        if stale:
            parts[_WORKBOOK] = _with_calculation(parts[_WORKBOOK], Place(self._name))
        if self._formula_gone and _CHAIN in parts:
            # It lists every cell with a formula; Excel makes it anew.
            del parts[_CHAIN]
            for part in (_TYPES, _RELATIONS):
                root = parse(parts[part], Place(self._name))
                for child in list(root):
                    if "calcChain" in str(child.get("PartName") or child.get("Target") or ""):
                        root.remove(child)
                parts[part] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        return _zipped(self._data, self.parts, parts)

    def _stale(self) -> set[Cell]:
        """The formulas whose stored results a change has made wrong, through other formulas too."""
        if not self._changed:
            return set()
        formulas = list(self.formulas())
        found: set[Cell] = set()
        fresh = set(self._changed)
        while fresh:
            more = {
                each.cell
                for each in formulas
                if each.cell not in found
                and (each.anything or any(area.meets_any(fresh) for area in each.areas))
            }
            found |= more
            fresh = more
        return found


def _plain(text: bytes) -> str:
    return (
        text.decode("utf-8", "replace")
        .replace("&quot;", '"')
        .replace("&apos;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
    )


def _with_calculation(workbook: bytes, place: Place) -> bytes:
    """The workbook's part, saying that all formulas are to be worked out when it is opened."""
    root = parse(workbook, place)
    found = root.find(S + "calcPr")
    if found is None:
        found = etree.Element(S + "calcPr")
        # ISO/IEC 29500-1, 18.2.27: it follows these, as far as there are any.
        before = {"sheets", "functionGroups", "externalReferences", "definedNames"}
        at = max(i for i, each in enumerate(root) if etree.QName(each).localname in before)
        root.insert(at + 1, found)
    found.set("fullCalcOnLoad", "1")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _zipped(old: bytes, before: dict[str, bytes], parts: dict[str, bytes]) -> bytes:
    """A package with the parts of an old one, each with its name, time and method, in their order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(old)) as source, zipfile.ZipFile(buffer, "w") as archive:
        for info in source.infolist():
            if info.is_dir() or info.filename not in before or info.filename in parts:
                fresh = zipfile.ZipInfo(info.filename, info.date_time)
                fresh.external_attr, fresh.compress_type = info.external_attr, info.compress_type
                archive.writestr(fresh, parts.get(info.filename, b""), info.compress_type)
    return buffer.getvalue()

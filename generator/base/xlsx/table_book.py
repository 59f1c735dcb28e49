"""A workbook of one table to be printed and filled in by hand, written part by part.

openpyxl writes every other workbook of ours. Loading it takes a third as long as a whole packet, which has no other
use for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final

from generator.base.xlsx.cell_text import cell_text
from generator.base.zips import zip_bytes

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_CONTENT_TYPES: Final = f"""\
<Types xmlns="{_PACKAGE}/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>\
<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>\
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>\
<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>\
</Types>"""
_PACKAGE_RELATIONS: Final = f"""\
<Relationships xmlns="{_PACKAGE}/relationships">\
<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>\
</Relationships>"""
_BOOK_RELATIONS: Final = f"""\
<Relationships xmlns="{_PACKAGE}/relationships">\
<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>\
<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>\
</Relationships>"""

# The formats of cells, by their places in the list of the styles.
_TITLE, _COLUMN, _FIELD = 1, 2, 3
_FONT: Final = '<name val="Calibri"/><family val="2"/>'
_SIDES: Final = "".join(f'<{side} style="thin"/>' for side in ("left", "right", "top", "bottom"))
_WRAPPED: Final = 'applyAlignment="1" xfId="0"><alignment vertical="center" wrapText="1"/></xf>'
_STYLES: Final = f"""\
<styleSheet xmlns="{_MAIN}">\
<fonts count="3"><font><sz val="11"/>{_FONT}</font><font><b/><sz val="14"/>{_FONT}</font>\
<font><b/><sz val="11"/>{_FONT}</font></fonts>\
<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>\
<fill><patternFill patternType="solid"><fgColor rgb="FFDDE6F0"/></patternFill></fill></fills>\
<borders count="2"><border><left/><right/><top/><bottom/></border><border>{_SIDES}</border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" applyFont="1" xfId="0"/>\
<xf numFmtId="0" fontId="2" fillId="2" borderId="1" applyFont="1" applyFill="1" applyBorder="1" {_WRAPPED}\
<xf numFmtId="0" fontId="0" fillId="0" borderId="1" applyBorder="1" {_WRAPPED}</cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>\
</styleSheet>"""

_LETTERS: Final = 26


def table_book(
    sheet: str,
    title: str,
    columns: Sequence[tuple[str, float]],
    rows: Iterable[Sequence[str | int]],
    *,
    frozen: int,
) -> bytes:
    """A workbook with a title and a framed table under it, to be printed on A4 across, its head on every page.

    Texts are texts, whatever they begin with; the same content gives the same bytes.

    Args:
        sheet: the sheet's name; no character that Excel forbids there, nor an apostrophe.
        title: what stands above the table.
        columns: each with its head and its width in characters.
        rows: texts and whole numbers, from the first column; columns without any stay empty, to be filled in.
        frozen: how many columns stay in sight.
    """
    widths = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'
        for at, (_, width) in enumerate(columns, 1)
    )
    table = "".join(_table(columns, rows))
    parts = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _PACKAGE_RELATIONS,
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews>'
            f'<sheets><sheet name="{escape(sheet)}" sheetId="1" r:id="rId1"/></sheets>'
            f'<definedNames><definedName name="_xlnm.Print_Titles" localSheetId="0">'
            f"'{escape(sheet, quote=False)}'!$1:$2</definedName></definedNames></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": _BOOK_RELATIONS,
        "xl/styles.xml": _STYLES,
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<sheetViews><sheetView workbookViewId="0"><pane xSplit="{frozen}" ySplit="2" '
            f'topLeftCell="{_letters(frozen + 1)}3" activePane="bottomRight" state="frozen"/>'
            f'<selection pane="bottomRight"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
            f"<cols>{widths}</cols><sheetData>{_row(1, [_cell('A1', _TITLE, title)])}{table}</sheetData>"
            f'<mergeCells count="1"><mergeCell ref="A1:{_letters(len(columns))}1"/></mergeCells>'
            '<pageMargins left="0.75" right="0.75" top="1" bottom="1" header="0.5" footer="0.5"/>'
            '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
        ),
    }
    return zip_bytes({name: (_HEAD + part).encode() for name, part in parts.items()})


def _table(columns: Sequence[tuple[str, float]], rows: Iterable[Sequence[str | int]]) -> Iterator[str]:
    letters = [_letters(at) for at in range(1, len(columns) + 1)]
    heads = (_cell(f"{letter}2", _COLUMN, head) for letter, (head, _) in zip(letters, columns, strict=True))
    yield _row(2, heads)
    for number, given in enumerate(rows, 3):
        values = (*given, *("" for _ in letters[len(given) :]))
        cells = (_cell(f"{at}{number}", _FIELD, value) for at, value in zip(letters, values, strict=True))
        yield _row(number, cells)


def _row(number: int, cells: Iterable[str]) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(at: str, style: int, value: str | int) -> str:
    if isinstance(value, int):
        return f'<c r="{at}" s="{style}"><v>{value}</v></c>'
    if not value:
        return f'<c r="{at}" s="{style}"/>'
    text = escape(cell_text(value), quote=False)
    return f'<c r="{at}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _letters(number: int) -> str:
    """A column's letters, from 1."""
    before, at = divmod(number - 1, _LETTERS)
    return (_letters(before) if before else "") + chr(ord("A") + at)

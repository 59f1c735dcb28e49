"""Workbooks whose places, merged ranges and shared texts would take all memory: refused before they are read."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.errors import DataError
from generator.readers.source_file import read_source
from tests.pace import allowed
from tests.readers.books import filled, part_of, rezipped

SHEET = "成员单位"
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
Edit = Callable[[str], str]


def rows(xml: str) -> Edit:
    """More rows behind those of the sheet."""
    return lambda text: text.replace("</sheetData>", f"{xml}</sheetData>", 1)


def behind(xml: str) -> Edit:
    return lambda text: text.replace("</sheetData>", f"</sheetData>{xml}", 1)


HOSTILE: dict[str, Edit] = {
    "a row far away and one that follows it": rows('<row r="999999999"></row><row><c><v>1</v></c></row>'),
    "the last row of all, and one that follows": rows('<row r="1048576"/><row><c><v>1</v></c></row>'),
    "a row that overflows": rows('<row r="4294967295"/><row><c><v>1</v></c></row>'),
    "a row of 5,000 digits": rows(f'<row r="{"9" * 5000}"/>'),
    "row 0": rows('<row r="0"><c r="A0"><v>1</v></c></row>'),
    "a row of letters": rows('<row r="x"><c><v>1</v></c></row>'),
    "a cell far down": rows('<row r="500"><c r="A999999"><v>1</v></c></row>'),
    "a cell that Excel does not have": rows('<row r="500"><c r="ZZZ500"><v>1</v></c></row>'),
    "a cell of 20 letters": rows('<row r="500"><c r="AAAAAAAAAAAAAAAAAAAA500"><v>1</v></c></row>'),
    "a cell behind an empty one far away": rows('<row r="500"><c r="XFC500"/><c><v>1</v></c></row>'),
    "rows of another namespace": rows('<q:row xmlns:q="urn:q" r="99999999"/><row><c><v>1</v></c></row>'),
    "rows without numbers": rows("<row><c><v>1</v></c></row>" * 12_000),
    "merged ranges as large as sheets": behind(
        "<mergeCells>" + '<mergeCell ref="A1:IV9999"/>' * 50 + "</mergeCells>"
    ),
    "merged ranges by the thousand": behind(
        "<mergeCells>" + '<mergeCell ref="A1:Z99"/>' * 5_000 + "</mergeCells>"
    ),
    "a merged range without an end": behind('<mergeCells><mergeCell ref="A1:"/></mergeCells>'),
    "columns without an end": lambda text: text.replace(
        "<sheetData>", '<cols><col min="1" max="4294967295" hidden="1"/></cols><sheetData>', 1
    ),
}


def hostile(edit: Edit, path: Path) -> Path:
    data = filled()
    part = part_of(data, SHEET)

    def change(parts: dict[str, bytes]) -> None:
        text = parts[part].decode()
        changed = edit(text)
        assert changed != text
        parts[part] = changed.encode()

    path.write_bytes(rezipped(data, change))
    return path


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_place_that_takes_all_memory_is_refused_by_its_sheet(kind: str, tmp_path: Path) -> None:
    path = hostile(HOSTILE[kind], tmp_path / "x.xlsx")
    begun = time.monotonic()
    with pytest.raises(DataError) as caught:
        read_source(path)
    assert time.monotonic() - begun < allowed(3)
    assert SHEET in str(caught.value)
    assert len(str(caught.value)) < 300


SCANNED = {
    "comments": "<!--" + "<c " * 100_000 + "-->",
    "a text that looks like cells": "<row><c t='inlineStr'><is><t><![CDATA["
    + "<c " * 100_000
    + "]]></t></is></c></row>",
    "instructions": "<?x " + "<c " * 100_000 + "?>",
    "error cells without a value": '<row r="600">' + '<c r="B600" t="e"/>' * 50_000 + "</row>",
    "tags that do not end": "<c " * 100_000,
}


@pytest.mark.parametrize("kind", SCANNED)
def test_a_sheet_that_slows_its_scans_is_read_or_refused_soon(kind: str, tmp_path: Path) -> None:
    path = hostile(rows(SCANNED[kind]), tmp_path / "x.xlsx")
    begun = time.monotonic()
    said = ""
    try:
        read_source(path)
    except DataError as error:
        said = str(error)
    assert time.monotonic() - begun < allowed(3)
    assert ("请" in said) == (kind == "tags that do not end")


def test_a_long_text_shared_by_very_many_cells_is_refused(tmp_path: Path) -> None:
    data = filled()
    part = part_of(data, SHEET)

    def change(parts: dict[str, bytes]) -> None:
        parts["xl/sharedStrings.xml"] = (
            f'<sst xmlns="{SPREADSHEET}"><si><t>{"字" * 32_000}</t></si></sst>'.encode()
        )
        cells = '<row><c t="s"><v>0</v></c></row>' * 3_000
        parts[part] = parts[part].replace(b"</sheetData>", f"{cells}</sheetData>".encode())

    path = tmp_path / "x.xlsx"
    path.write_bytes(rezipped(data, change))
    with pytest.raises(DataError, match="重复太多"):
        read_source(path)


def test_rows_that_are_only_formatted_far_away_are_read(tmp_path: Path) -> None:
    far = '<row r="1048576" ht="20" customHeight="1"><c r="XFD1048576" s="0"/></row>'
    assert read_source(hostile(rows(far), tmp_path / "x.xlsx")).root.entries

"""A table for the printer, written without openpyxl: openpyxl reads what was meant, and texts stay texts."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
from python_calamine import CalamineWorkbook

from generator.base.xlsx.table_book import table_book

_COLUMNS = [("序号", 6), ("单位", 34), ("备注", 30)]


def test_texts_numbers_and_empty_fields_are_read_as_they_were_given() -> None:
    odd = ["=1+1", "甲<乙>&“丙”'\"", " 前后有空格 ", "两\n行", "坏\x07字"]
    data = table_book("登记", "=题&名", _COLUMNS, list(enumerate(odd, 1)), frozen=2)
    sheet: Any = openpyxl.load_workbook(io.BytesIO(data))["登记"]
    assert (sheet["A1"].value, sheet["A1"].data_type) == ("=题&名", "s")
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        [title for title, _ in _COLUMNS],
        *([number, text.replace("\x07", "\ufffd"), None] for number, text in enumerate(odd, 1)),
    ]
    assert all(cell.data_type == "s" for cell in sheet["B"][2:])
    first, *_ = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()[2:]
    assert first == [1.0, "=1+1", ""]


def test_it_prints_on_a4_across_with_its_head_on_every_page_and_a_frame_around_every_field() -> None:
    data = table_book("登记", "题", [("列", 8)] * 28, [("甲",)], frozen=2)
    assert data == table_book("登记", "题", [("列", 8)] * 28, [("甲",)], frozen=2)
    sheet: Any = openpyxl.load_workbook(io.BytesIO(data)).active
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
    assert sheet.print_title_rows == "$1:$2"
    assert sheet.freeze_panes == "C3"
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["A1:AB1"]
    assert sheet.column_dimensions["AB"].width == 8
    assert all(cell.border.left.style == "thin" and cell.alignment.wrap_text for cell in sheet[3])
    assert sheet["A2"].font.b
    assert sheet["A2"].fill.fgColor.rgb == "FFDDE6F0"

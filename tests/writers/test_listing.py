"""Reports as sheets: whatever a name holds is a text in its cell, and the workbook can be written."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from generator.writers.excel.listing import write_listing
from generator.writers.excel.saving import saved


def _written(rows: list[tuple[str | float | None, ...]], title: str = "") -> Any:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    write_listing(sheet, (("文件", 20), ("页", 8)), rows, title=title)
    return openpyxl.load_workbook(io.BytesIO(saved(book))).active


@pytest.mark.parametrize("name", ["=1+1", "+1", "@cmd", "-", "扫描\n第一批.pdf", "001"])
def test_a_name_is_a_text_whatever_it_begins_with(name: str) -> None:
    cell = _written([(name, 3)])["A2"]
    assert (cell.value, cell.data_type) == (name, "s")


def test_a_character_that_no_workbook_can_hold_is_shown_as_such() -> None:
    """A scan's file name may hold one; the sheet is made all the same."""
    assert _written([("扫\x07描.pdf", 1)], "材\x07料")["A3"].value == "扫\ufffd描.pdf"


def test_the_filter_takes_in_the_head_and_every_row_and_the_head_is_printed_on_each_page() -> None:
    sheet = _written([("甲", 1), ("乙", None)], "标题")
    assert sheet.auto_filter.ref == "A2:B4"
    assert sheet.print_title_rows == "$1:$2"
    assert sheet.freeze_panes == "A3"
    assert [cell.value for cell in sheet["B"]] == [None, "页", 1, None]

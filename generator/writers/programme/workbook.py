"""``programme.xlsx``: a sheet for each part of a programme, dropdowns from the model, notes on the heads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from generator.errors import DataError
from generator.model.programme_book.cells import Vocabulary
from generator.model.programme_book.layout import KEY, Block, Code, Column, Kind, pair_heads
from generator.model.programme_book.read import mark
from generator.model.programme_book.rows import Rows, rows_of
from generator.writers.excel import styles, validation
from generator.writers.excel.saving import saved
from generator.writers.programme.word_lists import WordLists, word_lists

WORDS_SHEET: Final = "词表"
_FIXED_TIME: Final = datetime(2020, 1, 1)  # noqa: DTZ001 (a workbook's times have no zone)
_SPARE: Final = 12
_SPARE_AT_END: Final = 200
_HINT: Final = "行可以插入、删除、排序，列可以换位置；工作表名称、【】里的表名和表头不要改。黄色的列必填。"
# Older programs show a text cell of more characters as ####.
_LONG_TEXT: Final = 256


def programme_workbook(content: Mapping[str, Any]) -> bytes:
    """A programme as a workbook.

    Args:
        content: the programme as its file has it, as dicts, lists and texts; a part of it for a starter.

    Raises:
        DataError: a text is longer than a cell can be.
    """
    try:
        blocks = rows_of(content)
    except ValueError as error:
        raise DataError(str(error), "缩短它，或仍用 programme.yaml") from None
    book = Workbook()
    book.properties.creator = "lianheti"
    book.properties.created = book.properties.modified = _FIXED_TIME
    if book.active is not None:
        book.remove(book.active)
    for title in dict.fromkeys(rows.block.sheet for rows in blocks):
        of_sheet = [rows for rows in blocks if rows.block.sheet == title]
        _sheet(book.create_sheet(title), of_sheet)
    _words(book.create_sheet(WORDS_SHEET), word_lists(Vocabulary(content).model))
    return saved(book)


def _sheet(target: Worksheet, blocks: list[Rows]) -> None:
    styles.put(styles.at(target, 1, 1), target.title, styles.TITLE, styles.PLAIN)
    target.row_dimensions[1].height = 26
    styles.put(styles.at(target, 2, 1), _HINT, styles.GREY, styles.PLAIN)
    widths: dict[int, int] = {}
    row = 4
    for number, rows in enumerate(blocks, 1):
        columns = pair_heads() if rows.block.kind is Kind.PAIRS else rows.block.columns
        for at, column in enumerate(columns, 1):
            widths[at] = max(widths.get(at, 0), column.width)
        last = number == len(blocks)
        row = _block(target, rows, row, _SPARE_AT_END if last else _SPARE)
    for at, width in widths.items():
        column_look = target.column_dimensions[get_column_letter(at)]
        column_look.width = width
        # What is typed stays as it is typed.
        column_look.number_format = styles.TEXT_FORMAT
        column_look.alignment = styles.TOP
        column_look.font = styles.BODY
    if len(blocks) == 1 and blocks[0].block.kind is not Kind.PAIRS:
        target.freeze_panes = "C6"
    styles.set_up_print(target, landscape=True, head_row=0)


def _block(target: Worksheet, rows: Rows, top: int, spare: int) -> int:
    """Write one block; gives the row where the next can begin."""
    block = rows.block
    styles.put(styles.at(target, top, 1), mark(block), styles.BOLD, styles.PLAIN)
    if block.help:
        styles.put(styles.at(target, top, 2), block.help, styles.GREY, styles.PLAIN)
    heads = pair_heads() if block.kind is Kind.PAIRS else block.columns
    for at, column in enumerate(heads, 1):
        cell = styles.at(target, top + 1, at)
        styles.put(cell, column.title, styles.HEAD_NEEDED if column.needed else styles.HEAD, styles.CENTRE)
        cell.fill = styles.AMBER if column.needed else styles.BLUE
        styles.note(cell, column.help)
    first = top + 2
    if block.kind is Kind.PAIRS:
        return _pairs(target, rows, first)
    last = first + len(rows.rows) + spare - 1
    for at, column in enumerate(block.columns, 1):
        letter = get_column_letter(at)
        _dropdown(target, f"{letter}{first}:{letter}{last}", column, block)
    for number, row in enumerate(rows.rows):
        for at, column in enumerate(block.columns, 1):
            if column.key in row:
                _cell(target, first + number, at, row[column.key].text)
    return last + 2 if spare == _SPARE else last


def _pairs(target: Worksheet, rows: Rows, first: int) -> int:
    block = rows.block
    row = rows.rows[0] if rows.rows else {}
    for number, column in enumerate(block.columns):
        at = first + number
        label = styles.at(target, at, 1)
        styles.put(label, column.title, styles.BOLD, styles.TOP)
        label.fill = styles.AMBER if column.needed else styles.LABEL
        if column.key in row:
            _cell(target, at, 2, row[column.key].text)
        styles.put(styles.at(target, at, 3), column.help, styles.GREY, styles.TOP)
        _dropdown(target, f"B{at}", column, block)
    return first + len(block.columns) + 1


def _cell(target: Worksheet, row: int, column: int, text: str) -> None:
    cell = styles.at(target, row, column)
    styles.put(cell, text)
    cell.number_format = styles.TEXT_FORMAT if len(text) < _LONG_TEXT else "General"


def _dropdown(target: Worksheet, area: str, column: Column, block: Block) -> None:
    if column.code is Code.CHOICE and column.words:
        validation.options(
            target,
            area,
            tuple(column.words),
            column.help if column.open else "从下拉表中选",
            strict=not column.open,
        )
    elif column.code is Code.FLAG:
        validation.options(target, area, ("是", "否"), "填“是”或“否”")
    elif column.key == KEY and block.kind is Kind.NESTED:
        validation.from_list(target, area, "'文件'!$A$6:$A$40", "填“文件”表里的编号")
    elif column.code is Code.FIGURE:
        _from_words(target, area, "A", "可以从下拉表中选，也可以填“算法”表里的标题")
    elif column.code is Code.PATH:
        _from_words(target, area, "B", "可以从下拉表中选，列表后面写 []")
    elif column.code is Code.CRITERIA:
        _from_words(target, area, "C" if column.below else "D", "可以从下拉表中选一个再改；几个用“；”隔开")


def _from_words(target: Worksheet, area: str, letter: str, prompt: str) -> None:
    validation.from_list(target, area, f"'{WORDS_SHEET}'!${letter}$2:${letter}$600", prompt)


def _words(target: Worksheet, words: WordLists) -> None:
    """The sheet that the dropdowns offer their texts from; it is not read."""
    lists = (
        ("数什么", words.counted),
        ("字段", words.fields),
        ("谁（成员单位）", words.who),
        ("适用情形", words.when),
    )
    for at, (title, texts) in enumerate(lists, 1):
        styles.put(styles.at(target, 1, at), title, styles.BOLD, styles.PLAIN)
        target.column_dimensions[get_column_letter(at)].width = 44
        for row, text in enumerate(texts, 2):
            styles.put(styles.at(target, row, at), text, styles.BODY, styles.PLAIN)
    target.freeze_panes = "A2"

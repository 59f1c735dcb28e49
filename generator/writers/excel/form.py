"""The guided workbook: made for a programme, blank or with data, in the order in which people fill it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from generator.model.catalogue import CommonRules
from generator.model.consortium import Consortium
from generator.model.fields import OwnField, extend
from generator.model.programme import Programme
from generator.readers.excel.layout import (
    ACCEPTED_HEADS,
    FILING_HEADS,
    GUIDE_SHEET,
    LAYOUT_SHEET,
    MISSING_SHEET,
    Sheet,
    layout,
)
from generator.writers.excel import cover, styles
from generator.writers.excel.book import Book, Form, sheet_top
from generator.writers.excel.flatten import fits, leaves, pieces
from generator.writers.excel.notes import field_notes, full_path
from generator.writers.excel.pairs import shown, write_pairs
from generator.writers.excel.saving import saved
from generator.writers.excel.tables import HEAD_ROW, TableWriter
from generator.writers.required_fields import needed_by
from generator.writers.starter import anchors_of

_FILING_WIDTHS: Final = (26.0, 40.0, 80.0)
_SPARE_ROWS: Final = 15
_FIXED_TIME = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_ACCEPTED = re.compile(r"accepted\[(\d+)\]\.(rule|reason)")
_NUMBERED = re.compile(r"#\d+$")


def make_form(programme: Programme | None, common: CommonRules, extra: tuple[OwnField, ...] = ()) -> Form:
    """What a programme's workbook is made of.

    Args:
        programme: the programme; None for the common fields alone.
        common: the figures that every programme's conditions may use.
        extra: other programmes' own fields that the workbook is to have too.

    Raises:
        ProgrammeError: one of the programme's templates can't be read or filled.
    """
    own = tuple(each.declaration() for each in programme.fields) if programme else ()
    model: Any = extend(Consortium, (*own, *extra))
    labels = programme.labels if programme else {}
    sheets = layout(model, labels)
    if programme is None:
        return Form(None, model, sheets)
    return Form(
        programme,
        model,
        sheets,
        needed_by(programme, common),
        tuple(anchors_of(programme)),
        field_notes(programme, common),
    )


def write_workbook(
    form: Form,
    base: Mapping[str, Any],
    filings: Mapping[str, Mapping[str, Any]],
    *,
    missing: list[tuple[str, str]] | None = None,
) -> bytes:
    """A workbook with all that it is given; the same bytes for the same.

    Args:
        form: what it is made for.
        base: the data for all programmes, as dicts, lists and texts in the model's names; a list that
            is empty on purpose is empty, a group stated as none is 无.
        filings: what differs by programme, by code, in the same way.
        missing: paths and Chinese titles of what is needed and still missing, to be marked; None where
            nothing is to be marked.
    """
    workbook = Workbook()
    first = workbook.active
    if not isinstance(first, Worksheet):
        raise TypeError("a new workbook begins with a sheet")
    first.title = GUIDE_SHEET
    book = Book(form, base)
    missing_sheet = workbook.create_sheet(MISSING_SHEET) if missing else None
    listed: list[tuple[Sheet, int]] = []
    targets: dict[str, Worksheet] = {}
    for sheet in form.sheets:
        if sheet.form == "pairs" and not shown(book, sheet):
            continue
        targets[sheet.title] = workbook.create_sheet(sheet.title)
        needed = sum(full_path(sheet, column) in form.needed.paths for column in sheet.columns)
        if sheet.form == "map":
            needed = sum(path.startswith(f"{sheet.path}.") for path in form.needed.paths)
        listed.append((sheet, needed))
    for sheet, _ in listed:
        target = targets[sheet.title]
        if sheet.form == "pairs":
            write_pairs(book, sheet, target, mark_missing=missing is not None)
        elif sheet.form in {"table", "map"}:
            TableWriter(book, sheet).write(target)
    accepted, rows = _filing_rows(form, filings)
    rows += [("", path, text) for path, text in _overflow(book)]
    for sheet, _ in listed:
        if sheet.form == "filings":
            _write_rows(book, sheet, targets[sheet.title], tuple(FILING_HEADS.values()), rows)
        elif sheet.form == "accepted":
            _write_rows(book, sheet, targets[sheet.title], tuple(ACCEPTED_HEADS.values()), accepted)
    cover.write_guide(form, first, listed, None if missing is None else len(missing))
    if missing_sheet is not None and missing:
        cover.write_missing(
            missing_sheet, [(*_cell_of(form, targets, path), title) for path, title in missing]
        )
    cover.write_layout(form, workbook.create_sheet(LAYOUT_SHEET))
    workbook.calculation.fullCalcOnLoad = True
    workbook.properties.creator = "lianheti"
    workbook.properties.created = workbook.properties.modified = _FIXED_TIME
    return saved(workbook)


def _filing_rows(
    form: Form, filings: Mapping[str, Mapping[str, Any]]
) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
    """The accepted findings, and all else that the filings say, each as rows of three texts."""
    accepted: list[tuple[str, str, str]] = []
    rows: list[tuple[str, str, str]] = []
    codes = dict.fromkeys([*([form.programme.code] if form.programme else []), *filings])
    for code in codes:
        rows.append((code, "", ""))
        given = dict(leaves(filings.get(code, {})))
        found: dict[str, dict[str, str]] = {}
        for path, text in given.items():
            match = _ACCEPTED.fullmatch(path)
            if match and fits(text):
                found.setdefault(match[1], {})[match[2]] = text
        whole = sum(len(item) for item in found.values()) == sum(
            path.startswith("accepted") for path in given
        )
        if found and whole:
            accepted += [(code, item.get("rule", ""), item.get("reason", "")) for item in found.values()]
            given = {path: text for path, text in given.items() if not path.startswith("accepted")}
        rows += [(code, name, piece) for path, text in given.items() for name, piece in _cut(path, text)]
    return accepted, rows


def _overflow(book: Book) -> list[tuple[str, str]]:
    """What no sheet could take, by path."""
    return [row for path, text in book.leaves.items() for row in _cut(book.selected(path), text)]


def _cut(path: str, text: str) -> list[tuple[str, str]]:
    # A long text is cut into pieces numbered #1, #2 …; so a key that itself ends in #2 gets a number behind it too.
    if fits(text) and not _NUMBERED.search(path):
        return [(path, text)]
    return [(f"{path}#{at}", piece) for at, piece in enumerate(pieces(text), 1)]


def _write_rows(
    book: Book,
    sheet: Sheet,
    target: Worksheet,
    heads: tuple[str, ...],
    rows: list[tuple[str, str, str]],
) -> None:
    """A sheet of three plain columns."""
    sheet_top(book, target, sheet.title, len(heads))
    hint = {
        "filings": "同一份数据申报几个方案、某一项填得不一样时，在这里写：方案、字段（如 联系人·电话、members[3].kind）、内容。"
        "方案空着的行，对各方案都有效，是放不进各表的内容",
        "accepted": "确实不符合、仍要申报的条件，写明理由，会记录在案。条件的标题照核对结果写；方案空着即本方案",
    }[sheet.form]
    styles.put(styles.at(target, 2, 1), hint, styles.GREY, styles.PLAIN)
    for at, (title, width) in enumerate(zip(heads, _FILING_WIDTHS, strict=True), 1):
        cell = styles.at(target, HEAD_ROW, at)
        styles.put(cell, title, styles.HEAD, styles.CENTRE)
        cell.fill = styles.BLUE
        cell.border = styles.GRID
        dimension = target.column_dimensions["ABC"[at - 1]]
        dimension.width = width
        dimension.number_format = styles.TEXT_FORMAT
        dimension.alignment = styles.TOP
    for offset in range(len(rows) + _SPARE_ROWS):
        content = rows[offset] if offset < len(rows) else ("", "", "")
        row = HEAD_ROW + 1 + offset
        for at, text in enumerate(content, 1):
            cell = styles.at(target, row, at)
            styles.put(cell, text or None)
            cell.number_format = styles.TEXT_FORMAT
            cell.border = styles.GRID
        lines = styles.lines_needed(content[2], _FILING_WIDTHS[2])
        if lines > 1:
            target.row_dimensions[row].height = min(15.5 * lines + 4, 400)
    target.freeze_panes = styles.at(target, HEAD_ROW + 1, 1)
    styles.set_up_print(target, landscape=True, head_row=HEAD_ROW)


def _cell_of(form: Form, targets: Mapping[str, Worksheet], path: str) -> tuple[str, str]:
    """The sheet and cell where a missing field is to be filled."""
    plain = re.sub(r"\[\d*\]", "[]", path)
    for sheet in form.sheets:
        target = targets.get(sheet.title)
        if target is None:
            continue
        if sheet.form == "pairs":
            for column in sheet.columns:
                if column.path == plain:
                    return sheet.title, _row_with(target, column.header, 2)
        elif sheet.form == "map" and plain.startswith(f"{sheet.path}."):
            at = next(
                (at for at in range(1, 8) if styles.at(target, HEAD_ROW, at).value in {"正文", "文件"}), 3
            )
            return sheet.title, _row_with(target, plain[len(sheet.path) + 1 :].partition(".")[0], at)
        elif sheet.form == "table" and plain.partition("[]")[0] == sheet.path:
            return sheet.title, _in_table(sheet, target, path, plain)
    return "", ""


def _row_with(target: Worksheet, text: str, column: int) -> str:
    for row in range(HEAD_ROW + 1, target.max_row + 1):
        if styles.at(target, row, 1).value == text:
            return str(styles.at(target, row, column).coordinate)
    return ""


def _in_table(sheet: Sheet, target: Worksheet, path: str, plain: str) -> str:
    index = re.search(r"\[(\d+)\]", path)
    row = HEAD_ROW + 1 + (int(index[1]) if index else 0)
    header = next((column.header for column in sheet.columns if full_path(sheet, column) == plain), "")
    for at in range(1, target.max_column + 1):
        if header and styles.at(target, HEAD_ROW, at).value == header:
            return str(styles.at(target, row, at).coordinate)
    return str(styles.at(target, row, 1).coordinate)

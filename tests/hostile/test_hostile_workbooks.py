"""Workbooks that are clumsy, broken or made to hurt: each ends in a clear message with its cell, soon."""

from __future__ import annotations

import io
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from datetime import time as clock
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook

from generator.errors import DataError
from generator.readers.source_file import read_source
from tests.pace import allowed
from tests.readers.books import (
    cell_of,
    edited,
    filled,
    in_sheet,
    loaded,
    opened,
    part_of,
    rezipped,
    saved,
    told,
)

SECONDS = 2.0
MEMBERS, USES, ACCOUNTS = "成员单位", "经费用途", "年度财务数据"
Case = tuple[Callable[[], bytes], str, str, str | None]


def put(sheet: str, title: str, row: int, value: Any, number_format: str = "") -> Callable[[], bytes]:
    def change(book: Workbook) -> None:
        cell = cell_of(book, sheet, title, row)
        cell.value = value
        if number_format:
            cell.number_format = number_format

    return lambda: edited(change)


def at(sheet: str, name: str, value: Any) -> Callable[[], bytes]:
    def change(book: Workbook) -> None:
        book[sheet][name].value = value

    return lambda: edited(change)


def cell_xml(sheet: str, name: str, xml: str) -> Callable[[], bytes]:
    """A cell's XML replaced as a whole."""

    def build() -> bytes:
        data = filled()
        part = part_of(data, sheet)

        def change(parts: dict[str, bytes]) -> None:
            text = parts[part].decode()
            changed, count = re.subn(
                rf'<c r="{name}"(?:[^>]*/>|.*?</c>)', xml, text, count=1, flags=re.DOTALL
            )
            assert count == 1
            parts[part] = changed.encode()

        return rezipped(data, change)

    return build


def do(change: Callable[[Workbook], Any]) -> Callable[[], bytes]:
    return lambda: edited(change)


def header_twice(book: Workbook) -> None:
    sheet = book[MEMBERS]
    sheet.cell(4, 60).value = "单位性质"
    sheet.cell(5, 60).value = "企业"


def without_header(book: Workbook) -> None:
    book[MEMBERS].cell(5, 60).value = "这是什么"


def merged_header(book: Workbook) -> None:
    sheet = book[USES]
    sheet.cell(4, 3).value = "备注一"
    sheet.merge_cells("C4:D4")
    sheet.cell(5, 4).value = "说明"


def copied_sheet(book: Workbook) -> None:
    book.copy_worksheet(book[MEMBERS])


def renamed_beyond_knowing(book: Workbook) -> None:
    sheet = book[USES]
    sheet.title = "表7"
    for row in range(1, 5):
        for column in range(1, 4):
            sheet.cell(row, column).value = f"列{row}{column}"


def no_table_header(book: Workbook) -> None:
    book[USES].delete_rows(4)


def tick_and_rows(book: Workbook) -> None:
    book[USES]["B2"].value = "是"


def merged_money(book: Workbook) -> None:
    book[USES].merge_cells("B5:B6")


def sum_row(book: Workbook) -> None:
    book[USES]["A7"].value = "合计"
    book[USES]["B7"].value = 150


def stamped(version: object) -> Callable[[], bytes]:
    def change(book: Workbook) -> None:
        book["_lianheti"]["B1"].value = version

    return do(change)


def other_unit(book: Workbook) -> None:
    sheet = book["_lianheti"]
    for row in range(3, sheet.max_row + 1):
        if sheet.cell(row, 5).value == "amount" and sheet.cell(row, 1).value == USES:
            sheet.cell(row, 8).value = "元"


CLUMSY: dict[str, Case] = {
    "a credit code as a number": (
        put(MEMBERS, "统一社会信用代码", 5, 914103001234567890),
        "存成了数字",
        MEMBERS,
        "C5",
    ),
    "a short code as a number": (put(MEMBERS, "统一社会信用代码", 5, 41030012), "存成了数字", MEMBERS, "C5"),
    "a telephone as a number": (put("概况", "联系人·电话", 0, 37155501234), "开头的 0", "概况", None),
    "an identity number as a number": (
        put(MEMBERS, "签约代理人·身份证件号码", 5, 410300198001011234),
        "存成了数字",
        MEMBERS,
        None,
    ),
    "a number in sixteen digits": (put(USES, "金额（万元）", 5, 1234567890123456), "超过 15 位", USES, "B5"),
    "a formula without its value": (put(USES, "金额（万元）", 5, "=1+1"), "没有存它的结果", USES, "B5"),
    "a text formula without its value": (
        put(MEMBERS, "单位名称", 6, '="乙"&"大学"'),
        "没有存它的结果",
        MEMBERS,
        "B6",
    ),
    "#N/A": (cell_xml(USES, "B5", '<c r="B5" t="e"><v>#N/A</v></c>'), "#N/A（查找的内容不存在）", USES, "B5"),
    "#REF!": (cell_xml(USES, "B5", '<c r="B5" t="e"><v>#REF!</v></c>'), "#REF!", USES, "B5"),
    "#DIV/0! of a formula": (
        cell_xml(USES, "B6", '<c r="B6" t="e"><f>1/0</f><v>#DIV/0!</v></c>'),
        "除数是零",
        USES,
        "B6",
    ),
    "#NAME? in a text": (
        cell_xml(MEMBERS, "B6", '<c r="B6" t="e"><v>#NAME?</v></c>'),
        "名称写错",
        MEMBERS,
        "B6",
    ),
    "an error value of a newer Excel": (
        cell_xml(USES, "B5", '<c r="B5" t="e"><v>#SPILL!</v></c>'),
        "#SPILL!",
        USES,
        "B5",
    ),
    "a column that nothing knows": (
        do(lambda book: (book[MEMBERS].cell(4, 60, "单位性値"), book[MEMBERS].cell(5, 60, "企业"))),
        "改为“单位性质”",
        MEMBERS,
        "BH4",
    ),
    "a column twice": (do(header_twice), "表头“单位性质”有两列", MEMBERS, "BH4"),
    "a column without a header": (do(without_header), "没有表头", MEMBERS, "BH5"),
    "a header merged over two columns": (do(merged_header), "与左边合并", USES, "D5"),
    "a label that nothing knows": (
        do(lambda book: (book["概况"].cell(60, 1, "联合体名字"), book["概况"].cell(60, 2, "某"))),
        "联合体名称",
        "概况",
        "A60",
    ),
    "a value without a label": (at("概况", "B70", "孤零零"), "没有项目名", "概况", "B70"),
    "a value given twice": (
        do(lambda book: (book["概况"].cell(60, 1, "联合体名称"), book["概况"].cell(60, 2, "另一个"))),
        "写了两次",
        "概况",
        "B60",
    ),
    "a sheet twice": (do(copied_sheet), "有两张工作表都是“成员单位”", "成员单位 Copy", "A1"),
    "a table without its header": (do(no_table_header), "找不到表头", USES, "A1"),
    "ticked as empty, and filled": (do(tick_and_rows), "又填了内容", USES, "B2"),
    "a tick that is none": (at("科研团队", "B2", "大概吧"), "不是“是”或“否”", "科研团队", "B2"),
    "an amount merged over two rows": (do(merged_money), "合并成一格（B5）", USES, "B6"),
    "a row of sums": (do(sum_row), "删去这一行", USES, "A7"),
    "a date in a field of text": (put(MEMBERS, "单位名称", 6, date(2026, 3, 1)), "设为“文本”", MEMBERS, "B6"),
    "a date in a field of money": (
        put(USES, "金额（万元）", 5, date(2026, 3, 1)),
        "这里要填金额",
        USES,
        "B5",
    ),
    "a time of day": (put(USES, "用途", 5, clock(8, 30)), "时间格式", USES, "A5"),
    "a date that does not exist": (put("概况", "填报日期", 0, "2026-02-30"), "不是存在的日期", "概况", None),
    "an option that is none": (put(MEMBERS, "单位性质", 5, "国企"), "不在可选范围内", MEMBERS, "D5"),
    "a yes that is neither": (put(MEMBERS, "高新技术企业", 5, "可能"), "不是“是”或“否”", MEMBERS, None),
    "an amount in words": (put(USES, "金额（万元）", 5, "一百来万"), "不是金额", USES, "B5"),
    "a unit of another currency": (put(USES, "金额（万元）", 5, "100美元"), "单位“美元”不可用", USES, "B5"),
    "a negative count": (put(MEMBERS, "职工总数（人）", 5, -3), "负数", MEMBERS, None),
    "half a person": (put(MEMBERS, "职工总数（人）", 5, 2.5), "不是整数", MEMBERS, None),
    "a third of a cent": (put(USES, "金额（万元）", 5, 0.0000001), "小数位过多", USES, "B5"),
    "a share that may be two things": (
        put(MEMBERS, "牵头单位持股比例（%）", 5, 0.125, "General"),
        "分不清是 0.125% 还是 12.5",
        MEMBERS,
        None,
    ),
    "an account of no member": (at(ACCOUNTS, "A5", "丙公司"), "没有“丙公司”", ACCOUNTS, "A5"),
    "an account of nobody": (at(ACCOUNTS, "A5", None), "没有写是哪个单位", ACCOUNTS, "A5"),
    "an account of a name misspelt": (at(ACCOUNTS, "A5", "甲公同"), "改为“甲公司”", ACCOUNTS, "A5"),
    "two members of one name": (at(MEMBERS, "B6", "甲公司"), "不止一个", ACCOUNTS, "A5"),
    "a clause without its number": (
        do(
            lambda book: (
                book["协议条款"].cell(6, 1).__setattr__("value", None),
                book["协议条款"].cell(6, 3, "某"),
            )
        ),
        "没有编号",
        "协议条款",
        "A6",
    ),
    "a clause twice": (
        do(lambda book: (book["协议条款"].cell(6, 1, "breach"), book["协议条款"].cell(6, 3, "又一个"))),
        "写了两次",
        "协议条款",
        "C6",
    ),
    "a filing of no programme": (
        do(
            lambda book: (
                book["申报"].cell(6, 1, "third/three"),
                book["申报"].cell(6, 2, "name"),
                book["申报"].cell(6, 3, "某"),
            )
        ),
        "third/three",
        "申报",
        "A6",
    ),
    "a filing without its field": (at("申报", "C6", "某"), "没有写字段", "申报", "C6"),
    "a filing's field that is no path": (
        do(
            lambda book: (
                book["申报"].cell(6, 1, "first/one"),
                book["申报"].cell(6, 2, "members[[0]"),
                book["申报"].cell(6, 3, "某"),
            )
        ),
        "的写法不对",
        "申报",
        "C6",
    ),
    "a filing's item far away": (
        do(
            lambda book: (
                book["申报"].cell(6, 1, "first/one"),
                book["申报"].cell(6, 2, "members[9].name"),
                book["申报"].cell(6, 3, "某"),
            )
        ),
        "前面缺少第 1 项",
        "申报",
        "C6",
    ),
    "an older form": (stamped(0), "由第 0 版改为第 1 版", "_lianheti", "B1"),
    "a newer form": (stamped(99), "比本程序认识的", "_lianheti", "B1"),
    "a form of another unit": (do(other_unit), "单位由“元”改为“万元”", "_lianheti", "B1"),
    "an invisible character": (put(USES, "用途", 5, "设\u200b备"), "U+200B", USES, "A5"),
    "a direction override": (put(USES, "用途", 5, "设\u202e备"), "U+202E", USES, "A5"),
}


@pytest.mark.one_in(4)
@pytest.mark.parametrize(("build", "message", "sheet", "cell"), CLUMSY.values(), ids=CLUMSY.keys())
def test_a_clumsy_workbook_is_told_its_cell_and_what_to_do(
    tmp_path: Path, build: Callable[[], bytes], message: str, sheet: str, cell: str | None
) -> None:
    problems = told(build(), tmp_path)
    found = [problem for problem in problems if message in f"{problem.message}。{problem.remedy}"]
    assert found, [str(problem) for problem in problems]
    assert found[0].remedy
    assert found[0].place.sheet == sheet
    assert re.fullmatch(r"[A-Z]+\d+", found[0].place.cell or "")
    if cell is not None:
        assert found[0].place.cell == cell


def test_all_that_is_wrong_is_told_in_one_run(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        cell_of(book, MEMBERS, "统一社会信用代码", 5).value = 914103001234567890
        cell_of(book, MEMBERS, "单位性质", 6).value = "学校"
        cell_of(book, USES, "金额（万元）", 5).value = "=1+1"
        book[ACCOUNTS]["A5"].value = "丙公司"

    places = {(problem.place.sheet, problem.place.cell) for problem in told(edited(change), tmp_path)}
    assert places == {(MEMBERS, "C5"), (MEMBERS, "D6"), (USES, "B5"), (ACCOUNTS, "A5")}


def test_a_sheet_renamed_beyond_knowing_is_asked_about(tmp_path: Path) -> None:
    data = loaded(edited(renamed_beyond_knowing), tmp_path)
    (asked,) = [notice for notice in data.notices if notice.sort == "ask"]
    assert USES in asked.text
    assert asked.place.sheet == "表7"


def test_an_unknown_column_is_told_once_however_many_rows_it_has(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book[USES].cell(4, 3, "备注")
        for row in range(5, 205):
            book[USES].cell(row, 1, f"用途{row}")
            book[USES].cell(row, 3, "待定")

    data = loaded(edited(change), tmp_path)
    assert data.problems == ()
    assert len([notice for notice in data.notices if "备注" in notice.text]) == 1


# Files that are no workbook, or a broken one.


def encrypted() -> bytes:
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 600
        + "EncryptedPackage".encode("utf-16-le")
        + b"\0" * 600
    )


def old_excel() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "Workbook".encode("utf-16-le") + b"\0" * 600


def zipped(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def of_type(content_type: str) -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
            b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            content_type.encode(),
        )

    return rezipped(filled(), change)


def corrupt() -> bytes:
    data = bytearray(filled())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        info = archive.getinfo(part_of(bytes(data), MEMBERS))
    middle = info.header_offset + 200
    data[middle : middle + 40] = bytes(40)
    return bytes(data)


def with_password_flag() -> bytes:
    data = bytearray(filled())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (found := data.find(signature, start)) >= 0:
            data[found + offset] |= 1
            start = found + 4
    return bytes(data)


def duplicate_parts() -> bytes:
    buffer = io.BytesIO(filled())
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/workbook.xml", b"<other/>")
    return buffer.getvalue()


def many_parts() -> bytes:
    buffer = io.BytesIO(filled())
    with zipfile.ZipFile(buffer, "a") as archive:
        for number in range(5001):
            archive.writestr(f"xl/junk/{number}.bin", b"")
    return buffer.getvalue()


def many_sheets() -> bytes:
    book = opened(filled())
    for number in range(101):
        book.create_sheet(f"多余{number}")
    return saved(book)


def with_entity() -> bytes:
    bomb = '<!DOCTYPE x [<!ENTITY a "' + "甲" * 100 + '">]>'
    return rezipped(
        filled(),
        lambda parts: parts.update({"xl/workbook.xml": bomb.encode() + parts["xl/workbook.xml"]}),
    )


def in_utf16() -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        text = parts["xl/workbook.xml"].decode().replace("utf-8", "utf-16").replace("UTF-8", "UTF-16")
        parts["xl/workbook.xml"] = text.encode("utf-16")

    return rezipped(filled(), change)


def strict() -> bytes:
    return rezipped(
        filled(),
        lambda parts: parts.update(
            {
                "xl/workbook.xml": parts["xl/workbook.xml"].replace(
                    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                    b"http://purl.oclc.org/ooxml/spreadsheetml/main",
                )
            }
        ),
    )


def blank_book() -> bytes:
    return saved(openpyxl.Workbook())


def foreign_book() -> bytes:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["日期", "品名", "数量"])
    book.worksheets[0].append(["3月1日", "铅笔", 3])
    return saved(book)


OTHER_FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a workbook with a password": (encrypted, "设了打开密码的工作簿"),
    "an old .xls renamed": (old_excel, "旧版 Excel 工作簿（.xls）"),
    "an old .doc renamed": (
        lambda: old_excel().replace("Workbook".encode("utf-16-le"), "WordDocument".encode("utf-16-le")),
        "旧版 Word 文档（.doc）",
    ),
    "the first half of a workbook": (lambda: filled()[:20_000], "文件不完整"),
    "a workbook with its middle zeroed": (corrupt, "已经损坏"),
    "a zip with a password": (with_password_flag, "设了密码"),
    "a zip of other files": (lambda: zipped(readme=b"hello"), "压缩包"),
    "an OpenDocument sheet renamed": (
        lambda: zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content=b"<x/>"),
        ".ods",
    ),
    "a Word document renamed": (
        lambda: of_type("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"),
        "Word 文档",
    ),
    "a workbook with macros renamed": (
        lambda: of_type("application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
        "启用宏的工作簿（.xlsm）",
    ),
    "a binary workbook renamed": (
        lambda: of_type("application/vnd.ms-excel.sheet.binary.macroEnabled.main"),
        "二进制工作簿（.xlsb）",
    ),
    "a web page renamed": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
    "an XML spreadsheet of 2003": (
        lambda: b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        "XML 电子表格 2003",
    ),
    "a table of commas renamed": ("名称,数量\n甲,1\n".encode, "文本（可能是 .csv"),
    "a PDF renamed": (lambda: b"%PDF-1.7\n", "PDF 文件"),
    "a picture renamed": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "图片"),
    "nothing but zero bytes": (lambda: b"\0" * 4096, "全是空字节"),
    "noise": (lambda: b"\x01\x02\x03\xff" * 500, "不是 Excel 工作簿，或者已经损坏"),
    "parts of one name": (duplicate_parts, "同名的部件"),
    "five thousand parts": (many_parts, "不是正常的工作簿"),
    "a hundred sheets too many": (many_sheets, "超过 100 张"),
    "an entity declared": (with_entity, "实体声明"),
    "a part in UTF-16": (in_utf16, "不是 UTF-8"),
    "a strict workbook": (strict, "严格开放 XML"),
    "a workbook of nothing": (blank_book, "工作簿是空的"),
    "somebody else's workbook": (foreign_book, "没有认出任何一张工作表"),
    "a broken workbook part": (
        lambda: rezipped(filled(), lambda parts: parts.update({"xl/workbook.xml": b"<workbook>"})),
        "已经损坏",
    ),
    "no workbook part": (
        lambda: rezipped(filled(), lambda parts: parts.pop("xl/workbook.xml")),
        "没有工作簿的内容",
    ),
}


@pytest.mark.parametrize(("build", "message"), OTHER_FILES.values(), ids=OTHER_FILES.keys())
def test_a_file_that_is_no_workbook_is_told_from_others_in_words(
    tmp_path: Path, build: Callable[[], bytes], message: str
) -> None:
    path = tmp_path / "数据.xlsx"
    path.write_bytes(build())
    with pytest.raises(DataError) as caught:
        read_source(path)
    assert message in str(caught.value)
    assert caught.value.remedy
    assert "数据.xlsx" in str(caught.value)


# Files made to hurt: refused soon, and in little memory.


def far_cell() -> bytes:
    book = opened(filled())
    book[USES]["XFD1048576"].value = "远"
    return saved(book)


def far_cell_in_disguise() -> bytes:
    return in_sheet(
        filled(),
        USES,
        "</sheetData>",
        "<row r='1048576'><c s='1' r = 'XFD1048576'><v>1</v></c></row></sheetData>",
    )


def far_row_of_nameless_cells() -> bytes:
    return in_sheet(filled(), USES, "</sheetData>", '<row r="1048576"><c><v>1</v></c></row></sheetData>')


def far_cell_of_prefixed_names() -> bytes:
    data = filled()
    part = part_of(data, USES)
    text = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        '<x:row r="900000"><x:c r="A900000"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    return rezipped(data, lambda parts: parts.update({part: text.encode()}))


def sheet_bomb() -> bytes:
    data = filled()
    part = part_of(data, USES)
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return rezipped(data, lambda parts: parts.update({part: head + b" " * 200_000_000}))


def styles_bomb() -> bytes:
    return rezipped(
        filled(), lambda parts: parts.update({"xl/styles.xml": b"<styleSheet>" + b" " * 200_000_000})
    )


def lying_sizes() -> bytes:
    """A member that says it is small, and is not."""
    data = bytearray(sheet_bomb())
    start = 0
    while (found := data.find(b"PK\x01\x02", start)) >= 0:
        size = struct.unpack_from("<I", data, found + 24)[0]
        if size > 1_000_000:
            struct.pack_into("<I", data, found + 24, 1000)
        start = found + 4
    return bytes(data)


def too_many_cells() -> bytes:
    data = filled()
    part = part_of(data, USES)
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    rows = b"".join(
        b'<row r="%d"><c r="IV%d"><v>1</v></c></row>' % (number, number) for number in range(1, 10_000)
    )

    def change(parts: dict[str, bytes]) -> None:
        for title in (USES, MEMBERS, ACCOUNTS):
            parts[part_of(data, title)] = head + rows + b"</sheetData></worksheet>"
        assert part in parts

    return rezipped(data, change)


BOMBS = {
    "a cell at XFD1048576": (far_cell, "超出了 9999 行"),
    "the same with its attributes turned round": (far_cell_in_disguise, "超出了 9999 行"),
    "a far row of cells without places": (far_row_of_nameless_cells, "超出了 9999 行"),
    "a far cell under a prefix": (far_cell_of_prefixed_names, "超出了 9999 行"),
    "a sheet of 200 MB": (sheet_bomb, "解开后过大"),
    "styles of 200 MB": (styles_bomb, "解开后过大"),
    "a member that lies about its size": (lying_sizes, "损坏"),
    "seven million cells": (too_many_cells, "单元格超过"),
}


@pytest.mark.thorough
@pytest.mark.parametrize(("build", "message"), BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_refused_soon_and_in_little_memory(
    tmp_path: Path, build: Callable[[], bytes], message: str
) -> None:
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(build())
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from generator.errors import DataError\n"
        "from generator.readers.source_file import read_source\n"
        "start = time.process_time()\n"
        "try:\n"
        "    read_source(Path(sys.argv[1]))\n"
        "except DataError as error:\n"
        "    print(error)\n"
        "print(time.process_time() - start)\n"
        # The peak of the process itself: ru_maxrss begins with that of the process that started it.
        "status = Path('/proc/self/status')\n"
        "lines = status.read_text().splitlines() if status.exists() else ['VmHWM: 0 kB']\n"
        "print(next(line for line in lines if line.startswith('VmHWM')).split()[1])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    said, seconds, peak = done.stdout.rsplit("\n", 3)[:3]
    assert message in said
    assert float(seconds) < allowed(SECONDS)
    assert int(peak) / 1024 < 300


def test_cells_far_away_that_hold_nothing_do_no_harm(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book[USES]["XFD1048576"].number_format = "0.00"

    assert told(edited(change), tmp_path) == []

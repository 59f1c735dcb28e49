"""Workbooks built by code, and what the program says of them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
from msgspec.structs import replace
from openpyxl.workbook.workbook import Workbook

from generator.errors import DataError, Place, Problem
from generator.model.catalogue import CommonRules
from generator.model.dataset import Dataset
from generator.model.programme import Programme
from generator.readers.excel.reader import read_workbook
from generator.readers.load import load
from generator.readers.source_file import Source, read_source
from generator.writers.excel.book import Form
from generator.writers.excel.form import make_form, write_workbook

BASE: dict[str, Any] = {
    "name": "某省轴承创新联合体",
    "filing_date": "2026-03-01",
    "contact": {"name": "张三", "phone": "0371-55501234"},
    "members": [
        {
            "role": "牵头单位",
            "name": "甲公司",
            "credit_code": "91410300MAH01E8A16",
            "kind": "企业",
            "high_tech": "是",
            "staff": "120",
            "accounts": [{"year": "2024", "sales": "1200.1", "rd": "60"}],
        },
        {"role": "成员单位", "name": "乙大学", "kind": "高等学校", "staff": "900"},
    ],
    "funds": {"uses": [{"purpose": "设备", "amount": "100"}, {"purpose": "材料", "amount": "50"}]},
    "agreement": {"clauses": {"breach": {"text": "违约的，承担责任。"}}},
}


@cache
def programme() -> Programme:
    """A programme with fields of its own and no documents."""
    return Programme.model_validate(
        {
            "schema": 1,
            "code": "first/one",
            "title": "某省创新联合体组建备案",
            "short_title": "某省联合体",
            "authority": "某省科学技术厅",
            "region": "某省",
            "source": {"title": "办法"},
            "documents": [],
            "fields": [
                {"path": "members[].bank", "title": "开户银行", "kind": "text"},
                {"path": "members[].stages[].title", "title": "阶段名称", "kind": "text"},
                {"path": "members[].stages[].parts[].title", "title": "分项名称", "kind": "text"},
                {"path": "indicators.patents.applied", "title": "申请专利数", "kind": "count", "unit": "项"},
                {"path": "exports", "title": "出口创汇", "kind": "money", "unit": "万美元"},
                {"path": "lists[].name", "title": "清单名称", "kind": "text"},
                {"path": "keywords[]", "title": "关键词", "kind": "text"},
            ],
            "labels": {"chief_scientist": "技术总师"},
            "limits": [
                {"path": "members[].position", "max": 200, "clause": "表六", "quote": "限 200 字"},
                {"path": "cooperation", "max": 300, "clause": "表七", "quote": "限 300 字"},
            ],
            "attachments": [{"id": "licence", "title": "营业执照复印件"}],
        }
    )


@cache
def form() -> Form:
    """The whole form of the programme."""
    return make_form(programme(), CommonRules())


@cache
def filled() -> bytes:
    """A guided workbook with data in it, of the sheets that the tests change: opening fewer is faster."""
    kept = ("概况", "成员单位", "年度财务数据", "科研团队", "经费用途", "协议条款", "申报", "接受的不符合项")
    some = replace(form(), sheets=tuple(sheet for sheet in form().sheets if sheet.title in kept))
    return write_workbook(some, BASE, {})


def opened(data: bytes) -> Workbook:
    """A workbook to be changed."""
    return openpyxl.load_workbook(io.BytesIO(data))


def saved(book: Workbook) -> bytes:
    """The changed workbook."""
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def cell_of(book: Workbook, sheet: str, title: str, row: int) -> Any:
    """The cell of a table's column in a row, or the value beside a label of a sheet of pairs."""
    target = book[sheet]
    if target.cell(4, 1).value == "项目":
        for at in range(5, target.max_row + 1):
            if target.cell(at, 1).value == title:
                return target.cell(at, 2)
    for at in range(1, target.max_column + 1):
        if target.cell(4, at).value == title:
            return target.cell(row, at)
    raise KeyError(title)


def edited(change: Callable[[Workbook], Any]) -> bytes:
    """The guided workbook after a change by hand."""
    book = opened(filled())
    change(book)
    return saved(book)


def rezipped(data: bytes, change: Callable[[dict[str, bytes]], Any]) -> bytes:
    """A workbook with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def part_of(data: bytes, sheet: str) -> str:
    """The part that holds a sheet."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        book = archive.read("xl/workbook.xml").decode()
        relations = archive.read("xl/_rels/workbook.xml.rels").decode()
    found = re.search(rf'<sheet [^>]*name="{sheet}"[^>]*r:id="(\w+)"', book)
    assert found
    relation = next(
        each for each in re.findall(r"<Relationship [^>]*>", relations) if f'Id="{found[1]}"' in each
    )
    target = re.search(r'Target="/?([^"]+)"', relation)
    assert target
    return target[1] if target[1].startswith("xl/") else f"xl/{target[1]}"


def in_sheet(data: bytes, sheet: str, old: str, new: str) -> bytes:
    """A workbook with one piece of a sheet's XML replaced."""
    part = part_of(data, sheet)

    def change(parts: dict[str, bytes]) -> None:
        text = parts[part].decode()
        assert old in text, old
        parts[part] = text.replace(old, new, 1).encode()

    return rezipped(data, change)


def loaded(data: bytes, folder: Path, name: str = "数据.xlsx") -> Dataset:
    """The workbook as the programme sees it."""
    path = folder / name
    path.write_bytes(data)
    one = programme()
    return load(read_source(path), one, known={one.code: one})


def told(data: bytes, folder: Path, name: str = "数据.xlsx") -> list[Problem]:
    """Everything that the program finds wrong with a file."""
    try:
        return list(loaded(data, folder, name).problems)
    except DataError as error:
        if error.problems:
            return list(error.problems)
        return [Problem(error.what, error.remedy, error.place or Place(name))]


def source_of(data: bytes, folder: Path) -> Source:
    """The workbook as read, without a file."""
    return Source(read_workbook(data, "数据.xlsx"), "数据.xlsx", folder, data)

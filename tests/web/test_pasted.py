"""Blocks of cells out of a spreadsheet, as its clipboard has them, read into rows without losing a character."""

from __future__ import annotations

import pytest

from generator.errors import UsageError
from generator.web.pasted import Pasted, read_pasted
from generator.workflows.forms import FormField, programme_form
from generator.workflows.workspace import Workspace

P = "henan/consortium-2022"


@pytest.fixture(scope="module")
def fields(workspace: Workspace) -> tuple[FormField, ...]:
    form = programme_form(workspace, P)
    return next(section.fields for section in form.sections if section.path == "members")


def read(fields: tuple[FormField, ...], text: str, names: list[str] | None = None) -> Pasted:
    return read_pasted(text, fields, names or ["name", "address"])


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ('"第一行\n第二行"', "第一行\n第二行"),
        ('"第一行\r\n第二行"', "第一行\n第二行"),
        ('"他说""好""\n就走了"', '他说"好"\n就走了'),
        # A cell that merely begins with a quote, or has one within, stands as it is.
        ('"十四五"规划重点单位', '"十四五"规划重点单位'),
        ('"十四五"', '"十四五"'),
        ('"没有关上', '"没有关上'),
        ('5"管材', '5"管材'),
        ("“十四五”", "“十四五”"),
        ("x" * 200_000, "x" * 200_000),
    ],
)
def test_a_cell_keeps_every_character(fields: tuple[FormField, ...], cell: str, kept: str) -> None:
    for text in (f"{cell}\t乙\r\n丙\t丁\r\n", f"甲\t{cell}\r\n丙\t丁", f"甲\t乙\r\n丙\t{cell}"):
        rows = read(fields, text).rows
        assert len(rows) == 2
        assert kept in [cell for row in rows for cell in row.values()]
        assert sum(len(row) for row in rows) == 4


def test_a_blank_row_within_keeps_the_others_at_their_rows(fields: tuple[FormField, ...]) -> None:
    found = read(fields, "甲\r\n\r\n丙\r\n\r\n\r\n", ["name"])
    assert [row["name"] for row in found.rows] == ["甲", "", "丙"]
    assert "1 格是空的" in found.said()


def test_heads_below_a_merged_title_and_with_line_breaks_are_found(fields: tuple[FormField, ...]) -> None:
    text = '成员单位一览表\t\t\t\r\n序号\t"单位\n名称"\t角色\t备注\r\n1\t甲公司\t牵头单位\t老客户\r\n2\t乙公司\t\t\r\n'
    found = read(fields, text)
    assert [row["name"] for row in found.rows] == ["甲公司", "乙公司"]
    assert [row["role"] for row in found.rows] == ["牵头单位", ""]
    assert found.unknown == ("备注",)
    assert "备注" in found.said()
    assert "序号" not in found.said()


def test_more_columns_than_are_left_or_too_many_rows_are_refused(fields: tuple[FormField, ...]) -> None:
    assert read(fields, "甲\t乙\t\t\r\n").rows == ({"name": "甲", "address": "乙"},)
    with pytest.raises(UsageError, match="列"):
        read(fields, "甲\t乙\t丙\r\n")
    with pytest.raises(UsageError, match="1000 行"):
        read(fields, "甲\r\n" * 1001)
    assert read(fields, "").rows == ()
    assert read(fields, "\t\t\r\n\r\n").rows == ()

"""What a cell takes: dropdowns and checks that explain themselves, and the live count of 字."""

from __future__ import annotations

from typing import Final

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from generator.model.value_kinds import (
    Choice,
    Count,
    Date,
    Flag,
    Kind,
    Money,
    Year,
)

_LONGEST_LIST: Final = 250


def options(
    target: Worksheet, area: str, texts: tuple[str, ...], prompt: str, *, strict: bool = True
) -> None:
    """A dropdown of a few texts; where it is not strict, other texts are taken after a warning."""
    listed = ",".join(texts)
    if len(listed) > _LONGEST_LIST or any("," in text or '"' in text for text in texts):
        return
    _add(target, area, "list", f'"{listed}"', "这里填的不在下拉表里", prompt, strict=strict)


def from_list(target: Worksheet, area: str, reference: str, prompt: str) -> None:
    """A dropdown of what stands in other cells; other texts are taken after a warning."""
    _add(target, area, "list", reference, "前面的表里没有这个名称", prompt, strict=False)


def for_kind(target: Worksheet, area: str, kind: Kind | None) -> None:
    """The check that a kind of value asks for. Numbers and dates can also be given as 无 or with a unit."""
    if kind is None:
        options(target, area, ("无",), "这一组没有的，填“无”")
    elif isinstance(kind, Flag):
        options(target, area, ("是", "否"), "填“是”或“否”")
    elif isinstance(kind, Choice):
        options(target, area, kind.options, "从下拉表中选")
    elif isinstance(kind, Year):
        _number(target, area, "whole", "1900", "2199", "四位年份，如 2025")
    elif isinstance(kind, Count):
        _number(target, area, "whole", "0", "1000000000", "整数，没有的填 0 或“无”")
    elif isinstance(kind, Money):
        _number(target, area, "decimal", "-1000000000000", "1000000000000", f"数字，单位：{kind.unit}")
    elif isinstance(kind, Date):
        _number(target, area, "date", "1", "109574", "日期，如 2026-03-01")


def _number(target: Worksheet, area: str, sort: str, least: str, most: str, prompt: str) -> None:
    check = DataValidation(
        type=sort,  # type: ignore[arg-type]  # one of the standard's names
        operator="between",
        formula1=least,
        formula2=most,
        allow_blank=True,
        errorStyle="warning",
        errorTitle="请核对",
        error=f"这里要填{prompt}。确实要这样填，选“是”。",
        showErrorMessage=True,
        showInputMessage=False,
    )
    check.add(area)
    target.add_data_validation(check)


def _add(
    target: Worksheet, area: str, sort: str, formula: str, error: str, prompt: str, *, strict: bool
) -> None:
    check = DataValidation(
        type=sort,  # type: ignore[arg-type]  # one of the standard's names
        formula1=formula,
        allow_blank=True,
        errorStyle="stop" if strict else "warning",
        errorTitle="请核对",
        error=f"{error}。{prompt}。",
        showErrorMessage=True,
        showInputMessage=False,
    )
    check.add(area)
    target.add_data_validation(check)


def count_formula(cells: list[str]) -> str:
    """A formula that counts the characters of cells that are not white space: how 字 are counted here."""
    counted = []
    for cell in cells:
        text = cell
        for space in ('" "', '"　"', "CHAR(10)", "CHAR(9)"):
            text = f'SUBSTITUTE({text},{space},"")'
        counted.append(f"LEN({text})")
    return "=" + "+".join(counted)

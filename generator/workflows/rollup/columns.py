"""The columns of the department's workbook, and what each filing and all of them together have in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from msgspec import Struct

from generator.conditions.columns import Column, Entry, entry, in_unit, planned_column, ratio
from generator.conditions.messages import lacking
from generator.conditions.selection import View
from generator.errors import Place, Problem, ProgrammeError
from generator.model.programme import Programme, SummaryColumn
from generator.workflows.rollup.filings import Applicant

_REMEDY = "按方案格式说明（docs/programme-format.md 的 summary）改正"


class Total(Struct, frozen=True):
    """What all filings together have in a column.

    Attributes:
        number: the sum, or the share of the sums; None where there is none, or no filing has a number.
        counted: how many filings it is made of.
        lacking: how many filings have nothing in the column.
    """

    number: Decimal | None
    counted: int
    lacking: int


class Tabulated(Struct, frozen=True):
    """A table over many filings.

    Attributes:
        columns: its columns.
        rows: what each filing has, in the columns' order.
        totals: what all have together, likewise.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Entry, ...], ...]
    totals: tuple[Total, ...]


def checked(columns: Sequence[SummaryColumn], programme: Programme, place: Place) -> tuple[Column, ...]:
    """The columns, checked.

    Args:
        columns: as declared.
        programme: for its figures and fields.
        place: where they are declared, for messages.

    Raises:
        ProgrammeError: one does not fit; every fault is told.
    """
    found, problems = [], []
    for number, column in enumerate(columns, 1):
        try:
            found.append(planned_column(column, programme))
        except ValueError as error:
            problems.append(
                Problem(f"汇总的第 {number} 列“{column.title or column.value}”：{error}", _REMEDY, place)
            )
    if problems:
        raise ProgrammeError("汇总的列有误", _REMEDY, place, tuple(problems))
    return tuple(found)


def tabulated(columns: tuple[Column, ...], applicants: Sequence[Applicant], day: date | None) -> Tabulated:
    """What the filings have in the columns, and together.

    Args:
        columns: the columns.
        applicants: the filings, in order.
        day: the day of judgement of filings that name no filing date.
    """
    views = [View(applicant.data, day) for applicant in applicants]
    rows = tuple(tuple(entry(column, view) for column in columns) for view in views)
    totals = tuple(_total(column, [row[at] for row in rows]) for at, column in enumerate(columns))
    return Tabulated(columns, rows, totals)


def _total(column: Column, entries: Sequence[Entry]) -> Total:
    absent = sum(bool(one.missing) for one in entries)
    known = [one for one in entries if one.part is not None]
    if not column.total or not known:
        return Total(None, 0, absent)
    parts = sum(one.part or 0 for one in known)
    if column.whole is None:
        return Total(in_unit(column, parts), len(known), absent)
    wholes = sum(one.whole or 0 for one in known)
    return Total(ratio(parts, wholes) if wholes > 0 else None, len(known), absent)


def groups(table: Tabulated, at: int) -> list[tuple[str, int]]:
    """How many filings have each value in a column, the most frequent first; those without one are not among them."""
    found = Counter(
        one.text or f"{one.number:f}" for row in table.rows for one in [row[at]] if not one.missing
    )
    return sorted(found.items(), key=lambda pair: -pair[1])


def lacks(
    table: Tabulated, applicants: Sequence[Applicant], programme: Programme
) -> list[tuple[str, str, str]]:
    """Each empty cell: file, column, and what it lacks."""
    found = []
    for applicant, row in zip(applicants, table.rows, strict=True):
        for column, one in zip(table.columns, row, strict=True):
            if one.missing:
                why = lacking(one.missing, applicant.data.consortium, programme)
                found.append((applicant.file, column.title, why))
            elif one.no_ratio:
                found.append((applicant.file, column.title, "分母是零，没有占比"))
    return found


def declared_in(programme: Programme) -> Place:
    """The file that declares a programme's columns."""
    return Place(f"{programme.code}/{Path(programme.file_name).name}")

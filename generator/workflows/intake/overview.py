"""The overview of a call's filings: a workbook with links to the filings and to the notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.styles import Font, PatternFill

from generator.model.programme import Programme
from generator.workflows.intake.examined import Examined
from generator.workflows.intake.together import Shared
from generator.writers.excel.listing import write_listing
from generator.writers.excel.saving import saved

_TONES: Final = {
    "退回补正": PatternFill("solid", fgColor="F8D7DA"),
    "待人工判断": PatternFill("solid", fgColor="FFF3CD"),
    "形式核对未见问题": PatternFill("solid", fgColor="D4EDDA"),
}
_OVERVIEW: Final = (
    ("序号", 6),
    ("联合体", 34),
    ("牵头单位", 30),
    ("结论", 18),
    ("要补正", 9),
    ("待判断", 9),
    ("提醒", 9),
    ("材料", 40),
    ("补正通知", 34),
)
_ISSUES: Final = (
    ("联合体", 28),
    ("归谁", 14),
    ("类别", 10),
    ("条款", 12),
    ("条件", 20),
    ("原文", 40),
    ("看到的", 44),
    ("怎样改", 24),
    ("在哪里", 28),
)
_APART: Final = (("材料", 48), ("为什么没有核对", 90))
_TOGETHER: Final = (
    ("单位或人员", 34),
    ("统一社会信用代码", 22),
    ("在哪几份里（人员只按姓名，可能是同名）", 90),
)


def overview_sheet(
    programme: Programme,
    filings: Sequence[Examined],
    apart: Sequence[Examined],
    together: Sequence[Shared],
    places: Mapping[str, str],
    notices: Mapping[str, str],
) -> bytes:
    """The workbook: a row a filing, every issue, what was not looked at, and who stands in several filings.

    Args:
        programme: the scheme.
        filings: those looked at, after people's judgements.
        apart: those that were not looked at.
        together: who stands in several of them.
        places: what a link to each filing says, by its name.
        notices: the path of its notice from the workbook's folder, by its name, for those that have one.
    """
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "总表"
    rows: list[tuple[str | int, ...]] = []
    for number, one in enumerate(filings, 1):
        counts = (len(one.of("applicant")), len(one.of("person")), len(one.of("reminder")))
        notice = Path(notices.get(one.name, "")).name
        rows.append((number, one.consortium, one.lead, one.verdict, *counts, one.name, notice))
    first = write_listing(sheet, _OVERVIEW, rows)
    for row, one in enumerate(filings, first):
        sheet.cell(row, 4).fill = _TONES.get(one.verdict, PatternFill())
        _link(sheet.cell(row, 8), places[one.name])
        if one.name in notices:
            _link(sheet.cell(row, 9), notices[one.name])
    whose = {"applicant": "申报单位补正", "person": "受理单位判断", "reminder": "提醒"}
    issues = []
    for one in filings:
        for issue in sorted(one.issues, key=lambda issue: tuple(whose).index(issue.whose)):
            said = (issue.sort, issue.clause, issue.title, issue.quote, issue.what, issue.remedy, issue.where)
            issues.append((one.consortium or one.name, whose[issue.whose], *said))
    write_listing(book.create_sheet("问题"), _ISSUES, issues)
    write_listing(book.create_sheet("另列"), _APART, [(one.name, one.apart) for one in apart])
    repeated = [(each.name, each.code, "；".join(each.where)) for each in together]
    write_listing(book.create_sheet("重复出现"), _TOGETHER, repeated)
    book.properties.title = f"{programme.title}受理总表"
    return saved(book)


def _link(cell: Any, target: str) -> None:
    cell.hyperlink = target
    cell.font = Font(color="0563C1", underline="single")

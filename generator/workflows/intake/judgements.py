"""What people of the department have judged: a sheet with a row a question, ticked by hand and read on the next run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.styles import PatternFill, Protection
from openpyxl.worksheet.datavalidation import DataValidation

from generator.errors import DataError, Place
from generator.workflows.intake.examined import Examined, Issue
from generator.writers.excel.listing import write_listing
from generator.writers.excel.saving import saved

SHEET: Final = "判断"
MET: Final = "符合"
NOT_MET: Final = "不符合"
_COLUMNS: Final = (
    ("联合体", 26),
    ("类别", 10),
    ("条款", 12),
    ("条件", 20),
    ("原文", 44),
    ("看到的", 44),
    ("在哪里", 24),
    ("结论", 10),
    ("判断人", 12),
    ("日期", 12),
    ("备注", 24),
    ("编号", 8),
)
_ANSWER, _WHO, _DAY, _NOTE, _KEY = 7, 8, 9, 10, 11
_ASKED: Final = PatternFill("solid", fgColor="FFF8DC")


@dataclass(frozen=True, slots=True)
class Answer:
    """A person's judgement.

    Attributes:
        answer: 符合 or 不符合.
        who: who judged; may be empty.
        day: when, as written.
        note: the remark.
    """

    answer: str
    who: str
    day: str
    note: str


def key_of(examined: Examined, issue: Issue) -> str:
    """What names a question in the sheet: a filing that has changed is a new question."""
    return f"{examined.name}\n{examined.digest[:16]}\n{issue.key}"


def read_answers(path: Path) -> dict[str, Answer]:
    """The judgements in a sheet, by ``key_of``; none where there is no sheet yet.

    Raises:
        DataError: the file is no such sheet, or a judgement is neither of the two.
    """
    if not path.is_file():
        return {}
    place = Place(path.name)
    try:
        book = openpyxl.load_workbook(path)
        rows = list(book[SHEET].iter_rows(min_row=2, values_only=True))
    except Exception:  # noqa: BLE001 (openpyxl raises whatever it meets)
        raise DataError(
            "读不了上一次的判断表", "换回程序生成的那一份，或把它移走后重新运行（判断要重填）", place
        ) from None
    answers = {}
    for number, row in enumerate(rows, 2):
        cells = ["" if value is None else str(value).strip() for value in (*row, *[None] * len(_COLUMNS))]
        answer = cells[_ANSWER]
        if not answer or not cells[_KEY]:
            continue
        if answer not in {MET, NOT_MET}:
            raise DataError(
                f"结论写的是“{answer}”",
                f"写“{MET}”或“{NOT_MET}”，还没判断的空着",
                Place(path.name, sheet=SHEET, cell=f"H{number}"),
            )
        day = cells[_DAY].removesuffix(" 00:00:00")
        answers[cells[_KEY]] = Answer(answer, cells[_WHO], day, cells[_NOTE])
    return answers


def judged(examined: Examined, answers: Mapping[str, Answer]) -> Examined:
    """A filing after what people have judged: 符合 is dealt with, 不符合 goes back to the applicant."""
    issues: list[Issue] = []
    for issue in examined.issues:
        answer = answers.get(key_of(examined, issue)) if issue.whose == "person" else None
        if answer is None:
            issues.append(issue)
        elif answer.answer == NOT_MET:
            what = f"受理单位判断为不符合：{answer.note or issue.what}"
            issues.append(issue.model_copy(update={"whose": "applicant", "what": what}))
    return examined.model_copy(update={"issues": tuple(issues)})


def answers_sheet(examined: Sequence[Examined], answers: Mapping[str, Answer]) -> bytes:
    """The sheet: every question that needs a person, with what was answered before.

    Args:
        examined: the filings as they were examined, before ``judged``.
        answers: what was answered.
    """
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = SHEET
    rows = []
    for one in examined:
        for issue in one.of("person") if not one.apart else ():
            key = key_of(one, issue)
            answer = answers.get(key, Answer("", "", "", ""))
            said = (
                one.consortium or one.name,
                issue.sort,
                issue.clause,
                issue.title,
                issue.quote,
                issue.what,
                issue.where,
            )
            rows.append((*said, answer.answer, answer.who, answer.day, answer.note, key))
    first = write_listing(sheet, _COLUMNS, rows)
    rule = DataValidation(type="list", formula1=f'"{MET},{NOT_MET}"', allow_blank=True)
    rule.error, rule.errorTitle = f"写“{MET}”或“{NOT_MET}”", "结论"
    sheet.add_data_validation(rule)
    rule.add(f"H{first}:H{max(sheet.max_row, first)}")
    for row in sheet.iter_rows(min_row=first):
        for cell in row[_ANSWER : _NOTE + 1]:
            cell.fill = _ASKED
            cell.protection = Protection(locked=False)
    sheet.column_dimensions["L"].hidden = True
    return saved(book)

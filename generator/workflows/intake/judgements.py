"""What people of the department have judged: a sheet with a row a question, ticked by hand and read on the next run."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import openpyxl
from msgspec import Struct
from openpyxl.styles import PatternFill, Protection
from openpyxl.worksheet.datavalidation import DataValidation

from generator.base.xlsx.cell_text import cell_text
from generator.errors import DataError, Place
from generator.workflows.intake.examined import Examined, Issue
from generator.writers.excel.listing import write_listing
from generator.writers.excel.saving import saved

SHEET: Final = "判断"
MET: Final = "符合"
NOT_MET: Final = "不符合"
RETURN: Final = "退回补正"
ANSWERS: Final = (MET, NOT_MET, RETURN)
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
    ("以前的判断", 30),
    ("编号", 60),
)
_KEPT: Final = "以前的判断"
_KEPT_COLUMNS: Final = (
    ("联合体", 26),
    ("条件", 30),
    ("结论", 10),
    ("判断人", 12),
    ("日期", 12),
    ("备注", 44),
    ("编号", 40),
)
_ANSWER, _WHO, _DAY, _NOTE, _KEY = 7, 8, 9, 10, 12
_DIGITS: Final = 20
_ASKED: Final = PatternFill("solid", fgColor="FFF8DC")


class Answer(Struct, frozen=True):
    """A person's judgement.

    Attributes:
        answer: 符合, 不符合 or 退回补正; empty where there is only a remark yet.
        who: who judged; may be empty.
        day: when, as written.
        note: the remark.
        filing: the consortium that it is about, as the sheet shows it.
        title: the question in a few words, likewise.
    """

    answer: str
    who: str = ""
    day: str = ""
    note: str = ""
    filing: str = ""
    title: str = ""

    def __str__(self) -> str:
        by = "，".join(part for part in (self.who, self.day) if part)
        return f"{self.answer}{f'（{by}）' if by else ''}{f'：{self.note}' if self.note else ''}"


def key_of(examined: Examined, issue: Issue) -> str:
    """What names a question in the sheet: the same issue of a filing that has changed, or asked otherwise, is a new one.

    It begins with what names the issue whatever the filing says now.
    """
    return f"{_short(examined.name, issue.key)}-{_short(examined.digest, *_asked(issue))}"


def _asked(issue: Issue) -> tuple[str, ...]:
    """What a person has judged: an answer to other words, as of a scheme that has changed, is none to these."""
    return issue.clause, issue.title, issue.quote, issue.what


def _short(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


class Answers(dict[str, Answer]):
    """The judgements in a sheet, by ``key_of``.

    Attributes:
        data: the sheet's bytes; None where there is none yet.
    """

    data: bytes | None = None


def read_answers(path: Path) -> Answers:
    """The judgements in a sheet; none where there is no sheet yet.

    Raises:
        DataError: the file is no such sheet; a judgement is none of the three, has lost its number, or stands there
            twice and differs.
    """
    answers = Answers()
    if not path.is_file():
        return answers
    try:
        answers.data = path.read_bytes()
        book = openpyxl.load_workbook(io.BytesIO(answers.data))
        shown = list(book[SHEET].iter_rows(min_row=2, values_only=True))
        kept = list(book[_KEPT].iter_rows(min_row=2, values_only=True)) if _KEPT in book.sheetnames else []
    except Exception:  # noqa: BLE001 (openpyxl raises whatever it meets)
        raise DataError(
            "读不了上一次的判断表",
            "换回程序生成的那一份，或把它移走后重新运行（判断要重填）",
            Place(path.name),
        ) from None
    for row in kept:
        cells = _cells(row, len(_KEPT_COLUMNS))
        filing, title, answer, who, day, note, key = cells
        if key:
            answers[key] = Answer(answer, who, day, note, filing, title)
    asked: dict[str, str] = {}
    for number, row in enumerate(shown, 2):
        cells = _cells(row, len(_COLUMNS))
        answer, key = cells[_ANSWER], cells[_KEY]
        if answer not in {*ANSWERS, ""}:
            remedy = f"写“{MET}”“{NOT_MET}”或“{RETURN}”，还没判断的空着"
            raise _refused(path, number, f"结论写的是“{answer}”", remedy)
        if answer and not key:
            what = "这一行有结论，最后一列的编号没有了，不知道判断的是哪个问题"
            raise _refused(path, number, what, "换回带编号的那一行")
        if asked.setdefault(key, answer) != answer:
            raise _refused(path, number, "同一个问题有两行，结论不同", "删去其中一行")
        # What stands here counts, also where an answer that is kept below was taken away.
        answers.pop(key, None)
        who, day, note = cells[_WHO], cells[_DAY].removesuffix(" 00:00:00"), cells[_NOTE]
        if key and (answer or who or day or note):
            answers[key] = Answer(answer, who, day, note, cells[0], cells[3] or cells[1])
    return answers


def _cells(row: Sequence[Any], count: int) -> list[str]:
    return ["" if value is None else str(value).strip() for value in (*row, *[None] * count)][:count]


def _refused(path: Path, number: int, what: str, remedy: str) -> DataError:
    return DataError(what, remedy, Place(path.name, sheet=SHEET, cell=f"H{number}"))


def judged(examined: Examined, answers: Mapping[str, Answer]) -> Examined:
    """A filing after what people have judged: 符合 is dealt with, 不符合 and 退回补正 go back to the applicant."""
    issues: list[Issue] = []
    for issue in examined.issues:
        answer = answers.get(key_of(examined, issue)) if issue.whose == "person" else None
        if answer is None or not answer.answer:
            issues.append(issue)
        elif answer.answer != MET:
            told = "判断为不符合" if answer.answer == NOT_MET else "要求补正"
            what = f"受理单位{told}：{answer.note or issue.what}"
            issues.append(issue.model_copy(update={"whose": "applicant", "what": what}))
    return examined.model_copy(update={"issues": tuple(issues)})


def answers_sheet(examined: Sequence[Examined], answers: Mapping[str, Answer]) -> bytes:
    """The sheet: every question that needs a person, with what was answered before.

    Answers to what is no longer asked are kept in a second sheet, as the question may come back.

    Args:
        examined: the filings as they were examined, before ``judged``.
        answers: what was answered.
    """
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = SHEET
    # The latest of an issue's answers is the last one read.
    before = {key.partition("-")[0]: answer for key, answer in answers.items() if answer.answer}
    rows = []
    for one, issue in _questions(examined):
        key = key_of(one, issue)
        answer = answers.get(key, Answer(""))
        earlier = before.get(key.partition("-")[0]) if key not in answers else None
        said = (one.consortium or one.name, issue.sort, issue.clause, issue.title)
        found = (issue.quote, issue.what, issue.where, answer.answer, answer.who, answer.day, answer.note)
        told = f"{earlier}。材料或方案改过，请重新判断" if earlier else ""
        rows.append((*said, *found, told, key))
    first = write_listing(sheet, _COLUMNS, rows)
    rule = DataValidation(type="list", formula1=f'"{",".join(ANSWERS)}"', allow_blank=True)
    rule.error, rule.errorTitle = f"写“{MET}”“{NOT_MET}”或“{RETURN}”", "结论"
    sheet.add_data_validation(rule)
    rule.add(f"H{first}:H{max(sheet.max_row, first)}")
    for row in sheet.iter_rows(min_row=first):
        for cell in row[_ANSWER : _NOTE + 1]:
            cell.fill = _ASKED
            cell.protection = Protection(locked=False)
    sheet.column_dimensions["M"].hidden = True
    asked = {row[-1] for row in rows}
    kept = [
        (one.filing, one.title, one.answer, one.who, one.day, one.note, key)
        for key, one in answers.items()
        if key not in asked
    ]
    if kept:
        write_listing(book.create_sheet(_KEPT), _KEPT_COLUMNS, kept)
    return saved(book)


def _questions(examined: Sequence[Examined]) -> Iterator[tuple[Examined, Issue]]:
    for one in examined:
        for issue in one.of("person") if not one.apart else ():
            yield one, issue


def put_answer(sheet: Any, key: str, answer: Answer) -> bool:
    """Write one answer into a sheet that is open.

    Args:
        sheet: the sheet ``SHEET``.
        key: of the question, as ``key_of`` gives it.
        answer: the answer.

    Returns:
        Whether the sheet has the question.
    """
    for row in sheet.iter_rows(min_row=2):
        if str(row[_KEY].value or "").strip() == key:
            texts = (answer.answer, answer.who, answer.day, answer.note)
            for cell, text in zip(row[_ANSWER : _NOTE + 1], texts, strict=True):
                cell.value = cell_text(text.strip()) or None
                if text.strip():
                    # A text that begins with = is a text.
                    cell.data_type = "s"
            return True
    return False

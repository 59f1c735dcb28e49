"""What a folder of intake results says, for front ends: verdicts, questions to people, and their answers written down."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import openpyxl
from msgspec import Struct

from generator.base.files import put_data
from generator.base.xlsx.cell_text import cell_text
from generator.errors import DataError, OutputError, Place, UsageError
from generator.publishing.failures import as_output_errors
from generator.publishing.lock import LockedError, locked
from generator.workflows.intake.examined import Examined, Issue
from generator.workflows.intake.judgements import (
    ANSWERS,
    SHEET,
    Answer,
    judged,
    key_of,
    put_answer,
    read_answers,
)
from generator.workflows.intake.run import JUDGEMENTS, NOTICES, OVERVIEW, STATE
from generator.workflows.intake.together import with_shared_leads, without_doubles

_AGAIN: Final = "再运行一次接收"
_WAIT_SECONDS: Final = 10.0
_LONGEST_NOTE: Final = 2000


class Filing(Struct, frozen=True):
    """A filing of the overview.

    Attributes:
        examined: as it was examined, before people judged.
        verdict: as the overview has it.
        now: as it is with the answers that the sheet holds now; the overview follows at the next run.
        notice: name of its notice of correction, without suffix; empty where there is none.
        answers: what people have answered, by the issue's key.
    """

    examined: Examined
    verdict: str
    now: Examined
    notice: str
    answers: Mapping[str, Answer]

    @property
    def open(self) -> tuple[Issue, ...]:
        """The questions that nobody has answered."""
        return tuple(issue for issue in self.examined.of("person") if issue.key not in self.answers)


class Results(Struct, frozen=True):
    """What stands in a folder of results.

    Attributes:
        programme: the programme's code.
        filings: each that was judged, in the overview's order.
        apart: name and reason of each that was not.
        shared: organisations and people in several filings: name, code, where.
    """

    programme: str
    filings: tuple[Filing, ...]
    apart: tuple[tuple[str, str], ...]
    shared: tuple[tuple[str, str, str], ...]

    @property
    def behind(self) -> int:
        """How many filings have another verdict by now than the overview says."""
        return sum(one.now.verdict != one.verdict for one in self.filings)

    def filing(self, name: str) -> Filing:
        """A filing by where it lies.

        Raises:
            UsageError: there is none.
        """
        for one in self.filings:
            if one.examined.name == name:
                return one
        raise UsageError("这一批里没有这份材料", "回到收件的表，从表里选")


def standing(out: Path) -> Results | None:
    """What a folder of results says; None where there are none yet.

    Raises:
        DataError: a file of it cannot be read.
    """
    if not (out / STATE).is_file() or not (out / OVERVIEW).is_file():
        return None
    try:
        state = json.loads((out / STATE).read_bytes())["state"]
        examined = tuple(map(Examined.model_validate, state["filings"]))
        book = openpyxl.load_workbook(out / OVERVIEW, read_only=True)
        rows = {_text(row, 7): row for row in _rows(book, "总表")}
        apart, shared = _rows(book, "另列"), _rows(book, "重复出现")
        book.close()
    except Exception:  # noqa: BLE001 (openpyxl raises whatever it meets)
        raise DataError("受理总表或上一次接收的记录读不出来", _AGAIN, Place(OVERVIEW)) from None
    answers = read_answers(out / JUDGEMENTS)
    filings = []
    for one in with_shared_leads(without_doubles(examined)):
        if one.apart:
            continue
        row = rows.get(cell_text(one.name))
        if row is None:
            raise DataError("受理总表和上一次接收的记录对不上", _AGAIN, Place(OVERVIEW))
        known = ((issue.key, answers.get(key_of(one, issue))) for issue in one.of("person"))
        given = {key: answer for key, answer in known if answer is not None and answer.answer}
        notice = _text(row, 8).removesuffix(".docx")
        filings.append(Filing(one, _text(row, 3), judged(one, answers), notice, given))
    return Results(
        str(state["programme"]),
        tuple(filings),
        tuple((_text(row, 0), _text(row, 1)) for row in apart),
        tuple((_text(row, 0), _text(row, 1), _text(row, 2)) for row in shared),
    )


def _rows(book: Any, sheet: str) -> list[list[Any]]:
    return [list(row) for row in book[sheet].iter_rows(min_row=2, values_only=True)]


def _text(row: list[Any], at: int) -> str:
    value = row[at] if at < len(row) else None
    return "" if value is None else str(value)


def result_file(out: Path, name: str) -> Path:
    """A file of the results that a person may have: the overview, the sheet of judgements, a notice.

    Args:
        out: the folder of results.
        name: the file's name, not to be trusted.

    Raises:
        UsageError: there is no such file among them.
    """
    known = {path.name: path for path in (out / OVERVIEW, out / JUDGEMENTS)}
    if (out / NOTICES).is_dir():
        known |= {path.name: path for path in (out / NOTICES).iterdir() if path.suffix in {".docx", ".pdf"}}
    path = known.get(name)
    if path is None or path.is_symlink() or not path.is_file():
        raise UsageError("没有这个文件", "回到收件的表，再运行一次接收")
    return path


def answer(out: Path, name: str, issue: str, given: Answer) -> None:
    """Write a person's judgement into the sheet; the overview and the notices follow at the next run.

    Args:
        out: the folder of results.
        name: where the filing lies.
        issue: the issue's key.
        given: what was judged, by whom and when; an empty answer takes an earlier one back.

    Raises:
        UsageError: there is no such question, or the answer, the name or the day will not do.
        DataError: the sheet cannot be read.
        OutputError: the sheet cannot be written.
    """
    _checked(given)
    try:
        with locked(out / ".lock", _WAIT_SECONDS):
            found = standing(out)
            if found is None:
                raise UsageError("这一批还没有接收", "先运行接收")
            examined = found.filing(name).examined
            asked = next((one for one in examined.of("person") if one.key == issue), None)
            if asked is None:
                raise UsageError("这份材料里没有这一条要判断的", "刷新页面后重试")
            path = out / JUDGEMENTS
            book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
            if not put_answer(book[SHEET], key_of(examined, asked), given):
                raise DataError(f"{JUDGEMENTS}里没有这一条", _AGAIN, Place(JUDGEMENTS))
            stream = io.BytesIO()
            book.save(stream)
            with as_output_errors(path):
                put_data(path, stream.getvalue())
    except LockedError:
        raise OutputError("这一批正在接收，判断没有记下", "等接收结束后再记") from None


def _checked(given: Answer) -> None:
    if given.answer and given.answer not in ANSWERS:
        raise UsageError("没有这种结论", f"选{'、'.join(ANSWERS)}")
    if not given.answer:
        return
    if not given.who.strip():
        raise UsageError("没有写判断人，没有记下", "写上判断人的姓名")
    try:
        date.fromisoformat(given.day)
    except ValueError:
        raise UsageError("日期写得不对，没有记下", "写成 2026-03-01 的样子") from None
    if len(given.note) > _LONGEST_NOTE:
        raise UsageError("备注太长，没有记下", f"写在 {_LONGEST_NOTE} 字以内")

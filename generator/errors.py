"""Every error that reaches a person: one root, an exit code, and a remedy.

The codes are part of the command's contract (docs/commands.md). An error's text is one paragraph in
Chinese: what is wrong, where it stands, what to do about it.
"""

from __future__ import annotations

from enum import IntEnum

from msgspec import Struct


class ExitCode(IntEnum):
    """What the command returns; of several, the highest of 3 to 6 wins over 1."""

    DONE = 0
    FINDING = 1
    USAGE = 2
    DATA = 3
    PROGRAMME = 4
    PDF = 5
    OUTPUT = 6
    INTERRUPTED = 130


class Place(Struct, frozen=True):
    """Where a thing stands, as a person finds it: a line, a cell of a sheet, a region of a Word file."""

    file: str
    line: int | None = None
    sheet: str | None = None
    cell: str | None = None
    region: str | None = None

    def __str__(self) -> str:
        if self.sheet is not None:
            return f"{self.file} 工作表“{self.sheet}”" + (f"单元格 {self.cell}" if self.cell else "")
        if self.region:
            return f"{self.file} {self.region}"
        return f"{self.file} 第 {self.line} 行" if self.line else self.file

    def as_json(self) -> dict[str, str | int]:
        """The place as the contract's ``where``: ``{file, line}`` or ``{file, sheet, cell}``."""
        pairs = {
            "file": self.file,
            "line": self.line,
            "sheet": self.sheet,
            "cell": self.cell,
            "region": self.region,
        }
        return {key: value for key, value in pairs.items() if value is not None}


class Problem(Struct, frozen=True):
    """One thing wrong in a file, with its place and its remedy.

    Attributes:
        message: what is wrong, naming the field by its Chinese title and the value where there is one.
        remedy: what to do about it, an imperative clause without a closing mark.
        place: where it stands.
        path: the field's path, as ``members[3].kind``; empty where no field is concerned.
    """

    message: str
    remedy: str
    place: Place
    path: str = ""

    def __str__(self) -> str:
        return f"{self.place}：{self.message}。请{self.remedy}。"


class LianhetiError(Exception):
    """Root of all errors that a person may see.

    Args:
        what: what went wrong, in Chinese, without a closing mark.
        remedy: what to do about it, an imperative clause without a closing mark.
        place: where it stands, if anywhere.
        problems: every problem found, where there are several; the text then lists them, one a line.
    """

    exit_code = ExitCode.FINDING

    def __init__(
        self,
        what: str,
        remedy: str = "",
        place: Place | None = None,
        problems: tuple[Problem, ...] = (),
    ) -> None:
        self.what = what
        self.remedy = remedy
        self.place = place
        self.problems = problems
        super().__init__(what)

    def __str__(self) -> str:
        if self.problems:
            return "\n".join(str(problem) for problem in self.problems)
        where = f"{self.place}：" if self.place else ""
        return f"{where}{self.what}。" + (f"请{self.remedy}。" if self.remedy else "")

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.what, self.remedy, self.place, self.problems))


class RefusedError(LianhetiError):
    """A finding stands in the way."""


class UsageError(LianhetiError):
    """The command was called wrongly."""

    exit_code = ExitCode.USAGE


class DataError(LianhetiError):
    """The data cannot be read, or holds wrong values."""

    exit_code = ExitCode.DATA


class ProgrammeError(LianhetiError):
    """The programme's folder or one of its templates is at fault."""

    exit_code = ExitCode.PROGRAMME


class PdfError(LianhetiError):
    """The PDF engine failed."""

    exit_code = ExitCode.PDF


class OutputError(LianhetiError):
    """The output cannot be written, or would overwrite what a person has changed."""

    exit_code = ExitCode.OUTPUT

"""Checking data: validated, judged by each programme, and held against what its documents print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.base.files import write_new
from generator.errors import ExitCode, Problem
from generator.model.judgement import Judgement
from generator.packet.obstacles import judgement
from generator.packet.pipeline import Order, assess
from generator.readers.source_file import Source
from generator.workflows.choose import chosen_programmes
from generator.workflows.inputs import Accepted, Data, opened
from generator.workflows.progress import Listener, tell
from generator.workflows.workspace import Workspace

if TYPE_CHECKING:
    from generator.writers.excel.annotate import AnnotatedCopy


@dataclass(frozen=True, slots=True)
class Checked:
    """What the programmes say of a data file.

    Attributes:
        judgements: one a programme, each with findings, problems and what is missing.
        exit_code: DATA where values are wrong; FINDING where a finding stands in the way of the one programme, or
            with ``strict`` of any of several (see Judgement.blocked); DONE otherwise.
        copy: the workbook with the findings in it, where that was asked for.
    """

    judgements: tuple[Judgement, ...]
    exit_code: ExitCode
    copy: AnnotatedCopy | None = None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong in the file, each once, in the file's order."""
        return tuple(dict.fromkeys(problem for each in self.judgements for problem in each.dataset.problems))

    def as_json(self) -> dict[str, Any]:
        """The result as a JSON object."""
        return {"programmes": [judgement.as_json() for judgement in self.judgements]}


def check(
    workspace: Workspace,
    data: Data,
    codes: Sequence[str] = (),
    *,
    every: bool = False,
    strict: bool = False,
    accept: Accepted | None = None,
    annotate: Path | None = None,
    progress: Listener | None = None,
) -> Checked:
    """Check a data file against programmes.

    Args:
        workspace: programmes and templates.
        data: the file, or one in memory.
        codes: the programmes; those that the data has filings for, where empty.
        every: all programmes instead.
        strict: what is not met counts against the data in a comparison too, and so does a reminder.
        accept: reasons for accepted conditions, by programme and rule.
        annotate: a workbook to be written, a copy of the data with the findings in it.
        progress: is told of each programme before it is judged.

    Raises:
        DataError: the file cannot be read; wrong values are no error but problems of the result.
        UsageError: there is no such programme, or none is named; the data to be annotated is no workbook.
        ProgrammeError: a programme is at fault.
        OutputError: the copy is there already, or cannot be written.
    """
    tell(progress, "读取数据")
    with opened(data) as source, workspace.session() as session:
        programmes = chosen_programmes(workspace.catalogue, codes, source, every=every)
        judged: list[Judgement] = []
        for number, programme in enumerate(programmes):
            tell(progress, f"核对“{programme.short_title}”", number, len(programmes))
            order = Order(accept=(accept or {}).get(programme.code, {}))
            job = assess(source, programme, order, session)
            judged.append(judgement(job))
        copy = None
        if annotate is not None:
            copy = _annotated(source, judged)
            write_new(annotate, copy.data)
    return Checked(tuple(judged), _exit_code(judged, strict=strict), copy)


def annotate(data: Data, judgements: Sequence[Judgement]) -> AnnotatedCopy:
    """A copy of a workbook in memory, with what ``check`` found of it written in.

    Raises:
        DataError: the file cannot be read.
        UsageError: it is no workbook.
    """
    with opened(data) as source:
        return _annotated(source, judgements)


def _annotated(source: Source, judgements: Sequence[Judgement]) -> AnnotatedCopy:
    from generator.writers.excel.annotate import annotated_copy

    return annotated_copy(source, judgements)


def _exit_code(judged: Sequence[Judgement], *, strict: bool) -> ExitCode:
    if any(one.dataset.problems for one in judged):
        return ExitCode.DATA
    if len(judged) > 1 and not strict:
        return ExitCode.DONE
    return ExitCode.FINDING if any(one.blocked(strict=strict) for one in judged) else ExitCode.DONE

"""Checking data: validated, judged by each programme, and held against what its documents print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from generator.base.files import write_new
from generator.errors import ExitCode, Problem, UsageError
from generator.model.judgement import Judgement
from generator.packet.assessment import Order, assess
from generator.packet.obstacles import judgement
from generator.packet.scheme_version import FIELD
from generator.readers.source_file import Source
from generator.workflows.choose import chosen_programmes
from generator.workflows.inputs import Accepted, Data, opened
from generator.workflows.progress import Listener, tell
from generator.workflows.workspace import Workspace

if TYPE_CHECKING:
    from generator.writers.excel.annotate import AnnotatedCopy


class Checked(Struct, frozen=True):
    """What the programmes say of a data file.

    Attributes:
        judgements: one a programme, each with findings, problems and what is missing.
        exit_code: DATA where values are wrong; FINDING where a finding stands in the way of the one programme, or
            with ``strict`` of any of several (see Judgement.blocked); DONE otherwise.
        copy: the workbook with the findings in it, where that was asked for.
        recorded: the versions that were written into the data, by programme.
    """

    judgements: tuple[Judgement, ...]
    exit_code: ExitCode
    copy: AnnotatedCopy | None = None
    recorded: Mapping[str, int] = field(default_factory=dict)

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
    record: bool = False,
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
        record: write into the data file by which version of each programme's pack it was judged; else the file is
            only read. Nothing is written where values are wrong, or the programme comes from no pack.
        progress: is told of each programme before it is judged.

    Raises:
        DataError: the file cannot be read; wrong values are no error but problems of the result.
        UsageError: there is no such programme, or none is named; the data to be annotated is no workbook.
        ProgrammeError: a programme is at fault.
        OutputError: the copy is there already, or cannot be written; or the data file cannot be changed.
    """
    if record and not isinstance(data, Path):
        raise UsageError("只有磁盘上的数据文件能记下方案版本", "去掉 --record")
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
    versions = _record(workspace, data, judged) if record and isinstance(data, Path) else {}
    return Checked(tuple(judged), _exit_code(judged, strict=strict), copy, versions)


def _record(workspace: Workspace, path: Path, judged: Sequence[Judgement]) -> dict[str, int]:
    """Write into a data file by which versions it was judged; gives those that were written."""
    from generator.publishing.installed import installed_in
    from generator.workflows.editing import Editing
    from generator.writers.changes import SetText

    versions: dict[str, int] = {}
    for one in judged:
        code = one.programme.code
        found = installed_in(one.programme.folder)
        if found is None or one.dataset.problems:
            continue
        editing = Editing(workspace, path, code)
        state = editing.state()
        saved = editing.change([SetText(FIELD, str(found.version))], seen=state.sha256)
        if not saved.conflicts:
            versions[code] = found.version
    return versions


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

"""Writing data files, by their suffix: blank ones, converted ones, ones carried over to another programme."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from generator.base.files import write_new
from generator.errors import ExitCode, UsageError
from generator.model.notices import notice_texts
from generator.model.paths import title_of
from generator.model.programme import Programme
from generator.packet.assessment import Order, assess
from generator.packet.obstacles import absent
from generator.packet.scheme_version import FIELD
from generator.packet.session import Session
from generator.publishing.installed import installed_in
from generator.readers.formats import WORKBOOK, YAML, format_of
from generator.readers.source_file import Source
from generator.workflows.choose import filed_programmes
from generator.workflows.inputs import Data, opened
from generator.workflows.workspace import Workspace
from generator.writers.content import Content, read_content
from generator.writers.excel.form import make_form, write_workbook
from generator.writers.yaml import data_yaml


class NewFile(Struct, frozen=True):
    """A data file that was written.

    Attributes:
        path: where it was written; where it was made in memory alone, its suffix says the format.
        data: its bytes.
        missing: Chinese titles of what the programme needs and the old data does not give.
        warnings: what a person should know of how the old data were read, clauses without a full stop.
    """

    path: Path
    data: bytes
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """Always DONE: what goes wrong is raised."""
        return ExitCode.DONE


def new(
    workspace: Workspace, code: str, target: Path, *, old: Data | None = None, write: bool = True
) -> NewFile:
    """A data file to be filled for a programme; nothing of an old one is dropped.

    Args:
        workspace: the programmes.
        code: the programme to file under.
        target: the file; its suffix says the format.
        old: a data file to be carried over, what is still missing marked; None for a blank one.
        write: whether to write the file; else it is made in memory alone.

    Raises:
        DataError: the old file cannot be read, or has something that could not be carried over; all of it.
        UsageError: the suffix says no format, or there is no such programme.
        ProgrammeError: the programme or one of its templates is at fault.
        OutputError: the file is there already, or cannot be written.
    """
    check_suffix(target)
    programme = workspace.catalogue.load(code)
    with workspace.session() as session:
        if old is None:
            made = NewFile(target, _starter(programme, target, session))
        else:
            with opened(old) as source:
                made = _carried(source, programme, target, session)
    if write:
        write_new(target, made.data)
    return made


def convert(
    workspace: Workspace, data: Data, target: Path, code: str | None = None, *, write: bool = True
) -> NewFile:
    """A data file in another format, with all that it says.

    Args:
        workspace: the programmes.
        data: the file, or one in memory.
        target: the new file; its suffix says the format.
        code: the programme whose form and comments it gets; the first that the data has a filing for, where
            None.
        write: whether to write the file; else it is made in memory alone.

    Raises:
        DataError: the file cannot be read, or has something that could not be carried over; all of it.
        UsageError: the suffix says no format, or there is no such programme.
        ProgrammeError: a programme is at fault.
        OutputError: the file is there already, or cannot be written.
    """
    check_suffix(target)
    with opened(data) as source, workspace.session() as session:
        filed = filed_programmes(workspace.catalogue, source)
        programme = workspace.catalogue.load(code) if code else next(iter(filed), None)
        content = read_content(source, programme, workspace.catalogue.all())
        made = NewFile(
            target,
            written(content, programme, target, session, None),
            warnings=notice_texts(content.notices),
        )
    if write:
        write_new(target, made.data)
    return made


def check_suffix(target: Path) -> None:
    """Refuse a file name that says no format that can be written.

    Raises:
        UsageError: the suffix is neither YAML's nor a workbook's.
    """
    if format_of(target) not in {YAML, WORKBOOK}:
        raise UsageError(f"不能写成“{target.suffix or target.name}”文件", "文件名以 .yaml 或 .xlsx 结尾")


def _starter(programme: Programme, target: Path, session: Session) -> bytes:
    if format_of(target) is WORKBOOK:
        filings = {programme.code: version} if (version := _version(programme)) else {}
        return write_workbook(make_form(programme, session.common_rules), {}, filings)
    from generator.writers.starter import starter_yaml

    return starter_yaml(programme, _version(programme).get(FIELD, "")).encode()


def _version(programme: Programme) -> dict[str, str]:
    """The field that says for which version of the scheme a file is made; none where it comes from no pack."""
    found = installed_in(programme.folder)
    return {FIELD: str(found.version)} if found else {}


def _carried(source: Source, programme: Programme, target: Path, session: Session) -> NewFile:
    content = read_content(source, programme, session.catalogue.all())
    filings = {programme.code: {}, **content.filings}
    filings[programme.code] = {**filings[programme.code], **_version(programme)}
    job = assess(source, programme, Order(), session)
    missing = {one.path: one.title for one in absent(job)}
    for finding in job.findings:
        if finding.verdict == "unknown" and finding.level == "must":
            for path in finding.missing:
                if path.removesuffix(".text") in missing:
                    continue
                missing.setdefault(path, title_of(programme.model, path, programme.titles))
    data = written(Content(content.base, filings, content.extra), programme, target, session, missing)
    return NewFile(target, data, tuple(missing.values()), notice_texts(content.notices))


def written(
    content: Content,
    programme: Programme | None,
    target: Path,
    session: Session,
    missing: dict[str, str] | None,
) -> bytes:
    """A data file's bytes in the format that its suffix says.

    Args:
        content: what it is to say.
        programme: whose form and comments it gets; None for none.
        target: its name.
        session: the common rules and programmes.
        missing: Chinese titles by path of what is to be marked as missing; None for none.
    """
    if format_of(target) is WORKBOOK:
        form = make_form(programme, session.common_rules, content.extra)
        listed = None if missing is None else list(missing.items())
        return write_workbook(form, content.base, content.filings, missing=listed)
    known = session.catalogue.all()
    text = data_yaml(programme, content.base, content.filings, known, extra=content.extra, missing=missing)
    return text.encode()

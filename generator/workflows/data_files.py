"""Writing data files, by their suffix: converted, or carried over to another programme."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from generator.errors import UsageError
from generator.model.paths import title_of
from generator.model.programme import Programme
from generator.packet.pipeline import Order, absent, assess
from generator.packet.session import Session
from generator.readers.source_file import Source
from generator.writers.content import Content, read_content
from generator.writers.excel.form import make_form, write_workbook
from generator.writers.yaml import data_yaml

YAML_SUFFIXES = frozenset({".yaml", ".yml"})
WORKBOOK_SUFFIX = ".xlsx"


@dataclass(frozen=True, slots=True)
class Carried:
    """A dataset written for another programme.

    Attributes:
        data: the file's bytes.
        missing: Chinese titles of what the programme needs and the data does not give.
    """

    data: bytes
    missing: tuple[str, ...]


def check_suffix(target: Path) -> None:
    """Refuse a file name that says no format that can be written.

    Raises:
        UsageError: the suffix is neither YAML's nor a workbook's.
    """
    if target.suffix.lower() not in {*YAML_SUFFIXES, WORKBOOK_SUFFIX}:
        raise UsageError(f"不能写成“{target.suffix or target.name}”文件", "文件名以 .yaml 或 .xlsx 结尾")


def starter(programme: Programme, target: Path, session: Session) -> bytes:
    """A blank data file for a programme.

    Args:
        programme: the programme.
        target: the file to be written; its suffix says the format.
        session: what is shared between runs.

    Raises:
        UsageError: the suffix says no format.
        ProgrammeError: one of the programme's templates is at fault.
    """
    check_suffix(target)
    if target.suffix.lower() == WORKBOOK_SUFFIX:
        return write_workbook(make_form(programme, session.common_rules), {}, {})
    from generator.writers.starter import starter_yaml

    return starter_yaml(programme).encode()


def converted(source: Source, programme: Programme | None, target: Path, session: Session) -> bytes:
    """A data file in another format, with all that it says.

    Args:
        source: the file.
        programme: whose form and comments the new file gets; None for none.
        target: the file to be written.
        session: what is shared between runs.

    Raises:
        DataError: the file has something that could not be carried over; all of it.
        UsageError: the suffix says no format.
    """
    check_suffix(target)
    content = read_content(source, programme, session.catalogue.all())
    return _written(content, programme, target, session, None)


def carried(source: Source, programme: Programme, target: Path, session: Session) -> Carried:
    """A dataset for another programme, with what is still missing marked; nothing of the old is dropped.

    Args:
        source: the old data file.
        programme: the programme to file under now.
        target: the file to be written.
        session: what is shared between runs.

    Raises:
        DataError: the file has something that could not be carried over; all of it.
        UsageError: the suffix says no format.
    """
    check_suffix(target)
    content = read_content(source, programme, session.catalogue.all())
    filings = {programme.code: content.filings.get(programme.code, {}), **content.filings}
    job = assess(source, programme, Order(), session)
    missing = {one.path: one.title for one in absent(job)}
    for finding in job.findings:
        if finding.verdict == "unknown" and finding.level == "must":
            for path in finding.missing:
                if path.removesuffix(".text") in missing:
                    continue
                missing.setdefault(path, title_of(programme.model, path, programme.labels))
    data = _written(Content(content.base, filings, content.extra), programme, target, session, missing)
    return Carried(data, tuple(missing.values()))


def _written(
    content: Content,
    programme: Programme | None,
    target: Path,
    session: Session,
    missing: dict[str, str] | None,
) -> bytes:
    if target.suffix.lower() == WORKBOOK_SUFFIX:
        form = make_form(programme, session.common_rules, content.extra)
        listed = None if missing is None else list(missing.items())
        return write_workbook(form, content.base, content.filings, missing=listed)
    known = session.catalogue.all()
    text = data_yaml(programme, content.base, content.filings, known, extra=content.extra, missing=missing)
    return text.encode()

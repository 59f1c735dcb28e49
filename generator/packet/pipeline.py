"""A packet's steps in order: load, judge, fill all, submit all to the typesetter, collect all, publish.

``build`` makes a packet in memory, ``make`` also publishes it; a batch uses both halves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from generator.conditions.judge import judge
from generator.errors import DataError, RefusedError
from generator.model.findings import Absent
from generator.model.judgement import Judgement
from generator.model.paths import passage_kind, title_of
from generator.model.programme import Programme
from generator.packet import manifest
from generator.packet.attachments import Attachment, lost_files, read_attachments
from generator.packet.data_copy import snapshot
from generator.packet.documents import Filled, collect_all, fill_all, submit_all
from generator.packet.parts import Job, MadeDocument, Packet
from generator.packet.print_copy import first_pages, print_copy
from generator.packet.readiness import warnings
from generator.packet.session import Session
from generator.packet.sheets import internal
from generator.packet.sheets.checklist import checklist_lines
from generator.packet.sheets.sheet import Contents, SubmittedSheet
from generator.packet.times import time_of
from generator.publishing import PacketFile, Published, publish
from generator.readers.load import load
from generator.readers.source_file import Source
from generator.rendering.values import Edition


@dataclass(frozen=True, slots=True)
class Order:
    """What packet is wanted.

    Attributes:
        edition: draft or signing.
        accept: reasons by rule, for failed conditions accepted on the command line.
        force: move a packet that a person has changed aside.
    """

    edition: Edition = "draft"
    accept: Mapping[str, str] = field(default_factory=dict)
    force: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """A packet that stands in the output folder."""

    packet: Packet
    published: Published


def make(source: Source, programme: Programme, order: Order, root: Path, session: Session) -> Done:
    """Make one packet and publish it.

    Args:
        source: the data file.
        programme: the programme.
        order: what is wanted.
        root: the output folder.
        session: templates and typesetter.

    Raises:
        DataError: values are wrong.
        RefusedError: a signing edition is asked for and something stands in the way.
        ProgrammeError: the programme or a template is at fault.
        PdfError: the PDF engine failed.
        OutputError: it cannot be written, or would overwrite a person's changes.
    """
    packet = build(source, programme, order, session)
    return Done(packet, put(packet, root, force=order.force))


def put(packet: Packet, root: Path, *, force: bool) -> Published:
    """Publish a packet that was made; errors as for ``make``."""
    return publish(
        root,
        packet.job.consortium,
        packet.folder,
        [PacketFile(file.path, file.data) for file in packet.files],
        packet.manifest,
        timestamp=packet.job.when,
        force=force,
    )


def build(source: Source, programme: Programme, order: Order, session: Session) -> Packet:
    """Make one packet in memory; arguments and errors as for ``make``."""
    job = begin(source, programme, order, session)
    attachments = read_attachments(job)

    # Fill all.
    filled = fill_ready(job)

    # Submit all: what is submitted is typeset in the background, in this order.
    submitted = submit_all(job, filled)
    sheets = internal.submit_early(job)

    # Collect all.
    documents = collect_all(job, submitted)
    return assemble(job, documents, attachments, sheets=sheets)


def assemble(
    job: Job,
    documents: tuple[MadeDocument, ...],
    attachments: tuple[Attachment, ...],
    notes: tuple[str, ...] = (),
    sheets: Sequence[SubmittedSheet] = (),
) -> Packet:
    """The packet of documents that stand: print copy, internal sheets, manifest.

    Args:
        job: what it is made from.
        documents: the official documents and letters.
        attachments: in the scheme's order.
        notes: warnings of the documents' own, for the manifest.
        sheets: the internal sheets that are submitted already.

    Raises:
        ProgrammeError: a template is at fault.
        PdfError: the PDF engine failed.
    """
    first = first_pages(job, documents, attachments)
    lines = checklist_lines(job, documents, attachments, first)
    contents = Contents(job, documents, lines, first, (*warnings(job, lines), *notes))
    sheets = internal.submit_others(contents, sheets)

    # Made while the sheets are typeset.
    printed = print_copy(job, documents, attachments, first)
    data = snapshot(job)
    described = manifest.describe(job, documents, lines, attachments, printed, contents.notes)

    files = [file for document in documents for file in document.files]
    copy = [printed.file] if printed else []
    return Packet(job, (*files, *copy, *internal.collect_all(contents, sheets), data), described, documents)


def begin(source: Source, programme: Programme, order: Order, session: Session) -> Job:
    """Load and judge, and refuse wrong values; arguments and errors as for ``make``."""
    job = assess(source, programme, order, session)
    if job.dataset.problems:
        raise DataError("数据有误", problems=job.dataset.problems)
    return job


def assess(source: Source, programme: Programme, order: Order, session: Session) -> Job:
    """Load the data as the programme sees it, and judge what can be judged of it.

    Raises:
        ProgrammeError: the programme is at fault.
    """
    dataset = load(source, programme, known={programme.code: programme})
    if dataset.problems:
        # What is unknown here may be a field or a filing of another programme: read those only now.
        dataset = load(source, programme, known=session.catalogue.all())
    judged = session.templates.model_clauses.spelled_out(dataset, programme)
    day = session.when.date() if session.when else None
    findings = judge(judged, programme, session.common_rules, accept=order.accept, day=day)
    dataset = replace(dataset, problems=judged.problems)
    when = time_of(dataset, session.when)
    return Job(session, programme, dataset, order.edition, findings, when, source.folder)


def absent(job: Job) -> tuple[Absent, ...]:
    """What the programme's documents print and the data does not give, in the documents' order.

    Raises:
        ProgrammeError: a template is at fault.
    """
    return _absent(job, fill_all(job))


def judgement(job: Job) -> Judgement:
    """What the programme says of the data: whether a signing edition would be made of them, and if not, why.

    Attachments that cannot be bound are problems of the data, as they are for a packet.

    Raises:
        ProgrammeError: a template is at fault.
    """
    problems = job.dataset.problems
    try:
        read_attachments(job)
    except DataError as error:
        problems = (*problems, *error.problems)
    dataset = replace(job.dataset, problems=problems)
    return Judgement(job.programme, dataset, job.findings, absent(job), lost_files(job))


def fill_ready(job: Job) -> list[Filled]:
    """The official documents and letters, filled, where nothing stands in the way of the edition.

    Raises:
        RefusedError: a signing edition is asked for and something stands in the way.
        ProgrammeError: a template is at fault.
    """
    filled = fill_all(job)
    if job.edition == "signing":
        _refuse_unready(job, filled)
    return filled


def make_documents(job: Job) -> tuple[MadeDocument, ...]:
    """The official documents and letters alone.

    Raises:
        RefusedError: a signing edition is asked for and something stands in the way.
        ProgrammeError: a template is at fault.
        PdfError: the PDF engine failed.
    """
    return collect_all(job, submit_all(job, fill_ready(job)))


def _absent(job: Job, filled: list[Filled]) -> tuple[Absent, ...]:
    titles: dict[str, str] = {}
    for one in filled:
        for path, short in one.rendered.record.missing.items():
            full = title_of(job.programme.model, path, job.programme.labels)
            titles.setdefault(path, f"“{short}”" if passage_kind(path) else full)
    return tuple(Absent(path, title, job.dataset.place(path)) for path, title in titles.items())


def _refuse_unready(job: Job, filled: list[Filled]) -> None:
    """Refuse a signing edition while ``judgement`` finds obstacles."""
    lines = Judgement(
        job.programme, job.dataset, job.findings, _absent(job, filled), lost_files(job)
    ).obstacles
    if lines:
        listed = "\n".join(f"  · {line}" for line in lines)
        raise RefusedError(
            f"还不能出签署版，有 {len(lines)} 处要先处理：\n{listed}\n以上各处都要有着落",
            "逐条补充或改正后再试；确有理由不满足的条件，可用 --accept 方案:条件编号=理由 记录在案；"
            "先看草稿可用 --edition draft",
        )

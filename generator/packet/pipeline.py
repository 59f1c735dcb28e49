"""A packet's steps in order: load, judge, fill all, submit all to the typesetter, collect all, publish.

``build`` makes a packet in memory, ``put`` publishes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from generator.conditions.judge import judge
from generator.errors import DataError
from generator.model.catalogue import Catalogue
from generator.model.consortium import OWN_PAGES, SHARED_PAGES
from generator.model.dataset import Dataset
from generator.model.programme import Programme, SigningPages
from generator.packet import manifest
from generator.packet.attachments import Attachment, expect_attachments, read_attachments
from generator.packet.data_copy import data_copy
from generator.packet.documents import Filled, collect_all, fill_all, submit_all
from generator.packet.facts import settled
from generator.packet.obstacles import refuse_unready
from generator.packet.page_codes import with_page_codes
from generator.packet.parts import Job, MadeDocument, Packet
from generator.packet.print_copy import laid_out, print_copy
from generator.packet.print_layout import Sides
from generator.packet.readiness import warnings
from generator.packet.scheme_version import version_notice
from generator.packet.session import Session
from generator.packet.sheets import internal
from generator.packet.sheets.checklist import checklist_lines
from generator.packet.sheets.sheet import Contents
from generator.packet.times import time_of
from generator.packet.upload import uploads
from generator.publishing import PacketFile, Published, publish
from generator.publishing.manifest import Sheets
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
        sides: print on both sides of the paper, or on one; None for what the data say.
        signing_pages: how the agreement is signed, whatever data and programme say; None for what they say.
        page_codes: put a code in the margin of every page; where not, the data say.
        sheets: which internal sheets are made; None for those that the edition needs.
    """

    edition: Edition = "draft"
    accept: Mapping[str, str] = field(default_factory=dict)
    force: bool = False
    sides: Sides | None = None
    signing_pages: SigningPages | None = None
    page_codes: bool = False
    sheets: Sheets | None = None


def put(packet: Packet, root: Path, *, force: bool) -> Published:
    """Publish a packet that was made.

    Args:
        packet: the packet.
        root: the output folder.
        force: move a packet that a person has changed aside.

    Raises:
        OutputError: it cannot be written, or would overwrite a person's changes.
    """
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
    """Make one packet in memory.

    Args:
        source: the data file.
        programme: the programme.
        order: what is wanted.
        session: templates and typesetter.

    Raises:
        DataError: values are wrong.
        RefusedError: a signing edition is asked for and something stands in the way.
        ProgrammeError: the programme or a template is at fault.
        PdfError: the PDF engine failed.
    """
    job = begin(source, programme, order, session)
    attachments = read_attachments(job)

    # Fill all.
    filled = fill_ready(job)

    # Submit all: what is submitted is typeset in the background, in this order.
    submitted = submit_all(job, filled)

    # Collect all.
    documents = collect_all(job, submitted)

    # What prints the packet's own pages is filled again, now that they are known.
    job, documents = settled(job, documents, attachments)
    return assemble(job, documents, attachments)


def assemble(
    job: Job,
    documents: tuple[MadeDocument, ...],
    attachments: tuple[Attachment, ...],
    notes: tuple[str, ...] = (),
) -> Packet:
    """A packet from its finished documents: adds print copy, internal sheets and manifest.

    Args:
        job: what it is made from.
        documents: the official documents and letters.
        attachments: in the scheme's order.
        notes: warnings of the documents' own, for the manifest.

    Raises:
        DataError: there are more pages than their codes can count.
        ProgrammeError: a template is at fault.
        PdfError: the PDF engine failed.
    """
    codes = None
    if job.page_codes:
        documents, codes, without = with_page_codes(job, documents)
        notes = (*notes, *without)
    layout = laid_out(job, documents, attachments)
    lines = checklist_lines(job, documents, attachments, layout)
    uploaded = uploads(job, documents, attachments)
    told = (*warnings(job, lines), *notes, *(uploaded.notes if uploaded else ()))
    contents = Contents(job, documents, lines, layout, told, uploaded)
    sheets = internal.submit_all(contents)

    # The print copy is made while the engine typesets the sheets.
    printed = print_copy(job, layout)
    data = data_copy(job)
    described = manifest.describe(
        job, documents, lines, attachments, printed, contents.notes, uploaded, codes
    )

    files = [file for document in documents for file in document.files]
    copy = [printed.file] if printed else []
    up = [one.file for one in uploaded.files] if uploaded else []
    sheet_files = internal.collect_all(contents, sheets)
    return Packet(job, (*files, *copy, *up, *sheet_files, *data), described, documents)


def begin(source: Source, programme: Programme, order: Order, session: Session) -> Job:
    """Load and judge, and refuse wrong values; arguments as for ``build``, errors as for ``assess`` and DataError."""
    job = assess(source, programme, order, session)
    if job.dataset.problems:
        raise DataError("数据有误", problems=job.dataset.problems)
    return job


def assess(source: Source, programme: Programme, order: Order, session: Session) -> Job:
    """Load the data as the programme sees it, and judge what can be judged of it.

    Raises:
        ProgrammeError: the programme is at fault.
    """
    dataset = load_for(source, programme, session.catalogue)
    expect_attachments(dataset)
    if order.signing_pages is not None:
        dataset = _with_signing_pages(dataset, programme, order.signing_pages)
    judged = session.templates.model_clauses.spelled_out(dataset, programme)
    day = session.when.date() if session.when else None
    findings = judge(judged, programme, session.common_rules, accept=order.accept, day=day)
    dataset = replace(dataset, problems=judged.problems)
    when = time_of(dataset, session.when)
    printing = dataset.consortium.printing
    return Job(
        session,
        programme,
        dataset,
        order.edition,
        findings,
        when,
        source.folder,
        order.sides,
        page_codes=order.page_codes or bool(printing and printing.page_codes),
        sheets=order.sheets or internal.DEFAULTS[order.edition],
    )


def _with_signing_pages(dataset: Dataset, programme: Programme, chosen: SigningPages) -> Dataset:
    """The data as if they said themselves how the agreement is signed: their copy in the packet says it too."""
    pages = OWN_PAGES if chosen == "one-per-party" else SHARED_PAGES
    agreement: Any = dataset.consortium.agreement
    if agreement is None:
        part = programme.model.specs()["agreement"].part
        agreement = part() if part else None
    changed = agreement.model_copy(update={"signing_pages": pages})
    consortium = dataset.consortium.model_copy(update={"agreement": changed})
    return replace(dataset, consortium=consortium)


def load_for(source: Source, programme: Programme, catalogue: Catalogue) -> Dataset:
    """Load the data as a programme sees it: the one way for packets, batches and roll-ups.

    Raises:
        ProgrammeError: a programme is at fault.
    """
    dataset = load(source, programme, known={programme.code: programme})
    if dataset.problems:
        # An unknown field may be another programme's; all programmes are read only in that case, as it is slow.
        dataset = load(source, programme, known=catalogue.all())
    told = version_notice(dataset, programme)
    return replace(dataset, notices=(*dataset.notices, told)) if told else dataset


def fill_ready(job: Job) -> list[Filled]:
    """The official documents and letters, filled, where nothing stands in the way of the edition.

    Raises:
        RefusedError: a signing edition is asked for and something stands in the way.
        ProgrammeError: a template is at fault.
    """
    filled = fill_all(job)
    if job.edition == "signing":
        refuse_unready(job, filled)
    return filled


def make_documents(job: Job) -> tuple[MadeDocument, ...]:
    """The official documents and letters alone.

    Raises:
        RefusedError: a signing edition is asked for and something stands in the way.
        ProgrammeError: a template is at fault.
        PdfError: the PDF engine failed.
    """
    return collect_all(job, submit_all(job, fill_ready(job)))

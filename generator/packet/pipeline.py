"""A packet's steps in order: load, judge, fill all, submit all to the typesetter, collect all, publish.

``build`` makes a packet in memory, ``put`` publishes it.
"""

from __future__ import annotations

from pathlib import Path

from generator.model.programme import Programme
from generator.packet import manifest
from generator.packet.assessment import Order, begin
from generator.packet.attachments import Attachment, read_attachments
from generator.packet.data_copy import data_copy
from generator.packet.documents import Filled, collect_all, fill_all, submit_all
from generator.packet.facts import settled
from generator.packet.obstacles import refuse_unready
from generator.packet.page_codes import with_page_codes
from generator.packet.parts import Job, MadeDocument, Packet
from generator.packet.print_copy import laid_out, print_copy
from generator.packet.readiness import warnings
from generator.packet.session import Session
from generator.packet.sheets import internal
from generator.packet.sheets.checklist import checklist_lines
from generator.packet.sheets.sheet import Contents
from generator.packet.upload import uploads
from generator.publishing import PacketFile, Published, publish
from generator.readers.source_file import Source


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

"""Drawing a packet's documents: each template filled, each filled document typeset and given its places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.model.programme import Document
from generator.packet.letters import Letter, letters_of
from generator.packet.parts import Job, MadeDocument, MadeFile, TemplateUsed
from generator.packet.session import Session
from generator.packet.signing import signings_of, with_fields
from generator.publishing import safe_name
from generator.rendering.page_numbers import with_page_numbers
from generator.rendering.render import Rendered, render

if TYPE_CHECKING:
    from generator.pdf.engine import PdfDocument


@dataclass(frozen=True, slots=True)
class Filled:
    """A document whose template has been filled.

    Attributes:
        stem: its files' path without a suffix.
        document: as the programme declares it.
        template: what it was filled from.
        rendered: the filled file.
        party: who alone signs it, where it is one party's letter.
    """

    stem: str
    document: Document
    template: TemplateUsed
    rendered: Rendered
    party: str = ""


def _fill(job: Job, number: int, document: Document, session: Session) -> Filled:
    prepared = session.template_of(job.programme, document, job.dataset.consortium, job.edition)
    rendered = render(
        prepared.template,
        job.dataset.consortium,
        job.programme,
        document,
        job.edition,
        headings=prepared.headings,
        when=job.when,
        fill_clauses=session.model_clauses.fill,
    )
    stem = safe_name(f"{number:02d}-{document.title}")
    return Filled(stem, document, TemplateUsed(prepared.name, prepared.sha256), rendered)


def _fill_letter(job: Job, letter: Letter, session: Session) -> Filled:
    document = letter.document
    prepared = session.prepare(session.catalogue.common(document.template))
    rendered = render(
        prepared.template,
        job.dataset.consortium,
        job.programme,
        document,
        job.edition,
        headings={},
        when=job.when,
        member=letter.member,
    )
    template = TemplateUsed(prepared.name, prepared.sha256)
    return Filled(letter.stem, document, template, rendered, letter.party)


def fill_all(job: Job, session: Session) -> list[Filled]:
    """The official documents and letters, filled, in the packet's order.

    Raises:
        ProgrammeError: a template is at fault.
    """
    documents = enumerate(job.programme.documents, 1)
    return [
        *(_fill(job, number, document, session) for number, document in documents),
        *(_fill_letter(job, letter, session) for letter in letters_of(job)),
    ]


def typeset(job: Job, filled: Filled, session: Session, edited: bytes | None = None) -> MadeDocument:
    """A filled document with its file names, and its PDF where PDFs are wanted.

    Args:
        job: what the packet is made from.
        filled: the document.
        session: faces and engine.
        edited: the DOCX as a person has changed it; it stays as it is, to the byte.

    Raises:
        ProgrammeError: the document holds something that cannot be printed.
        PdfError: the PDF engine failed.
    """
    return _finished(job, filled, _begun(job, filled, session, edited), edited)


def typeset_all(
    job: Job, filled: Sequence[Filled], session: Session
) -> Callable[[], tuple[MadeDocument, ...]]:
    """Filled documents that are being typeset; called, it waits for them. Errors as ``typeset``, when called.

    One gets its signature fields while the next is typeset.
    """
    begun = [_begun(job, one, session) for one in filled]
    session.prepare_to_finish()
    return lambda: tuple(_finished(job, one, pdf) for one, pdf in zip(filled, begun, strict=True))


def _begun(
    job: Job, filled: Filled, session: Session, edited: bytes | None = None
) -> Future[PdfDocument] | None:
    if not session.makes_pdf:
        return None
    rendered, title = filled.rendered, filled.document.title
    if edited is not None:
        return session.typeset(edited, title, job)
    return session.typeset(rendered.docx, title, job, rendered.parts)


def _finished(
    job: Job, filled: Filled, begun: Future[PdfDocument] | None, edited: bytes | None = None
) -> MadeDocument:
    document, rendered = filled.document, filled.rendered
    parties = (filled.party,) if filled.party else None
    path = f"{filled.stem}.docx"
    docx = rendered.docx if edited is None else edited
    pdf = None
    files: tuple[MadeFile, ...] = ()
    signings = signings_of(job, document, None, parties)
    if begun is not None:
        pdf = begun.result()
        if pdf.references and edited is None:
            docx = with_page_numbers(docx, pdf.references, job.when)
        signings, data = with_fields(job, document, pdf, parties)
        files = (MadeFile(f"{filled.stem}.pdf", "pdf", data, pdf.pages),)
    files = (MadeFile(path, "docx", docx), *files)
    record = rendered.record
    return MadeDocument(document, filled.template, record, files, pdf, signings, edited is not None)

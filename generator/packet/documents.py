"""A packet's official documents and letters: filled, submitted to the typesetter, collected."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from generator.model.programme import Document
from generator.packet.chosen import Chosen, chosen_documents
from generator.packet.parts import Job, MadeDocument, MadeFile, TemplateUsed
from generator.packet.signing import signings_of, with_fields
from generator.rendering.page_numbers import with_page_numbers
from generator.rendering.render import Rendered, render
from generator.rendering.template import check_parts

if TYPE_CHECKING:
    from concurrent.futures import Future

    from generator.pdf.engine import PdfDocument

# Slow to import, and needed only once the first PDF is typeset: see submit_all.
_FINISHING: Final = (
    "generator.pdf.signatures.fields",
    "generator.pdf.pages.free_space",
    "generator.pdf.pages.merge",
    "generator.pdf.pages.overlays",
)


class Filled(Struct, frozen=True):
    """A document whose template has been filled.

    Attributes:
        stem: its files' path without a suffix.
        document: as the programme declares it.
        template: what it was filled from.
        rendered: the filled file.
        party: whose alone it is, where it is one party's.
        origin: the id under which it is declared.
    """

    stem: str
    document: Document
    template: TemplateUsed
    rendered: Rendered
    party: str = ""
    origin: str = ""


class Submitted(Struct, frozen=True):
    """A filled document that is being typeset.

    Attributes:
        filled: the document.
        edited: the DOCX as a person has changed it; None where nobody has.
        pdf: where its PDF will be; None where no PDFs are made.
    """

    filled: Filled
    edited: bytes | None
    pdf: Future[PdfDocument] | None


def fill_all(
    job: Job, only: frozenset[str] = frozenset(), *, marking: bool = False, guided: bool = True
) -> list[Filled]:
    """The official documents, and those of ours that are chosen, filled, in the packet's order.

    Args:
        job: what the packet is made from.
        only: the documents wanted, by id; all where empty.
        marking: put marks around every value, for a preview.
        guided: put the programme's guidance into a draft as comments; not needed where nobody opens it.

    Raises:
        ProgrammeError: a template is at fault.
    """
    return [
        _fill(job, chosen, marking=marking, guided=guided)
        for chosen in chosen_documents(job).documents
        if not only or chosen.document.id in only
    ]


def _fill(job: Job, chosen: Chosen, *, marking: bool, guided: bool) -> Filled:
    document, templates = chosen.document, job.session.templates
    if chosen.common:
        prepared = templates.common(document.template)
    else:
        prepared = templates.template_of(
            job.programme, document, job.dataset.consortium, guided=guided and job.edition == "draft"
        )
    rendered = render(
        prepared.template,
        job.render_job,
        document,
        prepared.headings,
        member=chosen.member,
        cover=chosen.cover,
        marking=marking,
    )
    template = TemplateUsed(prepared.name, prepared.sha256, prepared.template.revisions)
    return Filled(chosen.stem, document, template, rendered, chosen.party, chosen.origin)


def submit_all(job: Job, filled: Iterable[Filled]) -> list[Submitted]:
    """Submit filled documents to the typesetter, in their order; errors as for ``submit``."""
    submitted = [submit(job, one) for one in filled]
    if job.session.typesetter is not None:
        # Imported here so that it happens while the engine typesets the first document.
        for module in _FINISHING:
            importlib.import_module(module)
    return submitted


def submit(job: Job, filled: Filled, edited: bytes | None = None, drawn: bytes | None = None) -> Submitted:
    """Have a filled document typeset, where PDFs are wanted.

    Args:
        job: what the packet is made from.
        filled: the document.
        edited: the DOCX as a person has changed it; it stays as it is, to the byte.
        drawn: the DOCX to typeset instead of ``edited``, where signature bookmarks had to be put back into it.

    Raises:
        ProgrammeError: the document holds something that cannot be printed.
        PdfError: the PDF engine cannot be had.
    """
    typesetter = job.session.typesetter
    if typesetter is None:
        if edited is None:
            check_printable(filled.rendered, filled.template.name, filled.document.title)
        return Submitted(filled, edited, None)
    info = job.pdf_info(filled.document.title)
    docx, parts = (filled.rendered.docx, filled.rendered.parts) if edited is None else (drawn or edited, None)
    return Submitted(filled, edited, typesetter.submit(docx, info, parts=parts, watermark=job.watermark))


def check_printable(rendered: Rendered, template: str, title: str) -> None:
    """Refuse without PDFs what would be refused with them, so that a packet's edition does not depend on an option.

    Args:
        rendered: the filled document.
        template: its template's name, for errors.
        title: the document's title, for errors.

    Raises:
        ProgrammeError: a part is no XML, or holds what cannot be printed.
    """
    from generator.pdf.docx.reader import read_tree

    check_parts(rendered.parts, template)
    read_tree(rendered.parts, title)


def collect_all(job: Job, submitted: Sequence[Submitted]) -> tuple[MadeDocument, ...]:
    """Wait for submitted documents and finish them: one gets its signature fields while the next is typeset.

    Raises:
        PdfError: the PDF engine failed.
    """
    return tuple(collect(job, one) for one in submitted)


def collect(job: Job, submitted: Submitted) -> MadeDocument:
    """A submitted document with its files and signings; errors as for ``collect_all``."""
    filled, edited = submitted.filled, submitted.edited
    document, rendered = filled.document, filled.rendered
    parties = (filled.party,) if filled.party else None
    docx = rendered.docx if edited is None else edited
    pdf = None
    printed: tuple[MadeFile, ...] = ()
    if submitted.pdf is None:
        signings = signings_of(job, document, None, parties)
    else:
        pdf = submitted.pdf.result()
        if pdf.references and edited is None:
            docx = with_page_numbers(docx, pdf.references, job.when)
        signings, data = with_fields(job, document, pdf, parties)
        printed = (MadeFile(f"{filled.stem}.pdf", "pdf", data, pdf.pages),)
    files = (MadeFile(f"{filled.stem}.docx", "docx", docx), *printed)
    edited_by_hand = edited is not None
    return MadeDocument(
        document,
        filled.template,
        rendered.record,
        files,
        pdf,
        signings,
        edited_by_hand,
        filled.origin,
        filled.party,
    )

"""``packet.pdf``, the print copy: official documents, letters and attachments, with outlines; no originals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.packet.attachments import Attachment
from generator.packet.parts import Job, MadeDocument, MadeFile

if TYPE_CHECKING:
    from generator.pdf.engine import Heading

PATH = "packet.pdf"


@dataclass(frozen=True, slots=True)
class PrintCopy:
    """The print copy, and where in it everything begins.

    Attributes:
        file: the PDF.
        first: the first page, from 1, of each document by its id, and of each checklist item by
            ``attachments.<id>``.
    """

    file: MadeFile
    first: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Part:
    id: str
    title: str
    pdf: bytes
    headings: Sequence[Heading]
    pages: int
    foot: float = 0.0


def print_copy(
    job: Job,
    documents: Sequence[MadeDocument],
    attachments: Sequence[Attachment],
    first: Mapping[str, int],
) -> PrintCopy | None:
    """Everything that goes to the authority as one PDF for the printer; None where no PDFs are made.

    Args:
        job: what the packet is made from.
        documents: the official documents and letters, in order.
        attachments: in the scheme's order.
        first: from ``first_pages`` of the same.
    """
    typesetter = job.session.typesetter
    if typesetter is None:
        return None
    from generator.pdf.pages.merge import merge
    from generator.pdf.pages.overlays import PrintedPart, page_numbers
    from generator.pdf.signatures.fields import identified

    parts = [*_documents(documents), *_attachments(job, attachments)]
    bound = [PrintedPart(part.pdf, part.pages, part.foot) for part in parts]
    data = merge(
        [(part.title, part.pdf, part.headings) for part in parts],
        title=job.consortium,
        timestamp=job.when,
        mark=lambda whole: page_numbers(whole, bound, typesetter.faces),
    )
    data = identified(data)
    pages = sum(part.pages for part in parts)
    return PrintCopy(MadeFile(PATH, "pdf", data, pages), first)


def first_pages(
    job: Job, documents: Sequence[MadeDocument], attachments: Sequence[Attachment]
) -> Mapping[str, int]:
    """The first page of everything in the print copy; keys as in ``PrintCopy.first``, empty without a print copy."""
    first: dict[str, int] = {}
    if job.session.typesetter is None:
        return first
    page = 1
    for part in (*_documents(documents), *_attachments(job, attachments)):
        first.setdefault(part.id, page)
        page += part.pages
    return first


def _documents(documents: Sequence[MadeDocument]) -> Iterator[_Part]:
    for made in documents:
        if made.pdf is not None:
            document = made.document
            pdf = made.pdf
            yield _Part(document.id, document.title, pdf.pdf, pdf.headings, pdf.pages, pdf.foot)


def _attachments(job: Job, attachments: Sequence[Attachment]) -> Iterator[_Part]:
    titles = {item.id: item.title for item in job.programme.attachments}
    for item, title in titles.items():
        own = [attachment for attachment in attachments if attachment.item == item]
        for number, attachment in enumerate(own, 1):
            which = f"（{number}/{len(own)}）{attachment.file}" if len(own) > 1 else ""
            yield _Part(f"attachments.{item}", f"附件：{title}{which}", attachment.pdf, (), attachment.pages)

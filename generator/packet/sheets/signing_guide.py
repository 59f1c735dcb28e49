"""The signing guide with pictures of the pages to be sealed, and a sheet for each party."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from generator.packet.check_code import qr_picture
from generator.packet.parts import ChecklistLine, Job, MadeDocument, MadeFile
from generator.packet.sheets.sheet import FOLDER, Begun, Press
from generator.packet.sheets.signing_texts import guide_names, parties_names, signed_documents
from generator.publishing import safe_name

if TYPE_CHECKING:
    from generator.pdf.engine import PdfDocument
    from generator.pdf.fonts.faces import Faces

GUIDE: Final = "signing-guide"
PARTIES: Final = "parties"
_QR: Final = "word/media/image1.png"
_TITLES: Final = {GUIDE: "签署指引", PARTIES: "签署通知单"}


def signing_guide(
    job: Job,
    documents: Sequence[MadeDocument],
    lines: Sequence[ChecklistLine],
    code: str | None,
    notes: Sequence[str],
    press: Press,
    first: Mapping[str, int],
) -> Begun:
    """The signing guide; its PDF ends with the pages to be sealed, each seal's place marked.

    Args:
        job: what the packet is made from.
        documents: the documents and letters.
        lines: the checklist.
        code: the check code; None in a draft, or where there are no PDFs.
        notes: what a person should look to before signing.
        press: makes the sheets.
        first: the first page in the print copy of each document, by its id.
    """
    title = _TITLES[GUIDE]
    names = guide_names(job, documents, lines, code, notes, first)
    picture = {_QR: qr_picture(f"{job.consortium} 核对码 {code}")} if code else {}
    filled = press.fill(GUIDE, title, names, picture)
    made = [MadeFile(f"{FOLDER}/{GUIDE}.docx", "docx", filled.docx)]
    if not press.session.makes_pdf:
        return lambda: made
    begun = press.pdf(filled, title)

    def files() -> list[MadeFile]:
        from generator.pdf.pages.merge import merge

        marked = list(_marked(documents, press.session.faces)) if job.edition == "signing" else []
        pdf = begun.result()
        data, pages = pdf.pdf, pdf.pages + sum(count for _, _, count in marked)
        if marked:
            parts = [(title, pdf.pdf, pdf.headings), *((name, page, ()) for name, page, _ in marked)]
            data = merge(parts, title=title, timestamp=job.when)
        return [*made, MadeFile(f"{FOLDER}/{GUIDE}.pdf", "pdf", data, pages)]

    return files


def _marked(documents: Sequence[MadeDocument], faces: Faces) -> Iterator[tuple[str, bytes, int]]:
    """Copies of the pages that the applicants seal, with their title and number."""
    from generator.pdf.pages.overlays import seal_guide

    for made in signed_documents(documents):
        ours = {each.role for each in made.document.signatories if each.party in {"lead", "members"}}
        seals: dict[int, list[tuple[float, float]]] = {}
        for signing in made.signings:
            if signing.role in ours and signing.page is not None and signing.seal_at is not None:
                seals.setdefault(signing.page, []).append(signing.seal_at)
        if made.pdf is None or not seals:
            continue
        name = f"印章位置：{made.document.title}"
        yield name, seal_guide(made.pdf.pdf, seals, faces, seam=made.pdf.pages > 1), len(seals)


def parties_sheets(
    job: Job,
    documents: Sequence[MadeDocument],
    lines: Sequence[ChecklistLine],
    code: str | None,
    press: Press,
) -> Begun:
    """A sheet for each party: one DOCX of them all, and a PDF each, to be sent to that party alone.

    Args:
        job: what the packet is made from.
        documents: the documents and letters.
        lines: the checklist.
        code: the check code; None where there are no PDFs.
        press: makes the sheets.
    """
    title = _TITLES[PARTIES]
    names = parties_names(job, documents, lines, code)
    if not names["parties"]:
        return list
    filled = press.fill(PARTIES, title, names)
    made = [MadeFile(f"{FOLDER}/{PARTIES}.docx", "docx", filled.docx)]
    if not press.session.makes_pdf:
        return lambda: made
    begun = press.pdf(filled, title)
    parties = [party["name"] for party in names["parties"]]

    def files() -> list[MadeFile]:
        stem = f"{FOLDER}/{PARTIES}"
        apart = enumerate(_apart(begun.result(), parties, job), 1)
        return [
            *made,
            *(
                MadeFile(f"{stem}/{safe_name(f'{number:02d}-{name}')}.pdf", "pdf", data, pages)
                for number, (name, data, pages) in apart
            ),
        ]

    return files


def _apart(pdf: PdfDocument, parties: Sequence[str], job: Job) -> Iterator[tuple[str, bytes, int]]:
    """Each party's own pages: from its heading to the next party's."""
    import pikepdf

    from generator.pdf.pages.metadata import settle

    begins = [heading.page for heading in pdf.headings]
    if len(begins) != len(parties):
        raise RuntimeError("each party's sheet must begin with a heading of its own")
    with pikepdf.open(io.BytesIO(pdf.pdf)) as whole:
        for name, begin, end in zip(parties, begins, [*begins[1:], pdf.pages + 1], strict=True):
            with pikepdf.Pdf.new() as own:
                own.pages.extend(whole.pages[begin - 1 : end - 1])
                for page in own.pages:
                    # The structure tree stays behind with the whole.
                    if "/StructParents" in page:
                        del page["/StructParents"]
                title = f"{_TITLES[PARTIES]}：{name}"
                yield name, settle(own, title=title, author="", timestamp=job.when), end - begin

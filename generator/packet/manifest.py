"""What the manifests of packets, amendments and roll-ups say: put together here from what was made."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache
from typing import Literal, TypedDict

from generator import __version__
from generator.model.findings import count_verdicts
from generator.model.paths import given, title_of
from generator.model.programme import Programme
from generator.packet.attachments import Attachment
from generator.packet.parts import ChecklistLine, Job, MadeDocument, MadeFile
from generator.packet.print_copy import PrintCopy
from generator.packet.session import Session
from generator.packet.signing import code_of, places_not_found
from generator.packet.upload import Uploads
from generator.publishing.manifest import (
    Accepted,
    Bound,
    ChecklistEntry,
    Copies,
    Digest,
    Document,
    DocumentFile,
    Face,
    File,
    Findings,
    PacketManifest,
    PageCode,
    Printing,
    Signatory,
    Unprinted,
    Upload,
    UploadFile,
)


class Common(TypedDict):
    """What the manifest of every kind says."""

    programme: str
    date: date
    generator: str
    pdf_engine: str | None
    fonts: tuple[Face, ...]
    inputs: tuple[Digest, ...]
    templates: tuple[Digest, ...]
    check_code: str | None
    packet: File | None
    documents: tuple[Document, ...]
    warnings: tuple[str, ...]


def common(
    programme: Programme,
    when: datetime,
    inputs: Iterable[tuple[str, str]],
    documents: tuple[MadeDocument, ...],
    warnings: Iterable[str],
    session: Session,
    printed: PrintCopy | None = None,
) -> Common:
    """What the manifest of every kind says.

    Args:
        programme: the programme.
        when: the time that stands in every file.
        inputs: name and sha256 of every file that the data came from.
        documents: the documents made.
        warnings: what a person should look to, beside what the documents tell themselves.
        session: faces and engine.
        printed: the print copy; None where there is none.
    """
    own = (text for made in documents if made.pdf for text in (*made.pdf.warnings, *places_not_found(made)))
    templates = {(made.template.name, made.template.sha256) for made in documents}
    return {
        "programme": programme.code,
        "date": when.date(),
        "generator": __version__,
        "pdf_engine": session.pdf_engine,
        "fonts": tuple(Face(**face) for face in session.fonts),
        "inputs": _digests(inputs),
        "templates": _digests(templates),
        "check_code": code_of(documents),
        "packet": listed_file(printed.file) if printed else None,
        "documents": tuple(_document(made) for made in documents),
        "warnings": tuple(sorted({*warnings, *own, *_revisions(documents)})),
    }


def _revisions(documents: Iterable[MadeDocument]) -> Iterator[str]:
    """What was accepted of the templates' tracked changes."""
    for made in documents:
        if made.template.revisions:
            yield (
                f"《{made.document.title}》的模板 {made.template.name} 里有 {made.template.revisions} 处修订，"
                "印的是全部接受以后的，请方案的维护人在 Word 里接受或拒绝"
            )


def describe(
    job: Job,
    documents: tuple[MadeDocument, ...],
    checklist: tuple[ChecklistLine, ...],
    attachments: tuple[Attachment, ...],
    printed: PrintCopy | None,
    notes: tuple[str, ...] = (),
    uploaded: Uploads | None = None,
    codes: tuple[PageCode, ...] | None = None,
) -> PacketManifest:
    """The manifest of a packet.

    Args:
        job: what the packet is made from.
        documents: the official documents and letters.
        checklist: what is to be attached.
        attachments: the files that are bound.
        printed: the print copy; None where there is none.
        notes: what a person should look to before signing.
        uploaded: the files for upload; None where there are none.
        codes: the codes in the margins; None where there are none.
    """
    copies = job.programme.copies
    return PacketManifest(
        **common(job.programme, job.when, job.dataset.inputs.items(), documents, notes, job.session, printed),
        consortium=job.consortium,
        facts=job.facts,
        edition=edition_of(job),
        findings=Findings(
            counts=dict(count_verdicts(job.findings)),
            accepted=tuple(
                Accepted(rule=finding.rule, clause=finding.clause, reason=finding.accepted)
                for finding in job.findings
                if finding.accepted
            ),
        ),
        unprinted=unprinted(job, documents),
        copies=Copies(total=copies.total, holders=copies.holders, clause=copies.clause, note=copies.note),
        checklist=tuple(
            ChecklistEntry(
                id=line.id,
                title=line.title,
                required=line.required,
                state=line.state.value,
                files=line.files,
                lost=line.lost,
                pages=line.pages,
                first_page=line.first,
            )
            for line in checklist
        ),
        attachments=tuple(_attachments(attachments, printed)),
        upload=_upload(uploaded) if uploaded else None,
        page_codes=codes,
        printing=Printing(sides=printed.layout.sides, sheets=printed.layout.sheets) if printed else None,
        sheets=job.sheets,
    )


def _upload(made: Uploads) -> Upload:
    return Upload(
        portal=made.portal,
        max_bytes=made.most,
        files=tuple(
            UploadFile(
                path=one.file.path,
                sha256=hashlib.sha256(one.file.data).hexdigest(),
                pages=one.file.pages,
                title=one.title,
                of=one.of,
                bytes=len(one.file.data),
                bytes_before=one.before,
                pictures_percent=one.percent,
            )
            for one in made.files
        ),
    )


def edition_of(job: Job) -> Literal["draft", "signing"]:
    """The edition as a manifest gives it; blank forms have none."""
    return "signing" if job.edition == "signing" else "draft"


def _digests(by_name: Iterable[tuple[str, str]]) -> tuple[Digest, ...]:
    return tuple(Digest(name=name, sha256=sha256) for name, sha256 in sorted(by_name))


def unprinted(job: Job, documents: Iterable[MadeDocument]) -> tuple[Unprinted, ...]:
    """The given values that no document of the programme prints, each with its path and title.

    A value from which a document prints only a count or a tick counts as printed: the form asks for no more.
    """
    # No document prints these: attachments are bound into the print copy, accepted reasons stand on the
    # conditions sheet, letters are chosen and made.
    elsewhere = (
        *(f"attachments.{item.id}[" for item in job.programme.attachments),
        "accepted[",
        "letters[",
    )
    used: set[str] = set()
    for made in documents:
        used |= made.record.printed.keys() | made.record.derived
    return tuple(
        Unprinted(field=path, title=title_of(job.programme.model, path, job.programme.titles))
        for path, _, _ in given(job.dataset.consortium)
        if path not in used and not path.startswith(elsewhere)
    )


def unused(job: Job, documents: Iterable[MadeDocument]) -> tuple[Unprinted, ...]:
    """Those of ``unprinted`` that serve nothing else either, for a person to look at.

    What a condition is judged by is used, though no document prints it; so is what tells how filing, signing and
    printing are done.
    """
    rules = (job.programme, job.session.common_rules)
    looked = [each for rule in rules for each in (*rule.figures.values(), *rule.conditions)]
    judged = [
        frozenset({"members", "role"}),
        *(frozenset(re.findall(r"[a-z_]+", each.model_dump_json())) for each in looked),
    ]

    @cache
    def is_judged(field: str) -> bool:
        names = set(field.split("."))
        return any(names <= every for every in judged)

    return tuple(
        one
        for one in unprinted(job, documents)
        if not one.field.startswith(
            ("printing.", "agreement.signing_deadline", "scheme_version", "route", "recommender")
        )
        and not is_judged(re.sub(r"\[\d+\]", "", one.field))
    )


def _attachments(attachments: Iterable[Attachment], printed: PrintCopy | None) -> Iterator[Bound]:
    """Each file that is bound, with its first page in the print copy."""
    for one in attachments:
        first = None
        if printed:
            layout, item = printed.layout, f"attachments.{one.item}"
            own = next(at for at in layout.numbers(item) if layout.parts[at].file == one.file)
            first = layout.spot(own, 1).page
        yield Bound(id=one.item, file=one.file, pages=one.pages, first_page=first)


def listed_file(file: MadeFile) -> File:
    """A file as a manifest lists it."""
    return File(path=file.path, sha256=hashlib.sha256(file.data).hexdigest(), pages=file.pages)


def _document(made: MadeDocument) -> Document:
    document = made.document
    return Document(
        id=document.id,
        title=document.title,
        filing=document.filing,
        edited=made.edited,
        files=tuple(
            DocumentFile(
                path=file.path,
                sha256=hashlib.sha256(file.data).hexdigest(),
                pages=file.pages,
                format="pdf" if file.format == "pdf" else "docx",
            )
            for file in made.files
        ),
        signatories=tuple(
            Signatory(
                party=signing.party,
                role=signing.role,
                title=signing.title,
                signer=signing.signer,
                page=signing.page,
                rect=signing.rect,
                field=signing.field,
                seal=signing.seal,
                dated=signing.dated,
                stage=signing.stage,
            )
            for signing in made.signings
        ),
    )

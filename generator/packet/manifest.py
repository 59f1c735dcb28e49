"""``manifest.json``: what a packet holds, from what it was made, and who signs where. No absolute paths."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from generator import __version__
from generator.model.findings import count_verdicts
from generator.model.paths import given, title_of
from generator.packet.attachments import Attachment
from generator.packet.parts import ChecklistLine, Job, MadeDocument, MadeFile
from generator.packet.print_copy import PrintCopy
from generator.packet.signing import code_of, places_not_found

SCHEMA = 1


def describe(
    job: Job,
    documents: tuple[MadeDocument, ...],
    checklist: tuple[ChecklistLine, ...],
    attachments: tuple[Attachment, ...],
    printed: PrintCopy | None,
    notes: tuple[str, ...] = (),
) -> dict[str, Any]:
    """The manifest as a JSON object.

    Args:
        job: what the packet is made from.
        documents: the official documents and letters.
        checklist: what is to be attached.
        attachments: the files that are bound.
        printed: the print copy; None where there is none.
        notes: what a person should look to before signing.
    """
    templates = {document.template.name: document.template.sha256 for document in documents}
    return {
        "schema": SCHEMA,
        "programme": job.programme.code,
        "edition": job.edition,
        "consortium": job.consortium,
        "date": job.when.date().isoformat(),
        "generator": __version__,
        "pdf_engine": job.session.pdf_engine,
        "fonts": list(job.session.fonts),
        "inputs": hashes(job.dataset.inputs),
        "templates": hashes(templates),
        "findings": {
            "counts": count_verdicts(job.findings),
            "accepted": [
                {"rule": finding.rule, "clause": finding.clause, "reason": finding.accepted}
                for finding in job.findings
                if finding.accepted
            ],
        },
        "unprinted": unprinted(job, documents),
        "copies": job.programme.copies.model_dump(exclude_none=True),
        "checklist": [
            {
                "id": line.id,
                "title": line.title,
                "required": line.required,
                "state": line.state,
                "files": list(line.files),
                "pages": line.pages,
                "first_page": line.first,
            }
            for line in checklist
        ],
        "check_code": code_of(documents),
        "attachments": list(_attachments(attachments, printed)),
        "packet": _file(printed.file) if printed else None,
        "documents": [document_entry(made) for made in documents],
        "warnings": sorted(
            {
                *notes,
                *(
                    text
                    for made in documents
                    if made.pdf
                    for text in (*made.pdf.warnings, *places_not_found(made))
                ),
            }
        ),
    }


def hashes(by_name: Mapping[str, str]) -> list[dict[str, str]]:
    """Digests by name, as the manifest lists them."""
    return [{"name": name, "sha256": digest} for name, digest in sorted(by_name.items())]


def unprinted(job: Job, documents: Iterable[MadeDocument]) -> list[dict[str, str]]:
    """The given values that no document of the programme prints, each with its path and title.

    A value that only a count or a tick was made from counts as printed: the form shows it that way.
    """
    # These reach the packet by other ways: bound as attachments, and on the conditions sheet.
    elsewhere = (*(f"attachments.{item.id}[" for item in job.programme.attachments), "accepted[")
    used: set[str] = set()
    for made in documents:
        used |= made.record.printed.keys() | made.record.derived
    return [
        {"field": path, "title": title_of(job.programme.model, path, job.programme.labels)}
        for path, _, _ in given(job.dataset.consortium)
        if path not in used and not path.startswith(elsewhere)
    ]


def _attachments(attachments: Iterable[Attachment], printed: PrintCopy | None) -> Iterator[dict[str, Any]]:
    """Each file that is bound, with its first page in the print copy."""
    taken: dict[str, int] = {}
    for one in attachments:
        first = printed.first[f"attachments.{one.item}"] + taken.get(one.item, 0) if printed else None
        taken[one.item] = taken.get(one.item, 0) + one.pages
        yield {"id": one.item, "file": one.file, "pages": one.pages, "first_page": first}


def _file(file: MadeFile) -> dict[str, Any]:
    described: dict[str, Any] = {"path": file.path, "sha256": hashlib.sha256(file.data).hexdigest()}
    if file.pages is not None:
        described["pages"] = file.pages
    return described


def document_entry(made: MadeDocument) -> dict[str, Any]:
    """A document as the manifest describes it: its files, and who signs it where."""
    document = made.document
    return {
        "id": document.id,
        "title": document.title,
        "filing": document.filing,
        "edited": made.edited,
        "files": [{**_file(file), "format": file.format} for file in made.files],
        "signatories": [
            {
                "party": signing.party,
                "role": signing.role,
                "title": signing.title,
                "signer": signing.signer,
                "page": signing.page,
                "rect": list(signing.rect) if signing.rect else None,
                "field": signing.field,
            }
            for signing in made.signings
        ],
    }

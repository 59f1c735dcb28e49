"""The sheets for the applicant's own eyes: the conditions one by one, and the checklist."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from generator.model.findings import Finding, count_verdicts
from generator.model.paths import title_of
from generator.packet.attachments import Attachment
from generator.packet.manifest import unprinted
from generator.packet.parts import ChecklistLine, Job, MadeDocument, MadeFile
from generator.packet.session import Session
from generator.packet.sheets.entry import entry_sheet
from generator.packet.sheets.sheet import Begun, Press
from generator.packet.sheets.signing_guide import parties_sheets, signing_guide
from generator.packet.sheets.signing_texts import copies_of, pages_text
from generator.packet.signing import code_of

VERDICT_TEXTS: Final = {
    "pass": "符合",
    "fail": "不符合",
    "warn": "提醒",
    "unknown": "缺数据",
    "judge": "人工判断",
}
LEVEL_TEXTS: Final = {"must": "必须", "in_principle": "原则上", "preferred": "鼓励"}
FILING_TEXTS: Final = {"paper": "正式文件，打印或上传", "entry-draft": "网上填报底稿，不作为正式文件"}


def checklist(
    job: Job,
    documents: tuple[MadeDocument, ...],
    attachments: tuple[Attachment, ...],
    first: Mapping[str, int],
) -> tuple[ChecklistLine, ...]:
    """What is to be attached, whether the data names a file for it, and where it is bound.

    Args:
        job: what the packet is made from.
        documents: the documents made; an item with a document's id is in the packet already.
        attachments: the files that are bound.
        first: where in the print copy everything begins, from ``first_pages``.
    """
    given = job.dataset.consortium.attachments or {}
    made = {document.document.id for document in documents}
    lines = []
    for item in job.programme.attachments:
        files = tuple(given.get(item.id) or ())
        lost = [file for file in files if file not in job.dataset.inputs]
        if lost:
            state = f"找不到文件：{'、'.join(lost)}"
        elif files:
            state = "已附"
        elif any(one == item.id or one.startswith(f"{item.id}-") for one in made):
            state = "本套已含"
        else:
            state = "缺" if item.required else "如有请附"
        pages = sum(attachment.pages for attachment in attachments if attachment.item == item.id)
        begins = first.get(f"attachments.{item.id}") if pages else None
        lines.append(
            ChecklistLine(
                item.id, item.title, item.required, state, files, item.clause, item.note, pages, begins
            )
        )
    return tuple(lines)


def conditions_sheet(job: Job, session: Session) -> Begun:
    """Every condition with its verdict; it is typeset while the caller goes on. Errors as for ``sheets``."""
    names = {
        **_heading(job),
        "counts": [
            {"verdict": VERDICT_TEXTS[verdict], "number": number}
            for verdict, number in count_verdicts(job.findings).items()
        ],
        "findings": [_finding(finding) for finding in job.findings],
        "defects": [
            {"where": defect.where, "text": defect.text, "note": defect.note}
            for defect in job.programme.source.defects
        ],
    }
    return Press(job, session).sheet("conditions", "组建条件逐条核对表", names)


def sheets(
    job: Job,
    documents: tuple[MadeDocument, ...],
    lines: tuple[ChecklistLine, ...],
    first: Mapping[str, int],
    notes: tuple[str, ...],
    session: Session,
) -> Begun:
    """The other internal sheets as DOCX, and as PDF where PDFs are wanted; typeset while the caller goes on.

    The parties' sheets are made for signing only: in a draft nothing is final that they could tell.

    Args:
        job: what the packet is made from.
        documents: the documents and letters.
        lines: the checklist.
        first: where in the print copy everything begins, from ``first_pages``.
        notes: what a person should look to before signing.
        session: templates and engine.

    Raises:
        ProgrammeError: a template is at fault.
        PdfError: the PDF engine failed; raised when the files are asked for.
    """
    code = code_of(documents) if job.edition == "signing" else None
    press = Press(job, session)
    # First what is worked on when it is typeset: that goes on while the rest is.
    guide = signing_guide(job, documents, lines, code, notes, press, first)
    parties = parties_sheets(job, documents, lines, code, press) if job.edition == "signing" else list
    listed = press.sheet("checklist", "材料清单", _names(job, documents, lines))
    entries = entry_sheet(job, press)

    def files() -> list[MadeFile]:
        guided, told = guide(), parties()
        return [*listed(), *guided, *entries(), *told]

    return files


def _heading(job: Job) -> Mapping[str, Any]:
    """What stands at the head of every sheet."""
    return {
        "consortium": job.consortium,
        "edition": "签署版" if job.edition == "signing" else "草稿",
        "programme": {
            "title": job.programme.title,
            "authority": job.programme.authority,
            "number": job.programme.source.number,
            "source": job.programme.source.title,
        },
    }


def _names(
    job: Job, documents: tuple[MadeDocument, ...], lines: tuple[ChecklistLine, ...]
) -> Mapping[str, Any]:
    """What the checklist's template can use."""
    programme = job.programme
    return {
        **_heading(job),
        "documents": [
            {
                "title": made.document.title,
                "filing": FILING_TEXTS[made.document.filing],
                "pages": made.pdf.pages if made.pdf else "",
                "copies": copies_of(job, made.document),
                "note": made.document.note,
            }
            for made in documents
        ],
        "attachments": [
            {
                "title": line.title,
                "required": "必附" if line.required else "选附",
                "state": line.state,
                "files": "、".join(line.files),
                "bound": pages_text(line.first, line.pages),
                "clause": line.clause,
                "note": line.note,
            }
            for line in lines
        ],
        "copies": {
            "total": programme.copies.total or "",
            "holders": "、".join(programme.copies.holders),
            "clause": programme.copies.clause,
            "note": programme.copies.note,
        },
        "channel": {
            "system": programme.channel.system,
            "note": programme.channel.note,
            "clause": programme.channel.clause,
        },
        "routes": [
            {"name": route.name, "through": " → ".join(route.through), "note": route.note}
            for route in programme.routes
        ],
        "deadlines": [
            {"what": deadline.what, "when": deadline.when, "clause": deadline.clause}
            for deadline in programme.deadlines
        ],
        "notes": list(programme.notes),
        "unprinted": _grouped(job, [entry["field"] for entry in unprinted(job, documents)]),
    }


def _grouped(job: Job, paths: Sequence[str]) -> list[str]:
    """Fields by their titles, those of a list's items together, with their number."""
    groups = Counter(re.sub(r"\[\d+\]", "[]", path) for path in paths)
    return [
        title_of(job.programme.model, path, job.programme.labels) + (f"（{number} 处）" if number > 1 else "")
        for path, number in groups.items()
    ]


def _finding(finding: Finding) -> dict[str, str]:
    figures = "；".join(f"{title} {value}" for title, value in finding.figures.items())
    return {
        "rule": finding.rule,
        "title": finding.title,
        "clause": finding.clause,
        "quote": finding.quote,
        "level": LEVEL_TEXTS[finding.level],
        "verdict": VERDICT_TEXTS[finding.verdict],
        "figures": figures,
        "message": finding.message,
        "place": str(finding.place or ""),
        "accepted": finding.accepted,
    }

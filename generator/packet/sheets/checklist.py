"""The checklist: what a packet holds, what is attached, what to take care of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from generator.conditions.applicability import applies
from generator.conditions.messages import lacking
from generator.model.paths import title_of
from generator.model.programme import ChecklistItem
from generator.packet.attachments import Attachment
from generator.packet.manifest import unused
from generator.packet.parts import ChecklistLine, Enclosure, Job, MadeDocument
from generator.packet.print_layout import Layout
from generator.packet.sheets.sheet import Contents, Sheet, heading
from generator.packet.sheets.signing_texts import bound_text, copies_of, enclosure_text
from generator.packet.upload import Uploads

_MARKS: Final = "①②③④⑤⑥⑦⑧⑨"
FILING_TEXTS: Final = {"paper": "正式文件，打印或上传", "entry-draft": "网上填报底稿，不作为正式文件"}


class Checklist(Sheet):
    """The sheet of what is to be filed."""

    name = "checklist"
    title = "材料清单"

    def names(self, contents: Contents) -> Mapping[str, Any]:
        """See Sheet."""
        job = contents.job
        programme = job.programme
        # What holds for several items is told once below the list.
        often = [
            note
            for note, number in Counter(line.note for line in contents.lines).items()
            if note and number > 1
        ]
        marks = dict(zip(often, _MARKS, strict=False))
        return {
            **heading(job),
            "documents": [
                {
                    "title": made.document.title,
                    "filing": FILING_TEXTS[made.document.filing],
                    "pages": made.pdf.pages if made.pdf else "",
                    "copies": copies_of(job, made.document),
                    "note": made.document.note,
                }
                for made in contents.documents
            ],
            "common_notes": [{"mark": mark, "note": note} for note, mark in marks.items()],
            "attachments": [
                {
                    "title": line.title,
                    "required": "必附" if line.required else "选附",
                    "state": enclosure_text(line),
                    "files": "、".join(line.files),
                    "bound": bound_text(contents.layout, f"attachments.{line.id}"),
                    "clause": line.clause,
                    "note": "" if line.note in marks else line.note,
                    "mark": marks.get(line.note, ""),
                }
                for line in contents.lines
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
            "notes": [*programme.notes, *_upload_notes(contents.uploaded)],
            "unprinted": _grouped(job, [entry.field for entry in unused(job, contents.documents)]),
        }


def checklist_lines(
    job: Job,
    documents: tuple[MadeDocument, ...],
    attachments: tuple[Attachment, ...],
    layout: Layout | None,
) -> tuple[ChecklistLine, ...]:
    """What is to be attached, whether the data names a file for it, and where it is bound.

    Args:
        job: what the packet is made from.
        documents: the documents made; an item with a document's id or purpose is in the packet already.
        attachments: the files that are bound.
        layout: where on paper everything stands; None where no PDFs are made.
    """
    given = job.dataset.consortium.attachments or {}
    lines = []
    for item in job.programme.attachments:
        asked_for = applies(item.when, job.programme, job.dataset, job.when.date())
        required, note = item.required and asked_for is not False, item.note
        if not isinstance(asked_for, bool):
            open_question = lacking(asked_for, job.dataset.consortium, job.programme)
            note = "；".join(text for text in (note, f"要不要附，还看不出：{open_question}") if text)
        files = tuple(given.get(item.id) or ())
        lost = tuple(file for file in files if file not in job.dataset.inputs)
        if lost:
            state = Enclosure.LOST
        elif files:
            state = Enclosure.ATTACHED
        elif any(_is_made_for(item, document) for document in documents):
            state = Enclosure.INCLUDED
        elif asked_for is False:
            continue
        else:
            state = Enclosure.MISSING if required else Enclosure.OPTIONAL
        pages = sum(attachment.pages for attachment in attachments if attachment.item == item.id)
        begins = layout.first_page(f"attachments.{item.id}") if layout and pages else None
        lines.append(
            ChecklistLine(item.id, item.title, required, state, files, item.clause, note, pages, begins, lost)
        )
    return tuple(lines)


def _upload_notes(uploaded: Uploads | None) -> Iterator[str]:
    """What is said of the files for upload."""
    if uploaded is None or not uploaded.files:
        return
    limit = f"，每个不超过 {uploaded.most // 1_000_000} MB" if uploaded.most else ""
    whither = f"上传到{uploaded.portal}的" if uploaded.portal else "要上传的"
    yield (
        f"{whither}文件在 upload/ 里，共 {len(uploaded.files)} 个{limit}；它们是签字盖章以前的，"
        "平台要签好的，先换成同名的扫描件或电子签名后的文件"
    )


def _is_made_for(item: ChecklistItem, made: MadeDocument) -> bool:
    """Whether a document of the packet is what an item of the checklist asks for."""
    return (
        item.id in {made.document.id, made.origin}
        or made.document.purpose is item.purpose
        or (bool(item.document) and item.document == made.origin)
    )


def _grouped(job: Job, paths: Sequence[str]) -> list[str]:
    """Fields by their titles, those of a list's items together, with their number."""
    groups = Counter(re.sub(r"\[\d+\]", "[]", path) for path in paths)
    return [
        title_of(job.programme.model, path, job.programme.titles) + (f"（{number} 处）" if number > 1 else "")
        for path, number in groups.items()
    ]

"""The entry sheet: what is typed into a web system, field by field in the form's order, with its 字 count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.base.ooxml.package import DOCUMENT
from generator.base.text import count_characters, count_words
from generator.model.paths import resolve, spec_of
from generator.model.programme import Document, Limit
from generator.packet.parts import Job
from generator.packet.sheets.form_fields import Entry, read_fields
from generator.packet.sheets.sheet import Contents, Sheet
from generator.rendering.render import render


class EntrySheet(Sheet):
    """The sheet for the documents that are entered into a web system."""

    name = "entry-sheet"
    title = "网上填报录入单"

    def wanted(self, contents: Contents) -> bool:
        """Where something is entered."""
        return bool(_drafts(contents.job))

    def names(self, contents: Contents) -> Mapping[str, Any]:
        """See Sheet."""
        job = contents.job
        limits = _limits(job)
        return {
            "consortium": job.consortium,
            "system": job.programme.channel.system,
            "documents": [_document(job, document, limits) for document in _drafts(job)],
        }


def _drafts(job: Job) -> list[Document]:
    return [document for document in job.programme.documents if document.filing == "entry-draft"]


def _limits(job: Job) -> Mapping[str, Limit]:
    """The limits by the exact path of what they hold for."""
    return {
        found.path: limit
        for limit in job.programme.limits
        for found in resolve(job.dataset.consortium, limit.path)
    }


def _document(job: Job, document: Document, limits: Mapping[str, Limit]) -> dict[str, Any]:
    # Guidance belongs to the form, not to what is typed: so the template without its comments.
    prepared = job.session.templates.template_of(job.programme, document, job.dataset.consortium)
    filled = render(prepared.template, job.render_job, document, prepared.headings, marking=True)
    return {
        "title": document.title,
        "sections": _sections(read_fields(filled.parts[DOCUMENT]), limits, job),
    }


def _sections(entries: Sequence[Entry], limits: Mapping[str, Limit], job: Job) -> list[dict[str, Any]]:
    sections: list[dict[str, Any]] = []
    for number, entry in enumerate(entries, 1):
        if not sections or sections[-1]["title"] != entry.section:
            sections.append({"title": entry.section, "entries": []})
        sections[-1]["entries"].append(
            {
                "number": str(number),
                "label": _label(entry, job),
                "lines": list(entry.lines),
                "count": _count(entry, limits),
            }
        )
    return sections


def _label(entry: Entry, job: Job) -> str:
    label = entry.label
    if not label and not entry.section and entry.paths == ("name",):
        label = job.programme.labels.get("name", "名称")
    if not label and entry.row and entry.paths:
        spec = spec_of(job.programme.model, entry.paths[0])
        label = spec.title if spec else ""
    return f"（{entry.row}）{label}" if entry.row else label


def _count(entry: Entry, limits: Mapping[str, Limit]) -> str:
    """The 字 of a field as the limits count them; Word's 字数 too where a limit hangs on it."""
    text = "".join(entry.lines)
    count = count_characters(text)
    limit = next((limits[path].max for path in entry.paths if path in limits and limits[path].max), None)
    if limit is None:
        return str(count)
    if count <= limit:
        return f"{count}／限 {limit}"
    words = count_words(text)
    over = "，超" if words > limit else ""
    return f"{count}（Word 字数 {words}{over}）／限 {limit}"

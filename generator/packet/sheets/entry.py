"""The entry sheet: what is typed into a web system, field by field in the form's order, with its 字 count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from generator.base.ooxml.package import DOCUMENT
from generator.base.text import count_characters, count_words
from generator.model.paths import resolve, spec_of
from generator.model.programme import Document, Limit
from generator.packet.parts import Job, MadeFile
from generator.packet.sheets.entry_page import PATH, entry_page
from generator.packet.sheets.form_fields import Entry, read_fields
from generator.packet.sheets.sheet import FOLDER, Contents, Sheet
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

    def beside(self, contents: Contents) -> Iterable[MadeFile]:
        """The same as a page with a button a field."""
        yield MadeFile(f"{FOLDER}/{PATH}", "html", entry_page(self.names(contents)))


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
                "over": _is_over(entry, limits),
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
    count, limit = count_characters(text), _limit(entry, limits)
    if limit is None:
        return str(count)
    if count <= limit:
        return f"{count}／限 {limit}"
    words = count_words(text)
    over = "，超" if words > limit else ""
    return f"{count}（Word 字数 {words}{over}）／限 {limit}"


def _is_over(entry: Entry, limits: Mapping[str, Limit]) -> bool:
    """Whether a field has more 字 than it may, as the system's own count, Word's, has it."""
    limit = _limit(entry, limits)
    return limit is not None and count_words("".join(entry.lines)) > limit


def _limit(entry: Entry, limits: Mapping[str, Limit]) -> int | None:
    return next((limits[path].max for path in entry.paths if path in limits and limits[path].max), None)

"""From a template and a dataset to a DOCX."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

from msgspec import Struct

from generator.model.consortium import Consortium
from generator.model.given_figure import FigureSource
from generator.model.programme import Document, Programme
from generator.rendering.context import FillClauses, build, build_rollup
from generator.rendering.template import Filled, Template
from generator.rendering.values import Edition, Record

CORE_PROPERTIES = "docProps/core.xml"


class RenderJob(Struct, frozen=True):
    """What templates are filled with: the same for every document of a packet.

    Attributes:
        programme: the programme that the documents belong to.
        consortium: the data; None for the blank edition.
        edition: draft, signing or blank.
        when: the time that the files' properties and members get, in UTC.
        fill_clauses: fills the model clauses that the data chooses; without it they count as missing.
        figures: the programme's figures of the data; without it they count as missing.
        facts: what is known of the made packet; None before anything is typeset.
    """

    programme: Programme
    consortium: Consortium | None
    edition: Edition
    when: datetime
    fill_clauses: FillClauses | None = None
    figures: FigureSource | None = None
    facts: Mapping[str, Any] | None = None


class Rendered(Struct, frozen=True):
    """One filled document.

    Attributes:
        filled: the file and its parts.
        record: which values were printed, derived from, or missing.
    """

    filled: Filled
    record: Record

    @property
    def docx(self) -> bytes:
        """The file's bytes."""
        return self.filled.docx

    @property
    def parts(self) -> Mapping[str, bytes]:
        """Its parts by name."""
        return self.filled.parts


def core_properties(title: str, subject: str, when: datetime) -> bytes:
    """``docProps/core.xml``: title, subject and set times; no person's name.

    Args:
        title: the document's official title.
        subject: the consortium's name.
        when: the time that stands for making and changing the file, in UTC.
    """
    stamp = when.strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title, quote=False)}</dc:title><dc:subject>{escape(subject, quote=False)}</dc:subject>"
        f"<dc:language>zh-CN</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{stamp}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{stamp}</dcterms:modified>'
        "</cp:coreProperties>"
    ).encode()


def render(
    template: Template,
    job: RenderJob,
    document: Document,
    headings: Mapping[str, str],
    *,
    member: int | None = None,
    cover: str = "",
    marking: bool = False,
) -> Rendered:
    """Fill a template.

    Args:
        template: the compiled template.
        job: what it is filled with.
        document: the document.
        headings: printed headings of clauses and sections by path, for the titles of missing texts.
        member: whose document it is, from 0, where it is one member's own: the template's ``member``. Without it
            such a document is the first member's, or blank.
        cover: the word on its cover, as 正本, where a document has several sorts of originals.
        marking: put marks around every value (``rendering.values``), for a reader of the filled parts.

    Raises:
        ProgrammeError: the template, or a model clause, is at fault.
    """
    names, record = build(
        job.consortium,
        job.programme,
        document,
        job.edition,
        headings,
        job.fill_clauses,
        job.figures,
        job.facts,
    )
    record.marking = marking
    names["document"]["cover"] = cover
    if member is not None or document.for_each:
        names["member"] = names["members"][member or 0]
    core = core_properties(document.title, job.consortium.name if job.consortium else "", job.when)
    return _filled(template, names, record, core, job.when)


def render_rollup(
    template: Template,
    consortia: Sequence[Consortium],
    programme: Programme,
    document: Document,
    *,
    when: datetime,
) -> Rendered:
    """Fill a table over many applicants. What is missing is marked, and recorded by applicant.

    Args:
        template: the compiled template.
        consortia: the applicants' data, in the table's order.
        programme: the programme that the document belongs to.
        document: a document with a ``rollup``.
        when: the time that the file's properties and members get, in UTC.

    Raises:
        ProgrammeError: the template is at fault.
    """
    names, record = build_rollup(consortia, programme, document)
    return _filled(template, names, record, core_properties(document.title, "", when), when)


def _filled(
    template: Template, names: Mapping[str, object], record: Record, core: bytes, when: datetime
) -> Rendered:
    filled = template.fill(
        names, replace={CORE_PROPERTIES: core}, when=when, work=record.work, chapters=record.chapters
    )
    return Rendered(filled, record)

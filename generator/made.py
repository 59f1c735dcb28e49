"""What the steps of a packet hand to each other: files, documents, the packet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from generator.dataset import Dataset
from generator.findings import Finding
from generator.programme import Document, Programme
from generator.rendering.values import Edition, Record

if TYPE_CHECKING:
    from generator.pdf.engine import PdfDocument


@dataclass(frozen=True, slots=True)
class Job:
    """What a packet is made from.

    Attributes:
        programme: the programme.
        dataset: the data as the programme sees it.
        edition: draft or signing.
        findings: the verdicts on the data.
        when: the time that stands in every file, in UTC.
    """

    programme: Programme
    dataset: Dataset
    edition: Edition
    findings: tuple[Finding, ...]
    when: datetime

    @property
    def consortium(self) -> str:
        """The consortium's name."""
        return self.dataset.consortium.name


@dataclass(frozen=True, slots=True)
class MadeFile:
    """One file of a packet.

    Attributes:
        path: relative to the packet's folder, with ``/``.
        format: docx or pdf.
        data: its bytes.
        pages: how many, for a PDF.
    """

    path: str
    format: Literal["docx", "pdf"]
    data: bytes
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class TemplateUsed:
    """A template by name and sha256, as the manifest lists it."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class MadeDocument:
    """One official document with its files.

    Attributes:
        document: as the programme declares it.
        template: what it was made from.
        record: which values it prints.
        files: the DOCX, then the PDF where one was made.
        pdf: what the engine reported; None where no PDF was made.
    """

    document: Document
    template: TemplateUsed
    record: Record
    files: tuple[MadeFile, ...]
    pdf: PdfDocument | None


@dataclass(frozen=True, slots=True)
class ChecklistLine:
    """One line of the checklist: something to be attached.

    Attributes:
        id: the item's id in the programme.
        title: what it is.
        required: whether the scheme asks for it.
        state: 已附, 缺, or 请自备 where the data can't tell.
        files: the files that the data names for it.
        clause: where the scheme asks for it.
        note: what to look to.
    """

    id: str
    title: str
    required: bool
    state: str
    files: tuple[str, ...]
    clause: str
    note: str


@dataclass(frozen=True, slots=True)
class Packet:
    """A whole packet in memory.

    Attributes:
        job: what it was made from.
        files: every file but the manifest.
        manifest: what ``manifest.json`` says.
        documents: the official documents.
    """

    job: Job
    files: tuple[MadeFile, ...]
    manifest: Mapping[str, Any]
    documents: tuple[MadeDocument, ...]

    @property
    def folder(self) -> str:
        """The packet folder's name."""
        return f"{self.job.programme.code.replace('/', '-')}-{self.job.edition}"

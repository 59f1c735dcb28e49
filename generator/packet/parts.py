"""What the steps of a packet hand to each other: files, documents, the packet."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from generator.conditions.given import given_figures
from generator.model.dataset import Dataset
from generator.model.findings import Finding
from generator.model.programme import Document, Programme, Stage
from generator.packet.session import Session
from generator.rendering.render import RenderJob
from generator.rendering.values import Edition, Record

if TYPE_CHECKING:
    from generator.packet.print_layout import Sides
    from generator.pdf.engine import PdfDocument, PdfInfo
    from generator.publishing.manifest import PacketFacts, PacketManifest, Sheets

WATERMARK: Final = "草稿"


class Job(Struct, frozen=True):
    """What a packet is made from, and with what.

    Attributes:
        session: templates and typesetter.
        programme: the programme.
        dataset: the data as the programme sees it.
        edition: draft or signing.
        findings: the verdicts on the data.
        when: the time that stands in every file, in UTC.
        folder: where the data file stands; files that it names lie there or below.
        sides: how paper is printed, where that is not left to the data.
        facts: what is known of the made packet; None before anything is typeset.
        page_codes: put a code in the margin of every page.
        sheets: which internal sheets are made.
    """

    session: Session
    programme: Programme
    dataset: Dataset
    edition: Edition
    findings: tuple[Finding, ...]
    when: datetime
    folder: Path = Path()
    sides: Sides | None = None
    facts: PacketFacts | None = None
    page_codes: bool = False
    sheets: Sheets = "all"

    @property
    def consortium(self) -> str:
        """The consortium's name."""
        return self.dataset.consortium.name

    @property
    def watermark(self) -> str:
        """What stands across the pages of the official documents; nothing in a signing edition."""
        return WATERMARK if self.edition == "draft" else ""

    @property
    def render_job(self) -> RenderJob:
        """What the templates are filled with."""
        return RenderJob(
            self.programme,
            self.dataset.consortium,
            self.edition,
            self.when,
            self.session.templates.model_clauses.fill,
            given_figures(
                self.programme, self.dataset, self.session.when.date() if self.session.when else None
            ),
            self.facts.model_dump() if self.facts else None,
        )

    def pdf_info(self, title: str) -> PdfInfo:
        """What the PDF of a document of that title states of itself."""
        from generator.pdf.engine import PdfInfo

        return PdfInfo(title, self.consortium, self.when, self.programme.code)


class MadeFile(Struct, frozen=True):
    """One file of a packet.

    Attributes:
        path: relative to the packet's folder, with ``/``.
        format: docx, pdf, yaml for the data, that of a file which the data name, xlsx or html for other programs.
        data: its bytes.
        pages: how many, for a PDF.
    """

    path: str
    format: Literal["docx", "pdf", "yaml", "csv", "png", "jpeg", "xlsx", "html"]
    data: bytes
    pages: int | None = None


class TemplateUsed(Struct, frozen=True):
    """A template by name and sha256, as the manifest lists it, and how many of its tracked changes were accepted."""

    name: str
    sha256: str
    revisions: int = 0


class Signing(Struct, frozen=True):
    """That one party signs or seals one document at one place.

    Attributes:
        role: the place's role in the programme, as ``member``.
        number: which of the role's parties it is, from 1, in the data's order.
        party: its full name.
        title: what is printed beside the place, as 牵头单位意见.
        seal: whether a seal is put.
        signer: who signs by hand; empty where only a seal is put.
        dated: whether a blank for a date by hand stands there.
        page: 1-based; None where the place was not found in the PDF, or there is no PDF.
        rect: x0, y0, x1, y1 in points from the page's bottom left; None likewise.
        field: the signature field's name; None where there is none.
        stage: when it signs: with the consortium, an opinion, or a decision after filing.
        seal_at: the middle of the seal, in points; None where there is no field or no seal.
    """

    role: str
    number: int
    party: str
    title: str
    seal: bool
    signer: str
    dated: bool = True
    page: int | None = None
    rect: tuple[float, float, float, float] | None = None
    field: str | None = None
    stage: Stage = "ours"
    seal_at: tuple[float, float] | None = None


class MadeDocument(Struct, frozen=True):
    """One official document with its files.

    Attributes:
        document: as the programme declares it.
        template: what it was made from.
        record: which values it prints.
        files: the DOCX, then the PDF where one was made.
        pdf: the PDF without signature fields, and what the engine reported of it; None where none was made.
        signings: who signs it where, in the order of the parties.
        edited: whether a person has changed the DOCX since it was filled.
        origin: the id under which it is declared; its own where it is the consortium's.
        party: whose alone it is; empty where it is the consortium's.
    """

    document: Document
    template: TemplateUsed
    record: Record
    files: tuple[MadeFile, ...]
    pdf: PdfDocument | None
    signings: tuple[Signing, ...] = ()
    edited: bool = False
    origin: str = ""
    party: str = ""


class Enclosure(StrEnum):
    """The state of something that is to be attached."""

    ATTACHED = "attached"
    INCLUDED = "included"  # a document of the packet itself
    MISSING = "missing"
    OPTIONAL = "optional"  # none given, none asked for
    LOST = "lost"  # a file that the data names is not there


class ChecklistLine(Struct, frozen=True):
    """One line of the checklist: something to be attached.

    Attributes:
        id: the item's id in the programme.
        title: what it is.
        required: whether the scheme asks for it.
        state: whether it is there.
        files: the files that the data names for it.
        clause: where the scheme asks for it.
        note: what to take care of.
        pages: how many pages of it are bound into the print copy.
        first: the first of them, from 1; None where none is bound.
        lost: those of the files that are not there.
    """

    id: str
    title: str
    required: bool
    state: Enclosure
    files: tuple[str, ...]
    clause: str
    note: str
    pages: int = 0
    first: int | None = None
    lost: tuple[str, ...] = ()


class Packet(Struct, frozen=True):
    """A whole packet in memory.

    Attributes:
        job: what it was made from.
        files: every file but the manifest.
        manifest: what ``manifest.json`` says.
        documents: the official documents.
    """

    job: Job
    files: tuple[MadeFile, ...]
    manifest: PacketManifest
    documents: tuple[MadeDocument, ...]

    @property
    def folder(self) -> str:
        """The packet folder's name."""
        return self.job.programme.packet_folder(self.job.edition)

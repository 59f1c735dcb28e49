"""What an internal sheet is: a common template filled with plain names, as DOCX and PDF."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final

from msgspec import Struct
from msgspec.structs import replace

from generator.packet.parts import ChecklistLine, Job, MadeDocument, MadeFile
from generator.packet.print_layout import Layout
from generator.packet.signing import code_of, text_code_of
from generator.packet.upload import Uploads
from generator.rendering.render import CORE_PROPERTIES, core_properties

if TYPE_CHECKING:
    from generator.pdf.engine import PdfDocument

FOLDER: Final = "internal"


class Contents(Struct, frozen=True, dict=True):
    """What the sheets can tell of a packet.

    Attributes:
        job: what the packet is made from.
        documents: the official documents and letters.
        lines: the checklist.
        layout: where on paper everything stands; None where no PDFs are made.
        notes: what a person should look to before signing.
        uploaded: the files for upload; None where there are none.
    """

    job: Job
    documents: tuple[MadeDocument, ...] = ()
    lines: tuple[ChecklistLine, ...] = ()
    layout: Layout | None = None
    notes: tuple[str, ...] = ()
    uploaded: Uploads | None = None

    @cached_property
    def code(self) -> str | None:
        """The check code; None in a draft, or where there are no PDFs."""
        return code_of(self.documents) if self.job.edition == "signing" else None

    @cached_property
    def text_codes(self) -> Mapping[str, str]:
        """The 正文核对码 of the documents that print one on their pages of signatures, by the documents' ids."""
        found = ((made.document.id, text_code_of(made)) for made in self.documents)
        return {document: code for document, code in found if code}


class Sheet(ABC):
    """An internal sheet. A new one is a subclass in a module of its own, and an entry in ``internal.SHEETS``.

    Attributes:
        name: of its template in the common folder, and of its files, without suffix.
        title: of the document.
    """

    name: ClassVar[str]
    title: ClassVar[str]

    def wanted(self, contents: Contents) -> bool:  # noqa: ARG002 (others ask the contents)
        """Whether a packet has this sheet."""
        return True

    @abstractmethod
    def names(self, contents: Contents) -> Mapping[str, Any]:
        """What its template can use."""

    def parts(self, contents: Contents) -> Mapping[str, bytes]:  # noqa: ARG002 (others ask the contents)
        """Whole parts that are put into the document, as a picture, by their names in the package."""
        return {}

    def printed(self, contents: Contents, pdf: PdfDocument) -> Iterable[MadeFile]:  # noqa: ARG002 (as above)
        """The files made from its finished PDF: usually that PDF as it is."""
        yield MadeFile(f"{FOLDER}/{self.name}.pdf", "pdf", pdf.pdf, pdf.pages)

    def beside(self, contents: Contents) -> Iterable[MadeFile]:  # noqa: ARG002 (as above)
        """Files of other kinds that say the same, as a workbook."""
        return ()


class SubmittedSheet(Struct, frozen=True):
    """A filled sheet that is being typeset.

    Attributes:
        sheet: which.
        docx: filled.
        pdf: where its PDF will be; None where no PDFs are made.
    """

    sheet: Sheet
    docx: bytes
    pdf: Future[PdfDocument] | None

    def collect(self, contents: Contents) -> list[MadeFile]:
        """The sheet's files; PdfError where the engine failed."""
        made = [MadeFile(f"{FOLDER}/{self.sheet.name}.docx", "docx", self.docx)]
        if self.pdf is not None:
            made.extend(self.sheet.printed(contents, self.pdf.result()))
        made.extend(self.sheet.beside(contents))
        return made


def submit(sheet: Sheet, contents: Contents) -> SubmittedSheet:
    """Fill a sheet and have it typeset, where PDFs are wanted; without a watermark, as it is not filed.

    Raises:
        ProgrammeError: its template is at fault.
        PdfError: the PDF engine cannot be had.
    """
    job = contents.job
    prepared = job.session.templates.common(f"{sheet.name}.docx")
    core = core_properties(sheet.title, job.consortium, job.when)
    filled = prepared.template.fill(
        sheet.names(contents), replace={CORE_PROPERTIES: core, **sheet.parts(contents)}, when=job.when
    )
    typesetter = job.session.typesetter
    if typesetter is None:
        return SubmittedSheet(sheet, filled.docx, None)
    # Who needs tags has the same sheet as DOCX beside it, which a screen reader reads as well or better.
    info = replace(job.pdf_info(sheet.title), tagged=False)
    pdf = typesetter.submit(filled.docx, info, parts=filled.parts)
    return SubmittedSheet(sheet, filled.docx, pdf)


def heading(job: Job) -> Mapping[str, Any]:
    """What stands at the head of the sheets."""
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

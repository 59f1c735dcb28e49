"""The internal sheets' own press: a common template filled with plain names, as DOCX and PDF."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from generator.made import Job, MadeFile
from generator.rendering import CORE_PROPERTIES, core_properties
from generator.workshop import Workshop

if TYPE_CHECKING:
    from generator.pdf.engine import PdfDocument

FOLDER: Final = "internal"


@dataclass(frozen=True, slots=True)
class Press:
    """Makes the internal sheets of one packet.

    Args:
        job: what the packet is made from.
        workshop: templates and engine.
    """

    job: Job
    workshop: Workshop

    def docx(
        self, sheet: str, title: str, names: Mapping[str, Any], parts: Mapping[str, bytes] | None = None
    ) -> bytes:
        """A filled sheet.

        Args:
            sheet: the template's name in the common folder, without ``.docx``.
            title: of the document.
            names: what the template can use.
            parts: whole parts to put in, as a picture.

        Raises:
            ProgrammeError: the template is at fault.
        """
        prepared = self.workshop.prepare(self.workshop.catalogue.common(f"{sheet}.docx"))
        core = core_properties(title, self.job.consortium, self.job.when)
        replaced = {CORE_PROPERTIES: core, **(parts or {})}
        return prepared.template.fill(names, replace=replaced, when=self.job.when).docx

    def pdf(self, docx: bytes, title: str) -> PdfDocument:
        """A sheet's PDF; without a watermark, as it goes to nobody.

        Raises:
            PdfError: the engine failed.
        """
        engine = self.workshop.engine
        return engine.convert(docx, title=title, author=self.job.consortium, timestamp=self.job.when)

    def sheet(self, sheet: str, title: str, names: Mapping[str, Any]) -> list[MadeFile]:
        """A sheet as files; arguments and errors as above."""
        docx = self.docx(sheet, title, names)
        made = [MadeFile(f"{FOLDER}/{sheet}.docx", "docx", docx)]
        if self.workshop.makes_pdf:
            pdf = self.pdf(docx, title)
            made.append(MadeFile(f"{FOLDER}/{sheet}.pdf", "pdf", pdf.pdf, pdf.pages))
        return made

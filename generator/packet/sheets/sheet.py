"""The internal sheets' own press: a common template filled with plain names, as DOCX and PDF."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from generator.packet.parts import Job, MadeFile
from generator.packet.session import Session
from generator.rendering.render import CORE_PROPERTIES, core_properties
from generator.rendering.template import Filled

if TYPE_CHECKING:
    from generator.pdf.engine import PdfDocument

FOLDER: Final = "internal"
# A sheet that is being typeset; called, it waits for that and gives its files.
Begun = Callable[[], list[MadeFile]]


@dataclass(frozen=True, slots=True)
class Press:
    """Makes the internal sheets of one packet.

    Args:
        job: what the packet is made from.
        session: templates and engine.
    """

    job: Job
    session: Session

    def fill(
        self, sheet: str, title: str, names: Mapping[str, Any], parts: Mapping[str, bytes] | None = None
    ) -> Filled:
        """A filled sheet.

        Args:
            sheet: the template's name in the common folder, without ``.docx``.
            title: of the document.
            names: what the template can use.
            parts: whole parts to put in, as a picture.

        Raises:
            ProgrammeError: the template is at fault.
        """
        prepared = self.session.prepare(self.session.catalogue.common(f"{sheet}.docx"))
        core = core_properties(title, self.job.consortium, self.job.when)
        replaced = {CORE_PROPERTIES: core, **(parts or {})}
        return prepared.template.fill(names, replace=replaced, when=self.job.when)

    def pdf(self, filled: Filled, title: str) -> Future[PdfDocument]:
        """Where a sheet's PDF will be; without a watermark, as it goes to nobody."""
        return self.session.typeset_sheet(filled.docx, title, self.job, filled.parts)

    def sheet(self, sheet: str, title: str, names: Mapping[str, Any]) -> Begun:
        """A sheet as files; arguments and errors as above, those of the engine when it is called."""
        filled = self.fill(sheet, title, names)
        made = [MadeFile(f"{FOLDER}/{sheet}.docx", "docx", filled.docx)]
        if not self.session.makes_pdf:
            return lambda: made
        begun = self.pdf(filled, title)

        def files() -> list[MadeFile]:
            pdf = begun.result()
            return [*made, MadeFile(f"{FOLDER}/{sheet}.pdf", "pdf", pdf.pdf, pdf.pages)]

        return files

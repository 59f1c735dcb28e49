"""What a batch is to make, and within what bounds: the same for all its packets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from generator.packet.times import time_given
from generator.pdf.fonts.faces import folder_given
from generator.workflows.workspace import processors

if TYPE_CHECKING:
    from generator.model.programme import SigningPages
    from generator.packet.assessment import Order
    from generator.pdf.engines.open import EngineName
    from generator.publishing.manifest import Sheets
    from generator.rendering.values import Edition


class Settings(Struct, frozen=True):
    """The options of a batch.

    Attributes:
        root: the output folder.
        codes: the programmes; empty for those that each data file has filings for.
        edition: draft or signing.
        engine: the PDF engine; None where no PDFs are wanted.
        accept: reasons for accepted conditions, by programme and rule.
        templates: a folder of programmes that goes before the built-in one.
        fonts: a folder of faces that goes before the machine's own.
        when: the time that stands in every file, whatever the data say.
        force: make packets again that need not be, and move changed ones aside.
        signing_pages: how agreements are signed, whatever the data say; None for what data and programme say.
        sheets: which internal sheets are made; as in Order.
        page_codes: put a code of ours in the margin of every page; where not, the data say.
        verify: compare what stands in the output folder by content, not by size and time.
    """

    root: Path
    codes: tuple[str, ...] = ()
    edition: Edition = "draft"
    engine: EngineName | None = "typst"
    accept: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    templates: Path | None = None
    fonts: Path | None = field(default_factory=folder_given)
    when: datetime | None = field(default_factory=time_given)
    force: bool = False
    verify: bool = False
    signing_pages: SigningPages | None = None
    sheets: Sheets | None = None
    page_codes: bool = False

    def order(self, code: str) -> Order:
        """What is wanted of one programme."""
        from generator.packet.assessment import Order

        return Order(
            self.edition,
            self.accept.get(code, {}),
            force=self.force,
            signing_pages=self.signing_pages,
            sheets=self.sheets,
            page_codes=self.page_codes,
        )


class Bounds(Struct, frozen=True):
    """How much a batch may use.

    Attributes:
        jobs: processes at a time; as many as there are processors by default.
        seconds: for one packet; a process that takes longer is ended.
        megabytes: memory that one process may take for itself, where the system can hold it to that.
        packets: after so many a process is replaced by a fresh one.
    """

    jobs: int = field(default_factory=processors)
    seconds: float = 120.0
    megabytes: int = 1024
    packets: int = 100

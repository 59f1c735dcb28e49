"""The internal sheets of a packet: which there are, submitted and collected together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from generator.packet.parts import Job, MadeFile
from generator.packet.sheets.checklist import Checklist
from generator.packet.sheets.conditions import Conditions
from generator.packet.sheets.entry import EntrySheet
from generator.packet.sheets.parties import Parties
from generator.packet.sheets.sheet import Contents, Sheet, SubmittedSheet, submit
from generator.packet.sheets.signing_guide import SigningGuide

# In the order in which they are submitted and collected. The PDFs of the signing guide and of the parties' sheets
# need further work in Python after typesetting. They come before the checklist and the entry sheet, so that the
# engine typesets those during that work.
SHEETS: Final[tuple[Sheet, ...]] = (Conditions(), SigningGuide(), Parties(), Checklist(), EntrySheet())


def submit_early(job: Job) -> list[SubmittedSheet]:
    """Submit the sheets that need no finished document; errors as for ``submit``."""
    contents = Contents(job)
    return [submit(sheet, contents) for sheet in SHEETS if sheet.early and sheet.wanted(contents)]


def submit_others(contents: Contents, under_way: Sequence[SubmittedSheet] = ()) -> list[SubmittedSheet]:
    """Submit the sheets that are not under way yet; gives all of them. Errors as for ``submit``."""
    begun = {submitted.sheet.name for submitted in under_way}
    rest = (sheet for sheet in SHEETS if sheet.name not in begun and sheet.wanted(contents))
    return [*under_way, *(submit(sheet, contents) for sheet in rest)]


def collect_all(contents: Contents, submitted: Iterable[SubmittedSheet]) -> list[MadeFile]:
    """The files of the sheets.

    Raises:
        PdfError: the PDF engine failed.
    """
    return [file for sheet in submitted for file in sheet.collect(contents)]

"""The internal sheets of a packet: which there are, submitted and collected together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from generator.packet.parts import MadeFile
from generator.packet.sheets.checklist import Checklist
from generator.packet.sheets.conditions import Conditions
from generator.packet.sheets.entry import EntrySheet
from generator.packet.sheets.labels import Labels
from generator.packet.sheets.parties import Parties
from generator.packet.sheets.sheet import Contents, Sheet, SubmittedSheet, submit
from generator.packet.sheets.signing_guide import SigningGuide

# In the order in which they are submitted and collected. The PDFs of the signing guide and of the parties' sheets
# need further work in Python after typesetting. They come first, so that the engine typesets the others during that
# work.
SHEETS: Final[tuple[Sheet, ...]] = (
    SigningGuide(),
    Parties(),
    Conditions(),
    Checklist(),
    EntrySheet(),
    Labels(),
)


_CHECKS: Final = frozenset({Conditions.name, Checklist.name})


def submit_all(contents: Contents) -> list[SubmittedSheet]:
    """Submit those sheets of a packet that are asked for to the typesetter; errors as for ``submit``."""
    asked = contents.job.sheets
    return [
        submit(sheet, contents)
        for sheet in SHEETS
        if (asked == "all" or (asked == "checks" and sheet.name in _CHECKS)) and sheet.wanted(contents)
    ]


def collect_all(contents: Contents, submitted: Iterable[SubmittedSheet]) -> list[MadeFile]:
    """The files of the sheets.

    Raises:
        PdfError: the PDF engine failed.
    """
    return [file for sheet in submitted for file in sheet.collect(contents)]

"""Footnotes: which ones the text refers to, and their numbers, which Word computes and does not store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from generator.base.ooxml.xml import VAL, Element, number
from generator.pdf.docx.numbering import UnsupportedNumberFormatError, format_number
from generator.pdf.docx.tree import NoteLabel

if TYPE_CHECKING:
    from collections.abc import Iterator


class NoteNumbers(Struct, frozen=True):
    """How footnotes are numbered (``w:footnotePr`` of the settings or of a section).

    Attributes:
        kind: Word's name of the number format.
        start: the first number.
        restart: ``continuous``, ``eachSect`` or ``eachPage``.
    """

    kind: str = "decimal"
    start: int = 1
    restart: str = "continuous"


def read_note_numbers(element: Element | None, inherited: NoteNumbers) -> NoteNumbers:
    """What a ``w:footnotePr`` says, over what was said before it."""
    found = inherited
    for child in element if element is not None else ():
        tag, value = child.tag.rpartition("}")[2], child.get(VAL, "")
        if tag == "numFmt":
            found = replace(found, kind=value)
        elif tag == "numStart":
            found = replace(found, start=int(number(value, 1)))
        elif tag == "numRestart":
            found = replace(found, restart=value)
    return found


class NotesReferredTo:
    """The footnotes that a document refers to, in order, section by section."""

    def __init__(self) -> None:
        self._sections: list[tuple[NoteNumbers, list[str]]] = []
        self._current: dict[str, None] = {}
        self._marked: set[str] = set()

    def refer(self, identity: str, *, own_mark: bool) -> None:
        """A reference; one with a mark of its own, which follows it as text, has no number and is not counted."""
        self._current[identity] = None
        if own_mark:
            self._marked.add(identity)

    def end_section(self, numbers: NoteNumbers) -> None:
        """The references so far are of a section that numbers its notes so."""
        self._sections.append((numbers, list(self._current)))
        self._current = {}

    def labels(self) -> Iterator[tuple[str, NoteLabel]]:
        """Each note's id and number.

        Raises:
            UnsupportedNumberFormatError: the number format is not on the list.
        """
        before: NoteNumbers | None = None
        count = 0
        for numbers, identities in self._sections:
            if before is None or numbers.restart == "eachSect" or numbers.start != before.start:
                count = 0
            before = numbers
            labels = [_label(numbers, at) for at in range(count + len(identities))]
            for identity in identities:
                if identity in self._marked:
                    yield identity, NoteLabel("")
                elif numbers.restart == "eachPage":
                    yield identity, NoteLabel(None, tuple(labels))
                else:
                    yield identity, NoteLabel(labels[count])
                    count += 1


def _label(numbers: NoteNumbers, at: int) -> str:
    found = format_number(numbers.start + at, numbers.kind)
    if found is None:
        raise UnsupportedNumberFormatError(numbers.kind)
    return found

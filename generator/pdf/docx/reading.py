"""The state of reading one document."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from generator.base.ooxml.text import LEFT_OUT, part_text
from generator.base.ooxml.unstored import stores_all
from generator.base.ooxml.xml import VAL, Element, W, main_part, number, parse_shared, relations
from generator.pdf.docx.fields import OpenFields
from generator.pdf.docx.footnotes import NoteNumbers, NotesReferredTo, read_note_numbers
from generator.pdf.docx.formatting import Formatting, known_formats
from generator.pdf.docx.numbering import Numbering
from generator.pdf.docx.signature_bookmarks import SignatureBookmarks
from generator.pdf.docx.slices import SlicedPart
from generator.pdf.docx.tree import Contents, NoteLabel

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORD_2013: Final = 15


class Reading:
    """What the parts of a document share while they are read: its package, styles, lists, bookmarks and fields.

    Attributes:
        parts: the package's parts by name.
        file: the document's name, for errors; None where it has none.
        main: the main part.
        root: its XML.
        xml_of: see SlicedPart.
        is_utf8: whether that is stored in UTF-8.
        has_frames: whether a paragraph may stand in a frame.
        related: the relationships of the part that is being read.
        known: what is shared with documents from the same template.
        table_style: the style of the table around what is being read.
        tables: how many tables have been read.
        contents: the tables of contents that are made anew.
        contents_met: how many tables of contents have been read.
        stored_contents: how many of them are printed as Word stored them.
        keep_stored: those that must be, by their number: they would list nothing.
        media: names of pictures, to the parts that hold them.
        notes: the footnotes referred to so far, in order.
        note_numbers: how footnotes are numbered where a section says nothing else.
        text_colour: of the shape around what is being read, for text that has none of its own.
        note: the id of the footnote that is being read.
        note_label: its number.
    """

    def __init__(
        self, parts: Mapping[str, bytes], file: str | None, stored_contents: frozenset[int] = frozenset()
    ) -> None:
        self.parts = parts
        self.file = file
        main = main_part(parts)
        self.related = relations(parts, main)
        self.by_kind = {target.rpartition("/")[2]: target for target in self.related.values()}
        theme = next((parts[name] for name in self.by_kind.values() if "/theme/" in name), None)
        numbering = self._part("numbering.xml")
        styles = self._part("styles.xml")
        self.known = known_formats(styles, numbering, theme)
        self.styles = self.known.styles
        self.numbering = Numbering(numbering, self.styles)
        self.formatting = Formatting(self.known, self.numbering)
        settings = self._part("settings.xml")
        self._settings = parse_shared(settings) if settings else None
        self._listing = (numbering, styles)
        self.main = SlicedPart(parts[main], self.known.repeated)
        self.root: Element = self.main.root
        self.xml_of = self.main.xml_of
        self.is_utf8 = (self.root.getroottree().docinfo.encoding or "UTF-8").upper() == "UTF-8"
        self.has_frames = any(b"framePr" in data for data in parts.values())
        self.signatures = SignatureBookmarks()
        self.fields = OpenFields()
        self.table_style: str | None = None
        self.tables = 0
        self.contents: list[Contents] = []
        self.contents_met = 0
        self.stored_contents = 0
        self.keep_stored = stored_contents
        self.media: dict[str, str] = {}
        self.notes = NotesReferredTo()
        self.note_numbers = read_note_numbers(self.setting("footnotePr"), NoteNumbers())
        self.text_colour: str | None = None
        self.note = ""
        self.note_label = NoteLabel("")

    def setting(self, name: str) -> Element | None:
        """A document-wide setting by its tag, if it is stated."""
        return self._settings.find(W + name) if self._settings is not None else None

    def meets_again(self, element: Element, xml: bytes) -> None:
        """Note a paragraph or cell that was read before, so that the next documents need not be parsed with it."""
        if element.tag != LEFT_OUT and stores_all(element, xml, *self._listing):
            self.known.repeated.put(xml, part_text(element, self.main.left_out))

    @cached_property
    def old_table_edge(self) -> bool:
        """Whether tables stand as before Word 2013: their text, not their border, at the margin."""
        modes = self._settings.iter(W + "compatSetting") if self._settings is not None else ()
        return all(
            number(item.get(VAL)) < _WORD_2013
            for item in modes
            if item.get(W + "name") == "compatibilityMode"
        )

    def _part(self, kind: str) -> bytes | None:
        return self.parts.get(self.by_kind.get(kind, ""))

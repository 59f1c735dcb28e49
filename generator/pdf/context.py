"""What reading a document's paragraphs and tables shares: parts, styles, numbering, signature bookmarks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from generator.pdf.numbering import Numbering
from generator.pdf.ooxml import VAL, Element, W, main_part, number, parse, relations
from generator.pdf.properties import (
    Properties,
    Styles,
    merge,
    read_paragraph_properties,
    read_run_properties,
    read_theme,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Node = dict[str, Any]

SIGN_PREFIXES: Final = ("sign.", "sign_")
_DEFAULT_SIZE: Final = 10.0
_NEW_WORD: Final = 15


class Context:
    """State of one reading.

    Args:
        parts: the package's parts by name.
        file: the document's name, for errors.
    """

    def __init__(self, parts: Mapping[str, bytes], file: str | None) -> None:
        self.parts = parts
        self.file = file
        self.main = main_part(parts)
        self.related = relations(parts, self.main)
        self.by_kind = {target.rpartition("/")[2]: target for target in self.related.values()}
        theme = next((parts[name] for name in self.by_kind.values() if "/theme/" in name), None)
        self.theme = read_theme(theme)
        self.styles = Styles(self._part("styles.xml"), self.theme)
        self.numbering = Numbering(self._part("numbering.xml"), self.theme)
        settings = self._part("settings.xml")
        self.settings = parse(settings) if settings else None
        self.frame: list[Node | None] = [None]  # the cells around the current block, None for the body
        self.table_style: list[str | None] = [None]
        self.table_count = 0
        self.media: dict[str, str] = {}
        self.noted: dict[str, None] = {}  # footnotes referred to, in order
        self._bookmarks: dict[str, tuple[str, Node | None]] = {}
        self._paragraphs: dict[tuple[str | None, bytes], tuple[Properties, Properties]] = {}
        self._runs: dict[tuple[int, bytes], Properties] = {}
        self._labels: dict[tuple[int, int], Properties] = {}

    def setting(self, name: str) -> Element | None:
        """A document-wide setting by its tag, if it is stated."""
        return self.settings.find(W + name) if self.settings is not None else None

    @cached_property
    def old_table_edge(self) -> bool:
        """Whether tables stand as before Word 2013: their text, not their border, at the margin."""
        modes = self.settings.iter(W + "compatSetting") if self.settings is not None else ()
        return all(
            number(item.get(VAL)) < _NEW_WORD for item in modes if item.get(W + "name") == "compatibilityMode"
        )

    def _part(self, kind: str) -> bytes | None:
        return self.parts.get(self.by_kind.get(kind, ""))

    def blocks(self, container: Element, where: str) -> Iterator[Node]:
        """The block nodes of a container."""
        raise NotImplementedError

    # -- formatting -----------------------------------------------------------------------------------

    def paragraph_formatting(self, element: Element | None) -> tuple[Properties, Properties]:
        """A paragraph's own and inherited properties, and those that its runs start from.

        The answer is the same object for the same XML in the same surroundings, and is never changed.
        """
        table = self.table_style[-1]
        key = (table, etree.tostring(element) if element is not None else b"")
        found = self._paragraphs.get(key)
        if found is None:
            direct = read_paragraph_properties(element)
            style = direct.get("style") or self.styles.default("paragraph")
            table_paragraph, table_run = self.styles.resolve(table) if table else ({}, {})
            style_paragraph, style_run = self.styles.resolve(style)
            base = merge(self.styles.paragraph_defaults, table_paragraph)
            inherited = merge(base, style_paragraph)
            level = self.numbering.level(direct.get("numbering"))
            if level is not None:
                inherited = merge(inherited, level.paragraph)
            else:
                level = (
                    self.numbering.level(inherited.get("numbering")) if "numbering" not in direct else None
                )
                if level is not None:
                    inherited = merge(merge(base, level.paragraph), style_paragraph)
            paragraph = merge(inherited, direct)
            paragraph["style"] = style
            if paragraph.get("outline") is None:
                paragraph.pop("outline", None)
            run = {"size": _DEFAULT_SIZE, **self.styles.run_defaults, **table_run, **style_run}
            found = (paragraph, run)
            self._paragraphs[key] = found
        return found

    def run_formatting(self, element: Element | None, base: Properties) -> Properties:
        """A run's properties over those of its paragraph (an object that paragraph_formatting gave)."""
        if element is None:
            return base
        key = (id(base), etree.tostring(element))
        found = self._runs.get(key)
        if found is None:
            direct = read_run_properties(element, self.theme)
            style = direct.pop("char_style", None)
            inherited = self.styles.resolve(style)[1] if style else {}
            found = {**base, **inherited, **direct}
            self._runs[key] = found
        return found

    def label_formatting(self, mark: Properties, level: Properties) -> Properties:
        """Run properties of a numbering label: the level's over those of the paragraph's mark."""
        key = (id(mark), id(level))
        if key not in self._labels:
            self._labels[key] = {**mark, "underline": None, **level}
        return self._labels[key]

    # -- signature places -----------------------------------------------------------------------------

    def open_bookmark(self, element: Element) -> list[str]:
        """Begin a bookmark; gives the role to mark on the block that follows, if the body holds it."""
        name = element.get(W + "name", "")
        if not name.startswith(SIGN_PREFIXES):
            return []
        role, cell = name[5:], self.frame[-1]
        self._bookmarks[element.get(W + "id", "")] = (role, cell)
        if cell is None:
            return [role]
        cell.setdefault("open", []).append(role)
        return []

    def close_bookmark(self, element: Element, node: Node | None, pending: Sequence[str] = ()) -> list[str]:
        """End a bookmark at the current cell or at a block; gives the role where that block is yet to come."""
        role, opener = self._bookmarks.pop(element.get(W + "id", ""), (None, None))
        if role is None:
            return []
        holder = self.frame[-1] or opener or (None if role in pending else node)
        if holder is None:
            return [role]
        holder.setdefault("close", []).append(role)
        return []

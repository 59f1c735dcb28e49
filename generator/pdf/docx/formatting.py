"""What reading a document's paragraphs and tables shares: parts, styles, numbering, signature bookmarks."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

from generator.base.ooxml.xml import (
    VAL,
    Element,
    W,
    main_part,
    number,
    parse_shared,
    relations,
)
from generator.pdf.docx.numbering import Numbering
from generator.pdf.docx.styles import (
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


# What ties a piece of a document to others, or to the rest of the package.
_TIES: Final = (b"bookmark", b"fld", b"instrText", b"drawing", b"footnote", b"sectPr", b"w:sdt", b"hyperlink")
_SLICED: Final = ("p", "tc")
# What is known of a template's paragraphs serves every document filled from it: so many templates, and so
# many paragraphs of each, are remembered.
_MOST_LOOKS: Final = 32
_MOST_PARAGRAPHS: Final = 5_000


def _said(element: Element) -> tuple[Any, ...]:
    """All that stands in an element, to tell equal ones: its XML would name every namespace in scope."""
    return tuple(
        (child.tag, *child.items(), _said(child)) if len(child) else (child.tag, *child.items())
        for child in element
    )


def is_tied(xml: bytes) -> bool:
    """Whether a piece means something else in another place or another document."""
    for tie in _TIES:  # noqa: SIM110 asked of every paragraph and cell, and three times as fast as any()
        if tie in xml:
            return True
    return False


def slices(data: bytes, root: Element) -> dict[Element, bytes]:
    """The XML of each paragraph and cell as it stands in the part, by element.

    Empty where the part is not written plainly enough to tell: another prefix, comments, or paragraphs or
    cells that are empty elements or within one another.
    """
    found: dict[Element, bytes] = {}
    if b"<!" in data or data.count(b"<?") > 1:
        return found
    for name in _SLICED:
        elements = list(root.iter(W + name))
        pieces = _pieces(data, name)
        if len(pieces) == len(elements):
            found.update(zip(elements, pieces, strict=True))
    return found


def _pieces(data: bytes, name: str) -> list[bytes]:
    """What stands from each start tag to its end tag; nothing where that is not plain."""
    plain, long, end = f"<w:{name}>".encode(), f"<w:{name} ".encode(), f"</w:{name}>".encode()
    *before, _ = data.split(end)
    if data.count(plain) + data.count(long) != len(before):
        return []
    starts = [max(piece.rfind(plain), piece.rfind(long)) for piece in before]
    if -1 in starts:
        return []
    return [piece[start:] + end for piece, start in zip(before, starts, strict=True)]


class Look:
    """What documents with the same styles, numbering and theme share: formatting that was worked out before.

    Whatever it holds is never changed.

    Args:
        styles: the part ``styles.xml``.
        theme: the theme's part.
    """

    def __init__(self, styles: bytes | None, theme: bytes | None) -> None:
        self.theme = read_theme(theme)
        self.styles = Styles(styles, self.theme)
        self.paragraphs: dict[tuple[str | None, tuple[Any, ...]], tuple[Properties, Properties]] = {}
        self.runs: dict[tuple[int, tuple[Any, ...]], Properties] = {}
        self.labels: dict[tuple[int, frozenset[tuple[str, Any]]], Properties] = {}
        self.nodes: dict[tuple[Any, ...], Node] = {}

    def remember(self, key: tuple[Any, ...], node: Node) -> None:
        """Keep the node of a paragraph or cell that stands for itself, whatever is around it."""
        if len(self.nodes) >= _MOST_PARAGRAPHS:
            self.nodes.clear()
        self.nodes[key] = node


@lru_cache(maxsize=_MOST_LOOKS)
def _look(styles: bytes | None, numbering: bytes | None, theme: bytes | None) -> Look:  # noqa: ARG001 (the formatting depends on it)
    return Look(styles, theme)


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
        numbering = self._part("numbering.xml")
        self.look = _look(self._part("styles.xml"), numbering, theme)
        self.theme = self.look.theme
        self.styles = self.look.styles
        self.numbering = Numbering(numbering, self.theme)
        settings = self._part("settings.xml")
        self.settings = parse_shared(settings) if settings else None
        self.frame: list[Node | None] = [None]  # the cells around the current block, None for the body
        self.table_style: list[str | None] = [None]
        self.table_count = 0
        self.media: dict[str, str] = {}
        self.sources: Mapping[Element, bytes] = {}
        self.noted: dict[str, None] = {}  # footnotes referred to, in order
        self._bookmarks: dict[str, tuple[str, Node | None]] = {}
        self._paragraphs = self.look.paragraphs
        self._runs = self.look.runs
        self._labels = self.look.labels

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

    def inside_field(self) -> bool:
        """Whether a field begun earlier is still open."""
        raise NotImplementedError

    # -- formatting -----------------------------------------------------------------------------------

    def paragraph_formatting(self, element: Element | None) -> tuple[Properties, Properties]:
        """A paragraph's own and inherited properties, and those that its runs start from.

        The answer is the same object for the same XML in the same surroundings, and is never changed.
        """
        table = self.table_style[-1]
        key = (table, _said(element) if element is not None else ())
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
            # Of two threads the first counts: what is kept by an object's identity must find it alive.
            found = self._paragraphs.setdefault(key, (paragraph, run))
        return found

    def run_formatting(self, element: Element | None, base: Properties) -> Properties:
        """A run's properties over those of its paragraph (an object that paragraph_formatting gave)."""
        if element is None:
            return base
        key = (id(base), _said(element))
        found = self._runs.get(key)
        if found is None:
            direct = read_run_properties(element, self.theme)
            style = direct.pop("char_style", None)
            inherited = self.styles.resolve(style)[1] if style else {}
            found = self._runs.setdefault(key, {**base, **inherited, **direct})
        return found

    def label_formatting(self, mark: Properties, level: Properties) -> Properties:
        """Run properties of a numbering label: the level's over those of the paragraph's mark."""
        # By its content: a level is of one document, and what is kept here is of many.
        key = (id(mark), frozenset(level.items()))
        found = self._labels.get(key)
        if found is None:
            found = self._labels.setdefault(key, {**mark, "underline": None, **level})
        return found

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

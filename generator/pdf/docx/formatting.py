"""Effective formatting: an element's own properties over those of its styles, its list and its table."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from generator.base.ooxml.xml import parse
from generator.base.recent import Recent
from generator.pdf.docx.drawing_colours import read_theme_colours
from generator.pdf.docx.styles import (
    ParagraphProperties,
    RunProperties,
    Styles,
    list_level,
    merge,
    paragraph_format,
    read_paragraph_properties,
    read_run_properties,
    read_theme,
    run_format,
)
from generator.pdf.docx.tree import Paragraph, ParagraphFormat, RunFormat

if TYPE_CHECKING:
    from generator.base.ooxml.xml import Element
    from generator.pdf.docx.numbering import Numbering
    from generator.pdf.docx.reuse import CellContent, ParagraphPattern, TableSettings

# Formatting is cached across documents filled from the same template: so many templates are kept, and so many
# paragraphs and cells of each (see Recent).
_MOST_TEMPLATES: Final = 32
_MOST_PIECES: Final = 2_500
_Content = tuple[Any, ...]  # tags, attributes and children of an element


class KnownFormats:
    """The cache that documents with the same styles, numbering and theme share.

    Args:
        styles: the part ``styles.xml``.
        theme: the theme's part.

    Attributes:
        pieces: paragraphs and cells that mean the same wherever they occur (see reuse.is_tied), by their XML.
        repeated: the texts of paragraphs and cells that were met again and show nothing but their text, by their XML.
        tables: what tables' styles and properties say.
        cells: what cells are before anything stands in them, by their XML before that.
        patterns: what paragraphs are that differ in their texts only, by their XML around the texts.
    """

    def __init__(self, styles: bytes | None, theme: bytes | None) -> None:
        self.theme = read_theme(theme)
        self.colours = read_theme_colours(parse(theme) if theme is not None else None)
        self.styles = Styles(styles, self.theme)
        self.paragraphs: dict[tuple[str | None, _Content], tuple[ParagraphFormat, RunFormat]] = {}
        self.runs: dict[tuple[RunFormat, _Content], RunFormat] = {}
        self.labels: dict[tuple[RunFormat, frozenset[tuple[str, Any]]], RunFormat] = {}
        self.pieces: Recent[_Content, Paragraph | CellContent] = Recent(_MOST_PIECES)
        self.repeated: Recent[bytes, str] = Recent(_MOST_PIECES)
        self.tables: Recent[_Content, TableSettings] = Recent(_MOST_PIECES)
        self.cells: Recent[_Content, CellContent] = Recent(_MOST_PIECES)
        self.patterns: Recent[_Content, ParagraphPattern] = Recent(_MOST_PIECES)


@lru_cache(maxsize=_MOST_TEMPLATES)
def known_formats(styles: bytes | None, numbering: bytes | None, theme: bytes | None) -> KnownFormats:  # noqa: ARG001 (the formatting depends on it)
    """The shared cache of documents with these parts; the same object for equal parts."""
    return KnownFormats(styles, theme)


def content_of(element: Element) -> _Content:
    """A key that is equal for equal content; serialised XML is not, as it names every namespace in scope."""
    return tuple(
        (child.tag, *child.items(), content_of(child)) if len(child) else (child.tag, *child.items())
        for child in element
    )


class Formatting:
    """Works out the formatting of one document's paragraphs, runs and labels.

    Args:
        known: what is shared with documents like it.
        numbering: the document's lists, which indent their paragraphs.
    """

    def __init__(self, known: KnownFormats, numbering: Numbering) -> None:
        self._known = known
        self._styles = known.styles
        self._numbering = numbering

    def paragraph(
        self, element: Element | None, table_style: str | None
    ) -> tuple[ParagraphFormat, RunFormat]:
        """A paragraph's formatting, and the one that its runs start from.

        Args:
            element: the ``w:pPr``.
            table_style: the style of the table around it.
        """
        key = (table_style, content_of(element) if element is not None else ())
        found = self._known.paragraphs.get(key)
        if found is None:
            found = self._known.paragraphs[key] = self._work_out(
                read_paragraph_properties(element), table_style
            )
        return found

    def _work_out(
        self, direct: ParagraphProperties, table_style: str | None
    ) -> tuple[ParagraphFormat, RunFormat]:
        styles = self._styles
        style = direct.get("style") or styles.default("paragraph")
        table_paragraph, table_run = styles.resolve(table_style) if table_style else ({}, {})
        style_paragraph, style_run = styles.resolve(style)
        base = merge(styles.paragraph_defaults, table_paragraph)
        inherited = merge(base, style_paragraph)
        numbering = self._list_level(direct, merge(inherited, direct), style)
        level = self._numbering.level(numbering)
        if level is not None and "numbering" in direct:
            inherited = merge(inherited, level.paragraph)
        elif level is not None:
            # The list comes from the style, so the style's own indents override the list's.
            inherited = merge(merge(base, level.paragraph), style_paragraph)
        paragraph = paragraph_format({**merge(inherited, direct), "style": style}, numbering)
        return paragraph, run_format(RunFormat(), styles.run_defaults, table_run, style_run)

    def _list_level(
        self, direct: ParagraphProperties, merged: ParagraphProperties, style: str | None
    ) -> tuple[str, int] | None:
        """The list and level of a paragraph: in a list that its style names, the level that stands for the style."""
        named = list_level(merged)
        if named is None or "ilvl" in direct.get("numbering", {}):
            return named
        linked = self._numbering.level_of_style(named[0], self._styles.lineage(style))
        return named if linked is None else (named[0], linked)

    def run(self, element: Element | None, base: RunFormat) -> RunFormat:
        """A run's formatting over that of its paragraph; the element is its ``w:rPr``."""
        if element is None:
            return base
        key = (base, content_of(element))
        found = self._known.runs.get(key)
        if found is None:
            direct = read_run_properties(element, self._known.theme)
            style = direct.get("char_style")
            inherited = self._styles.resolve(style)[1] if style else RunProperties()
            found = self._known.runs[key] = run_format(base, inherited, direct)
        return found

    def label(self, mark: RunFormat, level: RunProperties) -> RunFormat:
        """Formatting of a number or bullet: its level's over that of the paragraph mark, except the underline."""
        key = (mark, frozenset(level.items()))
        found = self._known.labels.get(key)
        if found is None:
            found = self._known.labels[key] = run_format(mark, {"underline": None}, level)
        return found

    def contents_entries(
        self, paragraph: ParagraphFormat, run: RunFormat
    ) -> tuple[tuple[ParagraphFormat, RunFormat], ...]:
        """Paragraph and run formatting of each level of a table of contents.

        Where the document has no ``TOC n`` style, the field's own paragraph serves, each level two characters
        further in.
        """
        found = []
        for level in range(1, 10):
            identity = self._styles.by_name(f"toc {level}")
            if identity is None:
                left = 2 * run.size * (level - 1)
                found.append((replace(paragraph, first=0.0, first_chars=0.0, align="left", left=left), run))
                continue
            own, own_run = self._styles.resolve(identity)
            found.append(
                (
                    paragraph_format(merge(self._styles.paragraph_defaults, own)),
                    run_format(RunFormat(), self._styles.run_defaults, own_run),
                )
            )
        return tuple(found)

"""Reading sections: their sheets, page numbers, headers and footers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from generator.base.ooxml.xml import (
    VAL,
    Element,
    R,
    W,
    is_on,
    number,
    parse_word_shared,
    refuse,
    relations,
    twips,
    whole,
)
from generator.pdf.docx.blocks import read_blocks
from generator.pdf.docx.footnotes import read_note_numbers
from generator.pdf.docx.styles import border
from generator.pdf.docx.tree import Block, Columns, MarginText, PageFrame, PageSetup, Paragraph, Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.pdf.docx.reading import Reading

# Word's own, where a document states none.
_A4: Final = (595.3, 841.9)
_MARGINS: Final = {"top": 72.0, "right": 90.0, "bottom": 72.0, "left": 90.0, "header": 42.55, "footer": 49.6}
_VALIGN: Final = {"center": "center", "bottom": "bottom"}
# Word's names of the lines that are drawn as lines; what else stands around a page is a pattern of pictures.
_LINES: Final = frozenset(
    (
        "single", "thick", "double", "dotted", "dashed", "dotDash", "dotDotDash", "triple", "wave", "doubleWave",
        "dashSmallGap", "thinThickSmallGap", "thickThinSmallGap", "thinThickThinSmallGap", "thinThickMediumGap",
        "thickThinMediumGap", "thinThickThinMediumGap", "thinThickLargeGap", "thickThinLargeGap",
        "thinThickThinLargeGap", "dashDotStroked", "threeDEmboss", "threeDEngrave", "outset", "inset",
    )
)  # fmt: skip
_MOST_COLUMNS: Final = 12
_COLUMN_GAP: Final = 36.0
_GRIDS: Final = frozenset({"lines", "linesAndChars", "snapToChars"})


class SectionReader:
    """Reads a body, section by section; headers and footers go on from one section to the next.

    Args:
        reading: the document's state.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        # Each with how many blocks stand before its end, and the columns in which its blocks stand.
        self._ended: list[tuple[int, Section, Columns | None]] = []
        self._headers: dict[str, MarginText] = {}
        self._footers: dict[str, MarginText] = {}
        self._margin_texts: dict[str, MarginText] = {}

    def read(self, body: Element) -> tuple[Section, ...]:
        """The sections of a body with their blocks."""
        blocks = read_blocks(self._reading, body, "正文", self._end)
        last = next((child for child in reversed(body) if child.tag == W + "sectPr"), None)
        self._end(len(blocks), last)
        sections: list[Section] = []
        start = 0
        for end, section, columns in self._ended:
            own = _drawn(blocks[start:end])
            if columns is not None and own:
                own = (replace(columns, blocks=own),)
            start = end
            if sections and _runs_on(sections[-1], section):
                sections[-1] = replace(sections[-1], blocks=sections[-1].blocks + own)
            else:
                sections.append(replace(section, blocks=own))
        return tuple(sections)

    def _end(self, blocks: int, element: Element | None) -> None:
        """A section ends before the next block; its headers are read now, as their numbers count on."""
        first_number, number_format, title_page, begins, valign = None, "decimal", False, "nextPage", "top"
        frame, columns = None, None
        notes = self._reading.note_numbers
        for child in element if element is not None else ():
            tag = child.tag.rpartition("}")[2]
            if tag == "pgNumType":
                start = child.get(W + "start")
                first_number = whole(start) if start else None
                number_format = child.get(W + "fmt", "decimal")
            elif tag == "titlePg":
                title_page = is_on(child)
            elif tag == "type":
                begins = child.get(VAL, "nextPage")
            elif tag == "cols" and number(child.get(W + "num"), 1) > 1:
                columns = self._columns(child)
            elif tag == "vAlign":
                valign = _VALIGN.get(child.get(VAL, ""), "top")
            elif tag == "pgBorders":
                frame = _frame(self._reading, child)
            elif tag == "footnotePr":
                notes = read_note_numbers(child, notes)
            elif tag == "headerReference":
                self._refer(child, self._headers, "页眉")
            elif tag == "footerReference":
                self._refer(child, self._footers, "页脚")
        section = Section(
            _page(element),
            first_number,
            number_format,
            title_page,
            begins,
            dict(self._headers),
            dict(self._footers),
            (),
            valign,
            frame,
        )
        self._ended.append((blocks, section, columns))
        self._reading.notes.end_section(notes)

    def _columns(self, element: Element) -> Columns:
        widths = {round(twips(column.get(W + "w"))) for column in element.iterchildren(W + "col")}
        if element.get(W + "equalWidth", "1") in {"0", "false", "off"} and len(widths) > 1:
            raise refuse("版面", "宽度不等的分栏", self._reading.file)
        count = int(number(element.get(W + "num"), 1))
        if count > _MOST_COLUMNS:
            raise refuse("版面", f"{count} 栏的分栏", self._reading.file)
        gap = twips(element.get(W + "space"), _COLUMN_GAP)
        return Columns((), count, gap, element.get(W + "sep", "0") in {"1", "true", "on"})

    def _refer(self, reference: Element, margins: dict[str, MarginText], title: str) -> None:
        reading = self._reading
        part = reading.related.get(reference.get(R + "id"), "")
        if part not in reading.parts:
            return
        if part not in self._margin_texts:
            outer, reading.related = reading.related, relations(reading.parts, part)
            reading.numbering.story = "margins"
            blocks = read_blocks(reading, parse_word_shared(reading.parts[part]), title)
            reading.numbering.story = "body"
            reading.related = outer
            self._margin_texts[part] = MarginText(part, tuple(blocks))
        margins[reference.get(W + "type", "default")] = self._margin_texts[part]


def _drawn(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """A section's blocks, at least one: a section without content still is a page with its headers and footers."""
    if all(isinstance(block, Paragraph) and block.ends_section for block in blocks):
        return tuple(replace(block, ends_section=False) for block in blocks if isinstance(block, Paragraph))
    return tuple(blocks)


def _runs_on(before: Section, section: Section) -> bool:
    """Whether nothing that a page shows changes with a section, so that its text simply runs on."""
    return (
        section.begins == "continuous"
        and section.first_number is None
        and (before.page, before.headers, before.footers) == (section.page, section.headers, section.footers)
        and (before.valign, before.frame) == (section.valign, section.frame)
    )


def _frame(reading: Reading, element: Element) -> PageFrame | None:
    lines, space = [], []
    for child in element:
        line = border(child)
        if line is None:
            continue
        if child.get(VAL) not in _LINES:
            raise refuse("版面", f"艺术型页面边框（{child.get(VAL)}）", reading.file)
        side = child.tag.rpartition("}")[2]
        lines.append((side, line))
        space.append((side, number(child.get(W + "space"))))
    if not lines:
        return None
    from_edge = element.get(W + "offsetFrom") == "page"
    return PageFrame(tuple(lines), tuple(space), from_edge, element.get(W + "display", "allPages"))


def _page(element: Element | None) -> PageSetup:
    size = element.find(W + "pgSz") if element is not None else None
    margin = element.find(W + "pgMar") if element is not None else None
    grid = element.find(W + "docGrid") if element is not None else None
    sides = dict(_MARGINS)
    width, height = _A4
    pitch = 0.0
    if size is not None:
        width, height = twips(size.get(W + "w"), width), twips(size.get(W + "h"), height)
    if margin is not None:
        sides = {name: twips(margin.get(W + name), default) for name, default in _MARGINS.items()}
        sides["left"] += twips(margin.get(W + "gutter"))
    # A negative margin means that headers and footers do not enlarge it; its size is the absolute value.
    sides["top"], sides["bottom"] = abs(sides["top"]), abs(sides["bottom"])
    if grid is not None and grid.get(W + "type") in _GRIDS:
        pitch = twips(grid.get(W + "linePitch"))
    return PageSetup(width, height, pitch, **sides)

"""Formatting as elements and styles set it: only the properties that each sets, so that inheritance is a merge.

All measures are points. The result, with everything inherited, are ParagraphFormat and RunFormat.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, TypedDict

from msgspec.structs import replace

from generator.base.ooxml.xml import (
    VAL,
    A,
    Element,
    W,
    is_on,
    number,
    parse,
    twips,
    whole,
)
from generator.pdf.docx.symbol_fonts import is_symbol_font
from generator.pdf.docx.tree import BorderLine, ParagraphFormat, RunFormat, TabStop

if TYPE_CHECKING:
    from collections.abc import Mapping

Borders = dict[str, BorderLine | None]


class ParagraphProperties(TypedDict, total=False):
    """What a ``w:pPr`` or a style sets; meanings as in ParagraphFormat.

    ``numbering`` holds the values of ``w:numPr``'s children by their tags, since styles may set one of them
    only; ``tabs`` holds alignment and leader by position, ``clear`` among the alignments.
    """

    style: str | None
    align: str
    left: float
    right: float
    first: float
    left_chars: float
    right_chars: float
    first_chars: float
    before: float
    after: float
    before_lines: float
    after_lines: float
    line: float
    line_rule: str
    keep_next: bool
    keep_lines: bool
    page_break_before: bool
    widow_control: bool
    overflow_punctuation: bool
    contextual_spacing: bool
    snap_to_grid: bool
    tabs: dict[float, tuple[str, str]]
    outline: int | None
    borders: Borders
    fill: str | None
    numbering: dict[str, str]
    cjk_latin_space: bool


class RunProperties(TypedDict, total=False):
    """What a ``w:rPr`` or a style sets; meanings as in RunFormat, ``char_style`` the id of a character style."""

    size: float
    east_asian_face: str
    latin_face: str
    symbol_face: str | None
    bold: bool
    italic: bool
    strike: bool
    hidden: bool
    underline: str | None
    colour: str | None
    highlight: str | None
    fill: str | None
    spacing: float
    scale: float
    script: str | None
    raised: float
    border: BorderLine | None
    combined: str | None
    fitted: tuple[str, float] | None
    char_style: str | None


_SIDES: Final = ("top", "left", "bottom", "right")
_ToggleName = Literal[
    "keep_next", "keep_lines", "page_break_before", "widow_control", "overflow_punctuation",
    "contextual_spacing", "snap_to_grid",
]  # fmt: skip
_TOGGLES: Final[dict[str, _ToggleName]] = {
    "keepNext": "keep_next",
    "keepLines": "keep_lines",
    "pageBreakBefore": "page_break_before",
    "widowControl": "widow_control",
    "overflowPunct": "overflow_punctuation",
    "contextualSpacing": "contextual_spacing",
    "snapToGrid": "snap_to_grid",
}
_RUN_TOGGLES: Final[dict[str, Literal["bold", "italic", "strike", "hidden"]]] = {
    "b": "bold",
    "i": "italic",
    "strike": "strike",
    "dstrike": "strike",
    "vanish": "hidden",
}
_HIGHLIGHTS: Final = {
    "yellow": "ffff00",
    "green": "00ff00",
    "cyan": "00ffff",
    "magenta": "ff00ff",
    "blue": "0000ff",
    "red": "ff0000",
    "darkBlue": "000080",
    "darkCyan": "008080",
    "darkGreen": "008000",
    "darkMagenta": "800080",
    "darkRed": "800000",
    "darkYellow": "808000",
    "darkGray": "808080",
    "lightGray": "c0c0c0",
    "black": "000000",
    "white": "ffffff",
}
# Around two lines in one, by Word's names.
_BRACKETS: Final = {"round": "()", "square": "[]", "angle": "<>", "curly": "{}"}
_AUTO_SPACING: Final = 14.0  # "auto" space before and after, as LibreOffice takes it


def colour(text: str | None) -> str | None:
    """A six-digit hexadecimal colour, or None for ``auto`` and whatever else is no colour."""
    if text and len(text) == 6 and all(char in "0123456789abcdefABCDEF" for char in text):  # noqa: PLR2004 RRGGBB
        return text.lower()
    return None


def shading(element: Element) -> str | None:
    """The fill of a ``w:shd``; a pattern of 100 % shows its foreground."""
    if element.get(VAL) == "solid":
        return colour(element.get(W + "color")) or "000000"
    return colour(element.get(W + "fill"))


def border(element: Element) -> BorderLine | None:
    """One border, or None where it says that there is none."""
    kind = element.get(VAL, "nil")
    if kind in {"nil", "none"}:
        return None
    width = max(number(element.get(W + "sz"), 4) / 8, 0.25)
    dash = None
    if kind in {"dotted", "dashed", "dashSmallGap", "dotDash", "dotDotDash"}:
        dash = "dotted" if kind == "dotted" else "dashed"
    if kind in {"double", "thinThickSmallGap", "thickThinSmallGap"}:
        width *= 2
    return BorderLine(width, colour(element.get(W + "color")) or "000000", dash)


def borders(element: Element) -> Borders:
    """The borders set by a ``w:tblBorders``, ``w:tcBorders`` or ``w:pBdr``, by side."""
    found = {}
    for child in element:
        side = child.tag.rpartition("}")[2]
        side = {"start": "left", "end": "right"}.get(side, side)
        if side in {*_SIDES, "insideH", "insideV"}:
            found[side] = border(child)
    return found


def read_paragraph_properties(element: Element | None) -> ParagraphProperties:
    """What a ``w:pPr`` sets."""
    found: ParagraphProperties = {}
    if element is None:
        return found
    for child in element:
        tag = child.tag.rpartition("}")[2]
        if tag in _TOGGLES:
            found[_TOGGLES[tag]] = is_on(child)
        elif tag == "pStyle":
            found["style"] = child.get(VAL)
        elif tag == "jc":
            align = child.get(VAL, "left")
            found["align"] = {"start": "left", "end": "right"}.get(align, align)
        elif tag == "ind":
            _read_indent(child, found)
        elif tag == "spacing":
            _read_spacing(child, found)
        elif tag == "tabs":
            found["tabs"] = {
                twips(stop.get(W + "pos")): (stop.get(VAL, "left"), stop.get(W + "leader", "none"))
                for stop in child
            }
        elif tag == "outlineLvl":
            level = int(number(child.get(VAL), 9))
            found["outline"] = level + 1 if level < 9 else None  # noqa: PLR2004 9 is body text
        elif tag == "pBdr":
            found["borders"] = borders(child)
        elif tag == "shd":
            found["fill"] = shading(child)
        elif tag == "numPr":
            found["numbering"] = {
                **found.get("numbering", {}),
                **{item.tag.rpartition("}")[2]: item.get(VAL) for item in child},
            }
        elif tag in {"autoSpaceDE", "autoSpaceDN"}:
            found["cjk_latin_space"] = is_on(child)
    return found


def _read_indent(element: Element, found: ParagraphProperties) -> None:
    get = element.get
    for name in ("left", "start"):
        if get(W + name) is not None:
            found["left"] = twips(get(W + name))
        if get(W + name + "Chars") is not None:
            found["left_chars"] = number(get(W + name + "Chars"))
    for name in ("right", "end"):
        if get(W + name) is not None:
            found["right"] = twips(get(W + name))
        if get(W + name + "Chars") is not None:
            found["right_chars"] = number(get(W + name + "Chars"))
    if get(W + "firstLine") is not None:
        found["first"] = twips(get(W + "firstLine"))
    if get(W + "hanging") is not None:
        found["first"] = -twips(get(W + "hanging"))
    if get(W + "firstLineChars") is not None:
        found["first_chars"] = number(get(W + "firstLineChars"))
    if get(W + "hangingChars") is not None:
        found["first_chars"] = -number(get(W + "hangingChars"))


_SPACING: Final[tuple[tuple[Literal["before", "after"], Literal["before_lines", "after_lines"]], ...]] = (
    ("before", "before_lines"),
    ("after", "after_lines"),
)


def _read_spacing(element: Element, found: ParagraphProperties) -> None:
    for key, lines in _SPACING:
        if element.get(W + key) is not None:
            found[key] = twips(element.get(W + key))
            found.pop(lines, None)
        if element.get(W + key + "Lines") is not None:
            found[lines] = number(element.get(W + key + "Lines")) / 100
        if element.get(W + key + "Autospacing", "0") not in {"0", "false", "off"}:
            found[key] = _AUTO_SPACING
    if element.get(W + "line") is not None:
        rule = element.get(W + "lineRule", "auto")
        found["line_rule"] = rule
        found["line"] = number(element.get(W + "line"), 240) / (240 if rule == "auto" else 20)


def read_run_properties(element: Element | None, theme: Mapping[str, str]) -> RunProperties:  # noqa: C901 one branch a property
    """What a ``w:rPr`` sets.

    Args:
        element: the ``w:rPr``.
        theme: face names by theme name.
    """
    found: RunProperties = {}
    if element is None:
        return found
    for child in element:
        tag = child.tag.rpartition("}")[2]
        if tag in _RUN_TOGGLES:
            found[_RUN_TOGGLES[tag]] = is_on(child)
        elif tag == "rStyle":
            found["char_style"] = child.get(VAL)
        elif tag == "rFonts":
            _read_faces(child, theme, found)
        elif tag == "sz":
            found["size"] = number(child.get(VAL), 20) / 2
        elif tag == "u":
            kind = child.get(VAL, "single")
            found["underline"] = None if kind == "none" else kind
        elif tag == "color":
            found["colour"] = colour(child.get(VAL))
        elif tag == "highlight":
            found["highlight"] = _HIGHLIGHTS.get(child.get(VAL, ""))
        elif tag == "shd":
            found["fill"] = shading(child)
        elif tag == "spacing":
            found["spacing"] = twips(child.get(VAL))
        elif tag == "w":
            found["scale"] = number(child.get(VAL, "100").rstrip("%"), 100)
        elif tag == "vertAlign":
            kind = child.get(VAL)
            found["script"] = {"superscript": "super", "subscript": "sub"}.get(kind or "")
        elif tag == "position":
            found["raised"] = number(child.get(VAL)) / 2
        elif tag == "bdr":
            found["border"] = border(child)
        else:
            _read_east_asian(child, tag, found)
    return found


def _read_east_asian(child: Element, tag: str, found: RunProperties) -> None:
    """Two lines in one, and text spread over a width."""
    if tag == "eastAsianLayout":
        combined = child.get(W + "combine", "0") not in {"0", "false", "off"}
        found["combined"] = _BRACKETS.get(child.get(W + "combineBrackets", ""), "") if combined else None
    elif tag == "fitText":
        found["fitted"] = (child.get(W + "id", ""), twips(child.get(VAL)))


def _read_faces(element: Element, theme: Mapping[str, str], found: RunProperties) -> None:
    east, latin, other = (
        theme.get(element.get(W + name + "Theme", "")) or element.get(W + name)
        for name in ("eastAsia", "ascii", "hAnsi")
    )
    if east:
        found["east_asian_face"] = east
    if latin:
        found["latin_face"] = latin
    if other:
        found["symbol_face"] = other if is_symbol_font(other) else None


def read_theme(data: bytes | None) -> dict[str, str]:
    """The face names that a theme stands for, by the values of ``w:asciiTheme`` and ``w:eastAsiaTheme``."""
    if data is None:
        return {}
    found = {}
    root = parse(data)
    for kind in ("major", "minor"):
        fonts = root.find(f".//{A}{kind}Font")
        if fonts is None:
            continue
        latin, asian = fonts.find(A + "latin"), fonts.find(A + "ea")
        hans = next((font for font in fonts.iter(A + "font") if font.get("script") == "Hans"), None)
        for name in (kind + "HAnsi", kind + "Ascii"):
            found[name] = latin.get("typeface") if latin is not None else ""
        east = (asian.get("typeface") if asian is not None else "") or (
            hans.get("typeface") if hans is not None else ""
        )
        found[kind + "EastAsia"] = east
    return {key: value for key, value in found.items() if value}


class Styles:
    """The styles of one document, resolved along ``w:basedOn``.

    Args:
        data: the styles part, if there is one.
        theme: face names by theme name.
    """

    def __init__(self, data: bytes | None, theme: Mapping[str, str]) -> None:
        self.theme = theme
        self._elements: dict[str, Element] = {}
        self._defaults: dict[str, str] = {}
        self._resolved: dict[str | None, tuple[ParagraphProperties, RunProperties]] = {}
        self.names: dict[str, str] = {}
        self.paragraph_defaults: ParagraphProperties = {}
        self.run_defaults: RunProperties = {}
        if data is None:
            return
        root = parse(data)
        for style in root.iter(W + "style"):
            identity = style.get(W + "styleId", "")
            self._elements[identity] = style
            name = style.find(W + "name")
            self.names[identity] = name.get(VAL, "") if name is not None else identity
            if style.get(W + "default") in {"1", "true", "on"}:
                self._defaults[style.get(W + "type", "")] = identity
        defaults = root.find(W + "docDefaults")
        if defaults is not None:
            self.paragraph_defaults = read_paragraph_properties(defaults.find(f".//{W}pPr"))
            self.run_defaults = read_run_properties(defaults.find(f".//{W}rPr"), theme)

    def default(self, kind: str) -> str | None:
        """The default style of a kind (``paragraph``, ``table`` …)."""
        return self._defaults.get(kind)

    def by_name(self, name: str) -> str | None:
        """The id of the style with an English name, in any case."""
        return next((key for key, title in self.names.items() if title.lower() == name.lower()), None)

    def by_shown_name(self, name: str) -> str | None:
        """The id of the style that Word shows by a name, which is Chinese for headings."""
        return self.by_name(re.sub(r"^标题\s*(?=\d$)", "heading ", name))

    def chain(self, identity: str | None) -> list[Element]:
        """The elements of a style and of those it is based on, the base first."""
        found: list[Element] = []
        while identity in self._elements and self._elements[identity] not in found:
            element = self._elements[identity]
            found.insert(0, element)
            base = element.find(W + "basedOn")
            identity = base.get(VAL) if base is not None else None
        return found

    def lineage(self, identity: str | None) -> list[str]:
        """The ids of a style and of those that it is based on, the base last."""
        return [element.get(W + "styleId", "") for element in reversed(self.chain(identity))]

    def resolve(self, identity: str | None) -> tuple[ParagraphProperties, RunProperties]:
        """Paragraph and run properties that a style sets, with its bases, without the document's defaults."""
        if identity not in self._resolved:
            paragraph: ParagraphProperties = {}
            run: RunProperties = {}
            for element in self.chain(identity):
                paragraph = merge(paragraph, read_paragraph_properties(element.find(W + "pPr")))
                run = {**run, **read_run_properties(element.find(W + "rPr"), self.theme)}
            paragraph.setdefault("outline", _outline_by_name(self.names.get(identity or "", "")))
            self._resolved[identity] = (paragraph, run)
        return self._resolved[identity]


def _outline_by_name(name: str) -> int | None:
    kind, _, level = name.lower().partition(" ")
    return int(level) if kind == "heading" and level.isdecimal() else None


def merge(base: ParagraphProperties, over: ParagraphProperties) -> ParagraphProperties:
    """Properties over those they inherit from; tab stops of both are kept, except cleared ones."""
    if not over:
        return base
    found: ParagraphProperties = {**base, **over}
    for key, lines in _SPACING:
        if key in over and lines not in over:
            found.pop(lines, None)
    if "first" in over and "first_chars" not in over and base.get("first_chars", 0) * over["first"] < 0:
        found.pop("first_chars", None)
    if "tabs" in base and "tabs" in over:
        found["tabs"] = {**base["tabs"], **over["tabs"]}
    if "numbering" in base and "numbering" in over:
        found["numbering"] = {**base["numbering"], **over["numbering"]}
    if "borders" in base and "borders" in over:
        found["borders"] = {**base["borders"], **over["borders"]}
    return found


def list_level(properties: ParagraphProperties) -> tuple[str, int] | None:
    """The list that properties name and the level in it, from 0; None where they name none."""
    named = properties.get("numbering")
    return (named.get("numId") or "0", whole(named.get("ilvl"))) if named else None


def paragraph_format(
    properties: ParagraphProperties, numbering: tuple[str, int] | None = None
) -> ParagraphFormat:
    """The formatting that properties amount to once nothing more is inherited, with the list and level it counts in."""
    plain = {key: value for key, value in properties.items() if key not in {"tabs", "borders", "numbering"}}
    return ParagraphFormat(
        **plain,  # type: ignore[arg-type]
        tabs=tuple(
            TabStop(position, align, leader)
            for position, (align, leader) in sorted(properties.get("tabs", {}).items())
            if align != "clear"
        ),
        borders=tuple(properties.get("borders", {}).items()),
        numbering=numbering,
    )


def run_format(base: RunFormat, *layers: RunProperties) -> RunFormat:
    """A run's formatting: what each layer sets over the one before it, the first over a base."""
    set_here = {key: value for layer in layers for key, value in layer.items() if key != "char_style"}
    return replace(base, **set_here) if set_here else base

"""Formatting of paragraphs and runs: what an element sets, and what the styles above it set.

A set of properties is a plain dict that holds only what was set, so inheritance is merging. All measures
are points. The keys are those of ``read_paragraph_properties`` and ``read_run_properties``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from generator.base.ooxml.xml import (
    VAL,
    A,
    Element,
    W,
    is_on,
    number,
    parse,
    twips,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Properties = dict[str, Any]

_SIDES: Final = ("top", "left", "bottom", "right")
_TOGGLES: Final = {
    "keepNext": "keep_next",
    "keepLines": "keep_lines",
    "pageBreakBefore": "page_break",
    "widowControl": "widows",
    "overflowPunct": "overflow",
    "contextualSpacing": "contextual",
    "snapToGrid": "snap",
}
_RUN_TOGGLES: Final = {
    "b": "bold",
    "i": "italic",
    "strike": "strike",
    "dstrike": "strike",
    "vanish": "vanish",
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
DEFAULT_TAB: Final = 36.0
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


def border(element: Element) -> dict[str, Any] | None:
    """One border as ``{w, c, d}`` (width in points, colour, dash), or None where it says there is none."""
    kind = element.get(VAL, "nil")
    if kind in {"nil", "none"}:
        return None
    width = max(number(element.get(W + "sz"), 4) / 8, 0.25)
    found: dict[str, Any] = {"w": width, "c": colour(element.get(W + "color")) or "000000"}
    if kind in {"dotted", "dashed", "dashSmallGap", "dotDash", "dotDotDash"}:
        found["d"] = "dotted" if kind == "dotted" else "dashed"
    if kind in {"double", "thinThickSmallGap", "thickThinSmallGap"}:
        found["w"] = width * 2
    return found


def borders(element: Element) -> dict[str, dict[str, Any] | None]:
    """The borders set by a ``w:tblBorders``, ``w:tcBorders`` or ``w:pBdr``, by side."""
    found = {}
    for child in element:
        side = child.tag.rpartition("}")[2]
        side = {"start": "left", "end": "right"}.get(side, side)
        if side in {*_SIDES, "insideH", "insideV"}:
            found[side] = border(child)
    return found


def read_paragraph_properties(element: Element | None) -> Properties:
    """What a ``w:pPr`` sets.

    Keys: ``align``; ``left``, ``right``, ``first`` (negative: hanging) and their ``…_chars`` (hundredths of a
    character); ``before``, ``after``; ``line`` with ``rule``; ``keep_next``, ``keep_lines``, ``page_break``,
    ``widows``, ``contextual``, ``snap``; ``tabs``; ``outline`` (1-based level); ``borders``; ``fill``;
    ``numbering``; ``cjk_latin`` (space between CJK and Latin); ``style``.
    """
    found: Properties = {}
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
            found["cjk_latin"] = is_on(child)
    return found


def _read_indent(element: Element, found: Properties) -> None:
    get = element.get
    for key, names in (("left", ("left", "start")), ("right", ("right", "end"))):
        for name in names:
            if get(W + name) is not None:
                found[key] = twips(get(W + name))
            if get(W + name + "Chars") is not None:
                found[key + "_chars"] = number(get(W + name + "Chars"))
    if get(W + "firstLine") is not None:
        found["first"] = twips(get(W + "firstLine"))
    if get(W + "hanging") is not None:
        found["first"] = -twips(get(W + "hanging"))
    if get(W + "firstLineChars") is not None:
        found["first_chars"] = number(get(W + "firstLineChars"))
    if get(W + "hangingChars") is not None:
        found["first_chars"] = -number(get(W + "hangingChars"))


def _read_spacing(element: Element, found: Properties) -> None:
    for key in ("before", "after"):
        if element.get(W + key) is not None:
            found[key] = twips(element.get(W + key))
            found.pop(key + "_lines", None)
        if element.get(W + key + "Lines") is not None:
            found[key + "_lines"] = number(element.get(W + key + "Lines")) / 100
        if element.get(W + key + "Autospacing", "0") not in {"0", "false", "off"}:
            found[key] = _AUTO_SPACING
    if element.get(W + "line") is not None:
        rule = element.get(W + "lineRule", "auto")
        found["rule"] = rule
        found["line"] = number(element.get(W + "line"), 240) / (240 if rule == "auto" else 20)


def read_run_properties(element: Element | None, theme: Mapping[str, str]) -> Properties:  # noqa: C901 one branch a property
    """What a ``w:rPr`` sets.

    Keys: ``ea``, ``ascii`` (face names); ``size``; ``bold``, ``italic``, ``strike``, ``vanish``;
    ``underline`` (kind); ``colour``, ``highlight``, ``fill``; ``spacing`` (added to each character);
    ``scale`` (per cent); ``script`` (super or sub); ``raise``; ``char_style``.
    """
    found: Properties = {}
    if element is None:
        return found
    for child in element:
        tag = child.tag.rpartition("}")[2]
        if tag in _RUN_TOGGLES:
            found[_RUN_TOGGLES[tag]] = is_on(child)
        elif tag == "rStyle":
            found["char_style"] = child.get(VAL)
        elif tag == "rFonts":
            for key, plain in (("ea", "eastAsia"), ("ascii", "ascii")):
                themed = theme.get(child.get(W + plain + "Theme", ""))
                name = themed or child.get(W + plain)
                if name:
                    found[key] = name
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
            found["raise"] = number(child.get(VAL)) / 2
    return found


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
        self._resolved: dict[str | None, tuple[Properties, Properties]] = {}
        self.names: dict[str, str] = {}
        self.paragraph_defaults: Properties = {}
        self.run_defaults: Properties = {}
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

    def chain(self, identity: str | None) -> list[Element]:
        """The elements of a style and of those it is based on, the base first."""
        found: list[Element] = []
        while identity in self._elements and self._elements[identity] not in found:
            element = self._elements[identity]
            found.insert(0, element)
            base = element.find(W + "basedOn")
            identity = base.get(VAL) if base is not None else None
        return found

    def resolve(self, identity: str | None) -> tuple[Properties, Properties]:
        """Paragraph and run properties that a style sets, with its bases, without the document's defaults."""
        if identity not in self._resolved:
            paragraph: Properties = {}
            run: Properties = {}
            for element in self.chain(identity):
                paragraph = merge(paragraph, read_paragraph_properties(element.find(W + "pPr")))
                run = {**run, **read_run_properties(element.find(W + "rPr"), self.theme)}
            paragraph.setdefault("outline", _outline_by_name(self.names.get(identity or "", "")))
            self._resolved[identity] = (paragraph, run)
        return self._resolved[identity]


def _outline_by_name(name: str) -> int | None:
    kind, _, level = name.lower().partition(" ")
    return int(level) if kind == "heading" and level.isdecimal() else None


def merge(base: Properties, over: Properties) -> Properties:
    """Properties over those they inherit from; tab stops add up, but for cleared ones."""
    if not over:
        return base
    found = {**base, **over}
    for key in ("before", "after"):
        if key in over and key + "_lines" not in over:
            found.pop(key + "_lines", None)
    if "first" in over and "first_chars" not in over and base.get("first_chars", 0) * over["first"] < 0:
        found.pop("first_chars", None)
    if "tabs" in base and "tabs" in over:
        found["tabs"] = {**base["tabs"], **over["tabs"]}
    if "numbering" in base and "numbering" in over:
        found["numbering"] = {**base["numbering"], **over["numbering"]}
    if "borders" in base and "borders" in over:
        found["borders"] = {**base["borders"], **over["borders"]}
    return found

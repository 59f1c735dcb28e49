"""Colours and lines of shapes in DrawingML, by themselves or by the document's theme."""

from __future__ import annotations

import colorsys
from typing import TYPE_CHECKING, Final

from generator.base.ooxml.xml import EMU_PER_POINT, A, Element, number
from generator.pdf.docx.styles import colour
from generator.pdf.docx.tree import BorderLine

if TYPE_CHECKING:
    from collections.abc import Mapping

_WHOLE: Final = 100_000
_DARK: Final = 60  # of 255: text without a colour of its own is white on what is darker
# What the theme of Word's own empty document says.
_OFFICE: Final = {
    "dk1": "000000", "lt1": "ffffff", "dk2": "44546a", "lt2": "e7e6e6", "accent1": "4472c4", "accent2": "ed7d31",
    "accent3": "a5a5a5", "accent4": "ffc000", "accent5": "5b9bd5", "accent6": "70ad47", "hlink": "0563c1",
    "folHlink": "954f72",
}  # fmt: skip
_NAMES: Final = {"tx1": "dk1", "bg1": "lt1", "tx2": "dk2", "bg2": "lt2", "phClr": "accent1"}
_NAMED: Final = {
    "black": "000000", "white": "ffffff", "red": "ff0000", "green": "008000", "blue": "0000ff", "yellow": "ffff00",
    "gray": "808080", "grey": "808080", "silver": "c0c0c0", "lime": "00ff00", "navy": "000080", "purple": "800080",
    "maroon": "800000", "teal": "008080", "olive": "808000", "aqua": "00ffff", "fuchsia": "ff00ff",
}  # fmt: skip
_STYLE_WIDTHS: Final = (0.0, 0.5, 1.0, 1.5)  # points, of the theme's lines by their number
_DASHES: Final = {"dot": "dotted", "sysDot": "dotted"}
_COLOURS: Final = ("srgbClr", "schemeClr", "sysClr", "prstClr", "scrgbClr", "hslClr")


def read_theme_colours(theme: Element | None) -> dict[str, str]:
    """The colours of a theme by their names."""
    found = dict(_OFFICE)
    scheme = theme.find(f".//{A}clrScheme") if theme is not None else None
    for entry in scheme if scheme is not None else ():
        for said in entry:
            value = colour(said.get("lastClr") or said.get("val"))
            if value is not None:
                found[entry.tag.rpartition("}")[2]] = value
    return found


def named_colour(text: str | None) -> str | None:
    """A colour as VML says it: ``#c00``, ``#cc0000``, ``red``; what follows after a space is ignored."""
    said = (text or "").split(" ")[0].lower().removeprefix("#")
    if said in _NAMED:
        return _NAMED[said]
    return colour("".join(char * 2 for char in said) if len(said) == 3 else said)  # noqa: PLR2004 rgb


def colour_of(holder: Element | None, theme: Mapping[str, str]) -> str | None:
    """The colour that an element holds, None where it holds none or it cannot be seen."""
    for child in holder if holder is not None else ():
        kind = child.tag.rpartition("}")[2]
        if kind not in _COLOURS:
            continue
        if kind == "schemeClr":
            name = child.get("val", "")
            value = theme.get(_NAMES.get(name, name))
        elif kind == "prstClr":
            value = _NAMED.get(child.get("val", "").lower(), "000000")
        else:
            value = colour(child.get("lastClr") or child.get("val"))
        alpha = child.find(A + "alpha")
        if value is None or (alpha is not None and number(alpha.get("val"), _WHOLE) == 0):
            return None
        return _changed(value, child)
    return None


def _changed(value: str, said: Element) -> str:
    """A colour made lighter or darker as its element says."""
    red, green, blue = (int(value[at : at + 2], 16) / 255 for at in (0, 2, 4))
    for change in said:
        kind, share = change.tag.rpartition("}")[2], number(change.get("val"), _WHOLE) / _WHOLE
        if kind in {"lumMod", "lumOff"}:
            hue, light, full = colorsys.rgb_to_hls(red, green, blue)
            light = light * share if kind == "lumMod" else light + share
            red, green, blue = colorsys.hls_to_rgb(hue, min(max(light, 0.0), 1.0), full)
        elif kind == "shade":
            red, green, blue = red * share, green * share, blue * share
        elif kind in {"tint", "alpha"}:
            # On white paper what shows through is white.
            red, green, blue = (1 - (1 - part) * share for part in (red, green, blue))
    return "".join(f"{round(min(max(part, 0.0), 1.0) * 255):02x}" for part in (red, green, blue))


def text_colour_on(fill: str | None) -> str | None:
    """White on a dark colour, as Word shows text of no colour of its own; None elsewhere."""
    if fill is None:
        return None
    red, green, blue = (int(fill[at : at + 2], 16) for at in (0, 2, 4))
    return "ffffff" if 0.299 * red + 0.587 * green + 0.114 * blue < _DARK else None


def fill_of(properties: Element | None, style: Element | None, theme: Mapping[str, str]) -> str | None:
    """The colour within a shape (``wps:spPr`` and ``wps:style``); of several the first."""
    for child in properties if properties is not None else ():
        kind = child.tag.rpartition("}")[2]
        if kind == "noFill":
            return None
        if kind == "solidFill":
            return colour_of(child, theme)
        if kind == "gradFill":
            return colour_of(child.find(f"{A}gsLst/{A}gs"), theme)
        if kind == "pattFill":
            return colour_of(child.find(A + "bgClr"), theme)
    said = style.find(A + "fillRef") if style is not None else None
    return colour_of(said, theme) if said is not None and number(said.get("idx")) else None


def line_of(
    properties: Element | None, style: Element | None, theme: Mapping[str, str]
) -> tuple[BorderLine | None, tuple[bool, bool]]:
    """The line along a shape's outline, and whether it begins and ends with an arrow's head."""
    said = properties.find(A + "ln") if properties is not None else None
    styled = style.find(A + "lnRef") if style is not None else None
    index = int(number(styled.get("idx"))) if styled is not None else 0
    shown = colour_of(styled, theme) if index else None
    width = _STYLE_WIDTHS[min(max(index, 0), 3)]
    dash, heads = None, (False, False)
    if said is not None:
        if said.find(A + "noFill") is not None:
            return None, heads
        solid = said.find(A + "solidFill")
        shown = colour_of(solid, theme) if solid is not None else shown
        width = number(said.get("w"), 9525) / EMU_PER_POINT
        dashed = said.find(A + "prstDash")
        kind = dashed.get("val", "solid") if dashed is not None else "solid"
        dash = None if kind == "solid" else _DASHES.get(kind, "dashed")
        heads = (_has_head(said, "headEnd"), _has_head(said, "tailEnd"))
    if shown is None:
        return None, heads
    return BorderLine(max(width, 0.25), shown, dash), heads


def _has_head(line: Element, name: str) -> bool:
    end = line.find(A + name)
    return end is not None and end.get("type", "none") != "none"

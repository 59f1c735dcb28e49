"""Reading the older drawings (``w:pict``): lines, rectangles, text boxes and pictures in VML, and groups of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from generator.base.ooxml.xml import OFFICE, W10, Element, R, V, W, number, refuse
from generator.pdf.docx.drawing_colours import named_colour, text_colour_on
from generator.pdf.docx.images import image_name
from generator.pdf.docx.outlines import ellipse, named_outline, polygon, rounded, vml_outline
from generator.pdf.docx.tree import (
    Block,
    BorderLine,
    CellMargins,
    Drawing,
    Picture,
    Placement,
    Shape,
    TextBox,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.pdf.docx.reading import Reading
    from generator.pdf.docx.tree import PathStep, RunFormat

ReadBlocks = Callable[["Reading", Element, str], list[Block]]

_UNITS: Final = {
    "pt": 1.0,
    "in": 72.0,
    "cm": 72 / 2.54,
    "mm": 72 / 25.4,
    "px": 0.75,
    "pc": 12.0,
    "emu": 1 / 12700,
}
_SHAPES: Final = frozenset(V + name for name in ("shape", "rect", "roundrect", "oval", "line", "polyline"))
_SILENT: Final = frozenset(
    {
        V + "shapetype",
        OFFICE + "lock",
        OFFICE + "wrapblock",
        V + "f",
        V + "formulas",
        W10 + "wrap",
        W10 + "anchorlock",
    }
)
# Of the shapes that VML numbers, those that DrawingML names (MS-ODRAWXML, MSOSPT).
_TYPES: Final = {
    "1": "rect", "2": "roundRect", "3": "ellipse", "4": "diamond", "5": "triangle", "6": "rtTriangle",
    "7": "parallelogram", "8": "trapezoid", "9": "hexagon", "10": "octagon", "11": "plus", "12": "star5",
    "13": "rightArrow", "15": "homePlate", "20": "line", "32": "straightConnector1", "33": "bentConnector2",
    "34": "bentConnector3", "55": "chevron", "61": "wedgeRectCallout", "66": "leftArrow", "67": "downArrow",
    "68": "upArrow", "69": "leftRightArrow", "70": "upDownArrow", "75": "rect", "85": "leftBracket",
    "86": "rightBracket", "87": "leftBrace", "88": "rightBrace", "109": "flowChartProcess",
    "110": "flowChartDecision", "111": "flowChartInputOutput", "112": "flowChartPredefinedProcess",
    "116": "flowChartTerminator", "117": "flowChartPreparation", "118": "flowChartManualInput",
    "119": "flowChartManualOperation", "120": "flowChartConnector", "127": "flowChartExtract",
    "128": "flowChartMerge", "176": "flowChartAlternateProcess", "185": "bracketPair", "186": "bracePair",
    "187": "star4", "202": "rect",
}  # fmt: skip
_FROM_ACROSS: Final = {"text": "column", "char": "character"}
_FROM_DOWN: Final = {"text": "paragraph"}
_VALIGN: Final = {"middle": "horizon", "bottom": "bottom"}
_WRAPS: Final = {"square": "beside", "tight": "beside", "through": "beside", "topAndBottom": "below"}
_OFF: Final = frozenset({"f", "false", "0"})
_PATTERNS: Final = frozenset({"pattern", "tile", "frame"})
_FRACTION: Final = 65_536
_DEEPEST: Final = 8


class _Frame(Struct, frozen=True):
    """How coordinates become points of the drawing: of a group, or lengths with units outside of one."""

    origin: tuple[float, float] = (0.0, 0.0)
    scale: tuple[float, float] = (1.0, 1.0)
    at: tuple[float, float] = (0.0, 0.0)
    in_group: bool = False


def read_pict(
    reading: Reading, pict: Element, where: str, look: RunFormat, read_blocks: ReadBlocks
) -> list[Drawing]:
    """Read one ``w:pict``: each of its outermost shapes is a drawing.

    Args:
        reading: the document's state.
        pict: the ``w:pict``.
        where: its place in Chinese.
        look: the formatting of its run.
        read_blocks: reads what stands in a text box.

    Raises:
        ProgrammeError: it holds something that is not on the list.
    """
    reader = _Shapes(reading, where, look, read_blocks)
    found = []
    for child in pict:
        if child.tag in _SHAPES or child.tag == V + "group":
            found.append(reader.outermost(child))
        elif child.tag not in _SILENT:
            raise refuse(where, child.tag if child.tag.startswith(W) else pict.tag, reading.file)
    if not found and not len(pict):
        raise refuse(where, pict.tag, reading.file)
    return found


def _style(element: Element) -> dict[str, str]:
    found = {}
    for said in element.get("style", "").split(";"):
        name, _, value = said.partition(":")
        found[name.strip().lower()] = value.strip()
    return found


def _length(text: str | None, default: float = 0.0) -> float:
    """A length in points; a number without a unit is in pixels."""
    text = (text or "").strip()
    for unit, points in _UNITS.items():
        if text.endswith(unit):
            return number(text[: -len(unit)], default / points) * points
    return number(text) * _UNITS["px"] if text else default


def _pair(text: str | None, default: tuple[float, float]) -> tuple[float, float]:
    first, _, second = (text or "").partition(",")
    return (number(first.strip(), default[0]), number(second.strip(), default[1])) if text else default


class _Shapes(Struct):
    reading: Reading
    where: str
    look: RunFormat
    read_blocks: ReadBlocks

    def outermost(self, element: Element) -> Drawing:
        """A drawing of one shape or group."""
        style = _style(element)
        floats = style.get("position") == "absolute"
        shapes = tuple(self._shapes(element, _Frame(), 0))
        if element.tag == V + "group":
            width, height = _length(style.get("width")), _length(style.get("height"))
        else:
            (shape,) = shapes
            width, height = shape.width, shape.height
        left = _length(style.get("left")) + _length(style.get("margin-left"))
        top = _length(style.get("top")) + _length(style.get("margin-top"))
        if element.tag == V + "line":
            # A line stands where its ends say, not where a style does.
            (shape,) = shapes
            left, top = left + shape.x, top + shape.y
        if element.tag != V + "group":
            shapes = (replace(shapes[0], x=0.0, y=0.0),)
        is_rule = element.get(OFFICE + "hr", "f") not in _OFF
        place = _placement(element, style, left, top) if floats else None
        return Drawing(width, height, shapes, place, self.look, is_rule)

    def _shapes(self, element: Element, frame: _Frame, depth: int) -> Iterator[Shape]:
        if depth > _DEEPEST:
            raise refuse(self.where, "层数过多的组合图形", self.reading.file)
        style = _style(element)
        if element.tag != V + "group":
            yield self._shape(element, style, frame)
            return
        x, y, width, height = self._box(style, frame)
        if not frame.in_group:
            x, y = 0.0, 0.0
        if number(style.get("rotation", "").removesuffix("fd")) or style.get("flip"):
            raise refuse(self.where, "旋转的组合图形", self.reading.file)
        origin = _pair(element.get("coordorigin"), (0.0, 0.0))
        size = _pair(element.get("coordsize"), (1000.0, 1000.0))
        inner = _Frame(origin, (width / (size[0] or 1.0), height / (size[1] or 1.0)), (x, y), in_group=True)
        for child in element:
            if child.tag in _SHAPES or child.tag == V + "group":
                yield from self._shapes(child, inner, depth + 1)
            elif child.tag not in _SILENT:
                raise refuse(self.where, f"旧式图形 {child.tag.rpartition('}')[2]}", self.reading.file)

    def _box(self, style: Mapping[str, str], frame: _Frame) -> tuple[float, float, float, float]:
        if not frame.in_group:
            return 0.0, 0.0, _length(style.get("width")), _length(style.get("height"))
        x, y, width, height = (number(style.get(key)) for key in ("left", "top", "width", "height"))
        return (
            frame.at[0] + (x - frame.origin[0]) * frame.scale[0],
            frame.at[1] + (y - frame.origin[1]) * frame.scale[1],
            width * frame.scale[0],
            height * frame.scale[1],
        )

    def _shape(self, element: Element, style: Mapping[str, str], frame: _Frame) -> Shape:
        if element.find(V + "textpath") is not None and element.find(V + "textpath").get("string"):
            raise refuse(self.where, "艺术字", self.reading.file)
        image = element.find(V + "imagedata")
        relation = image.get(R + "id") if image is not None else None
        rotation = style.get("rotation", "0")
        turn = number(rotation[:-2]) / _FRACTION if rotation.endswith("fd") else number(rotation)
        flip = style.get("flip", "")
        mirrored = ("x" in flip, "y" in flip)
        if element.tag == V + "line":
            return self._line(element, frame, mirrored)
        x, y, width, height = self._box(style, frame)
        shape = Shape(x, y, width, height, turn % 360, mirrored)
        if relation is not None and image is not None:
            drawn = Picture(
                image_name(self.reading, relation, self.where),
                width,
                height,
                element.get("alt") or image.get(OFFICE + "title") or "图片",
                self.look,
                _crop(image),
            )
            shape = replace(shape, picture=drawn)
        else:
            line, heads = _line_of(element)
            path = self._path(element, width, height)
            closed = any(step[0] == "z" for step in path)
            fill = _fill_of(element) if closed else None
            shape = replace(shape, path=path, fill=fill, line=line, heads=heads)
        return replace(shape, text=self._text(element, style, shape.fill))

    def _line(self, element: Element, frame: _Frame, mirrored: tuple[bool, bool]) -> Shape:
        def point(text: str | None) -> tuple[float, float]:
            across, _, down = (text or "0,0").partition(",")
            if frame.in_group:
                return (
                    frame.at[0] + (number(across) - frame.origin[0]) * frame.scale[0],
                    frame.at[1] + (number(down) - frame.origin[1]) * frame.scale[1],
                )
            return _length(across), _length(down)

        (x1, y1), (x2, y2) = point(element.get("from")), point(element.get("to"))
        x, y, width, height = min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1)
        path = polygon((x1 - x, y1 - y), (x2 - x, y2 - y), closed=False)
        line, heads = _line_of(element)
        return Shape(x, y, width, height, 0.0, mirrored, path, None, line, heads)

    def _path(self, element: Element, width: float, height: float) -> tuple[PathStep, ...]:
        tag = element.tag.rpartition("}")[2]
        if tag == "rect":
            return polygon((0, 0), (width, 0), (width, height), (0, height))
        if tag == "oval":
            return ellipse(0, 0, width, height)
        if tag == "roundrect":
            said = element.get("arcsize", "0.2")
            share = number(said.removesuffix("f")) / _FRACTION if said.endswith("f") else _share(said)
            radius = min(share, 0.5) * min(width, height)
            return rounded(0, 0, width, height, radius, radius)
        kind = element.get("type", "").rpartition("_t")[2]
        if tag == "polyline" or (not element.get("path") and kind not in _TYPES):
            raise refuse(
                self.where, f"旧式图形 {tag if tag == 'polyline' else kind or tag}", self.reading.file
            )
        if kind in _TYPES:
            found = named_outline(_TYPES[kind], width, height, {})
            if found is not None:
                return found
        size = _pair(element.get("coordsize"), (1000.0, 1000.0))
        scale = (width / (size[0] or 1.0), height / (size[1] or 1.0))
        drawn = vml_outline(element.get("path", ""), _pair(element.get("coordorigin"), (0.0, 0.0)), scale)
        if drawn is None:
            raise refuse(self.where, "自由绘制的旧式图形", self.reading.file)
        return drawn or polygon((0, 0), (0, 0))

    def _text(self, element: Element, style: Mapping[str, str], fill: str | None) -> TextBox | None:
        box = element.find(V + "textbox")
        content = box.find(W + "txbxContent") if box is not None else None
        if box is None or content is None:
            return None
        said = _style(box)
        insets = [*(box.get("inset") or "").split(","), "", "", "", ""]
        left, top, right, bottom = (
            _length(value, default) for value, default in zip(insets, (7.2, 3.6, 7.2, 3.6), strict=False)
        )
        flow = said.get("layout-flow", "horizontal")
        turn = None
        if flow.startswith("vertical"):
            turn = "up" if said.get("mso-layout-flow-alt") == "bottom-to-top" else "stack"
        outer, self.reading.text_colour = self.reading.text_colour, text_colour_on(fill)
        blocks = tuple(self.read_blocks(self.reading, content, f"{self.where}的文本框"))
        self.reading.text_colour = outer
        valign = _VALIGN.get(style.get("v-text-anchor", ""), "top")
        return TextBox(
            blocks,
            CellMargins(top, right, bottom, left),
            valign,
            turn,
            style.get("mso-wrap-style") == "none",
        )


def _share(text: str) -> float:
    return number(text[:-1]) / 100 if text.endswith("%") else number(text)


def _crop(image: Element) -> tuple[float, float, float, float] | None:
    def share(name: str) -> float:
        said = image.get(name, "0")
        return number(said[:-1]) / _FRACTION if said.endswith("f") else number(said)

    top, right, bottom, left = (share(name) for name in ("croptop", "cropright", "cropbottom", "cropleft"))
    if not (top or right or bottom or left) or top + bottom >= 1 or left + right >= 1:
        return None
    return top, right, bottom, left


def _fill_of(element: Element) -> str | None:
    filled = element.find(V + "fill")
    said = element.get("filled", "t")
    if filled is not None:
        said = filled.get("on", said)
    if said in _OFF:
        return None
    opacity = filled.get("opacity", "1") if filled is not None else "1"
    if _share(opacity.removesuffix("f")) == 0:
        return None
    if filled is not None and filled.get("type") in _PATTERNS:
        # Text must be read on it: of a pattern its ground, not its dots, which would cover the text.
        return named_colour(filled.get("color2")) or "ffffff"
    default = "white" if element.get(OFFICE + "hr", "f") in _OFF else "#a0a0a0"
    return named_colour(element.get("fillcolor") or default) or "ffffff"


def _line_of(element: Element) -> tuple[BorderLine | None, tuple[bool, bool]]:
    stroke = element.find(V + "stroke")
    get = stroke.get if stroke is not None else {}.get
    heads = tuple(get(key, "none") != "none" for key in ("startarrow", "endarrow"))
    both = (heads[0], heads[1])
    if get("on", element.get("stroked", "t")) in _OFF or element.get("stroked", "t") in _OFF:
        return None, both
    if element.get(OFFICE + "hr", "f") not in _OFF:
        return None, both
    shown = named_colour(get("color") or element.get("strokecolor") or "black") or "000000"
    width = _length(get("weight") or element.get("strokeweight"), 0.75)
    kind = get("dashstyle", "solid").lower()
    dash = None if kind == "solid" else "dotted" if "dot" in kind and "dash" not in kind else "dashed"
    return BorderLine(max(width, 0.25), shown, dash), both


def _placement(element: Element, style: Mapping[str, str], left: float, top: float) -> Placement:
    across_from = style.get("mso-position-horizontal-relative", "text")
    down_from = style.get("mso-position-vertical-relative", "text")
    aligned = style.get("mso-position-horizontal", "absolute")
    stands = style.get("mso-position-vertical", "absolute")
    wrap = element.find(W10 + "wrap")
    kind = _WRAPS.get(wrap.get("type", "none"), "none") if wrap is not None else "none"
    top_gap, right_gap, bottom_gap, left_gap = (
        _length(style.get(f"mso-wrap-distance-{side}"), default)
        for side, default in (("top", 0.0), ("right", 9.0), ("bottom", 0.0), ("left", 9.0))
    )
    return Placement(
        _FROM_ACROSS.get(across_from, across_from),
        left if aligned == "absolute" else {"inside": "left", "outside": "right"}.get(aligned, aligned),
        _FROM_DOWN.get(down_from, down_from),
        top if stands == "absolute" else stands,
        kind,
        style.get("z-index", "0").startswith("-"),
        (top_gap, right_gap, bottom_gap, left_gap),
    )

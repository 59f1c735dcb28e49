"""Reading drawings (``w:drawing``): pictures, shapes, text boxes and groups of them, in the line or floating."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from generator.base.ooxml.xml import (
    EMU_PER_POINT,
    PIC,
    WP,
    WPC,
    WPG,
    WPS,
    A,
    Element,
    R,
    W,
    number,
    refuse,
)
from generator.pdf.docx.drawing_colours import colour_of, fill_of, line_of, text_colour_on
from generator.pdf.docx.images import cropped_shares, image_name, turned
from generator.pdf.docx.outlines import named_outline, own_outline, polygon
from generator.pdf.docx.tree import Block, CellMargins, Drawing, Picture, Placement, Shape, TextBox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.pdf.docx.reading import Reading
    from generator.pdf.docx.tree import RunFormat

ReadBlocks = Callable[["Reading", Element, str], list[Block]]

_WRAPS: Final = {
    "wrapNone": "none",
    "wrapSquare": "beside",
    "wrapTight": "beside",
    "wrapThrough": "beside",
    "wrapTopAndBottom": "below",
}
_ALIGN: Final = {"inside": "left", "outside": "right"}
_VALIGN: Final = {"ctr": "horizon", "b": "bottom"}
_TURNS: Final = {"vert": "stack", "eaVert": "stack", "vert270": "up"}
_GRAPHICS: Final = {"chart": "图表", "diagram": "SmartArt"}
_DEGREE: Final = 60_000
_DEEPEST: Final = 8


class Frame(Struct, frozen=True):
    """How a group's coordinates become the drawing's: points to a unit, the origin, and how the group is turned."""

    x: float = 0.0
    y: float = 0.0
    across: float = 1 / EMU_PER_POINT
    down: float = 1 / EMU_PER_POINT
    turn: float = 0.0
    middle: tuple[float, float] = (0.0, 0.0)
    mirrored: tuple[bool, bool] = (False, False)


def read_drawing(
    reading: Reading, drawing: Element, where: str, look: RunFormat, read_blocks: ReadBlocks
) -> Drawing | Picture:
    """Read one ``w:drawing``.

    Args:
        reading: the document's state.
        drawing: the ``w:drawing``.
        where: its place in Chinese.
        look: the formatting of its run.
        read_blocks: reads what stands in a text box.

    Raises:
        ProgrammeError: it holds something that is not on the list.
    """
    anchor = drawing.find(WP + "anchor")
    holder = anchor if anchor is not None else drawing.find(WP + "inline")
    data = holder.find(f"{A}graphic/{A}graphicData") if holder is not None else None
    if holder is None or data is None or len(data) != 1:
        raise refuse(where, (WP + "anchor") if anchor is not None else drawing.tag, reading.file)
    extent = holder.find(WP + "extent")
    width, height = (number(extent.get(key)) / EMU_PER_POINT for key in ("cx", "cy"))
    described = holder.find(WP + "docPr")
    said = (described.get("descr") or "图片") if described is not None else "图片"
    (graphic,) = data
    if anchor is None and graphic.tag == PIC + "pic":
        return _picture(reading, graphic, (width, height), said, where, look)
    reader = _Shapes(reading, where, look, said, read_blocks)
    shapes = tuple(reader.read(graphic, (width, height)))
    placement = _placement(anchor) if anchor is not None else None
    return Drawing(width, height, shapes, placement, look)


def _picture(
    reading: Reading, element: Element, size: tuple[float, float], said: str, where: str, look: RunFormat
) -> Picture:
    blip = element.find(f"{PIC}blipFill/{A}blip")
    if blip is None:
        raise refuse(where, "没有内容的图片", reading.file)
    name = image_name(reading, blip.get(R + "embed", ""), where)
    return Picture(name, *size, said, look, cropped_shares(element), turned(element))


def _placement(anchor: Element) -> Placement:
    def place(name: str) -> tuple[str, float | str]:
        element = anchor.find(WP + name)
        if element is None:
            return "column" if name == "positionH" else "paragraph", 0.0
        aligned = element.find(WP + "align")
        if aligned is not None:
            said = (aligned.text or "").strip()
            return element.get("relativeFrom", ""), _ALIGN.get(said, said)
        offset = element.find(WP + "posOffset")
        return element.get("relativeFrom", ""), number(
            offset.text if offset is not None else None
        ) / EMU_PER_POINT

    wrap = next(
        (_WRAPS[name] for child in anchor if (name := child.tag.rpartition("}")[2]) in _WRAPS),
        "none",
    )
    top, right, bottom, left = (number(anchor.get("dist" + side)) / EMU_PER_POINT for side in "TRBL")
    simple = anchor.find(WP + "simplePos")
    if anchor.get("simplePos", "0") in {"1", "true"} and simple is not None:
        x, y = (number(simple.get(key)) / EMU_PER_POINT for key in "xy")
        return Placement("page", x, "page", y, wrap)
    behind = anchor.get("behindDoc", "0") in {"1", "true"}
    across_from, across = place("positionH")
    down_from, down = place("positionV")
    return Placement(across_from, across, down_from, down, wrap, behind, (top, right, bottom, left))


class _Shapes(Struct):
    """Reads the shapes of one drawing."""

    reading: Reading
    where: str
    look: RunFormat
    said: str
    read_blocks: ReadBlocks

    def read(self, element: Element, size: tuple[float, float]) -> Iterator[Shape]:
        """The shapes of the outermost element, which fills the drawing."""
        width, height = size
        if element.tag in {WPG + "wgp", WPC + "wpc"}:
            yield from self._members(element, Frame(), 0, size if element.tag == WPG + "wgp" else None)
        elif element.tag in {WPS + "wsp", PIC + "pic"}:
            yield self._shape(element, Frame(), (0.0, 0.0, width, height))
        else:
            kind = element.tag.rpartition("}")[2]
            title = _GRAPHICS.get(kind) or ("SmartArt" if kind == "relIds" else f"图形 {kind}")
            raise refuse(self.where, title, self.reading.file)

    def _members(
        self, element: Element, outer: Frame, depth: int, size: tuple[float, float] | None
    ) -> Iterator[Shape]:
        if depth > _DEEPEST:
            raise refuse(self.where, "层数过多的组合图形", self.reading.file)
        frame = self._inside(element, outer, size)
        for child in element:
            name = child.tag.rpartition("}")[2]
            if child.tag in {WPS + "wsp", PIC + "pic"}:
                yield self._shape(child, frame, None)
            elif child.tag in {WPG + "grpSp", WPG + "wgp"}:
                yield from self._members(child, frame, depth + 1, None)
            elif name in {"cNvGrpSpPr", "cNvPr", "grpSpPr", "bg", "whole", "extLst"}:
                continue
            else:
                title = "图表" if name == "graphicFrame" else f"图形 {name}"
                raise refuse(self.where, title, self.reading.file)

    def _inside(self, group: Element, outer: Frame, size: tuple[float, float] | None) -> Frame:
        form = group.find(f"{WPG}grpSpPr/{A}xfrm")
        if form is None or form.find(A + "chOff") is None:
            return outer
        offset, extent = form.find(A + "off"), form.find(A + "ext")
        inner_offset, inner_extent = form.find(A + "chOff"), form.find(A + "chExt")
        width, height = number(extent.get("cx")) * outer.across, number(extent.get("cy")) * outer.down
        x = outer.x + number(offset.get("x")) * outer.across
        y = outer.y + number(offset.get("y")) * outer.down
        if size is not None:
            x, y, (width, height) = 0.0, 0.0, size
        across = width / (number(inner_extent.get("cx")) or 1.0)
        down = height / (number(inner_extent.get("cy")) or 1.0)
        turn = number(form.get("rot")) / _DEGREE
        mirrored = tuple(form.get(key, "0") in {"1", "true"} for key in ("flipH", "flipV"))
        if (turn or any(mirrored)) and (outer.turn or any(outer.mirrored)):
            raise refuse(self.where, "多层旋转的组合图形", self.reading.file)
        return Frame(
            x - number(inner_offset.get("x")) * across,
            y - number(inner_offset.get("y")) * down,
            across,
            down,
            turn or outer.turn,
            (x + width / 2, y + height / 2) if turn or any(mirrored) else outer.middle,
            (mirrored[0], mirrored[1]) if turn or any(mirrored) else outer.mirrored,
        )

    def _shape(self, element: Element, frame: Frame, box: tuple[float, float, float, float] | None) -> Shape:
        properties = element.find((PIC if element.tag == PIC + "pic" else WPS) + "spPr")
        form = properties.find(A + "xfrm") if properties is not None else None
        turn, mirrored = 0.0, (False, False)
        if form is not None:
            turn = number(form.get("rot")) / _DEGREE
            mirrored = (form.get("flipH", "0") in {"1", "true"}, form.get("flipV", "0") in {"1", "true"})
        if box is None:
            offset = form.find(A + "off") if form is not None else None
            extent = form.find(A + "ext") if form is not None else None
            if offset is None or extent is None:
                raise refuse(self.where, "没有位置的图形", self.reading.file)
            x, y = (
                frame.x + number(offset.get("x")) * frame.across,
                frame.y + number(offset.get("y")) * frame.down,
            )
            box = (x, y, number(extent.get("cx")) * frame.across, number(extent.get("cy")) * frame.down)
        shape = Shape(*box, turn % 360, mirrored)
        if element.tag == PIC + "pic":
            drawn = _picture(
                self.reading, element, (shape.width, shape.height), self.said, self.where, self.look
            )
            shape = replace(shape, picture=replace(drawn, turn=0.0))
        else:
            shape = self._outlined(element, properties, shape)
        return _placed_in(frame, shape)

    def _outlined(self, element: Element, properties: Element, shape: Shape) -> Shape:
        geometry = properties.find(A + "custGeom") if properties is not None else None
        named = properties.find(A + "prstGeom") if properties is not None else None
        if geometry is not None:
            path = own_outline(geometry, shape.width, shape.height)
            title = "自由绘制的图形"
        else:
            name = named.get("prst", "") if named is not None else "rect"
            adjusted = {
                guide.get("name", ""): number(guide.get("fmla", "").removeprefix("val "))
                for guide in (named.iter(A + "gd") if named is not None else ())
            }
            path = named_outline(name, shape.width, shape.height, adjusted)
            title = f"形状 {name}"
        if path is None:
            raise refuse(self.where, title, self.reading.file)
        style = element.find(WPS + "style")
        theme = self.reading.known.colours
        if properties is not None and properties.find(A + "blipFill") is not None:
            raise refuse(self.where, "用图片填充的形状", self.reading.file)
        line, heads = line_of(properties, style, theme)
        # A shape without an outline of its own still is one: it is counted.
        path = path or polygon((0.0, 0.0), (0.0, 0.0))
        fill = fill_of(properties, style, theme)
        if not any(step[0] == "z" for step in path):
            fill = None
        return replace(
            shape, path=path, fill=fill, line=line, heads=heads, text=self._text(element, style, fill)
        )

    def _text(self, element: Element, style: Element | None, fill: str | None) -> TextBox | None:
        content = element.find(f"{WPS}txbx/{W}txbxContent")
        if element.find(WPS + "linkedTxbx") is not None:
            raise refuse(self.where, "相互链接的文本框", self.reading.file)
        if content is None:
            return None
        font = style.find(A + "fontRef") if style is not None else None
        colour = colour_of(font, self.reading.known.colours) if font is not None else None
        colour = colour or text_colour_on(fill)
        return read_text_box(
            self.reading, content, element.find(WPS + "bodyPr"), self.where, self.read_blocks, colour
        )


def read_text_box(
    reading: Reading,
    content: Element,
    properties: Element | None,
    where: str,
    read_blocks: ReadBlocks,
    colour: str | None = None,
) -> TextBox:
    """The text of a shape; the properties are its ``wps:bodyPr``, the colour that of text which has none itself."""
    get = properties.get if properties is not None else {}.get

    def margin(key: str, default: float) -> float:
        return number(get(key), default * EMU_PER_POINT) / EMU_PER_POINT

    margins = CellMargins(margin("tIns", 3.6), margin("rIns", 7.2), margin("bIns", 3.6), margin("lIns", 7.2))
    direction = get("vert", "horz")
    if direction not in {"horz", *_TURNS}:
        raise refuse(where, f"文字方向为 {direction} 的文本框", reading.file)
    outer, reading.text_colour = reading.text_colour, colour
    blocks = tuple(read_blocks(reading, content, f"{where}的文本框"))
    reading.text_colour = outer
    fits = properties is not None and get("wrap") == "none"
    return TextBox(blocks, margins, _VALIGN.get(get("anchor"), "top"), _TURNS.get(direction), fits)


def _placed_in(frame: Frame, shape: Shape) -> Shape:
    """A shape as it stands in a group that is turned or mirrored as a whole."""
    if not (frame.turn or any(frame.mirrored)):
        return shape
    mx, my = frame.middle
    dx, dy = shape.x + shape.width / 2 - mx, shape.y + shape.height / 2 - my
    turn, mirrored = shape.turn, shape.mirrored
    for at, flips in enumerate(frame.mirrored):
        if flips:
            dx, dy = (-dx, dy) if at == 0 else (dx, -dy)
            turn = -turn
            mirrored = (not mirrored[0], mirrored[1]) if at == 0 else (mirrored[0], not mirrored[1])
    angle = math.radians(frame.turn)
    x = mx + dx * math.cos(angle) - dy * math.sin(angle)
    y = my + dx * math.sin(angle) + dy * math.cos(angle)
    return replace(
        shape,
        x=x - shape.width / 2,
        y=y - shape.height / 2,
        turn=(turn + frame.turn) % 360,
        mirrored=mirrored,
    )

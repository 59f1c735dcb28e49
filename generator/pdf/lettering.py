"""Short texts drawn as outlines: marks on a page that are pictures, never text to be extracted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any

import pikepdf
from fontTools.pens.basePen import BasePen

from generator.pdf.facefiles import remembered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.pdf.facefiles import Face


_READING = Lock()


class OperatorPen(BasePen):  # type: ignore[misc]  # fontTools ships no types
    """Writes a glyph's outline as operators of a PDF's content (ISO 32000-1, 8.5.2)."""

    def __init__(self, glyphs: Any) -> None:
        super().__init__(glyphs)
        self.operators: list[str] = []

    def _moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 fontTools' name
        self.operators.append(f"{point[0]:g} {point[1]:g} m")

    def _lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802 fontTools' name
        self.operators.append(f"{point[0]:g} {point[1]:g} l")

    def _curveToOne(self, *points: tuple[float, float]) -> None:  # noqa: N802 fontTools' name
        self.operators.append(" ".join(f"{x:g} {y:g}" for x, y in points) + " c")

    def _closePath(self) -> None:  # noqa: N802 fontTools' name
        self.operators.append("h")


@lru_cache(maxsize=256)
def _glyph(char: str, face: Face) -> tuple[float, tuple[str, ...]]:
    """A character's advance and outline in the font's own units; nothing where the face lacks it."""
    advance, operators = remembered(face, f"glyph {ord(char):X}", lambda: _read(char, face))
    return float(advance), tuple(operators)


def _read(char: str, face: Face) -> tuple[float, list[str]]:
    # An open font reads its file as it goes: two threads at once would read at each other's places.
    with _READING:
        glyphs, cmap = _font(face)
        name = cmap.get(ord(char))
        if name is None:
            return 0.0, []
        pen = OperatorPen(glyphs)
        glyphs[name].draw(pen)
        return glyphs[name].width, pen.operators


@lru_cache(maxsize=4)
def _font(face: Face) -> tuple[Any, Any]:
    from fontTools.ttLib import TTFont

    font = TTFont(str(face.path), lazy=True, fontNumber=face.index)
    return font.getGlyphSet(), font.getBestCmap()


def _units(face: Face) -> int:
    from fontTools.ttLib import TTFont

    with TTFont(str(face.path), lazy=True, fontNumber=face.index) as font:
        return int(font["head"].unitsPerEm)


@lru_cache(maxsize=64)
def unit(face: Face) -> int:
    """How many of its own units a face has to the em."""
    return int(remembered(face, "unit", lambda: _units(face)))


@dataclass(frozen=True, slots=True)
class Drawing:
    """Something drawn: the content of a PDF, and the forms that it shows by their names."""

    content: str
    forms: Mapping[str, pikepdf.Object]


class Glyphs:
    """The outlines of a few characters, each kept once in a document however often it is drawn.

    Args:
        document: where they are drawn.
        face: where the outlines are taken from.
    """

    def __init__(self, document: pikepdf.Pdf, face: Face) -> None:
        self._document = document
        self._face = face
        self._unit = unit(face)
        self._forms: dict[str, pikepdf.Object] = {}

    def line(self, text: str, at: tuple[float, float], size: float, colour: tuple[float, ...]) -> Drawing:
        """A line of text.

        Args:
            text: characters that the face lacks are left out.
            at: where it begins, in points.
            size: in points.
            colour: a grey, or red, green and blue; each from 0 to 1.
        """
        scale = size / self._unit
        paint = " ".join(f"{part:g}" for part in colour) + (" g" if len(colour) == 1 else " rg")
        steps = [f"{paint} {scale:.6f} 0 0 {scale:.6f} {at[0]:.3f} {at[1]:.3f} cm"]
        used: dict[str, pikepdf.Object] = {}
        for char in text:
            advance, operators = _glyph(char, self._face)
            if operators:
                name = f"/U{ord(char):04X}"
                used[name] = self._form(char, operators)
                steps.append(f"{name} Do")
            steps.append(f"1 0 0 1 {advance:g} 0 cm")
        return Drawing(" ".join(steps), used)

    def _form(self, char: str, operators: tuple[str, ...]) -> pikepdf.Object:
        if char not in self._forms:
            self._forms[char] = self._document.make_stream(
                "\n".join([*operators, "f"]).encode(),
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Form,
                BBox=[-self._unit, -self._unit, 2 * self._unit, 2 * self._unit],
                Resources=pikepdf.Dictionary(),
            )
        return self._forms[char]


def draw(canvas: Any, text: str, face: Face) -> float:
    """Fill a text's outlines at a canvas's origin, in the font's own units.

    Args:
        canvas: ReportLab's, already scaled.
        text: a few characters; those that the face lacks are left out.
        face: where the outlines are taken from.

    Returns:
        The text's length in font units.
    """
    path, length = canvas.beginPath(), 0.0
    for char in text:
        advance, operators = _glyph(char, face)
        for line in operators:
            *numbers, operator = line.split()
            points = [float(number) + (0.0 if at % 2 else length) for at, number in enumerate(numbers)]
            {"m": path.moveTo, "l": path.lineTo, "c": path.curveTo, "h": path.close}[operator](*points)
        length += advance
    canvas.drawPath(path, fill=1, stroke=0)
    return length


def width(text: str, face: Face, size: float) -> float:
    """A text's length in points at a size in points."""
    return sum(_glyph(char, face)[0] for char in text) * size / unit(face)

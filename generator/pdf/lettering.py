"""Short texts drawn as outlines: marks on a page that are pictures, never text to be extracted."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

if TYPE_CHECKING:
    from generator.pdf.facefiles import Face


class CanvasPen(BasePen):  # type: ignore[misc]  # fontTools ships no types
    """Draws a glyph's outline into a ReportLab path."""

    def __init__(self, glyphs: Any, path: Any, dx: float) -> None:
        super().__init__(glyphs)
        self._path, self._dx = path, dx

    def _moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 fontTools' name
        self._path.moveTo(point[0] + self._dx, point[1])

    def _lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802 fontTools' name
        self._path.lineTo(point[0] + self._dx, point[1])

    def _curveToOne(self, *points: tuple[float, float]) -> None:  # noqa: N802 fontTools' name
        self._path.curveTo(*(value for x, y in points for value in (x + self._dx, y)))

    def _closePath(self) -> None:  # noqa: N802 fontTools' name
        self._path.close()


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
def outline(char: str, face: Face) -> bytes:
    """A character's filled outline in the font's own units, as content of a PDF; empty where the face lacks it."""
    glyphs, cmap, _ = _font(face)
    name = cmap.get(ord(char))
    if name is None:
        return b""
    pen = OperatorPen(glyphs)
    glyphs[name].draw(pen)
    return "\n".join([*pen.operators, "f"]).encode()


@lru_cache(maxsize=4)
def _font(face: Face) -> tuple[Any, Any, int]:
    font = TTFont(str(face.path), lazy=True, fontNumber=face.index)
    return font.getGlyphSet(), font.getBestCmap(), font["head"].unitsPerEm


def draw(canvas: Any, text: str, face: Face) -> float:
    """Fill a text's outlines at a canvas's origin, in the font's own units.

    Args:
        canvas: ReportLab's, already scaled.
        text: a few characters; those that the face lacks are left out.
        face: where the outlines are taken from.

    Returns:
        The text's length in font units.
    """
    glyphs, cmap, _ = _font(face)
    path, length = canvas.beginPath(), 0.0
    for name in filter(None, (cmap.get(ord(char)) for char in text)):
        glyphs[name].draw(CanvasPen(glyphs, path, length))
        length += glyphs[name].width
    canvas.drawPath(path, fill=1, stroke=0)
    return length


@lru_cache(maxsize=4096)
def width(text: str, face: Face, size: float) -> float:
    """A text's length in points at a size in points."""
    glyphs, cmap, unit = _font(face)
    return float(sum(glyphs[cmap[ord(char)]].width for char in text if ord(char) in cmap) * size / unit)


def unit(face: Face) -> int:
    """How many of its own units a face has to the em."""
    return _font(face)[2]

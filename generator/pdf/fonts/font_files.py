"""Reading font files with fontTools. It is slow to import, so it is used only for what is not in the face cache."""

from __future__ import annotations

import contextlib
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTCollection, TTFont, TTLibError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FAMILY_NAMES: Final = (1, 4, 16)
_ITALIC: Final = 1
_LATIN: Final = (*range(0x20, 0x7F), *range(0xA1, 0x180))
_USE_TYPO_METRICS: Final = 1 << 7
_READING: Final = Lock()


def descriptions(path: Path) -> list[dict[str, Any]]:
    """What each face of a file says of itself, by the names of ``face_cache.Face``; an empty list for a broken file."""
    try:
        return [_describe(font) for font in _open_all(path)]
    except (TTLibError, OSError, KeyError, ValueError, AssertionError, AttributeError):
        # A broken or exotic file in a font folder is no reason to stop: it just serves no role.
        return []


def code_points(path: Path, index: int) -> list[int]:
    """The characters that a face draws, ascending."""
    with TTFont(str(path), lazy=True, fontNumber=index) as font:
        return sorted(font.getBestCmap())


def latin_widths(path: Path, index: int) -> dict[str, float]:
    """How wide a face draws each Latin character that it has, in ems."""
    with TTFont(str(path), lazy=True, fontNumber=index) as font:
        unit, widths, cmap = font["head"].unitsPerEm, font["hmtx"], font.getBestCmap()
        return {chr(point): widths[cmap[point]][0] / unit for point in _LATIN if point in cmap}


def unit(path: Path, index: int) -> int:
    """The units per em of a face."""
    with TTFont(str(path), lazy=True, fontNumber=index) as font:
        return int(font["head"].unitsPerEm)


def glyph(char: str, path: Path, index: int) -> tuple[float, list[str]]:
    """A character's advance and outline in the font's own units; nothing where the face lacks it.

    The outline is the operators of a PDF's content (ISO 32000-1, 8.5.2).
    """
    # fontTools reads an open file lazily: two threads at once would move each other's file position.
    with _READING:
        glyphs, cmap = _opened(path, index)
        name = cmap.get(ord(char))
        if name is None:
            return 0.0, []
        pen = OperatorPen(glyphs)
        glyphs[name].draw(pen)
        return glyphs[name].width, pen.operators


@lru_cache(maxsize=4)
def _opened(path: Path, index: int) -> tuple[Any, Any]:
    font = TTFont(str(path), lazy=True, fontNumber=index)
    return font.getGlyphSet(), font.getBestCmap()


class OperatorPen(BasePen):  # type: ignore[misc]  # fontTools ships no types
    """Writes a glyph's outline as operators of a PDF's content."""

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


def _open_all(path: Path) -> Iterator[TTFont]:
    # Opened here and not by fontTools, so that it is closed even where fontTools fails.
    with path.open("rb") as file:
        if path.suffix.lower() in {".ttc", ".otc"}:
            yield from TTCollection(file, lazy=True)
        else:
            yield TTFont(file, lazy=True)


def _describe(font: TTFont) -> dict[str, Any]:
    names: dict[str, None] = {}
    for record in font["name"].names:
        if record.nameID in _FAMILY_NAMES:
            with contextlib.suppress(UnicodeDecodeError):
                names[record.toUnicode()] = None
    if not names:
        raise KeyError("name")
    unit, line, system = font["head"].unitsPerEm, font["hhea"], font["OS/2"]
    ascent, descent, gap = line.ascent, -line.descent, line.lineGap
    if system.fsSelection & _USE_TYPO_METRICS or ascent + descent <= 0:
        ascent, descent, gap = system.sTypoAscender, -system.sTypoDescender, system.sTypoLineGap
    space = font.getBestCmap().get(0x20)
    return {
        "names": list(names),
        "weight": system.usWeightClass,
        "italic": bool(system.fsSelection & _ITALIC),
        "ascent": (ascent + max(gap, 0)) / unit,
        "descent": descent / unit,
        "space": font["hmtx"][space][0] / unit if space else 0.5,
    }

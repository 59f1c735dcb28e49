"""Short texts drawn as outlines: marks on a page that are pictures, never text to be extracted."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import pikepdf
from msgspec import Struct

from generator.pdf.fonts.face_cache import remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from generator.pdf.fonts.face_cache import Face


@lru_cache(maxsize=256)
def _glyph(char: str, face: Face) -> tuple[float, tuple[str, ...]]:
    """A character's advance and outline in the font's own units; nothing where the face lacks it."""

    def read() -> tuple[float, list[str]]:
        from generator.pdf.fonts import font_files

        return font_files.glyph(char, face.path, face.index)

    advance, operators = remembered(face, f"glyph {ord(char):X}", read)
    return float(advance), tuple(operators)


@lru_cache(maxsize=64)
def unit(face: Face) -> int:
    """The units per em of a face."""

    def read() -> int:
        from generator.pdf.fonts import font_files

        return font_files.unit(face.path, face.index)

    return int(remembered(face, "unit", read))


class Drawing(Struct, frozen=True):
    """Content of a PDF page (operators), and the form XObjects that it uses, by their names."""

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
        """A line of text; arguments as for ``line``."""
        used: dict[str, pikepdf.Object] = {}

        def shown(char: str, operators: tuple[str, ...]) -> str:
            name = f"/U{ord(char):04X}"
            used[name] = self._form(char, operators)
            return f"{name} Do"

        return Drawing(_line(text, self._face, at, size, colour, shown), used)

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


def line(text: str, face: Face, at: tuple[float, float], size: float, colour: tuple[float, ...]) -> str:
    """A line of text as content of a PDF, its outlines written where they stand.

    Args:
        text: characters that the face lacks are left out.
        face: where the outlines are taken from.
        at: where it begins, in points.
        size: in points.
        colour: a grey, or red, green and blue; each from 0 to 1.
    """
    return _line(text, face, at, size, colour, lambda _, operators: " ".join([*operators, "f"]))


def _line(
    text: str,
    face: Face,
    at: tuple[float, float],
    size: float,
    colour: tuple[float, ...],
    shown: Callable[[str, tuple[str, ...]], str],
) -> str:
    scale = size / unit(face)
    paint = " ".join(f"{part:g}" for part in colour) + (" g" if len(colour) == 1 else " rg")
    steps = [f"{paint} {scale:.6f} 0 0 {scale:.6f} {at[0]:.3f} {at[1]:.3f} cm"]
    for char in text:
        advance, operators = _glyph(char, face)
        if operators:
            steps.append(shown(char, operators))
        steps.append(f"1 0 0 1 {advance:g} 0 cm")
    return " ".join(steps)


def width(text: str, face: Face, size: float) -> float:
    """A text's length in points at a size in points."""
    return sum(_glyph(char, face)[0] for char in text) * size / unit(face)

"""Whether each printed character is still there: its own box in the scan compared with our rendering.

The whole page's difference says nothing: toner, focus and paper differ everywhere. A character's own box compared
with its own picture, and with the pictures of the characters that it could be taken for, says it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import cv2
import numpy as np
from msgspec import Struct

from generator.returns.scans.picture import DPI, WHITE, Box, Picture
from generator.returns.scans.rendered import Glyph

_AROUND: Final = 2  # pixels around a character that belong to its picture
_REACH: Final = 4  # pixels by which it may lie off
_CONTEXT: Final = 70  # pixels around a character that say where it lies
_FAR: Final = 22  # pixels by which that may lie off
_CONTEXT_ALIKE: Final = 0.5
_PLAIN: Final = 4.0  # less contrast than this is no ink
_BLURS: Final = (0.5, 0.9, 1.3, 1.8, 2.4)
_SAMPLE: Final = 60
_SIDE: Final = 36  # of the pictures by which characters are compared with each other
_ALIKE: Final = 0.45
_NEAREST: Final = 4
_FEW: Final = 8
_DIGITS: Final = "0123456789"


class Seen(Struct, frozen=True):
    """How a character's box looks in the scan.

    Attributes:
        glyph: the character.
        own: how alike the box is to our rendering, from -1 to 1; 1 where there is nothing to compare.
        other: how alike it is to the likeliest other character; -1 where none was tried.
        taken_for: that character.
        ink: how much ink there is, as a share of what there should be.
    """

    glyph: Glyph
    own: float
    other: float
    taken_for: str
    ink: float


class Faces:
    """The characters' pictures by face, as they are printed in a packet.

    Args:
        dpi: of the pictures that are put in.
    """

    def __init__(self, dpi: int) -> None:
        self._dpi = dpi
        self._pictures: dict[tuple[str, str], tuple[Picture, float]] = {}
        self._chars: dict[str, list[str]] = {}
        self._compared: dict[str, Picture] = {}

    def lacks(self, glyphs: Sequence[Glyph]) -> bool:
        """Whether some of the characters are not known yet."""
        return any((glyph.face, glyph.char) not in self._pictures for glyph in glyphs)

    def learn(self, glyphs: Sequence[Glyph], draw: Callable[[], Picture]) -> None:
        """Take the pictures of a page's characters that are not known yet.

        Args:
            glyphs: the page's.
            draw: gives the page at ``dpi``.
        """
        if not self.lacks(glyphs):
            return
        page, factor = draw(), self._dpi / DPI
        for glyph in glyphs:
            key = (glyph.face, glyph.char)
            if key in self._pictures:
                continue
            x0, y0, x1, y1 = (edge * factor for edge in glyph.box)
            found = page[max(0, int(y0) - 1) : int(y1) + 2, max(0, int(x0) - 1) : int(x1) + 2]
            if found.size:
                self._pictures[key] = (found.copy(), glyph.size)
                self._chars.setdefault(glyph.face, []).append(glyph.char)
                self._compared.pop(glyph.face, None)

    def drawn(self, face: str, char: str, size: float) -> Picture | None:
        """A character's picture as it is on a page's raster."""
        known = self._pictures.get((face, char))
        if known is None:
            return None
        picture, of_size = known
        factor = size / max(of_size, 1e-3) * DPI / self._dpi
        wide, high = (max(2, round(side * factor)) for side in picture.shape[::-1])
        return cv2.resize(picture, (wide, high), interpolation=cv2.INTER_AREA)

    def others(self, glyph: Glyph) -> list[str]:
        """What a character may be taken for, or exchanged for: of a digit all others, else those most alike."""
        if glyph.char in _DIGITS:
            return [digit for digit in _DIGITS if digit != glyph.char]
        chars = self._chars.get(glyph.face, [])
        if len(chars) <= _FEW or (glyph.face, glyph.char) not in self._pictures:
            return []
        compared = self._alike(glyph.face)
        alike = compared @ compared[chars.index(glyph.char)]
        alike[chars.index(glyph.char)] = -1
        return [chars[at] for at in np.argsort(-alike)[:_NEAREST] if alike[at] > _ALIKE]

    def _alike(self, face: str) -> Picture:
        if face not in self._compared:
            rows = []
            for char in self._chars[face]:
                picture, size = self._pictures[face, char]
                factor = 28 / (max(size, 1e-3) / 72 * self._dpi)
                small = cv2.resize(WHITE - picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
                small = small[:_SIDE, :_SIDE]
                square: Picture = np.zeros((_SIDE, _SIDE), np.float32)
                top, left = (_SIDE - small.shape[0]) // 2, (_SIDE - small.shape[1]) // 2
                square[top : top + small.shape[0], left : left + small.shape[1]] = small
                square = cv2.GaussianBlur(square, (0, 0), 1.2)
                square -= square.mean()
                rows.append((square / (np.linalg.norm(square) + 1e-6)).ravel())
            self._compared[face] = np.stack(rows)
        return self._compared[face]


def _window(box: Box, shape: Sequence[int], more: int) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = box
    return (
        max(0, int(x0) - more),
        max(0, int(y0) - more),
        min(shape[1], int(np.ceil(x1)) + more),
        min(shape[0], int(np.ceil(y1)) + more),
    )


def _likeness(window: Picture, picture: Picture) -> tuple[float, tuple[int, int]]:
    if window.shape[0] < picture.shape[0] or window.shape[1] < picture.shape[1]:
        return -1.0, (0, 0)
    _, value, _, at = cv2.minMaxLoc(cv2.matchTemplate(window, picture, cv2.TM_CCOEFF_NORMED))
    return float(value), (int(at[0]), int(at[1]))


def sharpness(seen: Picture, rendering: Picture, glyphs: Sequence[Glyph]) -> tuple[float, float]:
    """By how much our rendering must be blurred to look like the scan, and how alike characters are then.

    Args:
        seen: the scan on the page's raster, its light made even.
        rendering: our page.
        glyphs: what is printed on it.

    Returns:
        The blur in pixels, and the median likeness of a sample of characters; -1 where nothing can be compared.
    """
    best = (_BLURS[1], -1.0)
    if not glyphs:
        return best
    sample = [glyphs[int(at)] for at in np.linspace(0, len(glyphs) - 1, min(_SAMPLE, len(glyphs)))]
    for blur in _BLURS:
        found = []
        for glyph in sample:
            x0, y0, x1, y1 = _window(glyph.box, rendering.shape, _AROUND + 3)
            soft = cv2.GaussianBlur(rendering[y0:y1, x0:x1], (0, 0), blur)[3:-3, 3:-3]
            left, top, right, bottom = _window(glyph.box, seen.shape, _AROUND + _REACH)
            if min(soft.shape) > 2 and soft.std() > _PLAIN:  # noqa: PLR2004 (pixels)
                found.append(_likeness(seen[top:bottom, left:right], soft)[0])
        if found and float(np.median(found)) > best[1]:
            best = (blur, float(np.median(found)))
    return best


def characters(
    seen: Picture,
    rendering: Picture,
    glyphs: Sequence[Glyph],
    faces: Faces | None,
    blur: float,
    sure: float = 2.0,
) -> list[Seen]:
    """Look at each character's box.

    Args:
        seen: the scan on the page's raster, its light made even.
        rendering: our page.
        glyphs: which characters.
        faces: where other characters' pictures are; None: none are tried.
        blur: from ``sharpness``.
        sure: characters that are more like our rendering than this are not compared with others.
    """
    soft = cv2.GaussianBlur(rendering, (0, 0), blur)
    return [_look(seen, soft, glyph, faces, blur, sure, (0, 0)) for glyph in glyphs]


def looked_again(
    seen: Picture, rendering: Picture, glyphs: Sequence[Glyph], faces: Faces, blur: float
) -> list[Seen]:
    """Look at characters once more, each where what stands around it lies: there the page may be bent.

    Arguments as ``characters``.
    """
    soft = cv2.GaussianBlur(rendering, (0, 0), blur)
    return [_look(seen, soft, glyph, faces, blur, 2.0, _moved(seen, soft, glyph)) for glyph in glyphs]


def _moved(seen: Picture, soft: Picture, glyph: Glyph) -> tuple[int, int]:
    """How far what stands around a character lies off; nothing where that cannot be told."""
    x0, y0, x1, y1 = _window(glyph.box, soft.shape, _CONTEXT)
    left, top, right, bottom = _window(glyph.box, seen.shape, _CONTEXT + _FAR)
    alike, (dx, dy) = _likeness(seen[top:bottom, left:right], soft[y0:y1, x0:x1])
    return (left + dx - x0, top + dy - y0) if alike >= _CONTEXT_ALIKE else (0, 0)


def _look(
    seen: Picture,
    soft: Picture,
    glyph: Glyph,
    faces: Faces | None,
    blur: float,
    sure: float,
    moved: tuple[int, int],
) -> Seen:
    x0, y0, x1, y1 = _window(glyph.box, soft.shape, _AROUND)
    ours = soft[y0:y1, x0:x1]
    across, down = moved
    box = (glyph.box[0] + across, glyph.box[1] + down, glyph.box[2] + across, glyph.box[3] + down)
    left, top, right, bottom = _window(box, seen.shape, _AROUND + _REACH)
    window = seen[top:bottom, left:right]
    if not ours.size or ours.std() < _PLAIN or not window.size:
        return Seen(glyph, 1.0, -1.0, "", 1.0)
    own, (dx, dy) = _likeness(window, ours)
    there = window[dy : dy + ours.shape[0], dx : dx + ours.shape[1]]
    ink = float((WHITE - there.astype(np.float32)).sum() / max((WHITE - ours.astype(np.float32)).sum(), 1))
    other, taken_for = -1.0, ""
    if faces is not None and own < sure:
        for char in faces.others(glyph):
            picture = faces.drawn(glyph.face, char, glyph.size)
            if picture is None:
                continue
            value = _likeness(window, _framed(picture, ours.shape, window.shape, blur))[0]
            if value > other:
                other, taken_for = value, char
    return Seen(glyph, own, other, taken_for, ink)


def _framed(picture: Picture, least: Sequence[int], most: Sequence[int], blur: float) -> Picture:
    """A character's picture on white of at least one size, cut to at most another, blurred."""
    high = min(most[0], max(picture.shape[0] + 2 * _AROUND, least[0]))
    wide = min(most[1], max(picture.shape[1] + 2 * _AROUND, least[1]))
    picture = picture[:high, :wide]
    framed = np.full((high, wide), WHITE, np.uint8)
    top, left = (high - picture.shape[0]) // 2, (wide - picture.shape[1]) // 2
    framed[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return cv2.GaussianBlur(framed, (0, 0), blur)

"""Seals over the edges of a document's pages (骑缝章): a strip of the seal on each, which fit side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np

from generator.returns.scans.marks import Ground, Verdict
from generator.returns.scans.picture import PER_MM, Picture

_STRIP_MM: Final = 24
_OUTER_MM: Final = 9  # a strip reaches to within this of the paper's edge
_RED: Final = 0.22
_LEAST_AREA: Final = 3.0  # square millimetres
_LEAST_TALL: Final = 4.0
_MOST_TALL: Final = 47.0
_FILLED: Final = 0.75  # a sticker fills its box, a seal's strip does not
_TOGETHER_MM: Final = 7.0
_SEAL_MM: Final = (36.0, 47.0)
_SHIFT_MM: Final = 3.0
_FIT: Final = 0.3
_MOST_FITTING: Final = 0.7
# All strips together are as wide as the seal; what lay under the fanned pages is lost.
_LEAST_WIDE: Final = 0.72
_MOST_WIDE: Final = 1.1
_PLAIN: Final = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """The red at one edge of one page.

    Attributes:
        top: millimetres from the page's top.
        bottom: likewise.
        width: how far it reaches into the page.
        first: how red each millimetre of its height is at its inner side.
        last: the same at the paper's edge.
        solid: whether it is filled, as a sticker is.
    """

    top: float
    bottom: float
    width: float
    first: tuple[float, ...]
    last: tuple[float, ...]
    solid: bool

    @property
    def middle(self) -> float:
        """Its middle from the page's top."""
        return (self.top + self.bottom) / 2


def strips(ground: Ground) -> list[Strip] | None:
    """The strips at a page's right edge, from the top; None for a scan without colour."""
    if ground.red is None:
        return None
    per_mm = PER_MM / 2
    wide = int(_STRIP_MM * per_mm)
    red = ground.red[:, -wide:]
    mask = cv2.morphologyEx((red > _RED).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    # The parts of one strip: its ring above and below, its letters between.
    joined = cv2.dilate(mask, np.ones((int(8 * per_mm), int(2 * per_mm)), np.uint8))
    count, labels, _, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for number in range(1, count):
        part = (labels == number) & (mask > 0)
        rows, columns = np.flatnonzero(part.any(1)), np.flatnonzero(part.any(0))
        if not rows.size or columns[-1] < wide - _OUTER_MM * per_mm:
            continue
        area = float(part.sum()) / per_mm**2
        top, bottom = rows[0] / per_mm, (rows[-1] + 1) / per_mm
        width = (columns[-1] + 1 - columns[0]) / per_mm
        if area < _LEAST_AREA or not _LEAST_TALL <= bottom - top <= _MOST_TALL:
            continue
        inked = np.where(part, red, 0)[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        margin = max(1, int(1.0 * per_mm))
        found.append(
            Strip(
                top,
                bottom,
                width,
                tuple(_by_millimetre(inked[:, :margin], per_mm)),
                tuple(_by_millimetre(inked[:, -margin:], per_mm)),
                float((inked > _RED).mean()) > _FILLED,
            )
        )
    return sorted(found, key=lambda strip: strip.top)


def _by_millimetre(columns: Picture, per_mm: float) -> list[float]:
    profile = columns.max(1)
    count = max(1, int(len(profile) / per_mm))
    return [float(part.mean()) for part in np.array_split(profile, count)]


def seam(pages: Sequence[list[Strip] | None], sealing: int) -> tuple[Verdict, str]:
    """Whether seals go over the edges of all pages of a document.

    Args:
        pages: each page's strips, in order; None for a page without colour.
        sealing: how many parties put such a seal.

    Returns:
        The verdict, and in Chinese what is to be looked at; empty where nothing is.
    """
    if any(strips_ is None for strips_ in pages):
        bare = [number for number, strips_ in enumerate(pages, 1) if strips_ is None]
        return "look", f"第 {_listed(bare)} 页没有颜色，看不出骑缝章"
    known = [[strip for strip in strips_ or () if not strip.solid] for strips_ in pages]
    if not any(known):
        return "absent", "各页右边缘都没有看到骑缝章"
    without = [number for number, strips_ in enumerate(known, 1) if not strips_]
    if without:
        return "look", f"第 {_listed(without)} 页右边缘没有看到骑缝章，其他页有"
    whole = sum(_goes_through(strip, known) for strip in known[0])
    if not whole:
        return "look", "各页边缘的印迹高低不一或接不上，请对照原件看骑缝章"
    if whole < sealing:
        return "look", f"看到 {whole} 枚接得上的骑缝章，应有 {sealing} 枚"
    return "seen", ""


def _goes_through(first: Strip, pages: Sequence[Sequence[Strip]]) -> bool:
    """Whether a strip of the first page goes on over all pages: at the same height, all together as wide as a seal."""
    chain = [first]
    for page in pages[1:]:
        near = [strip for strip in page if _overlaps(chain[-1], strip)]
        if not near:
            return False
        chain.append(min(near, key=lambda strip: abs(strip.middle - chain[-1].middle)))
    width = sum(strip.width for strip in chain)
    top = min(strip.top for strip in chain)
    tall = max(strip.bottom for strip in chain) - top
    fitting = sum(_fits(one, other) for one, other in pairwise(chain))
    least, most = _SEAL_MM
    return bool(
        fitting >= _MOST_FITTING * (len(chain) - 1)
        and _LEAST_WIDE * least <= width <= _MOST_WIDE * most
        and least - 2 <= tall <= most + 2
    )


def _fits(one: Strip, other: Strip) -> bool:
    """Whether the red at the edge of one page goes on where the next page's strip begins."""
    best = -1.0
    for shift in np.arange(-_SHIFT_MM, _SHIFT_MM + 0.1):
        top, bottom = max(one.top, other.top + shift), min(one.bottom, other.bottom + shift)
        if bottom - top < _LEAST_TALL:
            continue
        at = np.arange(top, bottom, 0.5)
        here = np.interp(at, np.linspace(one.top, one.bottom, len(one.last)), one.last)
        there = np.interp(at - shift, np.linspace(other.top, other.bottom, len(other.first)), other.first)
        if here.std() > _PLAIN and there.std() > _PLAIN:
            best = max(best, float(np.corrcoef(here, there)[0, 1]))
    return best >= _FIT


def _overlaps(one: Strip, other: Strip) -> bool:
    return min(one.bottom, other.bottom) - max(one.top, other.top) > -_TOGETHER_MM


def _listed(numbers: Sequence[int]) -> str:
    return "、".join(map(str, numbers))

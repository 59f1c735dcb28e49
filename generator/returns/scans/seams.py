"""Seals over the edges of a document's pages (骑缝章): each page bears a strip, and together the strips are the seal.

The pages lie fanned when they are sealed, the first on top: each strip goes from where the page above ended to its own
page's edge, and side by side in the order of the pages the strips make one round ring. Whether they do is told, with a
picture of the edges; that they were sealed together is never taken as seen. It was measured: a page of another copy
that was sealed at the same height makes as round a ring, and what the two seals say at the cut, a letter's half on
either side, is on a scan no less alike than it is within one copy.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator, Sequence
from typing import Final

import cv2
import numpy as np
from msgspec import Struct

from generator.returns.scans.marks import Verdict
from generator.returns.scans.picture import PER_MM, Picture

_PER_MM: Final = PER_MM / 2
_WIDE: Final = int(24 * _PER_MM)  # so far from the paper's edge a strip may reach
_SHADES: Final = 15
_RED: Final = 0.22
_LEAST_AREA: Final = 3.0  # square millimetres of red that may be a seal's
_LEAST_TALL: Final = 4.0  # millimetres
_FILLED: Final = 0.75  # a sticker fills its box, a seal's strip does not
_THICK: Final = 3.0  # millimetres
_RADII: Final = (18.0, 23.5)
_REACH: Final = 23.0  # from a seal's middle, up and down, for its strips
_APART: Final = 20.0  # the middles of two seals
_COLUMN: Final = 0.75  # millimetres of red that a column of a strip has: its ring, cut twice
_RING: Final = 0.7  # the middle of the ring's line, from its outside
_OUTSIDE: Final = 1.3
_SHIFT: Final = 3.0  # up or down, from the middle of the first strip
_SPREAD: Final = 1.75  # pages lie so evenly when they are fanned, and are laid on ours so exactly
_STEP: Final = 0.25
_COVERED: Final = 0.85  # of a strip's ring
_BESIDE: Final = 0.2  # red just outside of it
_ANGLES: Final = np.linspace(0, 2 * np.pi, 720, endpoint=False)
_FEW: Final = 8  # points of a ring's line
_SHOWN: Final = int(26 * PER_MM)
_BETWEEN: Final = 6


class _Page(Struct, frozen=True, eq=False):
    red: Picture
    mask: Picture
    thick: Picture


class _Ring(Struct, frozen=True):
    """A ring laid over the strips.

    Attributes:
        middle: millimetres from the pages' top.
        radius: its outside.
        covered: the least share of its line that is red on a page.
        beside: the largest share just outside of it.
        shifts: how much lower each page's strip lies.
    """

    middle: float
    radius: float
    covered: float
    beside: float
    shifts: tuple[float, ...]

    @property
    def fits(self) -> bool:
        """Whether the strips make one ring."""
        level = max(self.shifts) - min(self.shifts) <= _SPREAD
        return level and self.covered >= _COVERED and self.beside <= _BESIDE


def edge_of(red: Picture | None) -> str | None:
    """A page's right edge as it is kept: how red it is, packed; empty where nothing is, None without colour.

    Args:
        red: how red each point of the page is, from 0 to 1, at half the raster's scale.
    """
    if red is None:
        return None
    band = np.round(red[:, -_WIDE:] * _SHADES).astype(np.uint8)
    if not (band > _RED * _SHADES).any():
        return ""
    return base64.b64encode(zlib.compress(band.tobytes(), 9)).decode()


def _page(edge: str) -> _Page:
    data = zlib.decompress(base64.b64decode(edge)) if edge else bytes(_WIDE)
    red: Picture = np.frombuffer(data, np.uint8).reshape(-1, _WIDE).astype(np.float32) / _SHADES
    mask: Picture = cv2.morphologyEx(
        (red > _RED).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)
    )
    for rows, columns, part in _parts(mask, 1.5):
        box = red[rows.start : rows.stop, columns.start : columns.stop]
        # The line of a ring is thinner, where it goes across a strip.
        thick = min(len(rows), len(columns)) > _THICK * _PER_MM
        if thick and part > 2 * _LEAST_AREA * _PER_MM**2 and float((box > _RED).mean()) > _FILLED:
            mask[rows.start : rows.stop, columns.start : columns.stop] = 0
    red = np.where(mask > 0, red, 0)
    return _Page(red, mask, cv2.dilate(red, np.ones((3, 3), np.uint8)))


def _parts(mask: Picture, apart: float) -> Iterator[tuple[range, range, int]]:
    """What lies together: rows, columns and area of its red; no further than so many millimetres one above the other."""
    kernel = np.ones((max(1, int(apart * _PER_MM)), max(1, int(2 * _PER_MM))), np.uint8)
    count, labels, _, _ = cv2.connectedComponentsWithStats(cv2.dilate(mask, kernel), connectivity=8)
    for number in range(1, count):
        part = (labels == number) & (mask > 0)
        rows, columns = np.flatnonzero(part.any(1)), np.flatnonzero(part.any(0))
        if rows.size:
            yield range(rows[0], rows[-1] + 1), range(columns[0], columns[-1] + 1), int(part.sum())


def seam(edges: Sequence[str | None], sealing: int) -> tuple[Verdict, str]:
    """Whether seals go over the edges of all pages of a document.

    Args:
        edges: each page's right edge, in order, as ``edge_of`` gives it; None for a page without colour.
        sealing: how many parties seal the document.

    Returns:
        The verdict, never ``seen``, and in Chinese what is to be looked at.
    """
    if bare := [number for number, edge in enumerate(edges, 1) if edge is None]:
        return "look", f"第 {_listed(bare)} 页没有颜色，看不出骑缝章"
    pages = [_page(edge or "") for edge in edges]
    known = [float(page.mask.sum()) >= _LEAST_AREA * _PER_MM**2 for page in pages]
    if not any(known):
        return "absent", "各页右边缘都没有看到骑缝章"
    without = [number for number, has in enumerate(known, 1) if not has]
    if without:
        return "look", f"第 {_listed(without)} 页右边缘没有看到骑缝章，其他页有"
    whole = _seals(pages)
    if not whole:
        return "look", "各页右边缘的印迹拼不成一枚圆章，或边缘没有扫全，请对照原件看骑缝章"
    few = f"，要盖章的有 {sealing} 家，几家盖骑缝章见签章说明" if whole < sealing else ""
    return "look", f"各页右边缘拼得成 {whole} 枚圆章{few}；是不是同一次盖的、是谁家的，请看"


def _seals(pages: Sequence[_Page]) -> int:
    """How many seals go over all pages."""
    found: list[float] = []
    for middle in sorted(set(_middles(pages[0]))):
        if any(abs(middle - other) < _APART for other in found):
            continue
        ring = _ring(pages, middle)
        if ring is not None and ring.fits:
            found.append(ring.middle)
    return len(found)


def _middles(page: _Page) -> Iterator[float]:
    """How far down the first page seals may stand: the first strip is the seal's side, one piece or nearly."""
    for apart in (1.5, 8.0):
        for rows, _, _ in _parts(page.mask, apart):
            if _LEAST_TALL <= len(rows) / _PER_MM <= 2 * _RADII[1] + 1:
                yield (rows.start + rows.stop) / 2 / _PER_MM


def _ring(pages: Sequence[_Page], middle: float) -> _Ring | None:
    """The ring that the strips at one height make best; None where a page has none, or they are not as wide as a seal."""
    spans = [_span(page, middle) for page in pages]
    strips = [span for span in spans if span is not None]
    if len(strips) < len(pages):
        return None
    # All but the last go on to their page's edge, whatever is red there.
    widths = [(_WIDE - start) / _PER_MM for start, _ in strips[:-1]]
    widths.append((strips[-1][1] - strips[-1][0]) / _PER_MM)
    half = sum(widths) / 2
    best: tuple[float, _Ring] | None = None
    for radius in np.arange(max(_RADII[0], half - 1.5), min(_RADII[1], half + 1.5) + 0.01, _STEP):
        for off in (-0.4, 0.0, 0.4):
            starts = [float(-radius + off + sum(widths[:at])) for at in range(len(pages))]
            laid = [
                _laid(page, middle, float(radius), (start, start + width, strip[0]))
                for page, start, width, strip in zip(pages, starts, widths, strips, strict=True)
            ]
            least = min(covered - beside for covered, beside, _ in laid)
            score = least + 0.2 * float(np.mean([covered - beside for covered, beside, _ in laid]))
            if best is None or score > best[0]:
                best = (
                    score,
                    _Ring(
                        middle,
                        float(radius),
                        min(covered for covered, _, _ in laid),
                        max(beside for _, beside, _ in laid),
                        tuple(shift for _, _, shift in laid),
                    ),
                )
    return best[1] if best is not None else None


def _span(page: _Page, middle: float) -> tuple[int, int] | None:
    """The first column of a strip, and the one behind its last."""
    top = max(0, int((middle - _REACH) * _PER_MM))
    red = page.mask[top : int((middle + _REACH) * _PER_MM)].sum(0) / _PER_MM
    columns = np.flatnonzero(red >= _COLUMN)
    return (int(columns[0]), int(columns[-1]) + 1) if columns.size else None


def _laid(
    page: _Page, middle: float, radius: float, strip: tuple[float, float, int]
) -> tuple[float, float, float]:
    """How much of a ring's line is red within a strip, how much just outside of it, and how much lower it lies then.

    Args:
        page: the page.
        middle: of the ring, from the page's top.
        radius: its outside.
        strip: where it begins and ends, from the ring's middle, and the page's column where it begins.
    """
    start, end, column = strip
    across, down = np.cos(_ANGLES), np.sin(_ANGLES)
    inside = (radius * across >= start + 0.3) & (radius * across <= end - 0.6)
    if int(inside.sum()) < _FEW:
        return 0.0, 0.0, 0.0
    shifts = np.arange(-_SHIFT, _SHIFT + 0.01, _STEP)[:, None]

    def red(field: Picture, at: float) -> Picture:
        x = column + (at * across[inside] - start) * _PER_MM
        y = (middle + shifts + at * down[inside]) * _PER_MM
        rows = np.clip(np.round(y).astype(int), 0, field.shape[0] - 1)
        columns = np.clip(np.round(x).astype(int), 0, _WIDE - 1)
        share: Picture = (field[rows, columns] > _RED).mean(1)
        return share

    covered, beside = red(page.thick, radius - _RING), red(page.red, radius + _OUTSIDE)
    # Of places that are equally good, the one that is least off.
    best = int(np.argmax(covered - beside - 0.01 * np.abs(shifts[:, 0])))
    return float(covered[best]), float(beside[best]), float(shifts[best, 0])


def side_by_side(pages: Sequence[Picture]) -> Picture:
    """The right edges of pages beside each other in their order, as a person looks whether a seal goes on over them.

    Args:
        pages: the upright pages, in colour or grey, on our raster.
    """
    colour = [page if page.ndim == 3 else cv2.cvtColor(page, cv2.COLOR_GRAY2BGR) for page in pages]  # noqa: PLR2004
    high = max(page.shape[0] for page in colour)
    bands = [
        cv2.copyMakeBorder(
            page[:, -_SHOWN:],
            0,
            high - page.shape[0],
            0,
            _BETWEEN,
            cv2.BORDER_CONSTANT,
            value=(160, 160, 160),
        )
        for page in colour
    ]
    whole = np.hstack(bands)
    shown: Picture = cv2.resize(whole, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return shown


def _listed(numbers: Sequence[int]) -> str:
    return "、".join(map(str, numbers))

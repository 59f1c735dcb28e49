"""Laying a scan over our rendering: from a homography to a mapping that follows warped paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np
from msgspec import Struct

from generator.returns.scans.picture import PAPER, Picture, shrunk

_STEP: Final = 16  # pixels of the page's raster between two nodes of the mapping
# The first node lies outside of the page. A pixel's place is its middle, as `cv2.resize` has it.
_FIRST: Final = -_STEP / 2 - 0.5
_FLAT: Final = 14.0  # a patch of less contrast says nothing of where it lies
_LEAST_ALIKE: Final = 0.4
_ROUGH_REDUCED: Final = 1.3
_ENOUGH: Final = 8
_SMOOTH: Final = 70.0  # pixels over which neighbouring patches' shifts are averaged
_OUTLIER: Final = 5.0


class _Level(Struct, frozen=True):
    """How patches are looked for: the scale, half their side, how far around, their distance, in its pixels."""

    scale: float
    half: int
    reach: int
    distance: int


_LEVELS: Final = (_Level(0.5, 22, 15, 44), _Level(1.0, 32, 9, 72))


class Laid:
    """Where each point of a page lies in its scan.

    Args:
        shape: rows and columns of the page's raster.
        homography: from the scan to the page's raster.
    """

    def __init__(self, shape: tuple[int, int], homography: Picture) -> None:
        self.shape = shape
        across, down = _places(shape)
        nodes = np.stack([across, down], -1).reshape(-1, 1, 2)
        back = np.linalg.inv(homography)
        self.nodes = cv2.perspectiveTransform(nodes, back).reshape(*across.shape, 2)

    def scale(self) -> float:
        """How many of the scan's pixels one of the raster's is."""
        middle = self.nodes[self.nodes.shape[0] // 2, self.nodes.shape[1] // 2]
        right = self.nodes[self.nodes.shape[0] // 2, self.nodes.shape[1] // 2 + 1]
        return float(np.hypot(*(right - middle)) / _STEP)

    def turn(self) -> float:
        """By how many degrees the page is turned in the scan, clockwise, from -180 to 180."""
        rows, columns = self.nodes.shape[:2]
        across = self.nodes[rows // 2, columns - 3] - self.nodes[rows // 2, 0]
        return float(np.degrees(np.arctan2(across[1], across[0])))

    def points(self, places: Picture) -> Picture:
        """Where points of the page's raster (x and y in the last dimension) lie in the scan."""
        at = (np.asarray(places, np.float64) - _FIRST) / _STEP
        rows, columns = self.nodes.shape[:2]
        column = np.clip(np.floor(at[..., 0]).astype(int), 0, columns - 2)
        row = np.clip(np.floor(at[..., 1]).astype(int), 0, rows - 2)
        # OpenCV would round the weights to 1/32, half a pixel here; outside of the nodes they go straight on.
        right, down = (at[..., 0] - column)[..., None], (at[..., 1] - row)[..., None]
        above = self.nodes[row, column] * (1 - right) + self.nodes[row, column + 1] * right
        below = self.nodes[row + 1, column] * (1 - right) + self.nodes[row + 1, column + 1] * right
        found: Picture = above * (1 - down) + below * down
        return found

    def shift(self, moved: Picture) -> None:
        """Correct the mapping: what was thought to be at a node lies so far from it, in pixels of the raster."""
        self.nodes = self.points(np.stack(_places(self.shape), -1) + moved)

    def upright(self, scan: Picture, scale: float = 1.0, paper: int = PAPER) -> Picture:
        """The scan as it lies on the page's raster.

        Args:
            scan: the picture that the mapping points into.
            scale: of the result to the raster: 1 or a half.
            paper: stands where the scan does not reach.
        """
        rows, columns = round(self.shape[0] * scale), round(self.shape[1] * scale)
        one = round(_STEP * scale)
        size = (self.nodes.shape[1] * one, self.nodes.shape[0] * one)
        where = cv2.resize(self.nodes.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
        where = where[one : one + rows, one : one + columns]
        reduced = self.scale() / scale
        if reduced > _ROUGH_REDUCED:
            scan = cv2.GaussianBlur(scan, (0, 0), 0.4 * reduced)
        border = paper if scan.ndim == 2 else (paper,) * 3  # noqa: PLR2004 (rows, columns)
        return cv2.remap(
            scan,
            where[..., 0],
            where[..., 1],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=border,
        )


def _places(shape: tuple[int, int]) -> tuple[Picture, Picture]:
    """Where the nodes lie on a page's raster: x and y."""
    rows, columns = (side // _STEP + 3 for side in shape)
    across, down = np.meshgrid(np.arange(columns) * _STEP + _FIRST, np.arange(rows) * _STEP + _FIRST)
    return across, down


def laid(flat: Picture, homography: Picture, rendering: Picture, levels: int = len(_LEVELS)) -> Laid:
    """Lay a scan over a rendering.

    Args:
        flat: the scan in grey, its light made even.
        homography: from the scan to the rendering, good to about two millimetres.
        rendering: our page.
        levels: 1 for a rough look, 2 for an exact one.
    """
    mapping = Laid((rendering.shape[0], rendering.shape[1]), homography)
    for level in _LEVELS[:levels]:
        seen = mapping.upright(flat, level.scale)
        ours = cv2.GaussianBlur(shrunk(rendering, level.scale), (0, 0), 0.8)
        found = np.array(list(_shifts(seen, ours, level)), np.float32).reshape(-1, 5)
        found[:, :4] /= level.scale
        moved = _field(found, mapping)
        if moved is not None:
            mapping.shift(moved)
    return mapping


def _shifts(
    seen: Picture, ours: Picture, level: _Level
) -> Iterator[tuple[float, float, float, float, float]]:
    """Middle of a patch, how far it lies off, and how alike it is, for each patch that is found."""
    rows, columns = ours.shape
    half, reach = level.half, level.reach
    for y in range(half, rows - half, level.distance):
        for x in range(half, columns - half, level.distance):
            patch = ours[y - half : y + half, x - half : x + half]
            if cv2.meanStdDev(patch)[1][0, 0] < _FLAT:
                continue
            top, left = max(0, y - half - reach), max(0, x - half - reach)
            window = seen[top : y + half + reach, left : x + half + reach]
            alike = cv2.matchTemplate(window, patch, cv2.TM_CCOEFF_NORMED)
            _, value, _, (across, down) = cv2.minMaxLoc(alike)
            if value < _LEAST_ALIKE:
                continue
            fine_x = across + _vertex(alike[down], across)
            fine_y = down + _vertex(alike[:, across], down)
            yield x, y, left + fine_x - (x - half), top + fine_y - (y - half), value


def _vertex(values: Picture, at: int) -> float:
    """How far beside a highest value the parabola through it and its neighbours has its vertex."""
    if not 0 < at < len(values) - 1:
        return 0.0
    before, here, after = (float(value) for value in values[at - 1 : at + 2])
    bend = before - 2 * here + after
    return 0.0 if bend > -1e-6 else (before - after) / (2 * bend)  # noqa: PLR2004 (flat)


def _field(found: Picture, mapping: Laid) -> Picture | None:
    """The shift at every node: a smooth surface through the patches, then what is left of their neighbours."""
    if len(found) < _ENOUGH:
        return None
    rows, columns = mapping.nodes.shape[:2]
    degree = 3 if len(found) > 8 * _ENOUGH else 2 if len(found) > 3 * _ENOUGH else 1
    here = _powers(found[:, 0] / mapping.shape[1], found[:, 1] / mapping.shape[0], degree)
    trust = found[:, 4] ** 2
    weight = trust.copy()
    surface = np.zeros((here.shape[1], 2))
    for _ in range(8):
        weighed = here * weight[:, None]
        surface = np.linalg.solve(here.T @ weighed + 1e-3 * np.eye(here.shape[1]), weighed.T @ found[:, 2:4])
        off = np.hypot(*(found[:, 2:4] - here @ surface).T)
        spread = max(1.5, 1.5 * float(np.median(off)))
        weight = trust / (1 + (off / spread) ** 2) ** 2
    across, down = _places(mapping.shape)
    at = _powers(
        np.clip(across / mapping.shape[1], 0, 1).ravel(),
        np.clip(down / mapping.shape[0], 0, 1).ravel(),
        degree,
    )
    smooth = (at @ surface).reshape(rows, columns, 2)
    left = found[:, 2:4] - here @ surface
    near = np.hypot(*left.T) < max(_OUTLIER, 2 * spread)
    return (smooth + _averaged(found[near], left[near], (rows, columns))).astype(np.float32)


def _powers(x: Picture, y: Picture, degree: int) -> Picture:
    x, y = x - 0.5, y - 0.5
    return np.stack([x**i * y**j for i in range(degree + 1) for j in range(degree + 1 - i)], -1)


def _averaged(found: Picture, left: Picture, shape: tuple[int, int]) -> Picture:
    """What the surface leaves over, averaged over neighbouring patches."""
    total: Picture = np.zeros((*shape, 2), np.float32)
    weight: Picture = np.zeros(shape, np.float32)
    for (x, y, _, _, alike), off in zip(found, left, strict=True):
        row, column = (
            min(shape[0] - 1, round((y - _FIRST) / _STEP)),
            min(shape[1] - 1, round((x - _FIRST) / _STEP)),
        )
        total[row, column] += (alike**2 * off).astype(np.float32)
        weight[row, column] += alike**2
    sigma = _SMOOTH / _STEP
    total = cv2.GaussianBlur(total, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)
    weight = cv2.GaussianBlur(weight, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)
    return total / (weight + 0.15 / (2 * np.pi * sigma**2))[..., None]

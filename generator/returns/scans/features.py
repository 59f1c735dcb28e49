"""Which of our pages a scan may be: features compared with those of every page, the geometry as the judge.

ORB first, which is fast; SIFT where ORB finds nothing certain. What they confuse are pages that look alike: they
only name candidates (`Candidate`), the characters decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

import cv2
import numpy as np
from msgspec import Struct

from generator.returns.scans.picture import Picture, shrunk
from generator.returns.scans.rendered import Sheet

Method = Literal["orb", "sift"]

_LONG: Final[dict[Method, int]] = {
    "orb": 1300,
    "sift": 800,
}  # the longer side of the picture that is searched
_CELLS: Final = (14, 20)  # features are taken evenly from so many cells of a page
_KEPT: Final[dict[Method, int]] = {"orb": 1200, "sift": 700}
_COARSE: Final[dict[Method, int]] = {"orb": 400, "sift": 400}
_COARSE_KNOWN: Final = 800  # of a page's features for the first, rough comparison
_RATIO: Final = 0.86
_LEAST_MATCHES: Final = 8
_NEAR: Final = 18.0  # pixels of the page's raster within which a match agrees with a rough position
_CLOSE: Final = 7.0  # the same for the homography
_TRIED: Final = 5
_SIDES: Final = (0.5, 2.0)  # how unequal the two directions' scales may be
_CERTAIN: Final = 60  # matches that agree: no need to look again with SIFT


class Candidate(Struct, frozen=True):
    """A page that a scan may be.

    Attributes:
        sheet: the page.
        agreeing: how many features agree on where it lies.
        homography: from the scan's pixels to those of the page's raster.
    """

    sheet: Sheet
    agreeing: int
    homography: Picture


class Index:
    """The features of a packet's pages.

    Args:
        sheets: the pages; of those that print the same, one.
    """

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self.sheets = sheets
        self._known: dict[Method, list[tuple[Picture, Picture]]] = {}

    def candidates(self, flat: Picture) -> list[Candidate]:
        """The pages that a scan may be, the likeliest first.

        Args:
            flat: the scan in grey, its light made even.
        """
        found = self._search(flat, "orb")
        if found and found[0].agreeing >= _CERTAIN:
            return found
        again = self._search(flat, "sift")
        return sorted([*found, *again], key=lambda one: -one.agreeing)

    def _features(self, method: Method) -> list[tuple[Picture, Picture]]:
        if method not in self._known:
            known = []
            for sheet in self.sheets:
                shades = cv2.GaussianBlur(sheet.draw(), (0, 0), 1.2)
                points, described, _ = _described(shades, method)
                known.append((points, described))
            self._known[method] = known
        return self._known[method]

    def _search(self, flat: Picture, method: Method) -> list[Candidate]:
        points, described, strength = _described(flat, method)
        if len(points) < _LEAST_MATCHES:
            return []
        strongest = np.argsort(-strength)[: _COARSE[method]]
        scores = []
        for number, (theirs, what) in enumerate(self._features(method)):
            pairs = _pairs(described[strongest], what[:_COARSE_KNOWN], method)
            scores.append((_rough(points[strongest], theirs, pairs), number))
        found = []
        for score, number in sorted(scores, reverse=True)[:_TRIED]:
            if score < _LEAST_MATCHES // 2:
                continue
            theirs, what = self._features(method)[number]
            exact = _exact(points, theirs, _pairs(described, what, method))
            if exact is not None:
                found.append(Candidate(self.sheets[number], *exact))
        return sorted(found, key=lambda one: -one.agreeing)


def _detector(method: Method) -> Any:
    if method == "sift":
        return cv2.SIFT.create(_KEPT[method], contrastThreshold=0.02)
    return cv2.ORB.create(nfeatures=4000, scaleFactor=1.2, nlevels=7, fastThreshold=10)


def _described(shades: Picture, method: Method) -> tuple[Picture, Picture, Picture]:
    """Positions in the picture's own pixels, descriptions and strengths of its features."""
    factor = _LONG[method] / max(shades.shape)
    small = (
        shrunk(shades, factor)
        if factor < 1
        else cv2.resize(shades, None, fx=factor, fy=factor, interpolation=cv2.INTER_LINEAR)
    )
    detector = _detector(method)
    found = detector.detect(small, None)
    if method == "orb":
        found = _spread(found, small.shape)
    if not found:
        return np.zeros((0, 2), np.float32), np.zeros((0, 1), np.uint8), np.zeros(0)
    found, described = detector.compute(small, found)
    if described is None:
        return np.zeros((0, 2), np.float32), np.zeros((0, 1), np.uint8), np.zeros(0)
    if method == "sift":  # the square root of the normalised description compares better (RootSIFT)
        described = np.sqrt(described / (described.sum(1, keepdims=True) + 1e-6)).astype(np.float32)
    points = np.array([one.pt for one in found], np.float32) / factor
    return points, described, np.array([one.response for one in found])


def _spread(found: Sequence[Any], shape: Sequence[int]) -> list[Any]:
    """The strongest features of each cell in turn, so that dense tables do not take all."""
    rows, columns = shape[:2]
    cells: dict[tuple[int, int], list[Any]] = {}
    for one in sorted(found, key=lambda each: -each.response):
        at = int(one.pt[0] * _CELLS[0] / columns), int(one.pt[1] * _CELLS[1] / rows)
        cells.setdefault(at, []).append(one)
    ranked = [(rank, -one.response, one) for cell in cells.values() for rank, one in enumerate(cell)]
    ranked.sort(key=lambda each: each[:2])
    return [one for _, _, one in ranked[: _KEPT["orb"]]]


def _pairs(described: Picture, known: Picture, method: Method) -> Picture:
    """Which features match: rows of the scan's number and the page's, those that match one place better than all others."""
    if len(known) < 2 or not len(described):  # noqa: PLR2004 (the best and the second best)
        return np.zeros((0, 2), int)
    if method == "sift":
        alike = described @ known.T
        best = np.argmax(alike, 1)
        rows = np.arange(len(best))
        value = alike[rows, best].copy()
        alike[rows, best] = -1
        fits = (2 - 2 * value) < _RATIO**2 * (2 - 2 * alike.max(1))
        return np.stack([rows[fits], best[fits]], 1)
    matches = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(described, known, k=2)
    return np.array(
        [(one.queryIdx, one.trainIdx) for one, other in matches if one.distance < _RATIO * other.distance],
        int,
    ).reshape(-1, 2)


def _rough(points: Picture, theirs: Picture, pairs: Picture) -> int:
    """How many pairs agree on a turn, a scale and a shift."""
    if len(pairs) < _LEAST_MATCHES // 2:
        return 0
    matrix, agreeing = cv2.estimateAffinePartial2D(
        points[pairs[:, 0]],
        theirs[pairs[:, 1]],
        method=cv2.RANSAC,
        ransacReprojThreshold=_NEAR,
        maxIters=300,
        confidence=0.98,
    )
    return 0 if matrix is None else int(agreeing.sum())


def _exact(points: Picture, theirs: Picture, pairs: Picture) -> tuple[int, Picture] | None:
    """How many pairs agree on a homography, and which; None where it is none of a sheet of paper."""
    if len(pairs) < _LEAST_MATCHES:
        return None
    ours, seen = theirs[pairs[:, 1]], points[pairs[:, 0]]
    matrix, agreeing = cv2.findHomography(
        seen, ours, cv2.USAC_MAGSAC, _CLOSE, maxIters=3000, confidence=0.995
    )
    if matrix is None or not _is_of_paper(matrix, seen):
        return None
    return int(agreeing.sum()), matrix


def _is_of_paper(homography: Picture, points: Picture) -> bool:
    """Whether a homography keeps a small square nearly square and does not mirror it."""
    middle = points.mean(0)
    square = np.array([[middle, np.add(middle, (200, 0)), np.add(middle, (0, 200))]], np.float64)
    origin, right, down = cv2.perspectiveTransform(square, homography)[0]
    across, along = right - origin, down - origin
    wide, high = np.hypot(*across), np.hypot(*along)
    mirrored = across[0] * along[1] - across[1] * along[0] <= 0
    least, most = _SIDES
    return bool(not mirrored and least < wide / max(high, 1e-6) < most and 40 < wide < 2500)  # noqa: PLR2004 (of 200 pixels)

"""Round outlines of the size of a seal in a picture of its ink."""

from __future__ import annotations

from functools import cache
from typing import Final

import cv2
import numpy as np
from msgspec import Struct

from generator.returns.scans.picture import Picture

_RADII: Final = np.arange(17.5, 24.6, 0.5)  # millimetres: seals of 38 to 45, printed at 95 to 105 %
_ROUGH_PER_MM: Final = 1.6
_PAD_MM: Final = 12
_MOST: Final = 14
_LEAST_SCORE: Final = 0.02
_APART_MM: Final = 9
_BINS: Final = 72
_STANDS_OUT: Final = 0.06
_HALF_THICK: Final = 1.1  # millimetres


class Ring(Struct, frozen=True):
    """A round outline.

    Attributes:
        score: how much darker the outline is than what is beside it, from 0 to 1.
        coverage: on which share of its circumference it stands out.
        contrast: by how much, in the middle.
        x: its middle from the left, in millimetres.
        y: from the top.
        radius: in millimetres.
    """

    score: float
    coverage: float
    contrast: float
    x: float
    y: float
    radius: float


def rings(ink: Picture, per_mm: float) -> list[Ring]:
    """The round outlines in a picture of ink (0 to 1), the clearest first.

    Args:
        ink: the picture.
        per_mm: its pixels a millimetre.
    """
    if float(ink.max(initial=0)) < _LEAST_SCORE:
        return []
    rough = cv2.resize(
        ink, None, fx=_ROUGH_PER_MM / per_mm, fy=_ROUGH_PER_MM / per_mm, interpolation=cv2.INTER_AREA
    )
    pad = int(_PAD_MM * _ROUGH_PER_MM)
    rough = cv2.copyMakeBorder(
        cv2.GaussianBlur(rough, (0, 0), 0.6), pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0
    )
    rows, columns = rough.shape
    size = (
        cv2.getOptimalDFTSize(rows + int(60 * _ROUGH_PER_MM)),
        cv2.getOptimalDFTSize(columns + int(60 * _ROUGH_PER_MM)),
    )
    transformed = np.fft.rfft2(rough, size)
    best = np.full((rows, columns), -1.0)
    radius = np.zeros((rows, columns))
    for number, one in enumerate(_RADII):
        kernel, half = _transformed(number, size)
        answer = np.roll(np.fft.irfft2(transformed * kernel, size), (half, half), (0, 1))[:rows, :columns]
        better = answer > best
        best[better], radius[better] = answer[better], one
    found = []
    for _ in range(_MOST):
        _, score, _, (x, y) = cv2.minMaxLoc(best)
        if score < _LEAST_SCORE:
            break
        found.append(
            _refined(
                ink, per_mm, score, (x - pad) / _ROUGH_PER_MM, (y - pad) / _ROUGH_PER_MM, float(radius[y, x])
            )
        )
        cv2.circle(best, (x, y), int(_APART_MM * _ROUGH_PER_MM), -1.0, -1)
    return found


@cache
def _transformed(number: int, size: tuple[int, int]) -> tuple[Picture, int]:
    """A ring minus what is beside it, transformed, and half its side."""
    radius = float(_RADII[number])
    half = int(np.ceil((radius + 3.2) * _ROUGH_PER_MM))
    down, across = np.mgrid[-half : half + 1, -half : half + 1]
    distance = np.hypot(across, down) / _ROUGH_PER_MM
    ring = ((distance > radius - 0.6) & (distance < radius + 0.6)).astype(float)
    inside = ((distance > radius - 2.6) & (distance < radius - 1.3)).astype(float)
    outside = ((distance > radius + 1.3) & (distance < radius + 2.6)).astype(float)
    kernel = ring / ring.sum() - 0.5 * (inside / inside.sum() + outside / outside.sum())
    return np.conj(np.fft.rfft2(kernel, size)), half


def _refined(ink: Picture, per_mm: float, score: float, x: float, y: float, radius: float) -> Ring:
    """The outline with its middle found anew in the finer picture."""
    best: Ring | None = None
    for moved_x in (-0.6, 0.0, 0.6):
        for moved_y in (-0.6, 0.0, 0.6):
            coverage, contrast = _coverage(ink, per_mm, x + moved_x, y + moved_y, radius)
            if best is None or (coverage, contrast) > (best.coverage, best.contrast):
                best = Ring(score, coverage, contrast, x + moved_x, y + moved_y, radius)
    return best or Ring(score, 0, 0, x, y, radius)


def _coverage(ink: Picture, per_mm: float, x: float, y: float, radius: float) -> tuple[float, float]:
    """On which share of its circumference an outline stands out, and by how much."""
    angles = np.linspace(0, 2 * np.pi, 2 * _BINS, endpoint=False)
    distances = np.arange(radius - 2.8, radius + 2.9, 0.25)
    at_x = ((x + np.outer(distances, np.cos(angles))) * per_mm).astype(np.float32)
    at_y = ((y + np.outer(distances, np.sin(angles))) * per_mm).astype(np.float32)
    polar = cv2.remap(ink, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    polar = polar.reshape(len(distances), _BINS, 2).mean(2)
    on = polar[np.abs(distances - radius) < _HALF_THICK].max(0)
    inside, outside = polar[distances < radius - 1.4].mean(0), polar[distances > radius + 1.4].mean(0)
    beyond = on - np.minimum(inside, outside)
    return float((beyond > _STANDS_OUT).mean()), float(np.median(beyond))

"""What all modules here share about pictures: their type, the unit of the page's own raster, light made even.

A page's own raster is our rendering at 200 dots an inch; boxes in it are in its pixels from the top left.
"""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[Any]
Box = tuple[float, float, float, float]

DPI: Final = 200
PER_POINT: Final = DPI / 72
PER_MM: Final = DPI / 25.4
WHITE: Final = 255
# What paper is after `flattened`; ink is darker.
PAPER: Final = 250

_REDUCED: Final = 8  # the light of a page changes slowly: it is judged on a picture so many times smaller
_DARKEST_PAPER: Final = 30


def grey(picture: Picture) -> Picture:
    """A picture in shades of grey, as it is where it is grey already."""
    return picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)  # noqa: PLR2004 (rows, columns)


def flattened(shades: Picture) -> Picture:
    """A grey picture with the same paper everywhere: shadows and a tinted or yellowed sheet are divided out."""
    height, width = shades.shape
    small = cv2.resize(
        shades,
        (max(1, width // _REDUCED), max(1, height // _REDUCED)),
        interpolation=cv2.INTER_AREA,
    )
    paper = cv2.dilate(small, np.ones((5, 5), np.uint8))
    paper = cv2.GaussianBlur(cv2.medianBlur(paper, 9), (0, 0), 3)
    paper = np.maximum(cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR), _DARKEST_PAPER)
    return cv2.divide(shades, paper, scale=PAPER)


def cut(picture: Picture, box: Box, more: float = 0) -> Picture:
    """The part of a picture within a box, as far as it lies on it.

    Args:
        picture: of any kind.
        box: in its pixels.
        more: so much is added on each side.
    """
    x0, y0, x1, y1 = box
    top, left = max(0, int(y0 - more)), max(0, int(x0 - more))
    return picture[top : max(top, int(np.ceil(y1 + more))), left : max(left, int(np.ceil(x1 + more)))]


def shrunk(picture: Picture, factor: float) -> Picture:
    """A picture so many times as large; the factor is at most 1."""
    if factor >= 1:
        return picture
    return cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)

"""The code in a page's margin, read from a scan that is laid on the page: see ``packet.page_codes`` for what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np

from generator.returns.scans.picture import PER_MM, WHITE, Box, Picture
from generator.returns.scans.registration import Laid

_OURS: Final = re.compile(r"LH[DS][0-9A-HJKMNP-TV-Z]{10}[0-9A-Z]{3}")
_FINER: Final = 4  # than the page's raster: OpenCV wants some ten pixels a module
_BESIDE: Final = 3 * PER_MM  # corners are laid less exactly than the middle of a page
_MODULES: Final = 29  # of a side, quiet zone included
_QUIET: Final = 4


def code_in(flat: Picture, mapping: Laid, box: Box) -> str:
    """What the code says that a page bears at a place; empty where none of ours can be read there.

    Args:
        flat: the scan in grey, its light made even.
        mapping: where the page lies in the scan.
        box: the code with its quiet zone, on the page's raster.
    """
    detector = cv2.QRCodeDetector()
    finer = _finer(flat, mapping, box)
    side = (box[2] - box[0]) * _FINER
    near, far = (_BESIDE * _FINER + side * share / _MODULES for share in (_QUIET, _MODULES - _QUIET))
    corners = np.array([[[near, near], [far, near], [far, far], [near, far]]], np.float32)
    for shown in _shown(finer):
        text, *_ = detector.detectAndDecode(shown)
        # Where its corners are not made out, they are taken to be where we drew them.
        for found in (text, None):
            said = detector.decode(shown, corners)[0] if found is None else found
            if _OURS.fullmatch(said):
                return str(said)
    return ""


def _finer(flat: Picture, mapping: Laid, box: Box) -> Picture:
    """The scan around a box, several times finer than the page's raster."""
    x0, y0, x1, _ = box
    side = round((x1 - x0 + 2 * _BESIDE) * _FINER)
    steps = (np.arange(side) + 0.5) / _FINER - 0.5 - _BESIDE
    across, down = np.meshgrid(x0 + steps, y0 + steps)
    where = mapping.points(np.stack([across, down], -1)).astype(np.float32)
    return cv2.remap(
        flat,
        where[..., 0],
        where[..., 1],
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=WHITE,
    )


def _shown(finer: Picture) -> Iterator[Picture]:
    """The same picture in ways of which each makes some codes readable: as it is, sharpened, in black and white."""
    yield finer
    soft = cv2.GaussianBlur(finer, (0, 0), 2 * _FINER / 2)
    sharp = cv2.addWeighted(finer, 2.0, soft, -1.0, 0)
    yield sharp
    yield cv2.threshold(cv2.GaussianBlur(finer, (0, 0), _FINER / 2), 0, WHITE, cv2.THRESH_OTSU)[1]
    yield cv2.threshold(sharp, 0, WHITE, cv2.THRESH_OTSU)[1]

"""One scan after another: which page it is, what was signed on it, what was altered; one page in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import cv2
import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from generator.returns.scans.alterations import Alteration, alterations
from generator.returns.scans.marks import Mark, ground_of, marks
from generator.returns.scans.picture import DPI, Box, Picture
from generator.returns.scans.places import Place, places_of
from generator.returns.scans.reading import Scanned
from generator.returns.scans.recognition import Recognised, Recogniser, text_shades
from generator.returns.scans.seams import edge_of
from generator.returns.scans.sent import Sent

_LEAST_DPI: Final = 140  # below it nothing on a page is certain
_LEAST_LIKENESS: Final = 0.62
_MOST_IN_ONE: Final = 4  # pages in one picture
_MORE: Final = 0.8  # of the area of a page that was found: where so much is left, another page may lie


class Examined(Struct, frozen=True, eq=False):
    """What a scan is and what is on it.

    Attributes:
        scan: which scan: the file's name and the page's number in it.
        page: likewise.
        recognised: which page it is; pictures are not kept.
        places: where it is signed.
        marks: for each place, what was done there.
        alterations: what is not as it was sent out.
        edge: the page's right edge, where seals over the edges leave a strip, packed; None for a scan without colour.
        dpi: dots an inch of the scan.
        colour: whether the scan has colour.
        poor: why nothing on it counts as certain; empty where it does.
        upright: the page as it lies on our raster, in colour where the scan is; None unless it is a page of ours.
    """

    file: str
    page: int
    recognised: Recognised
    places: tuple[Place, ...] = ()
    marks: tuple[tuple[Mark, ...], ...] = ()
    alterations: tuple[Alteration, ...] = ()
    edge: str | None = ""
    dpi: float = 0.0
    colour: bool = False
    poor: str = ""
    upright: Picture | None = None


def examined(scan: Scanned, recogniser: Recogniser, sent: Sent) -> Examined:
    """Examine a scan.

    Args:
        scan: the scan.
        recogniser: knows the pages of the packet and of its older drafts.
        sent: the packet that is received.
    """
    found = recogniser.recognise(scan)
    colour = scan.picture.ndim == 3  # noqa: PLR2004 (rows, columns, colours)
    if found.laid is None or not found.sheets:
        return Examined(scan.file, scan.page, found, colour=colour)
    dpi = found.laid.scale() * DPI
    sheet = next((one for one in found.sheets if not one.edition), None)
    upright = found.laid.upright(scan.picture, paper=255)
    if sheet is None or found.kind != "known":
        return Examined(scan.file, scan.page, found, dpi=dpi, colour=colour, upright=upright)
    seen = found.laid.upright(text_shades(scan.picture))
    ground = ground_of(scan.picture, seen, found.laid, sheet.draw(), sheet.extra(), found.blur)
    places = places_of(sheet)
    poor = _poor(dpi, found.likeness, bilevel=scan.bilevel)
    return Examined(
        scan.file,
        scan.page,
        found,
        places,
        tuple(tuple(each) for each in marks(ground, places, certain=not poor)),
        tuple(alterations(sheet, ground, sent.faces, found.blur, places)),
        edge_of(ground.red),
        dpi,
        colour,
        poor,
        upright,
    )


def every_page(scan: Scanned, recogniser: Recogniser, sent: Sent) -> Iterator[Examined]:
    """Examine a scan, and what else lies on the same picture: two pages side by side on a large sheet or a desk.

    Arguments as ``examined``.

    Yields:
        What the scan is; then every other page of the packet that is on it.
    """
    for number in range(_MOST_IN_ONE):
        one = examined(scan, recogniser, sent)
        if number and one.recognised.kind not in {"known", "unsure"}:
            return
        yield one
        rest = _without(scan, one.recognised)
        if rest is None:
            return
        scan = rest


def _without(scan: Scanned, found: Recognised) -> Scanned | None:
    """A scan with the page covered that was found on it; None where no other page has room."""
    if found.laid is None:
        return None
    rows, columns = found.laid.shape
    corners = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float64)
    quad = found.laid.points(corners).round().astype(np.int32)
    paper = np.full(scan.picture.shape[:2], 255, np.uint8)
    cv2.fillPoly(paper, [quad], 0)
    left = paper > 0
    if int(left.sum()) < _MORE * max(cv2.contourArea(quad), 1.0):
        return None
    picture = scan.picture.copy()
    picture[~left] = 255
    return replace(scan, picture=picture)


def _poor(dpi: float, likeness: float, *, bilevel: bool) -> str:
    if dpi < _LEAST_DPI:
        return f"扫描约 {round(dpi / 10) * 10} dpi，太粗"
    if bilevel:
        return "是黑白二值扫描，分不清印章、笔迹和印刷"
    return "字迹模糊" if likeness < _LEAST_LIKENESS else ""


def boxes_of(one: Examined) -> Sequence[Box]:
    """Every region of a scan that a person must look at."""
    return [
        *(mark.box for each in one.marks for mark in each if mark.verdict == "look"),
        *(each.box for each in one.alterations),
    ]

"""Ink, seals and dates at the places where a page is signed.

What stands here decides whether a signature counts as seen, so every threshold is on the safe side: what is not
certainly there is shown to a person. A scan without colour never makes a seal certain: its ring cannot be told from a
copied one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import cv2
import numpy as np
from msgspec import Struct, field

from generator.returns.scans.picture import PER_MM, Box, Picture, cut, flattened
from generator.returns.scans.places import Place
from generator.returns.scans.registration import Laid
from generator.returns.scans.rings import Ring, rings

Verdict = Literal["seen", "absent", "look"]
Act = Literal["signature", "seal", "date"]

_INK: Final = 205  # darker is ink, on even paper
_STRONG: Final = 150
_MIDDLING: Final = 185  # a pale pen, or a hard crease
_OWN_INK: Final = 215
_OWN_REACH: Final = 7  # pixels: our own ink is taken out with so much around it
_SPECK: Final = 0.06  # square millimetres: smaller is dust
_SEAL_SCALE: Final = 0.5
_RED_FROM: Final = 10.0  # red beyond green and blue, of 255
_RED_RANGE: Final = 60.0
_RED_INK: Final = 0.15
_RED: Final = 0.25
_SEAL_NEAR: Final = 26.0  # millimetres from where a seal belongs
_SEAL_LOOK_MM: Final = 23.0
_RING_MM: Final = 2.6  # how far the ring reaches inwards
_PRINT_INK: Final = 220
_SHIFT: Final = 20  # pixels: so far off our own print is looked for
_TILE: Final = (160, 110)
_TILE_INK: Final = 1.5  # square millimetres of print in a tile: less cannot be laid on anything
_COVERED: Final = 0.9  # of our print: so much is inked where it lies as it should
_PRINT_ALIKE: Final = 0.22  # how alike the scan must be to our print where that lies off
_DATE_EDGE: Final = 1.2 * PER_MM  # so far beside its place the ink of a date reaches
_STAR: Final = 0.45  # of the radius: the star in the middle


class Strokes(Struct, frozen=True):
    """What the ink in a region is like, in millimetres.

    Attributes:
        area: square millimetres of ink.
        strong: of them, those that are really dark.
        middling: of them, those that are at least as dark as a pale pen.
        width: of the region that it covers.
        height: likewise.
        length: of all strokes.
        thick: the widest stroke.
        stroke: the usual width of a stroke.
    """

    area: float = 0.0
    strong: float = 0.0
    middling: float = 0.0
    width: float = 0.0
    height: float = 0.0
    length: float = 0.0
    thick: float = 0.0
    stroke: float = 0.0


class _Pen(Struct, frozen=True):
    """What a pen may have written in a region.

    Attributes:
        strokes: what its ink is like.
        doubtful: whether it may as well be our own print that lies off, or a seal in a scan without colour.
    """

    strokes: Strokes
    doubtful: bool


class Mark(Struct, frozen=True):
    """What was found of one act at one place.

    Attributes:
        act: signature, seal or date.
        verdict: ``seen``; ``absent``; ``look``: a person must look.
        box: where to look, on the page's raster.
        figures: what the verdict rests on.
    """

    act: Act
    verdict: Verdict
    box: Box
    figures: dict[str, float] = field(default_factory=dict)


class Ground(Struct, frozen=True, eq=False):
    """A scan laid on its page, and what of it is not ours.

    Attributes:
        seen: in the shades in which print and pen are dark, its light even.
        beyond: where ink is that our page does not print: 1, else 0.
        own: where our page prints, with a margin: 1, else 0.
        printed: the same without the margin.
        red: how red each point is, from 0 to 1, at half the scale; None for a scan without colour.
        faded: ink of any colour that may be a seal's, our own print left out, from 0 to 1, at half the scale.
    """

    seen: Picture
    beyond: Picture
    own: Picture
    printed: Picture
    red: Picture | None
    faded: Picture


def ground_of(
    picture: Picture, seen: Picture, mapping: Laid, rendering: Picture, extra: Picture | None, blur: float
) -> Ground:
    """Take our own print out of a scan.

    Args:
        picture: the scan.
        seen: the same in text shades, laid on the page.
        mapping: where the page lies in the scan.
        rendering: our page.
        extra: the page with what the print copy adds.
        blur: by how much the rendering is sharper than the scan.
    """
    printed = cv2.GaussianBlur(rendering, (0, 0), max(0.8, blur)) < _OWN_INK
    if extra is not None and extra.shape == rendering.shape:
        printed |= cv2.GaussianBlur(extra, (0, 0), max(0.8, blur)) < _OWN_INK
    ours: Picture = printed.astype(np.uint8)
    own: Picture = cv2.dilate(ours, np.ones((_OWN_REACH, _OWN_REACH), np.uint8))
    beyond: Picture = (seen < _INK).astype(np.uint8) & (1 - own)
    red = red_share(mapping.upright(picture, _SEAL_SCALE, 255)) if picture.ndim == 3 else None  # noqa: PLR2004
    if red is not None:
        sized = cv2.resize(red, (seen.shape[1], seen.shape[0]), interpolation=cv2.INTER_LINEAR)
        ink: Picture = cv2.dilate((sized > _RED_INK).astype(np.uint8), np.ones((3, 3), np.uint8))
        beyond &= 1 - (ink & (seen > _STRONG - 25).astype(np.uint8))  # a pen over a seal stays dark
    faded: Picture = np.clip((235 - seen.astype(np.float32)) / 120, 0, 1)
    faded[own > 0] *= 0.25
    faded = cv2.resize(faded, None, fx=_SEAL_SCALE, fy=_SEAL_SCALE, interpolation=cv2.INTER_AREA)
    return Ground(seen, beyond, own, ours, red, faded)


def red_share(picture: Picture) -> Picture:
    """How red each point of a colour picture is, from 0 to 1, whatever the paper's tint."""
    even = cv2.merge([flattened(np.ascontiguousarray(picture[..., colour])) for colour in range(3)])
    soft = cv2.GaussianBlur(even, (0, 0), 0.8).astype(np.int16)
    beyond = soft[..., 2] - np.maximum(soft[..., 0], soft[..., 1])
    share: Picture = np.clip((beyond - _RED_FROM) / _RED_RANGE, 0, 1).astype(np.float32)
    return share


def strokes(mask: Picture, seen: Picture) -> Strokes:
    """What the ink in a region is like.

    Args:
        mask: 1 where ink is.
        seen: the scan there, its light even.
    """
    if not mask.size:
        return Strokes()
    count, labels, about, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(mask), connectivity=8)
    kept = [number for number in range(1, count) if about[number, 4] > _SPECK * PER_MM**2]
    if not kept:
        return Strokes()
    ink = np.isin(labels, kept)
    left, top = about[kept, 0].min(), about[kept, 1].min()
    right = (about[kept, 0] + about[kept, 2]).max()
    bottom = (about[kept, 1] + about[kept, 3]).max()
    inside = cv2.distanceTransform(ink.astype(np.uint8), cv2.DIST_L2, 3)
    ridge = ink & (inside >= cv2.dilate(inside, np.ones((3, 3))) - 0.01)
    stroke = 2 * float(inside[ridge].mean()) / PER_MM
    area = float(ink.sum()) / PER_MM**2
    return Strokes(
        area,
        float((ink & (seen < _STRONG)).sum()) / PER_MM**2,
        float((ink & (seen < _MIDDLING)).sum()) / PER_MM**2,
        float(right - left) / PER_MM,
        float(bottom - top) / PER_MM,
        area / max(stroke, 0.1),
        2 * float(inside.max()) / PER_MM,
        stroke,
    )


def marks(ground: Ground, places: Sequence[Place], *, certain: bool = True) -> list[list[Mark]]:
    """What was done at each place.

    Args:
        ground: the page.
        places: its places.
        certain: whether the scan is good enough for anything to be certain.

    Returns:
        For each place its marks, one for each act that is asked for.
    """
    by_place: list[list[Mark]] = [[] for _ in places]
    seals = _seals(ground, places)
    hidden = _colourless(ground, seals) if places else []
    for at, place in enumerate(places):
        if place.seal is not None:
            by_place[at].append(seals[at])
        if place.sign is not None:
            by_place[at].append(_signature(ground, place, hidden))
        if place.date:
            by_place[at].append(_date(ground, place.date, hidden))
        elif place.date_unclear:
            by_place[at].append(Mark("date", "look", place.rect))
    if certain:
        return by_place
    return [
        [
            Mark(mark.act, "look" if mark.verdict == "seen" else mark.verdict, mark.box, mark.figures)
            for mark in found
        ]
        for found in by_place
    ]


def _seals(ground: Ground, places: Sequence[Place]) -> dict[int, Mark]:
    wanted = {at: place.seal for at, place in enumerate(places) if place.seal is not None}
    if not wanted:
        return {}
    field_ = ground.red if ground.red is not None else ground.faded
    per_mm = PER_MM * _SEAL_SCALE
    found: dict[int, Ring] = {}
    for ring in rings(field_, per_mm):
        near = sorted(
            (float(np.hypot(ring.x - x / PER_MM, ring.y - y / PER_MM)), at) for at, (x, y) in wanted.items()
        )
        if near[0][0] < _SEAL_NEAR and (near[0][1] not in found or ring.score > found[near[0][1]].score):
            found[near[0][1]] = ring
    return {at: _seal(ground, middle, found.get(at)) for at, middle in wanted.items()}


def _seal(ground: Ground, middle: tuple[float, float], ring: Ring | None) -> Mark:
    x, y = (ring.x * PER_MM, ring.y * PER_MM) if ring else middle
    reach = _SEAL_LOOK_MM * PER_MM
    box = (x - reach, y - reach, x + reach, y + reach)
    half = tuple(edge * _SEAL_SCALE for edge in box)
    per_mm = PER_MM * _SEAL_SCALE
    figures = {"colour": float(ground.red is not None)}
    if ring is not None:
        figures |= {
            "score": ring.score,
            "coverage": ring.coverage,
            "contrast": ring.contrast,
            "radius": ring.radius,
        }
    if ground.red is None:
        ink = float((cut(ground.faded, half) > _RED).sum()) / per_mm**2  # type: ignore[arg-type]
        return Mark("seal", _grey_seal(ring, ink), box, {**figures, "ink": ink})
    red = float((cut(ground.red, half) > _RED).sum()) / per_mm**2  # type: ignore[arg-type]
    letters = _lettered(ground.red, ring, per_mm) if ring else 0.0
    return Mark("seal", _red_seal(ring, red, letters), box, {**figures, "red": red, "letters": letters})


def _lettered(red: Picture, ring: Ring, per_mm: float) -> float:
    """How red it is, in the mean, where a seal bears its letters: within its ring, about its star."""
    down, across = np.ogrid[: red.shape[0], : red.shape[1]]
    distance = np.hypot(across / per_mm - ring.x, down / per_mm - ring.y)
    band = (distance < ring.radius - _RING_MM) & (distance > _STAR * ring.radius)
    return float(red[band].mean()) if band.any() else 0.0


def _red_seal(ring: Ring | None, red: float, letters: float) -> Verdict:
    round_ = ring and ring.coverage >= 0.72 and ring.contrast >= 0.1 and 18.0 <= ring.radius <= 23.5  # noqa: PLR2004
    # A drawn circle has nothing within, a sticker is full: seals of 0.02 to 0.4 were measured, pale ones too.
    if round_ and red >= 90 and 0.015 <= letters <= 0.7:  # noqa: PLR2004
        return "seen"
    return "absent" if red < 12 else "look"  # noqa: PLR2004 (square millimetres)


def _grey_seal(ring: Ring | None, ink: float) -> Verdict:
    if ink < 15 and (ring is None or ring.coverage < 0.3):  # noqa: PLR2004 (square millimetres)
        return "absent"
    return "look"


def _covered(box: Box, seals: Sequence[Box]) -> bool:
    """Whether a seal without colour may lie over a region, so that its ink cannot be told from a pen's."""
    return any(
        seal[0] < box[2] and box[0] < seal[2] and seal[1] < box[3] and box[1] < seal[3] for seal in seals
    )


def _colourless(ground: Ground, seals: dict[int, Mark]) -> list[Box]:
    """Where a seal may lie whose ink looks like a pen's: in a scan without colour, or copied in black."""
    if ground.red is None:
        return [mark.box for mark in seals.values() if mark.verdict != "absent"]
    dark = ground.faded.copy()
    dark[cv2.dilate(ground.red, np.ones((3, 3), np.uint8)) > _RED_INK] = 0
    found = []
    for ring in rings(dark, PER_MM * _SEAL_SCALE):
        # Strokes and frames give outlines of less than 0.1, a copied seal of 0.5 and more.
        if ring.coverage >= 0.55 and ring.contrast >= 0.12:  # noqa: PLR2004
            x, y, reach = ring.x * PER_MM, ring.y * PER_MM, (ring.radius + 1) * PER_MM
            found.append((x - reach, y - reach, x + reach, y + reach))
    return found


def _signature(ground: Ground, place: Place, seals: Sequence[Box]) -> Mark:
    box = place.sign or place.rect
    pen = _pen_of(ground, box, place.date)
    figures = _figures(pen.strokes)
    if _is_signature(pen.strokes) and not (pen.doubtful or place.sign_unclear or _covered(box, seals)):
        return Mark("signature", "seen", box, figures)
    if pen.strokes.area < 0.8 and not _is_signature(_pen_of(ground, place.rect, place.date).strokes):  # noqa: PLR2004
        return Mark("signature", "absent", box, figures)
    return Mark("signature", "look", box, figures)


def _pen_of(ground: Ground, box: Box, without: Sequence[Box] = ()) -> _Pen:
    """What a pen may have written in a region, our own print left out wherever it lies.

    Args:
        ground: the page.
        box: the region.
        without: regions whose ink belongs to something else.
    """
    own, moved = own_moved(ground, box)
    ink: Picture = cut(ground.beyond, box) & (1 - own)
    top, left = max(0, int(box[1])), max(0, int(box[0]))
    for x0, y0, x1, y1 in without:
        rows, columns = (
            slice(max(0, int(low - _DATE_EDGE) - first), max(0, int(high + _DATE_EDGE) - first))
            for low, high, first in ((y0, y1, top), (x0, x1, left))
        )
        ink[rows, columns] = 0
    # Without colour a name seal, an oval one or a faint one cannot be told from a pen for certain.
    return _Pen(strokes(ink, cut(ground.seen, box)), moved or ground.red is None)


def own_moved(ground: Ground, box: Box) -> tuple[Picture, bool]:
    """Our own print in a region where it really lies, and whether that could not be found out.

    A page that is curved or photographed aslant lies a millimetre or two off in a corner: our own characters then look
    like what somebody wrote. So each part of the region is laid on the scan once more.
    """
    x0, y0, x1, y1 = (int(max(0, edge)) for edge in box)
    shape = cut(ground.printed, box).shape
    last = ground.printed.shape[1] - _SHIFT, ground.printed.shape[0] - _SHIFT
    found: Picture = np.zeros(shape, np.uint8)
    lost = False
    for top in range(y0 - _TILE[1] // 4, y1, _TILE[1] // 2):
        for left in range(x0 - _TILE[0] // 4, x1, _TILE[0] // 2):
            tile = (
                max(_SHIFT, left),
                max(_SHIFT, top),
                min(last[0], left + _TILE[0]),
                min(last[1], top + _TILE[1]),
            )
            ours = cut(ground.printed, tile)
            if ours.sum() < _TILE_INK * PER_MM**2:
                continue
            moved = _moved(ours, cut(ground.seen, tile, _SHIFT))
            if moved is None:
                lost = True
            elif moved != (0, 0):
                wide = cv2.dilate(ours, np.ones((_OWN_REACH, _OWN_REACH), np.uint8))
                rows, columns = np.nonzero(wide)
                rows, columns = rows + tile[1] + moved[1] - y0, columns + tile[0] + moved[0] - x0
                inside = (rows >= 0) & (rows < shape[0]) & (columns >= 0) & (columns < shape[1])
                found[rows[inside], columns[inside]] = 1
    return found, lost


def _moved(ours: Picture, window: Picture) -> tuple[int, int] | None:
    """How far our print lies off, in pixels; nothing where it lies as it should, None where it was not found.

    Args:
        ours: where our page prints: 1, else 0.
        window: the scan there, with a margin.
    """
    print_ = ours.astype(np.float32)
    ink = cv2.dilate((window < _PRINT_INK).astype(np.uint8), np.ones((5, 5), np.uint8))
    covered = cv2.matchTemplate(ink.astype(np.float32), print_, cv2.TM_CCORR) / float(ours.sum())
    if covered[_SHIFT, _SHIFT] >= _COVERED:
        return 0, 0
    # A pen or a stamp covers anything: our print lies where the shades are like it and it is covered as well.
    alike = cv2.matchTemplate(255 - window.astype(np.float32), print_, cv2.TM_CCOEFF_NORMED)
    _, likeness, _, (across, down) = cv2.minMaxLoc(alike)
    if likeness < _PRINT_ALIKE or covered[down, across] < _COVERED:
        return None
    return int(across) - _SHIFT, int(down) - _SHIFT


def _is_signature(found: Strokes) -> bool:
    """Whether ink is strokes to and fro, as high and wide as a name: no line, tick, crease, sticker or stain."""
    extent = max(found.width, found.height, 0.1)
    if found.width < 6 or found.thick > 4.2 or found.stroke > 2.0:  # noqa: PLR2004 (millimetres)
        return False
    if found.strong >= 3:  # noqa: PLR2004 (square millimetres)
        return found.length >= 16 and found.length >= 1.35 * extent and found.height >= 4.5  # noqa: PLR2004
    pale = found.middling >= 4 and found.stroke <= 0.8  # noqa: PLR2004
    return pale and found.length >= 30 and found.length >= 1.6 * extent and found.height >= 5.5  # noqa: PLR2004


def _is_figures(found: Strokes) -> bool:
    """Whether ink is one or more digits."""
    if found.thick > 4:  # noqa: PLR2004 (millimetres)
        return False
    if found.strong >= 1:
        return found.length >= 2.5 and found.height >= 2.2  # noqa: PLR2004
    pale = found.middling >= 1 and found.stroke <= 0.9  # noqa: PLR2004
    return pale and found.length >= 4 and found.height >= 3.2  # noqa: PLR2004


def _figures(found: Strokes) -> dict[str, float]:
    return {
        name: round(getattr(found, name), 2)
        for name in ("area", "strong", "middling", "width", "height", "length", "thick", "stroke")
    }


def _date(ground: Ground, boxes: Sequence[Box], seals: Sequence[Box]) -> Mark:
    whole = (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
    pens = [_pen_of(ground, box) for box in boxes]
    parts = [pen.strokes for pen in pens]
    figures = {
        f"{name}{at}": value for at, part in enumerate(parts) for name, value in _figures(part).items()
    }
    doubtful = any(pen.doubtful for pen in pens) or _covered(whole, seals)
    if all(map(_is_figures, parts)) and not doubtful:
        return Mark("date", "seen", whole, figures)
    area = sum(part.area for part in parts)
    return Mark("date", "absent" if area < 0.4 else "look", whole, figures)  # noqa: PLR2004

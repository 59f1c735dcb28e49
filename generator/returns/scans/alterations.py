"""What of a page is not as it was sent out: characters changed or gone, and ink where nobody is asked to write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal

import cv2
import numpy as np
from msgspec import Struct

from generator.returns.scans.characters import Faces, Seen, characters, looked_again
from generator.returns.scans.marks import Ground, Strokes, own_moved, strokes
from generator.returns.scans.picture import PER_MM, Box, Picture, cut
from generator.returns.scans.places import Place
from generator.returns.scans.rendered import Glyph, Sheet

What = Literal["changed", "missing", "covered", "written"]

_SURE: Final = 0.9  # characters more like ours than this are not compared with others
# How far a character's likeness may lie below the page's usual one: at least, at most, and by the page's own spread.
# On scans of an office none of 3,100 unchanged characters lay lower than 0.062, and 99 in 100 changed ones than 0.12.
_LEAST_DROP: Final = 0.09
_MOST_DROP: Final = 0.2
_SPREAD: Final = 2.0
_LOW_SHARE: Final = 2.0  # per cent of the characters that tell the spread
_WEAK_DROP: Final = 0.14  # where no other character fits better, it must lie lower
_LEAD: Final = 0.03  # by how much another character must be more like the scan
_COVERED_LEAD: Final = 0.12  # under a seal or a pen
_LEAST_OTHER: Final = 0.5
_LITTLE_INK: Final = 0.45
_SMALL: Final = 8.0  # pixels: marks lower than this (。，、) are not judged alone
_SEPARATORS: Final = ".．,，·-－–—~～%‰"
_COVERED_SHARE: Final = 0.12
_TOUCHED_SHARE: Final = 0.03  # a stroke through a character, which then is like no other
_RED: Final = 0.12
_BESIDE: Final = 7  # pixels around a character
_NEIGHBOUR: Final = 1.2 * PER_MM
_OVERLAP: Final = 2.0
_PLACE_AROUND: Final = 9 * PER_MM
_SEAL_AROUND: Final = 31 * PER_MM
_EDGE_MM: Final = 11
_MOST_WRITTEN: Final = 4  # more than this are shown as the largest ones
_WRITTEN_AREA: Final = 4.0  # square millimetres
_WRITTEN_LENGTH: Final = 14.0
_WRITTEN_STRONG: Final = 1.6
_THICKEST: Final = 2.4
_JOINED_MM: Final = 3
_CHARACTER_MM: Final = 1
_LEAST_HIGH: Final = 1.5  # millimetres: lower is a line or dust


class Alteration(Struct, frozen=True):
    """One place where a page is not as it was sent out, to be looked at by a person.

    Attributes:
        what: ``changed``, other characters stand there; ``missing``, nothing does; ``covered``, ink hides what
            is printed; ``written``, ink stands where nobody is asked to write.
        box: on the page's raster.
        printed: what we printed there; empty for ``written``.
        likely: what seems to stand there now; empty where that cannot be told.
    """

    what: What
    box: Box
    printed: str = ""
    likely: str = ""


def alterations(
    sheet: Sheet, ground: Ground, faces: Faces, blur: float, places: Sequence[Place]
) -> list[Alteration]:
    """Look for alterations of a page.

    Args:
        sheet: our page.
        ground: the scan laid on it.
        faces: how characters look.
        blur: by how much our rendering is sharper than the scan.
        places: where people sign.
    """
    read = characters(ground.seen, sheet.draw(), sheet.glyphs, faces, blur, _SURE)
    free = [one.own for one in read if not _inked(one.glyph, ground)] or [one.own for one in read]
    usual = float(np.median(free)) if free else 1.0
    spread = usual - float(np.percentile(free, _LOW_SHARE)) if free else 0.0
    most = min(max(_LEAST_DROP, _SPREAD * spread), _MOST_DROP)
    between = _between_digits(sheet.glyphs)

    def is_suspect(one: Seen) -> bool:
        if one.glyph in between and one.ink < _LITTLE_INK:
            return not _inked(one.glyph, ground)
        return _is_suspect(one, usual, most, ground)

    low = [one.glyph for one in read if is_suspect(one)]
    again = looked_again(ground.seen, sheet.draw(), low, faces, blur)
    suspects = [one for one in again if is_suspect(one)]
    found = [_joined(run, ground) for run in _runs(suspects)]
    return [*found, *_written(ground, places)]


def _between_digits(glyphs: Sequence[Glyph]) -> set[Glyph]:
    """Points, commas and strokes beside a digit: low as they are, without them a figure is another."""
    found = set()
    for number, glyph in enumerate(glyphs):
        beside = (*glyphs[max(0, number - 1) : number], *glyphs[number + 1 : number + 2])
        if glyph.char in _SEPARATORS and any(one.char.isdigit() for one in beside):
            found.add(glyph)
    return found


def _is_suspect(one: Seen, usual: float, most: float, ground: Ground) -> bool:
    """Whether a character is not what we printed: another one fits better, or it is far less alike than is usual."""
    drop, lead = usual - one.own, one.other - one.own
    if drop <= most or one.glyph.box[3] - one.glyph.box[1] < _SMALL:
        return False
    inked = _inked(one.glyph, ground)
    if one.other >= _LEAST_OTHER and lead > (_COVERED_LEAD if inked else _LEAD):
        return True
    return drop > max(most, _WEAK_DROP) and not _inked(one.glyph, ground, _TOUCHED_SHARE)


def _inked(glyph: Glyph, ground: Ground, share: float = _COVERED_SHARE) -> bool:
    """Whether a seal or a pen lies over a character, which explains that it is not like ours."""
    x0, y0, x1, y1 = glyph.box
    half = (x0 / 2, y0 / 2, x1 / 2, y1 / 2)
    if ground.red is not None and float((cut(ground.red, half, 2) > _RED).mean()) > share:
        return True
    # Another character prints within the box as well; a pen or a seal goes on beyond it.
    outer, inner = cut(ground.beyond, glyph.box, _BESIDE), cut(ground.beyond, glyph.box)
    beside = float(outer.sum()) - float(inner.sum())
    return beside > share * max(outer.size - inner.size, 1)


def _runs(suspects: Sequence[Seen]) -> list[list[Seen]]:
    """Suspects that stand side by side, as one."""
    runs: list[list[Seen]] = []
    for one in suspects:
        if runs and _beside(runs[-1][-1].glyph, one.glyph):
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _beside(one: Glyph, other: Glyph) -> bool:
    a, b = one.box, other.box
    return abs((a[1] + a[3]) - (b[1] + b[3])) / 2 < (a[3] - a[1]) and 0 < b[0] - a[
        2
    ] + _OVERLAP < _NEIGHBOUR + (a[3] - a[1])


def _joined(run: Sequence[Seen], ground: Ground) -> Alteration:
    boxes = [one.glyph.box for one in run]
    box = (
        min(each[0] for each in boxes),
        min(each[1] for each in boxes),
        max(each[2] for each in boxes),
        max(each[3] for each in boxes),
    )
    printed = "".join(one.glyph.char for one in run)
    if all(one.ink < _LITTLE_INK for one in run):
        return Alteration("missing", box, printed)
    if any(_inked(one.glyph, ground) for one in run):
        return Alteration("covered", box, printed)
    # Where no other character fits, what stands there cannot be told.
    likely = "".join(one.taken_for if one.other > one.own else "？" for one in run)
    return Alteration("changed", box, printed, likely)


def _written(ground: Ground, places: Sequence[Place]) -> list[Alteration]:
    """Ink that our page does not have, away from where people sign and from the paper's edge."""
    free = ground.beyond.copy()
    edge = int(_EDGE_MM * PER_MM)
    free[:edge], free[-edge:], free[:, :edge], free[:, -edge:] = 0, 0, 0, 0
    for place in places:
        x0, y0, x1, y1 = (round(value) for value in place.rect)
        more = round(_PLACE_AROUND)
        free[max(0, y0 - more) : y1 + more, max(0, x0 - more) : x1 + more] = 0
        if place.seal is not None:
            cv2.circle(free, (round(place.seal[0]), round(place.seal[1])), round(_SEAL_AROUND), 0, -1)
    found = [
        (area, box)
        for area, box, ink in _groups(free, ground, _JOINED_MM)
        if _is_writing(ink) and _is_writing(_beside_ours(free, ground, box))
    ]
    found += [
        (area, box)
        for area, box, ink in _groups(free, ground, _CHARACTER_MM)
        if _is_character(ink)
        and _is_character(_beside_ours(free, ground, box))
        # What goes on beyond the edge that is left out is a punched hole or a seal over the edges.
        and edge < box[0] - 1
        and box[2] + 1 < free.shape[1] - edge
        and not any(_meet(box, other) for _, other in found)
    ]
    found.sort(key=lambda each: -each[0])
    return [Alteration("written", box) for _, box in found[:_MOST_WRITTEN]]


def _groups(free: Picture, ground: Ground, joined_mm: float) -> Iterator[tuple[float, Box, Strokes]]:
    """Ink that stands together: its area, its box, what it is like."""
    side = int(joined_mm * PER_MM)
    near = cv2.dilate(
        cv2.morphologyEx(free, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)), np.ones((side, side), np.uint8)
    )
    count, _, about, _ = cv2.connectedComponentsWithStats(near, connectivity=8)
    for number in range(1, count):
        left, top, wide, high = (int(value) for value in about[number, :4])
        if wide * high < (2 * side) ** 2 // 2 or high < side + _LEAST_HIGH * PER_MM:
            continue
        box = (float(left), float(top), float(left + wide), float(top + high))
        ink = strokes(cut(free, box), cut(ground.seen, box))
        yield ink.area, box, ink


def _beside_ours(free: Picture, ground: Ground, box: Box) -> Strokes:
    """What the ink in a box is like without our own print where that lies off, as at the foot of a bent page."""
    own, _ = own_moved(ground, box)
    return strokes(cut(free, box) & (1 - own), cut(ground.seen, box))


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _is_character(ink: Strokes) -> bool:
    """Whether ink may be one character, as a digit put to a figure: as high as print, no hole, fold or speck."""
    return (
        ink.area >= 0.8  # noqa: PLR2004 (square millimetres; thin ones of 9 points have 0.9)
        and ink.strong >= 0.5  # noqa: PLR2004
        and 1.7 <= ink.height <= 7  # noqa: PLR2004 (millimetres)
        and 0.42 <= ink.stroke <= 0.8  # noqa: PLR2004
        and ink.thick <= 1.15  # noqa: PLR2004
        and ink.length >= 2  # noqa: PLR2004
    )


def _is_writing(ink: Strokes) -> bool:
    """Whether ink is strokes of a pen or print, and no fold, stain, shadow or dust."""
    return (
        ink.area >= _WRITTEN_AREA
        and ink.strong >= _WRITTEN_STRONG
        and ink.length >= _WRITTEN_LENGTH
        and ink.thick <= _THICKEST
        and ink.height >= 2.2  # noqa: PLR2004 (millimetres: lower is a line)
        and ink.width >= 2.2  # noqa: PLR2004
        and ink.length >= 1.6 * max(ink.width, ink.height)
    )


def differing(ours: Picture, seen: Picture, box: Box, around_mm: float = 6) -> Picture:
    """A scan and our page side by side around a box, for a person to look at.

    Args:
        ours: our page.
        seen: the scan laid on it, in grey or in colour.
        box: on the page's raster.
        around_mm: so much more is shown on each side.
    """
    more = around_mm * PER_MM
    left, right = (_coloured(cut(picture, box, more)) for picture in (seen, ours))
    high = max(left.shape[0], right.shape[0])
    parts = [
        cv2.copyMakeBorder(
            part, 8, 8 + high - part.shape[0], 8, 8, cv2.BORDER_CONSTANT, value=(200, 200, 200)
        )
        for part in (left, right)
    ]
    return np.hstack(parts)


def _coloured(picture: Picture) -> Picture:
    return picture if picture.ndim == 3 else cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)  # noqa: PLR2004

"""Pages altered before they are printed again, in the same face and size, without a trace."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generator.returns.scans.characters import Faces
from generator.returns.scans.picture import DPI, Picture
from generator.returns.scans.rendered import Glyph, Sheet
from tests.returns.scanner import Print, Random

LEAST_SIZE = 9.0  # points: what documents print their figures and names in


def change_digit(page: Print, sheet: Sheet, faces: Faces, rng: Random) -> str:
    """Another digit in the place of one; what was changed into what, empty where the page has no digits."""
    digits = [glyph for glyph in sheet.glyphs if glyph.char in "0123456789" and glyph.size >= LEAST_SIZE]
    if not digits:
        return ""
    glyph = digits[int(rng.integers(len(digits)))]
    for other in rng.permutation([digit for digit in "0123456789" if digit != glyph.char]):
        if _put(page, glyph, faces.drawn(glyph.face, str(other), glyph.size)):
            return f"{glyph.char}>{other}"
    return ""


def change_name(page: Print, sheet: Sheet, faces: Faces, rng: Random) -> str:
    """Two or three characters beside each other become others, as in a name."""
    runs = list(_runs(sheet.glyphs, int(rng.integers(2, 4))))
    if not runs:
        return ""
    run = runs[int(rng.integers(len(runs)))]
    others = sorted(
        {glyph.char for glyph in sheet.glyphs if glyph.face == run[0].face and _is_chinese(glyph)}
    )
    changed = ""
    for glyph in run:
        char = str(rng.choice([one for one in others if one != glyph.char] or [glyph.char]))
        if char != glyph.char and _put(page, glyph, faces.drawn(glyph.face, char, glyph.size)):
            changed += f"{glyph.char}>{char} "
    return changed.strip()


def add_digit(page: Print, sheet: Sheet, faces: Faces, rng: Random) -> str:
    """One more digit behind a figure that has free paper after it; what was added, empty where there is none."""
    for at in rng.permutation(len(sheet.glyphs)):
        glyph = sheet.glyphs[int(at)]
        x0, y0, x1, y1 = glyph.box
        behind = (x1 + 1, y0, 2 * x1 - x0 + 6, y1)
        if glyph.char not in "0123456789" or glyph.size < LEAST_SIZE or _any_within(sheet, behind):
            continue
        digit = str(rng.integers(10))
        moved = Glyph(digit, (x1 + 3, y0, 2 * x1 - x0 + 3, y1), glyph.size, glyph.face)
        if _put(page, moved, faces.drawn(glyph.face, digit, glyph.size)):
            return f"{glyph.char}>{glyph.char}{digit}"
    return ""


def erase_point(page: Print, sheet: Sheet, rng: Random) -> str:
    """A figure's decimal point is gone; empty where the page has none."""
    points = [
        glyph
        for before, glyph, after in zip(sheet.glyphs, sheet.glyphs[1:], sheet.glyphs[2:], strict=False)
        if glyph.char in ".．" and before.char.isdigit() and after.char.isdigit()
    ]
    if not points:
        return ""
    x0, y0, x1, y1 = (round(edge) for edge in points[int(rng.integers(len(points)))].box)
    page.paper[y0 - 1 : y1 + 2, x0 - 1 : x1 + 2] = 255
    return "."


def _any_within(sheet: Sheet, box: tuple[float, float, float, float]) -> bool:
    return any(
        glyph.box[0] < box[2] and box[0] < glyph.box[2] and glyph.box[1] < box[3] and box[1] < glyph.box[3]
        for glyph in sheet.glyphs
    )


def _runs(glyphs: Sequence[Glyph], length: int) -> list[Sequence[Glyph]]:
    found = []
    for at in range(len(glyphs) - length + 1):
        run = glyphs[at : at + length]
        first, last = run[0], run[-1]
        on_one_line = abs(first.box[1] - last.box[1]) < 12
        if (
            all(_is_chinese(glyph) and glyph.size >= LEAST_SIZE for glyph in run)
            and len({(glyph.face, glyph.size) for glyph in run}) == 1
            and on_one_line
            and 0 < last.box[0] - first.box[0] < length * first.size * DPI / 72 * 1.2
        ):
            found.append(run)
    return found


def _is_chinese(glyph: Glyph) -> bool:
    return "\u4e00" <= glyph.char <= "\u9fff"


def _put(page: Print, glyph: Glyph, picture: Picture | None) -> bool:
    if picture is None or page.dpi != DPI:
        return False
    x0, y0, x1, y1 = (round(edge) for edge in glyph.box)
    page.paper[max(0, y0 - 1) : y1 + 2, max(0, x0 - 1) : x1 + 2] = 255
    left = round((x0 + x1) / 2 - picture.shape[1] / 2)
    top = round((y0 + y1) / 2 - picture.shape[0] / 2)
    below = page.paper[top : top + picture.shape[0], left : left + picture.shape[1]]
    if below.shape[:2] != picture.shape:
        return False
    np.minimum(below, picture[..., None], out=below)
    return True

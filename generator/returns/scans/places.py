"""Where on a page somebody signs, seals and dates: the words printed in the manifest's rectangles say it.

A person signs to the right of 签字 or on the line below it, writes the date into the blanks around 年, 月 and 日, and
puts the seal over 盖章 or beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from generator.pdf.pages.free_space import SEAL
from generator.returns.scans.picture import PER_MM, PER_POINT, Box
from generator.returns.scans.rendered import Glyph, Sheet

if TYPE_CHECKING:
    from generator.publishing.manifest import Signatory

_SIGN_WORDS: Final = ("签字", "签名", "签章")
_LABEL: Final = "（）():：签字名章盖法定代表人负责委托理"
_ABOVE: Final = 3.5 * PER_MM
_BELOW: Final = 2.5 * PER_MM
_SIGNED_WIDTH: Final = 12 * PER_MM  # where there is less room beside the label, the whole place is looked at
_LABEL_GAP: Final = 1.2  # of a character's height: what stands further off is another label
_DATE_WIDTH: Final = 14 * PER_MM
_SAME_LINE: Final = 0.6  # of a character's height
_EDGE: Final = 1.0 * PER_MM


class Place(Struct, frozen=True):
    """Where one party signs on a page.

    Attributes:
        number: which of the page's places it is.
        signatory: from the manifest.
        rect: the whole place.
        seal: the middle of the seal; None where none is put.
        sign: where the signature stands; None where nobody signs by hand.
        sign_unclear: whether there is no room beside the label, so that it may stand anywhere in the place.
        date: where the date's three figures stand; empty where it is printed or not asked for.
        date_unclear: whether a date is asked for, but its blanks were not found in print.
    """

    number: int
    signatory: Signatory
    rect: Box
    seal: tuple[float, float] | None
    sign: Box | None
    sign_unclear: bool
    date: tuple[Box, ...]
    date_unclear: bool


def places_of(sheet: Sheet) -> tuple[Place, ...]:
    """Every place of a page."""
    return tuple(
        _place(sheet, number, signatory)
        for number, signatory in enumerate(sheet.signatories)
        if signatory.rect is not None
    )


def _place(sheet: Sheet, number: int, signatory: Signatory) -> Place:
    rect = sheet.raster(signatory.rect or (0, 0, 0, 0))
    inside = [glyph for glyph in sheet.glyphs if _within(glyph.box, rect)]
    words = "".join(glyph.char for glyph in inside)
    date, printed = _date(rect, inside, words)
    sign = _sign(rect, inside, words) if signatory.signer else None
    return Place(
        number,
        signatory,
        rect,
        _seal(rect, inside, words) if signatory.seal else None,
        (sign or rect) if signatory.signer else None,
        bool(signatory.signer) and sign is None,
        date if signatory.dated else (),
        signatory.dated and not date and not printed,
    )


def _within(box: Box, rect: Box) -> bool:
    middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return rect[0] - _EDGE < middle[0] < rect[2] + _EDGE and rect[1] - _EDGE < middle[1] < rect[3] + _EDGE


def _seal(rect: Box, inside: Sequence[Glyph], words: str) -> tuple[float, float]:
    """The middle of a seal: over the printed 盖章, moved so that it stays within the place."""
    at = (rect[0] + rect[2]) / 2, (rect[1] + rect[3]) / 2
    if (found := words.find("盖章")) >= 0:
        first, last = inside[found].box, inside[found + 1].box
        at = (first[0] + last[2]) / 2, (first[1] + first[3]) / 2
    half = SEAL * PER_POINT / 2
    x, y = (
        min(max(middle, low + half), high - half) if high - low >= 2 * half else (low + high) / 2
        for low, high, middle in ((rect[0], rect[2], at[0]), (rect[1], rect[3], at[1]))
    )
    return x, y


def _sign(rect: Box, inside: Sequence[Glyph], words: str) -> Box | None:
    """To the right of 签字 up to the next print on its line, as high as a hand writes; None without room for it."""
    for word in _SIGN_WORDS:
        found = words.find(word)
        if found < 0:
            continue
        label = inside[found]
        line = sorted(
            (glyph for glyph in inside if _same_line(glyph, label) and glyph.box[0] >= label.box[0]),
            key=lambda glyph: glyph.box[0],
        )
        left, right = label.box[2], rect[2]
        for glyph in line:
            far = glyph.box[0] - left > _LABEL_GAP * (label.box[3] - label.box[1])
            if far or glyph.char not in _LABEL:
                right = glyph.box[0]
                break
            left = max(left, glyph.box[2])
        if right - left - 2 * _EDGE < _SIGNED_WIDTH:
            break
        return left + _EDGE, label.box[1] - _ABOVE, right - _EDGE, label.box[3] + _BELOW
    return None


def _date(rect: Box, inside: Sequence[Glyph], words: str) -> tuple[tuple[Box, ...], bool]:
    """Before 年, 月 and 日 of the last line that has all three; and whether the figures are printed there already."""
    month = words.rfind("月")
    year = words.rfind("年", 0, max(month, 0))
    day = words.find("日", max(month, 0))
    if min(month, year, day) < 0:
        return (), False
    if any(char.isdigit() for char in words[max(0, year - 4) : day]):
        return (), True
    marks = [inside[at] for at in (year, month, day)]
    if not all(_same_line(mark, marks[0]) for mark in marks):
        return (), False
    high = marks[0].box[3] - marks[0].box[1]
    top, bottom = marks[0].box[1] - 0.5 * high, marks[0].box[3] + 0.6 * high
    before = [glyph for glyph in inside if _same_line(glyph, marks[0]) and glyph.box[2] < marks[0].box[0]]
    left = max([glyph.box[2] for glyph in before], default=rect[0]) + _EDGE
    starts = (max(left, marks[0].box[0] - _DATE_WIDTH), marks[0].box[2], marks[1].box[2])
    boxes = [(start + 2, top, mark.box[0] - 2, bottom) for start, mark in zip(starts, marks, strict=True)]
    return tuple(boxes), False


def _same_line(one: Glyph, other: Glyph) -> bool:
    middle, others = (one.box[1] + one.box[3]) / 2, (other.box[1] + other.box[3]) / 2
    return abs(middle - others) < _SAME_LINE * max(one.size, other.size) * PER_POINT

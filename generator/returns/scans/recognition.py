"""Which of our pages a scan is: candidates by features, laid over each, judged by the characters' own boxes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, Literal

import cv2
import numpy as np
from msgspec import Struct

from generator.returns.scans.characters import characters, sharpness
from generator.returns.scans.features import Candidate, Index
from generator.returns.scans.page_codes import code_in
from generator.returns.scans.picture import PER_MM, Picture, flattened, grey, shrunk
from generator.returns.scans.reading import Scanned
from generator.returns.scans.registration import Laid, laid
from generator.returns.scans.rendered import Glyph, Sheet

Kind = Literal["known", "unsure", "blank", "foreign"]

_TRIED: Final = 4
_GOOD: Final = 0.8  # median likeness of characters at which no other layout is tried
_KNOWN: Final = 0.5  # below this it is none of our pages
_SAME: Final = 0.5  # a character is there
_MOST_SAME: Final = 0.75  # share of the characters that must be there
_FEW_SAME: Final = 0.4  # below this share it is another page of the same form
_SAMPLE: Final = 260
_CELL: Final = 5  # pixels within which a character counts as printed at the same place
_LOOKS_ALIKE: Final = 0.3
_MARGIN: Final = 0.1
_MOST_COMPARED: Final = 80
_EVEN: Final = 20  # so many characters weigh as much as more
_TONE: Final = 0.3
_DIFFERS: Final = 12  # of 255
_LEAST_DIFFERING: Final = 400  # pixels
_FEW_GLYPHS: Final = 8
_INK: Final = 170  # darker is ink, on even paper
_BLANK_SHARE: Final = 0.0004
_BLANK_MARGIN: Final = 0.06
_BLANK_LONG: Final = 900


class Recognised(Struct, frozen=True, eq=False):
    """What a scan is.

    Attributes:
        kind: ``known``; ``unsure``, most like ``sheets`` but not certainly; ``blank``; ``foreign``, none of ours.
        sheets: the page that it is, every page that prints the same with it; empty for blank and foreign ones.
        rivals: other pages that it may be, where that is not certain.
        laid: where the page lies in the scan.
        blur: by how much our rendering is sharper than the scan.
        likeness: of the characters, their median from -1 to 1.
        share: of the characters, how many are there.
        faint: pages that print the same text but for a watermark or a drawing, which the scan does not show for certain.
        code: what the code in the margin says; empty where the page bears none, or it could not be read.
    """

    kind: Kind
    sheets: tuple[Sheet, ...] = ()
    rivals: tuple[Sheet, ...] = ()
    laid: Laid | None = None
    blur: float = 1.0
    likeness: float = -1.0
    share: float = 0.0
    faint: tuple[Sheet, ...] = ()
    code: str = ""

    @property
    def sheet(self) -> Sheet:
        """The page that it is, or is most like."""
        return self.sheets[0]

    @property
    def upside_down(self) -> bool:
        """Whether it was scanned with its foot above."""
        return self.laid is not None and abs(self.laid.turn()) > 135  # noqa: PLR2004 (degrees)


class _Fit(Struct, frozen=True, eq=False):
    candidate: Candidate
    laid: Laid
    seen: Picture
    blur: float
    likeness: float


class Recogniser:
    """Knows the pages that were sent out.

    Args:
        sheets: pages of the packet, then of older ones.
    """

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self._same: dict[str, list[Sheet]] = {}
        for sheet in sheets:
            self._same.setdefault(sheet.digest, []).append(sheet)
        self._index = Index([same[0] for same in self._same.values()])
        self._places: dict[str, Counter[tuple[str, int, int]]] = {}

    def recognise(self, scan: Scanned) -> Recognised:
        """Tell which page a scan is."""
        flat = text_shades(scan.picture)
        if is_blank(flat):
            return Recognised("blank")
        best = self._best(flat)
        if best is None or best.likeness < _KNOWN:
            return Recognised("foreign")
        sheet, unsure, faint = self._among_alike(best)
        code = _code([sheet, *faint, *unsure], flat, best.laid)
        # Of pages that print the same, the code tells which it is; of others it does not.
        if coded := next((one for one in (sheet, *faint) if one.code and one.code == code), None):
            sheet, faint = coded, []
        sample = _sampled(sheet.glyphs, _SAMPLE)
        there = characters(best.seen, sheet.draw(), sample, None, best.blur)
        same = sum(one.own >= _SAME for one in there) / len(there) if there else best.likeness
        if same < _FEW_SAME:
            return Recognised("foreign")
        known = same >= _MOST_SAME and not unsure
        return Recognised(
            "known" if known else "unsure",
            tuple(self._same[sheet.digest]),
            tuple(unsure),
            best.laid,
            best.blur,
            best.likeness,
            same,
            tuple(dict.fromkeys(faint)),
            code,
        )

    def _best(self, flat: Picture) -> _Fit | None:
        """The page that the scan fits best when laid over it."""
        best: _Fit | None = None
        tried: set[str] = set()
        for candidate in self._index.candidates(flat):
            if candidate.sheet.digest in tried or len(tried) >= _TRIED:
                continue
            tried.add(candidate.sheet.digest)
            rendering = candidate.sheet.draw()
            mapping = laid(flat, candidate.homography, rendering)
            seen = mapping.upright(flat)
            blur, likeness = sharpness(seen, rendering, candidate.sheet.glyphs)
            if len(candidate.sheet.glyphs) < _FEW_GLYPHS:
                likeness = _whole_likeness(seen, rendering)
            if best is None or likeness > best.likeness:
                best = _Fit(candidate, mapping, seen, blur, likeness)
            if likeness >= _GOOD:
                break
        return best

    def _among_alike(self, fit: _Fit) -> tuple[Sheet, list[Sheet], list[Sheet]]:
        """Of the pages that look like the best one, the one that it is; and those that it may be as well.

        Last, those that print the same text, and whose watermark or drawing could not be seen or missed for certain.
        """
        sheet = fit.candidate.sheet
        unsure: list[Sheet] = []
        faint: list[Sheet] = []
        for other in self._alike(sheet):
            if self._printed(other) == self._printed(sheet):
                # Only a watermark or a drawing tells them apart; where that cannot be seen, they are the same.
                bias = _TONE if sheet.edition and not other.edition else -_TONE
                tone = _tone(fit.seen, sheet.draw(), other.draw())
                if abs(tone) < _TONE:
                    faint += [sheet, other]
                if tone < bias:
                    sheet = other
                continue
            lead = self._lead(fit, sheet, other)
            if lead < -_MARGIN:
                sheet, unsure = other, []
            elif lead < _MARGIN:
                unsure.append(other)
        return (
            sheet,
            [other for other in unsure if other is not sheet],
            [other for other in faint if other is not sheet and self._printed(other) == self._printed(sheet)],
        )

    def _alike(self, sheet: Sheet) -> list[Sheet]:
        """Other pages that print much the same at the same places."""
        ours = self._printed(sheet)
        found = []
        for other in self._index.sheets:
            if other is sheet or other.shape != sheet.shape:
                continue
            shared = (ours & self._printed(other)).total()
            if shared >= _LOOKS_ALIKE * max(1, min(ours.total(), self._printed(other).total())):
                found.append(other)
        return found

    def _printed(self, sheet: Sheet) -> Counter[tuple[str, int, int]]:
        if sheet.digest not in self._places:
            self._places[sheet.digest] = Counter(_cell(glyph) for glyph in sheet.glyphs)
        return self._places[sheet.digest]

    def _lead(self, fit: _Fit, one: Sheet, other: Sheet) -> float:
        """By how much a scan is more like one page than another, where the two differ; from -2 to 2."""
        total, weights = 0.0, 0
        for mine, theirs, sign in ((one, other, 1), (other, one, -1)):
            here = self._printed(theirs)
            only = _sampled([glyph for glyph in mine.glyphs if _cell(glyph) not in here], _MOST_COMPARED)
            own = characters(fit.seen, mine.draw(), only, None, fit.blur)
            instead = characters(fit.seen, theirs.draw(), only, None, fit.blur)
            # Where the other page prints nothing, there is nothing to be like.
            leads = [a.own - (b.own if b.own < 1 else 0.0) for a, b in zip(own, instead, strict=True)]
            # What a fuller page prints and a scan of an emptier one has not is nothing for either: it must not outweigh
            # what the emptier one prints alone. A few characters stay few.
            weight = min(len(leads), _EVEN)
            total += sign * weight * sum(leads) / max(1, len(leads))
            weights += weight
        return total / weights if weights else 0.0


def _code(sheets: Sequence[Sheet], flat: Picture, mapping: Laid) -> str:
    """What the code says that a scan bears where one of these pages has its own; empty where none is read."""
    boxes = dict.fromkeys(sheet.code_box for sheet in sheets if sheet.code_box is not None)
    return next(filter(None, (code_in(flat, mapping, box) for box in boxes)), "")


def text_shades(picture: Picture) -> Picture:
    """A scan in the shades in which print and pen are dark and red seals are pale, its light made even."""
    return flattened(picture[..., 2] if picture.ndim == 3 else grey(picture))  # noqa: PLR2004 (colours)


def is_blank(flat: Picture) -> bool:
    """Whether nothing is on a sheet but dust; its edges, which show the scanner's lid, are left out."""
    small = shrunk(flat, _BLANK_LONG / max(flat.shape))
    rows, columns = (int(side * _BLANK_MARGIN) for side in small.shape)
    inner = small[rows : small.shape[0] - rows, columns : small.shape[1] - columns]
    dark = (inner < _INK).astype(np.uint8)
    count, _, about, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    least = (0.5 * PER_MM * _BLANK_LONG / 2339) ** 2
    ink = sum(int(about[number, 4]) for number in range(1, count) if about[number, 4] >= least)
    return ink < _BLANK_SHARE * inner.size


def _whole_likeness(seen: Picture, rendering: Picture) -> float:
    """How alike two pictures of one page are, of which little is printed text."""
    ours, scan = (cv2.GaussianBlur(shrunk(one, 0.25), (0, 0), 1.5) for one in (rendering, seen))
    return float(cv2.matchTemplate(scan, ours, cv2.TM_CCOEFF_NORMED)[0, 0])


def _tone(seen: Picture, mine: Picture, theirs: Picture) -> float:
    """Whether a scan has the light tones of one page (1) or of another (-1) that prints the same text; 0 in doubt."""
    differs = cv2.absdiff(mine, theirs) > _DIFFERS
    ink = cv2.dilate((np.minimum(mine, theirs) < _INK).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    mask = differs & ~ink
    around = cv2.dilate(mask.astype(np.uint8), np.ones((41, 41), np.uint8)) > 0
    around &= ~(cv2.dilate(differs.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0) & ~ink
    if int(mask.sum()) < _LEAST_DIFFERING or not around.any():
        return 0.0
    contrast = [float(one[around].mean()) - float(one[mask].mean()) for one in (seen, mine, theirs)]
    of_scan, of_mine, of_theirs = contrast
    return float(np.clip(2 * (of_scan - of_theirs) / (of_mine - of_theirs + 1e-6) - 1, -1, 1))


def _cell(glyph: Glyph) -> tuple[str, int, int]:
    return glyph.char, round(glyph.box[0] / _CELL), round(glyph.box[1] / _CELL)


def _sampled(glyphs: Sequence[Glyph], most: int) -> list[Glyph]:
    if len(glyphs) <= most:
        return list(glyphs)
    return [glyphs[int(at)] for at in np.linspace(0, len(glyphs) - 1, most)]

"""Places where nobody signed or wrote a date: whatever else lies there, neither is ever called seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from msgspec.structs import replace

from generator.returns.scans.examination import Examined, examined
from generator.returns.scans.marks import ground_of, marks
from generator.returns.scans.places import Place, places_of
from generator.returns.scans.reading import Scanned
from generator.returns.scans.recognition import Recogniser, text_shades
from generator.returns.scans.rendered import Sheet
from tests.returns import scanner
from tests.returns.signing import Paper, millimetres, write_date
from tests.standing import Standing

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def paper(made: Standing) -> Paper:
    return Paper.of(made.folder)


def _examined(paper: Paper, sheet: Sheet, scan: scanner.Scan) -> Examined:
    scanned = Scanned("s", 1, scan.picture, scan.mode == "bilevel")
    found = examined(scanned, Recogniser([sheet]), paper.sent)
    assert found.recognised.kind == "known"
    return found


def _seen(found: Examined, *acts: str) -> Iterator[tuple[str, dict[str, float]]]:
    return (
        (mark.act, mark.figures)
        for each in found.marks
        for mark in each
        if mark.verdict == "seen" and mark.act in acts
    )


def _date(place: Place) -> tuple[float, float, float, float]:
    return place.date[0][0], place.date[0][1], place.date[-1][2], place.date[-1][3]


@pytest.mark.parametrize(
    ("machine", "mode", "pages"),
    [
        (scanner.OFFICE, "colour", 5),
        (scanner.TELEPHONE, "colour", 4),
        (scanner.OFFICE, "grey", 1),
    ],
    ids=["office", "telephone", "grey"],
)
def test_seals_alone_are_neither_a_signature_nor_a_date(
    machine: scanner.Machine, mode: str, pages: int, paper: Paper
) -> None:
    """Ten pages of six places: round, oval and square seals, faint to strong, over one another and over the places."""
    sheet = paper.sheets("agreement")[7]
    places = [place for place in places_of(sheet) if place.sign and place.date]
    assert len(places) >= 6
    for number in range(pages):
        page, rng = paper.printed(sheet), np.random.default_rng([15, machine.dpi[0], len(mode), number])
        for at, place in enumerate(places):
            kind = ("round", "oval", "square", "several")[(at + number) % 4]
            box = place.sign if (at + number) % 3 else _date(place)
            assert box is not None
            scanner.put_seals_only(page, rng, millimetres(box), place.signatory.party, kind)
        scan = scanner.captured(page, rng, machine, dpi=200, mode=mode)
        assert not list(_seen(_examined(paper, sheet, scan), "signature", "date"))


def test_a_date_is_no_signature_where_the_place_is_one_with_the_line_signed_on(paper: Paper) -> None:
    """A person's red seal, and the date written into its blanks: nobody signed."""
    sheet = paper.sheets("agreement")[7]
    page, rng = paper.printed(sheet), paper.chance(sheet, 69)
    places = [replace(place, sign=place.rect) for place in places_of(sheet)]
    for place in places:
        write_date(page, rng, place)
        scanner.put_seals_only(page, rng, millimetres(place.rect), place.signatory.party, "square")
    (verdicts,) = _verdicts(sheet, scanner.captured(page, rng, scanner.OFFICE_200), places, [(0, 0)])
    assert "seen" in {each["date"] for each in verdicts}
    assert "seen" not in {each["signature"] for each in verdicts}


def test_print_that_lies_off_is_no_date(paper: Paper) -> None:
    """A bent sheet: 年, 月 and 日 lie up to three millimetres beside where they are looked for."""
    sheet = paper.sheets("agreement")[7]
    scan = scanner.captured(paper.printed(sheet), paper.chance(sheet, 92), scanner.OFFICE_200)
    for verdicts in _verdicts(sheet, scan, places_of(sheet), [(0, -12), (8, -16), (9, -24)]):
        assert "seen" not in {verdict for each in verdicts for verdict in each.values()}


def _verdicts(
    sheet: Sheet, scan: scanner.Scan, places: Sequence[Place], offs: Sequence[tuple[int, int]]
) -> Iterator[list[dict[str, str]]]:
    """What is said of each act where the scan lies so many pixels off."""
    found = Recogniser([sheet]).recognise(Scanned("s", 1, scan.picture, bilevel=False))
    assert found.laid is not None
    seen = found.laid.upright(text_shades(scan.picture))
    for off in offs:
        there = np.roll(seen, off, (0, 1))
        ground = ground_of(scan.picture, there, found.laid, sheet.draw(), sheet.extra(), found.blur)
        yield [{mark.act: mark.verdict for mark in each} for each in marks(ground, places)]

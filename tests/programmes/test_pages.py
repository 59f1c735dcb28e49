"""The pages of every example as a reader sees them: the same in draft and signing edition, and none nearly empty."""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2
import pytest

from generator.model.catalogue import Catalogue
from generator.packet.assessment import Order
from generator.packet.parts import MadeDocument, Packet
from generator.packet.pipeline import build
from generator.packet.session import Session
from generator.readers.source_file import read_source
from tests.pace import first_quickly
from tests.packet.making import ROOT
from tests.standing import signing_packet

CODES = [
    code for code in Catalogue().folders() if (ROOT / "data" / f"{code.replace('/', '-')}.yaml").exists()
]
HEAD, FOOT = 45.0, 62.0  # points: running heads and page numbers stand beyond
MARGIN = 72.0  # about what the documents keep free above and below their text
# Pages that the official form itself gives a page of their own.
SHORT = {
    ("yunnan/consortium-2022", "application", 2): "填表说明 stands on a page of its own, and has five lines"
}


def draft(code: str) -> Packet:
    with Session(Catalogue(), "typst") as session:
        source = read_source(ROOT / "data" / f"{code.replace('/', '-')}.yaml")
        return build(source, session.catalogue.load(code), Order("draft"), session)


def placed(made: MadeDocument) -> list[list[tuple[str, tuple[float, ...]]]]:
    """Of each page the texts with their places, to a tenth of a point."""
    assert made.pdf is not None
    with pypdfium2.PdfDocument(made.pdf.pdf) as document:
        found = []
        for page in document:
            text = page.get_textpage()
            rects = [text.get_rect(at) for at in range(text.count_rects())]
            found.append(
                [(text.get_text_bounded(*rect), tuple(round(edge, 1) for edge in rect)) for rect in rects]
            )
        return found


@pytest.mark.thorough
@pytest.mark.parametrize("code", first_quickly(CODES))
def test_a_draft_has_the_same_text_at_the_same_places_as_the_signing_edition(code: str) -> None:
    signing = signing_packet(code).documents
    drafted = draft(code).documents
    assert [one.document.id for one in drafted] == [one.document.id for one in signing]
    for before, after in zip(drafted, signing, strict=True):
        assert placed(before) == placed(after)


def filled(made: MadeDocument) -> Iterator[float]:
    """How far down each page but the last is filled, as a share of the height for text."""
    assert made.pdf is not None
    with pypdfium2.PdfDocument(made.pdf.pdf) as document:
        for page in list(document)[:-1]:
            _, height = page.get_size()
            boxes = (each.get_bounds() for each in page.get_objects())
            low = min((box[1] for box in boxes if box[1] > FOOT and box[3] < height - HEAD), default=height)
            yield (height - MARGIN - low) / (height - 2 * MARGIN)


@pytest.mark.one_in(3)
@pytest.mark.parametrize("code", CODES)
def test_no_page_but_the_last_is_under_a_third_full(code: str) -> None:
    empty = [
        (code, made.document.id, page)
        for made in signing_packet(code).documents
        for page, share in enumerate(filled(made), 1)
        if share < 1 / 3
    ]
    assert set(empty) <= set(SHORT)

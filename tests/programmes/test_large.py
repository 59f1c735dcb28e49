"""120 members, long names and texts at their limits: whole pages in every document."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime
from functools import cache

import pypdfium2
import pytest

from generator.packet.session import Session
from generator.pdf.engine import PdfDocument, PdfInfo
from generator.readers.load import load
from generator.rendering.render import Rendered, RenderJob, render
from tests.pace import first_quickly
from tests.programmes.examples import CATALOGUE
from tests.programmes.large import MEMBERS, large

CODES = first_quickly(CATALOGUE.folders())
WHEN = datetime(2025, 1, 1, tzinfo=UTC)
# Points between text and the paper's edge: less is cut by printers.
EDGE = 28


@cache
def documents(code: str) -> dict[str, tuple[Rendered, PdfDocument]]:
    programme = CATALOGUE.load(code)
    dataset = load(large(code), programme, known=CATALOGUE.all())
    assert [str(problem) for problem in dataset.problems] == []
    assert len(dataset.consortium.members or ()) == MEMBERS
    found = {}
    with Session(CATALOGUE) as session:
        assert session.typesetter is not None
        for document in programme.documents:
            if document.rollup:
                continue
            prepared = session.templates.template_of(programme, document, dataset.consortium)
            made = render(
                prepared.template,
                RenderJob(programme, dataset.consortium, "signing", WHEN),
                document,
                prepared.headings,
            )
            pdf = session.typesetter.submit(made.docx, PdfInfo(document.title, "甲", WHEN)).result()
            found[document.id] = (made, pdf)
    return found


@pytest.mark.thorough
@pytest.mark.parametrize("code", CODES)
def test_no_text_runs_off_the_paper(code: str) -> None:
    for document_id, (_, pdf) in documents(code).items():
        for number, page in enumerate(pypdfium2.PdfDocument(pdf.pdf), 1):
            text = page.get_textpage()
            for at in range(text.count_rects()):
                left, bottom, right, top = text.get_rect(at)
                room = min(left, bottom, page.get_width() - right, page.get_height() - top)
                assert room > EDGE, f"{document_id}, page {number}"


@pytest.mark.thorough
@pytest.mark.parametrize("code", CODES)
def test_every_name_that_is_printed_stands_whole_in_the_pdf(code: str) -> None:
    printed = 0
    for made, pdf in documents(code).values():
        text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf.pdf))
        folded = re.sub(r"\s", "", text)
        for number in range(MEMBERS):
            for name in made.record.printed.get(f"members[{number}].name", ()):
                assert name in folded
                printed += 1
    assert printed >= MEMBERS


@pytest.mark.thorough
@pytest.mark.parametrize("code", CODES)
def test_every_party_has_a_place_of_its_own_to_sign(code: str) -> None:
    for made, pdf in documents(code).values():
        places = [place for place in pdf.sign_places if place.role.startswith("member.")]
        if not places:
            continue
        assert len(places) == MEMBERS
        assert len(made.record.printed) >= MEMBERS
        for one, other in itertools.pairwise(places):
            apart = one.page != other.page or (
                one.rect[2] <= other.rect[0] + 1 or other.rect[3] <= one.rect[1] + 1
            )
            assert apart, f"{one.role} and {other.role} lie on each other"
            assert one.rect[3] - one.rect[1] > 90, "a seal is 40 mm across"

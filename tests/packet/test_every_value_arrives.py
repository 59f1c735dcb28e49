"""Every value that a programme prints stands whole in the DOCX and in the PDF; every other is listed."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterator

import docx
import pypdf
import pypdfium2
import pytest
from docx.document import Document as Word
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from generator.model.catalogue import Catalogue
from generator.model.paths import given as given_values
from generator.model.value_kinds import LongText, Text
from generator.packet.assessment import Order, begin
from generator.packet.manifest import unprinted
from generator.packet.parts import MadeDocument
from generator.packet.pipeline import make_documents
from generator.packet.session import Session
from tests.pace import examples, first_quickly
from tests.packet.records import fields, record, source_of, text_ids

CODES = list(Catalogue().folders())
RECORDS = -(-1000 // len(CODES))
BATCHES = 8


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def docx_text(data: bytes) -> str:
    """All text of a document: paragraphs and cells, headers and footers, by python-docx."""
    word: Word = docx.Document(io.BytesIO(data))
    pieces = list(word.element.body.iter("{*}t"))
    for section in word.sections:
        for part in (section.header, section.footer, section.first_page_header, section.first_page_footer):
            pieces.extend(part._element.iter("{*}t"))
    return squeezed("".join(piece.text or "" for piece in pieces))


def pdf_pages(data: bytes) -> list[str]:
    """Each page's text without its footer."""
    document = pypdfium2.PdfDocument(data)
    texts = []
    for page in document:
        width, height = page.get_size()
        found = page.get_textpage()
        # PDFium reports a hyphen at a line's end as U+0002.
        texts.append(squeezed(found.get_text_bounded(0, 48, width, height).replace("\x02", "-")))
        found.close()
        page.close()
    document.close()
    return texts


def stands(text: str, pages: list[str]) -> bool:
    """Whether a text stands on the pages, in one piece or broken over one page's end."""
    if any(text in page for page in pages):
        return True
    for page, following in itertools.pairwise(pages):
        for cut in range(1, len(text)):
            if text[:cut] in page and text[cut:] in following:
                return True
    return False


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(Catalogue()) as opened:
        yield opened


def in_content_order(data: bytes) -> list[str]:
    """Each page's text as the file has it. PDFium orders by lines, which mixes cells side by side."""
    return [squeezed(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(data)).pages]


def lost(made: MadeDocument, raw: dict[str, str]) -> list[str]:
    in_docx = docx_text(made.files[0].data)
    pages = pdf_pages(made.files[1].data)
    missing = []
    doubtful = []
    for path, printed in made.record.printed.items():
        wanted = raw[path].split("\n") if path in raw else printed
        for piece in map(squeezed, wanted):
            if piece and piece not in in_docx:
                missing.append(f"{made.document.id} {path}: {piece} not in the DOCX")
            elif piece and not stands(piece, pages):
                doubtful.append((path, piece))
    if doubtful:
        pages = in_content_order(made.files[1].data)
    missing += [
        f"{made.document.id} {path}: {piece} not in the PDF"
        for path, piece in doubtful
        if not stands(piece, pages)
    ]
    return missing


@st.composite
def some_fields(draw: st.DrawFn, every: list[str]) -> list[str]:
    """Nearly all fields; when shrinking, Hypothesis leaves out those that do not matter for a failure."""
    return [field for field in every if draw(st.sampled_from([False, *[True] * 19]))]


@pytest.mark.parametrize("batch", first_quickly(range(BATCHES)))
@pytest.mark.parametrize("code", first_quickly(CODES))
def test_no_value_is_lost(session: Session, code: str, batch: int) -> None:
    programme = session.catalogue.load(code)
    ids = text_ids(programme)

    @seed(batch)
    @settings(
        max_examples=examples(-(-RECORDS // BATCHES)),
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(number=st.integers(0, 2**64), kept=some_fields(list(fields(programme.model))))
    def every_value(number: int, kept: list[str]) -> None:
        source = source_of(record(programme.model, ids, number, kept))
        job = begin(source, programme, Order("draft"), session)
        documents = make_documents(job)
        raw: dict[str, str] = {}
        paths = set()
        for path, spec, value in given_values(job.dataset.consortium):
            paths.add(path)
            if isinstance(spec.kind, (Text, LongText)) or spec.shape == "map":
                raw[path] = str(value)
        printed = {path for made in documents for path in made.record.printed}
        derived = {path for made in documents for path in made.record.derived}
        listed = {entry.field for entry in unprinted(job, documents)}
        assert listed == paths - printed - derived
        assert printed <= paths
        assert not [text for made in documents for text in lost(made, raw)]

    every_value()

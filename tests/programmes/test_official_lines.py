"""A blank document prints the annex word for word, in its order, and nothing else.

``tests/official/<province>-<programme>/<document>.txt`` holds the annex: one line for each printed line or
cell, taken from the official text, white space inside a line left out.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path

import pytest
from lxml import etree

from generator.model.catalogue import Catalogue
from generator.model.programme import Document, Programme
from generator.packet.session import Session
from generator.rendering.render import RenderJob, render

OFFICIAL = Path(__file__).resolve().parents[1] / "official"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DOCUMENTS = [
    pytest.param(code, document.id, id=f"{code}-{document.id}")
    for code, programme in Catalogue().all().items()
    for document in programme.documents
]
# The others are of our own drafting: their policy has no form for them.
PUBLISHED = [
    pytest.param(code, document.id, id=f"{code}-{document.id}")
    for code, programme in Catalogue().all().items()
    for document in programme.documents
    if not document.self_drafted
]


def annex(code: str, document_id: str) -> Path:
    return OFFICIAL / code.replace("/", "-") / f"{document_id}.txt"


def printed(docx: bytes) -> str:
    """All text of a document's body in order, without white space."""
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        root = etree.fromstring(package.read("word/document.xml"))
    return "".join("".join(node.text or "" for node in root.iter(f"{W}t")).split())


def blank(programme: Programme, document: Document, session: Session) -> str:
    prepared = session.templates.template_of(programme, document, None)
    rendered = render(
        prepared.template,
        RenderJob(programme, None, "blank", datetime(2022, 1, 1, tzinfo=UTC)),
        document,
        prepared.headings,
    )
    return printed(rendered.docx)


def first_difference(text: str, lines: list[str]) -> str:
    """Where a text leaves the annex, for the message of a failing test."""
    ends = list(accumulate(map(len, lines)))
    wanted = "".join(lines)
    at = next((i for i, (a, b) in enumerate(zip(text, wanted, strict=False)) if a != b), -1)
    at = min(len(text), len(wanted)) if at < 0 else at
    number = next((n for n, end in enumerate(ends, 1) if at < end), len(lines))
    return f"line {number} “{lines[number - 1]}”: printed …{text[max(at - 10, 0) : at]}▸{text[at : at + 30]}…"


@pytest.mark.parametrize(("code", "document_id"), PUBLISHED)
def test_a_blank_document_prints_the_annex_word_for_word(
    code: str, document_id: str, catalogue: Catalogue, session: Session
) -> None:
    programme = catalogue.load(code)
    document = programme.document(document_id)
    lines = annex(code, document_id).read_text(encoding="utf-8").split()
    text = blank(programme, document, session)
    assert text == "".join(lines), first_difference(text, lines)


@pytest.mark.parametrize(("code", "document_id"), DOCUMENTS)
def test_a_self_drafted_document_says_so_and_claims_no_annex(
    code: str, document_id: str, catalogue: Catalogue, session: Session
) -> None:
    programme = catalogue.load(code)
    document = programme.document(document_id)
    says_so = "自拟" in blank(programme, document, session) or "自拟" in document.note
    assert document.self_drafted == (not annex(code, document_id).exists())
    assert says_so == document.self_drafted


def test_every_annex_belongs_to_a_document(catalogue: Catalogue) -> None:
    known = {annex(code, d.id) for code, one in catalogue.all().items() for d in one.documents}
    assert {
        path
        for path in OFFICIAL.glob("*/*.txt")
        if path.parent.name in {code.replace("/", "-") for code in catalogue.folders()}
    } <= known

"""The contents list of a plan shows in Word the pages that the PDF has."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pypdfium2
import pytest

from generator.base.files import shipped
from generator.base.ooxml.bookmarks import anchors
from generator.model.catalogue import Catalogue
from generator.packet.assessment import Order, begin
from generator.packet.pipeline import make_documents
from generator.packet.session import Session
from generator.readers.source_file import read_source

CATALOGUE = Catalogue()
EXAMPLES = {
    code: data
    for code in CATALOGUE.folders()
    if (data := shipped("data") / f"{code.replace('/', '-')}.yaml").is_file()
}


def footer_number(pdf: bytes, page: int) -> str:
    """The number printed at a page's foot."""
    found = pypdfium2.PdfDocument(pdf)[page - 1]
    text = found.get_textpage().get_text_bounded(0, 0, found.get_width(), 100)
    match = re.search(r"—\s*(\d+)\s*—", text)
    return match[1] if match else ""


@pytest.mark.thorough
@pytest.mark.parametrize(("code", "data"), EXAMPLES.items(), ids=list(EXAMPLES))
def test_a_contents_list_names_the_page_of_each_heading(code: str, data: Path) -> None:
    catalogue = CATALOGUE
    programme = catalogue.load(code)
    compared = 0
    with Session(catalogue) as session:
        for made in make_documents(begin(read_source(data), programme, Order("signing"), session)):
            with zipfile.ZipFile(io.BytesIO(made.files[0].data)) as archive:
                xml = archive.read("word/document.xml").decode()
            found = dict(
                re.findall(r"PAGEREF (\S+).*?separate\"/>.*?<w:t[^>]*>([^<]*)</w:t>", xml, re.DOTALL)
            )
            if not found or made.pdf is None:
                continue
            assert found == dict(made.pdf.references)
            pages = {heading.title: heading.page for heading in made.pdf.headings}
            for anchor in anchors(programme.folder / made.document.template):
                name = f"{anchor.kind}.{anchor.id}"
                if name in found and anchor.title in pages:
                    assert footer_number(made.pdf.pdf, pages[anchor.title]) == found[name]
                    compared += 1
    assert compared > 5

"""Marks on pages that share one set of resources, as LibreOffice writes them: each page has its own mark."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pikepdf
import pypdfium2

from generator.pdf.fonts.faces import find_faces
from generator.pdf.pages.overlays import NumberedPart, SealedPages, add_sealed_pages, page_numbers

PAGES = 3
CAPTIONS = {page: f"第 {page} 页" for page in range(1, PAGES + 1)}


def document() -> bytes:
    with pikepdf.new() as made:
        shared = made.make_indirect(pikepdf.Dictionary(XObject=pikepdf.Dictionary()))
        for _ in range(PAGES):
            made.add_blank_page(page_size=(595, 842))
            made.pages[-1].obj.Resources = shared
        out = io.BytesIO()
        made.save(out)
    return out.getvalue()


def drawn(pdf: bytes) -> list[bytes]:
    """Each page as pixels."""
    opened = pypdfium2.PdfDocument(pdf)
    found = [page.render(scale=1).to_pil().tobytes() for page in opened]
    opened.close()
    return found


def test_every_page_has_its_own_number() -> None:
    with pikepdf.open(io.BytesIO(document())) as whole:
        page_numbers(whole, [NumberedPart(document(), range(1, PAGES + 1))], find_faces(None))
        out = io.BytesIO()
        whole.save(out)
    assert len(set(drawn(out.getvalue()))) == PAGES


def sealed(seals: Mapping[int, list[tuple[float, float]]]) -> list[bytes]:
    """The pages that are sealed, each as pixels."""
    pages = SealedPages("", document(), seals, CAPTIONS, seam=False)
    with pikepdf.new() as guide, pikepdf.open(io.BytesIO(pages.pdf)) as source:
        add_sealed_pages(guide, pages, source, find_faces(None))
        out = io.BytesIO()
        guide.save(out)
    return drawn(out.getvalue())


def test_a_seals_place_is_marked_on_its_own_page_alone() -> None:
    seals = {page: [(150.0, 200.0 * page)] for page in range(1, PAGES + 1)}
    assert sealed(seals) == [sealed({page: places})[0] for page, places in seals.items()]

"""The print copy as a print shop gets it: fronts and backs, blank backs, cover, contents list, dividers, numbers."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pypdf
import pypdfium2
import pytest

from generator.model.catalogue import Catalogue
from generator.packet.assessment import Order
from generator.packet.session import Session
from tests.pace import first_quickly
from tests.packet.making import PLAIN, ROOT, example, file, packet, pdf
from tests.standing import signing_packet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from generator.packet.parts import Packet

CODES = [
    code for code in Catalogue().folders() if (ROOT / "data" / f"{code.replace('/', '-')}.yaml").exists()
]
OWN_PAGES = ("agreement:\n", "agreement:\n  signing_pages: 每方一页\n")
FOOT = 70.0  # points: the numbers of pages stand below


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(Catalogue(), "typst") as opened:
        yield opened


def feet(data: bytes) -> list[tuple[str, str]]:
    """Of each page the number at its foot, and where it stands: left, middle or right."""
    found = []
    with pypdfium2.PdfDocument(data) as document:
        for page in document:
            width, _ = page.get_size()
            text = page.get_textpage()
            shown = {
                place: re.fullmatch(
                    r"\s*— (\d+) —\s*", text.get_text_bounded(low * width, 0, high * width, FOOT)
                )
                for place, low, high in (("left", 0, 0.5), ("right", 0.5, 1), ("middle", 0, 1))
            }
            place = next((place for place, number in shown.items() if number), "")
            found.append((shown[place][1] if place else "", place))  # type: ignore[index]
    return found


def texts(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as document:
        return ["".join(page.get_textpage().get_text_range().split()) for page in document]


def first_pages(made: Packet) -> dict[str, int]:
    """The page of the print copy on which each document and attachment begins, by its title in the outline."""
    reader = pypdf.PdfReader(io.BytesIO(file(made, "packet.pdf")))
    outline = [entry for entry in reader.outline if not isinstance(entry, list)]
    return {str(entry.title): (reader.get_destination_page_number(entry) or 0) + 1 for entry in outline}


@pytest.mark.thorough
@pytest.mark.parametrize("code", first_quickly(CODES))
def test_on_paper_odd_numbers_stand_outside_on_fronts_and_even_ones_outside_on_backs(code: str) -> None:
    made = signing_packet(code)
    shown = feet(file(made, "packet.pdf"))
    assert sum(number == "1" for number, _ in shown) == sum(
        "1" in document.pdf.labels for document in made.documents if document.pdf
    )
    for page, (number, place) in enumerate(shown, 1):
        if number:
            assert int(number) % 2 == page % 2
            assert place in {"middle", "right" if page % 2 else "left"}


@pytest.mark.thorough
@pytest.mark.parametrize("code", first_quickly(CODES))
def test_every_document_begins_on_a_sheet_of_its_own_and_a_cover_has_a_blank_back(code: str) -> None:
    made = signing_packet(code)
    pages = texts(file(made, "packet.pdf"))
    begins = first_pages(made)
    assert all(page % 2 == 1 for page in begins.values())
    for document in made.documents:
        if document.pdf and not document.pdf.labels[0] and document.pdf.pages > 1:
            assert not pages[begins[document.document.title]]
    printing = made.manifest.printing
    assert printing is not None
    assert (printing.sides, printing.sheets) == ("duplex", len(pages) // 2)


def test_the_contents_list_names_everything_with_its_own_numbers_and_its_sheets(
    session: Session, tmp_path: Path
) -> None:
    (tmp_path / "甲.pdf").write_bytes(pdf(3, "accounts"))
    data = example(tmp_path, PLAIN, more="attachments:\n  accounts: [甲.pdf]\nprinting: {dividers: 是}\n")
    made = packet(session, data, PLAIN)
    pages = texts(file(made, "packet.pdf"))
    begins = first_pages(made)
    listed = pages[2]
    for document in made.documents:
        assert document.pdf is not None
        first = begins[document.document.title]
        last = first + document.pdf.pages  # the cover's back is blank
        assert (
            f"{document.document.title}1—{document.pdf.labels[-1]}{(first + 1) // 2}—{(last + 1) // 2}"
            in listed
        )
        assert document.document.title in pages[first - 3], "its divider, with a blank back"
        assert not pages[first - 2]
    (attached,) = made.manifest.attachments
    assert attached.first_page is not None
    assert f"本套{attached.first_page}—{attached.first_page + 2}" in listed
    assert "accounts1" in pages[attached.first_page - 1]


@pytest.mark.thorough
def test_one_sided_there_is_no_blank_page(session: Session, tmp_path: Path) -> None:
    made = packet(session, example(tmp_path, PLAIN), PLAIN, Order("signing", sides="simplex"))
    pages = texts(file(made, "packet.pdf"))
    assert all(pages)
    assert len(pages) == 2 + sum(document.pdf.pages for document in made.documents if document.pdf)
    assert made.manifest.printing
    assert made.manifest.printing.sheets == len(pages)


@pytest.mark.thorough
def test_the_data_say_how_paper_is_printed_and_the_order_goes_before_them(
    session: Session, tmp_path: Path
) -> None:
    data = example(tmp_path, PLAIN, more="printing: {sides: 单面, front: 否}\n")
    made = packet(session, data, PLAIN, Order("draft"))
    assert made.manifest.printing
    assert made.manifest.printing.sides == "simplex"
    assert "封面和目录" not in first_pages(made)
    again = packet(session, data, PLAIN, Order("draft", sides="duplex"))
    assert again.manifest.printing
    assert again.manifest.printing.sides == "duplex"


@pytest.mark.thorough
def test_pages_that_one_party_signs_alone_have_blank_backs(session: Session, tmp_path: Path) -> None:
    made = packet(session, example(tmp_path, PLAIN, OWN_PAGES), PLAIN)
    pages = texts(file(made, "packet.pdf"))
    signed = [number for number, text in enumerate(pages, 1) if "签章页" in text and "正文核对码" in text]
    signed = [number for number in signed if "是协议的组成部分" in pages[number - 1]]
    assert len(signed) == len(made.job.dataset.consortium.members or ())
    assert all(number % 2 == 1 and not pages[number] for number in signed)


def ink(data: bytes) -> list[bool]:
    """Whether something stands in the lower right corner, below the numbers of the documents."""
    with pypdfium2.PdfDocument(data) as document:
        found = []
        for page in document:
            picture = page.render(scale=1).to_pil().convert("L")
            width, height = picture.size
            found.append(picture.crop((width // 2, height - 34, width, height)).getextrema()[0] < 200)
        return found


@pytest.mark.thorough
def test_the_running_number_stands_on_attachments_alone_unless_the_data_ask_for_it(
    session: Session, tmp_path: Path
) -> None:
    (tmp_path / "甲.pdf").write_bytes(pdf(1, "accounts"))
    more = "attachments:\n  accounts: [甲.pdf]\nprinting: {sides: 单面, running_numbers: %s}\n"
    shown = ink(file(packet(session, example(tmp_path, PLAIN, more=more % "否"), PLAIN), "packet.pdf"))
    assert shown == [False] * (len(shown) - 1) + [True]
    shown = ink(file(packet(session, example(tmp_path, PLAIN, more=more % "是"), PLAIN), "packet.pdf"))
    assert shown == [False, False] + [True] * (len(shown) - 2)

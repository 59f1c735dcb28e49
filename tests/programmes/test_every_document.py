"""Every PDF of every example: what PDF/A-2b asks for as far as it can be checked here, and whole text.

No validator of PDF/A can be had for Python, so these are the rules of ISO 19005-2 that a file can be held to
without one: structure, metadata, colour, fonts, annotations, actions. What glyphs look like is not checked.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops

from generator.base.ooxml.package import open_parts
from generator.base.ooxml.text import docx_text
from generator.model.catalogue import Catalogue
from generator.model.programme import Purpose
from generator.packet.pipeline import put
from generator.packet.session import Session
from generator.pdf.pages.free_space import SEAL, opened_pages
from generator.pdf.pages.merge import merge
from generator.pdf.pages.overlays import NumberedPart, page_numbers
from generator.workflows.verify import verify
from tests.authority import Authority
from tests.pace import first_quickly
from tests.standing import signing_packet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.packet.parts import Packet

ROOT = Path(__file__).resolve().parents[2]
CODES = [
    code for code in Catalogue().folders() if (ROOT / "data" / f"{code.replace('/', '-')}.yaml").exists()
]


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(Catalogue(), "typst") as opened:
        yield opened


@pytest.fixture(params=CODES)
def packet(request: pytest.FixtureRequest) -> Packet:
    return signing_packet(request.param)


def bare(text: str) -> str:
    return re.sub(r"[\s\ufffe\u0000]", "", text)


def fonts_of(document: pikepdf.Pdf) -> Iterator[Any]:
    for item in document.objects:
        if (
            isinstance(item, pikepdf.Dictionary)
            and item.get("/Type") == "/Font"
            and "/FontDescriptor" in item
        ):
            yield item


def broken_rules(data: bytes) -> list[str]:  # noqa: C901, PLR0912 one branch a rule
    found = []
    if not data.startswith(b"%PDF-1.") or min(data.split(b"\n", 2)[1][1:5]) < 128:
        found.append("6.1.2 header")
    with pikepdf.open(io.BytesIO(data)) as document:
        root = document.Root
        if document.is_encrypted or "/ID" not in document.trailer:
            found.append("6.1.3 trailer")
        if document.check_pdf_syntax():
            found.append("6.1 syntax")
        if {"/OpenAction", "/AA", "/Requirements"} & set(root.keys()) or "/JavaScript" in root.get(
            "/Names", {}
        ):
            found.append("6.5 actions")
        intents = [intent for intent in root.get("/OutputIntents", ()) if intent.S == "/GTS_PDFA1"]
        if len(intents) != 1 or "/DestOutputProfile" not in intents[0]:
            found.append("6.2.3 output intent")
        with document.open_metadata() as meta:
            if meta.pdfa_status != "2B":
                found.append("6.6.4 identification")
            if meta.get("dc:title") != str(document.docinfo["/Title"]):
                found.append("6.6.3 title")
        for item in document.objects:
            if isinstance(item, pikepdf.Stream):
                filters: Any = item.get("/Filter", [])
                names = [filters] if isinstance(filters, pikepdf.Name) else list(filters)
                if "/LZWDecode" in [str(name) for name in names] or "/F" in item:
                    found.append("6.1.7 filters")
        fonts = list(fonts_of(document))
        loose = [
            item for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"
            and item.get("/Subtype") in {"/Type1", "/TrueType"} and "/FontDescriptor" not in item
        ]  # fmt: skip
        if loose or not fonts:
            found.append("6.2.11.4 a face is not embedded")
        for font in fonts:
            descriptor = font.FontDescriptor
            if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys()):
                found.append("6.2.11.4 a face is not embedded")
            if not re.match(r"/[A-Z]{6}\+", str(font.BaseFont)):
                found.append("a face is not subset")
        form: Any = root.get("/AcroForm", {})
        if "/NeedAppearances" in form or "/XFA" in form:
            found.append("6.4 forms")
        for page in document.pages:
            for note in page.get("/Annots", ()):
                flags = int(note.get("/F", 0))
                if note.Subtype == "/Widget" and (not flags & 4 or flags & 0b100011 or "/N" not in note.AP):
                    found.append("6.3 annotations")
    return found


def test_every_pdf_keeps_the_rules_of_pdf_a_that_can_be_checked(packet: Packet) -> None:
    own = [file for made in packet.documents for file in made.files]
    pdfs = [
        file for file in packet.files if file.format == "pdf" and (file in own or file.path == "packet.pdf")
    ]
    assert len(pdfs) == len(packet.documents) + 1
    assert {file.path: broken_rules(file.data) for file in pdfs} == {file.path: [] for file in pdfs}


def test_every_document_is_tagged_titled_and_in_chinese(packet: Packet) -> None:
    for made in packet.documents:
        pdf = next(file for file in made.files if file.format == "pdf")
        with pikepdf.open(io.BytesIO(pdf.data)) as document:
            assert document.Root.Lang == "zh-CN"
            assert document.Root.MarkInfo.Marked
            assert "/StructTreeRoot" in document.Root
            assert document.docinfo["/Title"] == made.document.title
            assert document.docinfo["/Author"] == packet.job.consortium
            assert len(document.pages) == pdf.pages
            with document.open_outline() as outline:
                assert bool(outline.root) == bool(made.pdf and made.pdf.headings)


def test_the_text_of_every_document_extracts_whole(packet: Packet) -> None:
    for made in packet.documents:
        docx, pdf = made.files[:2]
        with pypdfium2.PdfDocument(pdf.data) as document:
            shown = bare("".join(page.get_textpage().get_text_range() for page in document))
        # Page numbers are worked out anew, and a footer for even pages has none where there is one page.
        wanted = Counter(re.sub(r"[\d—]", "", bare(docx_text(open_parts(docx.data)))))
        assert wanted - Counter(shown) == Counter()


def test_each_document_to_be_signed_has_a_field_for_each_signatory_and_no_other_has_one(
    packet: Packet,
) -> None:
    for made in packet.documents:
        pdf = next(file for file in made.files if file.format == "pdf")
        with pikepdf.open(io.BytesIO(pdf.data)) as document:
            form = document.Root.get("/AcroForm")
            names = [str(field.T) for field in form.Fields] if form is not None else []
        signed = made.document.filing == "paper"
        assert names == ([signing.field for signing in made.signings] if signed else [])
        assert all(signing.rect is not None for signing in made.signings)


@pytest.mark.thorough
@pytest.mark.parametrize("packet", first_quickly(CODES), indirect=True)
def test_everybody_signs_every_document_one_after_the_other_and_every_signature_holds(
    packet: Packet, tmp_path: Path
) -> None:
    folder = put(packet, tmp_path, force=False).folder
    authority = Authority.new()
    consortium = packet.job.dataset.consortium
    many = {"members": len(consortium.members or ()), "lead": len(consortium.leads), "authority": 1}
    wanted = []
    for made in packet.documents:
        if made.document.filing != "paper":
            continue
        if made.document.purpose is not Purpose.LETTER:
            recommended = sum(signing.role.startswith("recommender") for signing in made.signings)
            assert recommended <= 1
            assert len(made.signings) - recommended == sum(
                many[signatory.party]
                for signatory in made.document.signatories
                if signatory.party != "recommender"
            )
        path = folder / next(file.path for file in made.files if file.format == "pdf")
        pdf = path.read_bytes()
        for signing in made.signings:
            assert signing.field is not None
            pdf = authority.sign(pdf, signing.field, signing.party)
            wanted.append((path.relative_to(folder).as_posix(), signing.party))
        path.write_bytes(pdf)
    assert wanted
    report = verify(folder, [authority.der])
    assert report.faults == ()
    assert report.unsigned == ()
    assert [(place.path, place.party) for place in report.places if place.signature] == wanted
    assert all(
        place.signature and place.signature.trusted and place.signature.signer == place.party
        for place in report.places
    )


def test_each_party_is_named_within_its_own_block_and_each_page_of_blocks_names_its_agreement(
    packet: Packet,
) -> None:
    agreement = next(made for made in packet.documents if made.document.id == "agreement")
    assert agreement.pdf is not None
    blocks = [signing for signing in agreement.signings if signing.role == "member"]
    assert [block.party for block in blocks] == [
        member.name for member in packet.job.dataset.consortium.members or ()
    ]
    with pypdfium2.PdfDocument(agreement.pdf.pdf) as document:
        for block in blocks:
            assert block.page is not None
            assert block.rect is not None
            text = document[block.page - 1].get_textpage()
            shown = bare(text.get_text_bounded(*block.rect))
            assert block.party in shown
            assert shown.endswith("年月日")
            assert "签章页" in text.get_text_range()


def test_the_boxes_of_opinions_stand_together_on_one_page(packet: Packet) -> None:
    for made in packet.documents:
        pages = {signing.page for signing in made.signings if signing.role.endswith("opinion")}
        assert len(pages) <= 1


def test_no_seal_in_a_signature_block_or_opinion_box_covers_what_is_printed(packet: Packet) -> None:
    for made in packet.documents:
        pdf = next(file for file in made.files if file.format == "pdf")
        with opened_pages(pdf.data) as pages:
            for signing in made.signings:
                if (
                    signing.seal_at is None
                    or signing.page is None
                    or signing.role in {"cover", "recommender"}
                ):
                    continue
                x, y = signing.seal_at
                half = SEAL / 2 - 1
                assert pages.is_free(signing.page, (x - half, y - half, x + half, y + half)), signing


def test_nothing_that_is_put_on_the_print_copy_covers_what_is_printed(
    packet: Packet, session: Session
) -> None:
    assert session.typesetter is not None
    faces = session.typesetter.faces
    printed = [(made.document.title, made.pdf) for made in packet.documents if made.pdf]
    parts = [(title, pdf.pdf, pdf.headings) for title, pdf in printed]
    ends = list(accumulate(pdf.pages for _, pdf in printed))
    bound = [
        NumberedPart(pdf.pdf, range(end - pdf.pages + 1, end + 1), pdf.foot)
        for (_, pdf), end in zip(printed, ends, strict=True)
    ]
    plain = merge(parts, title="打印件", timestamp=packet.job.when)
    marked = merge(
        parts,
        title="打印件",
        timestamp=packet.job.when,
        mark=lambda whole: page_numbers(whole, bound, faces),
    )
    with pypdfium2.PdfDocument(plain) as before, pypdfium2.PdfDocument(marked) as after:
        assert len(before) == len(after)
        for one, other in zip(before, after, strict=True):
            plain_page, marked_page = (page.render(scale=0.8).to_pil().convert("L") for page in (one, other))
            changed = ImageChops.difference(plain_page, marked_page).point(lambda value: 255 * bool(value))
            assert changed.getbbox() is not None
            paper = Image.new("L", plain_page.size, 255)
            assert ImageChops.difference(Image.composite(plain_page, paper, changed), paper).getbbox() is None
            assert one.get_textpage().get_text_range() == other.get_textpage().get_text_range()

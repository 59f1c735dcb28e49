"""Agreements of few parties, of 120, and of two leads: signature blocks whole, large enough, fields in their place."""

from __future__ import annotations

import io
import re
import time
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf
import pypdfium2
import pytest
import yaml
from msgspec.structs import replace

from generator.base.ooxml.package import open_parts
from generator.base.ooxml.text import docx_text
from generator.model.catalogue import Catalogue
from generator.packet.assessment import Order
from generator.packet.pipeline import build
from generator.packet.session import Session
from generator.packet.signing import with_fields
from generator.readers.source_file import read_source

if TYPE_CHECKING:
    from generator.packet.parts import MadeDocument, Packet, Signing

    Box = tuple[float, float, float, float]

ROOT = Path(__file__).resolve().parents[2]
CODE = "henan/consortium-2022"
CENTIMETRE = 72 / 2.54
CODE_OF_TEXT = re.compile(r"正文核对码：((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})")


def drawn(parties: int, leads: int, folder: Path, pages: str = "共用") -> tuple[Packet, float]:
    """The example with so many parties, to be signed, and how long it took."""
    text = (ROOT / "data/henan-consortium-2022.yaml").read_text(encoding="utf-8")
    lead = yaml.safe_load(text)["members"][0]["name"]
    data: dict[str, Any] = yaml.safe_load(text.replace(lead, "第1号精密制造股份有限公司"))
    pattern = data["members"][1]
    data["members"] = [
        {
            **deepcopy(data["members"][0] if number <= leads else pattern),
            "name": f"第{number}号精密制造股份有限公司",
        }
        for number in range(1, parties + 1)
    ]
    data["agreement"]["signing_pages"] = pages
    path = folder / "联合体.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with Session(Catalogue(), "typst") as session:
        source, programme = read_source(path), session.catalogue.load(CODE)
        begin = time.process_time()
        order = Order("signing", {"common.duplicate-credit-codes": "试例", "common.one-lead": "试例"})
        return build(source, programme, order, session), time.process_time() - begin


def signed(packet: Packet, identity: str) -> tuple[MadeDocument, bytes, float]:
    made = next(one for one in packet.documents if one.document.id == identity)
    assert made.pdf is not None
    begin = time.process_time()
    signings, pdf = with_fields(packet.job, made.document, made.pdf)
    return replace(made, signings=signings), pdf, time.process_time() - begin


@pytest.mark.one_in(2)
@pytest.mark.parametrize("pages", ["共用", "每方一页"])
@pytest.mark.parametrize(
    "parties", [2, 12, *(pytest.param(parties, marks=pytest.mark.thorough) for parties in (9, 120))]
)
def test_blocks_of_few_and_many_parties_stand_whole_with_room_to_seal_and_sign(
    parties: int, pages: str, tmp_path: Path
) -> None:
    packet, whole = drawn(parties, 1, tmp_path, pages)
    made, pdf, spent = signed(packet, "agreement")
    blocks = [signing for signing in made.signings if signing.role == "member"]
    assert [block.number for block in blocks] == list(range(1, parties + 1))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.Root.AcroForm.Fields) == parties + 1
    with pypdfium2.PdfDocument(pdf) as document:
        sheets = {block.page: document[block.page - 1] for block in blocks if block.page is not None}
        for block in blocks:
            assert block.page is not None
            assert block.rect is not None
            page = sheets[block.page]
            text = page.get_textpage()
            shown = "".join(text.get_text_bounded(*block.rect).split())
            assert shown.startswith(block.party)
            assert shown.endswith("年月日")
            assert "签章页" in text.get_text_range()
            characters = [
                box
                for at in range(text.count_chars())
                if text.get_text_range(at, 1).strip() and within(box := text.get_charbox(at), block.rect)
            ]
            assert room_to_seal(block, characters) >= 4.5 * CENTIMETRE
            assert room_to_sign(page, block.rect, characters) >= (5 * CENTIMETRE, 1.5 * CENTIMETRE)
    # Rows stand at the same height, three on a full page, whatever wraps.
    tops = {page: sorted({round(block.rect[3]) for block in blocks if block.rect and block.page == page})
            for page in sheets}  # fmt: skip
    assert all(len(found) <= 3 for found in tops.values())
    if pages == "每方一页":
        assert len(sheets) == parties
    else:
        assert len(blocks) <= 6 or any(len(found) == 3 for found in tops.values())
    # Seven seals of four centimetres fit the long edge of a sheet.
    guide = docx_text(open_parts(next(one.data for one in packet.files if one.path.endswith("guide.docx"))))
    assert ("只排得下 7 枚，所以由牵头单位盖" in guide) == (parties > 7)
    assert ("签章页，" in guide and "各家自己印自己的一页" in guide) == (pages == "每方一页")
    # Fields are to take a fifth of the packet's time at most; they take some three per cent.
    assert spent <= 0.2 * whole or parties == 2


@pytest.mark.thorough
def test_pages_of_one_party_name_the_agreement_and_the_code_of_its_text(tmp_path: Path) -> None:
    codes = set()
    for pages, parties in (("每方一页", 3), ("每方一页", 4)):
        packet, _ = drawn(parties, 1, tmp_path, pages)
        made = next(one for one in packet.documents if one.document.id == "agreement")
        assert made.pdf is not None
        first = min(signing.page or 0 for signing in made.signings if signing.role == "member")
        with pypdfium2.PdfDocument(made.pdf.pdf) as document:
            texts = [page.get_textpage().get_text_range() for page in document]
        printed = {found[1] for text in texts[first - 2 :] if (found := CODE_OF_TEXT.search(text))}
        assert len(printed) == 1
        assert all(CODE_OF_TEXT.search(text) for text in texts[first - 2 :])
        assert all(f"《{made.document.title}》签章页" in text for text in texts[first - 1 :])
        assert len(texts) == first - 1 + parties
        codes |= printed
    assert len(codes) == 2, "another text has another code"


def within(box: Box, place: Box) -> bool:
    middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return place[0] < middle[0] < place[2] and place[1] < middle[1] < place[3]


def room_to_seal(block: Signing, characters: list[Box]) -> float:
    """The side of the largest square of the block, around the middle of its seal, that is free of text."""
    assert block.seal_at is not None
    assert block.rect is not None
    x, y = block.seal_at
    x0, y0, x1, y1 = block.rect
    beside = [box for box in characters if box[1] < y + 60 and y - 60 < box[3]]
    left = max([x0, *(box[2] for box in beside if box[2] <= x)])
    right = min([x1, *(box[0] for box in beside if box[0] >= x)])
    column = [box for box in characters if box[0] < right and left < box[2]]
    low = max([y0, *(box[3] for box in column if box[3] <= y)])
    high = min([y1, *(box[1] for box in column if box[1] >= y)])
    return min(right - left, high - low)


def room_to_sign(page: pypdfium2.PdfPage, place: Box, characters: list[Box]) -> tuple[float, float]:
    """How long the line to sign on is, and how high it is free of text above."""
    lines = [
        box
        for each in page.get_objects(filter=(pypdfium2.raw.FPDF_PAGEOBJ_PATH,))
        if within(box := each.get_bounds(), place) and box[3] - box[1] < 3
    ]
    line = max(lines, key=lambda box: box[2] - box[0])
    above = [box[1] for box in characters if box[0] < line[2] and line[0] < box[2] and box[1] >= line[3]]
    return line[2] - line[0], min(above) - line[3]


@pytest.mark.thorough
def test_two_leads_share_the_one_place_that_a_cover_has(tmp_path: Path) -> None:
    packet, _ = drawn(4, 2, tmp_path)
    made, _, _ = signed(packet, "application")
    first, second = (signing for signing in made.signings if signing.role == "cover")
    assert [first.party, second.party] == ["第1号精密制造股份有限公司", "第2号精密制造股份有限公司"]
    assert first.page == second.page == 1
    assert first.rect is not None
    assert second.rect is not None
    assert first.rect[1] >= second.rect[3]
    assert first.field != second.field

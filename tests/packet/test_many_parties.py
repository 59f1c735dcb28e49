"""Agreements of two parties and of 120, and of two leads: every block whole, every field in its place."""

from __future__ import annotations

import io
import time
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf
import pypdfium2
import pytest
import yaml

from generator.model.catalogue import Catalogue
from generator.packet.pipeline import Order, build
from generator.packet.session import Session
from generator.packet.signing import with_fields
from generator.readers.source_file import read_source

if TYPE_CHECKING:
    from generator.packet.parts import MadeDocument, Packet

ROOT = Path(__file__).resolve().parents[2]
CODE = "henan/consortium-2022"


def drawn(parties: int, leads: int, folder: Path) -> tuple[Packet, float]:
    """A draft of the example with so many parties, and how long it took."""
    data: dict[str, Any] = yaml.safe_load(
        (ROOT / "data/henan-consortium-2022.yaml").read_text(encoding="utf-8")
    )
    pattern = data["members"][1]
    data["members"] = [
        {
            **deepcopy(data["members"][0] if number <= leads else pattern),
            "name": f"第{number}号精密制造股份有限公司",
        }
        for number in range(1, parties + 1)
    ]
    path = folder / "联合体.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with Session(Catalogue(), "typst") as session:
        source, programme = read_source(path), session.catalogue.load(CODE)
        begin = time.process_time()
        return build(source, programme, Order("draft"), session), time.process_time() - begin


def signed(packet: Packet, identity: str) -> tuple[MadeDocument, bytes, float]:
    made = next(one for one in packet.documents if one.document.id == identity)
    assert made.pdf is not None
    begin = time.process_time()
    signings, pdf = with_fields(replace(packet.job, edition="signing"), made.document, made.pdf)
    return replace(made, signings=signings), pdf, time.process_time() - begin


@pytest.mark.parametrize("parties", [2, 120])
def test_blocks_of_few_and_many_parties_stand_whole_with_a_field_each(parties: int, tmp_path: Path) -> None:
    packet, whole = drawn(parties, 1, tmp_path)
    made, pdf, spent = signed(packet, "agreement")
    blocks = [signing for signing in made.signings if signing.role == "member"]
    assert [block.number for block in blocks] == list(range(1, parties + 1))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.Root.AcroForm.Fields) == parties + 1
    with pypdfium2.PdfDocument(pdf) as document:
        for block in blocks:
            assert block.page is not None
            assert block.rect is not None
            page = document[block.page - 1].get_textpage()
            shown = "".join(page.get_text_bounded(*block.rect).split())
            assert shown.startswith("单位名称（盖章）：")
            assert block.party in shown
            assert shown.endswith("年月日")
            assert "签章页" in page.get_text_range()
    # Fields are to take a fifth of the packet's time at most; they take some three per cent.
    assert spent <= 0.2 * whole or parties == 2


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

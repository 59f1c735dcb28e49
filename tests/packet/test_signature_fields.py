"""Signature fields: one for each party and place, where its label is printed, and nothing else in the way."""

from __future__ import annotations

import io
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pikepdf
import pypdfium2
import pytest
from msgspec.structs import replace

from generator.errors import ProgrammeError
from generator.packet.signing import places_not_found, with_fields
from generator.pdf.engine import PdfInfo
from generator.pdf.engines.open import open_engine
from generator.pdf.fonts.faces import find_faces
from generator.pdf.signatures.fields import SignatureField, finished, identity_holds
from tests.standing import Standing

if TYPE_CHECKING:
    from generator.packet.parts import Packet


@dataclass(frozen=True)
class Field:
    name: str
    tooltip: str
    page: int
    rect: list[float]
    flags: int
    drawn: bytes


def fields_of(pdf: bytes) -> list[Field]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        pages: dict[object, int] = {page.objgen: number for number, page in enumerate(document.pages, 1)}
        fields: list[Any] = list(document.Root.AcroForm.Fields) if "/AcroForm" in document.Root else []
        return [
            Field(
                str(one.T), str(one.TU), pages[one.P.objgen], [float(edge) for edge in one.Rect],
                int(one.F), bytes(one.AP.N.read_bytes()),
            )
            for one in fields
        ]  # fmt: skip


def text_in(pdf: bytes, page: int, rect: list[float]) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return re.sub(r"\s", "", document[page - 1].get_textpage().get_text_bounded(*rect))


@pytest.mark.parametrize("identity", ["application", "agreement"])
def test_each_signatory_has_one_field_in_the_place_where_its_label_is_printed(
    made: Standing, identity: str
) -> None:
    pdf = made.pdf(identity).read_bytes()
    entries = made.document(identity)["signatories"]
    found = fields_of(pdf)
    assert [field.name for field in found] == [entry["field"] for entry in entries]
    for field, entry in zip(found, entries, strict=True):
        assert field.page == entry["page"]
        x0, y0, x1, y1 = field.rect
        left, low, right, high = entry["rect"]
        assert left <= x0 < x1 <= right
        assert low <= y0 < y1 <= high
        assert "盖章" in text_in(pdf, entry["page"], entry["rect"])
        assert entry["party"] in field.tooltip
        assert "." not in field.name
        assert field.flags == 4
        assert field.drawn == b""


def test_every_party_signs_the_agreement_in_the_order_of_the_data(made: Standing) -> None:
    members = [entry for entry in made.document("agreement")["signatories"] if entry["role"] == "member"]
    names = [entry["party"] for entry in members]
    assert len(names) == 12
    assert names[:2] == ["洛阳启恒精密轴承集团股份有限公司", "新乡衡达轴承零件有限公司"]
    pdf = made.pdf("agreement").read_bytes()
    for entry in members:
        shown = text_in(pdf, entry["page"], entry["rect"])
        assert entry["party"] in shown
        assert "法定代表人（签字）" in shown
        assert shown.endswith("年月日")


def test_the_recommending_body_and_the_authority_have_their_own_places(made: Standing) -> None:
    parties = {entry["role"]: entry["party"] for entry in made.document("application")["signatories"]}
    assert parties["recommender-opinion"] == "洛阳市科学技术局"
    assert parties["authority-opinion"].endswith("省科学技术厅")


def test_the_print_copy_and_what_nobody_signs_carry_no_field(made: Standing) -> None:
    unsigned = [made.folder / "packet.pdf", made.pdf("plan"), *(made.folder / "internal").glob("*.pdf")]
    assert len(unsigned) >= 4
    assert not any(fields_of(path.read_bytes()) for path in unsigned)


def test_a_field_stands_beside_what_is_printed_where_there_is_room(made: Standing) -> None:
    pdf = made.pdf("agreement").read_bytes()
    for field, entry in zip(fields_of(pdf), made.document("agreement")["signatories"], strict=True):
        assert text_in(pdf, entry["page"], field.rect) == ""


def test_a_finished_pdf_says_by_itself_whether_a_byte_was_changed(made: Standing) -> None:
    pdf = made.pdf("plan").read_bytes()
    assert identity_holds(pdf)
    for at in range(0, len(pdf), len(pdf) // 40):
        changed = pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]
        assert not identity_holds(changed)


@pytest.mark.parametrize("name", ["甲.乙", "", "丙"])
def test_names_that_would_make_a_hierarchy_or_clash_are_refused(made: Standing, name: str) -> None:
    fields = [SignatureField(one, "甲", 1, (10, 10, 90, 40)) for one in (name, "丙")]
    with pytest.raises(ValueError, match="unique"):
        finished(made.pdf("plan").read_bytes(), fields)


def test_a_place_that_is_not_found_is_refused_for_signing_and_told_in_a_draft(
    made: Standing, drawn: Packet
) -> None:
    agreement = next(one for one in drawn.documents if one.document.id == "agreement")
    assert agreement.pdf is not None
    shown = replace(
        agreement.pdf,
        sign_places=tuple(place for place in agreement.pdf.sign_places if place.role != "member.3"),
    )
    with pytest.raises(ProgrammeError, match="郑州融岳特种钢材有限公司"):
        with_fields(drawn.job, agreement.document, shown)
    draft = replace(drawn.job, edition="draft")
    signings, pdf = with_fields(draft, agreement.document, shown)
    lost = signings[3]
    assert (lost.party, lost.page, lost.rect, lost.field) == ("郑州融岳特种钢材有限公司", None, None, None)
    assert fields_of(pdf) == []
    warnings = list(places_not_found(replace(agreement, pdf=shown, signings=signings)))
    assert len(warnings) == 1
    assert "郑州融岳特种钢材有限公司" in warnings[0]
    assert "没有找到" in warnings[0]


@pytest.mark.thorough
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_in_libreoffice_s_pdf_the_places_are_where_their_labels_are_printed(drawn: Packet) -> None:
    application = next(one for one in drawn.documents if one.document.id == "application")
    engine = open_engine("libreoffice", find_faces())
    made = engine.convert(application.files[0].data, PdfInfo("表", "", drawn.job.when))
    signings, _ = with_fields(drawn.job, application.document, made)
    assert [signing.role for signing in signings if signing.field] == [
        one.role for one in application.signings
    ]
    for signing in signings:
        assert signing.page is not None
        assert signing.rect is not None
        assert "盖章" in text_in(made.pdf, signing.page, list(signing.rect))

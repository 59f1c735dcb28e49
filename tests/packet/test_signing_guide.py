"""The signing guide and the parties' sheets: who signs what, where, and the check code of what is signed."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pypdfium2
import pytest

from generator.packet.parts import Packet
from generator.packet.pipeline import Order
from generator.packet.session import Session
from tests.packet.making import PLAIN, WITH_DELEGATE, example, file, packet

GUIDE = "internal/signing-guide"


@pytest.fixture(scope="module")
def made(session: Session, tmp_path_factory: pytest.TempPathFactory) -> Packet:
    return packet(session, example(tmp_path_factory.mktemp("guide"), WITH_DELEGATE), WITH_DELEGATE)


def rows(data: bytes) -> list[list[str]]:
    return [
        [cell.text for cell in row.cells]
        for table in docx.Document(io.BytesIO(data)).tables
        for row in table.rows
    ]


def pages(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    found = ["".join(page.get_textpage().get_text_range().split()) for page in document]
    document.close()
    return found


def test_every_place_stands_in_the_guide_with_its_page_party_and_person(made: Packet) -> None:
    listed = rows(file(made, f"{GUIDE}.docx"))
    places = [
        (str(signing["page"]), signing["title"], signing["party"])
        for document in made.manifest.as_json()["documents"]
        for signing in document["signatories"]
    ]
    assert places
    assert [tuple(row[:3]) for row in listed if tuple(row[:3]) in places] == places
    acts = {row[2]: row[3] for row in listed if row[1] == "创新联合体成员单位签章"}
    assert "法定代表人钟远帆签字" in acts["深圳昉岚测试仪器有限公司"]
    assert "授权代表叶书程签字" in acts["楚澜理工大学"]


def test_the_guide_tells_copies_seam_seals_route_effect_and_what_is_lacking(made: Packet) -> None:
    text = "".join(pages(file(made, f"{GUIDE}.pdf")))
    programme = made.job.programme
    assert "骑缝章" in text
    assert "".join(programme.routes[0].through[0].split()) in text
    assert programme.effect is not None
    assert "".join(programme.effect.quote.split()) in text
    assert "各成员单位营业执照或法人证书复印件" in text


def test_pages_to_be_sealed_follow_with_light_circles_and_are_whole(made: Packet) -> None:
    sealed = {
        (one.document.id, signing.page) for one in made.documents for signing in one.signings if signing.seal
    }
    assert sealed
    found = pages(file(made, f"{GUIDE}.pdf"))
    for identity, page in sealed:
        document = next(one for one in made.documents if one.document.id == identity)
        assert document.pdf is not None
        assert page is not None
        assert pages(document.pdf.pdf)[page - 1] in found


def test_the_check_code_stands_on_the_guide_and_on_every_partys_sheet(made: Packet) -> None:
    code = made.manifest.as_json()["check_code"]
    assert code in pages(file(made, f"{GUIDE}.pdf"))[0]
    sheets = [one for one in made.files if one.path.startswith("internal/parties/")]
    assert all(code in pages(one.data)[0] for one in sheets)


def test_each_party_has_a_sheet_that_names_no_other(made: Packet) -> None:
    sheets = {one.path: pages(one.data) for one in made.files if one.path.startswith("internal/parties/")}
    members = made.job.dataset.consortium.members or ()
    assert len(sheets) == len(members)
    lead = members[0].name
    for member, (path, texts) in zip(members, sheets.items(), strict=True):
        assert member.name is not None
        assert member.name in path
        text = "".join(texts)
        assert str(member.credit_code) in text
        others = [other.name for other in members if other.name not in {member.name, lead}]
        assert not [name for name in others if name and name in text]


def test_a_draft_has_a_guide_without_code_and_no_sheets_for_the_parties(
    words_only: Session, tmp_path: Path
) -> None:
    made = packet(words_only, example(tmp_path, PLAIN), PLAIN, Order("draft"))
    paths = {one.path for one in made.files}
    assert f"{GUIDE}.docx" in paths
    assert not [path for path in paths if "parties" in path]
    text = "".join(
        paragraph.text for paragraph in docx.Document(io.BytesIO(file(made, f"{GUIDE}.docx"))).paragraphs
    )
    assert "草稿不能签署" in text

"""The signing guide and the parties' sheets: who signs what, where, and the check code of what is signed."""

from __future__ import annotations

import io
import re
from pathlib import Path

import docx
import openpyxl
import pypdfium2
import pytest

from generator.packet.assessment import Order
from generator.packet.parts import Packet
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
    assert [tuple(row[2:5]) for row in listed if tuple(row[2:5]) in places] == places
    signers = {row[4]: row[5] for row in listed if row[3:4] == ["创新联合体成员单位签章"]}
    assert signers["深圳昉岚测试仪器有限公司"] == "法定代表人钟远帆"
    assert signers["楚澜理工大学"] == "授权代表叶书程（附授权委托书）"
    # What is done at every place is told once for the document.
    assert any("每处：签字，盖公章，手写日期" in row[0] for row in listed)


def test_one_page_is_told_by_its_printed_number_its_sheet_and_its_page_in_the_file(made: Packet) -> None:
    agreement = next(one for one in made.documents if one.document.id == "agreement")
    assert agreement.pdf is not None
    shown = pages(file(made, "packet.pdf"))
    listed = [row for row in rows(file(made, f"{GUIDE}.docx")) if row[3:4] == ["创新联合体成员单位签章"]]
    assert listed
    for printed, sheet, page, *_ in listed:
        own = pages(agreement.pdf.pdf)[int(page) - 1]
        assert printed in own
        number = re.fullmatch(r"第 (\d+) 张(正面|背面)", sheet)
        assert number is not None
        assert shown[2 * int(number[1]) - 1 - (number[2] == "正面")] == own
        sheets = [one for one in made.files if one.path.startswith("internal/parties/")]
        assert any("".join(f"{printed}{sheet}{page}".split()) in pages(one.data)[0] for one in sheets)


@pytest.mark.thorough
def test_the_guide_counts_sheets_and_tells_order_and_last_day(session: Session, tmp_path: Path) -> None:
    data = example(tmp_path, PLAIN, ("agreement:\n", "agreement:\n  signing_deadline: 2025-06-18\n"))
    made = packet(session, data, PLAIN)
    text = "".join(pages(file(made, f"{GUIDE}.pdf")))
    assert "签署的最后一天：2025年6月18日" in text
    # The agreement: a cover with a blank back and eight pages on four sheets.
    table = {row[0]: row[1:] for row in rows(file(made, f"{GUIDE}.docx"))}
    assert table["《河南省创新联合体组建协议》"][1:] == ["5", "15", "75"]


def test_what_is_sent_and_comes_back_is_registered_in_the_guide_and_a_workbook(made: Packet) -> None:
    book = openpyxl.load_workbook(io.BytesIO(file(made, "internal/signing-register.xlsx")))
    lines = [[cell.value for cell in row] for row in book["收发登记"].iter_rows(min_row=3)]
    members = made.job.dataset.consortium.members or ()
    assert [line[1] for line in lines] == [member.name for member in members]
    assert all("13 份" in str(line[4]) for line in lines)
    text = "".join(pages(file(made, f"{GUIDE}.pdf")))
    assert text.index("六、收发登记") < text.rindex(members[-1].name or "")


def test_every_party_gets_a_reply_slip_a_contact_and_two_labels(made: Packet) -> None:
    consortium = made.job.dataset.consortium
    lead = consortium.leads[0]
    for member, one in zip(
        consortium.members or (),
        [one for one in made.files if one.path.startswith("internal/parties/")],
        strict=True,
    ):
        text = pages(one.data)[0]
        assert ("回执" in text) != member.is_lead
        assert (f"签好后寄回：{lead.name}" in text) != member.is_lead
    labels = "".join(pages(file(made, "internal/labels.pdf")))
    assert labels.count(lead.name or "") == len(consortium.others)
    assert all(
        (member.name or "") in labels and "".join((member.address or "").split()) in labels
        for member in consortium.others
    )


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
    made = packet(words_only, example(tmp_path, PLAIN), PLAIN, Order("draft", sheets="all"))
    paths = {one.path for one in made.files}
    assert f"{GUIDE}.docx" in paths
    assert not [path for path in paths if "parties" in path]
    text = "".join(
        paragraph.text for paragraph in docx.Document(io.BytesIO(file(made, f"{GUIDE}.docx"))).paragraphs
    )
    assert "草稿不能签署" in text

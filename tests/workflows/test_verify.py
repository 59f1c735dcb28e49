"""``lianheti verify``: what was signed, what was changed, and who is still to sign."""

from __future__ import annotations

import io
import json
import random
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from generator.cli import main
from generator.errors import DataError
from generator.workflows.verify import Report, verify
from tests.authority import Authority, _loaded
from tests.pace import examples
from tests.standing import Standing


def spoilt(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def told(report: Report) -> str:
    return "\n".join(str(fault) for fault in report.faults)


def test_a_packet_as_it_was_made_is_sound_as_folder_archive_and_pdf(made: Standing) -> None:
    for place in (made.folder, made.archive, made.pdf("agreement")):
        report = verify(place)
        assert report.faults == ()
        assert report.notes == ()
        assert set(report.states.values()) == {"same"}
    assert verify(made.folder).check_code == made.manifest["check_code"]
    assert len(verify(made.folder).unsigned) == 4 + 13


@pytest.mark.thorough
def test_all_parties_sign_one_after_the_other_and_every_signature_validates(
    packet: Standing, authority: Authority
) -> None:
    path = packet.pdf("application")
    pdf = path.read_bytes()
    entries = packet.document("application")["signatories"]
    for number, entry in enumerate(entries, 1):
        pdf = authority.sign(pdf, entry["field"], entry["party"])
        reader = PdfFileReader(io.BytesIO(pdf))
        context = ValidationContext(trust_roots=[_loaded(authority.certificate)], allow_fetching=False)
        found = reader.embedded_signatures
        assert [one.field_name for one in found] == [one["field"] for one in entries[:number]]
        assert all(validate_pdf_signature(one, context).bottom_line for one in found)
        assert len(reader.root["/AcroForm"]["/Fields"]) == len(entries)
    path.write_bytes(pdf)
    report = verify(packet.folder, [authority.der])
    assert report.faults == ()
    assert report.states[path.name] == "signed"
    signed = [place for place in report.places if place.signature is not None]
    assert [place.party for place in signed] == [entry["party"] for entry in entries]
    assert [place.signature and place.signature.signer for place in signed] == [
        place.party for place in signed
    ]
    assert all(place.signature and place.signature.trusted for place in signed)
    assert report.check_code == packet.manifest["check_code"]


def test_who_is_missing_is_named(packet: Standing, signed_agreement: bytes) -> None:
    packet.pdf("agreement").write_bytes(signed_agreement)
    report = verify(packet.folder)
    assert report.sound
    entries = packet.document("agreement")["signatories"]
    missing = [place.party for place in report.unsigned if place.path == packet.pdf("agreement").name]
    assert missing == [entry["party"] for entry in entries[3:]]


@pytest.mark.thorough
def test_a_byte_altered_anywhere_in_any_file_is_found(packet: Standing) -> None:
    draw = random.Random(6)
    files = sorted(path for path in packet.folder.rglob("*") if path.is_file())
    assert len(files) > 8
    for path in files:
        data = path.read_bytes()
        for _ in range(examples(50, least=2, share=25)):
            path.write_bytes(spoilt(data, draw.randrange(len(data))))
            try:
                report = verify(packet.folder)
            except DataError:  # a manifest that is no longer one
                assert path.name == "manifest.json"
                continue
            assert path.name in told(report)
        path.write_bytes(data)
    assert verify(packet.folder).sound


def test_a_byte_altered_anywhere_in_the_archive_is_found(packet: Standing) -> None:
    draw = random.Random(7)
    data = packet.archive.read_bytes()
    for at in (
        [draw.randrange(len(data)) for _ in range(examples(30, least=2, share=15))]
        + list(range(10, 14))
        + [len(data) - 40]
    ):
        packet.archive.write_bytes(spoilt(data, at))
        try:
            report = verify(packet.archive)
        except DataError:  # an archive that is no longer one
            continue
        assert not report.sound


@pytest.mark.thorough
def test_a_byte_altered_in_a_signed_pdf_is_found_in_the_signature_and_its_padding_too(
    packet: Standing, signed_agreement: bytes
) -> None:
    path, draw, tries = packet.pdf("agreement"), random.Random(8), examples(4, least=1)
    made = len(path.read_bytes())
    path.write_bytes(signed_agreement)
    assert verify(path).sound
    last = signed_agreement.rindex(b"/Contents <") + len(b"/Contents <")
    end = signed_agreement.index(b">", last)
    content = last + len(signed_agreement[last:end].rstrip(b"0"))
    places = [
        *(draw.randrange(made) for _ in range(tries)),
        *(draw.randrange(made, len(signed_agreement)) for _ in range(tries)),
        *(draw.randrange(last, content) for _ in range(tries)),
        *(draw.randrange(content + 2, end) for _ in range(tries)),
    ]
    for at in places:
        path.write_bytes(spoilt(signed_agreement, at))
        assert not verify(path).sound, at
    # The authority's name in the certificates that the signature carries: no digest covers it.
    name = "测试签发机构".encode().hex().encode()
    found = [match.start() for match in re.finditer(name, signed_agreement[last:content].lower())]
    assert len(found) >= 3
    for at in found:
        path.write_bytes(spoilt(signed_agreement, last + at + 9))
        assert not verify(path).sound, at


@pytest.mark.thorough
def test_what_is_appended_without_a_signature_is_found(packet: Standing, signed_agreement: bytes) -> None:
    path = packet.pdf("agreement")
    writer = IncrementalPdfFileWriter(io.BytesIO(signed_agreement))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = page["/MediaBox"][0]
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]  # pyHanko types it in part
    path.write_bytes(out.getvalue())
    assert "签名以外还改动了文件内容" in told(verify(packet.folder))
    path.write_bytes(signed_agreement + b"\n%%EOF\n")
    assert not verify(packet.folder).sound


def test_a_signature_by_another_authority_is_not_trusted(packet: Standing, signed_agreement: bytes) -> None:
    path = packet.pdf("agreement")
    path.write_bytes(signed_agreement)
    other = Authority.new("另一家机构")
    assert "证书不是所给机构签发的" in told(verify(path, [other.der]))


def test_files_that_were_added_edited_or_lost_are_named(packet: Standing) -> None:
    document = next(packet.folder.glob("*.docx"))
    document.write_bytes(document.read_bytes() + b" ")
    (packet.folder / "packet.pdf").unlink()
    (packet.folder / "补充.txt").write_text("后来的", encoding="utf-8")
    shown = told(verify(packet.folder))
    assert f"{document.name}：内容与生成时不同" in shown
    assert "packet.pdf：清单里有，这里没有" in shown
    assert "补充.txt：不在清单里" in shown


def test_an_archive_packed_again_by_another_program_is_read_file_by_file(
    packet: Standing, tmp_path: Path
) -> None:
    again = tmp_path / "again.zip"
    with zipfile.ZipFile(again, "w") as archive:
        for path in sorted(packet.folder.rglob("*")):
            if path.is_file():
                archive.write(path, f"材料/{path.relative_to(packet.folder).as_posix()}")
    report = verify(again)
    assert report.faults == ()
    assert "重新压缩" in report.notes[0]


def test_a_pdf_away_from_its_packet_is_told_by_the_identity_it_bears(
    packet: Standing, tmp_path: Path, signed_agreement: bytes
) -> None:
    alone = tmp_path / "elsewhere" / "协议.pdf"
    alone.parent.mkdir()
    alone.write_bytes(signed_agreement)
    report = verify(alone)
    assert report.faults == ()
    assert len([place for place in report.places if place.signature]) == 3
    alone.write_bytes(spoilt(signed_agreement, 5000))
    assert not verify(alone).sound


def test_the_command_exits_by_what_it_found(
    packet: Standing, capsys: pytest.CaptureFixture[str], tmp_path: Path, authority: Authority
) -> None:
    def run(*arguments: object) -> tuple[int, str]:
        code = main(["verify", *(str(argument) for argument in arguments)])
        return code, capsys.readouterr().out

    root = tmp_path / "ca.pem"
    root.write_bytes(authority.pem)
    code, out = run(packet.folder, "--trust", root)
    assert code == 0
    assert "没有发现改动" in out
    assert packet.manifest["check_code"] in out
    assert run(packet.folder, "--complete")[0] == 1
    packet.pdf("plan").write_bytes(spoilt(packet.pdf("plan").read_bytes(), 99))
    code, out = run(packet.folder, "--format", "json")
    assert code == 1
    found = json.loads(out)
    assert not found["ok"]
    assert {"path": packet.pdf("plan").name, "state": "altered"} in found["files"]
    assert run(tmp_path / "nowhere")[0] == 3
    shutil.rmtree(packet.folder)
    packet.folder.mkdir()
    assert run(packet.folder)[0] == 3

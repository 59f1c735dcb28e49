"""Signed packets and what is done to them: never called complete unless they are, changes always told."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives import hashes
from pyhanko.pdf_utils import generic as _generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from generator.cli import main
from generator.packet.check_code import check_code
from generator.publishing.manifest import _written
from tests.authority import Authority
from tests.standing import Standing
from tests.workflows.conftest import Run

generic: Any = _generic  # typed in part only


def changed(pdf: bytes, change: Callable[[Any], object]) -> bytes:
    out = io.BytesIO()
    incremental = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(incremental)
    incremental.write(out)  # type: ignore[no-untyped-call]  # pyHanko types it in part
    return out.getvalue()


def fields(incremental: Any) -> Any:
    return incremental.root["/AcroForm"]["/Fields"]


def drawing(incremental: Any) -> Any:
    stream = generic.StreamObject(
        {
            generic.NameObject("/Type"): generic.NameObject("/XObject"),
            generic.NameObject("/Subtype"): generic.NameObject("/Form"),
            generic.NameObject("/BBox"): generic.ArrayObject(
                [generic.NumberObject(n) for n in (0, 0, 595, 842)]
            ),
        },
        stream_data=b"1 g 0 0 595 842 re f",
    )
    return incremental.add_object(stream)


def overlay(incremental: Any) -> None:
    append_signature_field(incremental, SigFieldSpec("999 出席（签章）", on_page=1, box=(0, 0, 595, 842)))
    field = fields(incremental)[-1]
    field["/AP"] = generic.DictionaryObject({generic.NameObject("/N"): drawing(incremental)})
    incremental.update_container(field)


def hidden_field(incremental: Any) -> None:
    append_signature_field(incremental, SigFieldSpec("又一个"))


def same_name(incremental: Any) -> None:
    first = fields(incremental)[0]
    append_signature_field(incremental, SigFieldSpec("同名", on_page=0, box=(0, 0, 90, 40)))
    field = fields(incremental)[-1]
    field["/T"] = generic.TextStringObject(str(first["/T"]))
    incremental.update_container(field)


def new_appearance(at: int) -> Callable[[Any], None]:
    def change(incremental: Any) -> None:
        field = fields(incremental)[at]
        field["/AP"] = generic.DictionaryObject({generic.NameObject("/N"): drawing(incremental)})
        incremental.update_container(field)

    return change


def moved(incremental: Any) -> None:
    field = fields(incremental)[0]
    field["/Rect"] = generic.ArrayObject([generic.NumberObject(n) for n in (0, 0, 595, 842)])
    incremental.update_container(field)


def replayed(incremental: Any) -> None:
    one, other = fields(incremental)[0], fields(incremental)[-1]
    other[generic.NameObject("/V")] = one.raw_get("/V")
    incremental.update_container(other)


def titled(incremental: Any) -> None:
    info = generic.DictionaryObject({generic.NameObject("/Title"): generic.TextStringObject("另一份协议")})
    incremental.set_info(incremental.add_object(info))


def opening(incremental: Any) -> None:
    incremental.root[generic.NameObject("/OpenAction")] = generic.DictionaryObject(
        {
            generic.NameObject("/S"): generic.NameObject("/URI"),
            generic.NameObject("/URI"): generic.TextStringObject("https://example.invalid"),
        }
    )
    incremental.update_root()


def first_page(incremental: Any) -> Any:
    node = incremental.root["/Pages"]
    while "/Kids" in node:
        node = node["/Kids"][0]
    return node


def widget_below(incremental: Any) -> None:
    field = fields(incremental)[0]
    below = generic.DictionaryObject(
        {
            generic.NameObject("/Type"): generic.NameObject("/Annot"),
            generic.NameObject("/Subtype"): generic.NameObject("/Widget"),
            generic.NameObject("/Rect"): generic.ArrayObject(
                [generic.NumberObject(n) for n in (0, 0, 595, 842)]
            ),
            generic.NameObject("/AP"): generic.DictionaryObject(
                {generic.NameObject("/N"): drawing(incremental)}
            ),
        }
    )
    field[generic.NameObject("/Kids")] = generic.ArrayObject([incremental.add_object(below)])
    incremental.update_container(field)


def painted_over(incremental: Any) -> None:
    page = first_page(incremental)
    page[generic.NameObject("/Contents")] = drawing(incremental)
    incremental.update_container(page)


def turned(incremental: Any) -> None:
    page = first_page(incremental)
    page[generic.NameObject("/Rotate")] = generic.NumberObject(180)
    incremental.update_container(page)


def other_font(incremental: Any) -> None:
    fonts = first_page(incremental)["/Resources"]["/Font"]
    font = fonts[next(iter(fonts))]
    font[generic.NameObject("/ToUnicode")] = drawing(incremental)
    incremental.update_container(font)


def resealed(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """The manifest changed by somebody who knows how its digest is made."""
    path = folder / "manifest.json"
    content = json.loads(path.read_bytes())
    change(content)
    content.pop("manifest_sha256")
    digest = hashes.Hash(hashes.SHA256())
    digest.update(_written(content))
    path.write_bytes(_written({**content, "manifest_sha256": digest.finalize().hex()}))


def test_a_packet_that_every_party_has_signed_is_complete(signed: Standing, run: Run) -> None:
    code, report = run(signed.folder)
    assert (code, report["faults"], report["lacking"]) == (0, [], [])
    assert report["complete"]
    assert all(place["signed"] for place in report["signatures"])
    assert run(signed.pdf("agreement"))[0] == 0


APPENDED: dict[str, Callable[[Any], None]] = {
    "overlay-in-a-new-field": overlay,
    "new-field-that-shows-nothing": hidden_field,
    "second-field-of-one-name": same_name,
    "other-appearance-of-a-signed-field": new_appearance(1),
    "signed-field-moved": moved,
    "title": titled,
    "action": opening,
    "widget-below-a-signed-field": widget_below,
    "page-painted-over": painted_over,
    "page-turned": turned,
    "other-font": other_font,
}


def freed(pdf: bytes) -> bytes:
    """A page's content declared free by a table that is appended."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        number, _ = document.pages[0].obj.Contents.objgen
        root, size = document.Root.objgen[0], int(document.trailer.Size)
    table = f"xref\n{number} 1\n0000000000 00001 f \ntrailer\n<< /Size {size} /Root {root} 0 R /Prev "
    return pdf + f"\n{table}{last_table(pdf)} >>\nstartxref\n{len(pdf) + 1}\n%%EOF\n".encode()


def last_table(pdf: bytes) -> int:
    return int(pdf[pdf.rindex(b"startxref") :].split()[1])


RAW: dict[str, Callable[[bytes], bytes]] = {
    "content-declared-free": freed,
    "remark-at-the-end": lambda pdf: pdf + b"% x\n",
    "the-table-named-again": lambda pdf: pdf + f"\nstartxref\n{last_table(pdf)}\n%%EOF\n".encode(),
}


@pytest.mark.thorough
@pytest.mark.parametrize("case", RAW)
def test_bytes_appended_to_a_signed_agreement_are_told(signed: Standing, case: str, run: Run) -> None:
    path = signed.pdf("agreement")
    path.write_bytes(RAW[case](path.read_bytes()))
    code, report = run(path)
    assert code == 1
    assert report["faults"]
    assert not report["complete"]


@pytest.mark.thorough
def test_a_certificate_whose_name_is_only_like_the_partys_is_not_the_partys(
    packet: Standing, run: Run, authority: Authority
) -> None:
    path = packet.pdf("agreement")
    entries = packet.document("agreement")["signatories"]
    parties = list(dict.fromkeys(entry["party"] for entry in entries))
    pdf = path.read_bytes()
    for number, entry in enumerate(entries):
        party = entry["party"]
        other = next(one for one in parties if one != party)
        alike = [party + "分公司", party[:-2], f"{party}，{other[:2]}", other, f"{party}\u200b"]
        pdf = authority.sign(pdf, entry["field"], alike[number % len(alike)])
    path.write_bytes(pdf)
    code, report = run(path)
    assert code == 1
    assert report["faults"] == []
    assert all(place["signed"] and place["doubts"] for place in report["signatures"])


@pytest.mark.thorough
@pytest.mark.parametrize("case", APPENDED)
def test_what_is_appended_to_a_signed_agreement_is_told(signed: Standing, case: str, run: Run) -> None:
    path = signed.pdf("agreement")
    path.write_bytes(changed(path.read_bytes(), APPENDED[case]))
    # Folder and single file go one way; it takes a while, so once is enough.
    code, report = run(signed.folder if case == "title" else path)
    assert code == 1
    assert [fault for fault in report["faults"] if fault["path"] == path.name], report
    assert not report["complete"]


@pytest.mark.thorough
@pytest.mark.parametrize("case", ["overlay-in-a-new-field", "new-field-that-shows-nothing", "title"])
def test_the_same_before_the_first_signature_is_told(
    packet: Standing, case: str, run: Run, authority: Authority
) -> None:
    path = packet.pdf("agreement")
    pdf = changed(path.read_bytes(), APPENDED[case])
    for entry in packet.document("agreement")["signatories"]:
        pdf = authority.sign(pdf, entry["field"], entry["party"])
    path.write_bytes(pdf)
    code, report = run(path)
    assert code == 1
    assert report["faults"]


def test_an_appearance_in_a_field_that_nobody_has_signed_is_told(
    packet: Standing, run: Run, authority: Authority
) -> None:
    path = packet.pdf("agreement")
    first = packet.document("agreement")["signatories"][0]
    pdf = changed(path.read_bytes(), new_appearance(5))
    path.write_bytes(authority.sign(pdf, first["field"], first["party"]))
    code, report = run(path)
    assert code == 1
    assert any("还没有签名的签名域" in fault["message"] for fault in report["faults"])


@pytest.mark.thorough
def test_one_signature_in_two_fields_is_told(packet: Standing, run: Run, authority: Authority) -> None:
    path = packet.pdf("agreement")
    *others, _ = packet.document("agreement")["signatories"]
    pdf = path.read_bytes()
    for entry in others:
        pdf = authority.sign(pdf, entry["field"], entry["party"])
    path.write_bytes(changed(pdf, replayed))
    code, report = run(path)
    assert code == 1
    assert report["faults"]


@pytest.mark.thorough
def test_a_stranger_with_a_certificate_of_the_same_authority_is_not_the_parties(
    packet: Standing, run: Run, authority: Authority, tmp_path: Path
) -> None:
    path = packet.pdf("agreement")
    pdf = path.read_bytes()
    entries = packet.document("agreement")["signatories"]
    for entry in entries:
        pdf = authority.sign(pdf, entry["field"], "某某商贸有限公司")
    path.write_bytes(pdf)
    code, report = run(path)
    assert code == 1
    assert report["faults"] == []
    assert len([reason for reason in report["lacking"] if "某某商贸有限公司" in reason]) == len(entries)
    signers = tmp_path / "签署人.txt"
    parties = dict.fromkeys(entry["party"] for entry in entries)
    signers.write_text(
        "# 由受托人签署\n" + "".join(f"{party}：某某商贸有限公司\n" for party in parties), "utf-8"
    )
    assert run(path, "--signers", signers)[0] == 0
    signers.write_text("没有冒号的一行\n", "utf-8")
    code, report = run(path, "--signers", signers)
    assert code == 3
    assert "第 1 行" in report["error"]


@pytest.mark.thorough
def test_without_an_authority_that_is_trusted_nothing_is_complete(
    signed: Standing, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(signed.pdf("agreement"))
    assert main(["verify", path]) == 0
    assert main(["verify", path, "--complete"]) == 1
    assert "--trust" in capsys.readouterr().out


@pytest.mark.thorough
def test_a_department_that_bears_the_partys_name_is_not_the_party(
    packet: Standing, run: Run, authority: Authority
) -> None:
    path = packet.pdf("agreement")
    pdf = path.read_bytes()
    entries = packet.document("agreement")["signatories"]
    for entry in entries:
        pdf = authority.sign(pdf, entry["field"], "某某商贸有限公司", department=entry["party"])
    path.write_bytes(pdf)
    code, report = run(path)
    assert code == 1
    assert len([reason for reason in report["lacking"] if "某某商贸有限公司" in reason]) == len(entries)


@pytest.mark.thorough
@pytest.mark.parametrize(("days", "expected"), [(1, 0), (60, 1)], ids=["in-time", "after-it-expired"])
def test_a_time_stamp_vouches_only_for_a_certificate_that_was_valid_then(
    packet: Standing,
    run: Run,
    authority: Authority,
    days: int,
    expected: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = packet.pdf("agreement")
    pdf = path.read_bytes()
    stamped = datetime.now(UTC) + timedelta(days=days)
    for entry in packet.document("agreement")["signatories"]:
        pdf = authority.sign(pdf, entry["field"], entry["party"], stamped=stamped)
    path.write_bytes(pdf)
    monkeypatch.setattr("generator.workflows.verify.datetime", Later)
    assert run(path)[0] == expected


class Later(datetime):
    """A year on."""

    @classmethod
    def now(cls, zone: Any = None) -> datetime:  # type: ignore[override]
        return datetime.now(zone) + timedelta(days=400)


@pytest.mark.thorough
def test_an_expired_certificate_with_a_time_of_its_own_telling_is_doubtful(
    packet: Standing, run: Run, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = packet.pdf("agreement")
    pdf = path.read_bytes()
    for entry in packet.document("agreement")["signatories"]:
        pdf = authority.sign(pdf, entry["field"], entry["party"])
    path.write_bytes(pdf)
    assert run(path)[0] == 0

    monkeypatch.setattr("generator.workflows.verify.datetime", Later)
    code, report = run(path)
    assert code == 1
    assert any("可信时间戳" in reason for reason in report["lacking"])
    assert Later.now(UTC) > datetime.now(UTC)


def labelled_sm3(pdf: bytes) -> bytes:
    """The last signature's digest said to be SM3: nobody here can check it then."""
    start = pdf.rindex(b"/Contents <") + len(b"/Contents <")
    end = pdf.index(b">", start)
    content = cms.ContentInfo.load(bytes.fromhex(pdf[start:end].decode()))
    signer = content["content"]["signer_infos"][0]
    signer["digest_algorithm"] = {"algorithm": "1.2.156.10197.1.401"}
    content["content"]["digest_algorithms"] = [{"algorithm": "1.2.156.10197.1.401"}]
    dumped: bytes = content.dump(force=True)
    return pdf[:start] + dumped.hex().encode().ljust(end - start, b"0") + pdf[end:]


@pytest.mark.thorough
def test_what_is_labelled_as_a_chinese_standard_is_not_taken_for_checked(
    packet: Standing, run: Run, authority: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    path = packet.pdf("agreement")
    pdf = path.read_bytes()
    for entry in packet.document("agreement")["signatories"]:
        pdf = authority.sign(pdf, entry["field"], entry["party"])
    path.write_bytes(labelled_sm3(pdf))
    code, report = run(path)
    assert code == 1
    assert not report["complete"]
    assert any("国密" in reason for reason in report["lacking"])
    capsys.readouterr()
    main(["verify", str(path)])
    said = capsys.readouterr().out
    assert "国密" in "".join(said.split())


FORGED: dict[str, Callable[[dict[str, Any]], object]] = {
    "another-consortium": lambda content: content.update(consortium="某某创新联合体"),
    "signatories-dropped": lambda content: content["documents"][1]["signatories"].clear(),
    "one-signatory-dropped": lambda content: content["documents"][1]["signatories"].pop(),
    "another-party": lambda content: content["documents"][1]["signatories"][2].update(
        party="某某商贸有限公司"
    ),
    "field-denied": lambda content: content["documents"][1]["signatories"][2].update(field=None),
    "no-check-code": lambda content: content.update(check_code=None),
    "other-check-code": lambda content: content.update(check_code="0000-0000-0000-0000"),
    "hashes-that-disagree": lambda content: content["documents"][1]["files"][1].update(sha256="0" * 64),
    "called-an-entry-draft": lambda content: content["documents"][1].update(filing="entry-draft"),
    "document-dropped": lambda content: content["documents"].pop(1),
    "document-called-twice": lambda content: content["documents"].append(content["documents"][1]),
    "signed-elsewhere": lambda content: content["documents"][1]["signatories"][2].update(field="999 别处"),
    "another-title": lambda content: content["documents"][1]["signatories"][2].update(title="见证"),
    "called-a-roll-up": lambda content: content.update(kind="rollup"),
    "another-programme": lambda content: content.update(programme="hubei/consortium-2022"),
    "a-programme-nobody-knows": lambda content: content.update(programme="某省/某方案"),
    "another-title-of-the-document": lambda content: content["documents"][1].update(title="创新联合体章程"),
    "titles-exchanged": lambda content: exchanged(content["documents"], "title"),
    "files-exchanged": lambda content: exchanged(content["documents"], "files"),
    "edition": lambda content: content.update(edition="draft"),
    "party-and-field-renamed": lambda content: content["documents"][1]["signatories"][2].update(
        party="某某商贸有限公司", field="003 某某商贸有限公司（签章）"
    ),
}


QUICK = {"one-signatory-dropped", "field-denied", "another-programme"}


def exchanged(documents: list[dict[str, Any]], key: str) -> None:
    one, other = documents[:2]
    one[key], other[key] = other[key], one[key]


def struck_off(packet: Standing, identity: str) -> None:
    """A document that is gone without a trace: its files, all that the manifest says of it, the check code made anew."""
    gone = {file["path"] for file in packet.document(identity)["files"]}
    for path in gone:
        (packet.folder / path).unlink()

    def change(content: dict[str, Any]) -> None:
        content["documents"] = [one for one in content["documents"] if one["id"] != identity]
        content["files"] = [file for file in content["files"] if file["path"] not in gone]
        pdfs = [file for one in content["documents"] for file in one["files"] if file["format"] == "pdf"]
        content["check_code"] = check_code((file["path"], file["sha256"]) for file in pdfs)

    resealed(packet.folder, change)


@pytest.mark.parametrize("identity", ["agreement", pytest.param("application", marks=pytest.mark.thorough)])
def test_a_document_struck_off_without_a_trace_is_missed(signed: Standing, identity: str, run: Run) -> None:
    title = signed.document(identity)["title"]
    struck_off(signed, identity)
    code, report = run(signed.folder)
    assert code == 1
    assert report["faults"] == []
    assert [reason for reason in report["lacking"] if title in reason]


@pytest.mark.thorough
def test_without_the_data_nobody_can_tell_what_a_packet_must_hold(signed: Standing, run: Run) -> None:
    struck_off(signed, "agreement")
    (signed.folder / "internal/data.yaml").unlink()

    def change(content: dict[str, Any]) -> None:
        content["files"] = [one for one in content["files"] if one["path"] != "internal/data.yaml"]

    resealed(signed.folder, change)
    code, report = run(signed.folder)
    assert code == 1
    assert [reason for reason in report["lacking"] if "没有数据" in reason]


@pytest.mark.thorough
@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.update(consortium="某某创新联合体"),
        lambda content: content.update(programme="hubei/consortium-2022"),
        lambda content: content["documents"][1].update(title="创新联合体章程"),
    ],
    ids=["consortium", "programme", "title"],
)
def test_a_single_pdf_beside_a_forged_manifest_is_held_against_what_it_states(
    signed: Standing, change: Callable[[dict[str, Any]], object], run: Run
) -> None:
    resealed(signed.folder, change)
    code, report = run(signed.pdf("agreement"))
    assert code == 1
    assert any("却是" in fault["message"] for fault in report["faults"])


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, marks=() if case in QUICK else pytest.mark.thorough) for case in FORGED],
)
def test_a_manifest_forged_with_its_digest_never_makes_a_packet_complete(
    signed: Standing, case: str, run: Run
) -> None:
    resealed(signed.folder, FORGED[case])
    assert run(signed.folder)[0] in {1, 3}


@pytest.mark.thorough
def test_one_signature_that_is_missing_is_one_too_few(
    signed: Standing, run: Run, made: Standing, authority: Authority
) -> None:
    path = signed.pdf("agreement")
    pdf = made.pdf("agreement").read_bytes()
    for entry in made.document("agreement")["signatories"][:-1]:
        pdf = authority.sign(pdf, entry["field"], entry["party"])
    path.write_bytes(pdf)
    code, report = run(signed.folder)
    assert code == 1
    assert report["faults"] == []
    assert any("还差 1 处" in reason for reason in report["lacking"])


@pytest.mark.thorough
def test_packets_that_nobody_can_sign_are_not_complete(tmp_path: Path, run: Run) -> None:
    data = Path(__file__).resolve().parents[2] / "data" / "henan-consortium-2022.yaml"
    for edition in ("draft", "signing"):
        out = tmp_path / edition
        order = ["packet", str(data), "-p", "henan/consortium-2022", "--edition", edition, "--no-pdf"]
        assert main([*order, "-o", str(out)]) == 0
        (path,) = out.rglob("manifest.json")
        code, report = run(path.parent)
        assert code == 1
        assert report["faults"] == []
        assert report["lacking"]


@pytest.mark.thorough
def test_a_pdf_beside_a_manifest_that_was_changed_is_vouched_for_by_nothing(
    signed: Standing, run: Run
) -> None:
    manifest = signed.folder / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"edited": false', b'"edited":  false', 1))
    code, report = run(signed.pdf("agreement"))
    assert code == 1
    assert any("清单" in fault["message"] for fault in report["faults"])
    path = signed.pdf("agreement")
    manifest.unlink()
    code, report = run(path)
    assert code == 1
    assert not report["complete"]


@pytest.mark.thorough
def test_what_others_have_written_reaches_no_terminal_raw(
    packet: Standing, authority: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    path = packet.pdf("agreement")
    first = packet.document("agreement")["signatories"][0]
    path.write_bytes(authority.sign(path.read_bytes(), first["field"], "[red]甲\x1b[2J\u202e乙"))
    (packet.folder / "\x1b]0;名\x07.txt").write_bytes(b"")
    if sys.platform == "linux":  # elsewhere names are Unicode
        (packet.folder / "坏\udcff名.txt").write_bytes(b"")
    for more in ((), ("--format", "json")):
        assert main(["verify", str(packet.folder), "--complete", *more]) == 1
        said = capsys.readouterr().out
        assert "\x1b" not in said
        assert "\u202e" not in said
    assert main(["verify", str(packet.folder)]) == 1
    assert "[red]甲" in "".join(capsys.readouterr().out.split())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="这个系统没有命名管道")
def test_a_packet_that_holds_pipes_and_endless_files_is_told(
    packet: Standing, capsys: pytest.CaptureFixture[str]
) -> None:
    path = packet.pdf("plan")
    path.unlink()
    os.mkfifo(path)
    assert main(["verify", str(packet.folder)]) == 1
    assert path.name in capsys.readouterr().out
    path.unlink()
    with path.open("wb") as file:
        file.truncate(30 * 1024**3)
    assert main(["verify", str(packet.folder)]) == 3
    assert "没有读取" in capsys.readouterr().err
    assert main(["verify", str(path)]) == 3


def test_many_ends_of_file_do_not_keep_verify_busy(packet: Standing, run: Run, tmp_path: Path) -> None:
    alone = tmp_path / "elsewhere" / "协议.pdf"
    alone.parent.mkdir()
    alone.write_bytes(packet.pdf("plan").read_bytes()[:-7] + b"\n%%EOF" * 200_000)
    begun = datetime.now(UTC)
    assert run(alone)[0] == 1
    assert datetime.now(UTC) - begun < timedelta(seconds=20)

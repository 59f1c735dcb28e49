"""Binding again after a person has edited a DOCX: PDFs follow it, the data is held against it."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from docx.document import Document as Word

from generator.base.ooxml.package import DOCUMENT, open_parts
from generator.base.zips import zip_bytes
from generator.cli import main
from generator.errors import DataError, OutputError
from generator.packet import pipeline
from generator.packet.assessment import Order
from generator.packet.session import Session
from generator.publishing import changed_files
from generator.readers.source_file import read_source
from generator.workflows.bind import Bound, bind
from generator.workflows.verify import verify
from generator.workflows.workspace import Workspace
from tests.packet.making import PLAIN, example, pdf
from tests.workflows.test_forgeries import resealed

MEMBER = "新乡衡达轴承零件有限公司"
RENAMED = "新乡恒通轴承制造有限公司"
SENTENCE = "各成员单位另行商定的一句话，写在协议末尾。"


@pytest.fixture(scope="module")
def original(session: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signing packet with an attachment, the folder's path."""
    folder = tmp_path_factory.mktemp("bind")
    (folder / "证照.pdf").write_bytes(pdf(2, "licence"))
    data = example(folder, PLAIN, more="attachments:\n  licences: [证照.pdf]\n")
    packet = pipeline.build(read_source(data), session.catalogue.load(PLAIN), Order("signing"), session)
    return pipeline.put(packet, folder / "out", force=False).folder


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    """A copy that a test may change, as a person copies it: folder and archive."""
    place = Path(shutil.copytree(original, tmp_path / "某联合体" / original.name))
    shutil.copy(original.with_name(f"{original.name}.zip"), place.with_name(f"{place.name}.zip"))
    return place


def agreement(folder: Path) -> Path:
    return next(folder.glob("02-*.docx"))


def edit(path: Path, change: Callable[[Word], None]) -> None:
    word = docx.Document(str(path))
    change(word)
    word.save(str(path))


def say(word: Word) -> None:
    word.paragraphs[-3].insert_paragraph_before(SENTENCE)


def put(old: str, new: str) -> Callable[[Word], None]:
    def change(word: Word) -> None:
        cells = [paragraph for table in word.tables for cell in table._cells for paragraph in cell.paragraphs]
        runs = [run for paragraph in (*word.paragraphs, *cells) for run in paragraph.runs if old in run.text]
        assert runs
        runs[-1].text = runs[-1].text.replace(old, new)

    return change


def manifest(folder: Path) -> Any:
    return json.loads((folder / "manifest.json").read_bytes())


def text(path: Path) -> str:
    document = pypdfium2.PdfDocument(path.read_bytes())
    found = "".join("".join(page.get_textpage().get_text_range().split()) for page in document)
    document.close()
    return found


def bound(folder: Path, **more: Any) -> Bound:
    with Workspace() as workspace:
        return bind(workspace, folder, **more)


@pytest.mark.thorough
def test_with_nothing_edited_the_packet_stays_to_the_byte(folder: Path) -> None:
    found = bound(folder)
    assert found.edited == ()
    assert not found.published.written


@pytest.mark.thorough
def test_an_added_sentence_stands_in_the_pdf_and_the_print_copy_and_the_packet_is_sound(folder: Path) -> None:
    path = agreement(folder)
    edit(path, say)
    mine = path.read_bytes()
    before = manifest(folder)
    found = bound(folder)
    assert found.edited == ("河南省创新联合体组建协议",)
    assert found.differences == ()
    assert path.read_bytes() == mine
    assert SENTENCE in text(path.with_suffix(".pdf"))
    assert SENTENCE in text(folder / "packet.pdf")
    assert "licence1" in text(folder / "packet.pdf")
    after = manifest(folder)
    assert [document["edited"] for document in after["documents"]] == [False, True, False]
    assert after["check_code"] != before["check_code"]
    assert [one["field"] for one in after["documents"][1]["signatories"]] == [
        one["field"] for one in before["documents"][1]["signatories"]
    ]
    assert changed_files(folder) == []
    assert verify(folder).sound


@pytest.mark.thorough
def test_bound_twice_it_still_says_what_was_edited(folder: Path) -> None:
    edit(agreement(folder), say)
    bound(folder)
    again = bound(folder)
    assert again.edited == ("河南省创新联合体组建协议",)
    assert not again.published.written


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (MEMBER, RENAMED, RENAMED),
        ("91410700MAJ02E8B2W", "91410700MAJ02E8B2X", "91410700MAJ02E8B2X"),
    ],
)
def test_what_does_not_agree_with_the_data_is_told_with_what_stands_there_now(
    folder: Path, old: str, new: str, told: str
) -> None:
    edit(agreement(folder), put(old, new))
    found = bound(folder)
    assert any(old in each and told in each for each in found.differences)
    assert any(told in each for each in manifest(folder)["warnings"])


@pytest.mark.thorough
def test_a_changed_figure_and_a_changed_date_of_the_form_are_told(folder: Path) -> None:
    form = next(folder.glob("01-*.docx"))
    edit(form, put("2025年6月10日", "2025年7月1日"))
    edit(form, put("46", "64"))
    differences = bound(folder).differences
    assert any("2025年6月10日" in each for each in differences)
    assert any("新写的日期“2025年7月1日”" in each for each in differences)


@pytest.mark.thorough
def test_a_signed_pdf_is_never_lost(folder: Path) -> None:
    signed = agreement(folder).with_suffix(".pdf")
    signed.write_bytes(signed.read_bytes() + b"\n%/ByteRange [0 1 2 3]\n")
    kept = hashlib.sha256(signed.read_bytes()).hexdigest()
    edit(agreement(folder), say)
    with pytest.raises(OutputError, match="已签名"):
        bound(folder)
    assert hashlib.sha256(signed.read_bytes()).hexdigest() == kept
    found = bound(folder, force=True)
    assert found.published.moved_aside is not None
    assert (found.published.moved_aside / signed.name).exists()


def comment(word: Word) -> None:
    run = next(run for paragraph in word.paragraphs for run in paragraph.runs if run.text.strip())
    word.add_comment(run, text="再看一下", author="甲", initials="甲")


WHO = 'w:id="900" w:author="许文澜" w:date="2022-05-01T00:00:00Z"'


def track(path: Path, change: Callable[[str], str]) -> None:
    """A Word file edited with “track changes” on."""
    parts = open_parts(path.read_bytes())
    body = parts[DOCUMENT].decode()
    changed = change(body)
    assert changed != body
    path.write_bytes(zip_bytes({**parts, DOCUMENT: changed.encode()}))


def tracked(body: str) -> str:
    """A sentence inserted as a paragraph of its own before the last section's end, another struck out."""
    mark = f"<w:pPr><w:rPr><w:ins {WHO}/></w:rPr></w:pPr>"
    added = f"<w:p>{mark}<w:ins {WHO}><w:r><w:t>{SENTENCE}</w:t></w:r></w:ins></w:p>"
    struck = f"<w:p><w:del {WHO}><w:r><w:delText>这一句划去了。</w:delText></w:r></w:del></w:p>"
    at = body.rindex("<w:p>", 0, body.rindex("<w:sectPr"))
    return body[:at] + added + struck + body[at:]


@pytest.mark.thorough
def test_tracked_changes_are_printed_as_accepted_told_and_left_in_the_word_file(folder: Path) -> None:
    path = agreement(folder)
    track(path, tracked)
    mine = path.read_bytes()
    found = bound(folder)
    assert path.read_bytes() == mine
    printed = text(path.with_suffix(".pdf"))
    assert SENTENCE in printed
    assert "划去了" not in printed
    assert any("3 处修订" in each and "全部接受" in each for each in found.warnings)
    assert verify(folder).sound


@pytest.mark.thorough
def test_a_signature_label_struck_out_by_a_tracked_change_is_a_lost_place(folder: Path) -> None:
    def strike(body: str) -> str:
        begin = body.index('w:name="sign.cover"')
        first = body.index("<w:r>", begin)
        end = body.index("</w:p>", first)
        runs = body[first:end].replace("<w:t>", "<w:delText>").replace("<w:t ", "<w:delText ")
        return body[:first] + f"<w:del {WHO}>{runs.replace('</w:t>', '</w:delText>')}</w:del>" + body[end:]

    track(agreement(folder), strike)
    kept = (folder / "packet.pdf").read_bytes()
    with pytest.raises(DataError, match="签章"):
        bound(folder)
    assert (folder / "packet.pdf").read_bytes() == kept


@pytest.mark.thorough
def test_a_tracked_change_that_cannot_be_accepted_is_refused_by_place(folder: Path) -> None:
    def delete_row(body: str) -> str:
        at = body.index("<w:tr>") if "<w:tr>" in body else body.index("<w:tr ")
        at = body.index(">", at) + 1
        if body.startswith("<w:trPr>", at):
            return body[: at + 8] + f"<w:del {WHO}/>" + body[at + 8 :]
        return body[:at] + f"<w:trPr><w:del {WHO}/></w:trPr>" + body[at:]

    track(agreement(folder), delete_row)
    with pytest.raises(DataError, match=r"第 1 个表格第 1 行.*修订"):
        bound(folder)


def broken(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:2000])


def malformed(path: Path) -> None:
    """The document's package is whole, its body is not."""
    parts = open_parts(path.read_bytes())
    path.write_bytes(zip_bytes({**parts, DOCUMENT: parts[DOCUMENT][:-20]}))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda folder: edit(agreement(folder), comment), "批注"),
        (lambda folder: broken(agreement(folder)), "协议"),
        (lambda folder: malformed(agreement(folder)), "协议"),
        (lambda folder: agreement(folder).unlink(), "读不了"),
        (lambda folder: (folder / "internal" / "data.yaml").write_text("name: 甲", encoding="utf-8"), "数据"),
        (
            lambda folder: (folder / "manifest.json").write_bytes(
                (folder / "manifest.json").read_bytes().replace(b"signing", b"draft")
            ),
            "manifest",
        ),
        (lambda folder: (folder / "packet.pdf").unlink(), "附件"),
    ],
    ids=["comment", "broken", "malformed", "gone", "data", "manifest", "attachments"],
)
def test_what_cannot_be_bound_is_refused_and_nothing_is_touched(
    folder: Path, change: Callable[[Path], object], told: str
) -> None:
    change(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(DataError) as caught:
        bound(folder)
    assert told in str(caught.value)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_the_command_says_what_was_edited_and_where(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(agreement(folder), put(MEMBER, RENAMED))
    assert main(["bind", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "改过：《河南省创新联合体组建协议》" in said
    assert RENAMED in said


def test_a_folder_that_is_no_packet_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bind", str(tmp_path)]) == 3
    assert main(["bind", str(tmp_path / "没有")]) == 2
    assert "manifest.json" in capsys.readouterr().err


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_docx_saved_by_libreoffice_binds_and_the_changed_name_is_told(folder: Path, tmp_path: Path) -> None:
    path = agreement(folder)
    edit(path, say)
    edit(path, put(MEMBER, RENAMED))
    profile = (tmp_path / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "docx"]
    target = tmp_path / "saved"
    subprocess.run(
        [*command, "--outdir", str(target), str(path)], check=True, capture_output=True, timeout=240
    )
    shutil.copy(target / path.name, path)
    found = bound(folder)
    assert any(RENAMED in each for each in found.differences)
    assert SENTENCE in text(path.with_suffix(".pdf"))
    places = manifest(folder)["documents"][1]["signatories"]
    assert all(one["field"] for one in places)
    assert verify(folder).sound


@pytest.mark.thorough
@pytest.mark.parametrize("made", [b"", b"%PDF-1.7\nnothing more", pdf(1, "one page"), b"PK\3\4"])
def test_a_print_copy_that_a_stranger_made_is_refused_in_a_sentence(
    folder: Path, made: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "packet.pdf").write_bytes(made)
    sha256 = hashlib.sha256(made).hexdigest()

    def change(content: dict[str, Any]) -> None:
        content["packet"]["sha256"] = sha256
        next(file for file in content["files"] if file["path"] == "packet.pdf")["sha256"] = sha256

    resealed(folder, change)
    edit(agreement(folder), say)
    assert main(["bind", str(folder)]) == 3
    said = capsys.readouterr().err
    assert "打印件" in said
    assert "重新生成" in said

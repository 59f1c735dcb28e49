"""Attachments: checked, put in the scheme's order, bound behind the documents; what is missing is named."""

from __future__ import annotations

import io
import os
from pathlib import Path

import docx
import pikepdf
import pypdf
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from generator.cli import main
from generator.errors import DataError, ExitCode, RefusedError
from generator.packet.assessment import Order
from generator.packet.session import Session
from tests.packet.making import PLAIN, example, file, packet, pdf, picture

DRAFT = Order("draft", sides="simplex")
ONE_SIDED = Order("signing", sides="simplex")
FRONT = 2  # cover and contents list


def named(folder: Path, files: dict[str, bytes], lines: str) -> Path:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return example(folder, PLAIN, more=f"attachments:\n{lines}")


def text_of(page: pypdf.PageObject) -> str:
    return page.extract_text()


def test_files_are_bound_in_the_schemes_order_behind_the_documents(session: Session, tmp_path: Path) -> None:
    data = named(
        tmp_path,
        {"b.pdf": pdf(2, "accounts"), "a.pdf": pdf(1, "licence"), "c.pdf": pdf(1, "other")},
        "  accounts: [b.pdf]\n  licences: [a.pdf, c.pdf]\n",
    )
    made = packet(session, data, PLAIN, ONE_SIDED)
    reader = pypdf.PdfReader(io.BytesIO(file(made, "packet.pdf")))
    documents = FRONT + sum(document.pdf.pages for document in made.documents if document.pdf)
    texts = [text_of(page).split("\n")[0].strip() for page in reader.pages[documents:]]
    assert texts == ["licence 1", "other 1", "accounts 1", "accounts 2"]
    lines = {line["id"]: line for line in made.manifest.as_json()["checklist"]}
    assert (lines["licences"]["first_page"], lines["licences"]["pages"]) == (documents + 1, 2)
    assert (lines["accounts"]["first_page"], lines["accounts"]["pages"]) == (documents + 3, 2)
    assert lines["accounts"]["state"] == "attached"
    outline = [entry for entry in reader.outline if not isinstance(entry, list)]
    bound = [reader.get_destination_page_number(entry) for entry in outline if "附件" in str(entry.title)]
    assert bound == [documents, documents + 1, documents + 2]


def test_pictures_become_a4_pages_and_turned_pages_stand_upright(session: Session, tmp_path: Path) -> None:
    data = named(
        tmp_path,
        {
            "高.jpg": picture((600, 900), "JPEG"),
            "宽.png": picture((900, 600), "PNG"),
            "转.pdf": pdf(1, rotate=90),
        },
        "  licences: [高.jpg, 宽.png, 转.pdf]\n",
    )
    with pikepdf.open(io.BytesIO(file(packet(session, data, PLAIN, DRAFT), "packet.pdf"))) as document:
        sizes = [tuple(round(float(edge)) for edge in page.mediabox[2:]) for page in document.pages[-3:]]
        assert not any("/Rotate" in page for page in document.pages[-3:])
    high, wide = (tuple(round(edge) for edge in size) for size in (A4, A4[::-1]))
    assert sizes == [high, wide, wide]


def test_form_fields_are_printed_and_links_scripts_and_fields_stay_behind(
    session: Session, tmp_path: Path
) -> None:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(60, 300, "form")
    canvas.acroForm.textfield(name="a", x=60, y=200, value="typed", width=200, height=30)
    canvas.linkURL("https://example.com", (50, 50, 100, 100), relative=1)
    canvas.showPage()
    canvas.save()
    data = named(tmp_path, {"表.pdf": out.getvalue()}, "  licences: [表.pdf]\n")
    reader = pypdf.PdfReader(io.BytesIO(file(packet(session, data, PLAIN, ONE_SIDED), "packet.pdf")))
    assert "typed" in text_of(reader.pages[-1])
    assert "/Annots" not in reader.pages[-1]
    assert "/AcroForm" not in reader.root_object


def locked(owner: str, user: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as document:
        document.save(out, encryption=pikepdf.Encryption(owner=owner, user=user))
    return out.getvalue()


def filled_without_appearance() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as document:
        widget = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Tx,
            T=pikepdf.String("a"),
            V=pikepdf.String("填写的内容"),
            Rect=[50, 50, 90, 90],
        )
        field = document.make_indirect(widget)
        document.pages[0].Annots = pikepdf.Array([field])
        document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))
        document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("锁.pdf", locked("甲", "乙"), "密码"),
        ("限.pdf", locked("甲", ""), "限制打印或编辑"),
        ("断.pdf", pdf(3)[:900], "损坏"),
        ("空.pdf", b"", "不是 PDF"),
        ("文.docx", b"PK\x03\x04", "不是 PDF"),
        ("坏.png", picture((50, 50), "PNG")[:60], "损坏"),
        ("表.pdf", filled_without_appearance(), "表单"),
    ],
)
def test_a_file_that_cannot_be_bound_is_refused_by_name_and_line(
    words_only: Session, tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    data = named(tmp_path, {name: content, "好.pdf": pdf()}, f"  licences:\n    - 好.pdf\n    - {name}\n")
    with pytest.raises(DataError) as caught:
        packet(words_only, data, PLAIN, DRAFT)
    assert caught.value.exit_code == ExitCode.DATA
    (problem,) = caught.value.problems
    assert name in problem.message
    assert reason in problem.message
    assert problem.place.line == len(data.read_text(encoding="utf-8").splitlines())


def test_a_file_that_is_not_there_is_named_in_a_draft_and_refused_for_signing(
    words_only: Session, tmp_path: Path
) -> None:
    data = named(tmp_path, {}, "  licences: [没有.pdf]\n")
    made = packet(words_only, data, PLAIN, DRAFT)
    (line,) = [line for line in made.manifest.as_json()["checklist"] if line["id"] == "licences"]
    assert (line["state"], line["lost"]) == ("lost", ["没有.pdf"])
    word = docx.Document(io.BytesIO(file(made, "internal/checklist.docx")))
    cells = [cell.text for table in word.tables for cell in table._cells]
    assert any("找不到文件：没有.pdf" in text for text in cells)
    assert line["first_page"] is None
    with pytest.raises(RefusedError, match=r"没有\.pdf"):
        packet(words_only, data, PLAIN)


def test_what_the_scheme_asks_for_and_nobody_gave_is_named(words_only: Session, tmp_path: Path) -> None:
    made = packet(words_only, example(tmp_path, PLAIN), PLAIN)
    states = {line["id"]: line["state"] for line in made.manifest.as_json()["checklist"]}
    assert states["evidence"] == "missing"
    assert states["licences"] == "optional"
    assert states["agreement"] == "included"
    assert states["other"] == "optional"


@pytest.mark.thorough
def test_the_same_files_give_the_same_print_copy(session: Session, tmp_path: Path) -> None:
    data = named(
        tmp_path, {"a.pdf": pdf(2), "b.jpg": picture((60, 90), "JPEG")}, "  licences: [a.pdf, b.jpg]\n"
    )
    first, second = (file(packet(session, data, PLAIN), "packet.pdf") for _ in range(2))
    assert first == second


def aborting(data: bytes, *, name: str, timestamp: object) -> None:
    """What a library in C does where an assertion of its own fails."""
    os.abort()


def test_a_file_that_ends_the_process_that_reads_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = named(tmp_path, {"坏.pdf": pdf(1)}, "  licences: [坏.pdf]\n")
    monkeypatch.setattr("generator.pdf.pages.attachments.attached_pages", aborting)
    code = main(["packet", str(data), "-p", PLAIN, "-o", str(tmp_path / "out"), "--no-pdf"])
    assert code == ExitCode.DATA
    (line,) = capsys.readouterr().err.strip().split("\n")
    assert "坏.pdf" in line
    assert "使读取它的程序崩溃了" in line
    assert not list((tmp_path / "out").rglob("*.docx"))

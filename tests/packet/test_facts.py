"""What documents print of the packet that they are in: pages and page numbers, as they are in the finished file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest

from generator.cli import main

ROOT = Path(__file__).resolve().parents[2]
CODE = "henan/consortium-2022"
DATA = ROOT / "data" / "henan-consortium-2022.yaml"
ROW = ("{{ f.title }}", "{{ f.pages }}", "{{ f.first }}", "{{ f.last }}", "{{ f.size }}")


def list_template(path: Path, cells: tuple[str, ...] = ROW, list_name: str = "files") -> None:
    document = docx.Document()
    document.add_paragraph("材料清单，共 {{ packet.pages }} 页")
    table = document.add_table(3, len(cells))
    table.cell(0, 0).text = f"{{%tr for f in packet.{list_name} %}}"
    for at, text in enumerate(cells):
        table.cell(1, at).text = text
    table.cell(2, 0).text = "{%tr endfor %}"
    document.save(str(path))


def templates(tmp_path: Path, **of_list: Any) -> Path:
    shutil.copytree(ROOT / "templates", tmp_path / "模板")
    folder = tmp_path / "模板" / CODE
    file = folder / "programme.yaml"
    text = file.read_text(encoding="utf-8")
    own = "  - {id: list, title: 报送清单, template: list.docx, self_drafted: true}\n  - id: application\n"
    file.write_text(text.replace("  - id: application\n", own, 1), encoding="utf-8")
    list_template(folder / "list.docx", **of_list)
    return tmp_path / "模板"


def made(tmp_path: Path, *more: str, **of_list: Any) -> tuple[int, Path]:
    (tmp_path / "附件.pdf").write_bytes(_pages(3))
    data = tmp_path / "数据.yaml"
    text = DATA.read_text(encoding="utf-8")
    text = text[: text.index("\nattachments:")] if "\nattachments:" in text else text
    data.write_text(text + "\nattachments: {accounts: [附件.pdf]}\n", encoding="utf-8")
    root = templates(tmp_path, **of_list)
    arguments = ["packet", data, "-p", CODE, "-o", tmp_path / "出", "--templates", root, *more]
    return main([str(one) for one in arguments]), tmp_path / "出"


def _pages(count: int) -> bytes:
    import io

    writer = pypdf.PdfWriter()
    for _ in range(count):
        writer.add_blank_page(595, 842)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def rows(out: Path) -> list[list[str]]:
    (path,) = out.rglob("*报送清单.docx")
    return [[cell.text for cell in row.cells] for row in docx.Document(str(path)).tables[0].rows]


@pytest.mark.thorough
def test_pages_and_page_numbers_are_those_of_the_print_copy(tmp_path: Path) -> None:
    code, out = made(tmp_path)
    assert code == 0
    (manifest_path,) = out.rglob("manifest.json")
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    reader = pypdf.PdfReader(manifest_path.parent / "packet.pdf")
    (clerk,) = out.rglob("*报送清单.docx")
    assert f"共 {len(reader.pages)} 页" in docx.Document(str(clerk)).paragraphs[0].text
    found = {row[0]: row[1:] for row in rows(out)}
    for document in manifest["documents"]:
        (pdf,) = [file for file in document["files"] if file["format"] == "pdf"]
        pages, first, last, _ = found[document["title"]]
        assert int(pages) == pdf["pages"] == int(last) - int(first) + 1
        own = pypdf.PdfReader(manifest_path.parent / pdf["path"]).pages[0].extract_text()
        bound = reader.pages[int(first) - 1].extract_text()
        assert own.split()[0] in bound
        assert len(own) <= len(bound)
    titles = {document["title"] for document in manifest["documents"]}
    (attached,) = [row for title, row in found.items() if title not in titles]
    assert attached[0] == "3"
    assert attached[3] == f"{(tmp_path / '附件.pdf').stat().st_size / 1_000_000:.2f} MB"
    # Printed in the PDF as in the Word file, and bound again without a difference.
    text = pypdf.PdfReader(next(out.rglob("*报送清单.pdf"))).pages[0].extract_text()
    assert all(row[2] in text for row in rows(out))
    assert main(["bind", str(manifest_path.parent), "--templates", str(tmp_path / "模板")]) == 0
    again = json.loads(manifest_path.read_text(encoding="utf-8"))
    assert not any(document["edited"] for document in again["documents"])


@pytest.mark.thorough
def test_without_pdfs_a_draft_says_that_pages_are_not_known_and_signing_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = made(tmp_path, "--no-pdf")
    assert code == 0
    assert all("待填" in row[1] for row in rows(out))
    shutil.rmtree(tmp_path / "模板")
    capsys.readouterr()
    code, _ = made(tmp_path, "--no-pdf", "--edition", "signing")
    assert code != 0
    assert "要印页数，没有 PDF" in capsys.readouterr().err


@pytest.mark.thorough
def test_a_list_so_long_that_it_turns_the_page_still_holds(tmp_path: Path) -> None:
    cells = ("{{ f.title }}" + "长" * 4000 + "{{ f.first }}", *ROW[1:])
    code, out = made(tmp_path, cells=cells)
    assert code == 0
    (manifest_path,) = out.rglob("manifest.json")
    reader = pypdf.PdfReader(manifest_path.parent / "packet.pdf")
    (clerk,) = out.rglob("*报送清单.docx")
    assert f"共 {len(reader.pages)} 页" in docx.Document(str(clerk)).paragraphs[0].text


@pytest.mark.parametrize(
    ("cells", "list_name", "message"),
    [(("{{ f.page }}",), "files", "没有“page”"), (ROW, "papers", "packet.papers")],
)
def test_a_wrong_name_is_told_by_lint(
    cells: tuple[str, ...], list_name: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = templates(tmp_path, cells=cells, list_name=list_name) / CODE
    assert main(["lint", str(folder)]) == 4
    assert message in capsys.readouterr().out

"""A plan with pictures, tables and lists, from the data to the pages, in both engines."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import docx
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw

from generator.base.text import fold
from generator.errors import RefusedError
from generator.model.catalogue import Catalogue
from generator.model.rich_text import RichText
from generator.packet.assessment import Order
from generator.packet.parts import Packet
from generator.packet.pipeline import put
from generator.packet.session import Session
from generator.pdf.engines.open import EngineName
from generator.workflows.bind import bind
from generator.workflows.workspace import Workspace
from tests.packet.making import PLAIN, file, packet

ROOT = Path(__file__).resolve().parents[2]
PLAN = "03-河南省创新联合体建设方案"
CHAPTER = """\
        第一段，**建设目标。**突破 5\\*3 项技术，CO<sub>2</sub> 排放下降，精度 10<sup>-6</sup> 米，周期 3~5 年。

        1. 开展轴承钢纯净化冶炼的共性技术攻关；
        2. 建设试验平台：
           - 疲劳寿命试验台
        3. 制订标准。

        ![图 1　技术路线图](图/路线.png "宽 80%")

        ![图 2　组织框图](图/架构.jpg "宽 6 厘米")

        表题：表 1　年度目标
        | 年度 | 目标 | 投入（万元） |
        |:--:|---|---:|
        | 2026 | 完成**平台**建设 | 1201.37 |

        ![表 2　经费来源](数据:经费.经费来源 "列：年度、来源、出资单位、金额")

        结尾一段。
"""


def drawn(size: tuple[int, int], kind: str) -> bytes:
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    for at in range(5):
        pen.rectangle(
            [20 + at * size[0] // 6, 20, 20 + at * size[0] // 6 + size[0] // 8, size[1] // 2], "navy"
        )
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rich")
    (folder / "图").mkdir()
    (folder / "图" / "路线.png").write_bytes(drawn((1200, 500), "PNG"))
    (folder / "图" / "架构.jpg").write_bytes(drawn((500, 600), "JPEG"))
    text = (ROOT / "data" / "henan-consortium-2022.yaml").read_text(encoding="utf-8")
    head = "    background: |-\n"
    assert head in text
    rich = f"    background:\n      format: markdown\n      text: |\n{CHAPTER}"
    text = re.sub(rf"{re.escape(head)}(?:      .*\n)+", lambda _: rich, text)
    path = folder / "联合体.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def characters(text: str) -> str:
    return re.sub(r"\s", "", fold(text))


def check(made: Packet) -> None:
    text = made.job.dataset.consortium.plan.sections["background"].text  # type: ignore[union-attr, index]
    assert isinstance(text, RichText)
    word = docx.Document(io.BytesIO(file(made, f"{PLAN}.docx")))
    body = word.element.body
    shown = characters("".join(each.text or "" for each in body.iter() if each.tag.endswith("}t")))
    pdf = file(made, f"{PLAN}.pdf")
    with pypdfium2.PdfDocument(pdf) as opened:
        printed = characters("".join(page.get_textpage().get_text_range() for page in opened))
    for block in text.blocks:
        for part in block.text.split("\n"):
            for piece in part.split("\t"):
                assert characters(piece) in shown, piece
                assert characters(piece) in printed, piece
    with pikepdf.open(io.BytesIO(pdf)) as opened_pdf:
        sizes = {
            (int(image.Width), int(image.Height))
            for page in opened_pdf.pages
            for image in page.get_images().values()
        }
    assert {(1200, 500), (500, 600)} <= sizes
    drawings = [each for each in body.iter() if each.tag.endswith("}extent")]
    widths = [int(each.get("cx")) / 360_000 for each in drawings]
    assert widths[-1] == pytest.approx(6, abs=0.01)
    table = word.tables[0]
    assert [cell.text for cell in table.rows[1].cells] == ["2026", "完成平台建设", "1201.37"]


@pytest.mark.thorough
def test_text_captions_tables_and_pictures_stand_in_docx_and_pdf(session: Session, data: Path) -> None:
    made = packet(session, data, PLAIN, Order("signing"))
    check(made)
    names = {file.path for file in made.files}
    assert len([name for name in names if name.startswith("internal/files/")]) == 2
    assert not any(entry.field.startswith("plan.sections.background") for entry in made.manifest.unprinted)


@pytest.fixture
def libreoffice() -> Iterator[Session]:
    if not (shutil.which("soffice") or shutil.which("libreoffice")):
        pytest.skip("LibreOffice is not installed")
    engine: EngineName = "libreoffice"
    with Session(Catalogue(), engine) as opened:
        yield opened


@pytest.mark.thorough
def test_libreoffice_prints_the_same(libreoffice: Session, data: Path) -> None:
    check(packet(libreoffice, data, PLAIN, Order("draft")))


@pytest.mark.thorough
def test_a_packet_is_bound_again_from_its_own_copy_of_the_data(
    session: Session, data: Path, tmp_path: Path
) -> None:
    made = packet(session, data, PLAIN, Order("draft"))
    published = put(made, tmp_path, force=False)
    with Workspace() as workspace:
        again = bind(workspace, published.folder)
    assert again.edited == ()
    assert {one.path: one.data for one in again.packet.files if one.path.startswith("0")} == {
        one.path: one.data for one in made.files if one.path.startswith("0")
    }


def test_what_a_table_of_the_data_lacks_is_marked_in_a_draft_and_refused_for_signing(
    words_only: Session, data: Path, tmp_path: Path
) -> None:
    shutil.copytree(data.parent, tmp_path / "again")
    path = tmp_path / "again" / data.name
    text = path.read_text(encoding="utf-8")
    found = re.search(r", amount: [^,}]+", text[text.index("  sources:") :])
    assert found
    path.write_text(text.replace(found[0], "", 1), encoding="utf-8")
    draft = packet(words_only, path, PLAIN, Order("draft"))
    (document,) = [one for one in draft.documents if one.document.id == "plan"]
    assert any(each.startswith("funds.sources[") for each in document.record.missing)
    body = docx.Document(io.BytesIO(file(draft, f"{PLAN}.docx"))).tables[1]
    assert any("〔待填：金额〕" in cell.text for row in body.rows for cell in row.cells)
    with pytest.raises(RefusedError):
        packet(words_only, path, PLAIN)

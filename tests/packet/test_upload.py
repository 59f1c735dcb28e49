"""upload/: names, merging, formats and limits of a web system's files, in the manifest and held by verify."""

from __future__ import annotations

import io
import random
import shutil
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from generator.errors import DataError, ProgrammeError
from generator.model.catalogue import Catalogue
from generator.packet.assessment import Order
from generator.packet.parts import Packet
from generator.packet.pipeline import build, put
from generator.packet.session import Session
from generator.pdf.pages.shrink import shrunk
from generator.readers.source_file import read_source
from generator.workflows.verify import verify
from tests.authority import Authority
from tests.packet.making import PLAIN, example, file, packet, pdf

ROOT = Path(__file__).resolve().parents[2]
CODE = "another/scheme-2030"


def scan(pages: int = 1, side: int = 2400, quality: int = 95) -> bytes:
    """A scanned PDF: noise, which compresses badly, of so many pixels."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for page in range(pages):
        small = side // 4
        noise = Image.frombytes("L", (small, small), random.Random(page).randbytes(small**2))
        picture = io.BytesIO()
        noise.resize((side, side)).convert("RGB").save(picture, "JPEG", quality=quality)
        canvas.drawImage(ImageReader(io.BytesIO(picture.getvalue())), 20, 100, 500, 500)
        canvas.drawString(72, 60, f"page {page}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def asked(folder: Path, *lines: str, attached: bytes | None = None) -> Path:
    """The example with a profile of the applicant's own."""
    more = "\n".join(["upload:", *(f"  {line}" for line in lines)])
    if attached is not None:
        (folder / "证明.pdf").write_bytes(attached)
        more += "\nattachments:\n  evidence: [证明.pdf]\n"
    return example(folder, PLAIN, more=more)


def paths(made: Packet) -> list[str]:
    return [one.path for one in made.files if one.path.startswith("upload/")]


def item(session: Session) -> str:
    return session.catalogue.load(PLAIN).attachments[0].id


@pytest.fixture
def small(session: Session, tmp_path: Path) -> Packet:
    path = asked(
        tmp_path,
        "平台: 某某申报系统",
        "文件名: '{联合体}-{序号}-{标题}'",
        "合并: 按类合并",
        "单个文件上限: 1",
    )
    attached = tmp_path / "证明.pdf"
    attached.write_bytes(scan(2))
    assert attached.stat().st_size > 1_200_000
    path.write_text(
        path.read_text(encoding="utf-8") + f"\nattachments:\n  {item(session)}: [证明.pdf]\n",
        encoding="utf-8",
    )
    return packet(session, path, PLAIN)


@pytest.mark.thorough
def test_every_file_is_under_its_limit_and_says_by_how_much_it_shrank(small: Packet, tmp_path: Path) -> None:
    upload = small.manifest.upload
    assert upload is not None
    assert (upload.portal, upload.max_bytes) == ("某某申报系统", 1_000_000)
    assert paths(small) == [
        "upload/河南省高端轴承创新联合体-01-申报文件.pdf",
        "upload/河南省高端轴承创新联合体-02-附件.pdf",
    ]
    documents, attached = upload.files
    assert documents.of == ("application", "agreement", "plan")
    assert documents.pages == sum(
        one.pages or 0
        for document in small.manifest.documents
        for one in document.files
        if one.format == "pdf"
    )
    assert documents.bytes_before is None
    assert attached.bytes_before is not None
    assert attached.pictures_percent is not None
    assert attached.bytes <= 1_000_000 < attached.bytes_before
    assert any(f"缩到原来宽高的 {attached.pictures_percent}%" in one for one in small.manifest.warnings)
    data = file(small, attached.path)
    assert len(data) == attached.bytes
    with pikepdf.open(io.BytesIO(data)) as opened:
        assert len(opened.pages) == 2
    folder = put(small, tmp_path / "out", force=False).folder
    assert verify(folder).sound
    (folder / attached.path).unlink()
    assert [fault.path for fault in verify(folder).faults] == [attached.path]


@pytest.mark.thorough
def test_what_cannot_be_made_to_fit_is_refused_with_its_size(session: Session, tmp_path: Path) -> None:
    path = asked(tmp_path, "单个文件上限: 1")
    (tmp_path / "证明.pdf").write_bytes(scan(9, side=1200))
    path.write_text(
        path.read_text(encoding="utf-8") + f"\nattachments:\n  {item(session)}: [证明.pdf]\n",
        encoding="utf-8",
    )
    with pytest.raises(DataError, match=r"超过上限 1\.00 MB，图片缩小以后仍然超过"):
        packet(session, path, PLAIN)


def test_words_stay_where_pictures_shrink() -> None:
    from datetime import UTC, datetime

    import pypdfium2

    when = datetime(2026, 1, 1, tzinfo=UTC)
    before = scan(1, side=1200)
    made = shrunk(before, len(before) // 2, title="附件", timestamp=when)
    assert made is not None
    assert len(made.pdf) <= len(before) // 2
    assert made == shrunk(before, len(before) // 2, title="附件", timestamp=when)
    with pypdfium2.PdfDocument(made.pdf) as opened:
        assert "page 0" in opened[0].get_textpage().get_text_range()
    assert shrunk(pdf(3), 100, title="文字", timestamp=when) is None


@pytest.mark.thorough
def test_separate_files_in_both_formats_and_none_in_a_draft(session: Session, tmp_path: Path) -> None:
    path = asked(tmp_path, "格式: [PDF, Word]")
    made = packet(session, path, PLAIN)
    assert [Path(one).name.split("-")[0] for one in paths(made)] == ["01", "01", "03", "03", "05", "05"]
    by_path = {one.path: one.data for one in made.files}
    assert by_path[paths(made)[0]] == by_path["01-河南省创新联合体组建备案申请表.pdf"]
    assert by_path[paths(made)[1]] == by_path["01-河南省创新联合体组建备案申请表.docx"]
    draft = packet(session, path, PLAIN, Order("draft"))
    assert paths(draft) == []
    assert draft.manifest.upload is None


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("line", "words"),
    [("文件名: '{编号}'", "花括号"), ("文件名: 申报", "两个都叫"), ("单个文件上限: 0", "上限")],
)
def test_a_profile_that_cannot_be_is_told(session: Session, tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(DataError) as told:
        packet(session, asked(tmp_path, line), PLAIN)
    assert words in str(told.value)


def scheme(tmp_path: Path, profile: str) -> tuple[Session, Path]:
    folder = tmp_path / "templates" / "another" / "scheme-2030"
    shutil.copytree(ROOT / "templates" / PLAIN, folder)
    path = folder / "programme.yaml"
    text = path.read_text(encoding="utf-8").replace(PLAIN, CODE)
    path.write_text(text.replace("\ncopies:", f"\n{profile}\ncopies:", 1), encoding="utf-8")
    data = example(tmp_path, PLAIN)
    data.write_text(data.read_text(encoding="utf-8").replace(PLAIN, CODE), encoding="utf-8")
    return Session(Catalogue(tmp_path / "templates")), data


@pytest.mark.thorough
def test_a_scheme_s_profile_lists_its_files(tmp_path: Path) -> None:
    profile = """upload:
  portal: 省科技管理系统
  name: "{牵头单位}{标题}"
  max_megabytes: 20
  files:
    - {of: [application, agreement], title: 申请书}
    - {of: [plan], name: "{序号}方案"}
"""
    opened, data = scheme(tmp_path, profile)
    with opened:
        made = build(read_source(data), opened.catalogue.load(CODE), Order("signing"), opened)
    lead = made.job.dataset.consortium.leads[0].name
    assert paths(made) == [f"upload/{lead}申请书.pdf", "upload/02方案.pdf"]
    assert not any("没有列入上传文件" in one for one in made.manifest.warnings)


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        ('upload: {name: "{标}"}', "花括号"),
        ("upload: {max_megabytes: 0}", "max_megabytes"),
        ("upload: {files: [{of: [attachments.none]}]}", "不在附件清单里"),
    ],
)
def test_a_scheme_s_profile_that_cannot_be_is_refused(tmp_path: Path, profile: str, words: str) -> None:
    opened, _ = scheme(tmp_path, profile)
    with opened, pytest.raises(ProgrammeError) as told:
        opened.catalogue.load(CODE)
    assert words in str(told.value)


@pytest.mark.thorough
def test_a_document_that_is_signed_since_is_told_of_its_file_for_upload(
    small: Packet, authority: Authority, tmp_path: Path
) -> None:
    folder = put(small, tmp_path / "out", force=False).folder
    (agreement,) = [one for one in small.manifest.documents if one.id == "agreement"]
    place = next(one for one in agreement.signatories if one.field)
    path = folder / next(one.path for one in agreement.files if one.format == "pdf")
    path.write_bytes(authority.sign(path.read_bytes(), str(place.field), place.party))
    report = verify(folder)
    assert report.sound
    assert any("申报文件.pdf" in note and "签名以前" in note for note in report.notes)
    assert not any("附件.pdf" in note for note in report.notes)

"""A packet that comes back whole: read to the end, bound and named as it is filed; with one seal lacking it is not."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest

from generator.cli import main
from generator.packet.assessment import Order
from generator.packet.pipeline import build, put
from generator.packet.session import Session
from generator.readers.source_file import read_source
from generator.returns.scans.places import Place
from generator.returns.scans.rendered import Sheet
from tests.packet.making import example, pdf
from tests.returns.scanner import OFFICE_200, Picture
from tests.returns.signing import ACTS, Paper, as_pdf

CODE = "yunnan/consortium-2022"
# What wears paper is measured elsewhere.
MACHINE = dataclasses.replace(OFFICE_200, stain=0, fold=0, holes=0, dust=0, crop=0)
UPLOAD = """
upload:
  平台: 某某申报系统
  文件名: '{联合体}-{标题}'
  合并: 全部合并
  单个文件上限: 5
attachments:
  ITEM: [证明.pdf]
"""


def sent_out(session: Session, folder: Path) -> Path:
    """The packet with an attachment of two pages and a web system's rule for names and size."""
    programme = session.catalogue.load(CODE)
    (folder / "证明.pdf").write_bytes(pdf(2))
    data = example(folder, CODE, more=UPLOAD.replace("ITEM", programme.attachments[-1].id))
    made = build(read_source(data), programme, Order("signing"), session)
    return put(made, folder / "output", force=False).folder


def drawn(file: Path) -> list[Picture]:
    """A PDF's pages in grey, small."""
    document = pypdfium2.PdfDocument(file.read_bytes())
    pages = [page.render(scale=0.5, grayscale=True) for page in document]
    return [one.to_numpy().reshape(one.height, one.width) for one in pages]


def even(page: Picture) -> Picture:
    """A page's light and dark, softened, so that pages can be compared."""
    soft = cv2.GaussianBlur(page, (0, 0), 1.5).astype(float).ravel()
    soft -= soft.mean()
    found: Picture = soft / np.linalg.norm(soft)
    return found


def assert_in_order(file: Path, sheets: Sequence[Sheet], attached: int) -> None:
    """Every page is upright and at its place: it is most like the page that was sent out."""
    pages = drawn(file)
    assert len(pages) == len(sheets) + attached
    ours = [even(cv2.resize(sheet.draw(), (298, 421), interpolation=cv2.INTER_AREA)) for sheet in sheets]
    for number, page in enumerate(pages[: len(sheets)]):
        here = even(cv2.resize(page, (298, 421), interpolation=cv2.INTER_AREA))
        assert int(np.argmax([float(here @ one) for one in ours])) == number


def assert_named(out: Path, names: dict[str, str]) -> None:
    """What is bound of each document, by its number, bears the name of a signed set or of a partial one."""
    files = [one.stem for one in (out / "signed").glob("0*.pdf")]
    assert {stem[:2]: stem[stem.rindex("（") :] for stem in files} == names


@pytest.mark.thorough
def test_what_all_have_signed_and_sealed_is_complete_and_bound_as_it_is_filed(
    session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packet, out = sent_out(session, tmp_path), tmp_path / "收回"
    paper = Paper.of(packet)
    manifest = json.loads((packet / "manifest.json").read_bytes())
    lacks = next(sheet for sheet in paper.sheets("agreement") if sheet.signatories)
    forgetful = lacks.signatories[0].party

    def plan(sheet: Sheet, place: Place) -> Sequence[str]:
        return ("signature", "date") if sheet is lacks and place.number == 0 else ACTS

    def received(*arguments: object) -> tuple[int, dict[str, Any]]:
        given = ["--packet", packet, "-o", out, "--format", "json", "--most-mb", "8"]
        code = main(["receive", *map(str, (*arguments, *given))])
        return code, json.loads(capsys.readouterr().out)

    scans = [*paper.document("agreement", 2, MACHINE, plan), *paper.document("plan", 2, MACHINE)]
    order = np.random.default_rng(4).permutation(len(scans))
    first, second = tmp_path / "第1批.pdf", tmp_path / "第2批.pdf"
    for file, number in ((first, 0), (second, 1)):
        file.write_bytes(as_pdf([scans[at] for at in order[number::2]]))
    received(first)
    code, found = received(second)
    assert not found["missing"]
    # The seals of eleven parties over one edge lie upon each other: a person counts them.
    seam = [one for one in found["lacking"] if "骑缝章" in one]
    assert len(seam) == 1
    (lacking,) = (one for one in found["lacking"] if one not in seam)
    assert forgetful in lacking
    assert "没有见到印章" in lacking
    code, found = received("--confirm", "2-seam", "--by", "张三")
    assert (code, found["complete"], found["lacking"]) == (1, False, [lacking])
    # Only what was seen to the last seal is called a signed set.
    assert_named(out, {"02": "（未齐）", "03": "（签署件）"})
    whole = out / "signed" / f"{manifest['consortium']}（签署件）.pdf"
    assert not whole.exists()
    assert not (out / "signed" / "upload").exists()

    # The page once more, sealed: everything else stands as it was read.
    sealed = tmp_path / "补盖.pdf"
    sealed.write_bytes(as_pdf([paper.document("agreement", 2, MACHINE)[lacks.page - 1]]))
    code, found = received(sealed)
    assert ["骑缝章" in one for one in found["lacking"]] == [True]
    code, found = received("--confirm", "2-seam", "--by", "张三")
    assert (code, found["complete"], found["lacking"]) == (0, True, [])
    assert not (out / "reminders.txt").exists()
    assert_named(out, {"02": "（签署件）", "03": "（签署件）"})

    sheets = [sheet for sheet in paper.sent.own if sheet.document in {"agreement", "plan"}]
    (upload,) = (out / "signed" / "upload").iterdir()
    assert upload.name == f"{manifest['consortium']}-申报材料.pdf"
    assert upload.stat().st_size <= 5_000_000
    assert whole.stat().st_size <= 8_000_000
    for file in (whole, upload):
        assert_in_order(file, sheets, attached=2)
    with pikepdf.open(whole) as bound:
        kinds = {str(page.Resources.XObject.Scan.Filter) for page in list(bound.pages)[: len(sheets)]}
    assert kinds == {"/DCTDecode", "/CCITTFaxDecode"}
    for file in (first, second, sealed):
        assert any(file.read_bytes() == kept.read_bytes() for kept in (out / "originals").iterdir())

    # A page that was replaced after it was seen is not bound, and what was bound does not stay.
    one = next((out / "pages").glob("3-*.jpg"))
    one.write_bytes(one.read_bytes()[:-1] + b"x")
    received(sealed)
    assert not whole.exists()
    assert not upload.exists()

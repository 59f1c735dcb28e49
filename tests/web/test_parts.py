"""Each party's own part: given out by the page, filled elsewhere, taken back where a person chose it."""

from __future__ import annotations

import io
import shutil
import zipfile

import openpyxl
import pytest

from generator.base.files import shipped
from tests.web.conftest import Page

P = "henan/consortium-2022"
WHERE = {"file": "a.xlsx", "p": P}


@pytest.fixture
def given_out(page: Page) -> Page:
    shutil.copy(shipped("data") / "henan-consortium-2022.xlsx", page.folder / "a.xlsx")
    return page


def _filled(data: bytes, old: str, new: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == old]
    assert cells
    for cell in cells:
        cell.value = new
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.thorough
def test_a_party_s_workbook_filled_and_merged(given_out: Page) -> None:
    page = given_out
    archive = zipfile.ZipFile(io.BytesIO(page.client.get("/parts/workbook", params=WHERE).content))
    assert len(archive.namelist()) == 12
    one = page.client.get("/parts/workbook", params={**WHERE, "member": "1"}).content
    texts = [
        str(cell.value)
        for sheet in openpyxl.load_workbook(io.BytesIO(one))
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert "新乡衡达轴承零件有限公司" in texts
    # Another party's account of itself is none of its business.
    assert not any("轴承钢氧含量" in text for text in texts)
    answer = page.post("/parts/add", WHERE, files={"files": ("回.xlsx", _filled(one, "孟庆安", "孟新安"))})
    assert "回.xlsx" in answer.text
    text = page.get("/parts/differences?file=a.xlsx&p=henan/consortium-2022&back=回.xlsx").text
    assert "孟新安" in text
    assert "孟庆安" in text
    assert page.post("/parts/merge", {**WHERE, "back": "回.xlsx"}).status_code == 400
    chosen = {**WHERE, "back": "回.xlsx", "path": "members[1].legal_representative"}
    assert page.post("/parts/merge", chosen).status_code == 200
    book = openpyxl.load_workbook(page.folder / "a.xlsx")
    assert "孟新安" in [cell.value for row in book["成员单位"].iter_rows() for cell in row]
    assert (
        "没有要合并的" in page.get("/parts/differences?file=a.xlsx&p=henan/consortium-2022&back=回.xlsx").text
    )
    # What came back is no data file of its own.
    assert "回.xlsx" not in page.get("/files").text


@pytest.mark.parametrize("number", ["12", "-1", "x", "999999999999"])
def test_only_parties_that_there_are(given_out: Page, number: str) -> None:
    assert given_out.client.get("/parts/workbook", params={**WHERE, "member": number}).status_code == 400


@pytest.mark.parametrize("name", ["../a.xlsx", "b.xlsx", "/etc/passwd"])
def test_only_what_came_back_is_opened(given_out: Page, name: str) -> None:
    assert given_out.client.get("/parts/differences", params={**WHERE, "back": name}).status_code == 400

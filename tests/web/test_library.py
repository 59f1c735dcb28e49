"""The unit library on the page: found by any of its texts, taken in as a member with all that is said of it."""

from __future__ import annotations

import html
import re
import shutil

import pytest

from generator.base.files import shipped
from generator.workflows.editing import Editing
from generator.workflows.workspace import Workspace
from tests.web.conftest import Page

P = "henan/consortium-2022"
WHERE = {"file": "a.yaml", "p": P}


@pytest.fixture
def library(page: Page) -> Page:
    shutil.copy(shipped("data") / "henan-consortium-2022.yaml", page.folder / "a.yaml")
    (page.folder / "单位库.yaml").write_text(
        "单位库:\n  - 单位名称: 新乡<b>某某</b>厂\n    统一社会信用代码: 91410300171076548K\n    单位性质: 企业\n"
        "  - 单位名称: 信阳某某所\n    单位性质: 科研院所\n",
        encoding="utf-8",
    )
    return page


def test_units_are_found_and_taken_in_as_members(library: Page, workspace: Workspace) -> None:
    assert "<b>某某</b>" not in library.get("/library").text
    assert "供各份数据选用的单位" in library.get("/files").text
    assert "共 14 家" in library.get("/library").text
    text = library.client.get("/library", params={**WHERE, "q": "91410300171076548k"}).text
    assert "找到 1 家" in text
    key = re.search(r'name="unit" value="([^"]+)"', text)
    assert key
    answer = library.post("/library/take", {**WHERE, "unit": html.unescape(key[1])}, follow_redirects=False)
    assert "members%5B12%5D.name" in answer.headers["location"]
    values = Editing(workspace, library.folder / "a.yaml", P).state().values
    assert values["members[12].name"] == "新乡<b>某某</b>厂"
    assert values["members[12].kind"] == "企业"
    assert "members[12].role" not in values
    text = library.client.get("/library", params={**WHERE, "q": "新乡"}).text
    assert "已是成员" in text
    before = (library.folder / "a.yaml").read_bytes()
    for wrong in (html.unescape(key[1]), "../a.yaml|0|x", ""):
        assert library.post("/library/take", {**WHERE, "unit": wrong}).status_code == 400
    assert (library.folder / "a.yaml").read_bytes() == before


@pytest.mark.thorough
def test_a_unit_of_another_file_comes_with_its_accounts(library: Page, workspace: Workspace) -> None:
    library.post("/new", {"p": P, "name": "新的", "format": ".xlsx"})
    where = {"file": "新的.xlsx", "p": P}
    source = Editing(workspace, library.folder / "a.yaml", P).state().values
    text = library.client.get("/library", params={**where, "q": source["members[0].name"]}).text
    key = re.search(r'name="unit" value="([^"]+)"', text)
    assert key
    assert library.post("/library/take", {**where, "unit": html.unescape(key[1])}).status_code == 200
    found = Editing(workspace, library.folder / "新的.xlsx", P).state().values
    at = next(path[:-5] for path, text in found.items() if text == source["members[0].name"])
    own = {path: text for path, text in source.items() if path.startswith("members[0].") and text}
    own.pop("members[0].role")
    assert any("accounts[" in path for path in own)
    for path, text in own.items():
        assert found.get(path.replace("members[0]", at)) == text, path

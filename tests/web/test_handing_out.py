"""Schemes handed out and taken in, drafts compared, filings tabulated: what the page does and what it refuses."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from generator.base.files import shipped
from generator.model.catalogue import load_programme
from generator.packet.times import FIXED_TIME
from generator.publishing.pack import About, new_key, pack_bytes, secret_key
from tests.web.conftest import Page

CODE = "hainan/consortium-2022"
FOLDER = shipped("templates") / CODE
EXAMPLE = shipped("data") / "hainan-consortium-2022.yaml"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is installed for the user who runs the tests."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="module")
def keys() -> list[bytes]:
    return [new_key("")[0] for _ in range(2)]


def packed(key: bytes, version: int, note: str = "") -> bytes:
    """A pack of the scheme, without the blank documents that take long."""
    programme = load_programme(FOLDER)
    files = {
        f"scheme/{path.relative_to(FOLDER).as_posix()}": path.read_bytes()
        for path in sorted(FOLDER.rglob("*"))
        if path.is_file() and path.suffix in {".yaml", ".docx"}
    }
    if note:
        files["scheme/说明.txt"] = note.encode()
    about = About(code=CODE, version=version, title=programme.title, authority=programme.authority, files=())
    return pack_bytes(about, files, secret_key(key, "", "x.key"), FIXED_TIME)


def drop(page: Page, data: bytes, name: str = "海南.lhpack") -> Any:
    return page.post("/packs/add", files={"pack": (name, data)})


def install(page: Page, name: str, **more: str) -> Any:
    return page.post("/packs/install", {"name": name, **more})


@pytest.mark.thorough
def test_a_pack_is_shown_first_and_installed_only_when_its_key_was_compared(
    page: Page, keys: list[bytes]
) -> None:
    shown = drop(page, packed(keys[0], 1))
    for said in ("第 1 版", "签名完好", "第一次见到", "密钥指纹"):
        assert said in shown.text
    refused = install(page, "海南.lhpack")
    assert refused.status_code == 400
    assert "没有勾选核对过指纹" in refused.text
    assert "安装的" not in page.get("/packs").text
    listed = install(page, "海南.lhpack", compared="1").text
    assert "安装的" in listed
    assert "第 1 版" in listed
    # The newer one says what it changes, and asks for no comparison: the key is known.
    newer = drop(page, packed(keys[0], 2, "新的说明"), "第二版.lhpack").text
    assert "以前装过同一把密钥" in newer
    assert "新增 说明.txt" in newer
    assert "第 2 版" in install(page, "第二版.lhpack").text
    # An older one, and one with another key, are refused in words.
    assert "已经装有更新的第 2 版" in page.get("/packs/offer", params={"name": "海南.lhpack"}).text
    other = drop(page, packed(keys[1], 3), "别的.lhpack").text
    assert "另一把密钥" in other
    assert "核对新指纹" in other
    assert "--new-key" not in other
    assert "不是用您写的那把密钥" in install(page, "别的.lhpack", fingerprint="0000 0000").text
    assert "第 3 版" not in page.get("/packs").text


def test_an_altered_pack_and_a_strange_name_are_refused(page: Page, keys: list[bytes]) -> None:
    data = bytearray(packed(keys[0], 1))
    data[len(data) // 2] ^= 1
    shown = drop(page, bytes(data))
    assert "安装方案" in shown.text
    assert 'name="compared"' not in shown.text
    assert install(page, "海南.lhpack", compared="1").status_code == 400
    assert drop(page, b"x", "a.zip").status_code == 400
    for name in ("../海南.lhpack", "/etc/passwd", "没有.lhpack", "a\x00.lhpack", ""):
        answer = page.get("/packs/offer", params={"name": name})
        assert answer.status_code == 400
        assert str(page.folder) not in answer.text
    assert "安装的" not in page.get("/packs").text


def test_a_key_is_made_and_never_handed_out(page: Page) -> None:
    page.get("/")
    short = page.post("/packs/key", {"name": "某厅", "password": "1234567", "again": "1234567"})
    assert "口令太短" in short.text
    other = page.post("/packs/key", {"name": "某厅", "password": "12345678", "again": "12345679"})
    assert "两次写的口令不同" in other.text
    assert (
        page.post("/packs/key", {"name": "../某厅", "password": "1" * 9, "again": "1" * 9}).status_code == 400
    )
    assert not (page.folder / "发布").exists()
    made = page.post("/packs/key", {"name": "某厅", "password": "12345678", "again": "12345678"})
    assert "某厅" in made.text
    assert (page.folder / "发布" / "密钥" / "某厅.key").is_file()
    for name in ("密钥/某厅.key", "某厅.key", "../发布/密钥/某厅.key"):
        assert page.get("/packs/file", params={"name": name}).status_code == 400
        assert page.get("/packs/offer", params={"name": name}).status_code == 400
    wrong = page.post("/packs/make", {"p": CODE, "key": "../某厅"})
    assert "没有选签名用的密钥" in wrong.text
    assert "没有写密钥的口令" in page.post("/packs/make", {"p": CODE, "key": "某厅"}).text


def test_only_what_lies_in_the_folder_is_compared_and_tabulated(page: Page, folder: Path) -> None:
    (folder / "a.yaml").write_text("name: 某联合体\n", encoding="utf-8")
    (folder.parent / "b.yaml").write_text("name: 外面\n", encoding="utf-8")
    for old, new in (
        ("a.yaml", "a.yaml"),
        ("a.yaml", "../b.yaml"),
        ("/etc/passwd", "a.yaml"),
        ("", "a.yaml"),
    ):
        answer = page.post("/drafts/make", {"old": old, "new": new})
        assert answer.status_code == 400
        assert "外面" not in answer.text
    for name in ("..", "/etc", ".", "收件", ""):
        assert page.post("/rollup/make", {"p": CODE, "folder": name}).status_code == 400
    for query in ({"job": "1", "at": "0"}, {"job": "x", "at": "0"}, {"job": "99999999999", "at": "-1"}):
        assert page.get("/drafts/file", params=query).status_code == 400
    for query in ({"rollup": "..", "path": "zip"}, {"rollup": "a/b", "path": "../../a.yaml"}):
        assert page.get("/rollup/file", params=query).status_code == 400


def done(page: Page, path: str, said: str) -> str:
    """The screen when its job has ended."""
    jobs = page.client.app.state.desk.jobs  # type: ignore[attr-defined]
    text = ""
    for _ in range(300):
        version = jobs.version
        text = str(page.get(path).text)
        if said in text:
            break
        jobs.wait(version, 1.0)
    return text


@pytest.mark.thorough
def test_two_drafts_are_laid_side_by_side(page: Page, folder: Path) -> None:
    shutil.copy(EXAMPLE, folder / "旧.yaml")
    text = EXAMPLE.read_text(encoding="utf-8")
    name = text.split("name:", 1)[1].split("\n", 1)[0].strip()
    (folder / "新.yaml").write_text(text.replace(name, "海南省新的创新联合体", 1), encoding="utf-8")
    page.post("/drafts/make", {"old": "旧.yaml", "new": "新.yaml"})
    shown = done(page, "/drafts", "数据：改了")
    assert "海南省新的创新联合体" in shown
    assert name.strip("\"'") in shown


@pytest.mark.thorough
def test_a_folder_is_tabulated_and_what_was_left_out_is_told(page: Page, folder: Path) -> None:
    (folder / "报来的").mkdir()
    shutil.copy(EXAMPLE, folder / "报来的" / "甲.yaml")
    (folder / "报来的" / "坏的.yaml").write_text("name: [", encoding="utf-8")
    page.post("/rollup/make", {"p": CODE, "folder": "报来的"})
    shown = done(page, "/rollup", "做好的汇总")
    assert "列入 1 家" in shown
    assert "坏的.yaml" in shown
    name = (
        next((folder / "output").glob("*/*/manifest.json")).parent.relative_to(folder / "output").as_posix()
    )
    got = page.get("/rollup/file", params={"rollup": name, "path": "汇总.xlsx"})
    assert got.status_code == 200
    assert got.content.startswith(b"PK")
    for wrong in ("manifest.json", "../../a", "没有.xlsx"):
        assert page.get("/rollup/file", params={"rollup": name, "path": wrong}).status_code == 400

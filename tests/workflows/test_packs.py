"""A scheme handed out and installed: only what its publisher signed, never an older one, nothing written in doubt."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.base.zips import zip_bytes
from generator.cli import main
from generator.packet.times import FIXED_TIME
from generator.publishing.pack import About, pack_bytes, secret_key
from generator.workflows.editing import Editing
from generator.workflows.workspace import Workspace
from generator.writers.changes import SetText
from tests.pdf.word import docx, paragraph
from tests.workflows.trial_scheme import scheme

TEMPLATE = docx(paragraph("{{ name }}"), paragraph("{{ industry }}"))


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folder of this test alone."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "lianheti" / "packs"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return scheme(tmp_path / "templates", TEMPLATE)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    assert main(["pack", "keygen", "-o", str(tmp_path / "厅"), "--no-password"]) == 0
    return tmp_path / "厅.key"


Maker = Callable[..., Path]


@pytest.fixture
def made(tmp_path: Path, folder: Path, key: Path) -> Maker:
    """Makes a pack; gives its file."""

    def make(name: str = "a.lhpack", *, version: int | None = None, signed: Path = key) -> Path:
        number = ["--version", str(version)] if version else []
        assert main(["pack", str(folder), "-o", str(tmp_path / name), "--key", str(signed), *number]) == 0
        return tmp_path / name

    return make


def everything_in(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def refused(pack: Path, root: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The message of an installation that is refused and leaves everything as it was."""
    before = everything_in(root)
    capsys.readouterr()
    assert main(["install", str(pack), "--yes"]) == 4
    assert everything_in(root) == before
    return capsys.readouterr().err


@pytest.mark.thorough
def test_a_pack_is_the_same_bytes_again_and_holds_all_that_an_applicant_needs(made: Maker) -> None:
    first, second = made("a.lhpack").read_bytes(), made("b.lhpack").read_bytes()
    assert first == second
    names = zipfile.ZipFile(io.BytesIO(first)).namelist()
    assert {
        "scheme/programme.yaml",
        "scheme/application.docx",
        "workbook/some-trial.xlsx",
        "使用说明.txt",
    } <= set(names)
    assert any(name.startswith("blank/") and name.endswith(".pdf") for name in names)


@pytest.mark.thorough
def test_an_installed_scheme_is_found_with_its_version_and_key(
    made: Maker, own_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["install", str(made()), "--yes"]) == 0
    shown = capsys.readouterr().out
    fingerprint = shown.split("密钥指纹：")[1].split("\n")[0]
    assert "第一次见到" in shown
    assert main(["programmes", "--format", "json"]) == 0
    found = {one["code"]: one["pack"] for one in json.loads(capsys.readouterr().out)}
    assert found["some/trial"] == {"version": 1, "key": fingerprint}
    assert all(pack is None for code, pack in found.items() if code != "some/trial")
    assert main(["new", "some/trial", "-o", str(tmp_path / "data.xlsx")]) == 0
    before = everything_in(own_folder)
    assert main(["install", str(tmp_path / "a.lhpack"), "--yes"]) == 0
    assert "已经装好" in capsys.readouterr().out
    assert everything_in(own_folder) == before


@pytest.mark.thorough
def test_a_newer_one_takes_the_place_of_an_older_and_never_the_other_way(
    made: Maker, folder: Path, own_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = made("old.lhpack")
    (folder / "application.docx").write_bytes(docx(paragraph("新 {{ name }}"), paragraph("{{ industry }}")))
    new = made("new.lhpack", version=2)
    assert main(["install", str(old), "--yes"]) == 0
    assert main(["install", str(new), "--yes"]) == 0
    shown = capsys.readouterr().out
    assert "已经装有第 1 版" in shown
    assert "改动 application.docx" in shown
    assert "第 1 版，已经装有更新的第 2 版" in refused(old, own_folder, capsys)
    other = made("other.lhpack", version=2)
    assert main(["install", str(other), "--yes"]) == 0
    (folder / "application.docx").write_bytes(TEMPLATE)
    assert "内容却不同" in refused(made("twice.lhpack", version=2), own_folder, capsys)


@pytest.mark.thorough
def test_a_version_only_grows(made: Maker, folder: Path, key: Path, tmp_path: Path) -> None:
    made("a.lhpack", version=3)
    before = (tmp_path / "a.lhpack").read_bytes()
    arguments = ["pack", str(folder), "-o", str(tmp_path / "a.lhpack"), "--key", str(key)]
    assert main([*arguments, "--version", "3"]) == 2
    assert (tmp_path / "a.lhpack").read_bytes() == before
    assert main(arguments) == 0
    about = json.loads(zipfile.ZipFile(tmp_path / "a.lhpack").read("pack.json"))
    assert about["version"] == 4


@pytest.mark.thorough
def test_another_key_is_refused_until_its_fingerprint_is_told(
    made: Maker, own_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["install", str(made()), "--yes"]) == 0
    assert main(["pack", "keygen", "-o", str(tmp_path / "别人"), "--no-password"]) == 0
    forged = made("b.lhpack", version=2, signed=tmp_path / "别人.key")
    said = refused(forged, own_folder, capsys)
    assert "另一把密钥" in said
    assert "打电话向发布单位核实" in said
    assert main(["install", str(forged), "--yes", "--new-key", "0000 0000 0000 0000 0000"]) == 2
    assert main(["install", str(made("a.lhpack", version=2)), "--dry-run"]) == 0
    fingerprint = said.split("这一份由另一把密钥 ")[1].split(" 签名")[0]
    assert main(["install", str(forged), "--yes", "--new-key", fingerprint]) == 0


@pytest.mark.thorough
def test_one_altered_byte_anywhere_is_refused(
    made: Maker, own_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = made()
    members = {name: zipfile.ZipFile(pack).read(name) for name in zipfile.ZipFile(pack).namelist()}
    for name, data in members.items():
        altered = {
            **members,
            name: data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :],
        }
        broken = tmp_path / "broken.lhpack"
        broken.write_bytes(zip_bytes(altered))
        assert refused(broken, own_folder, capsys), name


@pytest.mark.one_in(4)
@pytest.mark.parametrize("name", ["../evil.docx", "scheme/../../evil.docx", "/evil.docx", "scheme/evil.exe"])
def test_members_that_were_not_signed_or_lead_elsewhere_are_refused(
    made: Maker, own_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    pack = made()
    with zipfile.ZipFile(pack, "a") as archive:
        archive.writestr(name, b"x")
    refused(pack, own_folder, capsys)
    assert not list(tmp_path.rglob("evil*"))


@pytest.mark.parametrize(
    "name",
    ["长" * 90 + ".docx", "CON.docx", "application.docx/乙.docx"],
    ids=["long", "device", "below a file"],
)
def test_signed_members_that_some_folder_cannot_hold_are_refused(
    key: Path, folder: Path, own_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    files = {f"scheme/{path.name}": path.read_bytes() for path in folder.iterdir()}
    about = About(code="some/trial", version=1, title="试验方案", authority="某省", files=())
    pack = tmp_path / "a.lhpack"
    signed = secret_key(key.read_bytes(), "", key.name)
    pack.write_bytes(pack_bytes(about, {**files, f"scheme/{name}": b"x"}, signed, FIXED_TIME))
    assert "不能用这个名字存放" in refused(pack, own_folder, capsys)


@pytest.mark.thorough
def test_a_bomb_and_what_is_no_pack_are_refused(
    own_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bomb = tmp_path / "bomb.lhpack"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("pack.json", b" " * 300_000_000)
    assert "打不开" in refused(bomb, own_folder, capsys)
    plain = tmp_path / "plain.lhpack"
    plain.write_bytes(b"PK")
    refused(plain, own_folder, capsys)
    plain.write_bytes(zip_bytes({"a.txt": b"a"}))
    assert "不是方案安装包" in refused(plain, own_folder, capsys)


@pytest.mark.thorough
def test_a_scheme_with_errors_is_not_packed(folder: Path, key: Path, tmp_path: Path) -> None:
    (folder / "application.docx").write_bytes(docx(paragraph("{{ nonsense }}")))
    target = tmp_path / "a.lhpack"
    assert main(["pack", str(folder), "-o", str(target), "--key", str(key)]) == 4
    assert not target.exists()


def test_a_file_whose_name_other_systems_cannot_hold_is_not_packed(
    folder: Path, key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a:b.docx").write_bytes(b"x")
    target = tmp_path / "a.lhpack"
    assert main(["pack", str(folder), "-o", str(target), "--key", str(key)]) == 4
    assert "a:b.docx" in capsys.readouterr().err
    assert not target.exists()


@pytest.mark.thorough
def test_a_locked_key_asks_for_its_password(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    password = tmp_path / "口令.txt"
    password.write_text("四个字的口令\n", encoding="utf-8")
    assert main(["pack", "keygen", "-o", str(tmp_path / "厅"), "--password-file", str(password)]) == 0
    arguments = ["pack", str(folder), "-o", str(tmp_path / "a.lhpack"), "--key", str(tmp_path / "厅.key")]
    assert main(arguments) == 2
    assert "口令" in capsys.readouterr().err
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("别的", encoding="utf-8")
    assert main([*arguments, "--password-file", str(wrong)]) == 2
    assert main([*arguments, "--password-file", str(password)]) == 0


@pytest.mark.thorough
@pytest.mark.parametrize("suffix", ["yaml", "xlsx"])
def test_data_remember_the_version_and_say_when_there_is_another(
    made: Maker, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    """A new file has it, a conversion keeps it, a check writes it only where it is asked to."""
    old = made("old.lhpack")
    assert main(["install", str(old), "--yes"]) == 0
    data = tmp_path / f"data.{suffix}"
    assert main(["new", "some/trial", "-o", str(data)]) == 0
    with Workspace() as workspace:
        editing = Editing(workspace, data, "some/trial")
        editing.change([SetText("name", "甲联合体")], seen=editing.state().sha256)
    (folder / "application.docx").write_bytes(docx(paragraph("新 {{ name }}"), paragraph("{{ industry }}")))
    text = (folder / "programme.yaml").read_text(encoding="utf-8")
    limited = f"{text}limits: [{{path: industry, max: 20, clause: 二, quote: 不超过 20 字}}]\n"
    (folder / "programme.yaml").write_text(
        limited.replace("title: 试验方案", "title: 试验方案（修订）"), "utf-8"
    )
    assert main(["install", str(made("new.lhpack", version=2)), "--yes"]) == 0
    shown = capsys.readouterr().out
    assert "“方案”“全称”由“试验方案”改为“试验方案（修订）”" in shown
    assert "“字数”新增" in shown
    assert "＋ 新 {{ name }}" in shown
    other = tmp_path / ("other.xlsx" if suffix == "yaml" else "other.yaml")
    assert main(["convert", str(data), "-p", "some/trial", "-o", str(other)]) == 0
    for path in (data, other):
        before = path.read_bytes()
        main(["check", str(path), "-p", "some/trial"])
        assert "按方案第 1 版填写，现在装的是第 2 版" in capsys.readouterr().out
        assert path.read_bytes() == before
        main(["check", str(path), "-p", "some/trial", "--record"])
        assert "some/trial 第 2 版" in capsys.readouterr().out
        main(["check", str(path), "-p", "some/trial"])
        assert "第 1 版" not in capsys.readouterr().out


@pytest.mark.thorough
def test_where_each_scheme_comes_from_is_shown(made: Maker, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["install", str(made()), "--yes"]) == 0
    capsys.readouterr()
    assert main(["programmes", "--format", "json"]) == 0
    sources = {one["code"]: one["source"] for one in json.loads(capsys.readouterr().out)}
    assert sources.pop("some/trial") == "安装包"
    assert set(sources.values()) == {"自带"}

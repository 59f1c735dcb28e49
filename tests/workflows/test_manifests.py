"""``manifest.json`` of every kind: one form, described by the schema, and sound when it has just been made."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pikepdf
import pytest

from generator.cli import main

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
CODE = "henan/consortium-2022"
WITH_TABLE = "henan/alliance-2020"
LEAD = "role: 牵头单位\n    name: 洛阳启恒精密轴承集团股份有限公司"
OTHER = "role: 成员单位\n    name: 新乡衡达轴承零件有限公司"


def data_of(code: str) -> Path:
    return DATA / f"{code.replace('/', '-')}.yaml"


def _amended(folder: Path) -> list[object]:
    new = folder / "变更后.yaml"
    text = data_of(CODE).read_text(encoding="utf-8")
    swapped = text.replace(LEAD, LEAD.replace("牵头", "成员")).replace(OTHER, OTHER.replace("成员", "牵头"))
    new.write_text(swapped, encoding="utf-8")
    return ["amend", data_of(CODE), new, "-p", CODE, "--edition", "signing"]


KINDS: dict[str, Callable[[Path], list[object]]] = {
    "packet-draft": lambda _: ["packet", data_of(CODE), "-p", CODE],
    "packet-signing": lambda _: ["packet", data_of(CODE), "-p", CODE, "--edition", "signing"],
    "packet-words": lambda _: ["packet", data_of(CODE), "-p", CODE, "--no-pdf"],
    "amendment": _amended,
    "rollup": lambda _: ["rollup", WITH_TABLE, data_of(WITH_TABLE)],
}


@pytest.fixture(scope="module")
def packets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One packet of every kind, made by the command: each one's folder."""
    found = {}
    for kind, arguments in KINDS.items():
        folder = tmp_path_factory.mktemp(kind)
        assert main([*map(str, arguments(folder)), "-o", str(folder / "out")]) == 0
        (found[kind],) = [path.parent for path in (folder / "out").rglob("manifest.json")]
    return found


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    from generator.publishing.manifest import manifest_schema

    schema = manifest_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("kind", KINDS)
def test_a_fresh_packet_of_every_kind_is_whole_as_folder_and_archive(
    packets: dict[str, Path], kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = packets[kind]
    for place in (folder, folder.with_name(f"{folder.name}.zip")):
        capsys.readouterr()
        assert main(["verify", str(place), "--format", "json"]) == 0
        report = json.loads(capsys.readouterr().out)
        assert report["untouched"]
        assert report["faults"] == []
        assert report["notes"] == []
        assert {file["state"] for file in report["files"]} == {"same"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_describes_it(
    packets: dict[str, Path], kind: str, validator: jsonschema.Draft202012Validator
) -> None:
    manifest = json.loads((packets[kind] / "manifest.json").read_bytes())
    assert list(validator.iter_errors(manifest)) == []
    assert manifest["kind"] == kind.partition("-")[0]
    for key in ("kind", "files", "documents", "programme", "manifest_sha256"):
        lacking = {name: value for name, value in manifest.items() if name != key}
        assert list(validator.iter_errors(lacking)), key


def test_the_command_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--manifest"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert set(printed["discriminator"]["mapping"]) == {"packet", "amendment", "rollup"}


def test_blank_forms_are_nobodys_packet(tmp_path: Path) -> None:
    assert main(["blank", CODE, "-o", str(tmp_path), "--no-pdf"]) == 0
    assert list(tmp_path.rglob("*.docx"))
    assert list(tmp_path.rglob("manifest.json")) == []


@pytest.mark.parametrize("kind", ["packet-signing", "amendment", "rollup"])
def test_every_official_pdf_is_finished_alike(packets: dict[str, Path], kind: str) -> None:
    from generator.pdf.signatures.fields import identity_holds

    manifest = json.loads((packets[kind] / "manifest.json").read_bytes())
    files = [file for document in manifest["documents"] for file in document["files"]]
    paths = [packets[kind] / file["path"] for file in files if file["format"] == "pdf"]
    assert paths
    for path in paths:
        assert identity_holds(path.read_bytes())
        with pikepdf.open(path) as pdf, pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "2B"
            assert metadata["dc:title"]
            assert "/Lang" in pdf.Root
            assert "/OutputIntents" in pdf.Root


def _changed(change: Callable[[Any], object]) -> Callable[[bytes], bytes]:
    def on(raw: bytes) -> bytes:
        content = json.loads(raw)
        change(content)
        return json.dumps(content).encode()

    return on


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "not-json": lambda raw: raw[: len(raw) // 2],
    "not-an-object": lambda _: b"[]",
    "deep": lambda _: b"[" * 99_999,
    "not-utf8": lambda _: b"\xff\xfe{",
    "of-another-program": lambda _: b'{"name": "some-extension", "manifest_version": 3}',
    "of-another-version": _changed(lambda content: content.update(schema=99)),
    "no-kind": _changed(lambda content: content.pop("kind")),
    "no-inputs": _changed(lambda content: content.pop("inputs")),
    "no-such-day": _changed(lambda content: content.update(date="2024-99-99")),
    "surrogate": lambda raw: raw.replace(b'"consortium": "', b'"consortium": "\\ud800'),
    "escape": lambda raw: raw.replace(b'"consortium": "', b'"consortium": "\\u001b[31m'),
    "turned": lambda raw: raw.replace(b'"consortium": "', b'"consortium": "\\u202e'),
    "elsewhere": _changed(lambda content: content["files"][0].update(path="../../etc/passwd")),
    "device": _changed(lambda content: content["documents"][0]["files"][0].update(path="/dev/zero")),
    "no-party": _changed(lambda content: content["documents"][1]["signatories"][0].pop("party")),
    "files-a-number": _changed(lambda content: content.update(files=3)),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_or_foreign_manifest_is_told_in_one_chinese_paragraph(
    packets: dict[str, Path], damage: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "某联合体"
    shutil.copytree(packets["packet-words"], folder)
    path = folder / "manifest.json"
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    for command in ("verify", "bind"):
        capsys.readouterr()
        assert main([command, str(folder)]) == 3
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.strip().count("\n") <= 2  # one paragraph, however a narrow terminal breaks it
        assert "manifest.json" in said.err
        assert "重新" in said.err
        assert "\x1b" not in said.err
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before

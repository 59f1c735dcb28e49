"""Programmes and data from strangers name files: only ordinary ones in their own folder are opened."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.errors import ProgrammeError
from generator.model.catalogue import load_programme
from generator.readers.load import load
from generator.readers.source_file import read_source
from tests.rendering.small_templates import PROGRAMME, of_paragraphs

Change = Callable[[Path, dict[str, Any]], None]


def programme_at(folder: Path, change: Change | None = None) -> Path:
    folder.mkdir(parents=True)
    content: dict[str, Any] = {
        "schema": 1,
        "code": "some/programme",
        "title": "某省创新联合体",
        "short_title": "某省",
        "authority": "某省科学技术厅",
        "region": "某省",
        "source": {"title": "某办法"},
        "documents": [{"id": "application", "title": "申请表", "template": "application.docx"}],
    }
    (folder / "application.docx").write_bytes(of_paragraphs("{{ name }}"))
    if change is not None:
        change(folder, content)
    if not (folder / "programme.yaml").is_symlink():
        (folder / "programme.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder


def named(name: str) -> Change:
    def change(_: Path, content: dict[str, Any]) -> None:
        content["documents"][0]["template"] = name

    return change


def variant(name: str) -> Change:
    def change(_: Path, content: dict[str, Any]) -> None:
        content["documents"][0]["variants"] = [{"template": name, "when": {"name": "甲"}}]

    return change


def linked(target: str) -> Change:
    def change(folder: Path, _: dict[str, Any]) -> None:
        (folder / "application.docx").unlink()
        (folder / "application.docx").symlink_to(target)

    return change


def instead(make: Callable[[Path], Any]) -> Change:
    def change(folder: Path, _: dict[str, Any]) -> None:
        (folder / "application.docx").unlink()
        make(folder / "application.docx")

    return change


def folder_linked(folder: Path, content: dict[str, Any]) -> None:
    (folder / "parts").symlink_to(folder.parents[2])
    content["documents"][0]["template"] = "parts/private.docx"


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(30_000_000_000)


def linked_programme(folder: Path, _: dict[str, Any]) -> None:
    (folder.parents[2] / "private.yaml").write_text("secret: 工资", encoding="utf-8")
    (folder / "programme.yaml").symlink_to("../../../private.yaml")


STRAYS: dict[str, Change] = {
    "outside": named("../../../private.docx"),
    "absolute": named("/etc/hostname"),
    "home": named("~/private.docx"),
    "drive": named("C:\\private.docx"),
    "share": named("\\\\server\\private.docx"),
    "nul": named("a\0.docx"),
    "long": named("字" * 300 + ".docx"),
    "empty": named(" "),
    "the folder itself": named("."),
    "below a file": named("application.docx/x.docx"),
    "a variant": variant("../../../private.docx"),
    "linked": linked("../../../private.docx"),
    "linked in a loop": linked("application.docx"),
    "a folder linked": folder_linked,
    "fifo": instead(os.mkfifo) if hasattr(os, "mkfifo") else instead(Path.mkdir),
    "folder": instead(Path.mkdir),
    "device": linked("/dev/zero"),
    "thirty gigabytes": instead(sparse),
    "programme.yaml": linked_programme,
}


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("kind", STRAYS)
def test_a_file_that_a_programme_names_lies_in_its_folder(kind: str, tmp_path: Path) -> None:
    (tmp_path / "private.docx").write_bytes(of_paragraphs("工资"))
    folder = programme_at(tmp_path / "templates" / "some" / "programme", STRAYS[kind])
    with pytest.raises(ProgrammeError) as caught:
        load_programme(folder)
    assert "programme.yaml" in str(caught.value)
    assert "工资" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_an_ordinary_programme_loads_also_through_a_linked_folder(tmp_path: Path) -> None:
    programme_at(tmp_path / "kept" / "some" / "programme")
    (tmp_path / "templates").symlink_to("kept")
    assert load_programme(tmp_path / "templates" / "some" / "programme").title == "某省创新联合体"


@pytest.mark.parametrize("text", ["\x1b]0;x\x07", "甲\u202e乙", "甲\u200b", "\ufdd0"])
@pytest.mark.parametrize("key", ["title", "noun", "authority"])
def test_a_text_that_a_terminal_would_obey_is_refused(key: str, text: str, tmp_path: Path) -> None:
    def change(_: Path, content: dict[str, Any]) -> None:
        content[key] = f"某省{text}"

    with pytest.raises(ProgrammeError) as caught:
        load_programme(programme_at(tmp_path / "some" / "programme", change))
    assert text not in str(caught.value)
    assert "U+" in str(caught.value)


@pytest.mark.parametrize(
    "name", ["__class__", "_x", "__init__", "model_fields", "model_config", "copy", "specs", "a b", "x" * 100]
)
def test_an_own_field_cannot_have_a_name_that_the_model_needs(name: str, tmp_path: Path) -> None:
    def change(_: Path, content: dict[str, Any]) -> None:
        content["fields"] = [{"path": f"members[].{name}", "title": "甲", "kind": "text"}]

    with pytest.raises(ProgrammeError) as caught:
        load_programme(programme_at(tmp_path / "some" / "programme", change))
    assert name in str(caught.value)


@pytest.mark.parametrize("kind", ["fifo", "device", "sparse", "long", "below a file"])
def test_a_file_that_the_data_names_is_ordinary(kind: str, tmp_path: Path) -> None:
    name = {"long": "字" * 300 + ".pdf", "below a file": "d.yaml/x.pdf"}.get(kind, "a.pdf")
    if kind == "fifo":
        os.mkfifo(tmp_path / name)
    elif kind == "device":
        (tmp_path / name).symlink_to("/dev/zero")
    elif kind == "sparse":
        sparse(tmp_path / name)
    file = tmp_path / "d.yaml"
    file.write_text(f"name: 某省联合体\nattachments:\n  proof: [{name}]\n", encoding="utf-8")
    dataset = load(read_source(file), PROGRAMME, known={})
    assert "proof" not in str(dataset.inputs)
    assert name not in dataset.inputs
    assert kind == "below a file" or len(dataset.problems) == 1

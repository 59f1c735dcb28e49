"""Schemes are kept in the user's cache folder as they were read; faults come from the file, and so does what changed."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path
from typing import Any

import platformdirs
import pytest

from generator.base.files import shipped
from generator.errors import ProgrammeError
from generator.model import catalogue
from generator.model.catalogue import Catalogue

CODE = "henan/consortium-2022"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda _: str(tmp_path / "cache"))
    return tmp_path / "cache" / "schemes"


@pytest.fixture
def scheme(tmp_path: Path) -> Path:
    """The file of a scheme in a folder of the user's."""
    folder = tmp_path / "templates" / CODE
    shutil.copytree(shipped("templates") / CODE, folder)
    return folder / "programme.yaml"


def _read(scheme: Path) -> Any:
    return Catalogue(scheme.parents[2]).load(CODE)


def test_a_scheme_that_was_read_before_is_the_same_and_not_parsed_again(
    kept: Path, scheme: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _read(scheme)
    assert list(kept.iterdir())
    monkeypatch.setattr(catalogue, "tree_of", lambda *_: pytest.fail("parsed again"))
    again = _read(scheme)
    assert again == first
    assert again.model.specs().keys() == first.model.specs().keys()
    # Another folder's file of the same content is that folder's scheme.
    elsewhere = scheme.parents[3] / "elsewhere"
    shutil.copytree(scheme.parents[2], elsewhere)
    assert _read(elsewhere / CODE / scheme.name).folder == elsewhere / CODE


def test_a_scheme_that_was_changed_is_read_anew_and_its_faults_are_told(kept: Path, scheme: Path) -> None:
    before = _read(scheme).title
    text = scheme.read_text(encoding="utf-8")
    scheme.write_text(text.replace(before, "另一个名称"), encoding="utf-8")
    assert _read(scheme).title == "另一个名称"
    scheme.write_text(text + "\nunheard_of: 1\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(ProgrammeError, match="unheard_of"):
            _read(scheme)
    assert kept.is_dir()


def test_what_was_kept_and_altered_since_is_not_unpickled(
    kept: Path, scheme: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _read(scheme)
    for path in kept.iterdir():
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    monkeypatch.setattr(pickle, "loads", lambda _: pytest.fail("unpickled"))
    assert _read(scheme) == first

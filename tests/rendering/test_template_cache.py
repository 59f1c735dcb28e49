"""Compiled templates are kept in the user's cache folder; only this user's own, undamaged, are used."""

from __future__ import annotations

import hashlib
import marshal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import platformdirs
import pytest

from generator.rendering.sandbox import Sandbox
from generator.rendering.template import Template
from tests.rendering.small_templates import consortium, filled, lines, of_paragraphs

DIGEST = hashlib.sha256().digest_size
TEMPLATE = of_paragraphs("名称：{{ name }}")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda _: str(tmp_path))
    return tmp_path / "templates"


def sealed(content: bytes) -> bytes:
    """A file's content with its digest before it."""
    return hashlib.sha256(content).digest() + content


def printed() -> list[str]:
    return lines(filled(TEMPLATE, consortium(name="某省联合体")))


def body(kept: Path) -> Path:
    """The file of the part that holds the tag."""
    return next(path for path in kept.iterdir() if b"{{ name }}" in path.read_bytes())


def test_a_kept_template_fills_as_one_that_was_just_patched(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = printed()
    monkeypatch.setattr("generator.rendering.template._patch", lambda _: pytest.fail("patched again"))
    monkeypatch.setattr(Sandbox, "code_of", lambda *_: pytest.fail("compiled again"))
    assert printed() == first == ["名称：某省联合体"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\0" * 32, b"\0" * 40, sealed(b""), sealed(b"N"), sealed(b"(")]
)
def test_a_damaged_file_only_costs_time(kept: Path, content: bytes) -> None:
    printed()
    for path in kept.iterdir():
        path.write_bytes(content)
    assert printed() == ["名称：某省联合体"]


def test_a_file_that_was_altered_is_not_used(kept: Path) -> None:
    printed()
    path = body(kept)
    path.write_bytes(path.read_bytes().replace(b"{{ name }}", b"{{ nama }}"))
    assert printed() == ["名称：某省联合体"]


def test_code_that_was_exchanged_is_not_even_read(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed()
    path = body(kept)
    kept_bytes = path.read_bytes()
    other = marshal.dumps(([], [], compile("raise SystemExit('foreign code')", "<part>", "exec")))
    path.write_bytes(kept_bytes[:DIGEST] + other)
    monkeypatch.setattr(marshal, "loads", _only_what_this_run_writes(marshal.loads, other))
    assert printed() == ["名称：某省联合体"]


def test_no_more_is_kept_than_a_few_hundred_files(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.rendering.cache.MOST_KEPT", 3)
    for word in ("甲", "乙", "丙", "丁", "戊"):
        assert lines(filled(of_paragraphs(f"{word}：{{{{ name }}}}"), consortium(name="某省联合体"))) == [
            f"{word}：某省联合体"
        ]
    assert len(list(kept.iterdir())) == 3


def _only_what_this_run_writes(loads: Callable[[bytes], Any], foreign: bytes) -> Callable[[bytes], Any]:
    def watched(data: bytes) -> Any:
        assert data != foreign
        return loads(data)

    return watched


@pytest.mark.skipif(sys.platform == "win32", reason="Windows 的权限不在文件模式里")
@pytest.mark.parametrize("who", ["file", "folder"])
def test_what_others_could_have_written_is_not_used(
    kept: Path, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    printed()
    (body(kept) if who == "file" else kept).chmod(0o777)
    patched: list[str] = []
    original = Template._patched

    def watched(self: Template, part: str, content: bytes) -> tuple[list[str], list[str]]:
        patched.append(part)
        return original(self, part, content)

    monkeypatch.setattr(Template, "_patched", watched)
    assert printed() == ["名称：某省联合体"]
    assert "word/document.xml" in patched


def test_a_cache_that_cannot_be_written_only_costs_time(kept: Path) -> None:
    kept.parent.joinpath("templates").write_bytes(b"a file where the folder should be")
    assert printed() == ["名称：某省联合体"]
    assert kept.is_file()

"""Kinds of slips of clerks in what is made: a packet with bound edits is a person's work, whatever writes over it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from generator.cli import main
from tests.packet.making import PLAIN, example

pytestmark = pytest.mark.thorough
SENTENCE = "各方另行商定的一句话。"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place with a data file and the signing packet that was made of it."""
    place = tmp_path_factory.mktemp("slips")
    data = example(place, PLAIN)
    order = ["packet", str(data), "-p", PLAIN, "--edition", "signing", "--sheets", "none"]
    assert main([*order, "-o", str(place / "output")]) == 0
    return place


def _again(data: Path, *more: str) -> list[str]:
    return ["packet", str(data), "-p", PLAIN, "--edition", "signing", *more]


def _batch(data: Path) -> list[str]:
    return ["batch", str(data), "-p", PLAIN, "--edition", "signing", "--jobs", "1"]


@pytest.mark.parametrize(
    ("document", "order", "change"),
    [
        ("01-*.docx", _again, ("staff: 2860", "staff: 2861")),
        ("03-*.docx", lambda data: _again(data, "--no-pdf"), ("", "")),
        ("02-*.docx", _batch, ("staff: 2860", "staff: 2862")),
    ],
    ids=["packet", "no-pdf", "batch"],
)
def test_15_a_packet_with_bound_edits_is_not_made_again_over_them(
    made: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    document: str,
    order: Callable[[Path], list[str]],
    change: tuple[str, str],
) -> None:
    place = Path(shutil.copytree(made, tmp_path / "here"))
    (data,) = place.glob("*.yaml")
    (word,) = place.glob(f"output/*/*/{document}")
    edited = docx.Document(str(word))
    edited.paragraphs[-1].insert_paragraph_before(SENTENCE)
    edited.save(str(word))
    assert main(["bind", str(word.parent)]) == 0
    mine = word.read_bytes()
    text = data.read_text(encoding="utf-8")
    assert change[0] in text
    data.write_text(text.replace(*change, 1), encoding="utf-8")
    capsys.readouterr()
    assert main([*order(data), "-o", str(place / "output")]) != 0
    said = capsys.readouterr()
    assert word.name in "".join((said.err + said.out).split())
    assert word.read_bytes() == mine
    # Asked for by force, the person's work is put aside whole.
    assert main([*order(data), "-o", str(place / "output"), "--force"]) == 0
    (aside,) = place.glob(f"output/*/*-旧1/{document}")
    assert aside.read_bytes() == mine

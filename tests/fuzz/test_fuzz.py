"""Inputs that were found by fuzzing stay tried, and each builder makes inputs that are taken and inputs that are not."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS, named, run_one, target_of

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(__file__).parent / "corpus"


@pytest.mark.thorough
def test_the_corpus_is_stood() -> None:
    inputs = sorted(CORPUS.iterdir())
    assert inputs
    for path in inputs:
        data = path.read_bytes()
        run_one(target_of(data, list(TARGETS)), data)


# Inputs tried, and how many of them at least are taken: what a builder makes must not all be refused at once.
_REACHED = {
    "value": (60, 60), "manifest": (60, 1), "archive": (60, 6), "data_yaml": (60, 6), "workbook": (60, 6), "word": (60, 6),
    "template": (60, 6), "word_xml": (60, 2), "yaml_text": (120, 2), "word_package": (120, 2), "expression": (40, 40),
    "judged": (12, 6), "form": (12, 3), "pack": (60, 1), "scan": (40, 6), "command": (4, 4),
}  # fmt: skip


def test_every_target_is_held_to_it() -> None:
    assert set(_REACHED) == set(TARGETS)


@pytest.mark.thorough
@pytest.mark.parametrize("name", TARGETS)
def test_a_builder_reaches_behind_the_first_refusal(name: str) -> None:
    chance = random.Random(1)
    inputs, least = _REACHED[name]
    taken = sum(run_one(name, named(name, chance.randbytes(400))) for _ in range(inputs))
    assert taken >= least


@pytest.mark.thorough
def test_a_run_tells_what_it_tried_and_keeps_what_was_not_stood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault put in on purpose, in the process that a run starts, is found, named with its place, and kept."""
    (tmp_path / "sitecustomize.py").write_text(_FAULT, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{ROOT}")
    command = [sys.executable, "-m", "tests.fuzz", "--engine", "drawn", "--seconds", "6", "--seed", "1"]
    done = subprocess.run(
        [*command, "--target", "manifest", "--counts", str(tmp_path / "counts")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "manifest ZeroDivisionError manifest.py" in done.stdout
    kept = re.search(r"^/.*/output/fuzz/manifest-[0-9a-f]{12}$", done.stdout, re.MULTILINE)
    assert kept is not None
    Path(kept[0]).unlink()


_FAULT = """
import generator.publishing.manifest as manifest

whole = manifest.json.loads


class Faulty:
    JSONDecodeError = manifest.json.JSONDecodeError
    dumps = staticmethod(manifest.json.dumps)

    @staticmethod
    def loads(raw):
        return whole(raw) if b"z" not in raw else 1 // 0


manifest.json = Faulty
"""

"""Inputs that were found by fuzzing stay tried, and each builder makes inputs that are taken and inputs that are not."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS, run_one, target_of

CORPUS = Path(__file__).parent / "corpus"


@pytest.mark.thorough
def test_the_corpus_is_stood() -> None:
    inputs = sorted(CORPUS.iterdir())
    assert inputs
    for path in inputs:
        data = path.read_bytes()
        run_one(target_of(data, list(TARGETS)), data)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "name", ["data_yaml", "workbook", "word", "template", "manifest", "archive", "value"]
)
def test_a_builder_reaches_behind_the_first_refusal(name: str) -> None:
    """At least one input in ten is taken; a builder whose inputs are all refused at once would find nothing."""
    chance = random.Random(1)
    taken = sum(run_one(name, b"x" + chance.randbytes(400)) for _ in range(60))
    assert taken >= (1 if name == "manifest" else 6)

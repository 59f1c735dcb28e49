"""How long tests may take and how much they try: limits that hold on a busy machine too, quick or thorough."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import settings

# What the sample takes on the machine that the limits were set on.
_SAMPLE_SECONDS = 0.03
_SAMPLE = json.dumps([{"名称": f"单位{at}", "份额": [at, at / 7, str(at)]} for at in range(5000)])


def allowed(seconds: float) -> float:
    """A limit of processor seconds, for this machine at this moment."""
    begin = time.process_time()
    for row in json.loads(_SAMPLE):
        "".join(sorted(f"{key}{value!r}" for key, value in row.items())).split("0")
    return seconds * max(1.0, (time.process_time() - begin) / _SAMPLE_SECONDS)


def first_quickly(cases: Iterable[Any]) -> list[Any]:
    """Parameters of which ``make test`` tries the first only, where each takes seconds and all are alike."""
    first, *others = cases
    thorough = pytest.mark.thorough
    values = (case if isinstance(case, tuple) else (case,) for case in others)
    return [first, *(pytest.param(*several, marks=thorough) for several in values)]


def examples(thorough: int, least: int = 5, share: int = 8) -> int:
    """How many examples a property is tried with: all of them in ``make test-all``, an eighth in ``make test``.

    Args:
        thorough: how many ``make test-all`` tries.
        least: how many ``make test`` tries at least.
        share: the part of them that it tries, where an eighth takes too long.
    """
    return thorough if settings.get_current_profile_name() == "thorough" else max(least, thorough // share)

"""What a figure is, and how two ways of doing one thing are timed fairly."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    ``ratio`` says how many times as fast; ``value`` with ``unit`` is an absolute figure. ``n`` is the number
    of runs, of which the best counts; ``note`` says what was measured.
    """

    name: str
    n: int
    ratio: float | None = None
    value: float | None = None
    unit: str = ""
    note: str = ""

    def as_json(self) -> dict[str, object]:
        pairs = {"name": self.name, "ratio": self.ratio, "value": self.value, "unit": self.unit, "n": self.n}
        return {
            key: round(value, 3) if isinstance(value, float) else value
            for key, value in pairs.items()
            if value is not None
        }


def best_times(runs: int, *ways: Callable[[], object]) -> list[float]:
    """The least processor time in seconds that each way takes, the ways in turns so that noise falls on all."""
    best = [float("inf")] * len(ways)
    for _ in range(runs):
        for at, way in enumerate(ways):
            gc.collect()
            start = time.process_time()
            way()
            best[at] = min(best[at], time.process_time() - start)
    return best

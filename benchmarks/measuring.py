"""What a figure is, and how several ways of doing one thing are timed fairly."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    ``ratio`` says how many times; ``value`` with ``unit`` is an absolute figure. ``n`` is the number of runs;
    ``note`` says what was measured, and what is not comparable.
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


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes by the clock."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def alternating(works: Sequence[Callable[[int], object]], rounds: int, *, warm: bool = False) -> list[float]:
    """Median seconds of each piece of work; a round does each once, so that all meet the same machine.

    Args:
        works: each gets the round's number.
        rounds: how many.
        warm: do each once more beforehand, untimed, without what another has left for Python to collect: for
            work of a few milliseconds, which else is measured by what stood before it.
    """
    times: list[list[float]] = [[] for _ in works]
    for number in range(rounds):
        for work, own in zip(works, times, strict=True):
            if warm:
                gc.collect()
                work(number)
            begun = time.perf_counter()
            work(number)
            own.append(time.perf_counter() - begun)
    return [statistics.median(own) for own in times]

"""How much a template may do: its steps and the characters that it makes are counted, whatever makes them.

A template may come from a stranger. What one rendering does is counted in one place, so that loops in loops,
texts that double themselves and tables of a million rows all end in a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from generator.errors import ProgrammeError

MAX_STEPS: Final = 500_000
# The largest documents of the five schemes have two million characters with all their mark-up.
MAX_PRODUCED: Final = 30_000_000


class Work:
    """What one rendering has done so far.

    Args:
        most_steps: how many items its loops and functions may look at.
        most_produced: how many characters it may make, in what it prints and on the way.
    """

    __slots__ = ("_most_produced", "_most_steps", "_produced", "_steps")

    def __init__(self, most_steps: int = MAX_STEPS, most_produced: int = MAX_PRODUCED) -> None:
        self._most_steps = most_steps
        self._most_produced = most_produced
        self._steps = 0
        self._produced = 0

    def step(self, count: int = 1) -> None:
        """Count items looked at.

        Raises:
            ProgrammeError: the template does unreasonably much, as loops within loops within loops.
        """
        self._steps += max(count, 0)
        if self._steps > self._most_steps:
            raise ProgrammeError("模板中的循环过多，停止填写", "减少嵌套的循环")

    def produce(self, characters: int) -> None:
        """Count characters made.

        Raises:
            ProgrammeError: the template makes more than any document holds.
        """
        self._produced += characters
        if self._produced > self._most_produced:
            raise ProgrammeError("模板印出的文字过多，停止填写", "减少循环，或把重复拼接的文字改短")


_CURRENT: ContextVar[Work | None] = ContextVar("work", default=None)


@contextmanager
def counting(work: Work | None = None) -> Iterator[Work]:
    """Count what is done inside; without a work of its own, with what counts already.

    Args:
        work: what to count with.
    """
    counted = work or _CURRENT.get() or Work()
    token = _CURRENT.set(counted)
    try:
        yield counted
    finally:
        _CURRENT.reset(token)


def step(count: int) -> None:
    """Count items looked at, where a rendering is being counted; errors as for ``Work.step``."""
    if work := _CURRENT.get():
        work.step(count)


def produce(characters: int) -> None:
    """Count characters made, where a rendering is being counted; errors as for ``Work.produce``."""
    if work := _CURRENT.get():
        work.produce(characters)

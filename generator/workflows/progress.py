"""How a workflow says how far it has come, and how whoever called it stops it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct


class Progress(Struct, frozen=True):
    """One step of a workflow.

    The progress callback is called with one of these in the workflow's thread, before each step. To stop the
    workflow it raises StoppedError (or any exception but a LianhetiError), which the workflow passes on to its
    caller. Every packet in the output folder is whole then.

    Attributes:
        what: what begins now, or what a person must be told, in Chinese.
        done: how many parts of the work are done.
        total: how many there are; 0 where that is not known yet.
        notice: whether a person must be told, whatever becomes of the rest: a packet that an interrupted
            run left behind was put right.
    """

    what: str
    done: int = 0
    total: int = 0
    notice: bool = False


class StoppedError(Exception):
    """A workflow's caller has stopped it, by its progress callback."""


Listener = Callable[[Progress], None]


def tell(listener: Listener | None, what: str, done: int = 0, total: int = 0) -> None:
    """Tell of a step, where anybody listens."""
    if listener is not None:
        listener(Progress(what, done, total))


def tell_notices(listener: Listener | None, notices: Iterable[object]) -> None:
    """Tell what a person must know; each is a sentence when shown as text."""
    for notice in notices:
        if listener is not None:
            listener(Progress(str(notice), notice=True))

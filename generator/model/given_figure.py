"""A figure of one dataset as documents print it: what conditions compute, and templates see."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from generator.model.value_kinds import Kind


class GivenFigure(Struct, frozen=True):
    """A figure of one dataset.

    Attributes:
        title: its Chinese title.
        text: the value as documents print it, without its unit; empty where something is missing.
        number: the value where it is a number: 分, 万分之一, or things; else None.
        kind: how the number is printed; None where it counts things.
        used: paths of the values that it is made of.
        missing: paths of the values whose lack keeps it from having a value.
        base: the first path that it looks at.
    """

    title: str
    text: str = ""
    number: int | None = None
    kind: Kind | None = None
    used: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    base: str = ""


FigureSource = Callable[[str], GivenFigure]

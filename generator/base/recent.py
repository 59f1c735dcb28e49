"""A cache that keeps what was asked for lately."""

from __future__ import annotations

from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Values by key, of which those go that were not asked for while others came.

    What all documents of a template have in common stays so, however many texts of single documents pass through.
    May be used by several threads at once: at worst a value is forgotten too early.

    Args:
        most: after so many new values those are forgotten that nobody asked for in that time; at most twice as many
            are held.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._now: dict[Key, Value] = {}
        self._before: dict[Key, Value] = {}

    def get(self, key: Key) -> Value | None:
        """A value, None where there is none."""
        found = self._now.get(key)
        if found is None:
            found = self._before.get(key)
            if found is not None:
                self.put(key, found)
        return found

    def put(self, key: Key, value: Value) -> None:
        """Keep a value."""
        if len(self._now) >= self._most:
            self._before, self._now = self._now, {}
        self._now[key] = value

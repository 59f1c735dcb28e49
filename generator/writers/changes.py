"""What can be changed in a data file: single texts, and rows of lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from generator.model.paths import steps

Step = str | int


class CannotEditError(Exception):
    """A file is written in a way in which a change cannot be made; ``args[0]`` says why, in Chinese."""

    @property
    def why(self) -> str:
        """Why, a Chinese clause without a closing mark."""
        return str(self.args[0])


class SetText(Struct, frozen=True):
    """One field's text.

    Attributes:
        path: the field, as ``members[2].tier``. A list of texts is one text, a line each.
        text: the text as a person types it; empty to clear the field, ``无`` to state a group or list as none.
    """

    path: str
    text: str


class InsertRows(Struct, frozen=True):
    """New rows of a list of groups.

    Attributes:
        path: the list, as ``members`` or ``members[2].accounts``.
        at: the row before which they come, from 0; the number of rows to add at the end.
        rows: each row's texts by path within the row, as ``contact.phone``. A row without any text is left out.
    """

    path: str
    at: int
    rows: tuple[Mapping[str, str], ...]


class DeleteRow(Struct, frozen=True):
    """A row of a list taken out, with what is said of it elsewhere in the file."""

    path: str
    at: int


class MoveRow(Struct, frozen=True):
    """A row of a list moved, so that it is row ``to`` afterwards."""

    path: str
    at: int
    to: int


class Row(Struct, frozen=True):
    """A row as a grid gives it back.

    Attributes:
        texts: by path within the row. Fields that are not named stay as they are; empty texts clear.
        was: the row of the file that it was, from 0; None for a new one.
    """

    texts: Mapping[str, str]
    was: int | None = None


class ReplaceRows(Struct, frozen=True):
    """A list's rows as a grid gives them back: in their new order, new ones among them, the others gone."""

    path: str
    rows: tuple[Row, ...]


Simple = SetText | InsertRows | DeleteRow | MoveRow
Change = Simple | ReplaceRows


def flat(path: str) -> list[Step]:
    """A path as names and numbers, one after the other.

    Raises:
        ValueError: the path is not well formed.
    """
    found: list[Step] = []
    for name, index in steps(path):
        found.append(name)
        if index is not None:
            found.append(int(index))
    return found


def nested(row: Mapping[str, str]) -> dict[str, Any]:
    """The texts of a row, by path relative to it, as a tree; those that are empty are left out."""
    found: dict[str, Any] = {}
    for path, text in row.items():
        if text:
            put(found, flat(path), text)
    return found


def put(tree: Any, names: list[Step], text: Any) -> None:
    """Put a text into a tree of dicts and lists, with what is missing on the way.

    Raises:
        ValueError: an item is left out on the way.
    """
    here = tree
    for at, name in enumerate(names):
        last = at == len(names) - 1
        fresh: Any = text if last else [] if isinstance(names[at + 1], int) else {}
        if isinstance(name, int):
            if not isinstance(here, list) or name > len(here):
                raise ValueError(name)
            if name == len(here):
                here.append(fresh)
            elif last:
                here[name] = fresh
        elif last or not isinstance(here.get(name), (dict, list)):
            here[name] = fresh
        if not last:
            here = here[name]

"""Organisations that stand in a folder's libraries and data files, to be looked up and taken into a data file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from generator.base.tree import Entries, Entry
from generator.errors import LianhetiError
from generator.model.paths import title_of
from generator.readers.source_file import read_source
from generator.readers.unit_library import is_library, listed
from generator.readers.written import written
from generator.workflows.workspace import Workspace
from generator.writers.changes import Change, InsertRows

_MEMBERS: Final = "members"
# What a unit is in one consortium says nothing of the next.
_OF_A_MEMBER: Final = ("role",)


class Unit(Struct, frozen=True):
    """An organisation as one file writes it.

    Attributes:
        file: the file's path.
        library: whether that is a library, not a consortium's data.
        at: which of the file's organisations it is, from 0.
        texts: what is said of it, by path within the member, as ``contact.phone`` or ``accounts[0].year``.
        titles: the Chinese names of these.
    """

    file: Path
    library: bool
    at: int
    texts: Mapping[str, str]
    titles: Mapping[str, str]

    @property
    def name(self) -> str:
        """Its name; empty where none is given."""
        return self.texts.get("name", "")

    @property
    def code(self) -> str:
        """Its credit code; likewise."""
        return self.texts.get("credit_code", "").strip().upper()


def is_library_file(path: Path) -> bool:
    """Whether a file is a library, not a consortium's data; not where it cannot be read."""
    try:
        return is_library(read_source(path).root)
    except LianhetiError:
        return False


def units(workspace: Workspace, files: Sequence[Path], code: str) -> tuple[Unit, ...]:
    """The organisations of some files, those of libraries first; files that cannot be read are left out.

    Args:
        workspace: the programmes.
        files: libraries and data files.
        code: the programme whose fields they are read for.

    Raises:
        UsageError: there is no such programme.
    """
    workspace.catalogue.load(code)
    found = [unit for path in files for unit in _of_file(workspace, path, code)]
    return tuple(sorted(found, key=lambda unit: not unit.library))


def member_from(unit: Unit, at: int) -> list[Change]:
    """An organisation as a new last member of a data file.

    Args:
        unit: the organisation.
        at: how many members there are.
    """
    own = {path: text for path, text in unit.texts.items() if path not in _OF_A_MEMBER}
    lists: dict[str, dict[int, dict[str, str]]] = {}
    for path, text in own.items():
        name, bracket, rest = path.partition("[")
        if bracket:
            number, _, below = rest.partition("].")
            lists.setdefault(name, {}).setdefault(int(number), {})[below] = text
    row = {path: text for path, text in own.items() if "[" not in path}
    changes: list[Change] = [InsertRows(_MEMBERS, at, (row,))]
    changes += [
        InsertRows(f"{_MEMBERS}[{at}].{name}", 0, tuple(rows[number] for number in sorted(rows)))
        for name, rows in lists.items()
    ]
    return changes


def _of_file(workspace: Workspace, path: Path, code: str) -> tuple[Unit, ...]:
    try:
        status = path.stat()
        return _read(workspace, path, code, status.st_mtime_ns, status.st_size)
    except (LianhetiError, OSError):
        return ()


@lru_cache(maxsize=400)
def _read(workspace: Workspace, path: Path, code: str, changed: int, size: int) -> tuple[Unit, ...]:
    del changed, size  # with which what was read before no longer holds
    source = read_source(path)
    programme = workspace.catalogue.load(code)
    node = listed(source.root, source.name)
    alone = replace(source, root=Entries((Entry(_MEMBERS, node.place, node),), source.root.place))
    said = written(alone, programme, workspace.catalogue.all())
    own = is_library(source.root)
    made = []
    for at in range(said.counts.get(_MEMBERS, 0)):
        start = f"{_MEMBERS}[{at}]."
        texts = {
            full.removeprefix(start): value.text
            for full, value in said.values.items()
            if full.startswith(start) and value.text
        }
        titles = {
            below: title_of(programme.model, f"{start}{below}", programme.labels)
            .partition("的")[2]
            .strip("“”")
            for below in texts
        }
        made.append(Unit(path, own, at, texts, titles))
    return tuple(made)

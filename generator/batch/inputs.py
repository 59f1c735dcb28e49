"""Which data files a batch is about: files, folders and patterns become one list, each file once."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SUFFIXES: Final = frozenset({".yaml", ".yml", ".xlsx"})
# Beginnings of names that hide a file, or that an office program gives to the mark of an open one.
_NOT_DATA: Final = (".", "~$")


@dataclass(frozen=True, slots=True)
class DataFile:
    """One data file.

    Attributes:
        path: as it can be opened.
        named: whether the person named this very file, as against a folder or a pattern that holds it.
    """

    path: Path
    named: bool

    @property
    def shown(self) -> str:
        """The file as messages and reports name it."""
        return self.path.as_posix()


def data_files(given: Iterable[str], output: Path) -> list[DataFile]:
    """The data files that a person's arguments stand for, each once, in the order given.

    A folder stands for every data file in it and below it; a pattern (``*``, ``?``, ``**``) for what it
    matches, also where the shell leaves patterns alone. What stands in the output folder, is hidden, or is
    the mark of an open file is left out. A file that does not exist stays, so that it is reported.

    Args:
        given: files, folders and patterns.
        output: the output folder.
    """
    found: dict[Path, DataFile] = {}
    outside = output.resolve()
    for text in given:
        for path, named in _expanded(text):
            resolved = path.resolve()
            if not named and resolved.is_relative_to(outside):
                continue
            known = found.get(resolved)
            if known is None:
                found[resolved] = DataFile(path, named)
            elif named and not known.named:
                found[resolved] = DataFile(known.path, named=True)
    return list(found.values())


def _expanded(text: str) -> Iterator[tuple[Path, bool]]:
    path = Path(text)
    if path.is_dir():
        for inside in _below(path):
            yield inside, False
    elif not path.exists() and glob.has_magic(text):
        # Path.glob takes no absolute patterns.
        matches = sorted(glob.glob(text, recursive=True))  # noqa: PTH207
        if not matches:
            yield path, True
        for match in matches:
            if Path(match).is_dir():
                for inside in _below(Path(match)):
                    yield inside, False
            elif _is_data(match):
                yield Path(match), False
    else:
        yield path, True


def _below(folder: Path) -> Iterator[Path]:
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if _is_data(name):
                yield Path(top, name)


def _is_data(name: str) -> bool:
    path = Path(name)
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(_NOT_DATA)

"""The data that a workflow is given: a file, one in memory, or many named by folders and patterns."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct, field

from generator.base.temporary import private
from generator.errors import DataError, Place, UsageError
from generator.readers.formats import format_of
from generator.readers.source_file import Source, read_source

# Beginnings of the names of hidden files, and of the lock files that office programs put beside an open file.
_NOT_DATA: Final = (".", "~$")


class Upload(Struct, frozen=True):
    """A data file in memory, with what stands beside it.

    Attributes:
        name: its file name, with the suffix that says its format.
        data: its bytes.
        files: the text files, attachments and unit libraries that it names, by path relative to it, with ``/``.
    """

    name: str
    data: bytes
    files: Mapping[str, bytes] = field(default_factory=dict)


Data = Path | Upload
# Reasons for accepted conditions, by programme and rule.
Accepted = Mapping[str, Mapping[str, str]]


@contextmanager
def opened(data: Data) -> Iterator[Source]:
    """A data file, read; one in memory stands in a private folder meanwhile.

    Raises:
        DataError: it cannot be read.
    """
    if isinstance(data, Path):
        yield read_source(data)
        return
    if Path(data.name).name != data.name:
        raise DataError("文件名里有目录", "只给文件名，不带目录", Place(data.name))
    with private("data") as folder:
        write_below(folder, {**data.files, data.name: data.data})
        yield read_source(folder / data.name)


def write_below(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a private folder, none of them outside of it.

    Args:
        folder: it exists.
        files: bytes by path relative to the folder, with ``/``.

    Raises:
        DataError: a name leads out of the folder, or is none that a file can have.
    """
    for name, data in files.items():
        try:
            path = _inside(folder.resolve(), name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except (OSError, ValueError):
            raise DataError("不能用作文件名", "换一个普通的文件名", Place(name)) from None


def _inside(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if path == folder or not path.is_relative_to(folder):
        raise ValueError(name)
    return path


class DataFile(Struct, frozen=True):
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


def data_files(given: Iterable[str | Path], output: Path) -> list[DataFile]:
    """The data files that a person's arguments stand for, each once, in the order given.

    A folder stands for every data file in it and below it; a pattern (``*``, ``?``, ``**``) for what it
    matches, also where the shell leaves patterns alone. What stands in the output folder, is hidden, or is
    the mark of an open file is left out. A file that does not exist stays, so that it is reported.

    Args:
        given: files, folders and patterns.
        output: the output folder.

    Raises:
        UsageError: they stand for no file at all.
    """
    found: dict[Path, DataFile] = {}
    outside = output.resolve()
    for text in given:
        for path, named in _expanded(str(text)):
            resolved = path.resolve()
            if not named and resolved.is_relative_to(outside):
                continue
            known = found.get(resolved)
            if known is None:
                found[resolved] = DataFile(path, named)
            elif named and not known.named:
                found[resolved] = DataFile(known.path, named=True)
    if not found:
        raise UsageError("指定的位置没有数据文件", "指定 .yaml 或 .xlsx 文件，或者含有它们的文件夹")
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
    return format_of(path) is not None and not path.name.startswith(_NOT_DATA)

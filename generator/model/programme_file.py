"""The file that describes a programme: ``programme.yaml``, or ``programme.xlsx`` in its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from generator.base.failures import reason
from generator.base.files import why_refused
from generator.base.text_files import MAX_FILE_BYTES
from generator.base.tree import Entries
from generator.errors import DataError, Place, ProgrammeError
from generator.model.programme_book.layout import BOOK

YAML: Final = "programme.yaml"
NAMES: Final = (YAML, BOOK)
REPLACE: Final = "换成放在这个文件夹里的普通文件，不用链接"


def programme_file(folder: Path) -> Path:
    """The file that describes a folder's programme; ``programme.yaml`` where there is none.

    Raises:
        ProgrammeError: there are both.
    """
    found = [folder / name for name in NAMES if (folder / name).exists()]
    if len(found) > 1:
        raise ProgrammeError(
            f"文件夹里同时有 {YAML} 和 {BOOK}，不知道以哪一个为准",
            "只留一个（lianheti scheme convert 可以互相转换）",
            Place(shown_name(folder / BOOK)),
        )
    return found[0] if found else folder / YAML


def programme_files(root: Path) -> Iterator[Path]:
    """The files of all programmes below a templates folder, sorted; of a folder that has both, both."""
    yield from sorted(path for name in NAMES for path in root.glob(f"*/*/{name}"))


def shown_name(path: Path) -> str:
    """A programme's file as messages name it: ``province/programme/programme.yaml``."""
    return "/".join(path.parts[-3:])


def file_bytes(path: Path, name: str) -> bytes:
    """A file of a programme, as it lies there.

    Args:
        path: the file.
        name: its name for messages, as ``shown_name`` gives it.

    Raises:
        ProgrammeError: the file is missing, refused, or cannot be opened.
    """
    if why := why_refused(path.parent, path.name, MAX_FILE_BYTES):
        raise ProgrammeError(f"文件 {name} {why}", REPLACE)
    try:
        return path.read_bytes()
    except OSError as error:
        raise ProgrammeError(f"读不到文件 {name}（{reason(error)}）", "核对文件是否存在、能否打开") from None


def tree_of(data: bytes, suffix: str, name: str) -> Entries:
    """A file of a programme as a tree with places.

    Args:
        data: a YAML file, or a programme's workbook.
        suffix: of the file's name.
        name: the file's name for messages.

    Raises:
        ProgrammeError: it cannot be read; each fault with its place.
    """
    try:
        return _read_book(data, name) if suffix == ".xlsx" else _read_yaml(data, name)
    except DataError as error:
        raise ProgrammeError(error.what, error.remedy, error.place, error.problems) from None


def read_file(path: Path, name: str | None = None) -> Entries:
    """``tree_of`` what ``file_bytes`` gives; by default with the name that ``shown_name`` gives."""
    name = name or shown_name(path)
    return tree_of(file_bytes(path, name), path.suffix, name)


def _read_yaml(data: bytes, name: str) -> Entries:
    from generator.base.yaml import read_yaml

    return read_yaml(data, name)


def _read_book(data: bytes, name: str) -> Entries:
    from generator.model.programme_book.read import read_book

    return read_book(data, name)

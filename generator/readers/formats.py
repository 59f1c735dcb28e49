"""The formats of data files: a new one is a function that reads it, and an entry of ``FORMATS``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from msgspec import Struct

from generator.base.tree import Entries
from generator.errors import DataError, Place
from generator.model.notices import Notice


class Format(Struct, frozen=True):
    """One format of data files.

    Attributes:
        title: what a person calls it, in Chinese.
        suffixes: of its files' names, in small letters, the usual one first.
        read: its tree from a file's bytes and name; adds what a person should know of how it was read.
        begins: the bytes that every such file begins with; none for text.
        refusal: the error for a file so named that begins otherwise; a general one where there is none.
    """

    title: str
    suffixes: tuple[str, ...]
    read: Callable[[bytes, str, list[Notice]], Entries]
    begins: bytes = b""
    refusal: Callable[[bytes, Place], DataError] | None = None


# Each is imported when the first such file is read: their libraries take long to load.
def _read_yaml(data: bytes, name: str, _notices: list[Notice]) -> Entries:
    from generator.base.yaml import read_yaml

    return read_yaml(data, name)


def _read_workbook(data: bytes, name: str, notices: list[Notice]) -> Entries:
    from generator.readers.excel.reader import read_workbook

    return read_workbook(data, name, notices)


def _no_workbook(data: bytes, place: Place) -> DataError:
    from generator.base.xlsx.package import not_a_workbook

    return not_a_workbook(data, place)


YAML: Final = Format("YAML 文件", (".yaml", ".yml"), _read_yaml)
WORKBOOK: Final = Format("Excel 工作簿", (".xlsx",), _read_workbook, b"PK\x03\x04", _no_workbook)
FORMATS: Final = (YAML, WORKBOOK)
# How files begin that people take for data files, though they are of another format.
_OTHERS: Final = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Office 文件（.xls、.doc）或加密的文件"),
    (b"%PDF", "PDF 文件"),
)


def format_of(path: Path) -> Format | None:
    """The format that a file's name says; None where it says none of ours."""
    return next((each for each in FORMATS if path.suffix.lower() in each.suffixes), None)


def check_contents(data: bytes, named: Format, path: Path) -> None:
    """Refuse a file that is of another format than its name says.

    Args:
        data: the file's bytes.
        named: the format that its name says.
        path: its name.

    Raises:
        DataError: it is.
    """
    known = [(each.begins, each.title) for each in FORMATS if each.begins]
    found = next(
        ((start, title) for start, title in (*known, *_OTHERS) if data.startswith(start)), (b"", "文本")
    )
    if found[0] == named.begins:
        return
    place = Place(path.name)
    if named.refusal is not None:
        raise named.refusal(data, place)
    raise DataError(
        f"后缀是 {path.suffix}，内容却是{found[1]}", "用相应的程序打开，另存为 .yaml 或 .xlsx 文件", place
    )

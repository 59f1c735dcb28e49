"""Schemes as workbooks: a new one to be filled, and one written in the other of the two formats."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from generator.base.files import write_new
from generator.base.tree import plain
from generator.errors import ExitCode, Place, ProgrammeError, UsageError
from generator.model.programme_book.rows import canonical, leaves
from generator.model.programme_file import NAMES, programme_file, read_file

_CODE = re.compile(r"[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*")
_COMMENT = re.compile(rb"^\s*#", re.MULTILINE)
_SUFFIXES: Final = (".yaml", ".yml", ".xlsx")


class SchemeFile(Struct, frozen=True):
    """A file of a scheme that was written.

    Attributes:
        path: where it was written.
        data: its bytes.
        comments: how many lines of comments were left behind: a workbook has no place for them.
    """

    path: Path
    data: bytes
    comments: int = 0

    @property
    def exit_code(self) -> ExitCode:
        """Always DONE: what goes wrong is raised."""
        return ExitCode.DONE


def new_scheme(code: str, target: Path, *, write: bool = True) -> SchemeFile:
    """A scheme's workbook to be filled: its code, a form and an agreement to begin with, a first condition.

    Args:
        code: the scheme's code, ``province/scheme``.
        target: the workbook.
        write: whether to write the file; else it is made in memory alone.

    Raises:
        UsageError: the code or the suffix will not do.
        OutputError: the file is there already, or cannot be written.
    """
    if not _CODE.fullmatch(code):
        raise UsageError(
            f"方案代码“{code}”不合格式", "写成 省/方案，只用小写字母、数字和连字符，如 anlan/consortium-2030"
        )
    if target.suffix != ".xlsx":
        raise UsageError(f"不能写成“{target.suffix or target.name}”文件", "文件名以 .xlsx 结尾")
    from generator.writers.programme.workbook import programme_workbook

    made = SchemeFile(target, programme_workbook(_starter(code)))
    if write:
        write_new(target, made.data)
    return made


def convert_scheme(source: Path, target: Path, *, write: bool = True) -> SchemeFile:
    """A scheme's file in the other format, with all that it says.

    Args:
        source: ``programme.yaml``, ``programme.xlsx``, or a folder with one of them.
        target: the new file; its suffix says the format.
        write: whether to write the file; else it is made in memory alone.

    Raises:
        UsageError: there is no such file, or a suffix says no format.
        ProgrammeError: the file cannot be read.
        DataError: something of it cannot stand in the other format.
        OutputError: the file is there already, or cannot be written.
    """
    if source.is_dir():
        source = programme_file(source)
    for path in (source, target):
        if path.suffix not in _SUFFIXES:
            raise UsageError(f"“{path}”不是方案文件", "文件名以 .yaml 或 .xlsx 结尾")
    if not source.is_file():
        raise UsageError(f"没有方案文件“{source}”", f"写 {'、'.join(NAMES)} 或所在的文件夹")
    content: Any = plain(read_file(source, source.name))
    if not isinstance(content, dict):
        raise ProgrammeError("方案文件有误：不是一组“名称: 值”", "核对是不是方案文件", Place(source.name))
    comments = 0
    if target.suffix == ".xlsx":
        from generator.writers.programme.workbook import programme_workbook

        data = programme_workbook(content)
        comments = len(_COMMENT.findall(source.read_bytes())) if source.suffix != ".xlsx" else 0
    else:
        from generator.writers.programme.yaml import programme_yaml

        data = programme_yaml(content).encode()
    _same(content, data, target)
    if write:
        write_new(target, data)
    return SchemeFile(target, data, comments)


def _same(content: dict[str, Any], data: bytes, target: Path) -> None:
    """Read the new file back and compare: nothing of a scheme may be lost on the way.

    Raises:
        ProgrammeError: it does not say the same; names the first difference.
    """
    from generator.base.yaml import read_yaml
    from generator.model.programme_book.read import read_book

    tree = read_book(data, target.name) if target.suffix == ".xlsx" else read_yaml(data, target.name)
    again: Any = plain(tree)
    kept, wanted = dict(leaves(canonical(again))), dict(leaves(canonical(content)))
    if kept != wanted:
        path = next(path for path in (*wanted, *kept) if kept.get(path) != wanted.get(path))
        raise ProgrammeError(
            f"“{path}”在另一种格式里写不下来，没有写文件", "改写这一项后重试", Place(target.name)
        )


def _starter(code: str) -> dict[str, Any]:
    """What a new scheme begins with; what the official text says is left to be filled in."""
    return {
        "schema": "1",
        "code": code,
        "documents": [
            {
                "id": "application",
                "template": "application.docx",
                "signatories": [{"role": "lead_opinion", "party": "lead", "signer": "法定代表人"}],
            },
            {
                "id": "agreement",
                "purpose": "agreement",
                "template": "agreement.docx",
                "signatories": [{"role": "member", "party": "members", "signer": "法定代表人"}],
            },
        ],
        "conditions": [{"id": "members", "counts": "members[]"}],
        "attachments": [{"id": "agreement"}],
    }

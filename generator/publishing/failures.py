"""Errors of the operating system when writing, as errors that say what a person can do."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from generator.base.failures import reason
from generator.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Windows: ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION.
_HELD_OPEN = frozenset({32, 33})
# Windows: MAX_PATH, beyond which it answers "not found" unless long paths are enabled.
_LONGEST_PATH = 260


@contextmanager
def as_output_errors(path: Path) -> Iterator[None]:
    """Turns every OSError raised inside the block into an OutputError about ``path``."""
    try:
        yield
    except OSError as error:
        raise output_error(error, path) from error
    except RuntimeError as error:
        # What Python 3.11 says of a loop of links.
        raise OutputError(f"“{path}”是首尾相接的链接，不能写入", "移走这个链接后重新运行") from error


def output_error(error: OSError, path: Path) -> OutputError:
    """The error for a person, from the system's and the path it is about."""
    code = error.errno
    if code in {errno.ENOSPC, errno.EDQUOT}:
        return OutputError(f"写不下“{path}”：磁盘已满", "腾出空间后重新运行")
    too_long = sys.platform == "win32" and len(os.fspath(path)) >= _LONGEST_PATH
    if code == errno.ENAMETOOLONG or too_long:
        return OutputError(f"“{path}”的路径太长，系统写不了", "用 -o 换一个更靠近磁盘根目录的输出文件夹")
    if code == errno.EROFS:
        return OutputError(f"“{path}”所在的磁盘是只读的", "用 -o 换一个能写入的输出文件夹")
    if getattr(error, "winerror", None) in _HELD_OPEN:
        return OutputError(f"“{path}”正被别的程序打开", "关闭打开它的 Word、WPS 或阅读器后重新运行")
    if isinstance(error, PermissionError):
        return OutputError(
            f"没有权限写入“{path}”，或者它正被别的程序打开",
            "关闭打开它的程序，检查文件夹的权限，或者用 -o 换一个输出文件夹",
        )
    if isinstance(error, FileExistsError | NotADirectoryError):
        return OutputError(
            f"“{path}”应当是文件夹，那里却有一个同名的文件", "把那个文件移走，或者用 -o 换一个输出文件夹"
        )
    if code == errno.ELOOP:
        return OutputError(f"“{path}”是一个链接，不会顺着它写入", "移走这个链接后重新运行")
    return OutputError(
        f"写不了“{path}”（{reason(error)}）", "检查这个位置能否写入，或者用 -o 换一个输出文件夹"
    )

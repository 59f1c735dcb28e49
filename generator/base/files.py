"""Files: what travels with the program, digests, and new ones."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from generator.errors import OutputError

_PACKAGE = Path(__file__).resolve().parents[1]


def shipped(name: str) -> Path:
    """The folder ``templates`` or ``data``: in a checkout, or inside the installed wheel.

    Args:
        name: ``templates`` or ``data``.
    """
    installed = _PACKAGE / "_shipped" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def sha256_of(path: Path) -> str:
    """A file's sha256, in hexadecimal.

    Raises:
        OSError: it can't be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def replace_whole(target: Path, text: str) -> None:
    """Write a file beside its place and move it there, so that nobody ever reads half of it.

    Args:
        target: the file; its folder is made where there is none, for this user alone.
        text: what it holds, written as UTF-8.

    Raises:
        OSError: it can't be written.
    """
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_new(target: Path, data: bytes) -> None:
    """Write a file that must not exist yet.

    Raises:
        OutputError: it exists, or cannot be written.
    """
    try:
        with target.open("xb") as stream:
            stream.write(data)
    except FileExistsError:
        raise OutputError(f"文件 {target} 已经存在，没有改动它", "换一个文件名，或先把旧文件移走") from None
    except OSError as error:
        raise OutputError(f"写不了文件 {target}（{error.strerror}）", "核对目录是否存在、是否可写") from None

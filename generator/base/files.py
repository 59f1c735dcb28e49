"""Files: what travels with the program, digests, and new ones."""

from __future__ import annotations

import hashlib
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

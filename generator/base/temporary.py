"""Private folders of a process, and removal of those that killed processes left behind.

Each folder holds a file that its process keeps locked. A folder whose file can be locked belongs to no living
process, and is removed when the next folder is made. Windows cannot remove open files; there, nothing is removed.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Final

_PREFIX: Final = "lianheti-"
# A new folder has this name until it is locked: other processes leave such folders alone.
_NEW: Final = ".lianheti-new-"
_SIGN: Final = ".held"
_NEW_SECONDS: Final = (
    3600  # a folder that is still new after this was left by a process killed while making it
)
_held: dict[Path, int] = {}


def private_folder(kind: str) -> Path:
    """A new folder for this user alone; to be removed with ``remove_folder``.

    Args:
        kind: what it is for, a word in its name.

    Raises:
        OSError: it cannot be made.
    """
    if sys.platform == "win32":
        return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{kind}-"))
    clear_left(Path(tempfile.gettempdir()))
    new = Path(tempfile.mkdtemp(prefix=f"{_NEW}{kind}-"))
    descriptor = _lock(new, os.O_CREAT)
    folder = new.with_name(new.name.replace(_NEW, _PREFIX, 1))
    new.rename(folder)
    if descriptor is not None:
        _held[folder] = descriptor
    return folder


def remove_folder(folder: Path) -> None:
    """Remove a private folder with all that is in it; what cannot be removed stays."""
    shutil.rmtree(folder, ignore_errors=True)
    if (descriptor := _held.pop(folder, None)) is not None:
        os.close(descriptor)


@contextmanager
def private(kind: str) -> Iterator[Path]:
    """A new folder for this user alone, removed at the end.

    Args:
        kind: what it is for, a word in its name.

    Raises:
        OSError: it cannot be made.
    """
    folder = private_folder(kind)
    try:
        yield folder
    finally:
        remove_folder(folder)


@lru_cache(maxsize=8)
def clear_left(base: Path) -> None:
    """Remove the folders that no living process holds, once a process; only this user's own.

    Args:
        base: where private folders are made.
    """
    if sys.platform == "win32":
        return
    with suppress(OSError):
        for folder in base.glob(f"{_PREFIX}*-*"):
            with suppress(OSError):
                status = folder.lstat()
                if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
                    continue
                descriptor = _lock(folder)
                if descriptor is not None:
                    shutil.rmtree(folder, ignore_errors=True)
                    os.close(descriptor)
        for folder in base.glob(f"{_NEW}*"):
            with suppress(OSError):
                status = folder.lstat()
                if (
                    stat.S_ISDIR(status.st_mode)
                    and status.st_uid == os.getuid()
                    and status.st_mtime < time.time() - _NEW_SECONDS
                ):
                    shutil.rmtree(folder, ignore_errors=True)


def _lock(folder: Path, flags: int = 0) -> int | None:
    """The locked file of a folder; None where another process holds it."""
    if sys.platform == "win32":
        return None
    import fcntl

    descriptor = os.open(folder / _SIGN, os.O_RDWR | os.O_NOFOLLOW | flags, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor

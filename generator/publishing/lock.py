"""A lock, so that only one process at a time changes a packet's folder.

It is the operating system's lock on an open file, so it ends with the process that holds it, even if killed. That
the lock file exists means nothing.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from generator.errors import OutputError
from generator.publishing.failures import as_output_errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PAUSE_SECONDS = 0.02

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def _take(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class LockedError(OutputError):
    """Another process that is alive holds the lock."""


@contextmanager
def locked(path: Path, wait_seconds: float) -> Iterator[None]:
    """Holds the lock at ``path`` for the block; afterwards its file, and its folder if empty, are gone.

    Args:
        path: the lock's file; its folder is made if it is missing.
        wait_seconds: how long to wait for another process; 0 asks once.

    Raises:
        LockedError: another process kept it all that time.
        OutputError: the file cannot be made.
    """
    with as_output_errors(path.parent):
        descriptor = _acquire(path, time.monotonic() + wait_seconds)
    try:
        yield
    finally:
        # Windows cannot remove an open file, so it is closed first. Elsewhere the file is removed while the lock
        # is still held: afterwards it could be the next holder's.
        if sys.platform == "win32":
            os.close(descriptor)
        # A lock file that stays is harmless, and a folder that holds something is meant to stay.
        with suppress(OSError):
            path.unlink()
        if sys.platform != "win32":
            os.close(descriptor)
        with suppress(OSError):
            path.parent.rmdir()


def _acquire(path: Path, until: float) -> int:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    while True:
        path.parent.mkdir(exist_ok=True)
        # The last holder may have removed the folder in the meantime: then it is made again.
        with suppress(FileNotFoundError):
            descriptor = os.open(path, flags, 0o666)
            try:
                if _take(descriptor) and _still_there(descriptor, path):
                    return descriptor
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)
        if time.monotonic() >= until:
            raise LockedError(f"另一个程序正在写入“{path.parent}”", "等它结束后重新运行")
        time.sleep(_PAUSE_SECONDS)


def _still_there(descriptor: int, path: Path) -> bool:
    """Whether the file that was locked still stands at its path: its last holder removes it."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat(follow_symlinks=False))
    except FileNotFoundError:
        return False

"""Results kept in the user's cache folder, under a hash of what they were made from.

Some are run when they are read back (marshalled code, pickled objects). So a file is not used that another user could
have written, or that was changed since: it is not even unpacked.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from generator.base.files import cache_folder, replace_whole

_DIGEST_BYTES: Final = hashlib.sha256().digest_size
_OTHERS_MAY_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


def load_kept(folder: str, name: str) -> bytes | None:
    """What was kept under a name; None where nothing is, or it cannot be trusted.

    Args:
        folder: what is kept there, as ``cache_folder`` takes it.
        name: the file's name: it says all that the content depends on.
    """
    try:
        path = cache_folder(folder) / name
        if not _is_own(path):
            return None
        kept = path.read_bytes()
    except (OSError, ValueError):
        return None
    digest, packed = kept[:_DIGEST_BYTES], kept[_DIGEST_BYTES:]
    return packed if digest == hashlib.sha256(packed).digest() else None


def store_kept(folder: str, name: str, packed: bytes, most: int) -> None:
    """Keep something; a cache that cannot be written only costs time.

    Args:
        folder: as of ``load_kept``.
        name: likewise.
        packed: what is kept.
        most: how many files stay in the folder; the oldest go.
    """
    with suppress(OSError):
        path = cache_folder(folder) / name
        replace_whole(path, hashlib.sha256(packed).digest() + packed)
        # Those of earlier versions too, which may have other suffixes.
        files = sorted(path.parent.glob("*.*"), key=lambda file: file.stat().st_mtime_ns)
        for file in files[:-most]:
            file.unlink(missing_ok=True)


def digest_of_makers(sources: Iterable[Path]) -> str:
    """A digest of the code that makes what is kept, and of the Python that runs it.

    To be taken when the module is loaded that keeps something: if an update replaced the files while the program
    runs, what the old code, still in memory, makes must not be kept under the digest of the new code.

    Args:
        sources: the code's files.
    """
    code = hashlib.sha256(f"{sys.implementation.cache_tag} {importlib.util.MAGIC_NUMBER.hex()}".encode())
    if getattr(sys, "frozen", False):  # without Python, all of them lie inside the program's own file
        program = Path(sys.executable).stat()
        code.update(f"{program.st_size} {program.st_mtime_ns}".encode())
    else:
        for path in sorted(sources):
            code.update(path.read_bytes())
    return code.hexdigest()


def _is_own(path: Path) -> bool:
    """Whether nobody but this user can have written a file."""
    if sys.platform == "win32":
        # The folder lies in the user's profile, which other users may not write to.
        return True
    return all(
        status.st_uid == os.getuid() and not status.st_mode & _OTHERS_MAY_WRITE
        for status in (path.stat(follow_symlinks=False), path.parent.stat())
    )

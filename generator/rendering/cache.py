"""Compiled template parts, kept in the user's cache folder under a hash of what they were made from.

What is kept of a part is its Jinja source with the place of each of its lines, and the code that Jinja has made
of it, marshalled as Python keeps its own in ``__pycache__``, after a digest of it all. As that code is run, a file is not used that
another user could have written, or that was changed since.
"""

from __future__ import annotations

import hashlib
import importlib.util
import marshal
import os
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import CodeType
from typing import Final

from generator.base.files import cache_folder, replace_whole

_FORMAT: Final = 3
_SUFFIX: Final = ".part"
_DIGEST_BYTES: Final = hashlib.sha256().digest_size
# The five schemes have some 150 parts; whoever edits templates leaves a file behind each time.
MOST_KEPT: Final = 400
_OTHERS_MAY_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a part was compiled into.

    Attributes:
        lines: its Jinja source.
        places: where each line stands, in words.
        code: of the compiled Jinja template.
    """

    lines: list[str]
    places: list[str]
    code: CodeType


def load_compiled(part: str, content: bytes) -> Compiled | None:
    """What a part was compiled into before; None where that is not kept, or cannot be trusted.

    Args:
        part: the part's name.
        content: the part as the template has it.
    """
    try:
        path = _path(part, content)
        if not _is_own(path):
            return None
        kept = path.read_bytes()
        digest, packed = kept[:_DIGEST_BYTES], kept[_DIGEST_BYTES:]
        # Code that was changed since could do anything: it is not even unmarshalled.
        if digest != hashlib.sha256(packed).digest():
            return None
        lines, places, code = marshal.loads(packed)  # noqa: S302 written by this user, undamaged
    except (OSError, ValueError, TypeError, EOFError):
        return None
    return Compiled(lines, places, code) if isinstance(code, CodeType) else None


def store_compiled(part: str, content: bytes, compiled: Compiled) -> None:
    """Keep what a part was compiled into; a cache that cannot be written only costs time."""
    packed = marshal.dumps((compiled.lines, compiled.places, compiled.code))
    with suppress(OSError):
        path = _path(part, content)
        replace_whole(path, hashlib.sha256(packed).digest() + packed)
        _forget_oldest(path.parent)


def _forget_oldest(folder: Path) -> None:
    # Those of earlier versions too, which had another suffix.
    kept = sorted(folder.glob("*.*"), key=lambda path: path.stat().st_mtime_ns)
    for path in kept[:-MOST_KEPT]:
        path.unlink(missing_ok=True)


def _path(part: str, content: bytes) -> Path:
    digest = hashlib.sha256(f"{_FORMAT}|{_MAKERS}|{part}|".encode() + content).hexdigest()
    return cache_folder("templates") / f"{digest}{_SUFFIX}"


def _read_makers() -> str:
    """What a compiled part depends on besides the template: this package's code, docxtpl, Jinja and Python."""
    own = hashlib.sha256()
    here = Path(__file__).parent
    for path in sorted([*here.glob("*.py"), *(here.parent / "base" / "ooxml").glob("*.py")]):
        own.update(path.read_bytes())
    if getattr(sys, "frozen", False):  # without Python, all of this lies inside the program's own file
        program = Path(sys.executable).stat()
        own.update(f"{program.st_size} {program.st_mtime_ns}".encode())
    python = f"{sys.implementation.cache_tag} {importlib.util.MAGIC_NUMBER.hex()}"
    return f"{own.hexdigest()} {version('docxtpl')} {version('jinja2')} {python}"


# Read when this module is loaded: if an update replaced the files while the program runs, what the old code, still
# in memory, compiles must not be kept under the digest of the new code.
_MAKERS: Final = _read_makers()


def _is_own(path: Path) -> bool:
    """Whether nobody but this user can have written a file."""
    if sys.platform == "win32":
        # The folder lies in the user's profile, which other users may not write to.
        return True
    return all(
        status.st_uid == os.getuid() and not status.st_mode & _OTHERS_MAY_WRITE
        for status in (path.stat(follow_symlinks=False), path.parent.stat())
    )

"""Patched template parts, kept in the user's cache folder under a hash of what they were made from.

What is kept is text: a part's Jinja source with the place of each of its lines, never code. It is compiled in
the sandbox like any template, whoever wrote it. A file that another user could have written, or that is not as
it was written, is not used.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

_FORMAT: Final = 1
_OTHERS_MAY_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


def kept(part: str, content: bytes) -> tuple[list[str], list[str]] | None:
    """The lines of a part's patched source and the place of each; None where they are not kept.

    Args:
        part: the part's name.
        content: the part as the template has it.
    """
    try:
        path = _path(part, content)
        if not _is_own(path):
            return None
        found = json.loads(path.read_bytes())
        lines, places = found["lines"], found["places"]
        if found["sha256"] != _digest(lines, places) or len(lines) != len(places):
            return None
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return lines, places


def keep(part: str, content: bytes, lines: Sequence[str], places: Sequence[str]) -> None:
    """Keep what a part was patched into; a cache that cannot be written only costs time."""
    with suppress(OSError):
        path = _path(part, content)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"sha256": _digest(lines, places), "lines": list(lines), "places": list(places)}, file)
        Path(name).replace(path)


def _path(part: str, content: bytes) -> Path:
    digest = hashlib.sha256(f"{_FORMAT}|{_makers()}|{part}|".encode() + content).hexdigest()
    return _folder() / f"{digest}.json"


@lru_cache(maxsize=1)
def _makers() -> str:
    """What a patched part hangs on besides the template: this package's code, and docxtpl's."""
    own = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        own.update(path.read_bytes())
    return f"{own.hexdigest()} {version('docxtpl')}"


def _folder() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("lianheti")) / "templates"


def _is_own(path: Path) -> bool:
    """Whether nobody but this user can have written a file."""
    if sys.platform == "win32":
        # The folder lies in the user's profile, which other users may not write to.
        return True
    return all(
        status.st_uid == os.getuid() and not status.st_mode & _OTHERS_MAY_WRITE
        for status in (path.stat(follow_symlinks=False), path.parent.stat())
    )


def _digest(lines: Sequence[str], places: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps([list(lines), list(places)]).encode()).hexdigest()

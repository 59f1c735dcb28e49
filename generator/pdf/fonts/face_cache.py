"""What a font file says of itself: names, style, line metrics, and which characters it draws.

Reading it costs tens of milliseconds a face, so the answers are kept in the user's cache folder, by path,
size and time of change; a cache that cannot be read or written only costs time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from array import array
from bisect import bisect_right
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from generator.base.files import cache_folder, replace_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SUFFIXES: Final = frozenset({".ttf", ".otf", ".ttc", ".otc"})
_CACHE_FORMAT: Final = 1


class Face(Struct, frozen=True):
    """One face of a font file.

    Attributes:
        path: the file.
        index: its place in a collection, 0 otherwise.
        names: its family and full names in every language of its name table.
        weight: 100 to 900.
        italic: whether it slants.
        ascent: above the baseline, in ems; descent: below it, positive.
        descent: see ascent.
        space: advance of a space, in ems.
    """

    path: Path
    index: int
    names: tuple[str, ...]
    weight: int
    italic: bool
    ascent: float
    descent: float
    space: float

    @property
    def family(self) -> str:
        """A name to show to people."""
        return self.names[0]


def read_faces(path: Path) -> list[Face]:
    """The faces of a font file; none where the file is not a font that can be read."""
    try:
        stamp = _stamp(path)
    except OSError:
        return []
    try:
        return _faces(path, _load("faces", stamp))
    except (TypeError, KeyError, ValueError, AttributeError):
        # Nothing is kept, or what no version of this program has written.
        from generator.pdf.fonts import font_files

        found = font_files.descriptions(path)
        _store("faces", stamp, found)
        return _faces(path, found)


def _faces(path: Path, descriptions: Any) -> list[Face]:
    faces = [
        Face(path=path, index=index, **{**item, "names": tuple(item["names"])})
        for index, item in enumerate(descriptions)
    ]
    if any(not face.names or not all(isinstance(name, str) for name in face.names) for face in faces):
        raise ValueError(path)
    return faces


def read_all(folders: Iterable[Path]) -> list[Face]:
    """The faces of every font file below some folders, in a fixed order."""
    files = {
        path.resolve(): None
        for folder in folders
        if folder.is_dir()
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in SUFFIXES
    }
    return [face for path in files for face in read_faces(path)]


class Coverage:
    """The characters that a face draws.

    Args:
        ranges: first and last code point of each run, ascending: ``[a0, b0, a1, b1, …]``.
    """

    def __init__(self, ranges: Iterable[int]) -> None:
        self._edges = array("I", ranges)

    def __contains__(self, char: str) -> bool:
        point = ord(char)
        at = bisect_right(self._edges, point)
        return at % 2 == 1 or (at > 0 and self._edges[at - 1] == point)


@lru_cache(maxsize=64)
def coverage(face: Face) -> Coverage:
    """Which characters a face draws, from its cmap."""

    def read() -> list[int]:
        from generator.pdf.fonts import font_files

        ranges: list[int] = []
        for point in font_files.code_points(face.path, face.index):
            if ranges and point == ranges[-1] + 1:
                ranges[-1] = point
            else:
                ranges += [point, point]
        return ranges

    return Coverage(remembered(face, "cmap", read))


@lru_cache(maxsize=64)
def latin_widths(face: Face) -> dict[str, float]:
    """How wide a face draws each Latin character that it has, in ems."""

    def read() -> dict[str, float]:
        from generator.pdf.fonts import font_files

        return font_files.latin_widths(face.path, face.index)

    return dict(remembered(face, "widths", read))


@lru_cache(maxsize=64)
def digest(path: Path) -> str:
    """The SHA-256 of a font file, in hexadecimal."""
    stamp = _stamp(path)
    found = _load("sha256", stamp)
    if found is None:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        _store("sha256", stamp, found)
    return str(found)


def remembered(face: Face, what: str, read: Callable[[], Any]) -> Any:
    """Something that was read from a face before, else as it is read now; it must be plain JSON.

    Args:
        face: the face.
        what: the name of what is asked.
        read: reads it from the font file.
    """
    stamp = f"{_stamp(face.path)}#{face.index}"
    found = _load(what, stamp)
    if found is None:
        found = read()
        _store(what, stamp, found)
    return found


def _stamp(path: Path) -> str:
    status = path.stat()
    return f"{path}|{status.st_size}|{status.st_mtime_ns}"


def _cache_file(kind: str, stamp: str) -> Path:
    name = hashlib.sha256(f"{_CACHE_FORMAT}|{kind}|{stamp}".encode()).hexdigest()
    return cache_folder("fonts") / f"{name}.json"


def _load(kind: str, stamp: str) -> Any:
    try:
        return json.loads(_cache_file(kind, stamp).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def _store(kind: str, stamp: str, value: Any) -> None:
    with contextlib.suppress(OSError):  # a home that cannot be written, or none, only costs time
        replace_whole(_cache_file(kind, stamp), json.dumps(value))

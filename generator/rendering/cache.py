"""Compiled template parts, kept in the user's cache folder.

What is kept of a part is its Jinja source with the place of each of its lines, and the code that Jinja has made
of it, marshalled as Python keeps its own in ``__pycache__``.
"""

from __future__ import annotations

import hashlib
import marshal
from importlib.util import find_spec
from pathlib import Path
from types import CodeType
from typing import Final

from msgspec import Struct

from generator.base.kept import digest_of_makers, load_kept, store_kept

_FORMAT: Final = 3
_FOLDER: Final = "templates"
_SUFFIX: Final = ".part"
# The five schemes have some 150 parts; whoever edits templates leaves a file behind each time.
MOST_KEPT: Final = 400


class Compiled(Struct, frozen=True):
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
    packed = load_kept(_FOLDER, _name(part, content))
    if packed is None:
        return None
    try:
        lines, places, code = marshal.loads(packed)  # noqa: S302 written by this user, undamaged
    except (ValueError, TypeError, EOFError):
        return None
    return Compiled(lines, places, code) if isinstance(code, CodeType) else None


def store_compiled(part: str, content: bytes, compiled: Compiled) -> None:
    """Keep what a part was compiled into; a cache that cannot be written only costs time."""
    packed = marshal.dumps((compiled.lines, compiled.places, compiled.code))
    store_kept(_FOLDER, _name(part, content), packed, MOST_KEPT)


def _name(part: str, content: bytes) -> str:
    return hashlib.sha256(f"{_FORMAT}|{_MAKERS}|{part}|".encode() + content).hexdigest() + _SUFFIX


def _read_makers() -> str:
    """What a compiled part depends on besides the template: this package's code, docxtpl, Jinja and Python."""
    here = Path(__file__).parent
    # The libraries' code rather than their versions: looking for these among all that is installed takes longer.
    libraries = [
        Path(found.origin).parent
        for name in ("docxtpl", "jinja2")
        if (found := find_spec(name)) and found.origin
    ]
    folders = (here, here.parent / "base" / "ooxml", *libraries)
    return digest_of_makers([path for folder in folders for path in folder.glob("*.py")])


_MAKERS: Final = _read_makers()

"""The packets that lie in a folder, whatever their names: for front ends that let a person choose one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct

from generator.errors import DataError
from generator.publishing import read_manifest
from generator.publishing.manifest import MANIFEST, PacketManifest

_DEEPEST: Final = 5
_MOST: Final = 1000


class FoundPacket(Struct, frozen=True):
    """A packet of an application.

    Attributes:
        name: its folder relative to where was searched, with ``/``.
        folder: its folder.
        consortium: whose it is.
        programme: the programme's code.
        edition: draft or signing.
    """

    name: str
    folder: Path
    consortium: str
    programme: str
    edition: str


def found_packets(root: Path) -> tuple[FoundPacket, ...]:
    """The packets in a folder and below it, sorted by name; links and what cannot be read left out.

    Args:
        root: the folder.
    """
    found = []
    for folder in _folders(root):
        try:
            manifest = read_manifest(folder)
        except (DataError, OSError):
            continue
        if isinstance(manifest, PacketManifest):
            name = folder.relative_to(root).as_posix()
            found.append(FoundPacket(name, folder, manifest.consortium, manifest.programme, manifest.edition))
    return tuple(sorted(found, key=lambda one: one.name)[:_MOST])


def _folders(root: Path) -> Iterator[Path]:
    for top, folders, names in os.walk(root):
        here = Path(top)
        depth = len(here.relative_to(root).parts)
        if MANIFEST in names:
            folders[:] = []
            yield here
            continue
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and depth < _DEEPEST and not (here / name).is_symlink()
        ]

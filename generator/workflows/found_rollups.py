"""The tables over many filings that lie in an output folder, for front ends that hand them out."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from generator.errors import DataError
from generator.publishing import read_manifest
from generator.publishing.manifest import MANIFEST, RollupManifest


class FoundRollup(Struct, frozen=True):
    """A roll-up that was published.

    Attributes:
        name: its folder relative to the output folder, with ``/``.
        folder: its folder.
        programme: the programme's code.
        applicants: how many filings it holds.
        files: what it holds, by path, the tables themselves first; only what lies there.
        archive: the same as a ``.zip``; None where that is gone.
    """

    name: str
    folder: Path
    programme: str
    applicants: int
    files: tuple[str, ...]
    archive: Path | None


def found_rollups(root: Path) -> tuple[FoundRollup, ...]:
    """The roll-ups of an output folder, sorted by name; what cannot be read is left out.

    Args:
        root: the output folder.
    """
    found = []
    for path in sorted(root.glob(f"*/*/{MANIFEST}")):
        folder = path.parent
        try:
            manifest = read_manifest(folder)
        except (DataError, OSError):
            continue
        if not isinstance(manifest, RollupManifest) or folder.is_symlink():
            continue
        paths = (file.path for file in manifest.files)
        there = (path for path in paths if (folder / path).is_file() and not (folder / path).is_symlink())
        files = tuple(sorted(there, key=lambda path: ("/" in path, path)))
        archive = folder.with_name(f"{folder.name}.zip")
        name = folder.relative_to(root).as_posix()
        found.append(
            FoundRollup(
                name,
                folder,
                manifest.programme,
                len(manifest.applicants),
                files,
                archive if archive.is_file() else None,
            )
        )
    return tuple(found)

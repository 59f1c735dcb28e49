"""Putting results where earlier ones lie: what a person has edited since is never overwritten and never removed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from generator.base.files import put_data, sha256_of


class Put(Struct, frozen=True):
    """What came of it.

    Attributes:
        record: each file's sha256 as this program wrote it, by path relative to the folder.
        edited: files that a person has edited and that stand as they were, some under another name.
    """

    record: Mapping[str, str]
    edited: tuple[Path, ...]


def put_results(
    folder: Path, files: Mapping[str, bytes | None], record: Mapping[str, str], replaced: Iterable[str] = ()
) -> Put:
    """Write files, and take away those of the last run that are no longer wanted.

    Args:
        folder: it exists.
        files: bytes by path relative to the folder, with ``/``; None for a file that stays as the record has it.
        record: of the last run.
        replaced: those of them that are read back before, so that nothing is lost by replacing them.

    Raises:
        OSError: one can't be written.
    """
    edited: list[Path] = []
    now: dict[str, str] = {}
    for name, data in files.items():
        path, known = folder / name, record.get(name)
        now[name] = hashlib.sha256(data).hexdigest() if data is not None else known or ""
        found = sha256_of(path) if path.is_file() else None
        if found == now[name]:
            continue
        if found is not None and found != known and name not in replaced:
            if known == now[name]:
                edited.append(path)
                continue
            edited.append(_moved_aside(path))
        if data is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            put_data(path, data)
    for name in record.keys() - files.keys():
        path = folder / name
        if path.is_file() and sha256_of(path) == record[name]:
            path.unlink()
        elif path.is_file():
            edited.append(path)
    return Put(now, tuple(sorted(edited)))


def _moved_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_stem(f"{path.stem}（改过{number if number > 1 else ''}）")).exists():
        number += 1
    path.rename(aside)
    return aside

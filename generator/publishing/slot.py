"""One packet's place in the output folder, and how its contents are exchanged there.

No operating system here exchanges two folders in one step. So the steps are in such an order that whatever
state a killed process leaves shows what remains to be done:

1. ``new`` is made and filled, then ``new_archive`` is written: while ``new`` stands, nothing is decided.
2. The old archive and the old folder are moved to ``old_archive`` and ``old``.
3. ``new`` is moved to its place: from here on the new packet counts.
4. ``new_archive`` is moved to its place.
5. The old packet is removed, or moved aside under a visible name where a person has changed it.

`settle` reads these states. All of them stand beside the packet, on the same file system.
"""

from __future__ import annotations

import glob
import os
import re
import shutil
import sys
import time
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from generator.publishing.contents import bound_edits, changed_files, digests, inspect
from generator.publishing.failures import as_output_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_LEFT_OVER = re.compile(r"\.(?P<name>.+)\.lianheti-(?:lock|new|old|gone\d+)(?:\.zip)?", re.DOTALL)
_PATIENCE_SECONDS = 1.0

Outcome = Literal["restored", "completed", "cleaned"]
_OUTCOMES: dict[Outcome, str] = {
    "restored": "上次运行中断，已把原来的材料包放回",
    "completed": "上次运行中断，新的材料包已补全",
    "cleaned": "上次运行中断，已清理它留下的临时文件",
}


class Recovered(Struct, frozen=True):
    """What was done about one packet that an interrupted run had left.

    Attributes:
        folder: the packet's folder.
        outcome: ``restored``, the old packet stands again; ``completed``, the new one does; ``cleaned``,
            only remains were removed.
        moved_aside: where a packet changed by a person stands now, if there was one.
    """

    folder: Path
    outcome: Outcome
    moved_aside: Path | None = None

    def __str__(self) -> str:
        aside = f"；改动过的旧材料包在“{self.moved_aside}”" if self.moved_aside else ""
        return f"{self.folder}：{_OUTCOMES[self.outcome]}{aside}。"


class Slot(Struct, frozen=True):
    """The names that one packet uses in its consortium's folder, which must be resolved."""

    base: Path
    name: str

    @property
    def folder(self) -> Path:
        """The packet's folder."""
        return self.base / self.name

    @property
    def archive(self) -> Path:
        """The same as one file, beside the folder."""
        return self.base / f"{self.name}.zip"

    @property
    def lock(self) -> Path:
        """What a process holds while it changes anything here."""
        return self.hidden("lock")

    @property
    def new(self) -> Path:
        """The folder being written."""
        return self.hidden("new")

    @property
    def new_archive(self) -> Path:
        """The archive being written."""
        return self.hidden("new.zip")

    @property
    def old(self) -> Path:
        """The recovery name of the folder that was there."""
        return self.hidden("old")

    @property
    def old_archive(self) -> Path:
        """The recovery name of the archive that was there."""
        return self.hidden("old.zip")

    def hidden(self, use: str) -> Path:
        """A hidden working name; the program's name in it tells it from a person's files."""
        return self.base / f".{self.name}.lianheti-{use}"

    def gone(self) -> list[Path]:
        """Old folders that are to be removed, perhaps half removed already."""
        start = self.hidden("gone").name
        return [path for path in self.base.iterdir() if path.name.startswith(start)]

    def next_gone(self) -> Path:
        """A free name for another folder that is to be removed; see ``gone``."""
        taken = self.gone()
        names = (self.hidden(f"gone{number}") for number in count(1))
        return next(path for path in names if path not in taken)

    def next_aside(self) -> tuple[Path, Path]:
        """Visible names, with a running number, for a folder and archive that a person has changed."""
        folders = (self.base / f"{self.name}-旧{number}" for number in count(1))
        pairs = ((folder, self.base / f"{folder.name}.zip") for folder in folders)
        return next(pair for pair in pairs if not any(_stands(path) for path in pair))

    def is_unsettled(self) -> bool:
        """Whether an interrupted run has left something; the lock file does not count."""
        working = (self.new, self.new_archive, self.old, self.old_archive)
        return any(_stands(path) for path in working) or bool(self.gone())


def slots_left_in(base: Path) -> list[Slot]:
    """The slots of a consortium's folder of which something is left over, by a dead run or a live one."""
    matches = (_LEFT_OVER.fullmatch(path.name) for path in base.iterdir())
    return [Slot(base, name) for name in sorted({match["name"] for match in matches if match})]


def losses(slot: Slot, folder: Path, archive: Path, incoming: Mapping[str, str | None]) -> list[str]:
    """What a person would lose if this folder and archive were replaced: each file named, with why.

    A missing archive is no loss, nor is a missing folder.

    Args:
        slot: whose packet they are.
        folder: the packet's folder, under its name or its recovery name.
        archive: its archive, likewise.
        incoming: digests by path of what takes its place; a changed file that is in it is no loss.

    Raises:
        OSError: a file cannot be read.
    """
    found: list[str] = []
    if folder.is_symlink() or (_stands(folder) and not folder.is_dir()):
        found.append(f"{slot.folder.name}（不是文件夹）")
    elif _stands(folder):
        found += [
            str(change)
            for change in [*changed_files(folder), *bound_edits(folder)]
            if change.sha256 is None or incoming.get(change.path) != change.sha256
        ]
    if _stands(archive) and _archive_is_changed(archive, folder):
        found.append(f"{slot.archive.name}（与生成时不同）")
    return found


def _archive_is_changed(archive: Path, folder: Path) -> bool:
    if archive.is_symlink() or not archive.is_file():
        return True
    manifest, changes = inspect(archive)
    # An archive without its folder is checked against its own manifest only.
    return bool(changes) or (folder.is_dir() and manifest != inspect(folder)[0])


def replace(
    slot: Slot,
    contents: Mapping[str, bytes],
    archive: bytes,
    incoming: Mapping[str, str | None],
    still_mine: Callable[[], object],
) -> Path | None:
    """Puts contents and archive in place of what stands there; the lock must be held, the slot settled.

    Args:
        slot: where.
        contents: bytes by path.
        archive: the archive's bytes.
        incoming: digests by path of the contents.
        still_mine: called once the old packet has its recovery name, where no other program finds it: the last
            check for a change by a person. If it raises, the exchange stops.

    Returns:
        Where the old packet was moved aside, if a person had changed it.

    Raises:
        OutputError: it could not be written. The old packet stands, or `settle` puts it back.
    """
    _write_new(slot, contents, archive)
    with as_output_errors(slot.archive):
        _move_if_there(slot.archive, slot.old_archive)
    with as_output_errors(slot.folder):
        _move_if_there(slot.folder, slot.old)
        still_mine()
        _move(slot.new, slot.folder)
    with as_output_errors(slot.archive):
        _move(slot.new_archive, slot.archive)
    with as_output_errors(slot.base):
        _sync(slot.base)
        return _retire(slot, incoming)


def _write_new(slot: Slot, contents: Mapping[str, bytes], archive: bytes) -> None:
    with as_output_errors(slot.folder):
        slot.new.mkdir()
    folders = {slot.new}
    for path, data in contents.items():
        target = slot.new / path
        with as_output_errors(slot.folder / path):
            target.parent.mkdir(parents=True, exist_ok=True)
            _write(target, data)
        folders.update(parent for parent in target.parents if parent.is_relative_to(slot.new))
    with as_output_errors(slot.archive):
        _write(slot.new_archive, archive)
    with as_output_errors(slot.folder):
        for folder in (*folders, slot.base):
            _sync(folder)


def settle(slot: Slot) -> Recovered | None:
    """Completes or undoes what an interrupted run began: afterwards the old packet or the new one is there, whole.

    The lock must be held. Safe to be interrupted itself, at any moment.

    Returns:
        What was done; None if nothing was left over.
    """
    if not slot.is_unsettled():
        return None
    outcome: Outcome = "cleaned"
    undecided = _stands(slot.new) or not _stands(slot.folder)
    if undecided:
        for past, place in ((slot.old, slot.folder), (slot.old_archive, slot.archive)):
            if _stands(past) and not _stands(place):
                _move(past, place)
                outcome = "restored"
        _remove(slot.new_archive)
        _remove(slot.new)
    elif _stands(slot.new_archive):
        if _stands(slot.archive):
            _move(slot.archive, slot.next_aside()[1])
        _move(slot.new_archive, slot.archive)
        outcome = "completed"
    elif _stands(slot.old) or _stands(slot.old_archive):
        outcome = "completed"
    _sync(slot.base)
    return Recovered(slot.folder, outcome, _retire(slot, None if undecided else digests(slot.folder)))


def _retire(slot: Slot, incoming: Mapping[str, str | None] | None) -> Path | None:
    """Removes the old packet, or moves it aside if a person would lose something.

    Args:
        slot: where.
        incoming: digests by path of the packet that has taken its place; None if none has, and the old
            one is to be kept whatever it holds.
    """
    aside = None
    if _stands(slot.old) or _stands(slot.old_archive):
        if incoming is None or losses(slot, slot.old, slot.old_archive, incoming):
            folder_aside, archive_aside = _names_aside(slot)
            if _stands(slot.old_archive):
                _move(slot.old_archive, archive_aside)
                aside = archive_aside
            if _stands(slot.old):
                _move(slot.old, folder_aside)
                aside = folder_aside
        else:
            slot.old_archive.unlink(missing_ok=True)
            # Renamed first: were its removal interrupted, it would look as if a person had deleted files.
            _move_if_there(slot.old, slot.next_gone())
        _sync(slot.base)
    for path in slot.gone():
        # The new packet is whole; an old folder that cannot be removed now is removed by the next run.
        with suppress(OSError):
            _remove(path)
    return aside


def _names_aside(slot: Slot) -> tuple[Path, Path]:
    """Visible names for the old packet: beside its archive, where a run that was killed has moved that already."""
    if (
        _stands(slot.old)
        and not _stands(slot.old_archive)
        and slot.old.is_dir()
        and not slot.old.is_symlink()
    ):
        manifest = inspect(slot.old)[0]
        for archive in sorted(slot.base.glob(f"{glob.escape(slot.name)}-旧*.zip")):
            folder = slot.base / archive.stem
            whole = archive.is_file() and not archive.is_symlink() and not _stands(folder)
            if whole and manifest is not None and inspect(archive)[0] == manifest:
                return folder, archive
    return slot.next_aside()


def _stands(path: Path) -> bool:
    """Whether anything has this name, a broken link included."""
    return os.path.lexists(path)


def _move_if_there(source: Path, target: Path) -> None:
    if _stands(source):
        _move(source, target)


def _move(source: Path, target: Path) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            source.rename(target)
        except PermissionError:
            # Virus scanners of Windows hold what has just been written, for some tenths of a second.
            if sys.platform != "win32" or time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync(folder: Path) -> None:
    # Windows opens no folder, and keeps its entries safe by its own journal.
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

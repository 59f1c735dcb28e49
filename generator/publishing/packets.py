"""Publishing a packet into the output folder, and putting right what an interrupted run left there."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from generator.base.names import is_safe, safe_name
from generator.errors import OutputError
from generator.publishing.archive import archive_bytes
from generator.publishing.contents import (
    PacketFile,
    inspect,
    open_files,
    packet_contents,
)
from generator.publishing.failures import as_output_errors
from generator.publishing.lock import LockedError, locked
from generator.publishing.manifest import MANIFEST, Manifest
from generator.publishing.slot import Recovered, Slot, losses, replace, settle, slots_left_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

# Longer than any packet takes to be written, shorter than a person's patience.
_WAIT_SECONDS = 60.0
_MOST_NAMED = 10


class Published(Struct, frozen=True):
    """Where a packet stands.

    Attributes:
        folder: its folder.
        archive: the same as a ``.zip``.
        moved_aside: where the old packet stands that ``force`` moved aside, if it did.
        written: False if the very same packet stood there, and nothing was touched.
    """

    folder: Path
    archive: Path
    moved_aside: Path | None
    written: bool


def publish(
    root: Path,
    consortium_name: str,
    folder_name: str,
    files: Sequence[PacketFile],
    manifest: Manifest,
    *,
    timestamp: datetime,
    force: bool = False,
) -> Published:
    """Writes a packet to ``root/<consortium>/<folder_name>/`` and the archive beside it.

    A packet that stands there is replaced as a whole or not at all. If a person has changed it (edited,
    signed, deleted, added a file), it is replaced only where the new packet holds the changed file as it
    is now.

    Args:
        root: the output folder; made if it is missing.
        consortium_name: as the data gives it; the folder is named by its `safe_name`.
        folder_name: the programme with ``-`` for ``/``, and the edition; a safe name.
        files: the packet's files but the manifest.
        manifest: what ``manifest.json`` says; what it lists of all files is put in.
        timestamp: the time of every member of the archive.
        force: move a packet that a person has changed aside, archive and all, to ``<folder_name>-旧N``.

    Raises:
        OutputError: it cannot be written, a file is open in an office program, or a person's changes
            stand in the way and ``force`` is not given. What stood there stands there still.
        ValueError: names or manifest contradict their description above.
    """
    if not is_safe(folder_name):
        raise ValueError(f"not a safe name: {folder_name!r}")
    contents = packet_contents(files, manifest)
    slot = Slot(_base(root, safe_name(consortium_name)), folder_name)
    return _put(slot, contents, timestamp=timestamp, force=force)


def publish_again(
    folder: Path,
    files: Sequence[PacketFile],
    manifest: Manifest,
    *,
    timestamp: datetime,
    force: bool = False,
) -> Published:
    """As `publish`, in the place of a packet that stands, whatever its folder is called now.

    Args:
        folder: the packet's folder.
        files: as for `publish`.
        manifest: as for `publish`.
        timestamp: as for `publish`.
        force: as for `publish`.

    Raises:
        OutputError: as for `publish`.
        ValueError: as for `publish`.
    """
    contents = packet_contents(files, manifest)
    with as_output_errors(folder):
        place = folder.resolve()
    return _put(Slot(place.parent, place.name), contents, timestamp=timestamp, force=force)


def _put(slot: Slot, contents: Mapping[str, bytes], *, timestamp: datetime, force: bool) -> Published:
    incoming: dict[str, str | None] = {
        path: hashlib.sha256(data).hexdigest() for path, data in contents.items()
    }

    def refuse_losses(folder: Path, archive: Path) -> None:
        with as_output_errors(slot.folder):
            found = losses(slot, folder, archive, incoming)
        if found and not force:
            raise OutputError(
                f"“{slot.folder}”里有生成以后变动过的文件，没有覆盖：{_named(found)}",
                "先确认这些变动要不要保留；加 --force 重新运行，会把旧文件夹原样移到旁边再写入新的",
            )

    with locked(slot.lock, _WAIT_SECONDS):
        with as_output_errors(slot.folder):
            settle(slot)
            if _is_same(slot, contents[MANIFEST]):
                return Published(slot.folder, slot.archive, None, written=False)
            _refuse_open(slot.folder)
        refuse_losses(slot.folder, slot.archive)
        archive = archive_bytes(contents, timestamp)
        try:
            aside = replace(
                slot, contents, archive, incoming, lambda: refuse_losses(slot.old, slot.old_archive)
            )
        except BaseException as error:
            with as_output_errors(slot.folder):
                done = settle(slot)
                # Perhaps only removing the old packet failed, and ``settle`` has just done it: then all is well.
                if not (isinstance(error, OutputError) and _is_same(slot, contents[MANIFEST])):
                    raise
            aside = done.moved_aside if done else None
    return Published(slot.folder, slot.archive, aside, written=True)


def recover(root: Path) -> list[Recovered]:
    """Puts right what interrupted runs left anywhere in the output folder.

    Packets that a running process has locked are skipped.

    Args:
        root: the output folder; nothing is done if it is missing.

    Returns:
        What was done, a packet each, in order of names.

    Raises:
        OutputError: it is not a folder, or something cannot be put back.
    """
    with as_output_errors(root):
        if not os.path.lexists(root):
            return []
        root = root.resolve()
        bases = sorted(path for path in root.iterdir() if path.is_dir() and not path.is_symlink())
    return [done for base in bases for done in _recover_slots(base)]


def recover_packet(folder: Path) -> list[Recovered]:
    """As `recover`, for the packet of one folder only: for commands that are given that folder."""
    with as_output_errors(folder):
        base = folder.absolute().parent.resolve()
        if not base.is_dir():
            return []
    return _recover_slots(base, folder.name.removesuffix(".zip"))


def _recover_slots(base: Path, name: str | None = None) -> list[Recovered]:
    with as_output_errors(base):
        try:
            slots = [slot for slot in slots_left_in(base) if name in {None, slot.name}]
        except PermissionError:
            # A folder that may not be listed was never written to by us; an example is lost+found.
            return []
    found = []
    for slot in slots:
        # A live process puts its own packet right, or leaves it to the next command.
        with suppress(LockedError), locked(slot.lock, 0), as_output_errors(slot.folder):
            found.append(settle(slot))
    return [done for done in found if done]


def _base(root: Path, name: str) -> Path:
    """The consortium's folder, resolved, inside the root; both are made if missing."""
    with as_output_errors(root):
        root.mkdir(parents=True, exist_ok=True)
        root = root.resolve()
    base = root / name
    with as_output_errors(base):
        base.mkdir(exist_ok=True)
        resolved = base.resolve()
    if not resolved.is_relative_to(root):
        raise OutputError(f"“{base}”是一个指向输出文件夹以外的链接，不会顺着它写入", "移走这个链接后重新运行")
    return resolved


def _is_same(slot: Slot, manifest: bytes) -> bool:
    """Whether this very packet stands there whole, archive and all; the manifest holds every digest."""
    for packet in (slot.folder, slot.archive):
        if packet.is_symlink() or not packet.exists():
            return False
        if inspect(packet) != (manifest, []):
            return False
    return slot.folder.is_dir() and slot.archive.is_file()


def _refuse_open(folder: Path) -> None:
    if folder.is_symlink() or not folder.is_dir():
        return
    found = open_files(folder)
    if found:
        marks = [mark for _, mark in found if mark]
        leftover = f"；如果并没有打开，就删除残留的 {_named(marks)}" if marks else ""
        raise OutputError(
            f"“{folder}”里的文件正在 Word、WPS 等程序中打开：{_named([file for file, _ in found])}",
            f"关闭后重新运行{leftover}",
        )


def _named(names: Sequence[str]) -> str:
    """The names as a person reads them; those that are no valid text escaped."""
    shown = "、".join(names[:_MOST_NAMED]).encode("utf-8", "backslashreplace").decode()
    return shown if len(names) <= _MOST_NAMED else f"{shown}等 {len(names)} 个"

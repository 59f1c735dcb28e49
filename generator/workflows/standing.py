"""The packets of a data file that stand in the output folder: what is in them, and whether they still hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from msgspec import Struct

from generator.base.names import safe_name
from generator.errors import DataError
from generator.model.programme import Programme
from generator.publishing import changed_files, read_manifest
from generator.publishing.manifest import MANIFEST, PacketManifest
from generator.workflows.pictures import page_count

Edition = Literal["draft", "signing"]
EDITIONS: tuple[Edition, ...] = ("draft", "signing")


class StandingFile(Struct, frozen=True):
    """One file of a packet.

    Attributes:
        path: relative to the packet's folder, with ``/``.
        title: what it is called; the file's own name for a sheet.
        pages: how many it has; None where it has none.
    """

    path: str
    title: str
    pages: int | None


class StandingPacket(Struct, frozen=True):
    """A packet that stands in the output folder.

    Attributes:
        folder: its folder.
        archive: the same as a ``.zip``; None where that is gone.
        programme: the programme's code.
        edition: draft or signing.
        files: what its manifest lists, in order: the official documents first.
        print_copy: the print copy among them; None where no PDFs were made.
        stale: whether the data file says something else by now.
        changed: what a person has edited, signed, added or taken away since, each as a Chinese clause.
        edited: the Word files among that, by path.
        coded: whether its pages bear codes of ours.
        warnings: what its makers were told to look to.
    """

    folder: Path
    archive: Path | None
    programme: str
    edition: Edition
    files: tuple[StandingFile, ...]
    print_copy: StandingFile | None
    stale: bool
    changed: tuple[str, ...]
    edited: tuple[str, ...]
    warnings: tuple[str, ...]
    coded: bool


def standing_packets(
    root: Path, data: Path, consortium: str, programme: Programme
) -> tuple[StandingPacket, ...]:
    """The packets of a consortium under one programme that stand in the output folder.

    Args:
        root: the output folder.
        data: the data file that they were made from.
        consortium: its name under the programme, as the data gives it.
        programme: the programme.
    """
    return tuple(_standing(root, data, consortium, programme))


def _standing(root: Path, data: Path, consortium: str, programme: Programme) -> Iterator[StandingPacket]:
    if not consortium:
        return
    try:
        digest = hashlib.sha256(data.read_bytes()).hexdigest()
    except OSError:
        digest = ""
    for edition in EDITIONS:
        folder = root / safe_name(consortium) / programme.packet_folder(edition)
        if not (folder / MANIFEST).is_file() or folder.is_symlink():
            continue
        try:
            manifest = read_manifest(folder)
            changes = changed_files(folder)
        except (DataError, OSError):
            continue
        if not isinstance(manifest, PacketManifest):
            continue
        titles = {file.path: document.title for document in manifest.documents for file in document.files}
        pages = {file.path: file.pages for document in manifest.documents for file in document.files}
        if manifest.packet is not None:
            pages[manifest.packet.path] = manifest.packet.pages
            titles[manifest.packet.path] = "打印件（整套）"
        files = tuple(
            StandingFile(
                file.path,
                titles.get(file.path, file.path.rpartition("/")[2]),
                pages.get(file.path)
                or (page_count(folder / file.path) if file.path.endswith(".pdf") else None),
            )
            for file in manifest.files
        )
        printed = manifest.packet.path if manifest.packet else ""
        archive = folder.with_name(f"{folder.name}.zip")
        yield StandingPacket(
            folder,
            archive if archive.is_file() else None,
            programme.code,
            edition,
            files,
            next((file for file in files if file.path == printed), None),
            all(one.name != data.name or one.sha256 != digest for one in manifest.inputs),
            tuple(map(str, changes)),
            tuple(
                change.path for change in changes if change.kind == "edited" and change.path.endswith(".docx")
            ),
            manifest.warnings,
            manifest.page_codes is not None,
        )

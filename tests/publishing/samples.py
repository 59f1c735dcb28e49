"""Packets for these tests, and how to look at what stands in an output folder."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from generator.publishing import PacketFile, Published, changed_files, publish
from generator.publishing.manifest import AmendmentManifest, Document, File, Manifest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NAME = "某省5G通信产业创新联合体"
FOLDER = "some-consortium-2022-draft"
WHEN = datetime(2026, 3, 1, 8, 30, 0, tzinfo=UTC)
FORM = "01 组建申请表.docx"
AGREEMENT = "02 组建协议.pdf"
INTERNAL = "internal/conditions.pdf"


def packet(mark: str) -> list[PacketFile]:
    return [
        PacketFile(FORM, f"form {mark}".encode() * 50),
        PacketFile(AGREEMENT, f"agreement {mark}".encode() * 900),
        PacketFile(INTERNAL, b"the same in all"),
    ]


A, B = packet("A"), packet("B")


def manifest(name: str = NAME, documents: tuple[Document, ...] = (), printed: File | None = None) -> Manifest:
    """The smallest manifest that says what these tests look for."""
    return AmendmentManifest(
        programme="some/consortium-2022",
        date=WHEN.date(),
        generator="0",
        pdf_engine=None,
        fonts=(),
        inputs=(),
        templates=(),
        check_code=None,
        packet=printed,
        documents=documents,
        warnings=(),
        consortium=name,
        edition="draft",
        changes=(),
    )


def put(
    root: Path, files: Sequence[PacketFile], *, force: bool = False, name: str = NAME, folder: str = FOLDER
) -> Published:
    return publish(root, name, folder, files, manifest(name), timestamp=WHEN, force=force)


def inside(packet: Path) -> dict[str, bytes]:
    """Every file of a folder or archive by its path; a plain file is its own one file."""
    if packet.is_dir():
        return {
            path.relative_to(packet).as_posix(): path.read_bytes()
            for path in packet.rglob("*")
            if path.is_file()
        }
    if not packet.exists():
        return {}
    if not zipfile.is_zipfile(packet):
        return {"": packet.read_bytes()}
    with zipfile.ZipFile(packet) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def state(root: Path) -> str:
    """``A``, ``B`` or ``nothing``: what stands whole in the output, archive and all; else a complaint."""
    folder = root / NAME / FOLDER
    archive = folder.with_name(FOLDER + ".zip")
    if not folder.exists() and not archive.exists():
        return "nothing"
    if not (folder.is_dir() and archive.is_file()):
        return "only one of folder and archive"
    if changed_files(folder) or inside(archive) != inside(folder):
        return f"not whole: {changed_files(folder)}, {changed_files(archive)}"
    listed = {entry["path"] for entry in json.loads((folder / "manifest.json").read_text("utf-8"))["files"]}
    found = {path: data for path, data in inside(folder).items() if path != "manifest.json"}
    for name, files in (("A", A), ("B", B)):
        if found == {file.path: file.data for file in files} and listed == set(found):
            return name
    return "neither A nor B"


def leftovers(root: Path) -> list[str]:
    """Working files, which no finished command leaves behind."""
    return sorted(path.name for path in root.rglob(".*"))


def snapshot(root: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below a folder with its bytes and the time it was written."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink())
    return {str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}

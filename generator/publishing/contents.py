"""What a packet holds: its files and the manifest that lists them, and what has changed since.

A packet is a folder or the archive beside it. Its ``manifest.json`` lists every other file with its
SHA-256 under ``files``, so that every later change of the packet can be found.
"""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from generator.base.files import sha256_of
from generator.base.names import is_safe
from generator.base.zips import Bounds, ZipReader, ZipRefusedError
from generator.errors import DataError, Place
from generator.publishing.manifest import MANIFEST, Manifest, parsed, parsed_or_none, sealed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# Files that desktop systems put into a folder by themselves; they do not count as a person's.
_DESKTOP_FILES = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
# A packet is some megabytes; an archive from elsewhere that claims more is not read.
PACKET_BOUNDS = Bounds(unpacked=2 * 1024**3, members=20_000, ratio=200, ratio_from=20_000_000)
_SIGNED_PDF = b"/ByteRange"
_WINDOWS = os.name == "nt"

Kind = Literal["edited", "signed", "missing", "added", "bound"]
_KINDS: dict[Kind, str] = {
    "edited": "内容变了",
    "signed": "已签名",
    "missing": "被删除",
    "added": "后来加入",
    "bound": "在 Word 里改过并已重新装订",
}


class PacketFile(Struct, frozen=True):
    """One file of a packet.

    Attributes:
        path: where it stands, relative to the packet's folder, with ``/``; each part a safe name.
        data: its bytes.
    """

    path: str
    data: bytes


class Change(Struct, frozen=True):
    """One file of a packet that is not as the manifest says.

    Attributes:
        path: as in the manifest; a folder that holds nothing ends in ``/``.
        kind: ``edited``; ``signed``, a PDF that has been signed since; ``missing``; ``added``; ``bound``, a
            person's edit that the manifest knows of.
        sha256: of the file as it is now; None where there is none or it is no ordinary file.
    """

    path: str
    kind: Kind
    sha256: str | None = None

    def __str__(self) -> str:
        return f"{self.path}（{_KINDS[self.kind]}）"


def packet_contents(files: Sequence[PacketFile], manifest: Manifest) -> dict[str, bytes]:
    """Every file of the packet by its path, in order of the paths, the manifest with them.

    Raises:
        ValueError: a path is not safe or given twice, or the manifest contradicts the files.
    """
    contents: dict[str, bytes] = {}
    for file in files:
        if not all(is_safe(part) for part in file.path.split("/")):
            raise ValueError(f"not a safe path: {file.path!r}")
        contents[file.path] = file.data
    taken = [path.casefold() for path in (*contents, MANIFEST)]
    folders = {str(parent).casefold() for path in taken for parent in PurePosixPath(path).parents}
    if len(files) != len(contents) or len(set(taken)) != len(taken) or folders & set(taken):
        raise ValueError("two files of the packet have the same path")
    contents[MANIFEST] = sealed(manifest, {path: _digest(data) for path, data in contents.items()})
    return dict(sorted(contents.items()))


def read_manifest(packet: Path) -> Manifest:
    """The manifest of a packet's folder or archive.

    Raises:
        DataError: there is none, or it is not one of ours.
    """
    place = Place(f"{packet}/{MANIFEST}" if packet.is_dir() else str(packet))
    try:
        raw, _ = _listing(packet)
    except OSError as error:
        raise DataError("这里没有可以读取的申报材料包", "检查路径", place) from error
    if raw is None:
        raise DataError(
            "缺少 manifest.json，不是本程序生成的材料包", "指向含有 manifest.json 的文件夹或 zip", place
        )
    return parsed(raw, place)


def changed_files(packet: Path) -> list[Change]:
    """Which files of a packet's folder or archive are not as its manifest says, in order of paths.

    Marks that an open Word, WPS or LibreOffice leaves beside a file, and files that desktops make by
    themselves, do not count. An archive that cannot be read is one change, ``edited``, without a path.

    Raises:
        OSError: a file cannot be read.
    """
    return inspect(packet)[1]


def bound_edits(packet: Path) -> list[Change]:
    """The Word files of a packet's folder that a person edited and bound, with the digests that the manifest gives.

    Raises:
        OSError: the manifest cannot be read.
    """
    file = packet / MANIFEST
    manifest = parsed_or_none(file.read_bytes()) if file.is_file() else None
    documents = (document for document in manifest.documents if document.edited) if manifest else ()
    return [
        Change(file.path, "bound", file.sha256)
        for document in documents
        for file in document.files
        if file.format == "docx"
    ]


def inspect(packet: Path) -> tuple[bytes | None, list[Change]]:
    """The manifest's bytes as they stand, None if there is none, and the `changed_files`."""
    try:
        raw, found = _listing(packet)
    except _BadArchiveError:
        return None, [Change("", "edited")]
    manifest = None if raw is None else parsed_or_none(raw)
    if raw is None or manifest is None:
        unlisted = [Change(path, "added", sha) for path, sha in found.items()]
        return raw, [*unlisted, Change(MANIFEST, "missing") if raw is None else _edited_manifest(raw)]
    promised = {_key(file.path): (file.path, file.sha256) for file in manifest.files}
    changes = []
    for path, sha in found.items():
        _, expected = promised.pop(_key(path), ("", None))
        if expected is None:
            changes.append(Change(path, "added", sha))
        elif sha != expected:
            changes.append(Change(path, "signed" if _is_signed(packet, path) else "edited", sha))
    changes += [Change(path, "missing") for path, _ in promised.values()]
    return raw, sorted(changes, key=lambda change: change.path)


def _edited_manifest(raw: bytes) -> Change:
    return Change(MANIFEST, "edited", _digest(raw))


def digests(folder: Path) -> dict[str, str | None]:
    """The SHA-256 of every file that stands in a folder, by its path; None for what is no ordinary file."""
    raw, found = _listing_of_folder(folder)
    return found if raw is None else {**found, MANIFEST: _digest(raw)}


def open_files(folder: Path) -> list[tuple[str, str]]:
    """Files of a folder that an office program has open, each with the lock file (mark) beside it that says so.

    The lock file of Word and WPS has ``~$`` in place of the name's first two characters (before the name where
    that is short), that of LibreOffice is ``.~lock.NAME#``. Windows also refuses to write to a file that any
    program has open: such a file is given with an empty mark.
    """
    found = []
    for top, _, names in _walk(folder):
        inside = Path(top).relative_to(folder)
        for name in names:
            if _is_owner_mark(name):
                owned = inside / _owned(name, names)
                found.append((owned.as_posix(), (inside / name).as_posix()))
            elif _WINDOWS and _is_held(Path(top, name)):
                found.append(((inside / name).as_posix(), ""))
    return sorted(found)


def _is_held(path: Path) -> bool:
    if path.is_symlink() or not path.is_file() or not path.stat().st_mode & stat.S_IWRITE:
        return False
    try:
        path.open("r+b").close()
    except PermissionError:
        return True
    return False


def _is_owner_mark(name: str) -> bool:
    return name.startswith("~$") or (name.startswith(".~lock.") and name.endswith("#"))


def _owned(mark: str, names: Iterable[str]) -> str:
    if mark.startswith(".~lock."):
        return mark.removeprefix(".~lock.").removesuffix("#")
    tail = mark[2:]
    owners = [n for n in names if n != mark and n.endswith(tail) and len(n) - len(tail) in {0, 1, 2}]
    return owners[0] if owners else mark


class _BadArchiveError(OSError):
    """The archive cannot be read, or holds entries that this program never writes."""


def _listing(packet: Path) -> tuple[bytes | None, dict[str, str | None]]:
    """The manifest's bytes, and the digest of every other file by its path."""
    return _listing_of_folder(packet) if packet.is_dir() else _listing_of_archive(packet)


def files_of_folder(folder: Path) -> dict[str, Path | None]:
    """Every file of a packet's folder by its path, in order; None for what is no ordinary file.

    An empty folder ends in ``/``. What office programs and desktops leave there by themselves is left out.

    Raises:
        OSError: a folder cannot be read.
    """
    found: dict[str, Path | None] = {}
    for top, folders, names in _walk(folder):
        relative = Path(top).relative_to(folder)
        if not folders and not names and relative.parts:
            found[relative.as_posix() + "/"] = None
        for name in names:
            path = Path(top, name)
            if not _is_owner_mark(name) and name.casefold() not in _DESKTOP_FILES:
                ordinary = path.is_file() and not path.is_symlink()
                found[(relative / name).as_posix()] = path if ordinary else None
    return found


def _listing_of_folder(folder: Path) -> tuple[bytes | None, dict[str, str | None]]:
    raw = None
    found: dict[str, str | None] = {}
    for inside, path in files_of_folder(folder).items():
        if path is None:
            found[inside] = None
        elif inside == MANIFEST:
            raw = path.read_bytes()
        else:
            found[inside] = sha256_of(path)
    return raw, found


def _walk(folder: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """``os.walk`` in order of names; links to folders are listed as files, and every error is raised."""

    def stop(error: OSError) -> None:
        raise error

    for top, folders, names in os.walk(folder, onerror=stop):
        links = [name for name in folders if Path(top, name).is_symlink()]
        folders[:] = sorted(set(folders) - set(links))
        yield top, folders, sorted(names + links)


def _listing_of_archive(path: Path) -> tuple[bytes | None, dict[str, str | None]]:
    raw = None
    found: dict[str, str | None] = {}
    try:
        with ZipReader(path, PACKET_BOUNDS) as archive:
            if archive.comment:
                raise _BadArchiveError("not an archive as we write them")
            for name in archive.names:
                if name == MANIFEST:
                    raw = archive.read(name)
                else:
                    found[name] = _digest_of(archive.chunks(name))
    except ZipRefusedError as error:
        raise _BadArchiveError(str(error)) from error
    return raw, found


def _is_signed(packet: Path, path: str) -> bool:
    if not (packet.is_dir() and path.casefold().endswith(".pdf")):
        return False
    file = packet / path
    return not file.is_symlink() and file.is_file() and _SIGNED_PDF in file.read_bytes()


def _key(path: str) -> str:
    # Some file systems (HFS+) give names back in Unicode's decomposed form.
    return unicodedata.normalize("NFC", path)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _digest_of(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()

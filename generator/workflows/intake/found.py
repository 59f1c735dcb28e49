"""What lies in a folder of received filings: packets, data files, filled forms, and what is none of these."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from generator.base.zips import Bounds, Refusal, ZipReader, ZipRefusedError
from generator.errors import DataError
from generator.publishing.manifest import MANIFEST, is_ours
from generator.publishing.reading import open_packet
from generator.readers.formats import format_of
from generator.workflows.inputs import write_below

Kind = Literal["packet", "data", "forms"]

_WORD: Final = (".docx", ".doc")
_CLOSED: Final = (".rar", ".7z", ".tar", ".gz", ".xls", ".et", ".wps", ".ofd", ".odt", ".ods")
_BOUNDS: Final = Bounds(unpacked=500_000_000, members=3_000, ratio=200)
_DEEPEST: Final = 12
_MOST_FILES: Final = 20_000
_REFUSED: Final = {
    Refusal.ENCRYPTED: "压缩包加了密码",
    Refusal.SIZE: "压缩包展开后过大",
    Refusal.NAME: "压缩包里有指向别处的文件名",
    Refusal.MEMBERS: "压缩包里的文件过多",
}


@dataclass(frozen=True, slots=True)
class Received:
    """One filing, as it came.

    Attributes:
        name: where it lies, relative to the folder that is taken in, with ``/``; inside an archive after its name.
        kind: a packet of this program, a data file, or filled Word forms.
        files: the packet's folder or archive, the data file, or the forms.
        digest: of all that it is judged by; another digest asks for another look.
        place: what a link in the overview opens.
    """

    name: str
    kind: Kind
    files: tuple[Path, ...]
    digest: str
    place: Path


@dataclass(frozen=True, slots=True)
class Apart:
    """What is not judged.

    Attributes:
        name: where it lies, as for ``Received``.
        why: the reason, in Chinese.
    """

    name: str
    why: str


class Found:
    """What a folder holds.

    Args:
        folder: the folder.
        out: the folder of results, which is not taken in where it lies inside.
        private: an empty folder for what comes out of archives.
    """

    def __init__(self, folder: Path, out: Path, private: Path) -> None:
        self.received: list[Received] = []
        self.apart: list[Apart] = []
        self._out = out.resolve()
        self._private = private
        self._count = 0
        self._walk(folder, "", folder, 0)

    def _walk(self, folder: Path, prefix: str, shown: Path, depth: int) -> None:
        """Look at a folder; ``shown`` is what a person can open of it."""
        if depth > _DEEPEST:
            self.apart.append(Apart(prefix or folder.name, "文件夹套得太深，没有再往里看"))
            return
        if folder.resolve() == self._out:
            return
        entries = sorted(
            entry for entry in folder.iterdir() if not entry.name.startswith((".", "~$", "__MACOSX"))
        )
        self._count += len(entries)
        if self._count > _MOST_FILES:
            raise DataError(f"文件夹里的文件超过 {_MOST_FILES} 个", "分成几批接收")
        for entry in entries:
            if entry.is_symlink():
                self.apart.append(Apart(prefix + entry.name, "是链接，没有打开"))
        entries = [entry for entry in entries if not entry.is_symlink()]
        if _is_packet(folder):
            self._take(prefix.rstrip("/") or folder.name, "packet", (folder,), _of_folder(folder), shown)
            return
        files = [entry for entry in entries if entry.is_file()]
        data = [entry for entry in files if format_of(entry) is not None]
        for file in data:
            digest = _digest([file.read_bytes(), *(_state(other, folder) for other in _others(folder, data))])
            self._take(prefix + file.name, "data", (file,), digest, shown / file.name)
        self._loose(files, prefix, shown, depth, with_data=bool(data))
        # What lies below a data file is its attachments.
        for entry in entries if not data else []:
            if entry.is_dir():
                self._walk(entry, f"{prefix}{entry.name}/", shown / entry.name, depth + 1)

    def _loose(self, files: list[Path], prefix: str, shown: Path, depth: int, *, with_data: bool) -> None:
        """The files of a folder that are neither a packet nor data."""
        forms = [file for file in files if file.suffix.lower() in _WORD] if not with_data else []
        if forms:
            digest = _digest([file.read_bytes() for file in forms])
            place = shown if len(forms) > 1 else shown / forms[0].name
            self._take(prefix.rstrip("/") or forms[0].name, "forms", tuple(forms), digest, place)
        for file in files:
            suffix = file.suffix.lower()
            if suffix == ".zip":
                self._archive(file, prefix + file.name, shown / file.name, depth)
            elif suffix in _CLOSED:
                self.apart.append(
                    Apart(prefix + file.name, f"打不开“{suffix}”文件，请申报单位换成 zip、xlsx 或 docx")
                )
            elif not with_data and not forms:
                self.apart.append(
                    Apart(prefix + file.name, "旁边没有数据文件、材料包或填好的表，不知道是谁的")
                )

    def _take(self, name: str, kind: Kind, files: tuple[Path, ...], digest: str, place: Path) -> None:
        self.received.append(Received(name, kind, files, digest, place))

    def _archive(self, file: Path, name: str, shown: Path, depth: int) -> None:
        try:
            with open_packet(file) as packet:
                if packet.manifest is not None and is_ours(packet.manifest):
                    self._take(name, "packet", (file,), _digest([file.read_bytes()]), shown)
                    return
            with ZipReader(file, _BOUNDS) as archive:
                inside = {
                    member: archive.read(member) for member in archive.names if not archive.is_link(member)
                }
        except DataError as error:
            self.apart.append(Apart(name, error.what))
            return
        except ZipRefusedError as error:
            self.apart.append(Apart(name, _REFUSED.get(error.reason, "压缩包已损坏，或不是 zip 文件")))
            return
        if depth >= _DEEPEST:
            self.apart.append(Apart(name, "压缩包套得太深，没有再往里看"))
            return
        folder = self._private / str(len(list(self._private.iterdir())))
        folder.mkdir()
        try:
            write_below(folder, inside)
        except DataError:
            self.apart.append(Apart(name, "压缩包里有不能用的文件名"))
            return
        before = len(self.received) + len(self.apart)
        self._inside(folder, name, shown, depth)
        if len(self.received) + len(self.apart) == before:
            self.apart.append(Apart(name, "压缩包里没有数据文件、材料包或填好的表"))

    def _inside(self, folder: Path, name: str, shown: Path, depth: int) -> None:
        """Look at what came out of an archive; a link can open the archive alone."""
        first = len(self.received)
        self._walk(folder, f"{name}/", shown, depth + 1)
        self.received[first:] = [
            Received(one.name, one.kind, one.files, one.digest, shown) for one in self.received[first:]
        ]


def _is_packet(folder: Path) -> bool:
    manifest = folder / MANIFEST
    return manifest.is_file() and not manifest.is_symlink() and is_ours(manifest.read_bytes())


def _others(folder: Path, data: list[Path]) -> Iterator[Path]:
    """The files that a data file may name: attachments, texts, unit libraries."""
    for base, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(base, name)
            if path not in data and not path.is_symlink():
                yield path


def _of_folder(folder: Path) -> str:
    return _digest(
        [(folder / MANIFEST).read_bytes(), *(_state(path, folder) for path in _others(folder, []))]
    )


def _state(path: Path, folder: Path) -> bytes:
    status = path.stat()
    return f"{path.relative_to(folder).as_posix()}\0{status.st_size}\0{status.st_mtime_ns}".encode()


def _digest(pieces: list[bytes]) -> str:
    whole = hashlib.sha256()
    for piece in pieces:
        whole.update(hashlib.sha256(piece).digest())
    return whole.hexdigest()

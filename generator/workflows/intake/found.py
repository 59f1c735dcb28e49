"""What lies in a folder of received filings: packets, data files, filled forms, and what is none of these."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from generator.base.characters import visible
from generator.base.files import sha256_of
from generator.base.tree import scalars
from generator.base.zips import Bounds, Refusal, ZipReader, ZipRefusedError
from generator.errors import DataError
from generator.publishing.manifest import MANIFEST, is_ours
from generator.publishing.reading import open_packet
from generator.readers.formats import format_of
from generator.readers.source_file import read_source
from generator.readers.unit_library import is_library
from generator.workflows.inputs import write_below

Kind = Literal["packet", "data", "forms"]

_WORD: Final = (".docx", ".doc")
_CLOSED: Final = (".rar", ".7z", ".tar", ".gz", ".xls", ".et", ".wps", ".ofd", ".odt", ".ods")
_BOUNDS: Final = Bounds(unpacked=500_000_000, members=3_000, ratio=200)
_DEEPEST: Final = 12
_MOST_FILES: Final = 20_000
# Several names in one cell of a workbook.
_BETWEEN_NAMES: Final = re.compile(r"[\n、；;，,]")
_LONGEST_NAME: Final = 1_000
_HIDDEN: Final = (".", "~$")
_UNREADABLE: Final = "打不开，请看文件夹和里面文件的权限"
_REFUSED: Final = {
    Refusal.ENCRYPTED: "压缩包加了密码",
    Refusal.SIZE: "压缩包展开后过大",
    Refusal.NAME: "压缩包里有指向别处的文件名",
    Refusal.MEMBERS: "压缩包里的文件过多",
}


class Received(Struct, frozen=True):
    """One filing, as it came.

    Attributes:
        name: where it lies, relative to the folder that is taken in, with ``/``; inside an archive after its name.
        kind: a packet of this program, a data file, or filled Word forms.
        files: the packet's folder or archive, the data file, or the forms.
        digest: of all that it is judged by; another digest asks for another look.
        place: what a link in the overview opens.
        beside: the other files of its folder, by path relative to it: what it names, or what only a person can read.
    """

    name: str
    kind: Kind
    files: tuple[Path, ...]
    digest: str
    place: Path
    beside: tuple[str, ...] = ()

    def touched_by(self, changed: Iterable[Path]) -> bool:
        """Whether one of some files is this filing's: itself, in its folder's archive or packet, or beside it."""
        if self.kind == "forms" and self.place.is_dir():
            return any(path.is_relative_to(self.place) for path in changed)
        own = {self.place, *(self.place.parent / name for name in self.beside)}
        return any(path in own or (self.kind == "packet" and self.place in path.parents) for path in changed)


class Apart(Struct, frozen=True):
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
        self._left = _BOUNDS.unpacked
        self._names: set[str] = set()
        self._walk(folder, "", folder, 0)

    def _walk(self, folder: Path, prefix: str, shown: Path, depth: int) -> None:
        """Look at a folder; ``shown`` is what a person can open of it."""
        if depth > _DEEPEST:
            self._aside(prefix or folder.name, "文件夹套得太深，没有再往里看")
            return
        if folder.resolve() == self._out:
            return
        before = len(self.received)
        try:
            self._look(folder, prefix, shown, depth)
        except OSError:
            del self.received[before:]
            self._aside(prefix.rstrip("/") or folder.name, _UNREADABLE)

    def _look(self, folder: Path, prefix: str, shown: Path, depth: int) -> None:
        entries = sorted(
            entry for entry in folder.iterdir() if not entry.name.startswith((*_HIDDEN, "__MACOSX"))
        )
        self._count += len(entries)
        if self._count > _MOST_FILES:
            raise DataError(f"文件夹里的文件超过 {_MOST_FILES} 个", "分成几批接收")
        for entry in entries:
            if entry.is_symlink():
                self._aside(prefix + entry.name, "是链接，没有打开")
        entries = [entry for entry in entries if not entry.is_symlink()]
        if not entries and prefix:
            self._aside(prefix.rstrip("/"), "是空文件夹")
        if _is_packet(folder):
            digest = _digest(_states(_below(folder, hidden=True), folder))
            self._take(Received(prefix.rstrip("/") or folder.name, "packet", (folder,), digest, shown))
            return
        files = [entry for entry in entries if entry.is_file()]
        folders = [entry for entry in entries if entry.is_dir()]
        data = [file for file in files if format_of(file) is not None]
        named = {path for file in data for path in _named(file)} if len(entries) > 1 else set()
        # Another filing whose file is called by a name that stands in this one is a filing all the same.
        data = [file for file in data if file not in named or not _is_library(file)]
        named -= set(data)
        forms = [file for file in files if file.suffix.lower() in _WORD and file not in named]
        walked = [one for one in folders if not (data or forms) or _may_hold_filings(one, named)]
        whole = [path for one in folders if one not in walked for path in _below(one)]
        others = [file for file in files if file not in data and file not in forms]
        self._loose(
            [file for file in others if file not in named], prefix, shown, depth, filed=bool(data or forms)
        )
        beside = [*(file for file in others if file.suffix.lower() not in (".zip", *_CLOSED)), *whole]
        for one in data:
            pieces = [sha256_of(one).encode(), *_states({*beside, *_named(one)}, folder)]
            self._take(_received(prefix + one.name, "data", [one], pieces, shown / one.name, beside))
        if forms:
            pieces = [*(sha256_of(form).encode() for form in forms), *_states(beside, folder)]
            place = shown if len(forms) > 1 else shown / forms[0].name
            called = (prefix.rstrip("/") if not data else "") or prefix + forms[0].name
            self._take(_received(called, "forms", forms, pieces, place, beside))
        for one in walked:
            self._walk(one, f"{prefix}{one.name}/", shown / one.name, depth + 1)

    def _loose(self, files: list[Path], prefix: str, shown: Path, depth: int, *, filed: bool) -> None:
        """The files of a folder that are neither a packet, nor data, nor forms, nor named by data."""
        for file in files:
            suffix = file.suffix.lower()
            if suffix == ".zip":
                self._archive(file, prefix + file.name, shown / file.name, depth)
            elif suffix in _CLOSED:
                self._aside(prefix + file.name, f"打不开“{suffix}”文件，请申报单位换成 zip、xlsx 或 docx")
            elif not filed:
                self._aside(prefix + file.name, "旁边没有数据文件、材料包或填好的表，不知道是谁的")

    def _take(self, received: Received) -> None:
        """Keep a filing, under a name that can be shown and that is no other's."""
        name = shown = visible(received.name)
        number = 1
        while name in self._names:
            number += 1
            name = f"{shown}（{number}）"
        self._names.add(name)
        self.received.append(replace(received, name=name, beside=tuple(map(visible, received.beside))))

    def _aside(self, name: str, why: str) -> None:
        self.apart.append(Apart(visible(name), why))

    def _archive(self, file: Path, name: str, shown: Path, depth: int) -> None:
        try:
            with open_packet(file) as packet:
                if packet.manifest is not None and is_ours(packet.manifest):
                    self._take(Received(name, "packet", (file,), _digest([file.read_bytes()]), shown))
                    return
            folder = self._unpacked(file, name, depth)
        except DataError as error:
            self._aside(name, error.what)
            return
        except ZipRefusedError as error:
            self._aside(name, _REFUSED.get(error.reason, "压缩包已损坏，或不是 zip 文件"))
            return
        if folder is None:
            return
        before = len(self.received) + len(self.apart)
        self._inside(folder, name, shown, depth)
        if len(self.received) + len(self.apart) == before:
            self._aside(name, "压缩包里没有数据文件、材料包或填好的表")

    def _unpacked(self, file: Path, name: str, depth: int) -> Path | None:
        """A private folder with what an archive holds; None where that was set apart.

        Raises:
            ZipRefusedError: it cannot be read, or holds too much, together with the archives that it came out of.
        """
        if not file.is_relative_to(self._private):
            self._left = _BOUNDS.unpacked
        if depth >= _DEEPEST:
            self._aside(name, "压缩包套得太深，没有再往里看")
            return None
        folder = Path(tempfile.mkdtemp(dir=self._private))
        with ZipReader(file, replace(_BOUNDS, unpacked=self._left)) as archive:
            for member in archive.names:
                if archive.is_link(member):
                    self._aside(f"{name}/{member}", "是链接，没有打开")
                    continue
                data = archive.read(member)
                self._left -= len(data)
                try:
                    write_below(folder, {member: data})
                except DataError:
                    self._aside(name, "压缩包里有不能用的文件名")
                    return None
        return folder

    def _inside(self, folder: Path, name: str, shown: Path, depth: int) -> None:
        """Look at what came out of an archive; a link can open the archive alone."""
        first = len(self.received)
        self._walk(folder, f"{name}/", shown, depth + 1)
        self.received[first:] = [replace(one, place=shown) for one in self.received[first:]]


def stamps(folder: Path) -> dict[Path, tuple[int, int]]:
    """Size and time of every file below a folder, to see what is being changed meanwhile."""
    found = {}
    for path in _below(folder, hidden=True):
        try:
            status = path.stat()
        except OSError:
            continue
        found[path] = (status.st_size, status.st_mtime_ns)
    return found


def _is_packet(folder: Path) -> bool:
    manifest = folder / MANIFEST
    return manifest.is_file() and not manifest.is_symlink() and is_ours(manifest.read_bytes())


def _received(
    name: str, kind: Kind, files: list[Path], pieces: list[bytes], place: Path, beside: list[Path]
) -> Received:
    folder = files[0].parent
    names = tuple(path.relative_to(folder).as_posix() for path in beside)
    return Received(name, kind, tuple(files), _digest(pieces), place, names)


def _is_library(file: Path) -> bool:
    """Whether a file holds nothing but organisations, for data files to name."""
    try:
        return is_library(read_source(file).root)
    except DataError:
        return False


def _named(data: Path) -> set[Path]:
    """The files that a data file names; none where it cannot be read, so that each is looked at by itself."""
    try:
        texts = [scalar.text for scalar in scalars(read_source(data).root)]
    except DataError:
        return set()
    found = set()
    for text in texts:
        for piece in {text, *_BETWEEN_NAMES.split(text)} if len(text) <= _LONGEST_NAME else ():
            name = piece.strip().replace("\\", "/")
            path = Path(os.path.normpath(data.parent / name)) if name and "\0" not in name else data
            if path != data and path.is_relative_to(data.parent) and os.path.isfile(path):  # noqa: PTH113 (never raises)
                found.add(path)
    return found


def _may_hold_filings(folder: Path, named: set[Path]) -> bool:
    """Whether there is more in a folder than papers that only a person can read, or that a data file names."""
    return any(
        path not in named
        and (
            path.name == MANIFEST
            or format_of(path) is not None
            or path.suffix.lower() in (".zip", *_WORD, *_CLOSED)
        )
        for path in _below(folder)
    )


def _below(folder: Path, *, hidden: bool = False) -> Iterator[Path]:
    """Every file of a folder and below it, in order, but links; what systems and office programs hide if asked for."""
    for base, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(base, name)
            if not path.is_symlink() and (hidden or not name.startswith(_HIDDEN)):
                yield path


def _states(paths: Iterable[Path], folder: Path) -> list[bytes]:
    """Files by name and content: neither a copied folder nor an unpacked archive is another filing."""
    return [
        f"{path.relative_to(folder).as_posix()}\0{sha256_of(path)}".encode("utf-8", "surrogateescape")
        for path in sorted(paths)
    ]


def _digest(pieces: list[bytes]) -> str:
    whole = hashlib.sha256()
    for piece in pieces:
        whole.update(hashlib.sha256(piece).digest())
    return whole.hexdigest()

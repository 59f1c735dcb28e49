"""Reading a packet back, as its folder or as an archive, wherever it has been since."""

from __future__ import annotations

import stat
import unicodedata
import zipfile
import zlib
from collections import Counter
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from generator.errors import DataError, Place
from generator.publishing.archive import archive_bytes
from generator.publishing.contents import LARGEST_ARCHIVE, files_of_folder
from generator.publishing.manifest import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ArchiveState = Literal["own", "altered", "repacked"]
_UTF8_NAMES = 0x800
_FEW = 64
_REMEDY = "指向材料包的文件夹、zip 或其中的 PDF"


class OpenPacket:
    """A packet that is being read.

    Args:
        place: its folder or archive, for messages.
        manifest: the manifest's bytes; None where there is none.
        paths: every other file's path, as the manifest writes paths.
        read: gives a file's bytes by its path; None for what is no ordinary file.
        archive: how an archive stands; None for a folder.
    """

    def __init__(
        self,
        place: Path,
        manifest: bytes | None,
        paths: tuple[str, ...],
        read: Callable[[str], bytes | None],
        archive: ArchiveState | None,
    ) -> None:
        self.place = place
        self.manifest = manifest
        self.paths = paths
        self.read = read
        self.archive = archive


@contextmanager
def open_packet(place: Path) -> Iterator[OpenPacket]:
    """Open a packet's folder or archive for reading.

    An archive may have been packed again by another program, with a folder around everything or with
    names in a Chinese code page.

    Raises:
        DataError: it cannot be read.
    """
    try:
        if place.is_dir():
            yield _folder(place)
            return
        with zipfile.ZipFile(place) as archive:
            yield _archive(place, archive)
    except OSError as error:
        raise DataError(f"不能读取（{error.strerror or error}）", _REMEDY, Place(str(place))) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise DataError("压缩包已损坏、加了密码或不是 zip 文件", _REMEDY, Place(str(place))) from error


def _folder(place: Path) -> OpenPacket:
    found = files_of_folder(place)

    def read(path: str) -> bytes | None:
        file = found[path]
        return file.read_bytes() if file is not None else None

    manifest = read(MANIFEST) if MANIFEST in found else None
    return OpenPacket(place, manifest, tuple(path for path in found if path != MANIFEST), read, None)


def _archive(place: Path, archive: zipfile.ZipFile) -> OpenPacket:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if sum(member.file_size for member in members) > LARGEST_ARCHIVE:
        raise DataError("压缩包比任何材料包都大，没有读取", _REMEDY, Place(str(place)))
    by_path = {_name(member): member for member in members}
    tops = [PurePosixPath(path) for path in by_path if PurePosixPath(path).name == MANIFEST]
    top = min(tops, key=lambda path: len(path.parts)).parent.as_posix() if tops else "."
    prefix = "" if top == "." else f"{top}/"
    inside = {path.removeprefix(prefix): member for path, member in by_path.items()}

    def read(path: str) -> bytes | None:
        member = inside[path]
        mode = member.external_attr >> 16
        return None if mode and stat.S_ISLNK(mode) else archive.read(member)

    manifest = read(MANIFEST) if MANIFEST in inside else None
    paths = tuple(sorted(path for path in inside if path != MANIFEST))
    return OpenPacket(place, manifest, paths, read, _state(place, archive))


def _name(member: zipfile.ZipInfo) -> str:
    """A member's name; Windows packs Chinese names in its code page, which zip readers take for CP437."""
    name = member.filename
    if not member.flag_bits & _UTF8_NAMES:
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = member.filename
    return unicodedata.normalize("NFC", name)


def _state(place: Path, archive: zipfile.ZipFile) -> ArchiveState:
    """Whether the archive is the very one that was published, packed anew, or that one with bytes changed."""
    found = place.read_bytes()
    members = archive.infolist()
    if not members:
        return "repacked"
    times = Counter(member.date_time for member in members)
    moment = times.most_common(1)[0][0]
    contents = {member.filename: archive.read(member) for member in members}
    try:
        own = archive_bytes(contents, datetime(*moment))  # noqa: DTZ001 zip knows no zone
    except ValueError:
        return "repacked"
    if found == own:
        return "own"
    # Nearly the one that we write: no other program packs like that. (Another zlib differs throughout.)
    few = len(found) == len(own) and sum(a != b for a, b in zip(found, own, strict=True)) <= _FEW
    return "altered" if few else "repacked"

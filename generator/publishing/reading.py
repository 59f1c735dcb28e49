"""Reading a packet back from its folder or archive, which may have been moved or repacked since."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from generator.base.failures import reason
from generator.base.zips import Refusal, ZipReader, ZipRefusedError
from generator.errors import DataError, Place
from generator.publishing.archive import archive_bytes
from generator.publishing.contents import PACKET_BOUNDS, files_of_folder
from generator.publishing.manifest import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ArchiveState = Literal["own", "altered", "repacked"]
_FEW = 64
_LARGEST_RATIO, _SMALL = 20, 1_000_000
_REMEDY = "指向材料包的文件夹、zip 或其中的 PDF"
_REFUSALS = {
    Refusal.SIZE: "压缩包比任何材料包都大，没有读取",
    Refusal.MEMBERS: "压缩包里的文件比任何材料包都多，没有读取",
    Refusal.METHOD: "压缩包用了少见的压缩方式，没有读取",
    Refusal.NAME: "压缩包里有名称不正常的文件，没有读取",
    Refusal.TWICE: "压缩包里有同名的文件，分不清哪个是它的",
    Refusal.HIDDEN: "压缩包里有目录上没有的文件，别的程序可能打开它，没有读取",
}


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
        with ZipReader(place, PACKET_BOUNDS) as archive:
            yield _archive(place, archive)
    except OSError as error:
        raise DataError(f"不能读取（{reason(error)}）", _REMEDY, Place(str(place))) from error
    except ZipRefusedError as error:
        what = _REFUSALS.get(error.reason, "压缩包已损坏、加了密码或不是 zip 文件")
        raise DataError(what, _REMEDY, Place(str(place))) from error


def _folder(place: Path) -> OpenPacket:
    found = files_of_folder(place)

    def read(path: str) -> bytes | None:
        file = found[path]
        if file is None:
            return None
        if file.stat().st_size > PACKET_BOUNDS.unpacked:
            raise DataError("比任何材料包都大，没有读取", _REMEDY, Place(str(file)))
        return file.read_bytes()

    manifest = read(MANIFEST) if MANIFEST in found else None
    return OpenPacket(place, manifest, tuple(path for path in found if path != MANIFEST), read, None)


def _archive(place: Path, archive: ZipReader) -> OpenPacket:
    tops = [PurePosixPath(name).parent for name in archive.names if PurePosixPath(name).name == MANIFEST]
    if len(tops) > 1:
        # We cannot read it, but another program may.
        raise DataError(
            f"压缩包里有 {len(tops)} 份 manifest.json，分不清哪份是它的", _REMEDY, Place(str(place))
        )
    prefix = "" if not tops or not tops[0].parts else f"{tops[0].as_posix()}/"
    inside: dict[str, str] = {}
    for name in archive.names:
        # Files outside of the packet's folder keep their names, and never replace a file of the packet.
        path = name.removeprefix(prefix)
        if inside.setdefault(path, name) != name:
            raise DataError(f"压缩包里有两个“{path}”，分不清哪个是它的", _REMEDY, Place(str(place)))

    def read(path: str) -> bytes | None:
        name = inside[path]
        return None if archive.is_link(name) else archive.read(name)

    manifest = read(MANIFEST) if MANIFEST in inside else None
    paths = tuple(sorted(path for path in inside if path != MANIFEST))
    return OpenPacket(place, manifest, paths, read, _state(place, archive))


def _state(place: Path, archive: ZipReader) -> ArchiveState:
    """Whether the archive is the very one that was published, packed anew, or that one with bytes changed."""
    moment = Counter(map(archive.time_of, archive.names)).most_common(1)[0][0] if archive.names else None
    size = place.stat().st_size
    if moment is None:
        return "repacked"
    contents: dict[str, bytes] = {}
    total = 0
    for name in archive.names:
        contents[name] = archive.read(name)
        total += len(contents[name])
        # Most of what we pack is stored as it is: an archive that unpacks to so much more is none of ours.
        if total > _LARGEST_RATIO * size + _SMALL:
            return "repacked"
    own = archive_bytes(contents, moment)
    found = place.read_bytes()
    if found == own:
        return "own"
    # Nearly the one that we write: no other program packs like that. (Another zlib differs throughout.)
    few = len(found) == len(own) and sum(a != b for a, b in zip(found, own, strict=True)) <= _FEW
    return "altered" if few else "repacked"

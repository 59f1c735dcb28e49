"""Zip files from elsewhere, read within bounds: Word files, workbooks and packets alike.

What a zip file says of itself is not believed. Bytes are counted as they come out of the inflater; only
members that are stored or deflated are read, as every other method unpacks without a limit of its own;
names are checked; and no two members may have one name, of which two programs could take different ones.
"""

from __future__ import annotations

import io
import os
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Final, Self

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import TracebackType
    from typing import IO

_CHUNK: Final = 1 << 16
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED: Final = 0x1 | 0x40
_UTF8_NAME: Final = 0x800
# APPNOTE 6.3.10, 4.3.16: the record that ends a zip file, with a comment of at most 65,535 bytes after it.
_END: Final = struct.Struct("<4s4H2IH")
_END_SIGN, _ZIP64_SIGN = b"PK\5\6", b"PK\6\7"
_ZIP64_LOCATOR_SIZE: Final = 20
_LONGEST_COMMENT: Final = 0xFFFF
# A member's entry in the directory: 46 bytes, its name, and what programs add.
_LARGEST_ENTRY: Final = 600
_LONGEST_NAME: Final = 500
# What stands before a member's bytes: a head of 30 bytes, whose last two numbers are the lengths of name and extras.
_HEAD: Final = struct.Struct("<4s22xHH")
_HEAD_SIGN: Final = b"PK\3\4"
_LARGEST_GAP: Final = 1 << 20
_OTHER_NAME: Final = 0x7075  # Info-ZIP's extra field with a second name, which some programs take
_BAD_NAME: Final = re.compile(r"[\x00-\x1f\x7f\\]|^/|^[A-Za-z]:|(^|/)\.\.(/|$)|//")


class Refusal(Enum):
    """Why a zip file is not read."""

    BROKEN = "broken"
    ENCRYPTED = "encrypted"
    METHOD = "a method of compression that nothing of ours uses"
    MEMBERS = "too many members"
    NAME = "a name that points elsewhere or cannot be printed"
    TWICE = "two members of one name"
    SIZE = "unpacks to more than it may"
    HIDDEN = "holds members that its directory does not name, or names otherwise"


class ZipRefusedError(Exception):
    """A zip file is not read; whoever opens one tells a person so in words of its own.

    Args:
        reason: why.
        member: the member's name, where it is about one.
    """

    def __init__(self, reason: Refusal, member: str = "") -> None:
        super().__init__(f"{reason.value}: {member}" if member else reason.value)
        self.reason = reason
        self.member = member


class Bounds(Struct, frozen=True):
    """How much a zip file may hold.

    Attributes:
        unpacked: bytes of all members together, as they come out.
        members: how many.
        ratio: how many times its packed size one member may have; None for any.
        ratio_from: the size of a member, in bytes, from which the ratio is looked at.
    """

    unpacked: int
    members: int = 5_000
    ratio: int | None = None
    ratio_from: int = 4_000_000


class ZipReader:
    """A zip file that is being read, to be used in a ``with``.

    Args:
        source: its bytes or its path.
        bounds: how much it may hold.

    Raises:
        ZipRefusedError: it is no zip file, or one that is not read.
        OSError: the file can't be opened.
    """

    def __init__(self, source: bytes | Path, bounds: Bounds) -> None:
        self._bounds = bounds
        self._produced = 0
        self._file: IO[bytes] = io.BytesIO(source) if isinstance(source, bytes) else _opened(source)
        try:
            _check_directory(self._file, bounds)
            try:
                self._archive = zipfile.ZipFile(self._file)
            except _FAULTS as error:
                raise ZipRefusedError(Refusal.BROKEN) from error
            self.comment = self._archive.comment
            self._members = _members(self._archive, bounds)
            _check_gaps(self._file, self._archive)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()
        self._file.close()

    @property
    def names(self) -> tuple[str, ...]:
        """The members' names in the file's order, folders left out."""
        return tuple(self._members)

    def is_link(self, name: str) -> bool:
        """Whether a member is a symbolic link."""
        return stat.S_ISLNK(self._members[name].external_attr >> 16)

    def time_of(self, name: str) -> datetime | None:
        """A member's time; None where there is no such time."""
        try:
            return datetime(*self._members[name].date_time)  # noqa: DTZ001 (zip knows no zone)
        except ValueError:
            return None

    def chunks(self, name: str) -> Iterator[bytes]:
        """A member's bytes, piece by piece, counted as they come out.

        Raises:
            KeyError: there is no such member.
            ZipRefusedError: it is damaged, or too much has come out.
        """
        info = self._members[name]
        size = 0
        try:
            with self._archive.open(info) as stream:
                while piece := stream.read(_CHUNK):
                    size += len(piece)
                    self._produced += len(piece)
                    if self._produced > self._bounds.unpacked or self._over_ratio(size, info.compress_size):
                        raise ZipRefusedError(Refusal.SIZE, name)
                    yield piece
        except _FAULTS as error:
            raise ZipRefusedError(Refusal.BROKEN, name) from error

    def _over_ratio(self, size: int, packed: int) -> bool:
        ratio = self._bounds.ratio
        return ratio is not None and size > self._bounds.ratio_from and size > ratio * max(packed, 1)

    def read(self, name: str) -> bytes:
        """A member's bytes.

        Raises:
            KeyError: there is no such member.
            ZipRefusedError: it is damaged, or too much has come out.
        """
        return b"".join(self.chunks(name))

    def read_all(self) -> dict[str, bytes]:
        """Every member's bytes by its name.

        Raises:
            ZipRefusedError: one is damaged, or they are too much together.
        """
        return {name: self.read(name) for name in self.names}


# What the standard library raises for bytes that are no zip file: errors of the inflater, of numbers that
# point outside the file (negative places to go to), of names in no encoding, of kinds that it does not know.
_FAULTS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)


def _opened(path: Path) -> IO[bytes]:
    # A pipe would let us wait for ever.
    if not stat.S_ISREG(path.stat().st_mode):
        raise ZipRefusedError(Refusal.BROKEN)
    return path.open("rb")


def _check_directory(file: IO[bytes], bounds: Bounds) -> None:
    """Refuse a directory that is too long, before the library makes an object of each of its entries."""
    size = file.seek(0, os.SEEK_END)
    start = max(size - _END.size - _LONGEST_COMMENT - _ZIP64_LOCATOR_SIZE, 0)
    file.seek(start)
    tail = file.read()
    file.seek(0)
    # As the library does: without a comment first, then the last sign that is found.
    at = len(tail) - _END.size
    if at < 0 or tail[at : at + 4] != _END_SIGN or tail[-2:] != b"\0\0":
        at = tail.rfind(_END_SIGN)
    if at < 0 or len(tail) - at < _END.size:
        raise ZipRefusedError(Refusal.BROKEN)
    before = tail[max(at - _ZIP64_LOCATOR_SIZE, 0) : at]
    directory = int(_END.unpack_from(tail, at)[5])
    # Only a file of over 4 GB or 65,535 members needs the second kind of directory.
    if before.startswith(_ZIP64_SIGN) or directory > bounds.members * _LARGEST_ENTRY:
        raise ZipRefusedError(Refusal.MEMBERS)


def _members(archive: zipfile.ZipFile, bounds: Bounds) -> dict[str, zipfile.ZipInfo]:
    """The files of an archive by name; refused are bad names, and two that a system may take for one."""
    infos = archive.infolist()
    if len(infos) > bounds.members:
        raise ZipRefusedError(Refusal.MEMBERS)
    found: dict[str, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    for info in infos:
        name = _name(info)
        # Windows and the Open Packaging Conventions (ISO/IEC 29500-2, 6.2.2.3) take both cases for one name.
        key = name.rstrip("/").casefold()
        if _BAD_NAME.search(name) or "\0" in info.orig_filename or not 0 < len(key) <= _LONGEST_NAME:
            raise ZipRefusedError(Refusal.NAME, name)
        if key in seen:
            raise ZipRefusedError(Refusal.TWICE, name)
        seen.add(key)
        if info.is_dir():
            continue
        if info.flag_bits & _ENCRYPTED:
            raise ZipRefusedError(Refusal.ENCRYPTED, name)
        if info.compress_type not in _METHODS:
            raise ZipRefusedError(Refusal.METHOD, name)
        found[name] = info
    return found


def _check_gaps(file: IO[bytes], archive: zipfile.ZipFile) -> None:
    """Refuse members that stand between those of the directory.

    Programs that read a zip file from its beginning (phones, web servers, pipes) would unpack them.
    """
    try:
        done = 0
        for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
            _check_gap(file, done, info.header_offset)
            file.seek(info.header_offset)
            sign, name, extra = _HEAD.unpack(file.read(_HEAD.size))
            if sign != _HEAD_SIGN or _has_other_name(info):
                raise ZipRefusedError(Refusal.HIDDEN, info.filename)
            done = info.header_offset + _HEAD.size + name + extra + info.compress_size
        _check_gap(file, done, archive.start_dir)
    except _FAULTS as error:
        raise ZipRefusedError(Refusal.BROKEN) from error


def _check_gap(file: IO[bytes], start: int, end: int) -> None:
    if end <= start:
        return
    file.seek(start)
    if end - start > _LARGEST_GAP or _HEAD_SIGN in file.read(end - start):
        raise ZipRefusedError(Refusal.HIDDEN)


def _has_other_name(info: zipfile.ZipInfo) -> bool:
    """Whether a member bears a second name, with a checksum and in UTF-8, that is not its own."""
    extra = info.extra
    while len(extra) >= 4:  # noqa: PLR2004 the head of an extra field: its kind and its length
        kind, size = struct.unpack_from("<HH", extra)
        second = extra[4 + 5 : 4 + size]
        if kind == _OTHER_NAME and second.decode("utf-8", "replace") != _name(info):
            return True
        extra = extra[4 + size :]
    return False


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name; Windows packs Chinese names in its code page, which zip readers take for CP437."""
    name = info.filename
    if not info.flag_bits & _UTF8_NAME and not name.isascii():
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = info.filename
    return unicodedata.normalize("NFC", name)


def zip_bytes(members: Mapping[str, bytes], *, stored: bool = False) -> bytes:
    """A zip file of some members, in their order, that says nothing of when it was made.

    Args:
        members: bytes by name.
        stored: do not compress them.
    """
    buffer = io.BytesIO()
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()

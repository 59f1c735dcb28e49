"""The package of a Word file: read within bounds, and a template's written many times.

Members that a rendering does not change are compressed once; times are set, so that the same content
gives the same bytes.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from generator.base.ooxml.active import without_active
from generator.base.ooxml.revisions import accepted
from generator.base.zips import Bounds, Refusal, ZipReader, ZipRefusedError
from generator.errors import Place, ProgrammeError

BOUNDS = Bounds(unpacked=64_000_000)
DOCUMENT = "word/document.xml"
_BODY_OF_WORD_ONLINE = re.compile(r"word/document\d+\.xml")
_DEFLATED = 8
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_UTF8 = 0x800


class _Member(Struct, frozen=True):
    """One file of the package, its bytes as compressed."""

    name: str
    method: int
    crc: int
    size: int
    packed: bytes


def _dos_time(when: datetime) -> tuple[int, int]:
    return (
        when.hour << 11 | when.minute << 5 | when.second // 2,
        min(max(when.year - 1980, 0), 127) << 9 | when.month << 5 | when.day,
    )


def _deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def _member(name: str, content: bytes) -> _Member:
    return _Member(name, _DEFLATED, zlib.crc32(content), len(content), _deflate(content))


def open_parts(docx: bytes, name: str = "") -> dict[str, bytes]:
    """The parts of a Word file's package by name.

    Args:
        docx: the file's bytes.
        name: its name for messages, if known.

    Raises:
        ProgrammeError: not a package, damaged, or larger than a Word file may be.
    """
    place = Place(name) if name else None
    try:
        with ZipReader(docx, BOUNDS) as package:
            return package.read_all()
    except ZipRefusedError as error:
        if error.reason is Refusal.SIZE:
            raise ProgrammeError("Word 文件展开后过大", "删去其中的大图片", place) from None
        raise ProgrammeError(
            "不是有效的 .docx 文件，或已损坏", "用 Word 打开后另存为 .docx，或换回原来的文件", place
        ) from None


def word_parts(docx: bytes, name: str) -> dict[str, bytes]:
    """The parts of a Word file whose body stands where Word puts it.

    Args:
        docx: the file's bytes.
        name: its name for messages.

    Raises:
        ProgrammeError: no Word file, damaged, or larger than one may be.
    """
    parts = open_parts(docx, name)
    if DOCUMENT not in parts:
        if body := next((part for part in parts if _BODY_OF_WORD_ONLINE.fullmatch(part)), None):
            raise ProgrammeError(
                f"是网页版 Word 存的，正文在 {body}", "用电脑上的 Word 或 WPS 打开后另存为 .docx", Place(name)
            )
        raise ProgrammeError("不是 Word 文档（缺少 word/document.xml）", "另存为 .docx 后再用", Place(name))
    return parts


class Package:
    """A template's package, ready to be written with other parts; its tracked changes are accepted.

    Args:
        data: the file's bytes.
        name: the template's name for messages.

    Attributes:
        parts: by name.
        revisions: how many tracked changes were accepted.

    Raises:
        ProgrammeError: no Word file, damaged, or larger than one may be; or a tracked change cannot be accepted.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        found = accepted(without_active(word_parts(data, name), name), name)
        self.parts = found.or_refuse(name)
        self.revisions = found.changes
        self._members: dict[str, _Member] = {}

    def _kept(self, name: str) -> _Member:
        """A member as it is, compressed when it is first written: most of a form's bytes never are."""
        member = self._members.get(name)
        if member is None:
            member = self._members[name] = _member(name, self.parts[name])
        return member

    def write(self, changed: Mapping[str, bytes], when: datetime) -> bytes:
        """The package with some members replaced.

        Args:
            changed: new content by member name; names that the package lacks are added at the end.
            when: the time that every member gets.
        """
        time, day = _dos_time(when)
        body: list[bytes] = []
        central: list[bytes] = []
        at = 0
        for part in dict.fromkeys((*self.parts, *changed)):
            content = changed.get(part)
            member = self._kept(part) if content is None else _member(part, content)
            name = member.name.encode()
            flags = 0 if member.name.isascii() else _UTF8
            common = (
                flags,
                member.method,
                time,
                day,
                member.crc,
                len(member.packed),
                member.size,
                len(name),
                0,
            )
            head = _LOCAL.pack(b"PK\3\4", 20, *common) + name
            central.append(_CENTRAL.pack(b"PK\1\2", 20, 20, *common, 0, 0, 0, 0, at) + name)
            body += (head, member.packed)
            at += len(head) + len(member.packed)
        index = b"".join(central)
        end = _END.pack(b"PK\5\6", 0, 0, len(central), len(central), len(index), at, 0)
        return b"".join([*body, index, end])

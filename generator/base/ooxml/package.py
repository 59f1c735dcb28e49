"""A template's zip package: read once, written many times.

Members that a rendering does not change are copied as the compressed bytes they were; times are set, so
that the same content gives the same bytes.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from generator.errors import Place, ProgrammeError

MAX_UNPACKED = 64_000_000
_DEFLATED = 8
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_UTF8 = 0x800


@dataclass(frozen=True, slots=True)
class _Member:
    """One file of the package, its bytes as compressed."""

    name: str
    method: int
    crc: int
    size: int
    packed: bytes


def _dos_time(when: datetime) -> tuple[int, int]:
    return (
        when.hour << 11 | when.minute << 5 | when.second // 2,
        max(when.year - 1980, 0) << 9 | when.month << 5 | when.day,
    )


def _deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


class Package:
    """A DOCX as a zip package.

    Args:
        data: the package's bytes.
        name: the template's name for messages.

    Raises:
        ProgrammeError: not a zip, damaged, or unreasonably large.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        broken = ("不是有效的 .docx 文件，或已损坏", "用 Word 打开后另存为 .docx，或换回原来的模板")
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
        except zipfile.BadZipFile:
            raise ProgrammeError(*broken, Place(name)) from None
        self.parts: dict[str, bytes] = {}
        self._members: list[_Member] = []
        with archive:
            if sum(info.file_size for info in archive.infolist()) > MAX_UNPACKED:
                raise ProgrammeError("展开后过大", "删去模板中的大图片", Place(name))
            for info in archive.infolist():
                if info.is_dir() or info.filename in self.parts:
                    continue
                try:
                    content = archive.read(info)
                except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError):
                    raise ProgrammeError(*broken, Place(name)) from None
                self.parts[info.filename] = content
                packed = _deflate(content)
                self._members.append(
                    _Member(info.filename, _DEFLATED, zlib.crc32(content), len(content), packed)
                )
        if "word/document.xml" not in self.parts:
            raise ProgrammeError(
                "不是 Word 文档（缺少 word/document.xml）", "另存为 .docx 后再用", Place(name)
            )

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
        known = {member.name for member in self._members}
        fresh = [_Member(name, _DEFLATED, 0, 0, b"") for name in changed if name not in known]
        for kept in [*self._members, *fresh]:
            member = kept
            if (content := changed.get(kept.name)) is not None:
                member = _Member(kept.name, _DEFLATED, zlib.crc32(content), len(content), _deflate(content))
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

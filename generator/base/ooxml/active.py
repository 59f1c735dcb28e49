"""What in a Word file acts or fetches by itself: none of it goes on into documents that an authority opens."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from typing import Final

from lxml import etree

from generator.base.characters import visible
from generator.base.ooxml.xml import RELS, W, parse
from generator.errors import Place, ProgrammeError

_SETTINGS: Final = "word/settings.xml"
_SETTINGS_RELATIONS: Final = "word/_rels/settings.xml.rels"
_ATTACHED: Final = "/attachedTemplate"
_MACROS: Final = re.compile(r"(?i)(?:^|/)(?:vbaProject\.bin|vbaData\.xml)$|(?:^|/)activeX/|^customUI/")
_MOST_POINTS: Final = 60_000_000
_PNG: Final = b"\x89PNG\r\n\x1a\n"


def without_active(parts: Mapping[str, bytes], name: str) -> dict[str, bytes]:
    """A Word file's parts without the template that it was written with, and with nothing that acts by itself.

    Word and WPS note that template in ordinary files; it would be fetched from wherever it says.

    Args:
        parts: by name.
        name: the file's name for messages.

    Raises:
        ProgrammeError: it holds macros or controls, or shows what lies outside of it, or a picture of more
            than 60 million points.
    """
    found = dict(parts)
    place = Place(name)
    if any(_MACROS.search(part) for part in found) or b"macroEnabled" in found.get(
        "[Content_Types].xml", b""
    ):
        raise ProgrammeError("Word 文件里有宏或控件", "另存为不含宏的 .docx，删去控件", place)
    if _ATTACHED.encode() in found.get(_SETTINGS_RELATIONS, b""):
        _drop_attached(found, name)
    for part, content in found.items():
        if part.endswith(".rels") and b"External" in content:
            for relation in parse(content, name).iter(RELS + "Relationship"):
                kind = str(relation.get("Type", "")).rpartition("/")[2]
                if relation.get("TargetMode") == "External" and kind != "hyperlink":
                    shown = visible(str(relation.get("Target", ""))[:80])
                    raise ProgrammeError(
                        f"Word 文件引用了文件以外的内容（{shown}）",
                        "把它插入到文件里（图片用“嵌入”，不用“链接”），或删去",
                        place,
                    )
        if content.startswith(_PNG) and len(content) >= 24:  # noqa: PLR2004 (the signature and the header)
            width, height = struct.unpack(">II", content[16:24])
            if width * height > _MOST_POINTS:
                raise ProgrammeError("Word 文件里有过大的图片（超过 6000 万像素）", "缩小后重新插入", place)
    return found


def _drop_attached(parts: dict[str, bytes], name: str) -> None:
    relations = parse(parts[_SETTINGS_RELATIONS], name)
    for relation in list(relations):
        if str(relation.get("Type", "")).endswith(_ATTACHED):
            relations.remove(relation)
    parts[_SETTINGS_RELATIONS] = _written(relations)
    settings = parse(parts[_SETTINGS], name) if _SETTINGS in parts else None
    if settings is not None:
        for attached in list(settings.iter(W + "attachedTemplate")):
            attached.getparent().remove(attached)
        parts[_SETTINGS] = _written(settings)


def _written(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)

"""The page numbers that a contents list shows before Word has counted them itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from generator.base.ooxml.package import DOCUMENT, Package

_FIELD = re.compile(
    r"(<w:instrText[^>]*>\s*PAGEREF\s+(\S+)[^<]*</w:instrText>.*?"
    r'w:fldCharType="separate"/>.*?<w:t(?: [^>]*)?>)[^<]*(</w:t>)',
    re.DOTALL,
)


def with_page_numbers(docx: bytes, numbers: Mapping[str, str], when: datetime) -> bytes:
    """A document whose PAGEREF fields hold the pages on which the PDF has their bookmarks.

    Word and WPS show a field's stored result until they are told to count again.

    Args:
        docx: the document.
        numbers: the printed page numbers by bookmark.
        when: the time that the package's members get, in UTC.
    """

    def result(match: re.Match[str]) -> str:
        return f"{match[1]}{numbers[match[2]]}{match[3]}" if match[2] in numbers else match[0]

    return _written(docx, result, when)


def without_page_numbers(docx: bytes, when: datetime) -> bytes:
    """A document whose PAGEREF fields hold nothing: the same from the same data, typeset or not.

    Args:
        docx: the document.
        when: the time that the package's members get, in UTC.
    """
    return _written(docx, lambda match: f"{match[1]}{match[3]}", when)


def _written(docx: bytes, result: Callable[[re.Match[str]], str], when: datetime) -> bytes:
    package = Package(docx, DOCUMENT)
    xml = package.parts[DOCUMENT].decode()
    return package.write({DOCUMENT: _FIELD.sub(result, xml).encode()}, when)

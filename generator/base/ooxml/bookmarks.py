"""The named places of a Word template: bookmarks ``section.<id>`` and ``clause.<id>``, in order.

A section of a plan and a clause of an agreement can be given a text of the applicant's own under their id.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from generator.errors import Place, ProgrammeError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DOCUMENT = "word/document.xml"
# Word's own dialog takes no dots in a bookmark's name, so an underscore may stand for the first one.
_NAME = re.compile(r"(section|clause)[._](.+)")
_TAG = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Anchor:
    """One named place.

    Attributes:
        kind: ``section`` or ``clause``.
        id: its id, under which a data file gives it a text.
        title: the heading's text there, without tags; empty where there is none.
    """

    kind: str
    id: str
    title: str


def anchors(docx_path: Path) -> list[Anchor]:
    """The sections and clauses of a template, in the document's order.

    Args:
        docx_path: the template.

    Raises:
        ProgrammeError: the file is missing, or not a Word document.
    """
    place = Place("/".join(docx_path.parts[-3:]))
    try:
        with zipfile.ZipFile(docx_path) as package:
            data = package.read(_DOCUMENT)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        root = etree.fromstring(data, parser)
    except OSError as error:
        raise ProgrammeError(
            f"读不到模板（{error.strerror}）", "核对模板文件是否存在、能否打开", place
        ) from None
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError):
        raise ProgrammeError(
            "不是有效的 .docx 文件，或已损坏", "用 Word 打开后另存为 .docx，或换回原来的模板", place
        ) from None
    return list(_found(root))


def _found(root: etree._Element) -> Iterator[Anchor]:
    waiting: list[tuple[str, str]] = []
    seen: set[tuple[str, str]] = set()
    for element in root.iter(f"{_W}bookmarkStart", f"{_W}p"):
        if element.tag == f"{_W}bookmarkStart":
            match = _NAME.fullmatch(str(element.get(f"{_W}name", "")))
            if not match or match.groups() in seen:
                continue
            seen.add((match[1], match[2]))
            inside = next(element.iterancestors(f"{_W}p"), None)
            title = _text(inside) if inside is not None else ""
            if title:
                yield from (Anchor(kind, name, "") for kind, name in waiting)
                waiting = []
                yield Anchor(match[1], match[2], title)
            else:
                waiting.append((match[1], match[2]))
        elif waiting and (title := _text(element)) and not _own_bookmarks(element):
            *before, last = waiting
            yield from (Anchor(kind, name, "") for kind, name in before)
            yield Anchor(*last, title)
            waiting = []
    yield from (Anchor(kind, name, "") for kind, name in waiting)


def _text(paragraph: etree._Element) -> str:
    text = "".join(node.text or "" for node in paragraph.iter(f"{_W}t"))
    # A number made by a tag leaves its mark behind.
    return " ".join(_TAG.sub("", text).split()).lstrip("、.．")


def _own_bookmarks(paragraph: etree._Element) -> bool:
    return any(
        _NAME.fullmatch(str(mark.get(f"{_W}name", ""))) for mark in paragraph.iter(f"{_W}bookmarkStart")
    )

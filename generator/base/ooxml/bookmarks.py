"""The named places of a Word template: bookmarks ``section.<id>`` and ``clause.<id>``, in order.

A section of a plan and a clause of an agreement can be given a text of the applicant's own under their id.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from msgspec import Struct

from generator.base.failures import reason
from generator.base.kept import digest_of_makers, load_kept, store_kept
from generator.base.ooxml.package import DOCUMENT, word_parts
from generator.base.ooxml.revisions import accepted
from generator.base.ooxml.xml import Element, W, parse
from generator.errors import Place, ProgrammeError

_FOLDER: Final = "bookmarks"
# The five schemes have some 25 templates; whoever edits templates leaves a file behind each time.
_MOST_KEPT: Final = 100
_MAKERS: Final = digest_of_makers(
    [*Path(__file__).parent.glob("*.py"), Path(__file__).parents[1] / "zips.py"]
)
# Word's dialog allows no dot in a bookmark's name: there people write ``clause_goals`` for ``clause.goals``.
_NAME = re.compile(r"(section|clause)[._](.+)")
_TAG = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)


class Anchor(Struct, frozen=True):
    """One named place.

    Attributes:
        kind: ``section`` or ``clause``.
        id: its id, under which a data file gives it a text.
        title: the heading's text there, without tags; empty where there is none.
    """

    kind: str
    id: str
    title: str


def anchors(docx_path: Path) -> tuple[Anchor, ...]:
    """The sections and clauses of a template, in the document's order; a file that has not changed is read once.

    Args:
        docx_path: the template.

    Raises:
        ProgrammeError: the file is missing, or not a Word document.
    """
    place = Place("/".join(docx_path.parts[-3:]))
    try:
        status = docx_path.stat()
        return _anchors(docx_path, status.st_size, status.st_mtime_ns)
    except OSError as error:
        raise ProgrammeError(
            f"读不到模板（{reason(error)}）", "核对模板文件是否存在、能否打开", place
        ) from None


@lru_cache(maxsize=128)
def _anchors(path: Path, size: int, changed: int) -> tuple[Anchor, ...]:  # noqa: ARG001 (part of the cache's key)
    name = "/".join(path.parts[-3:])
    data = path.read_bytes()
    # Kept from run to run: unpacking and parsing each template for its bookmarks alone takes 10 ms.
    kept_as = f"{hashlib.sha256(_MAKERS.encode() + data).hexdigest()}.json"
    kept = load_kept(_FOLDER, kept_as)
    if kept is not None:
        return tuple(Anchor(*one) for one in json.loads(kept))
    found = tuple(_found(parse(accepted(word_parts(data, name), name).parts[DOCUMENT], name)))
    store_kept(
        _FOLDER, kept_as, json.dumps([[one.kind, one.id, one.title] for one in found]).encode(), _MOST_KEPT
    )
    return found


def _found(root: Element) -> Iterator[Anchor]:
    """Each bookmark with the text of its paragraph; where that has none, the last of several gets the next text."""
    waiting: list[tuple[str, str]] = []
    seen: set[tuple[str, str]] = set()
    for element in root.iter(W + "bookmarkStart", W + "p"):
        if element.tag == W + "bookmarkStart":
            match = _NAME.fullmatch(str(element.get(W + "name", "")))
            if not match or match.groups() in seen:
                continue
            seen.add((match[1], match[2]))
            inside = next(element.iterancestors(W + "p"), None)
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


def _text(paragraph: Element) -> str:
    text = "".join(node.text or "" for node in paragraph.iter(W + "t"))
    # Where a tag makes the number, as in “{{ n }}、总则”, its punctuation is left.
    return " ".join(_TAG.sub("", text).split()).lstrip("、.．")


def _own_bookmarks(paragraph: Element) -> bool:
    return any(_NAME.fullmatch(str(mark.get(W + "name", ""))) for mark in paragraph.iter(W + "bookmarkStart"))

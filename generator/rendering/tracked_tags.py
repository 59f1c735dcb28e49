"""Tags of a template of which a tracked change has touched a part: accepted, they may be other than whoever reads sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from generator.base.ooxml.xml import Element, W, parse

_TAG: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_WAYS: Final = {W + "ins": "+", W + "moveTo": "+", W + "del": "-", W + "moveFrom": "-"}


def tracked_tags(xml: bytes) -> Iterator[tuple[int, str]]:
    """The number of the paragraph, from 0, and the text of each tag that stands only partly in tracked changes.

    Tags are looked for as they are with the changes accepted, and as they were before.

    Args:
        xml: a part of the template, as it came.

    Raises:
        ProgrammeError: the part is not well-formed.
    """
    for number, paragraph in enumerate(parse(xml).iter(W + "p")):
        pieces = list(_pieces(paragraph))
        if all(way == " " for way, _ in pieces):
            continue
        marks = "".join(way * len(text) for way, text in pieces)
        whole = "".join(text for _, text in pieces)
        told: set[str] = set()
        for gone in "-+":
            kept = [at for at, way in enumerate(marks) if way != gone]
            for found in _TAG.finditer("".join(whole[at] for at in kept)):
                first, last = kept[found.start()], kept[found.end() - 1]
                if len(set(marks[first : last + 1])) > 1:
                    told.add(found[0])
        yield from ((number, tag) for tag in sorted(told))


def _pieces(paragraph: Element) -> Iterator[tuple[str, str]]:
    """A paragraph's own texts, each with ``+`` where it was inserted, ``-`` where it was deleted."""
    for text in paragraph.iter(W + "t", W + "delText"):
        above = list(text.iterancestors())
        own = above[: next(at for at, one in enumerate(above) if one.tag == W + "p") + 1]
        if own[-1] is not paragraph:
            continue
        ways = {_WAYS[one.tag] for one in own if one.tag in _WAYS}
        yield "-" if "-" in ways else "+" if ways else " ", text.text or ""

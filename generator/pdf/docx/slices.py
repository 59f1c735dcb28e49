"""The XML of a part's paragraphs and cells as it stands in the part; what is known already is left out of the parsing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.base.ooxml.text import LEFT_OUT
from generator.base.ooxml.xml import Element, W, parse_word

if TYPE_CHECKING:
    from generator.base.recent import Recent

_TAGS: Final = re.compile(rb"<(/?)w:(p|tc)[ />]")
_ROOT: Final = re.compile(rb'<(w:\w+)(?:[^<>"]|"[^"]*")*>')
_DECLARED: Final = b'xmlns:w="' + W[1:-1].encode() + b'"'
_NAMES: Final = (b"p", b"tc")


class SlicedPart:
    """A part of a document, parsed without the paragraphs and cells that are known: LEFT_OUT stands in their places.

    Args:
        data: the part.
        repeated: the texts of paragraphs and cells that may be left out, by their XML.

    Attributes:
        root: what was parsed.
        xml_of: the XML of each paragraph and cell, and of what was left out, by element. Without those of a kind that
            cannot be told from the bytes: for another prefix than ``w``, comments, or alternatives of which the part
            no longer holds all.
        left_out: the texts of what was left out, by number.
    """

    def __init__(self, data: bytes, repeated: Recent[bytes, str]) -> None:
        self.xml_of: dict[Element, bytes] = {}
        self.left_out: list[str] = []
        self._around = (b"", b"")
        slices: dict[bytes, list[bytes]] = {name: [] for name in _NAMES}
        without: list[bytes] = []
        known: list[bytes] = []
        start = _ROOT.search(data)
        is_plain = (
            start is not None
            and _DECLARED in start[0]
            and b"<!" not in data
            and data.count(b"<?") <= 1
            and data.count(b"xmlns:w=") == data.count(_DECLARED) == 1
            and b"leftOut" not in data
        )
        at = 0
        for name, begin, end in _places(data) if is_plain else ():
            if begin < at:
                continue
            xml = data[begin:end]
            text = repeated.get(xml)
            if text is None:
                slices[name].append(xml)
                continue
            without += (data[at:begin], b'<w:leftOut w:n="%d"/>' % len(known))
            known.append(xml)
            self.left_out.append(text)
            at = end
        self.root: Element = parse_word(b"".join((*without, data[at:])))
        if start is not None:
            self._around = (start[0], b"</" + start[1] + b">")
        for name in _NAMES:
            elements = list(self.root.iter(W + name.decode()))
            if len(elements) == len(slices[name]):
                self.xml_of.update(zip(elements, slices[name], strict=True))
        if known:
            self.xml_of.update((one, known[int(one.get(W + "n"))]) for one in self.root.iter(LEFT_OUT))

    def whole(self, element: Element) -> Element:
        """A paragraph or cell with what stands in it, also where it was left out."""
        if element.tag != LEFT_OUT:
            return element
        xml = self.xml_of[element]
        start, end = self._around
        (found,) = parse_word(start + xml + end)
        self.xml_of[found] = xml
        return found


def _places(data: bytes) -> list[tuple[bytes, int, int]]:
    """The paragraphs and cells in the order of their starts, each from where to where; none where tags do not pair."""
    starts: list[tuple[bytes, int]] = []
    ends: dict[int, int] = {}
    begun: list[tuple[bytes, int]] = []
    for found in _TAGS.finditer(data):
        closes, name = found.groups()
        start = found.start()
        if closes:
            if not begun or begun[-1][0] != name:
                return []
            ends[begun.pop()[1]] = found.end()
            continue
        starts.append((name, start))
        tag_end = data.find(b">", start)
        if data[tag_end - 1] == ord("/"):
            ends[start] = tag_end + 1
        else:
            begun.append((name, start))
    return [] if begun else [(name, start, ends[start]) for name, start in starts]

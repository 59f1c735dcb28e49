"""The XML of a part's paragraphs and cells as it stands in the part; what is known already is left out of the parsing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.base.ooxml.text import LEFT_OUT
from generator.base.ooxml.xml import Element, W, parse_word

if TYPE_CHECKING:
    from generator.base.recent import Recent

_START: Final = re.compile(rb'<w:(p|tc)(?=[\s/>])(?:[^<>"\']|"[^"]*"|\'[^\']*\')*>')
_ROOT: Final = re.compile(rb'<(w:\w+)(?:[^<>"]|"[^"]*")*>')
_DECLARED: Final = b'xmlns:w="' + W[1:-1].encode() + b'"'
# Of each kind, what ends one, and what is met before that where another stands within, or an end is written otherwise.
_ENDS: Final = {
    b"p": (b"</w:p>", re.compile(rb"</?w:p[\s/>]")),
    b"tc": (b"</w:tc>", re.compile(rb"</?w:tc[\s/>]")),
}


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
        data: what was parsed, with a blank for what was left out.
    """

    def __init__(self, data: bytes, repeated: Recent[bytes, str]) -> None:
        self.xml_of: dict[Element, bytes] = {}
        self.left_out: list[str] = []
        self._around = (b"", b"")
        slices: dict[bytes, list[bytes]] = {name: [] for name in _ENDS}
        kept: list[bytes] = []
        known: list[bytes] = []
        copied = at = 0
        while found := _START.search(data, at):
            name, begin, at = found[1], found.start(), found.end()
            closing, edges = _ENDS[name]
            end = at
            if data[at - 2] != ord("/"):
                edge = edges.search(data, at)
                if edge is None or edge[0] != closing:
                    slices[name].append(b"")  # counted, as its own end is not known
                    continue
                end = edge.end()
            xml = data[begin:end]
            text = repeated.get(xml)
            if text is None:
                slices[name].append(xml)
                continue
            kept.append(data[copied:begin])
            known.append(xml)
            self.left_out.append(text)
            copied = at = end
        kept.append(data[copied:])
        # In what was left out there is nothing of what would make the rest mean something else.
        self.data = b" ".join(kept)
        start = _ROOT.search(data)
        is_plain = (
            start is not None
            and _DECLARED in start[0]
            and b"<!" not in self.data
            and self.data.count(b"<?") <= 1
            and self.data.count(b"xmlns:w=") == self.data.count(_DECLARED) == 1
            and b"leftOut" not in self.data
        )
        if not is_plain:
            self.data, kept, known, self.left_out = data, [data], [], []
            slices = {}
        pieces = [kept[0]]
        for number, piece in enumerate(kept[1:]):
            pieces += (b'<w:leftOut w:n="%d"/>' % number, piece)
        self.root: Element = parse_word(b"".join(pieces))
        if start is not None:
            self._around = (start[0], b"</" + start[1] + b">")
        for name, xmls in slices.items():
            elements = list(self.root.iter(W + name.decode()))
            if len(elements) == len(xmls):
                self.xml_of.update((one, xml) for one, xml in zip(elements, xmls, strict=True) if xml)
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

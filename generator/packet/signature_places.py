"""Signature places that a person has lost while editing a document in Word, found again by what is printed there.

Word drops a bookmark when the text in it is typed anew. So the filled document is compared with the edited one:
a lost bookmark is put back where the text that it held, together with the paragraphs around it, occurs exactly
once. Every other lost bookmark is reported; nothing is guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from difflib import SequenceMatcher
from typing import Final

from lxml import etree
from msgspec import Struct

from generator.base.ooxml.package import Package
from generator.base.ooxml.xml import Element, W, main_part, parse
from generator.base.text import fold

_PREFIX: Final = re.compile(r"sign[._]")
# At most so many printed paragraphs before and after a place are compared to tell it from similar places.
_MOST_AROUND: Final = 4
# How much like a party's name a line is that has come in its place.
_ALIKE: Final = 0.5


class Restored(Struct, frozen=True):
    """An edited document with its signature places.

    Attributes:
        docx: a copy to typeset, its tracked changes accepted, with a bookmark at every place that was found; the
            saved file is not changed.
        again: bookmarks of the places that were found again by what is printed there.
        lost: bookmarks of those that were not.
        strayed: bookmarks that now hold another party's place, or no printed text any more.
        revisions: how many tracked changes were accepted.
    """

    docx: bytes
    again: tuple[str, ...]
    lost: tuple[str, ...]
    strayed: tuple[str, ...]
    revisions: int = 0


class _Span(Struct, frozen=True):
    """Which paragraphs a bookmark holds, by their numbers, the last included."""

    first: int
    last: int

    def with_piece(self, piece: _Span) -> _Span:
        """Both, and what is between them."""
        return _Span(min(self.first, piece.first), max(self.last, piece.last))


class _Printed:
    """A document's paragraphs as printed, and where its signature bookmarks stand."""

    def __init__(self, root: Element) -> None:
        self.paragraphs: list[Element] = []
        self.names: dict[str, Element] = {}
        # LibreOffice writes a bookmark that runs over several cells once in each of them, under the same name.
        self.marks: dict[str, list[Element]] = {}
        begun: dict[str, tuple[str, int]] = {}
        self.spans: dict[str, _Span] = {}
        for element in root.iter(W + "p", W + "bookmarkStart", W + "bookmarkEnd"):
            if element.tag == W + "p":
                self.paragraphs.append(element)
            elif element.tag == W + "bookmarkEnd":
                if found := begun.pop(element.get(W + "id", ""), None):
                    name, first = found
                    self.marks[name].append(element)
                    piece = _Span(first, max(first, len(self.paragraphs) - 1))
                    self.spans[name] = self.spans[name].with_piece(piece) if name in self.spans else piece
            elif _PREFIX.match(element.get(W + "name", "")):
                name = _key(element.get(W + "name", ""))
                inside = next(element.iterancestors(W + "p"), None) is not None
                begun[element.get(W + "id", "")] = (name, len(self.paragraphs) - inside)
                self.names.setdefault(name, element)
                self.marks.setdefault(name, []).append(element)
        self.texts = [
            fold("".join(piece.text or "" for piece in paragraph.iter(W + "t")))
            for paragraph in self.paragraphs
        ]
        # The numbers of the paragraphs that print something: blank lines come and go.
        self.printing = [at for at, text in enumerate(self.texts) if text]

    def is_in_pieces(self, name: str) -> bool:
        """Whether a bookmark is written more than once."""
        return len(self.marks.get(name, ())) > 2  # noqa: PLR2004 (a beginning and an end)

    def join(self, name: str, shown: str) -> bool:
        """One bookmark instead of its pieces; false where another party's place lies between them."""
        span = self.spans[name]
        others = (other for key, other in self.spans.items() if key != name)
        if any(other.first <= span.last and span.first <= other.last for other in others):
            return False
        for mark in self.marks[name]:
            mark.getparent().remove(mark)
        _mark(self, span, shown)
        return True

    def block(self, span: _Span) -> list[str]:
        """What is printed within a bookmark, paragraph by paragraph."""
        return [text for text in self.texts[span.first : span.last + 1] if text]


def _key(name: str) -> str:
    """A bookmark's name as it is compared: Word's own dialog takes neither dots nor hyphens."""
    return re.sub(r"[.-]", "_", name)


def typed_name(name: str) -> str:
    """A bookmark's name as it can be typed into Word's dialog."""
    return _key(name)


def restored(
    filled: Mapping[str, bytes], edited: bytes, name: str, parties: Mapping[str, str], when: datetime
) -> Restored:
    """Find the signature places of an edited document.

    Args:
        filled: the parts of the document as it was filled.
        edited: the DOCX as a person has saved it.
        name: its name, for errors.
        parties: who signs at each bookmark that is one party's own, by the bookmark's name.
        when: the time that a document written anew states.

    Raises:
        ProgrammeError: it is no readable DOCX.
    """
    package = Package(edited, name)
    part = main_part(package.parts)
    before = _Printed(parse(filled[main_part(filled)]))
    root = parse(package.parts[part])
    now = _Printed(root)
    canonical = {key: element.get(W + "name", "") for key, element in before.names.items()}
    again, lost, strayed = [], [], []
    renamed = False
    for key, span in before.spans.items():
        shown = canonical[key]
        if key in now.spans:
            if _has_strayed(before.block(span), now.block(now.spans[key]), shown, parties):
                strayed.append(shown)
            elif now.is_in_pieces(key):
                if now.join(key, shown):
                    renamed = True
                else:
                    strayed.append(shown)
            elif now.names[key].get(W + "name") != shown:
                now.names[key].set(W + "name", shown)
                renamed = True
            continue
        found = _found(before, span, now)
        if found is None:
            lost.append(shown)
        else:
            _mark(now, found, shown)
            now.spans[key] = found
            again.append(shown)
    docx = edited
    if again or renamed or package.revisions:
        content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        docx = package.write({part: content}, when)
    return Restored(docx, tuple(again), tuple(lost), tuple(strayed), package.revisions)


def _has_strayed(before: list[str], now: list[str], name: str, parties: Mapping[str, str]) -> bool:
    """Whether a bookmark that is still there holds no label any more, another party's, or some other text.

    A party's name that was only written differently is no lost label: it is reported as a difference from the data.
    That it is the same place shows in the other lines of it, all still there, or in a line much like the name.
    """
    if before and not now:
        return True
    own, printed = fold(parties.get(name, "")), "".join(now)
    if not own or own not in "".join(before) or own in printed:
        return False
    fresh, gone = Counter(now) - Counter(before), Counter(before) - Counter(now)
    if not fresh:
        return True
    same_form = all(own in line for line in gone) and len(before) > gone.total()
    alike = any(SequenceMatcher(None, own, line).ratio() >= _ALIKE for line in fresh)
    if not same_form and not alike:
        return True
    return any(fold(other) in printed for other in parties.values() if fold(other) and fold(other) != own)


def _found(before: _Printed, span: _Span, now: _Printed) -> _Span | None:
    """Where a place stands in the edited document; None where that is not sure."""
    inner = [order for order, at in enumerate(before.printing) if span.first <= at <= span.last]
    if not inner:
        return None
    own = [before.texts[before.printing[order]] for order in inner]
    if len(list(_runs(now, own))) > len(list(_runs(before, own))):
        return None  # printed more often than before: it cannot be told which of them is to be signed
    taken = {at for other in now.spans.values() for at in range(other.first, other.last + 1)}
    for around in range(_MOST_AROUND + 1):
        low, high = max(inner[0] - around, 0), min(inner[-1] + around, len(before.printing) - 1)
        wanted = [before.texts[at] for at in before.printing[low : high + 1]]
        if len(list(_runs(before, wanted))) != 1:
            continue
        places = list(_runs(now, wanted))
        if len(places) != 1:
            # More context can only make it occur less often: the surroundings were edited, so it cannot be found.
            if not places:
                return None
            continue
        first = now.printing[places[0] + inner[0] - low]
        last = now.printing[places[0] + inner[-1] - low]
        blank = before.printing[inner[0]] - span.first
        while blank and first and not now.texts[first - 1]:
            first, blank = first - 1, blank - 1
        blank = span.last - before.printing[inner[-1]]
        while blank and last + 1 < len(now.texts) and not now.texts[last + 1]:
            last, blank = last + 1, blank - 1
        return None if taken & set(range(first, last + 1)) else _Span(first, last)
    return None


def _runs(printed: _Printed, wanted: list[str]) -> Iterator[int]:
    """Where the texts stand one after another, by their order among what is printed."""
    texts = [printed.texts[at] for at in printed.printing]
    for at in range(len(texts) - len(wanted) + 1):
        if texts[at : at + len(wanted)] == wanted:
            yield at


def _mark(now: _Printed, span: _Span, name: str) -> None:
    first, last = now.paragraphs[span.first], now.paragraphs[span.last]
    root = first.getroottree().getroot()
    numbers = [
        int(one.get(W + "id", "0"))
        for one in root.iter(W + "bookmarkStart")
        if one.get(W + "id", "").isdecimal()
    ]
    identity = str(max(numbers, default=0) + 1)
    begin = first.makeelement(W + "bookmarkStart", {W + "id": identity, W + "name": name})
    head = first.find(W + "pPr")
    first.insert(0 if head is None else first.index(head) + 1, begin)
    last.append(last.makeelement(W + "bookmarkEnd", {W + "id": identity}))

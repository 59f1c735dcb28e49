"""What a document shows without storing it as text (numbers, bullets, symbols, pictures …), counted from its XML.

An independent check beside the comparison of texts: it shares no code with what reads and draws documents, so that a
fault there cannot hide here. Where only the finished layout would tell the exact count, a lower bound is given.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from generator.base.ooxml.xml import (
    PIC,
    VAL,
    WP,
    WPS,
    Element,
    R,
    V,
    W,
    child_of,
    main_part,
    parse_shared,
    parse_word,
    parse_word_shared,
    relations,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SIGN: Final = re.compile(r"sign[._](.+)")
_SYMBOL_FONTS: Final = frozenset({"symbol", "wingdings", "wingdings 2", "wingdings 3", "webdings"})
_SYMBOL_NAMES: Final = (b"ymbol", b"ingdings", b"ebdings")
# What stands in the XML of all that is counted but numbers.
_COUNTED: Final = (
    *_SYMBOL_NAMES, b"drawing", b"pict", b"fld", b"instrText", b"ffData", b"sectPr", b"footnote", b"bookmark",
    b"framePr", b"tblpPr", b"txbxContent",
)  # fmt: skip
_NUMBER: Final = re.compile("%([1-9])")


class Unstored(Struct, frozen=True):
    """The counts.

    Attributes:
        numbers: at least so many numbers and bullets before paragraphs.
        numbers_at_most: and at most so many.
        symbols: at least so many letters that a symbol font shows as signs, not counting ``w:sym``.
        contents: tables of contents.
        pictures: pictures.
        sections: at least so many sections, that is those that begin a page.
        notes: footnotes referred to.
        outlines: outlines of shapes and lines.
        boxes: text boxes.
        floating: tables, pictures and shapes that do not stand in the text.
        frames: frames of paragraphs.
        form_fields: check boxes and lists to choose from.
        roles: the roles of those for whom a bookmark ``sign.<role>`` marks where to sign.
    """

    numbers: int
    numbers_at_most: int
    symbols: int
    contents: int
    pictures: int
    sections: int
    notes: int
    roles: frozenset[str]
    outlines: int = 0
    boxes: int = 0
    floating: int = 0
    frames: int = 0
    form_fields: int = 0


def count_unstored(parts: Mapping[str, bytes], root: Element, body: bytes | None = None) -> Unstored:
    """Count what a document shows and does not store, in its body, headers and footers in use, and notes.

    Args:
        parts: the package's parts by name.
        root: the main part's XML.
        body: the bytes that it was parsed from, where those are not all of the part.
    """
    main = main_part(parts)
    body = parts[main] if body is None else body
    related = relations(parts, main)
    by_kind = {name.rpartition("/")[2]: parts.get(name) for name in related.values()}
    sections = [item for item in root.iter(W + "sectPr") if item.getparent().tag != W + "sectPrChange"]
    margins = {
        name: None
        for section in sections
        for item in section.iterchildren(W + "headerReference", W + "footerReference")
        if (name := related.get(item.get(R + "id"), "")) in parts
    }
    notes = _notes(root, by_kind.get("footnotes.xml")) if b"footnoteReference" in body else []
    # Each with its raw XML: most hold nothing to count, and a search for a few letters in the bytes shows that fast.
    stories = [(root, body), *((parse_word_shared(parts[name]), parts[name]) for name in margins), *notes]
    drawn = [story for story, xml in stories if _draws(xml)]
    least = most = 0
    numbering, styles = by_kind.get("numbering.xml"), by_kind.get("styles.xml")
    if numbering and any(b"numPr" in xml for xml in (styles or b"", *(xml for _, xml in stories))):
        lists = _lists(numbering, styles)
        for story, _ in stories:
            certain, possible = lists.count(story)
            least, most = least + certain, most + possible
    return Unstored(
        numbers=least,
        numbers_at_most=most,
        symbols=sum(_symbols(story) for story, xml in stories if any(name in xml for name in _SYMBOL_NAMES)),
        contents=sum(1 for _ in _contents(root)) if b"TOC" in body else 0,
        pictures=sum(map(_pictures, drawn)),
        sections=1 + sum(1 for section in sections[1:] if _value(section, "type") != "continuous"),
        notes=len(notes),
        roles=frozenset(_roles(root)) if b"sign" in body else frozenset(),
        outlines=sum(map(_outlines, drawn)),
        boxes=sum(1 for story in drawn for _ in story.iter(W + "txbxContent")),
        floating=sum(_floating(story) for story, xml in stories if story in drawn or b"tblpPr" in xml),
        frames=sum(_frames(story) for story, xml in stories if b"framePr" in xml),
        form_fields=sum(
            len(story.findall(f".//{W}ffData/{W}{name}"))
            for story, xml in stories
            if b"ffData" in xml
            for name in ("checkBox", "ddList")
        ),
    )


def stores_all(element: Element, xml: bytes, numbering: bytes | None, styles: bytes | None) -> bool:
    """Whether a paragraph or cell surely shows nothing that is counted here, so that it need not be looked at.

    Args:
        element: the paragraph or cell.
        xml: as it stands in its part.
        numbering: the document's part of this kind.
        styles: likewise.
    """
    if any(name in xml for name in _COUNTED):
        return False
    return not numbering or _lists(numbering, styles).count(element)[1] == 0


@lru_cache(maxsize=32)
def _lists(numbering: bytes, styles: bytes | None) -> _Lists:
    return _Lists(parse_shared(numbering), parse_shared(styles) if styles else None)


def _draws(xml: bytes) -> bool:
    """Whether it holds the tags of drawings; their names alone stand in what it declares its namespaces to be."""
    return b"drawing>" in xml or b"pict>" in xml


def _pictures(story: Element) -> int:
    drawn = sum(1 for _ in story.iter(PIC + "pic"))
    return drawn + sum(1 for item in story.iter(V + "imagedata") if item.get(R + "id"))


def _outlines(story: Element) -> int:
    shapes = sum(1 for _ in story.iter(WPS + "wsp"))
    older = story.iter(*(V + name for name in ("shape", "rect", "roundrect", "oval", "line", "polyline")))
    return shapes + sum(
        1 for item in older if not any(image.get(R + "id") for image in item.iterchildren(V + "imagedata"))
    )


def _floating(story: Element) -> int:
    """Tables, anchored drawings and VML outside of groups that stand at places of their own."""
    count = sum(1 for _ in story.iter(W + "tblpPr", WP + "anchor"))
    for pict in story.iter(W + "pict"):
        for item in pict:
            said = item.get("style", "").replace(" ", "")
            count += "position:absolute" in said and item.tag != V + "shapetype"
    return count


def _frames(story: Element) -> int:
    """Runs of paragraphs that say the same of their frame."""
    count = 0
    for frame in story.iter(W + "framePr"):
        paragraph = frame.getparent().getparent()
        if paragraph.tag != W + "p":
            continue
        before = paragraph.getprevious()
        while before is not None and before.tag in {W + "bookmarkStart", W + "bookmarkEnd", W + "proofErr"}:
            before = before.getprevious()
        other = before.find(f"{W}pPr/{W}framePr") if before is not None and before.tag == W + "p" else None
        count += other is None or dict(other.attrib) != dict(frame.attrib)
    return count


def _notes(root: Element, footnotes: bytes | None) -> list[tuple[Element, bytes]]:
    """The footnotes referred to, each with the XML that it stands in."""
    if not footnotes:
        return []
    cited = {item.get(W + "id") for item in root.iter(W + "footnoteReference")}
    every = parse_word(footnotes).iter(W + "footnote")
    return [(note, footnotes) for note in every if note.get(W + "id") in cited]


def _value(element: Element | None, name: str) -> str | None:
    child = child_of(element, W + name) if element is not None else None
    return None if child is None else child.get(VAL)


def _contents(root: Element) -> Iterator[Element]:
    """Where tables of contents begin."""
    for item in root.iter(W + "fldSimple"):
        if item.get(W + "instr", "").split()[:1] == ["TOC"]:
            yield item
    open_codes: list[list[str] | None] = []
    for item in root.iter(W + "fldChar", W + "instrText"):
        if item.tag == W + "instrText":
            if open_codes and open_codes[-1] is not None:
                open_codes[-1].append(item.text or "")
            continue
        kind = item.get(W + "fldCharType")
        if kind == "begin":
            open_codes.append([])
        elif open_codes:
            code = open_codes[-1]
            if code is not None and "".join(code).split()[:1] == ["TOC"]:
                yield item
            open_codes[-1] = None
            if kind == "end":
                open_codes.pop()


def _symbols(story: Element) -> int:
    """The ASCII letters of runs that themselves name a symbol font."""
    count = 0
    for faces in story.iter(W + "rFonts"):
        run = faces.getparent().getparent()
        if run.tag == W + "r" and faces.get(W + "ascii", "").lower() in _SYMBOL_FONTS:
            text = "".join(item.text or "" for item in run.iter(W + "t"))
            count += sum(1 for char in text if "!" <= char <= "~")
    return count


def _roles(root: Element) -> Iterator[str]:
    begun: dict[str | None, str] = {}
    for item in root.iter(W + "bookmarkStart", W + "bookmarkEnd"):
        if item.tag == W + "bookmarkEnd":
            role = begun.pop(item.get(W + "id"), None)
            if role is not None:
                yield role
        elif found := _SIGN.fullmatch(item.get(W + "name", "")):
            begun[item.get(W + "id")] = found[1]


class _Lists:
    """Which paragraphs have a number or bullet."""

    def __init__(self, numbering: Element, styles: Element | None) -> None:
        self._styles = {
            item.get(W + "styleId"): item for item in (styles.iter(W + "style") if styles is not None else ())
        }
        self._plain = next(
            (
                key
                for key, item in self._styles.items()
                if item.get(W + "type") == "paragraph" and item.get(W + "default") in {"1", "true", "on"}
            ),
            None,
        )
        self._definitions = {
            item.get(W + "abstractNumId"): item for item in numbering.iter(W + "abstractNum")
        }
        self._lists = {item.get(W + "numId"): item for item in numbering.iter(W + "num")}
        self._shows = lru_cache(maxsize=None)(self._level_shows)

    def count(self, story: Element) -> tuple[int, int]:
        """The least and the greatest number of numbers and bullets in a body, header, footer or note."""
        least = most = 0
        hidden = _in_contents(story)
        for paragraph in story.iter(W + "p"):
            properties = child_of(paragraph, W + "pPr")
            own = child_of(properties, W + "numPr") if properties is not None else None
            style = _value(properties, "pStyle") or self._plain
            if self._shows(_value(own, "numId"), _value(own, "ilvl"), style):
                most += 1
                least += paragraph not in hidden and not _is_covered(paragraph)
        return least, most

    def _level_shows(self, identity: str | None, index: str | None, style: str | None) -> bool:
        lineage: list[str] = []
        while style is not None and style in self._styles and style not in lineage:
            lineage.append(style)
            style = _value(self._styles[style], "basedOn")
        named = [self._styles[key].find(f"{W}pPr/{W}numPr") for key in lineage]
        identity = identity or next((value for item in named if (value := _value(item, "numId"))), None)
        levels = self._levels(identity)
        if index is None:
            linked = {_value(level, "pStyle"): key for key, level in levels.items()}
            index = next((linked[key] for key in lineage if key in linked), None)
        if index is None:
            index = next((value for item in named if (value := _value(item, "ilvl"))), "0")
        level = levels.get(index)
        if level is None:
            return False
        text = _value(level, "lvlText")
        if text is None or _value(level, "numFmt") == "bullet":
            return text != ""

        def shown(found: re.Match[str]) -> str:
            of = levels.get(str(int(found[1]) - 1))
            return "" if _value(of, "numFmt") == "none" else "1"

        return _NUMBER.sub(shown, text) != ""

    def _levels(self, identity: str | None) -> dict[str, Element]:
        seen = set()
        while identity in self._lists and identity not in seen:
            seen.add(identity)
            used = self._lists[identity]
            definition = self._definitions.get(_value(used, "abstractNumId"))
            link = _value(definition, "numStyleLink")
            if definition is None or link is None:
                found = (
                    {}
                    if definition is None
                    else {level.get(W + "ilvl"): level for level in definition.findall(W + "lvl")}
                )
                for level in used.iterfind(f"{W}lvlOverride/{W}lvl"):
                    found[level.get(W + "ilvl")] = level
                return found
            style = self._styles.get(link)
            identity = _value(style.find(f"{W}pPr/{W}numPr"), "numId") if style is not None else None
        return {}


def _is_covered(paragraph: Element) -> bool:
    """Whether it stands in a cell that is merged into the one above."""
    for cell in paragraph.iterancestors(W + "tc"):
        merge = cell.find(f"{W}tcPr/{W}vMerge")
        if merge is not None and merge.get(VAL, "continue") == "continue":
            return True
    return False


def _in_contents(story: Element) -> set[Element]:
    """The paragraphs that hold something of a table of contents."""
    found: set[Element] = set()
    inside = 0
    begins = set(_contents(story))
    if not begins:
        return found
    depth: list[bool] = []
    for item in story.iter(W + "p", W + "fldChar", W + "fldSimple"):
        if item.tag == W + "p":
            if inside:
                found.add(item)
            continue
        paragraph = next(item.iterancestors(W + "p"), None)
        if item in begins and paragraph is not None:
            found.add(paragraph)
        if item.tag == W + "fldChar":
            kind = item.get(W + "fldCharType")
            if kind == "begin":
                depth.append(False)
            elif depth and item in begins:
                depth[-1] = True
                inside += 1
            if kind == "end" and depth and depth.pop():
                inside -= 1
    return found

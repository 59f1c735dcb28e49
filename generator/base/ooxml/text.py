"""The text of a DOCX, taken from its XML alone, so that the tree that is typeset can be compared with it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from generator.base.ooxml.xml import (
    XML_SPACE,
    Element,
    R,
    W,
    main_part,
    parse_word,
    relations,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MARKS: Final = {
    W + "tab": "\t",
    W + "br": "\n",
    W + "cr": "\n",
    W + "noBreakHyphen": "\u2011",
    W + "softHyphen": "\u00ad",
    W + "sym": "\ufffd",
    W + "ptab": "\t",
}
# Stands in the place of a paragraph or cell that was left out of a part, as its text is known; ``w:n`` is its number.
LEFT_OUT: Final = W + "leftOut"
BLANKS: Final = str.maketrans("\t\n\r", "   ")


def stored_text(element: Element) -> str:
    """What a ``w:t`` shows: its outer white space counts only where ``xml:space`` preserves it."""
    return shown_text(element.text or "", preserved=element.get(XML_SPACE) == "preserve")


def shown_text(text: str, *, preserved: bool) -> str:
    """What a ``w:t`` of this text shows."""
    if not preserved:
        text = text.strip(" \t\r\n")
    return text.translate(BLANKS) if "\n" in text or "\t" in text or "\r" in text else text


def part_text(root: Element, left_out: Sequence[str] = ()) -> str:
    """All text below an element in document order, whatever holds it.

    Args:
        root: the element.
        left_out: the texts of what was left out of the part that it stands in.
    """
    pieces = []
    for element in root.iter("{*}t", *_MARKS, *((LEFT_OUT,) if left_out else ())):
        mark = _MARKS.get(element.tag)
        if element.tag == LEFT_OUT:
            pieces.append(left_out[int(element.get(W + "n"))])
        elif mark is None:
            pieces.append(stored_text(element))
        elif element.getparent().tag == W + "r":
            pieces.append(mark)
    return "".join(pieces)


@lru_cache(maxsize=256)
def _margin_text(data: bytes) -> str:
    """The text of a header or footer, of which documents from one template have the same."""
    return part_text(parse_word(data))


def docx_text(parts: Mapping[str, bytes], root: Element | None = None, left_out: Sequence[str] = ()) -> str:
    """All text that a document stores: body, the headers and footers in use, the footnotes referred to.

    It knows nothing of the tree: every ``w:t``, tab, break and hyphen counts where it stands, fields by
    their stored result.

    Args:
        parts: the package's parts by name.
        root: the main part's XML, where it has been parsed already.
        left_out: the texts of what was left out of it.
    """
    name = main_part(parts)
    body = parse_word(parts[name]) if root is None else root
    related = relations(parts, name)
    pieces = [part_text(body, left_out)]
    used: dict[str, str] = {}
    cited: list[str | None] = []
    for section in body.iter(W + "sectPr", W + "footnoteReference"):
        if section.tag == W + "footnoteReference":
            cited.append(section.get(W + "id"))
            continue
        if section.getparent().tag == W + "sectPrChange":
            continue
        for kind in ("header", "footer"):
            order = {"default": 0, "first": 1, "even": 2}
            references = sorted(
                section.iter(W + kind + "Reference"), key=lambda item: order.get(item.get(W + "type"), 0)
            )
            for reference in references:
                target = related.get(reference.get(R + "id"), "")
                if target in parts and target not in used:
                    used[target] = _margin_text(parts[target])
    pieces += used.values()
    notes = next((target for target in related.values() if target.endswith("/footnotes.xml")), None)
    if cited and notes is not None and notes in parts:
        by_id = {note.get(W + "id"): note for note in parse_word(parts[notes]).iter(W + "footnote")}
        pieces += [part_text(by_id[identity]) for identity in dict.fromkeys(cited) if identity in by_id]
    return "".join(pieces)

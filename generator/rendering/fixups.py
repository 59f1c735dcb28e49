"""Repairs of a filled part: missing values highlighted, empty cells and tables completed, bookmarks renumbered.

Most of a part needs none. So the places that may need one are marked when the template is compiled, by control
characters, which neither data nor templates may hold.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Mapping
from typing import Final

from generator.base.ooxml.value_marks import VALUE_OPEN, without_marks
from generator.base.short_code import short_code
from generator.rendering.values import MISSING_CLOSE, MISSING_OPEN

# Stands before the end of a cell or a table that filling may leave without a paragraph or a row.
_END: Final = "\x05"
# Stand around a bookmark's kind, number and name, and between them.
BOOKMARK: Final = "\x06"
_PART: Final = "\x07"
# A placeholder where a document prints the check code of its own text, which is known only once it is filled.
TEXT_CODE: Final = "\x08"
RESERVED: Final = re.compile("[\ufdd0-\ufdef]")

_ENDS: Final = re.compile("(</w:p>|</w:tr>)?(</w:tc>|</w:tbl>)")
_WHOLE: Final = frozenset({("</w:p>", "</w:tc>"), ("</w:tr>", "</w:tbl>")})
_BOOKMARK_TAG: Final = re.compile(r"<w:bookmark(Start|End)\b([^>]*?)/>")
_ATTRIBUTE: Final = re.compile(r'w:(id|name)="([^"]*)"')
# The last tag of a cell that holds nothing, or ends with a table.
_NO_PARAGRAPH_LAST: Final = re.compile(rb"</w:tcPr>|<w:tcPr/>|<w:tc[ >]|</w:tbl>")
_GRID_LAST: Final = (b"</w:tblGrid>", b"<w:tblGrid/>")
_MISSING_OPEN: Final = MISSING_OPEN.encode()
_RUN: Final = re.compile(
    rb"(<w:r(?: [^>]*)?>)(<w:rPr>(?:(?!</w:rPr>).)*</w:rPr>|<w:rPr/>)?"
    rb"((?:(?!</w:r>).)*?%b.*?)</w:r>" % _MISSING_OPEN,
    re.DOTALL,
)
_MISSING: Final = re.compile(b"%b(.*?)%b" % (_MISSING_OPEN, MISSING_CLOSE.encode()), re.DOTALL)
# What follows w:highlight in CT_RPr (ISO/IEC 29500-1, 17.3.2.28).
_AFTER_HIGHLIGHT: Final = re.compile(
    rb"<w:(?:u|effect|bdr|shd|fitText|vertAlign|rtl|cs|em|lang|eastAsianLayout|specVanish|oMath)[ />]"
)
_HIGHLIGHT: Final = b'<w:highlight w:val="yellow"/>'


def with_repair_marks(text: str) -> str:
    """The text between a part's tags, with marks at the places that may need a repair after filling."""
    return _BOOKMARK_TAG.sub(_mark_bookmark, _ENDS.sub(_mark_end, text))


def put_right(xml: bytes) -> bytes:
    """A filled part, repaired and without the marks.

    Missing values are highlighted; cells that a condition has emptied get their paragraph, and tables that a
    loop has emptied a row; bookmarks that a loop has repeated get numbers of their own.
    """
    if _MISSING_OPEN in xml:
        xml = _RUN.sub(_highlight_missing, xml)
    xml = _keep_whole(xml)
    return _number_bookmarks(xml)


def with_text_code(parts: Mapping[str, bytes], body: str) -> Mapping[str, bytes]:
    """Filled parts with the code of the body's content wherever that is to be printed.

    Args:
        parts: by name.
        body: the name of the part that holds the text.
    """
    mark = TEXT_CODE.encode()
    if not any(mark in part for part in parts.values()):
        return parts
    # The same code with or without marks around values.
    content = parts[body]
    if VALUE_OPEN.encode() in content:
        content = without_marks(content.decode()).encode()
    code = short_code(content).encode()
    return {name: part.replace(mark, code) for name, part in parts.items()}


def _mark_end(found: re.Match[str]) -> str:
    before, end = found.groups("")
    return found[0] if (before, end) in _WHOLE else f"{before}{_END}{end}"


def _mark_bookmark(found: re.Match[str]) -> str:
    own = dict(_ATTRIBUTE.findall(found[2]))
    parts = (found[1], own.get("id", ""), own.get("name", ""))
    return f"{BOOKMARK}{_PART.join(parts)}{BOOKMARK}"


def _split(xml: bytes, mark: bytes) -> list[bytes]:
    """As ``bytes.split`` for a mark of one byte, which takes ten times as long where there are few."""
    pieces = []
    begin = 0
    while (at := xml.find(mark, begin)) >= 0:
        pieces.append(xml[begin:at])
        begin = at + 1
    return [*pieces, xml[begin:]]


def _keep_whole(xml: bytes) -> bytes:
    """Give empty cells their paragraph, and empty tables a row.

    Both are what the schema asks for (ISO/IEC 29500-1, 17.4.66 and 17.4.38); Word refuses the file without.
    """
    last, *rest = _split(xml, _END.encode())
    pieces = [last]
    for piece in rest:
        if piece.startswith(b"</w:tc>"):
            if not last.endswith(b"</w:p>") and _NO_PARAGRAPH_LAST.match(last, last.rfind(b"<")):
                pieces.append(b"<w:p/>")
        elif last.rstrip().endswith(_GRID_LAST):
            pieces.append(b"<w:tr><w:tc><w:p/></w:tc></w:tr>")
        pieces.append(piece)
        last = piece
    return b"".join(pieces)


def _number_bookmarks(xml: bytes) -> bytes:
    """Give every bookmark an id of its own, and those that a loop has repeated names: ``sign.member.2``."""
    pieces = _split(xml, BOOKMARK.encode())
    found = [piece.decode().split(_PART) for piece in pieces[1::2]]
    totals = Counter(name for kind, _, name in found if kind == "Start")
    seen: Counter[str] = Counter()
    ids: dict[str, deque[int]] = {}
    number = 0
    for at, (kind, identity, name) in enumerate(found):
        if kind == "Start":
            number += 1
            seen[name] += 1
            ids.setdefault(identity, deque()).append(number)
            shown = f"{name}.{seen[name]}" if totals[name] > 1 else name
            tag = f'<w:bookmarkStart w:id="{number}" w:name="{shown}"/>'
        else:
            begun = ids.get(identity)
            tag = f'<w:bookmarkEnd w:id="{begun.popleft()}"/>' if begun else ""
        pieces[2 * at + 1] = tag.encode()
    return b"".join(pieces)


def _highlight_missing(match: re.Match[bytes]) -> bytes:
    """Give a missing value a run of its own, highlighted."""
    head, properties, body = match[1], match[2] or b"", match[3]
    inner = (
        properties.removeprefix(b"<w:rPr>").removesuffix(b"</w:rPr>") if b"</w:rPr>" in properties else b""
    )
    inner = re.sub(rb"<w:highlight [^>]*/>", b"", inner)
    after = _AFTER_HIGHLIGHT.search(inner)
    at = after.start() if after else len(inner)
    shown = b"<w:rPr>%b%b%b</w:rPr>" % (inner[:at], _HIGHLIGHT, inner[at:])
    text = b'<w:t xml:space="preserve">'
    before = b"</w:t></w:r>%b%b%b%b" % (head, shown, text, "〔待填：".encode())
    behind = b"%b</w:t></w:r>%b%b%b" % ("〕".encode(), head, properties, text)
    body = _MISSING.sub(lambda found: before + found[1] + behind, body)
    return b"%b%b%b</w:r>" % (head, properties, body)

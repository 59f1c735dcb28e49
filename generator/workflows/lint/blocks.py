"""A document block by block, so that what a reader refuses in one does not hide what it refuses in the next."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from generator.base.ooxml.xml import Element, W, main_part, parse

_PARAGRAPH: Final = b"<w:p/>"
_TABLE: Final = (
    b"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"
)


def by_block(parts: Mapping[str, bytes]) -> Iterator[dict[str, bytes]]:
    """The document once for each paragraph and table of its body, all others emptied; places stay as they are.

    A block that holds only the beginning or the end of a field is skipped: alone it means nothing.

    Args:
        parts: the package's parts by name.
    """
    name = main_part(parts)
    body = parse(parts[name]).find(W + "body")
    if body is None:
        return
    whole = list(body)
    emptied = [_emptied(block) for block in whole]
    for at, block in enumerate(whole):
        if block.tag not in {W + "p", W + "tbl", W + "sdt"} or _has_half_a_field(block):
            continue
        body[:] = [
            one for number, several in enumerate(emptied) for one in ([block] if number == at else several)
        ]
        yield {**parts, name: etree.tostring(body.getroottree())}


def _emptied(block: Element) -> list[Element]:
    """As many plain paragraphs or tables as a block counts for, and where a section ends."""
    if block.tag == W + "sectPr":
        return [block]
    if block.tag == W + "p":
        made = _plain(_PARAGRAPH)
        for section in block.findall(f"{W}pPr/{W}sectPr"):
            etree.SubElement(made, W + "pPr").append(copy.deepcopy(section))
        return [made]
    tables = [_plain(_TABLE) for _ in block.iter(W + "tbl")]
    paragraphs = [] if block.tag == W + "tbl" else block.findall(f"{W}sdtContent/{W}p")
    return [*tables, *(_plain(_PARAGRAPH) for _ in paragraphs)]


def _plain(xml: bytes) -> Element:
    return parse(b'<w:body xmlns:w="%s">%s</w:body>' % (W[1:-1].encode(), xml))[0]


def _has_half_a_field(block: Element) -> bool:
    kinds = [mark.get(W + "fldCharType") for mark in block.iter(W + "fldChar")]
    return kinds.count("begin") != kinds.count("end")

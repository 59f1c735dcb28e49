"""A document piece by piece, so that what a reader refuses in one does not hide what it refuses in the next."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from lxml import etree

from generator.base.ooxml.xml import Element, W, main_part, parse
from generator.errors import ProgrammeError

Parts = Mapping[str, bytes]
Read = Callable[[Parts], object]

_PARAGRAPH: Final = b"<w:p/>"
_TABLE: Final = (
    b"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"
)
_MARGIN: Final = re.compile(r"(?:.*/)?(?:header|footer)\d*\.xml")
_BLOCKS: Final = frozenset({W + "p", W + "tbl", W + "sdt"})


def refusals(parts: Parts, read: Read) -> Iterator[ProgrammeError]:
    """Each thing that a reader refuses in a document, the same one perhaps more than once.

    First the whole is read; where that is refused, each header, footer and block of the body alone, all others
    emptied; of a block that is refused, each of its paragraphs and each of their runs. Places stay as they are.

    Args:
        parts: the package's parts by name.
        read: raises ProgrammeError for what it refuses.
    """
    whole = _refusal(parts, read)
    if whole is None:
        return
    yield whole
    body, margins = main_part(parts), [name for name in parts if _MARGIN.fullmatch(name)]
    empty = {name: _emptied_part(parts[name], name == body) for name in (body, *margins)}
    for name in (body, *margins):
        yield from _in_part({**parts, **empty}, name, parts[name], read)


def _refusal(parts: Parts, read: Read) -> ProgrammeError | None:
    try:
        read(parts)
    except ProgrammeError as error:
        return error
    return None


def _holder(root: Element, *, is_body: bool) -> Element | None:
    return root.find(W + "body") if is_body else root


def _emptied_part(data: bytes, is_body: bool) -> bytes:
    root = parse(data)
    holder = _holder(root, is_body=is_body)
    if holder is not None:
        holder[:] = [plain for block in holder for plain in _emptied(block)]
    return etree.tostring(root)


def _in_part(others: Parts, name: str, data: bytes, read: Read) -> Iterator[ProgrammeError]:
    """What is refused in one part, all others emptied."""
    if _refusal({**others, name: data}, read) is None:
        return
    holder = _holder(parse(data), is_body=name == main_part(others))
    if holder is None:
        return
    whole = list(holder)
    emptied = [_emptied(block) for block in whole]

    def refused() -> ProgrammeError | None:
        return _refusal({**others, name: etree.tostring(holder.getroottree())}, read)

    for at, block in enumerate(whole):
        # A block that holds only the beginning or the end of a field means nothing alone.
        if block.tag not in _BLOCKS or _has_half_a_field(block):
            continue
        holder[:] = [
            one for number, several in enumerate(emptied) for one in ([block] if number == at else several)
        ]
        error = refused()
        if error is not None:
            yield error
            yield from _in_block(block, refused)


def _in_block(block: Element, refused: Callable[[], ProgrammeError | None]) -> Iterator[ProgrammeError]:
    """What is refused in one block that stands alone: run by run of its paragraphs, all others emptied."""
    # What stands in a text box goes with the run that holds it.
    paragraphs = [one for one in block.iter(W + "p") if next(one.iterancestors(W + "p"), None) is None]
    contents = {one: list(one) for one in paragraphs}
    for paragraph in paragraphs:
        paragraph[:] = []
    for paragraph, children in contents.items():
        paragraph[:] = children
        if not _has_half_a_field(paragraph) and (error := refused()) is not None:
            yield error
            head = [child for child in children if child.tag == W + "pPr"]
            for piece in _whole_fields([child for child in children if child.tag != W + "pPr"]):
                paragraph[:] = [*head, *piece]
                if (error := refused()) is not None:
                    yield error
        paragraph[:] = []


def _whole_fields(children: list[Element]) -> Iterator[list[Element]]:
    """A paragraph's children one by one, those of a field together."""
    piece: list[Element] = []
    depth = 0
    for child in children:
        piece.append(child)
        for mark in child.iter(W + "fldChar"):
            depth += {"begin": 1, "end": -1}.get(mark.get(W + "fldCharType", ""), 0)
        if depth <= 0:
            yield piece
            piece = []
    if piece:
        yield piece


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

"""Reading the paragraphs and tables of a body, cell, header, footer or footnote, and the bookmarks between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from generator.base.ooxml.text import LEFT_OUT
from generator.base.ooxml.xml import Element, W, refuse
from generator.pdf.docx.frames import framed, read_frame
from generator.pdf.docx.paragraphs import read_paragraph
from generator.pdf.docx.signature_bookmarks import with_roles
from generator.pdf.docx.tables import read_table
from generator.pdf.docx.tree import Block, Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from generator.pdf.docx.reading import Reading

_BLOCKS: Final = frozenset(W + name for name in ("p", "tbl", "bookmarkStart", "bookmarkEnd"))
_PARAGRAPHS: Final = frozenset({W + "p", LEFT_OUT})
_TRANSPARENT: Final = frozenset(W + name for name in ("sdtContent", "smartTag", "customXml"))
_SILENT: Final = frozenset(
    W + name
    for name in (
        "proofErr", "permStart", "permEnd", "commentRangeStart", "commentRangeEnd", "sdtPr", "sdtEndPr",
        "smartTagPr", "customXmlPr", "sectPr", "tcPr",
    )
)  # fmt: skip


def read_blocks(
    reading: Reading,
    container: Element,
    where: str,
    end_section: Callable[[int, Element], None] | None = None,
) -> list[Block]:
    """The blocks of a container, in order.

    Args:
        reading: the document's state.
        container: the body, cell, header, footer or footnote.
        where: its place in Chinese.
        end_section: told of each section that ends within: how many blocks there are so far, and its
            ``w:sectPr``.
    """
    found: list[Block] = []
    opens: list[str] = []
    closes: list[str] = []
    count = 0
    last_frame: tuple[tuple[str, str], ...] | None = None
    for child in _children(reading, container, where):
        if child.tag == W + "bookmarkStart":
            role = reading.signatures.begin(child)
            if role is not None:
                opens.append(role)
            continue
        if child.tag == W + "bookmarkEnd":
            role = reading.signatures.end(child)
            if role is not None:
                if role in opens or not found:
                    closes.append(role)
                else:
                    found[-1] = with_roles(found[-1], closes=[role])
            continue
        section = None
        new: list[Block]
        if child.tag in _PARAGRAPHS:
            count += 1
            place = f"{where}第 {count} 段"
            frame = framed(child) if reading.has_frames else None
            read = read_paragraph(reading, child, place, read_blocks, first_block=not found)
            if read.closes_before:
                found[-1] = with_roles(found[-1], closes=read.closes_before)
            new, section = read.blocks, read.section
            if frame is not None and new:
                last = found[-1] if found else None
                if last is not None and isinstance(last, Frame) and last_frame == frame:
                    found[-1] = replace(last, blocks=(*last.blocks, *new))
                    new = []
                else:
                    new = [read_frame(child, tuple(new))]
            last_frame = frame
        else:
            reading.tables += 1
            last_frame = None
            new = [read_table(reading, child, f"第 {reading.tables} 个表格", read_blocks)]
        if new and (opens or closes):
            new[0] = with_roles(new[0], opens=opens, closes=closes)
            opens, closes = [], []
        found += new
        if section is not None and end_section is not None:
            end_section(len(found), section)
    return found


def _children(reading: Reading, container: Element, where: str) -> Iterator[Element]:
    for child in container:
        tag = child.tag
        if tag in _BLOCKS or (tag == LEFT_OUT and child in reading.xml_of):
            yield child
        elif tag == W + "sdt":
            content = child.find(W + "sdtContent")
            if content is not None:
                yield from _children(reading, content, where)
        elif tag in _TRANSPARENT:
            yield from _children(reading, child, where)
        elif tag not in _SILENT:
            raise refuse(where, tag, reading.file)

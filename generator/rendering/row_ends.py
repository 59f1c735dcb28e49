"""Tables that go on over a page: no head and no single row is left behind at a page's end or beginning.

Word keeps rows together whose paragraphs keep to the next. Written into a template before it is compiled, so
that the DOCX says it and every engine obeys: the head rows of a table keep to its first row, the first row of
a loop to the second, and the last but one to the last.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from generator.base.ooxml.xml import Element, W, parse

_STATEMENT: Final = re.compile(r"\{%tr\s+(\w+)")
_SET: Final = "{% set row_keeps = loop.revindex == 2 or loop.first and not loop.last %}"
_IF, _ENDIF = "{% if row_keeps %}", "{% endif %}"


def with_row_ends_kept(content: bytes) -> bytes:
    """A part of a template whose tables with head rows keep their first and last rows together.

    Args:
        content: the part's XML; it comes back as it is where it holds no such table.
    """
    if b"tblHeader" not in content:
        return content
    root = parse(content)
    for table in root.iter(f"{W}tbl"):
        rows = table.findall(f"{W}tr")
        if any(_is_head(row) for row in rows):
            _keep_ends(rows)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _keep_ends(rows: list[Element]) -> None:
    repeated: list[Element] = []
    loops = 0
    for row in rows:
        statement = _STATEMENT.search("".join(node.text or "" for node in row.iter(f"{W}t")))
        if statement is not None:
            loops += {"for": 1, "endfor": -1}.get(statement[1], 0)
            # Where an item takes several rows, the template says which of them stay together.
            if statement[1] == "endfor" and len(repeated) == 1:
                _keep_ends_of_loop(repeated[0])
            if statement[1] in {"for", "endfor"}:
                repeated = []
        elif _is_head(row):
            for paragraph in _paragraphs(row):
                _keep_next(paragraph)
        elif loops:
            repeated.append(row)


def _keep_ends_of_loop(row: Element) -> None:
    # A row that holds a table is as high as several, and stands by itself.
    if next(row.iter(f"{W}tbl"), None) is not None:
        return
    row.text = _SET
    for paragraph in _paragraphs(row):
        keep = _keep_next(paragraph)
        before, keep.tail = keep.getprevious(), _ENDIF
        if before is None:
            _properties(paragraph).text = _IF
        else:
            before.tail = _IF


def _is_head(row: Element) -> bool:
    return row.find(f"{W}trPr/{W}tblHeader") is not None


def _paragraphs(row: Element) -> list[Element]:
    """The paragraphs of a row's cells that do not keep to the next already, and hold no statement."""
    return [
        paragraph
        for paragraph in row.findall(f"{W}tc/{W}p")
        if paragraph.find(f"{W}pPr/{W}keepNext") is None
        and "{%p" not in "".join(node.text or "" for node in paragraph.iter(f"{W}t"))
    ]


def _keep_next(paragraph: Element) -> Element:
    """The element that makes a paragraph keep to the next, put where the schema wants it: after its style's name."""
    properties = _properties(paragraph)
    keep = etree.Element(f"{W}keepNext")
    properties.insert(int(properties.find(f"{W}pStyle") is not None), keep)
    return keep


def _properties(paragraph: Element) -> Element:
    properties = paragraph.find(f"{W}pPr")
    if properties is None:
        properties = etree.Element(f"{W}pPr")
        paragraph.insert(0, properties)
    return properties

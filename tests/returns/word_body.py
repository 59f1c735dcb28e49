"""A Word file's body opened for change: what the clerk and the damage of these tests share."""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from generator.base.ooxml.xml import W, parse

DOCUMENT = "word/document.xml"


def rewritten(docx: bytes, change: Callable[[Any], None]) -> bytes:
    """A Word file whose body was changed.

    Args:
        docx: the file.
        change: is given the body and changes it.
    """
    source = zipfile.ZipFile(io.BytesIO(docx))
    root = parse(source.read(DOCUMENT))
    change(root.find(W + "body"))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name in source.namelist():
            data = source.read(name)
            if name == DOCUMENT:
                data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            package.writestr(name, data)
    return target.getvalue()


def body_of(docx: bytes) -> Any:
    """A Word file's body."""
    return parse(zipfile.ZipFile(io.BytesIO(docx)).read(DOCUMENT)).find(W + "body")


def text_of(element: Any) -> str:
    """An element's text; line breaks aside."""
    return "".join(piece.text or "" for piece in element.iter(W + "t"))


def paragraphs(element: Any) -> list[Any]:
    """The paragraphs directly in a body or cell."""
    return list(element.iterchildren(W + "p"))


def set_text(paragraph: Any, text: str) -> None:
    """Put a text into a paragraph in the look of its first run; what else it held is gone."""
    look = paragraph.find(f".//{W}rPr")
    for child in list(paragraph):
        if child.tag != W + "pPr":
            paragraph.remove(child)
    run = etree.SubElement(paragraph, W + "r")
    if look is not None and look.getparent().tag == W + "r":
        run.append(copy.deepcopy(look))
    piece = etree.SubElement(run, W + "t")
    piece.text = text
    piece.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def set_cell(cell: Any, texts: list[str]) -> None:
    """Put texts into a cell, a paragraph each."""
    first, *others = paragraphs(cell)
    for one in others:
        cell.remove(one)
    for nested in list(cell.iterchildren(W + "tbl")):
        cell.remove(nested)
    set_text(first, texts[0] if texts else "")
    for text in texts[1:]:
        following = copy.deepcopy(first)
        set_text(following, text)
        cell.append(following)


def rows(table: Any) -> list[Any]:
    """A table's rows."""
    return list(table.iterchildren(W + "tr"))


def cells(row: Any) -> list[Any]:
    """A row's cells."""
    return list(row.iterchildren(W + "tc"))


def tables(body: Any) -> Iterator[Any]:
    """The tables directly in a body."""
    yield from list(body.iterchildren(W + "tbl"))


def lists(body: Any) -> Iterator[tuple[Any, Any, list[Any]]]:
    """Tables that are lists: the table, the row of titles, the rows below with as many cells."""
    for table in tables(body):
        every = rows(table)
        for at, row in enumerate(every):
            below = []
            for one in every[at + 1 :]:
                if len(cells(one)) != len(cells(row)):
                    break
                below.append(one)
            titles = [text_of(cell).strip() for cell in cells(row)]
            if len(titles) > 2 and all(titles) and len(below) > 1 and not any(map(str.isdigit, titles)):
                yield table, row, below
                break

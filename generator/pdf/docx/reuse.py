"""Paragraphs and cells that were read before, in this document or in another filled from the same template.

Most paragraphs of a filled template are the template's own. In documents with the same styles, numbering and
theme, equal XML gives equal paragraphs and cells, so they are read once; only those that depend on their place in
the document (see is_tied) are read each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from generator.base.ooxml.xml import Element, W

if TYPE_CHECKING:
    from generator.pdf.docx.styles import Borders
    from generator.pdf.docx.tree import Block, BorderLine, CellMargins

# Constructs by which a paragraph or cell depends on others, or on the rest of the package.
_TIES: Final = (
    b"bookmark",
    b"fld",
    b"instrText",
    b"drawing",
    b"pict",
    b"footnote",
    b"sectPr",
    b"w:sdt",
    b"hyperlink",
)
_SLICED: Final = ("p", "tc")


@dataclass(frozen=True, slots=True)
class CellContent:
    """A cell as its own XML states it, wherever it stands.

    Attributes:
        merge: Word's name of how it is merged down (``restart``, ``continue``), None for not at all.
        width: that it asks for, in points.
        borders: its own, by side; a side that is not named is the table's.
    """

    span: int
    merge: str | None
    width: float | None
    borders: Borders
    margins: CellMargins
    fill: str | None
    valign: str
    turn: str | None
    blocks: tuple[Block, ...]
    opens: tuple[str, ...]
    closes: tuple[str, ...]
    falling: BorderLine | None
    rising: BorderLine | None


def is_tied(xml: bytes) -> bool:
    """Whether a paragraph or cell depends on its place or document, so that it cannot be reused."""
    for tie in _TIES:  # noqa: SIM110 asked of every paragraph and cell, and three times as fast as any()
        if tie in xml:
            return True
    return False


def slices(data: bytes, root: Element) -> dict[Element, bytes]:
    """The XML of each paragraph and cell as it stands in the part, by element.

    Empty where that cannot be told from the bytes: another prefix than ``w``, comments, or paragraphs or cells that
    are empty elements or nested.
    """
    found: dict[Element, bytes] = {}
    if b"<!" in data or data.count(b"<?") > 1:
        return found
    for name in _SLICED:
        elements = list(root.iter(W + name))
        pieces = _pieces(data, name)
        if len(pieces) == len(elements):
            found.update(zip(elements, pieces, strict=True))
    return found


def _pieces(data: bytes, name: str) -> list[bytes]:
    """The XML from each start tag to its end tag; none at all where some cannot be told for certain."""
    plain, long, end = f"<w:{name}>".encode(), f"<w:{name} ".encode(), f"</w:{name}>".encode()
    *before, _ = data.split(end)
    if data.count(plain) + data.count(long) != len(before):
        return []
    starts = [max(piece.rfind(plain), piece.rfind(long)) for piece in before]
    if -1 in starts:
        return []
    return [piece[start:] + end for piece, start in zip(before, starts, strict=True)]

"""Paragraphs and cells that were read before, in this document or in another filled from the same template.

Most paragraphs of a filled template are the template's own. In documents with the same styles, numbering and
theme, equal XML gives equal paragraphs and cells, so they are read once; only those that depend on their place in
the document (see is_tied) are read each time. Of a paragraph that differs from one that was read in its texts only,
the texts are put into what that one was read as.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from generator.pdf.docx.tree import CellMargins

if TYPE_CHECKING:
    from generator.pdf.docx.styles import Borders
    from generator.pdf.docx.tree import (
        Block,
        BorderLine,
        LineBreak,
        ParagraphFormat,
        RunFormat,
        Tab,
    )

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
_TEXTS: Final = re.compile(rb'(<w:t(?: xml:space="preserve")?>)([^<]*)(?=</w:t>)')


class ParagraphPattern(Struct, frozen=True):
    """Paragraphs that differ in their texts only.

    Attributes:
        mark: formatting of the paragraph mark.
        base: what its runs start from.
        steps: what stands in it, in order: a tab or a line break, or the formatting of a text.
    """

    format: ParagraphFormat
    mark: RunFormat
    base: RunFormat
    steps: tuple[RunFormat | Tab | LineBreak, ...]


_MARGINS: Final = CellMargins(0.0, 5.4, 0.0, 5.4)  # Word's own: 108 twips at the left and right


class TableSettings(Struct):
    """What a table's style and its own ``w:tblPr`` say."""

    lines: Borders = field(default_factory=dict)
    margins: CellMargins = _MARGINS
    share: float | None = None
    align: str = "left"
    indent: float = 0.0
    fixed: bool = False


class CellContent(Struct, frozen=True):
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


def cut_at_texts(xml: bytes) -> tuple[tuple[bytes, ...], list[bytes]] | None:
    """What a paragraph's XML holds around the texts of its ``w:t``, and these; None where they are not plain UTF-8 text.

    Each text follows a piece that ends with the start tag of its ``w:t``.
    """
    if b"&" in xml or b"\r" in xml:
        return None
    pieces = _TEXTS.split(xml)
    around = tuple(before + tag for before, tag in zip(pieces[::3], pieces[1::3], strict=False))
    return (*around, pieces[-1]), pieces[2::3]

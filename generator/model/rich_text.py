"""A text of more than plain paragraphs: lists, pictures and tables, as a chapter of a plan has them.

It is a ``str``: what it prints, a line a paragraph or a row of a table. So everything that counts, quotes or
searches a text takes it as any other; only the documents look at its blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, Self

from msgspec import Struct

Script = Literal["", "superscript", "subscript"]
Align = Literal["left", "center", "right"]
PictureFormat = Literal["png", "jpeg"]


class Run(Struct, frozen=True):
    """Characters of one look.

    Attributes:
        text: the characters; the title of what is missing where ``lacks`` is given.
        bold: whether they are bold.
        script: above or below the line.
        lacks: the path of a value that the data do not give and that would stand here.
    """

    text: str
    bold: bool = False
    script: Script = ""
    lacks: str = ""


Line = tuple[Run, ...]


class TextBlock(Struct, frozen=True):
    """A paragraph, or an item of a list.

    Attributes:
        runs: its characters.
        depth: 0 for a paragraph, from 1 for what stands in a list.
        marker: the number or bullet before it, as ``1.``; empty for a further paragraph of the same item.
    """

    runs: Line
    depth: int = 0
    marker: str = ""

    @property
    def text(self) -> str:
        """What it prints."""
        return f"{self.marker} {plain(self.runs)}" if self.marker else plain(self.runs)


class PictureBlock(Struct, frozen=True):
    """A picture with its caption below.

    Attributes:
        data: the file.
        format: what it is.
        width: in pixels.
        height: likewise.
        caption: the empty text for none.
        centimetres: how wide it is to be printed; None where ``share`` or its own size decides.
        share: of the text's width, 1 for all of it.
    """

    data: bytes
    format: PictureFormat
    width: int
    height: int
    caption: str = ""
    centimetres: float | None = None
    share: float | None = None

    @property
    def text(self) -> str:
        """What it prints beside the picture itself."""
        return self.caption


class TableCell(Struct, frozen=True):
    """A cell.

    Attributes:
        lines: its paragraphs.
        span: how many columns it takes.
        rows: how many rows.
    """

    lines: tuple[Line, ...]
    span: int = 1
    rows: int = 1

    @property
    def text(self) -> str:
        """What it prints."""
        return " ".join(plain(line) for line in self.lines)


class TableBlock(Struct, frozen=True):
    """A table with its caption above; its first row is the head, repeated on each page.

    Attributes:
        rows: from the top; a row leaves out the cells that those above it cover.
        aligns: of the columns.
        caption: the empty text for none.
    """

    rows: tuple[tuple[TableCell, ...], ...]
    aligns: tuple[Align, ...]
    caption: str = ""

    @property
    def text(self) -> str:
        """What it prints: the caption, then a line a row."""
        rows = ["\t".join(cell.text for cell in row) for row in self.rows]
        return "\n".join([*([self.caption] if self.caption else []), *rows])


Block = TextBlock | PictureBlock | TableBlock


def plain(line: Line) -> str:
    """The characters of a line; nothing for what is missing."""
    return "".join("" if run.lacks else run.text for run in line)


class RichText(str):
    """A text with its blocks.

    Attributes:
        blocks: from the top.
        kept: how a data file of its own gives the text, as ``{"text": …, "format": …}``: the files it needs under
            the names of ``files``.
        files: those files, by name.
    """

    blocks: tuple[Block, ...]
    kept: Mapping[str, str]
    files: Mapping[str, bytes]

    __slots__ = ("blocks", "files", "kept")

    def __new__(
        cls, blocks: tuple[Block, ...], kept: Mapping[str, str], files: Mapping[str, bytes] | None = None
    ) -> Self:
        """The text that the blocks print."""
        made = super().__new__(cls, "\n".join(filter(None, (block.text for block in blocks))))
        made.blocks, made.kept, made.files = blocks, kept, files or {}
        return made

    def __getnewargs__(self) -> tuple[tuple[Block, ...], Mapping[str, str], Mapping[str, bytes]]:  # type: ignore[override]
        """What a copy in another process is made from."""
        return self.blocks, self.kept, self.files

    @property
    def lacking(self) -> Iterator[Run]:
        """The values that the data do not give and that would stand in it."""
        for block in self.blocks:
            if isinstance(block, TableBlock):
                for row in block.rows:
                    yield from (run for cell in row for line in cell.lines for run in line if run.lacks)

"""A tree read from a document with marks around its values: without the marks, each run knows its values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from generator.base.ooxml.value_marks import VALUE_MARKS
from generator.pdf.docx.tree import Drawing, Paragraph, Table, TextRun

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.pdf.docx.tree import Block, Cell, Inline, MarginText, Shape, WordDocument


def with_values(document: WordDocument) -> WordDocument:
    """The document without marks; every run that shows values says which.

    Args:
        document: as it was read.
    """
    marks = _Marks()
    return replace(
        document,
        sections=tuple(
            replace(
                section,
                blocks=marks.blocks(section.blocks),
                headers=marks.margins(section.headers),
                footers=marks.margins(section.footers),
            )
            for section in document.sections
        ),
        footnotes={
            name: replace(note, blocks=marks.blocks(note.blocks)) for name, note in document.footnotes.items()
        },
    )


class _Marks:
    """Takes marks out; a value may go on from one run or paragraph to the next."""

    def __init__(self) -> None:
        self._open: list[str] = []

    def margins(self, margins: Mapping[str, MarginText]) -> dict[str, MarginText]:
        return {kind: replace(text, blocks=self.blocks(text.blocks)) for kind, text in margins.items()}

    def blocks(self, blocks: Iterable[Block]) -> tuple[Block, ...]:
        return tuple(self._block(block) for block in blocks)

    def _block(self, block: Block) -> Block:
        if isinstance(block, Paragraph):
            runs = tuple(run for item in block.runs for run in self._inline(item))
            return block if runs == block.runs else replace(block, runs=runs)
        if isinstance(block, Table):
            rows = tuple(
                replace(row, cells=tuple(self._cell(cell) for cell in row.cells)) for row in block.rows
            )
            return replace(block, rows=rows)
        return block

    def _shape(self, shape: Shape) -> Shape:
        text = shape.text
        return shape if text is None else replace(shape, text=replace(text, blocks=self.blocks(text.blocks)))

    def _cell(self, cell: Cell) -> Cell:
        return replace(cell, blocks=self.blocks(cell.blocks))

    def _inline(self, item: Inline) -> tuple[Inline, ...]:
        if isinstance(item, Drawing):
            return (replace(item, shapes=tuple(self._shape(shape) for shape in item.shapes)),)
        if not isinstance(item, TextRun):
            return (item,)
        pieces: list[str] = []
        values: list[tuple[int, int, str]] = []
        length = at = 0
        for found in (*VALUE_MARKS.finditer(item.text), None):
            text = item.text[at : found.start() if found else None]
            if text:
                if self._open and self._open[-1]:
                    values.append((length, length + len(text), self._open[-1]))
                pieces.append(text)
                length += len(text)
            if found is None:
                break
            at = found.end()
            if found[1] is not None:
                self._open.append(found[1])
            elif self._open:
                self._open.pop()
        if not values and length == len(item.text):
            return (item,)
        # A run of nothing but marks is none.
        return (replace(item, text="".join(pieces), values=tuple(values)),) if pieces else ()

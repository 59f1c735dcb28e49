"""Lists whose columns stand otherwise than in the template: put under the template's titles before they are read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from generator.returns.forms.document import Block, Cell, Paragraph, Row
from generator.returns.forms.folding import bare, fold, likeness
from generator.returns.forms.pattern import NUMBER_COLUMN, Pattern, label_of, rows_of

_SAME_TITLE: Final = 0.9
_ENOUGH: Final = 0.6
_TITLES_ELSEWHERE: Final = "表头在前一张表里，各栏和表样不同，这张表不一定也是"
_COUNTER: Final = re.compile(r"[(]?[0-9一二三四五六七八九十]{0,4}[).,]?")


class Head(Struct, frozen=True):
    """The titles above a list.

    Attributes:
        titles: folded, from left to right.
    """

    titles: tuple[str, ...]


class Remark(Struct, frozen=True):
    """What a document holds beyond its form, or otherwise than it.

    Attributes:
        place: where it stands.
        what: what it is, a Chinese clause.
        text: what stands there.
    """

    place: str
    what: str
    text: str


def heads_of(pattern: Pattern) -> list[Head]:
    """The title rows of a pattern's lists."""
    found = []
    rows = list(rows_of(pattern.items))
    for (row, loop), (below, _) in pairwise(rows):
        titles = tuple(label_of(cell) for cell in row.cells)
        if (
            loop is None
            and len(titles) > 1
            and not all(label_of(cell) for cell in below.cells)
            and all(titles)
            and below.table == row.table
            and len(below.cells) == len(row.cells)
        ):
            found.append(Head(titles))
    return found


class _Place(Struct):
    """Where a head's titles stand in a document's table: for each title the number of its cell, or None."""

    head: Head
    cells: tuple[Cell, ...]
    at: tuple[int | None, ...]

    @property
    def as_printed(self) -> bool:
        return self.at == tuple(range(len(self.cells))) and len(self.cells) == len(self.head.titles)

    @property
    def in_order(self) -> bool:
        """Whether the columns are the form's, whatever some titles say."""
        same = len(self.cells) == len(self.head.titles)
        return same and all(at is None or at == number for number, at in enumerate(self.at))


class Arranger(Struct):
    """Arranges the rows of lists as the template has them.

    Args:
        heads: the template's title rows.
        labels: the folded texts of all cells of print.

    Attributes:
        remarks: columns that the form does not have.
    """

    heads: list[Head]
    labels: frozenset[str]
    remarks: list[Remark] = field(default_factory=list)
    _seen: dict[Head, int] = field(default_factory=dict)

    def arranged(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """The blocks with their lists' rows in the template's columns; titles that are repeated are left out."""
        here: _Place | None = None
        table = titled = 0
        for block in blocks:
            if isinstance(block, Paragraph):
                yield block
                continue
            if here is not None and self._ends(here, block, new=block.table != table):
                here = None
            table = block.table
            place = self._place(block)
            if place is not None:
                again = here is not None and here.head == place.head
                here, titled = place, table
                if again and self._repeated(place.head):
                    continue
                self._seen[place.head] = self._seen.get(place.head, 0) + 1
                yield self._titles(place, block)
            elif here is None or (self._is_labelled(block) and not self._is_row_of(here, block)):
                yield block
            else:
                row = self._row(here, block)
                yield row if here.as_printed or table == titled else _doubted(row, _TITLES_ELSEWHERE)

    def _repeated(self, head: Head) -> bool:
        """Whether a head has been met as often as the template has it."""
        return self._seen.get(head, 0) >= self.heads.count(head)

    def _ends(self, place: _Place, row: Row, *, new: bool) -> bool:
        """Whether titles hold no longer: another table that does not go on from theirs, or other titles."""
        if new and (self._is_labelled(row) or len(row.cells) != len(place.cells)):
            return True
        said = [fold(cell.own).rstrip(":") for cell in row.cells if cell.own.strip()]
        return len(said) > 1 and all(text in self.labels for text in said)

    def _is_row_of(self, place: _Place, row: Row) -> bool:
        """Whether a row has its label in its first cell alone, and values under the other titles."""
        said = [fold(cell.own).rstrip(":") in self.labels for cell in row.cells]
        return len(row.cells) == len(place.cells) and not place.as_printed and said[0] and not any(said[1:])

    def _is_labelled(self, row: Row) -> bool:
        return len(row.cells) == 1 or any(
            fold(cell.own).rstrip(":") in self.labels for cell in row.cells if cell.own.strip()
        )

    def _place(self, row: Row) -> _Place | None:
        """The head that a row of a document is."""
        texts = [fold(cell.text) for cell in row.cells]
        best: _Place | None = None
        found = 0.0
        for head in self.heads:
            at: list[int | None] = []
            score = 0.0
            for title in head.titles:
                alike, number = max(
                    ((likeness(title, text), -at) for at, text in enumerate(texts)), default=(0.0, 0)
                )
                taken = alike >= _SAME_TITLE and -number not in at
                at.append(-number if taken else None)
                score += alike if taken else 0.0
            share = score / len(head.titles)
            if share > max(found, _ENOUGH - 1e-9) and sum(one is not None for one in at) > 1:
                best, found = _Place(head, row.cells, tuple(at)), share
        return best

    def _titles(self, place: _Place, row: Row) -> Row:
        if place.in_order:
            return row
        cells = [row.cells[at] if at is not None else Cell((), number) for number, at in enumerate(place.at)]
        for number, cell in enumerate(row.cells):
            if number not in place.at and fold(cell.text) not in NUMBER_COLUMN and cell.text.strip():
                self.remarks.append(Remark(cell.place, "表样没有的一栏", cell.text))
        return replace(row, cells=tuple(cells))

    def _row(self, place: _Place, row: Row) -> Row:
        if place.as_printed and len(row.cells) == len(place.cells):
            return row
        if place.in_order and len(row.cells) == len(place.cells):
            return replace(row, cells=tuple(self._doubted(place, row)))
        cells = []
        taken: set[int] = set()
        for number, at in enumerate(place.at):
            cell, indexes = self._under(place, row, at)
            taken.update(indexes)
            cells.append(replace(cell, column=number))
        for number, cell in enumerate(row.cells):
            text = fold(cell.own)
            if number not in taken and text and _COUNTER.fullmatch(text) is None:
                self.remarks.append(Remark(cell.place, "不在表样的任何一栏下面", cell.text))
        return replace(row, cells=tuple(cells))

    @staticmethod
    def _doubted(place: _Place, row: Row) -> Iterator[Cell]:
        for at, cell in zip(place.at, row.cells, strict=True):
            yield cell if at is not None else replace(cell, doubt="这一栏的标题与表样不同")

    def _under(self, place: _Place, row: Row, at: int | None) -> tuple[Cell, set[int]]:
        """The cell of a row that stands under a title, with the numbers of the cells that it is made of."""
        if at is None:
            return Cell(()), set()
        if len(row.cells) == len(place.cells):
            return row.cells[at], {at}
        title = place.cells[at]
        inside = [
            number
            for number, cell in enumerate(row.cells)
            if title.column <= cell.column < title.column + title.span
        ]
        over = next(
            (
                number
                for number, cell in enumerate(row.cells)
                if cell.column < title.column < cell.column + cell.span
            ),
            None,
        )
        if len(inside) == 1:
            cell = row.cells[inside[0]]
            end = title.column + title.span
            wide = cell.column + cell.span > end and any(
                other is not title and cell.column <= other.column < cell.column + cell.span
                for other in place.cells
            )
            doubt = "一格跨了几栏" if wide and cell.text.strip() else cell.doubt
            return replace(cell, doubt=doubt), set(inside)
        if inside:
            texts = [one for number in inside for one in row.cells[number].paragraphs]
            first = row.cells[inside[0]]
            filled = sum(1 for number in inside if row.cells[number].text.strip())
            doubt = "一栏分成了几格" if filled > 1 else ""
            return replace(first, paragraphs=tuple(texts), doubt=doubt), set(inside)
        return Cell((), place=row.cells[over].place if over is not None else ""), set()


def _doubted(row: Row, why: str) -> Row:
    return replace(row, cells=tuple(replace(cell, doubt=cell.doubt or why) for cell in row.cells))


def labels_of(pattern: Pattern) -> frozenset[str]:
    """The folded texts of all cells of print, two characters or more, a colon at their end aside."""
    found = set()
    for row, _ in rows_of(pattern.items):
        for cell in row.cells:
            label = label_of(cell)
            if len(bare(label)) > 1:
                found.add(label.rstrip(":"))
    return frozenset(found)

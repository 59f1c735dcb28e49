"""Where on paper everything of the print copy stands: sheets, their fronts and backs, blank backs put in.

GB/T 9704-2012 (7.1, 7.5): documents are printed on both sides, odd numbers stand outside at the right, even ones
outside at the left. So on paper an odd number belongs on a front.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from generator.pdf.engine import Heading

Sides = Literal["duplex", "simplex"]


class Kind(Enum):
    """What a bound part is."""

    FRONT = "front"
    DIVIDER = "divider"
    DOCUMENT = "document"
    ATTACHMENT = "attachment"


class Part(Struct, frozen=True):
    """Something bound into the print copy.

    Attributes:
        id: a document's, ``attachments.<item>`` for each file of a checklist item; others have none.
        title: in the outline.
        pdf: its pages.
        pages: how many.
        kind: what it is.
        headings: of the outline.
        labels: the number printed on each page, empty where none is; no labels where nothing is known of them.
        alone: pages, from 1, that share no sheet of paper with another one.
        foot: height of what is certainly free at the foot of each page, in points.
        file: the attachment's file name.
    """

    id: str
    title: str
    pdf: bytes
    pages: int
    kind: Kind = Kind.DOCUMENT
    headings: Sequence[Heading] = ()
    labels: tuple[str, ...] = ()
    alone: frozenset[int] = frozenset()
    foot: float = 0.0
    file: str = ""

    def label(self, page: int) -> str:
        """The number printed on a page, from 1; empty where none is."""
        return self.labels[page - 1] if page <= len(self.labels) else ""


class Spot(Struct, frozen=True):
    """Where a page stands in the print copy.

    Attributes:
        page: of ``packet.pdf``, from 1.
        sheet: of paper, from 1.
        back: whether it is the sheet's back.
    """

    page: int
    sheet: int
    back: bool


class Layout(Struct, frozen=True, dict=True):
    """The print copy as sheets of paper.

    Attributes:
        sides: printed on both sides, or on one.
        parts: what is bound, in order.
        pages: each page of the print copy: the number of its part, from 0, and its page there, from 1; None for a
            blank one.
    """

    sides: Sides
    parts: tuple[Part, ...]
    pages: tuple[tuple[int, int] | None, ...]

    @property
    def sheets(self) -> int:
        """How many sheets of paper."""
        return self._sheet(len(self.pages))

    def _sheet(self, page: int) -> int:
        return (page + 1) // 2 if self.sides == "duplex" else page

    @cached_property
    def _spots(self) -> dict[tuple[int, int], Spot]:
        return {
            own: Spot(page, self._sheet(page), self.sides == "duplex" and page % 2 == 0)
            for page, own in enumerate(self.pages, 1)
            if own is not None
        }

    def numbers(self, part_id: str) -> list[int]:
        """The parts of an id, by their numbers from 0."""
        return [number for number, part in enumerate(self.parts) if part.id == part_id]

    def spot(self, number: int, page: int) -> Spot:
        """Where a page of a part stands."""
        return self._spots[number, page]

    def first_page(self, part_id: str) -> int | None:
        """The page of the print copy on which something begins; None where it is not bound."""
        return next((self.spot(number, 1).page for number in self.numbers(part_id)), None)

    def sheets_of(self, number: int) -> range:
        """The sheets that a part takes, one after another."""
        first, last = self.spot(number, 1), self.spot(number, self.parts[number].pages)
        return range(first.sheet, last.sheet + 1)


def arranged(parts: Sequence[Part], sides: Sides) -> Layout:
    """Lay parts out on paper.

    On both sides, every part begins on a front; so does every page with an odd number of its own, so that the
    cover's back stays blank where page 1 follows; and a page that is to be alone has a blank back.

    Args:
        parts: in the order in which they are bound.
        sides: of the paper.
    """
    pages: list[tuple[int, int] | None] = []
    for number, part in enumerate(parts):
        numbered = any(label.isdecimal() for label in part.labels)
        before_alone = False
        for page in range(1, part.pages + 1):
            label = part.label(page)
            # A cover or a contents list in front of the numbered pages.
            alone = page in part.alone or (numbered and not label)
            front = page == 1 or alone or before_alone or (label.isdecimal() and int(label) % 2 == 1)
            if sides == "duplex" and front and len(pages) % 2:
                pages.append(None)
            pages.append((number, page))
            before_alone = alone
        if sides == "duplex" and len(pages) % 2:
            pages.append(None)
    return Layout(sides, tuple(parts), tuple(pages))


def spot_text(layout: Layout, spot: Spot) -> str:
    """Where a page stands in the set, as the sheets print it."""
    side = "" if layout.sides == "simplex" else "背面" if spot.back else "正面"
    return f"第 {spot.sheet} 张{side}"


def sheets_text(layout: Layout, part_id: str) -> str:
    """The sheets on which something stands, as 第 3—6 张; the empty text where it is not bound."""
    sheets = [sheet for number in layout.numbers(part_id) for sheet in layout.sheets_of(number)]
    return f"第 {'、'.join(_ranges(sheets))} 张" if sheets else ""


def labels_text(labels: Sequence[str]) -> str:
    """The numbers printed on pages, as 1—7; the empty text where none are."""
    numbers = [int(label) for label in labels if label.isdecimal()]
    return "、".join(_ranges(numbers)) or "、".join(filter(None, labels))


def _ranges(numbers: Sequence[int]) -> Iterator[str]:
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        several = [number for _, number in run]
        yield str(several[0]) if len(several) == 1 else f"{several[0]}—{several[-1]}"

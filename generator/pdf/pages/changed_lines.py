"""Which printed lines of one draft were not printed so in the other, by their text alone.

Two drafts are read line by line (a cell's line counts as one) and aligned with as few insertions and deletions as
there can be. Where a paragraph was broken into other lines its characters are aligned likewise, so that a line that
only begins elsewhere, or stands on another page, is not changed.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from rapidfuzz.distance import Indel

from generator.base.alignment import check_length, differing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.pdf.pages.drawn import Word

# A header's or footer's line stands this near to the upper or lower edge, in points (21 mm); page numbers may stand
# further in (GB/T 9704: 28 mm). Either is the uppermost or lowest line of its page.
_EDGE: Final = 60.0
_NUMBERED: Final = 95.0
_PAGE_NUMBER: Final = re.compile(r"[-—–·第]*([0-9]{1,4})(?:页?[/,，;；]?共?[0-9]+)?[-—–·页]*")
# Fewer characters alike in a row are no proof that a line was printed before.
_ALIKE: Final = 8
_SAME_PLACE: Final = 0.5
# So many lines alike at the top of a page are a heading; a single one may as well be text.
_HEADING: Final = 2


class Line(Struct, frozen=True):
    """A line, or a cell's line, and where it stands.

    Attributes:
        page: from 0.
        word: its text and box.
        key: its text without blanks.
    """

    page: int
    word: Word
    key: str


class Removal(Struct, frozen=True):
    """Where lines of the old draft are missing: below a line, or, where that is None, above one.

    Attributes:
        below: the line before; None at the beginning.
        above: the line after; None at the end.
        texts: what stood there.
    """

    below: Line | None
    above: Line | None
    texts: tuple[str, ...]


class ChangedLines(Struct, frozen=True):
    """What is not the same in the new draft.

    Attributes:
        lines: its lines that are new or say something else, in order.
        removals: where lines are missing.
    """

    lines: tuple[Line, ...]
    removals: tuple[Removal, ...]


def changed_lines(
    old: Sequence[Sequence[Word]],
    new: Sequence[Sequence[Word]],
    heights: tuple[Sequence[float], Sequence[float]],
) -> ChangedLines:
    """What is printed in the new draft and was not so in the old one.

    Page numbers are left out; another line in a page's header or footer is changed where no page of the old draft
    has it. Blanks do not count.

    Args:
        old: the old draft's pages, each its lines in reading order.
        new: the new one's.
        heights: of their pages, in points.

    Raises:
        TooLongError: too many lines differ.
    """
    (before, edges_before), (after, edges_after) = (
        _lines(pages, each) for pages, each in zip((old, new), heights, strict=True)
    )
    known = {each.key for each in edges_before}
    printed = {each.key for each in edges_after}
    marked = [each for each in edges_after if each.key not in known]
    removals: list[Removal] = []
    gone = tuple(dict.fromkeys(each.word.text for each in edges_before if each.key not in printed))
    if gone and not marked:
        removals.append(Removal(None, next(iter(after), None), gone))
    (before, _), (after, repeats) = _without_headings(before), _without_headings(after)
    blocks = list(differing([each.key for each in before], [each.key for each in after]))
    for at, (a, b, c, d) in enumerate(blocks):
        low = blocks[at - 1] if at else (0, 0, 0, 0)
        high = blocks[at + 1] if at + 1 < len(blocks) else (len(before), 0, len(after), 0)
        if a == b:
            start = _begin_of_row(after, c, d, (low[3], high[2]))
            fresh = after[start : start + d - c]
            marked += [] if _is_repeated(after, start, start + d - c) else fresh
        elif c == d:
            start = _begin_of_row(before, a, b, (low[1], high[0]))
            if not _is_repeated(before, start, start + b - a):
                here = c + start - a
                texts = tuple(each.word.text for each in before[start : start + b - a])
                removals.append(_removal(after, here, texts))
        else:
            lines, cuts = _changed(before[a:b], after[c:d])
            marked += lines
            removals += [_removal(after, c + here, (text,)) for here, text in cuts]
    told = set(marked)
    for line, first in repeats:
        if first in told:
            told.add(line)
            marked.append(line)
    return ChangedLines(
        tuple(sorted(marked, key=lambda one: (one.page, one.word.box[1], one.word.box[0]))), tuple(removals)
    )


def _removal(lines: Sequence[Line], at: int, texts: tuple[str, ...]) -> Removal:
    """What is missing before the line of that number."""
    return Removal(lines[at - 1] if at else None, lines[at] if at < len(lines) else None, texts)


def _lines(pages: Sequence[Sequence[Word]], heights: Sequence[float]) -> tuple[list[Line], list[Line]]:
    """The lines of the text, and those of headers and footers without page numbers."""
    body: list[Line] = []
    edges: list[Line] = []
    numbers: list[tuple[Line, int]] = []
    for number, (page, height) in enumerate(zip(pages, heights, strict=True)):
        outer = _outer(page)
        for word in page:
            line = Line(number, word, "".join(word.text.split()))
            off = min(word.box[3], height - word.box[1])
            found = _PAGE_NUMBER.fullmatch(line.key) if word in outer and off < _NUMBERED else None
            if found and [each for each in page if _in_line(each, word)] == [word]:
                numbers.append((line, int(found[1]) - number))
            else:
                (edges if word in outer and off < _EDGE else body).append(line)
    # A figure that happens to stand there does not count on with the pages.
    counted = Counter(start for _, start in numbers)
    edges += [line for line, start in numbers if counted[start] == 1]
    return body, edges


def _without_headings(lines: Sequence[Line]) -> tuple[list[Line], list[tuple[Line, Line]]]:
    """Lines without the headings that tables print again at the top of a page, and those, each with the first one.

    Else a row that comes to stand on the other side of a heading would be as much of a change as the heading.
    """
    places: dict[str, list[int]] = {}
    kept: list[Line] = []
    repeats: list[tuple[Line, Line]] = []
    at = 0
    while at < len(lines):
        top = at and lines[at - 1].page != lines[at].page
        first, length = -1, 0
        for start in places.get(lines[at].key, ()) if top else ():
            run = _run(lines, start, at)
            if run > length:
                first, length = start, run
        if length >= _HEADING:
            repeats += [(lines[at + each], lines[first + each]) for each in range(length)]
        else:
            length = 1
            kept.append(lines[at])
        for each in range(at, at + length):
            places.setdefault(lines[each].key, []).append(each)
        at += length
    return kept, repeats


def _run(lines: Sequence[Line], start: int, at: int) -> int:
    """How many lines of one page are the same, in the same places, as those from ``start`` on of an earlier page."""
    length = 0
    while (
        start + length < at
        and at + length < len(lines)
        and lines[at + length].page == lines[at].page
        and lines[start + length].page == lines[start].page
        and lines[start + length].key == lines[at + length].key
        and abs(lines[start + length].word.box[0] - lines[at + length].word.box[0]) < _SAME_PLACE
    ):
        length += 1
    return length


def _outer(page: Sequence[Word]) -> set[Word]:
    """What stands in the uppermost and in the lowest line of a page."""
    if not page:
        return set()
    first, last = min(page, key=lambda one: one.box[1]), max(page, key=lambda one: one.box[3])
    return {word for word in page if _in_line(word, first) or _in_line(word, last)}


def _in_line(one: Word, other: Word) -> bool:
    middle = (one.box[1] + one.box[3]) / 2
    return other.box[1] < middle < other.box[3]


def _begin_of_row(lines: Sequence[Line], start: int, end: int, limits: tuple[int, int]) -> int:
    """Where a stretch begins that is the same stretch, moved to where a row begins: of lines alike any may be meant.

    Args:
        lines: all.
        start: of the stretch.
        end: after the stretch.
        limits: between which lines it may stand.
    """
    starts = [start]
    while starts[-1] > limits[0] and lines[starts[-1] - 1].key == lines[end - start + starts[-1] - 1].key:
        starts.append(starts[-1] - 1)
    at = start
    while at + end - start < limits[1] and lines[at].key == lines[at + end - start].key:
        at += 1
        starts.append(at)
    return next((each for each in starts if _begins(lines, each)), start)


def _begins(lines: Sequence[Line], at: int) -> bool:
    if not at or lines[at - 1].page != lines[at].page:
        return True
    return not _in_line(lines[at].word, lines[at - 1].word)


def _changed(old: Sequence[Line], new: Sequence[Line]) -> tuple[list[Line], list[tuple[int, str]]]:
    """The lines of a stretch that are not made of one piece of the old one, and what is missing between the others.

    What is missing is given with the number of the line that it stood before.
    """
    one, two = ("".join(each.key for each in lines) for lines in (old, new))
    if one == two:
        return [], []
    check_length(one, two)
    steps = list(Indel.opcodes(one, two))
    kept = [
        (each.dest_start, each.dest_end)
        for each in steps
        if each.tag == "equal" and each.dest_end - each.dest_start >= _ALIKE
    ]
    starts = [0]
    for line in new:
        starts.append(starts[-1] + len(line.key))
    is_kept = [any(start <= at and end <= stop for start, stop in kept) for at, end in pairwise(starts)]
    found = [line for line, same in zip(new, is_kept, strict=True) if not same]
    cuts = []
    for each in steps:
        if each.tag == "delete" and each.dest_start in starts:
            at = starts.index(each.dest_start)
            if all(is_kept[max(at - 1, 0) : at + 1]):
                cuts.append((at, one[each.src_start : each.src_end]))
    return found, cuts


def _is_repeated(lines: Sequence[Line], start: int, end: int) -> bool:
    """Whether lines are a table's heading printed again at the top of a page."""
    page = lines[start].page
    if (start and lines[start - 1].page == page) or lines[end - 1].page != page:
        return False
    run = [(each.key, each.word.box[0]) for each in lines[start:end]]
    return any(
        lines[at].page < page
        and all(
            other.key == key and abs(other.word.box[0] - x) < _SAME_PLACE
            for other, (key, x) in zip(lines[at : at + len(run)], run, strict=True)
        )
        for at in range(start - len(run) + 1)
    )

"""Two drafts of a document as the new one's pages, with a bar in the margin beside each line that is not as it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from generator.base.alignment import TooLongError
from generator.errors import DataError, Place

if TYPE_CHECKING:
    from generator.pdf.fonts.faces import Faces
    from generator.pdf.pages.changed_lines import ChangedLines
    from generator.pdf.pages.drawn import PrintedPage
    from generator.pdf.pages.overlays import MarginMarks

_NOTE: Final = "左边画线处与旧稿不同，三角处删去了文字（比较时所加，不是文件内容，不供签署）"
# Bars of neighbouring lines are one, in points.
_NEAR: Final = 9.0


class Bars(Struct, frozen=True):
    """The new draft with bars.

    Attributes:
        pdf: the pages; None where no line differs, or where it could not be made.
        pages: the pages that bear a bar or a mark, from 1.
        lines: how many lines are new or say something else.
        removals: at how many places something is missing.
        problem: why there is none; empty where there is one or no line differs.
        note: what differs beside the text; empty where nothing does.
    """

    pdf: bytes | None = None
    pages: tuple[int, ...] = ()
    lines: int = 0
    removals: int = 0
    problem: str = ""
    note: str = ""


def bars(old: bytes, new: bytes, *, title: str, faces: Faces) -> Bars:
    """Two drafts as the new one with bars.

    Args:
        old: the PDF as it was.
        new: as it is; these bytes are not changed.
        title: the document's, for messages.
        faces: the note is drawn in its 宋体.

    Raises:
        DataError: one is no PDF that can be read.
    """
    from generator.pdf.pages.changed_lines import changed_lines
    from generator.pdf.pages.overlays import margin_marks

    if old == new:
        return Bars()
    before, after = (_printed(each, title) for each in (old, new))
    for name, pages in (("旧稿", before), ("新稿", after)):
        if not any(page.words for page in pages):
            return Bars(problem=f"{name}的 PDF 里读不出文字")
    try:
        found = changed_lines(
            [page.words for page in before],
            [page.words for page in after],
            ([page.height for page in before], [page.height for page in after]),
        )
    except TooLongError:
        return Bars(problem="两稿不同的行太多，没有逐行比")
    marks = dict(sorted(_marks(found, after)))
    if not marks:
        return Bars(note="文字逐行相同；不是同一个文件，图像和版面没有比")
    made = margin_marks(new, marks, _NOTE, faces)
    return Bars(made, tuple(at + 1 for at in marks), len(found.lines), len(found.removals))


def _printed(pdf: bytes, title: str) -> tuple[PrintedPage, ...]:
    import pypdfium2

    from generator.pdf.pages.drawn import printed

    try:
        return printed(pdf)
    except pypdfium2.PdfiumError:
        raise DataError("PDF 已损坏，读不出来", "换回生成时的材料包", Place(f"《{title}》")) from None


def _marks(found: ChangedLines, pages: Sequence[PrintedPage]) -> Iterator[tuple[int, MarginMarks]]:
    """What stands in the margin of each page that has any, by its number from 0."""
    from generator.pdf.pages.overlays import MarginMarks

    beside: dict[int, list[tuple[float, float]]] = {}
    for line in found.lines:
        _, top, _, bottom = line.word.box
        beside.setdefault(line.page, []).append((top, bottom))
    gaps: dict[int, list[float]] = {}
    for each in found.removals:
        if each.below is not None:
            gaps.setdefault(each.below.page, []).append(each.below.word.box[3])
        elif each.above is not None:
            gaps.setdefault(each.above.page, []).append(each.above.word.box[1])
    for number in {*beside, *gaps}:
        left = min(word.box[0] for word in pages[number].words)
        bars = tuple(_joined(beside.get(number, ())))
        yield number, MarginMarks(left, bars, tuple(dict.fromkeys(gaps.get(number, ()))))


def _joined(spans: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Spans with those that nearly touch made one."""
    last: tuple[float, float] | None = None
    for top, bottom in sorted(spans):
        if last is not None and top - last[1] < _NEAR:
            last = last[0], max(last[1], bottom)
            continue
        if last is not None:
            yield last
        last = top, bottom
    if last is not None:
        yield last

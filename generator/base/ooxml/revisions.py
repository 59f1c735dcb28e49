"""Tracked changes of a Word file, accepted: what Word's “accept all” leaves, without Word (ISO/IEC 29500-1, 17.13.5).

Where it cannot be told what Word would leave, what says something stays, and the doubt is told with its place:
whoever prints the file refuses it, whoever only reads it says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final

from lxml import etree
from msgspec import Struct, field

from generator.base.ooxml.regions import regions_of
from generator.base.ooxml.xml import MC, VAL, Element, W, columns, parse
from generator.errors import Place, ProgrammeError

_STORIES: Final = re.compile(r"word/(?:document\d*|header\d*|footer\d*|footnotes|endnotes)\.xml")
_TRACKED: Final = re.compile(
    rb"[<:](?:ins|del|moveFrom|moveTo|cellIns|cellDel|cellMerge|numberingChange|[a-zA-Z]+PrChange|tblGridChange"
    rb"|tblPrExChange|moveFromRangeStart|moveToRangeStart|customXml(?:Ins|Del|MoveFrom|MoveTo)RangeStart)[\s/>]"
)
_KEPT: Final = (W + "ins", W + "moveTo")
_GONE: Final = (W + "del", W + "moveFrom")
# How a thing was formatted before; accepted, it has the format that it has now.
_FORMER: Final = tuple(
    W + name
    for name in (
        "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblPrExChange", "trPrChange", "tcPrChange",
        "tblGridChange", "numberingChange",
    )
)  # fmt: skip
_CELLS: Final = (W + "cellIns", W + "cellDel", W + "cellMerge")
_RANGES: Final = tuple(
    W + kind + side
    for kind in (
        "moveFromRange", "moveToRange", "customXmlInsRange", "customXmlDelRange", "customXmlMoveFromRange",
        "customXmlMoveToRange",
    )
    for side in ("Start", "End")
)  # fmt: skip
_MARKERS: Final = {
    W + "bookmarkStart": W + "bookmarkEnd",
    W + "permStart": W + "permEnd",
    W + "commentRangeStart": W + "commentRangeEnd",
}
_ENDS: Final = {end: begin for begin, end in _MARKERS.items()}
# What may lie between two paragraphs and prints nothing.
_BETWEEN: Final = frozenset({*_MARKERS, *_ENDS, W + "proofErr"})
_PROPERTIES: Final = frozenset({W + "pPr", W + "rPr", W + "trPr", W + "tcPr", W + "tblPr", W + "numPr"})
_BLOCKS: Final = frozenset({W + "p", W + "tbl"})
_HOLDERS: Final = frozenset({W + "sdt", W + "sdtContent", W + "customXml", W + "smartTag"})
_SHOWN: Final = (
    W + "t", W + "tab", W + "br", W + "cr", W + "sym", W + "drawing", W + "pict", W + "object", W + "fldChar",
    W + "fldSimple", W + "footnoteReference", W + "endnoteReference", W + "noBreakHyphen", W + "ptab",
    "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath",
)  # fmt: skip


class Doubt(Struct, frozen=True):
    """A tracked change of which it cannot be told what accepting it leaves.

    Attributes:
        region: where it stands, as a person finds it in Word with the changes shown.
        what: what is in doubt, a Chinese clause without its stop.
    """

    region: str
    what: str

    def refusal(self, name: str) -> ProgrammeError:
        """The error for a file that is to be printed.

        Args:
            name: the file's name; empty where it has none.
        """
        return ProgrammeError(
            f"{self.region}的修订接受后是什么样子不能确定（{self.what}）",
            "用 Word 打开，在“审阅”里接受或拒绝这处修订后存盘",
            Place(name) if name else None,
        )


class Accepted(Struct, frozen=True):
    """A Word file's parts with all tracked changes accepted.

    Attributes:
        parts: by name; the very ones given where nothing was tracked.
        changes: how many tracked changes there were.
        doubts: where it cannot be told what is left; there whatever says something is still in the parts.
    """

    parts: dict[str, bytes]
    changes: int = 0
    doubts: tuple[Doubt, ...] = ()

    def or_refuse(self, name: str) -> dict[str, bytes]:
        """The parts, for printing.

        Args:
            name: the file's, for the error.

        Raises:
            ProgrammeError: something is in doubt.
        """
        for doubt in self.doubts:
            raise doubt.refusal(name)
        return self.parts


def accepted(parts: Mapping[str, bytes], name: str = "") -> Accepted:
    """A Word file with all tracked changes of its body, headers, footers and notes accepted.

    Args:
        parts: the package's parts by name.
        name: the file's, for errors.

    Raises:
        ProgrammeError: a part is not well-formed.
    """
    found = dict(parts)
    changes = 0
    doubts: list[Doubt] = []
    for part, content in parts.items():
        if not _STORIES.fullmatch(part) or _TRACKED.search(content) is None:
            continue
        story = _Story(parse(content, name))
        if not story.is_tracked:
            continue
        changes += story.changes
        story.accept()
        if story.doubts:
            regions = regions_of(content, part)
            for number, what in story.doubts:
                region = regions[number] if number < len(regions) else "文中"
                doubts.append(Doubt(region, what))
        found[part] = etree.tostring(story.root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return Accepted(found, changes, tuple(dict.fromkeys(doubts)))


class _Story(Struct):
    """One part while its changes are accepted.

    Attributes:
        root: the part.
        doubts: the number of a paragraph, in the part as it came, and what is in doubt there.
    """

    root: Element
    doubts: list[tuple[int, str]] = field(default_factory=list)
    _numbers: dict[Element, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._numbers = {paragraph: number for number, paragraph in enumerate(self.root.iter(W + "p"))}

    @property
    def changes(self) -> int:
        """How many elements say that something was changed; of two ways to write the same, one counts."""
        return sum(
            1
            for element in self.root.iter(*_KEPT, *_GONE, *_CELLS, *_FORMER)
            if next(element.iterancestors(MC + "Fallback"), None) is None
        )

    @property
    def is_tracked(self) -> bool:
        """Whether anything in it is of tracked changes."""
        return next(self.root.iter(*_KEPT, *_GONE, *_CELLS, *_FORMER, *_RANGES), None) is not None

    def doubt(self, element: Element, what: str) -> None:
        """Note a doubt at an element: in it, or in the paragraph around it."""
        here = next(chain(element.iter(W + "p"), element.iterancestors(W + "p")), None)
        self.doubts.append((self._numbers.get(here, len(self._numbers)), what))

    def accept(self) -> None:
        """Accept every change; what comes later relies on what came before."""
        self.moves()
        whole = _fields_are_whole(self.root)
        for element in list(self.root.iter(*_FORMER)):
            element.getparent().remove(element)
        self.deleted_text()
        self.rows()
        self.cells()
        self.inserted_text()
        for element in list(self.root.iter(*_RANGES)):
            element.getparent().remove(element)
        self.joined_paragraphs()
        if whole and not _fields_are_whole(self.root):
            self.doubts.append((len(self._numbers), "域（如目录、页码）只删去了一部分"))

    # -- text -------------------------------------------------------------------------------------------------

    def moves(self) -> None:
        """What was moved away has to come back somewhere: else it would be lost."""
        arrived = {element.get(W + "name") for element in self.root.iter(W + "moveToRangeStart")}
        for element in self.root.iter(W + "moveFromRangeStart"):
            if element.get(W + "name") not in arrived:
                self.doubt(_next_paragraph(element), "移走的文字没有移来的地方")

    def deleted_text(self) -> None:
        """Take out what was deleted or moved away, but for marks of rows, paragraphs and cells."""
        gone = [
            element
            for element in self.root.iter(*_GONE)
            if element.getparent() is not None and element.getparent().tag not in _PROPERTIES
        ]
        outer = [
            element for element in gone if not any(above.tag in _GONE for above in element.iterancestors())
        ]
        for element in outer:
            self.take_out(element)

    def take_out(self, element: Element) -> None:
        """Take an element out; an end of a bookmark stays where its other end is outside of the element."""
        parent = element.getparent()
        at = parent.index(element)
        for marker in self.half_outside(element):
            parent.insert(at, marker)
            at += 1
        parent.remove(element)

    def half_outside(self, element: Element) -> list[Element]:
        """The ends of bookmarks in an element whose other ends are outside of it."""
        ends: dict[tuple[str, str | None], list[Element]] = {}
        for marker in element.iter(*_MARKERS, *_ENDS):
            key = (_ENDS.get(marker.tag, marker.tag), marker.get(W + "id"))
            ends.setdefault(key, []).append(marker)
        return [markers[0] for markers in ends.values() if len(markers) == 1]

    def inserted_text(self) -> None:
        """Keep what was inserted or moved here, without the mark that it was."""
        for element in list(self.root.iter(*_KEPT)):
            parent = element.getparent()
            if parent.tag in _PROPERTIES:
                parent.remove(element)
                continue
            at = parent.index(element)
            parent[at : at + 1] = list(element)

    # -- tables -----------------------------------------------------------------------------------------------

    def rows(self) -> None:
        """Take out deleted rows, and tables of which no row is left."""
        for row in list(self.root.iter(W + "tr")):
            marks = row.findall(f"{W}trPr/{W}del")
            if not marks:
                continue
            if _says_something(row):
                self.doubt(row, "这一行标为删除，里面还有没有删去的文字")
            elif _is_gone_on_with(row):
                self.doubt(row, "删去的这一行里有纵向合并的格，合并的其余几行还在")
            else:
                self.take_out(row)
                continue
            for mark in marks:
                mark.getparent().remove(mark)
        for table in list(self.root.iter(W + "tbl")):
            if next(table.iter(W + "tr"), None) is None:
                self.take_out_block(table)

    def cells(self) -> None:
        """Take out deleted columns; a cell that is inserted or merged loses the mark that it was."""
        for mark in list(self.root.iter(W + "cellIns")):
            mark.getparent().remove(mark)
        for mark in list(self.root.iter(W + "cellMerge")):
            self.doubt(mark.getparent().getparent(), "格子的合并或拆分")
            mark.getparent().remove(mark)
        for table in list(self.root.iter(W + "tbl")):
            marks = [one for one in table.iter(W + "cellDel") if next(one.iterancestors(W + "tbl")) is table]
            if marks:
                self.columns(table, marks)

    def columns(self, table: Element, marks: list[Element]) -> None:
        """Take out the cells of a table that are marked, where they are whole columns."""
        cells = {mark.getparent().getparent(): None for mark in marks}
        for mark in marks:
            mark.getparent().remove(mark)
        rows = [_spans(row) for row in table.iter(W + "tr") if next(row.iterancestors(W + "tbl")) is table]
        gone = [[at for cell, span in row for at in span if cell in cells] for row in rows]
        live = next((cell for cell in cells if _says_something(cell)), None)
        if live is not None:
            self.doubt(live, "这一格标为删除，里面还有没有删去的文字")
        elif any(one != gone[0] for one in gone):
            self.doubt(next(iter(cells)), "只删去了一列里的几格")
        elif all(cell in cells for row in rows for cell, _ in row):
            self.take_out_block(table)
        else:
            for cell in cells:
                self.take_out(cell)
            grid = table.findall(f"{W}tblGrid/{W}gridCol")
            for at in gone[0]:
                if at < len(grid):
                    grid[at].getparent().remove(grid[at])

    def take_out_block(self, block: Element) -> None:
        """Take out a paragraph or table, and the content control around it where it holds nothing else."""
        parent = block.getparent()
        self.take_out(block)
        while parent.tag in _HOLDERS and next(parent.iter(*_BLOCKS), None) is None:
            above = parent.getparent()
            self.take_out(parent)
            parent = above

    # -- paragraphs -------------------------------------------------------------------------------------------

    def joined_paragraphs(self) -> None:
        """Join each paragraph whose end was deleted with the next one.

        From the last to the first, so that several in a row are each held against the one whose end is left.
        """
        for paragraph in reversed(list(self.root.iter(W + "p"))):
            mark = paragraph.find(f"{W}pPr/{W}rPr")
            gone = [child for child in mark if child.tag in _GONE] if mark is not None else []
            for child in gone:
                mark.remove(child)
            if gone:
                self.join(paragraph)

    def join(self, paragraph: Element) -> None:
        """Join a paragraph with the next one, whose format it then has (ISO/IEC 29500-1, 17.13.5.15).

        Whether Word holds to that is in doubt where the formats differ; of an empty paragraph nothing is left.
        Word keeps the last paragraph of a cell or body, and one that says something before a table.
        """
        between, following = _following(paragraph)
        empty = not _says_something(paragraph)
        held = paragraph.getparent().tag in _HOLDERS
        if paragraph.find(f"{W}pPr/{W}sectPr") is not None:
            self.doubt(paragraph, "删去了分节符")
        elif following is None and held and empty:
            self.take_out_block(paragraph)
        elif (following is None and held) or (
            following is not None and following.tag in _HOLDERS and not empty
        ):
            self.doubt(paragraph, "这一段并入内容控件里外的另一段")
        elif following is None or (following.tag != W + "p" and not empty):
            return
        elif following.tag == W + "p":
            if not empty and _format(paragraph) != _format(following):
                self.doubt(paragraph, "这一段并入格式不同的下一段")
            head = following.find(W + "pPr")
            at = 0 if head is None else following.index(head) + 1
            following[at:at] = [*(child for child in paragraph if child.tag != W + "pPr"), *between]
            paragraph.getparent().remove(paragraph)
        elif _is_table(_preceding(paragraph)) and _is_table(following):
            self.doubt(paragraph, "删去了两个表格之间的段落")
        else:
            for marker in [*paragraph.iter(*_MARKERS, *_ENDS)]:
                paragraph.addprevious(marker)
            paragraph.getparent().remove(paragraph)


def _next_paragraph(element: Element) -> Element:
    """The paragraph at or after an element that stands between paragraphs."""
    following = next((one for one in element.itersiblings() if one.tag in _BLOCKS), None)
    return element if following is None else following


def _says_something(element: Element) -> bool:
    return next(element.iter(*_SHOWN), None) is not None


def _spans(row: Element) -> list[tuple[Element, range]]:
    """A row's cells, each with the columns of the grid that it takes."""
    before = row.find(f"{W}trPr/{W}gridBefore")
    at = columns(before.get(VAL)) if before is not None else 0
    found = []
    for cell in row.iter(W + "tc"):
        if next(cell.iterancestors(W + "tr")) is not row:
            continue
        span = cell.find(f"{W}tcPr/{W}gridSpan")
        wide = max(1, columns(span.get(VAL), 1)) if span is not None else 1
        found.append((cell, range(at, at + wide)))
        at += wide
    return found


def _is_gone_on_with(row: Element) -> bool:
    """Whether a cell that is merged downwards begins in a row and goes on in the next, which stays."""
    begins = {span.start for cell, span in _spans(row) if _merge(cell) == "restart"}
    following = next(row.itersiblings(W + "tr"), None)
    if not begins or following is None:
        return False
    if following.find(f"{W}trPr/{W}del") is not None:
        return _is_gone_on_with_below(begins, following)
    return any(span.start in begins and _merge(cell) == "continue" for cell, span in _spans(following))


def _is_gone_on_with_below(begins: set[int], row: Element) -> bool:
    """The same for merged cells that go on over further deleted rows."""
    for below in chain((row,), row.itersiblings(W + "tr")):
        begins = {
            span.start for cell, span in _spans(below) if span.start in begins and _merge(cell) == "continue"
        }
        if not begins:
            return False
        if below.find(f"{W}trPr/{W}del") is None:
            return True
    return False


def _merge(cell: Element) -> str:
    """How a cell is merged with those below and above it; empty where it is not."""
    merge = cell.find(f"{W}tcPr/{W}vMerge")
    return "" if merge is None else merge.get(VAL, "continue")


def _format(paragraph: Element) -> bytes:
    """A paragraph's format, to compare: the look of its mark and its section are not part of it."""
    properties = paragraph.find(W + "pPr")
    children = (
        [] if properties is None else [one for one in properties if one.tag not in {W + "rPr", W + "sectPr"}]
    )
    return b"".join(sorted(etree.tostring(one, method="c14n") for one in children))


def _following(paragraph: Element) -> tuple[list[Element], Element | None]:
    """What of no print lies after a paragraph, and the paragraph or table after that; None where there is none."""
    between: list[Element] = []
    for sibling in paragraph.itersiblings():
        if sibling.tag in _BETWEEN:
            between.append(sibling)
        else:
            return between, None if sibling.tag == W + "sectPr" else sibling
    return between, None


def _preceding(paragraph: Element) -> Element | None:
    return next((one for one in paragraph.itersiblings(preceding=True) if one.tag not in _BETWEEN), None)


def _is_table(element: Element | None) -> bool:
    return element is not None and element.tag == W + "tbl"


def _fields_are_whole(root: Element) -> bool:
    """Whether every field that begins also ends, in order."""
    depth = 0
    for mark in _field_marks(root):
        depth += {"begin": 1, "end": -1}.get(mark.get(W + "fldCharType", ""), 0)
        if depth < 0:
            return False
    return depth == 0


def _field_marks(root: Element) -> Iterator[Element]:
    return (
        mark
        for mark in root.iter(W + "fldChar")
        if not any(above.tag == MC + "Fallback" for above in mark.iterancestors())
    )

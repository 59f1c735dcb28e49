"""A Word file as a person reads it: paragraphs and table rows in one sequence, revisions accepted, comments aside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct, field

from generator.base.ooxml.package import open_parts
from generator.base.ooxml.revisions import accepted
from generator.base.ooxml.text import stored_text
from generator.base.ooxml.xml import MC, VAL, Element, W, columns, is_on, main_part, parse
from generator.errors import ProgrammeError
from generator.pdf.docx.symbol_fonts import sign_of

_GONE: Final = frozenset(
    {
        MC + "Fallback",
        W + "rPr",
        W + "pPr",
        W + "instrText",
        W + "annotationRef",
        W + "footnoteReference",
        W + "sectPr",
    }
)
_HOLDERS: Final = frozenset({W + "smartTag", W + "customXml", W + "sdtContent"})
_BOX: Final = W + "txbxContent"


class Paragraph(Struct, frozen=True):
    """One paragraph that says something.

    Attributes:
        text: as it reads; line breaks and tabs are kept.
        place: where it stands, in words that a person finds in Word.
        above: the text of a cell merged down that goes on here.
    """

    text: str
    place: str
    above: bool = False


class Cell(Struct, frozen=True):
    """A table's cell.

    Attributes:
        paragraphs: those that say something; of a cell that goes on from the one above, that one's.
        column: where it begins in the grid.
        span: how many columns it takes.
        continued: whether it goes on from the cell above it.
        place: where it stands.
        doubt: why it may not stand under its title; empty where it does.
    """

    paragraphs: tuple[Paragraph, ...]
    column: int = 0
    span: int = 1
    continued: bool = False
    place: str = ""
    doubt: str = ""

    @property
    def text(self) -> str:
        """What it says, a paragraph a line."""
        return "\n".join(one.text for one in self.paragraphs)

    @property
    def own(self) -> str:
        """What it says itself, not the cell above it."""
        return "" if self.continued else self.text


class Row(Struct, frozen=True):
    """A table's row.

    Attributes:
        cells: from left to right.
        place: where it stands.
        table: the table's number, from 1.
    """

    cells: tuple[Cell, ...]
    place: str
    table: int

    @property
    def empty(self) -> bool:
        """Whether no cell says anything of its own."""
        return not any(cell.own.strip() for cell in self.cells)


Block = Paragraph | Row


class FilledForm(Struct, frozen=True):
    """A document to be read.

    Attributes:
        name: the file's name.
        blocks: its paragraphs and rows, those that say nothing left out.
        notices: what a person should know of how it was read, clauses without a full stop.
    """

    name: str
    blocks: tuple[Block, ...]
    notices: tuple[str, ...] = ()


def read_document(data: bytes, name: str) -> FilledForm:
    """A Word file's blocks.

    Args:
        data: the file's bytes.
        name: its name.

    Raises:
        ProgrammeError: it is no Word file, damaged, or larger than one may be.
    """
    settled = accepted(open_parts(data, name), name)
    parts = settled.parts
    root = parse(parts[main_part(parts)], name)
    body = root.find(W + "body")
    if body is None:
        raise ProgrammeError("Word 文件没有正文", "用 Word 打开并另存为 .docx 后重试")
    reader = _Reader()
    blocks = tuple(reader.blocks(body))
    notices = []
    if settled.changes:
        notices.append(f"{name} 里有 {settled.changes} 处修订，按“接受全部修订”读")
    notices += [
        f"{name} {doubt.region}的修订接受后是什么样子不能确定（{doubt.what}），请核对读出的内容"
        for doubt in settled.doubts
    ]
    if any(part.startswith("word/comments") for part in parts):
        notices.append(f"{name} 里的批注没有读")
    return FilledForm(name, blocks, tuple(notices))


class _Reader(Struct):
    """Numbers paragraphs, tables and rows as it goes down a document."""

    paragraphs: int = 0
    tables: int = 0
    boxes: list[Element] = field(default_factory=list)

    def blocks(self, body: Element) -> Iterator[Block]:
        for element in _children(body):
            if element.tag == W + "tbl":
                yield from self.table(element)
                continue
            self.paragraphs += 1
            place = f"第 {self.paragraphs} 段"
            text = self.text(element)
            if text.strip():
                yield Paragraph(text, place)
            yield from self.boxed(place)

    def boxed(self, place: str) -> Iterator[Paragraph]:
        """The text of boxes that hang at the paragraphs read last."""
        boxes, self.boxes = self.boxes, []
        for box in boxes:
            for one in box.iter(W + "p"):
                text = self.text(one)
                if text.strip():
                    yield Paragraph(text, f"{place}旁的文本框")

    def table(self, table: Element) -> Iterator[Block]:
        self.tables += 1
        number = self.tables
        above: dict[int, Cell] = {}
        for count, element in enumerate(_rows(table), 1):
            place = f"第 {number} 个表格第 {count} 行"
            row = Row(tuple(self.cells(element, place, above)), place, number)
            above = {**above, **{cell.column: cell for cell in row.cells}}
            if not row.empty:
                yield row
            yield from self.boxed(place)

    def cells(self, row: Element, place: str, above: dict[int, Cell]) -> Iterator[Cell]:
        before = row.find(f"{W}trPr/{W}gridBefore")
        column = columns(before.get(VAL)) if before is not None else 0
        for at, element in enumerate(_cells(row), 1):
            span, continued = _spans(element)
            here = f"{place}第 {at} 格"
            paragraphs = tuple(self.cell_paragraphs(element, here))
            goes_on = continued and not paragraphs
            if goes_on and column in above:
                paragraphs = tuple(
                    Paragraph(one.text, one.place, above=True) for one in above[column].paragraphs
                )
            yield Cell(paragraphs, column, span, goes_on, here)
            column += span

    def cell_paragraphs(self, cell: Element, place: str) -> Iterator[Paragraph]:
        for element in _children(cell):
            if element.tag == W + "tbl":
                for row in _rows(element):
                    texts = [" ".join(self.text(one) for one in inner.iter(W + "p")) for inner in _cells(row)]
                    if "".join(texts).strip():
                        yield Paragraph("\t".join(texts), place)
                continue
            text = self.text(element)
            if text.strip():
                yield Paragraph(text, place)

    def text(self, paragraph: Element) -> str:
        pieces: list[str] = []
        self._collect(paragraph, pieces)
        return "".join(pieces)

    def _collect(self, element: Element, pieces: list[str]) -> None:
        for child in element:
            tag = child.tag
            if tag in _GONE:
                continue
            if tag == _BOX:
                self.boxes.append(child)
            elif tag == W + "t":
                pieces.append(stored_text(child))
            elif tag in {W + "br", W + "cr"}:
                if child.get(W + "type") in {None, "textWrapping"}:
                    pieces.append("\n")
            elif tag == W + "tab":
                pieces.append("\t")
            elif tag == W + "noBreakHyphen":
                pieces.append("-")
            elif tag == W + "sym":
                pieces.append(_symbol(child))
            elif tag == W + "r" and _hidden(child):
                continue
            else:
                self._collect(child, pieces)


def _hidden(run: Element) -> bool:
    vanish = run.find(f"{W}rPr/{W}vanish")
    return vanish is not None and is_on(vanish)


def _symbol(element: Element) -> str:
    try:
        char = chr(int(element.get(W + "char", ""), 16))
    except (ValueError, OverflowError):
        return "\ufffd"
    return sign_of(element.get(W + "font"), char) or "\ufffd"


def _children(element: Element) -> Iterator[Element]:
    """The paragraphs and tables in an element, content controls looked through."""
    for child in element:
        if child.tag in {W + "p", W + "tbl"}:
            yield child
        elif child.tag == W + "sdt" or child.tag in _HOLDERS:
            yield from _children(child)


def _rows(table: Element) -> Iterator[Element]:
    for child in table:
        if child.tag == W + "tr":
            yield child
        elif child.tag == W + "sdt" or child.tag in _HOLDERS:
            yield from _rows(child)


def _cells(row: Element) -> Iterator[Element]:
    for child in row:
        if child.tag == W + "tc":
            yield child
        elif child.tag == W + "sdt" or child.tag in _HOLDERS:
            yield from _cells(child)


def _spans(cell: Element) -> tuple[int, bool]:
    """How many columns a cell takes, and whether it goes on from the one above."""
    span = cell.find(f"{W}tcPr/{W}gridSpan")
    merged = cell.find(f"{W}tcPr/{W}vMerge")
    continued = merged is not None and merged.get(VAL, "continue") != "restart"
    return (columns(span.get(VAL), 1) or 1) if span is not None else 1, continued

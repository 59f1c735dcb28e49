"""Reads a Word document into its tree (generator/pdf/docx/tree.py), and checks it by an independent count.

What a document may hold is a closed list (docs/docx-subset.md): everything else is refused by name and place, so
that no text is lost silently. Text extracted by separate code (base/ooxml) must be the same as the tree's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from generator.base.ooxml.text import docx_text
from generator.base.ooxml.unstored import Unstored, count_unstored
from generator.base.ooxml.xml import VAL, W, is_on, parse_word, refuse, twips
from generator.errors import ProgrammeError
from generator.pdf.docx.blocks import read_blocks
from generator.pdf.docx.numbering import UnsupportedNumberFormatError
from generator.pdf.docx.reading import Reading
from generator.pdf.docx.sections import SectionReader
from generator.pdf.docx.tree import (
    Block,
    Columns,
    Drawing,
    Footnote,
    Frame,
    PageField,
    Paragraph,
    Picture,
    Section,
    Table,
    TextRun,
    WordDocument,
    block_lists,
    blocks_within,
    document_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# As ``patterns`` of library.typ.
_PAGE_NUMBER_FORMATS: Final = frozenset(
    {
        "decimal",
        "lowerRoman",
        "upperRoman",
        "lowerLetter",
        "upperLetter",
        "numberInDash",
        "chineseCounting",
        "chineseCountingThousand",
        "japaneseCounting",
        "decimalEnclosedCircle",
        "decimalEnclosedCircleChinese",
    }
)
DEFAULT_TAB: Final = 36.0


def read_tree(parts: Mapping[str, bytes], file: str | None = None) -> WordDocument:
    """Read a document into its tree, and check that no text was lost on the way.

    Args:
        parts: the package's parts by name.
        file: the document's name, for errors.

    Raises:
        ProgrammeError: the document holds a construct that is not on the list, or text would be lost.
    """
    reading = Reading(parts, file)
    document = _read(reading)
    empty = _empty_contents(document)
    if empty:
        reading = Reading(parts, file, empty)
        document = _read(reading)
    found, expected = document_text(document), docx_text(parts, reading.root, reading.main.left_out)
    if found != expected:
        at = next((i for i, (a, b) in enumerate(zip(found, expected, strict=False)) if a != b), len(found))
        at = min(at, len(expected))
        near = expected[max(at - 10, 0) : at + 10].strip()
        raise refuse(f"“{near}”附近", "读取时会丢失或打乱的文字", file)
    _compare_unstored(document, count_unstored(parts, reading.root, reading.main.data), file)
    return document


class _Shown(Struct):
    """Counts of what is shown but not stored as text, as read into the tree; see Unstored."""

    numbers: int = 0
    symbols: int = 0
    pictures: int = 0
    form_fields: int = 0
    floating: int = 0
    frames: int = 0
    outlines: int = 0
    boxes: int = 0
    roles: set[str] = field(default_factory=set)

    def add(self, blocks: Iterable[Block]) -> None:
        """Count what stands in some blocks, those in cells among them."""
        for block in blocks:
            if isinstance(block, Paragraph):
                self.roles.update(block.opens)
                self.numbers += block.label is not None
                for item in block.runs:
                    if isinstance(item, TextRun):
                        self.symbols += len(item.stored or "")
                        self.form_fields += item.stored == ""
                    elif isinstance(item, Drawing):
                        self._add_drawing(item)
                    else:
                        self.pictures += isinstance(item, Picture)
            elif isinstance(block, Table):
                self.roles.update(block.opens)
                self.floating += block.placement is not None
                for row in block.rows:
                    for cell in row.cells:
                        self.roles.update(cell.opens)
                        self.add(cell.blocks)
            elif isinstance(block, Frame | Columns):
                self.frames += isinstance(block, Frame)
                self.add(block.blocks)

    def _add_drawing(self, drawing: Drawing) -> None:
        self.floating += drawing.placement is not None
        for shape in drawing.shapes:
            self.pictures += shape.picture is not None
            self.outlines += bool(shape.path)
            if shape.text is not None:
                self.boxes += 1
                self.add(shape.text.blocks)


def _compare_unstored(document: WordDocument, expected: Unstored, file: str | None) -> None:
    """Check that what is shown and not stored as text was found by an independent count as well.

    Raises:
        ProgrammeError: a difference, which is named.
    """
    shown = _Shown()
    for blocks in block_lists(document):
        shown.add(blocks)
    found = (
        ("自动编号", shown.numbers, expected.numbers, expected.numbers_at_most),
        ("符号字体的字符", shown.symbols, expected.symbols, shown.symbols),
        ("目录", len(document.contents) + document.stored_contents, expected.contents, expected.contents),
        ("图片", shown.pictures, expected.pictures, expected.pictures),
        ("图形", shown.outlines, expected.outlines, expected.outlines),
        ("文本框", shown.boxes, expected.boxes, expected.boxes),
        ("浮动的表格、图片或图形", shown.floating, expected.floating, expected.floating),
        ("图文框", shown.frames, expected.frames, expected.frames),
        ("窗体的复选框或列表", shown.form_fields, expected.form_fields, expected.form_fields),
        ("另起一页的节", len(document.sections), expected.sections, len(document.sections)),
        ("脚注", len(document.footnotes), expected.notes, expected.notes),
    )
    for name, count, least, most in found:
        if not least <= count <= most:
            raise refuse("文中", f"会丢失或多出的{name}（文件里有 {least} 处，读到 {count} 处）", file)
    lost = sorted(expected.roles - shown.roles)
    if lost:
        raise refuse("文中", f"读不到位置的签章书签 sign.{lost[0]}", file)


def _read(reading: Reading) -> WordDocument:
    body = reading.root.find(W + "body")
    if body is None:
        raise ProgrammeError("Word 文件没有正文", "用 Word 或 WPS 重新保存后再用")
    sections = SectionReader(reading).read(body)
    if reading.fields:
        raise refuse("正文末尾", f"没有结束标记的域 {reading.fields.outermost.kind}", reading.file)
    _check_page_numbers(reading, sections)
    even, tab = reading.setting("evenAndOddHeaders"), reading.setting("defaultTabStop")
    control = reading.setting("characterSpacingControl")
    return WordDocument(
        sections=sections,
        footnotes=_footnotes(reading),
        media=reading.media,
        even_odd=even is not None and is_on(even),
        tab=twips(tab.get(VAL), DEFAULT_TAB) if tab is not None else DEFAULT_TAB,
        contents=tuple(reading.contents),
        stored_contents=reading.stored_contents,
        compress=control is not None and control.get(VAL, "doNotCompress") != "doNotCompress",
    )


def _empty_contents(document: WordDocument) -> frozenset[int]:
    """The tables of contents that would list nothing if made anew: for them the text that Word stored is printed."""
    if not document.contents:
        return frozenset()
    texts = [
        block
        for section in document.sections
        for block in blocks_within(section.blocks)
        if isinstance(block, Paragraph)
        and any(isinstance(item, TextRun) and item.text.strip() for item in block.runs)
    ]
    return frozenset(one.number for one in document.contents if not any(map(one.lists, texts)))


def _check_page_numbers(reading: Reading, sections: Iterable[Section]) -> None:
    """Check that the numbers of pages are in a format that the engine knows, where they are printed."""
    for section in sections:
        margins = (*section.headers.values(), *section.footers.values())
        if section.number_format not in _PAGE_NUMBER_FORMATS and any(
            isinstance(item, PageField)
            for margin in margins
            for block in blocks_within(margin.blocks)
            if isinstance(block, Paragraph)
            for item in block.runs
        ):
            raise refuse("页眉或页脚", f"页码格式 {section.number_format}", reading.file)


def _footnotes(reading: Reading) -> dict[str, Footnote]:
    part = reading.by_kind.get("footnotes.xml")
    if part is None:
        return {}
    try:
        labels = dict(reading.notes.labels())
    except UnsupportedNumberFormatError as error:
        raise refuse("脚注", f"编号格式 {error}", reading.file) from error
    notes = {note.get(W + "id"): note for note in parse_word(reading.parts[part]).iter(W + "footnote")}
    found = {}
    reading.numbering.story = "notes"
    for count, (identity, label) in enumerate(labels.items(), 1):
        if identity in notes:
            reading.note, reading.note_label = identity, label
            blocks = read_blocks(reading, notes[identity], f"脚注 {count} ")
            found[identity] = Footnote(label, tuple(blocks))
    return found

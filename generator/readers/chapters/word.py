"""A chapter written in Word: body paragraphs, lists, tables and pictures, by the closed list of docs/docx-subset.md.

Faces, sizes, colours and slant are the document's own in which the chapter is printed; bold, upper and lower index,
numbers, merged cells and pictures are kept. What says something and would be lost is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from generator.base.characters import BadValueError
from generator.base.ooxml.active import without_active
from generator.base.ooxml.package import word_parts
from generator.base.ooxml.revisions import accepted
from generator.base.pictures import sound_picture
from generator.errors import LianhetiError
from generator.model.rich_text import (
    Align,
    Block,
    Line,
    PictureBlock,
    Run,
    Script,
    TableBlock,
    TableCell,
    TextBlock,
)
from generator.pdf.docx.reader import read_tree
from generator.pdf.docx.tree import (
    BookmarkStart,
    Cell,
    LineBreak,
    Paragraph,
    Picture,
    Tab,
    Table,
    TextRun,
    WordDocument,
    blocks_within,
)

_POINTS_PER_CM: Final = 72 / 2.54
_MOST_DEPTH: Final = 3
_CAPTIONS: Final = ("图", "表")
_LONGEST_CAPTION: Final = 60
_ALIGNS: Final[dict[str, Align]] = {"center": "center", "right": "right", "end": "right"}
_PLAIN: Final = "在 Word 里改成普通文字后再用"


class WordChapter(Struct, frozen=True):
    """What a Word file says.

    Attributes:
        blocks: its paragraphs, lists, tables and pictures.
        revisions: how many tracked changes were accepted.
    """

    blocks: tuple[Block, ...]
    revisions: int


def read_word(data: bytes, name: str) -> WordChapter:
    """What a Word file says.

    Args:
        data: the file.
        name: its name, for errors.

    Raises:
        BadValueError: it cannot be read, or holds something that is not on the list.
    """
    try:
        settled = accepted(without_active(word_parts(data, name), name), name)
        parts = settled.or_refuse(name)
        document = read_tree(parts, name)
    except LianhetiError as error:
        raise BadValueError(f"：{error.what}", error.remedy) from None
    _refuse_others(document)
    blocks = [block for section in document.sections for block in section.blocks]
    found: list[Block] = []
    for at, block in enumerate(blocks, 1):
        if isinstance(block, Paragraph):
            found += _paragraph(block, f"第 {at} 段", parts, document)
        elif isinstance(block, Table):
            found.append(_table(block, f"第 {at} 段处的表格"))
        elif type(block).__name__ == "Contents":
            raise BadValueError("里有目录", "删去目录，只留这一章的正文")
    found = _with_captions(found)
    if not found:
        raise BadValueError("里没有正文", "写上正文，或换一个文件")
    return WordChapter(tuple(found), settled.changes)


def _refuse_others(document: WordDocument) -> None:
    if document.footnotes:
        raise BadValueError("里有脚注", "把注释写进正文")
    for section in document.sections:
        for margin in (*section.headers.values(), *section.footers.values()):
            for block in blocks_within(margin.blocks):
                shown = _characters(block) if isinstance(block, Paragraph) else ""
                if shown.strip():
                    raise BadValueError(f"的页眉页脚里有文字“{shown.strip()[:20]}”", "删去页眉和页脚里的文字")


def _characters(paragraph: Paragraph) -> str:
    return "".join(run.text for run in paragraph.runs if isinstance(run, TextRun))


def _paragraph(
    paragraph: Paragraph, where: str, parts: dict[str, bytes], document: WordDocument
) -> Iterator[Block]:
    pictures = [run for run in paragraph.runs if isinstance(run, Picture)]
    if pictures:
        if _characters(paragraph).strip() or paragraph.label:
            raise BadValueError(f"{where}的图片旁边有文字", "图片单独占一段，前后的文字另起一段")
        for picture in pictures:
            yield _picture(picture, where, parts, document)
        return
    bold = paragraph.format.outline is not None
    depth, marker = 0, ""
    if paragraph.label is not None and paragraph.label.text.strip():
        marker = paragraph.label.text.strip()
        depth = min((paragraph.format.numbering or ("", 0))[1] + 1, _MOST_DEPTH)
    for line in _lines(paragraph, where, bold=bold):
        if line:
            yield TextBlock(line, depth, marker)
            marker = ""


def _lines(paragraph: Paragraph, where: str, *, bold: bool = False) -> Iterator[Line]:
    runs: list[Run] = []
    for item in paragraph.runs:
        if isinstance(item, LineBreak):
            yield tuple(runs)
            runs = []
        elif isinstance(item, Tab):
            raise BadValueError(f"{where}有制表符", "需要分列的用表格")
        elif isinstance(item, TextRun):
            if item.format.strike or item.format.highlight or item.format.underline not in {None, "none"}:
                raise BadValueError(f"{where}“{item.text[:15]}”有删除线、下划线或突出显示", _PLAIN)
            script: Script = {"super": "superscript", "sub": "subscript"}.get(item.format.script or "", "")  # type: ignore[assignment]
            run = Run(item.text, bold or item.format.bold, script)
            if runs and (runs[-1].bold, runs[-1].script) == (run.bold, run.script):
                runs[-1] = Run(runs[-1].text + run.text, run.bold, run.script)
            elif run.text:
                runs.append(run)
        elif not isinstance(item, BookmarkStart):
            raise BadValueError(f"{where}有域或脚注", _PLAIN)
    yield tuple(runs)


def _picture(picture: Picture, where: str, parts: dict[str, bytes], document: WordDocument) -> PictureBlock:
    try:
        sound = sound_picture(parts[document.media[picture.name]])
    except BadValueError as error:
        raise BadValueError(f"{where}的图片{error.what}", error.remedy) from None
    return PictureBlock(
        sound.data, sound.format, sound.width, sound.height, centimetres=picture.width / _POINTS_PER_CM
    )


def _table(table: Table, where: str) -> TableBlock:
    rows = tuple(tuple(_cell(cell, where) for cell in row.cells) for row in table.rows)
    aligns: list[Align] = ["left"] * len(table.columns)
    for row in table.rows[-1:]:
        for cell in row.cells:
            first = next((block for block in cell.blocks if isinstance(block, Paragraph)), None)
            aligns[cell.column] = _ALIGNS.get(first.format.align if first else "", "left")
    return TableBlock(rows, tuple(aligns))


def _cell(cell: Cell, where: str) -> TableCell:
    lines: list[Line] = []
    for block in cell.blocks:
        if not isinstance(block, Paragraph) or any(isinstance(run, Picture) for run in block.runs):
            raise BadValueError(f"{where}里有表格或图片", "移到表格外面")
        found = list(_lines(block, where))
        if block.label is not None and block.label.text.strip():
            found[0] = (Run(f"{block.label.text.strip()} "), *found[0])
        lines += found
    while len(lines) > 1 and not lines[-1]:
        lines.pop()
    return TableCell(tuple(lines), cell.span, cell.rowspan)


def _with_captions(blocks: list[Block]) -> list[Block]:
    """Captions put to their pictures and tables: a short paragraph that begins with 图 below, with 表 above."""
    found: list[Block] = []
    for block in blocks:
        last = found[-1] if found else None
        if isinstance(last, PictureBlock) and not last.caption and (caption := _caption(block, _CAPTIONS[0])):
            found[-1] = PictureBlock(
                last.data, last.format, last.width, last.height, caption, last.centimetres
            )
        elif isinstance(block, TableBlock) and last is not None and (caption := _caption(last, _CAPTIONS[1])):
            found[-1] = TableBlock(block.rows, block.aligns, caption)
        else:
            found.append(block)
    return found


def _caption(block: Block, begins: str) -> str:
    """The text of a short paragraph ``图 1 …`` or ``表 1 …``; empty for any other block."""
    if not isinstance(block, TextBlock) or block.depth or len(block.text) > _LONGEST_CAPTION:
        return ""
    text = block.text.strip()
    number = text.removeprefix(begins).lstrip()
    return text if text.startswith(begins) and number[:1].isdigit() else ""

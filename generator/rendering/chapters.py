"""The blocks of long texts put into a filled document: paragraphs, lists, tables and pictures.

A template prints such a text as any other, a paragraph a line. That paragraph's own properties are the pattern:
its style, its characters' faces and size stay; what a list, a caption or a cell needs else is written over them.
All of it is on the closed list of docs/docx-subset.md, so that both PDF engines take it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Final

from msgspec import Struct, field

from generator.errors import Place, ProgrammeError
from generator.model.rich_text import Line, PictureBlock, RichText, Run, TableBlock, TableCell, TextBlock
from generator.rendering.fixups import BOOKMARK
from generator.rendering.values import CHAPTER_CLOSE, CHAPTER_OPEN, MISSING_CLOSE, MISSING_OPEN

_NUMBER: Final = re.compile(f"{CHAPTER_OPEN}(\\d+){CHAPTER_CLOSE}")
_BEGIN: Final = re.compile(r"<w:p[ >]")
_PROPERTIES: Final = re.compile(r"<w:pPr>.*?</w:pPr>|<w:pPr/>", re.DOTALL)
_RUN_PROPERTIES: Final = re.compile(r"<w:r(?: [^>]*)?>\s*(<w:rPr>.*?</w:rPr>)", re.DOTALL)
_CHILD: Final = re.compile(r"<w:(\w+)(?:\s[^>]*)?(?:/>|>.*?</w:\1>)", re.DOTALL)
_BOOKMARKS: Final = re.compile(f"{BOOKMARK}[^{BOOKMARK}]*{BOOKMARK}")
_TEXT: Final = re.compile(r"<w:t(?: [^>]*)?>([^<]*)</w:t>")
_SECTION: Final = re.compile(r"<w:sectPr.*?</w:sectPr>", re.DOTALL)
_CELL_WIDTH: Final = re.compile(r'<w:tcW\b[^>]*w:w="(\d+)"')
# The order in which CT_PPr and CT_RPr have their children (ISO/IEC 29500-1, 17.3.1.26 and 17.3.2.28).
_PARAGRAPH_ORDER: Final = [
    "pStyle",
    "keepNext",
    "keepLines",
    "pageBreakBefore",
    "framePr",
    "widowControl",
    "numPr",
    "suppressLineNumbers",
    "pBdr",
    "shd",
    "tabs",
    "suppressAutoHyphens",
    "kinsoku",
    "wordWrap",
    "overflowPunct",
    "topLinePunct",
    "autoSpaceDE",
    "autoSpaceDN",
    "bidi",
    "adjustRightInd",
    "snapToGrid",
    "spacing",
    "ind",
    "contextualSpacing",
    "mirrorIndents",
    "suppressOverlap",
    "jc",
    "textDirection",
    "textAlignment",
    "textboxTightWrap",
    "outlineLvl",
    "divId",
    "cnfStyle",
    "rPr",
    "sectPr",
    "pPrChange",
]
_RUN_ORDER: Final = [
    "rStyle",
    "rFonts",
    "b",
    "bCs",
    "i",
    "iCs",
    "caps",
    "smallCaps",
    "strike",
    "dstrike",
    "outline",
    "shadow",
    "emboss",
    "imprint",
    "noProof",
    "snapToGrid",
    "vanish",
    "webHidden",
    "color",
    "spacing",
    "w",
    "kern",
    "position",
    "sz",
    "szCs",
    "highlight",
    "u",
    "effect",
    "bdr",
    "shd",
    "fitText",
    "vertAlign",
    "rtl",
    "cs",
    "em",
    "lang",
    "eastAsianLayout",
    "specVanish",
    "oMath",
]
# In twentieths of a point.
_ITEM_INDENT, _HANGING = 900, 420
_CELL_PADDING: Final = 108
_LEAST_COLUMN: Final = 700
_A4_TEXT: Final = (8800, 12000)
# Half points.
_CELL_SIZE, _SMALL_CELL_SIZE, _CAPTION_SIZE = 24, 21, 24
_FEW_COLUMNS: Final = 5
# Characters beyond which a cell's text does not ask for a wider column.
_WIDE_ENOUGH: Final = 24
_EMU_PER_TWIP: Final = 635
_TWIPS_PER_CM: Final = 567.0
_TWIPS_PER_PIXEL: Final = 1440 / 150  # a picture that says nothing is printed at 150 dots an inch
_HIGHEST: Final = 0.8  # of the text's height: the caption and a line stand on the same page
_WIDE_CHARACTER: Final = 0x2E80
_RELATION: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
_NO_RELATIONS: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)
_TYPES: Final = "[Content_Types].xml"


def with_chapters(
    filled: Mapping[str, str], chapters: Sequence[RichText], parts: Mapping[str, bytes], name: str
) -> tuple[dict[str, str], dict[str, bytes]]:
    """Filled parts with the blocks of long texts in the place of their numbers.

    Args:
        filled: the filled parts by name, not yet put right.
        chapters: the texts by their numbers.
        parts: the template's own parts.
        name: the template's, for the error.

    Returns:
        The parts, and what belongs to their pictures: the files, relationships and content types.

    Raises:
        ProgrammeError: the template prints such a text where no blocks can stand.
    """
    media = _Media(parts)
    found = {part: _Part(part, xml, media, name).with_blocks(chapters) for part, xml in filled.items()}
    return found, media.parts()


class _Media(Struct):
    """The pictures of one document, and the parts in which they are named."""

    package: Mapping[str, bytes]
    files: dict[str, bytes] = field(default_factory=dict)
    relations: dict[str, dict[str, str]] = field(default_factory=dict)
    drawn: int = 0

    def relation(self, part: str, picture: PictureBlock) -> str:
        """The id by which a part names a picture."""
        file = f"media/chapter-{hashlib.sha256(picture.data).hexdigest()[:16]}.{picture.format}"
        self.files[f"word/{file}"] = picture.data
        known = self.relations.setdefault(part, {})
        return known.setdefault(file, f"rIdChapter{len(known) + 1}")

    def parts(self) -> dict[str, bytes]:
        """The files, and the changed relationships and content types."""
        if not self.files:
            return {}
        changed = dict(self.files)
        for part, known in self.relations.items():
            folder, _, name = part.rpartition("/")
            path = f"{folder}/_rels/{name}.rels"
            before = self.package[path].decode() if path in self.package else _NO_RELATIONS
            added = "".join(
                f'<Relationship Id="{identity}" Type="{_RELATION}" Target="{file}"/>'
                for file, identity in known.items()
            )
            before = re.sub(r"<Relationships([^>]*)/>", r"<Relationships\1></Relationships>", before)
            changed[path] = before.replace("</Relationships>", f"{added}</Relationships>").encode()
        types = self.package[_TYPES].decode()
        for suffix in ("png", "jpeg"):
            if any(file.endswith(f".{suffix}") for file in self.files) and not re.search(
                rf'<Default\b[^>]*Extension="{suffix}"', types
            ):
                default = f'<Default Extension="{suffix}" ContentType="image/{suffix}"/>'
                types = re.sub(r"(<Types\b[^>]*>)", rf"\1{default}", types, count=1)
        changed[_TYPES] = types.encode()
        return changed


class _Part(Struct):
    """One filled part."""

    name: str
    xml: str
    media: _Media
    template: str

    def with_blocks(self, chapters: Sequence[RichText]) -> str:
        """The part with the blocks of every number in it."""
        pieces: list[str] = []
        done = 0
        for found in _NUMBER.finditer(self.xml):
            begin = max((each.start() for each in _BEGIN.finditer(self.xml, done, found.start())), default=-1)
            end = self.xml.find("</w:p>", found.end())
            if begin < 0 or end < 0 or "</w:p>" in self.xml[begin : found.start()]:
                raise ProgrammeError(
                    "有图片、表格或列表的文字印在了排不下的地方",
                    "在模板里用 {%p for line in paragraphs(…) %} 逐段印，一段里只有 {{ line }}",
                    Place(self.template),
                )
            end += len("</w:p>")
            pattern = self.xml[begin:end]
            others = "".join(_TEXT.findall(_NUMBER.sub("", pattern))).strip()
            pieces.append(self.xml[done:begin])
            pieces.append(_NUMBER.sub("", pattern) if others else "".join(_BOOKMARKS.findall(pattern)))
            pieces += self._blocks(chapters[int(found[1])], _Pattern.of(pattern), begin)
            done = end
        return "".join([*pieces, self.xml[done:]])

    def _blocks(self, text: RichText, pattern: _Pattern, begin: int) -> Iterator[str]:
        width, height = self._room(begin)
        for block in text.blocks:
            if isinstance(block, TextBlock):
                yield pattern.text(block)
            elif isinstance(block, PictureBlock):
                across, high = _size(block, width, height)
                self.media.drawn += 1
                drawing = _drawing(
                    block, self.media.relation(self.name, block), self.media.drawn, across, high
                )
                yield pattern.picture(drawing, captioned=bool(block.caption))
                if block.caption:
                    yield pattern.caption(block.caption, above=False)
            else:
                if block.caption:
                    yield pattern.caption(block.caption, above=True)
                yield pattern.table(block, width)
                # Two tables without a paragraph between are one to Word, and a cell must end with a paragraph.
                yield _GAP

    def _room(self, at: int) -> tuple[int, int]:
        """The width and height, in twentieths of a point, that blocks have at a place."""
        section = _SECTION.search(self.xml, at)
        width, height = _A4_TEXT
        if section is not None:
            paper = _numbers(section[0], "pgSz")
            edges = _numbers(section[0], "pgMar")
            width = paper.get("w", 11906) - sum(edges.get(name, 0) for name in ("left", "right", "gutter"))
            height = paper.get("h", 16838) - edges.get("top", 1440) - edges.get("bottom", 1440)
        before = self.xml[:at]
        if before.count("<w:tbl>") > before.count("</w:tbl>"):
            cell = _CELL_WIDTH.search(before, before.rfind("<w:tc>"))
            width = int(cell[1]) - 2 * _CELL_PADDING if cell else width // 2
        return max(width, _LEAST_COLUMN), max(height, _LEAST_COLUMN)


def _numbers(section: str, name: str) -> dict[str, int]:
    found = re.search(rf"<w:{name}\b([^>]*)/?>", section)
    return {key: int(value) for key, value in re.findall(r'w:(\w+)="(\d+)"', found[1])} if found else {}


def _size(picture: PictureBlock, width: int, height: int) -> tuple[int, int]:
    """How large a picture is printed: as asked for, never wider than the text nor higher than fits on a page."""
    if picture.share is not None:
        across = picture.share * width
    elif picture.centimetres is not None:
        across = picture.centimetres * _TWIPS_PER_CM
    else:
        across = picture.width * _TWIPS_PER_PIXEL
    across = min(across, width, _HIGHEST * height * picture.width / picture.height)
    return max(round(across), 1), max(round(across * picture.height / picture.width), 1)


def _children(properties: str) -> dict[str, str]:
    inner = re.sub(r"^<w:\w+>|</w:\w+>$", "", properties)
    return {found[1]: found[0] for found in _CHILD.finditer(inner)}


def _ordered(tag: str, children: Mapping[str, str], order: Sequence[str]) -> str:
    known = "".join(children[name] for name in order if name in children)
    return f"<w:{tag}>{known}</w:{tag}>" if known else ""


class _Pattern(Struct, frozen=True):
    """What a paragraph looks like in which a long text is printed.

    Attributes:
        paragraph: its properties by name.
        run: those of its characters.
    """

    paragraph: Mapping[str, str]
    run: Mapping[str, str]

    @classmethod
    def of(cls, xml: str) -> _Pattern:
        """As a filled paragraph has it."""
        paragraph = _PROPERTIES.search(xml)
        own = _children(paragraph[0]) if paragraph else {}
        own.pop("sectPr", None)
        after = xml[paragraph.end() :] if paragraph else xml
        run = _RUN_PROPERTIES.search(after)
        return cls(own, _children(run[1]) if run else {})

    def _paragraph(self, content: str, **over: str) -> str:
        return f"<w:p>{_ordered('pPr', {**self.paragraph, **over}, _PARAGRAPH_ORDER)}{content}</w:p>"

    def _runs(self, line: Line, **over: str) -> str:
        return "".join(self._run(run, over) for run in line)

    def _run(self, run: Run, over: Mapping[str, str]) -> str:
        own = {**self.run, **over}
        if run.bold:
            own |= {"b": "<w:b/>", "bCs": "<w:bCs/>"}
        if run.script:
            own["vertAlign"] = f'<w:vertAlign w:val="{run.script}"/>'
        shown = escape(run.text, quote=False)
        text = f"{MISSING_OPEN}{shown}{MISSING_CLOSE}" if run.lacks else shown
        return f'<w:r>{_ordered("rPr", own, _RUN_ORDER)}<w:t xml:space="preserve">{text}</w:t></w:r>'

    def text(self, block: TextBlock) -> str:
        """A paragraph, or an item whose number hangs out to the left."""
        runs = self._runs(block.runs)
        if not block.depth:
            return self._paragraph(runs)
        left = _ITEM_INDENT + (block.depth - 1) * _HANGING
        indent = f'w:left="{left}" w:leftChars="0" w:right="0" w:rightChars="0"'
        if not block.marker:
            return self._paragraph(runs, ind=f'<w:ind {indent} w:firstLine="0" w:firstLineChars="0"/>')
        marker = self._runs((Run(block.marker),))
        tab = f"<w:r>{_ordered('rPr', self.run, _RUN_ORDER)}<w:tab/></w:r>"
        return self._paragraph(
            marker + tab + runs,
            tabs=f'<w:tabs><w:tab w:val="left" w:pos="{left}"/></w:tabs>',
            ind=f'<w:ind {indent} w:hanging="{_HANGING}" w:hangingChars="0"/>',
        )

    def _centred(self, content: str, *, keep: bool, before: int, after: int) -> str:
        return self._paragraph(
            content,
            **({"keepNext": "<w:keepNext/>"} if keep else {}),
            snapToGrid='<w:snapToGrid w:val="0"/>',
            spacing=_spacing(before, after),
            ind=_NO_INDENT,
            jc='<w:jc w:val="center"/>',
        )

    def picture(self, drawing: str, *, captioned: bool) -> str:
        """A picture in a paragraph of its own, kept to its caption."""
        return self._centred(
            f"<w:r>{drawing}</w:r>", keep=captioned, before=120, after=0 if captioned else 120
        )

    def caption(self, text: str, *, above: bool) -> str:
        """A caption; a table's is kept to the table below it."""
        runs = self._runs((Run(text),), **_sized(_CAPTION_SIZE))
        return self._centred(runs, keep=above, before=120 if above else 60, after=60 if above else 120)

    def table(self, table: TableBlock, width: int) -> str:
        """A table over the whole width, its first row a head that each page repeats."""
        widths = _widths(table, width)
        edges = "".join(
            f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        grid = "".join(f'<w:gridCol w:w="{each}"/>' for each in widths)
        margins = "".join(f'<w:{side} w:w="{_CELL_PADDING}" w:type="dxa"/>' for side in ("left", "right"))
        return (
            f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
            f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/>'
            f"<w:tblCellMar>{margins}</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
            f"{''.join(self._rows(table, widths))}</w:tbl>"
        )

    def _rows(self, table: TableBlock, widths: Sequence[int]) -> Iterator[str]:
        size = _CELL_SIZE if len(widths) <= _FEW_COLUMNS else _SMALL_CELL_SIZE
        covered: dict[int, tuple[int, int]] = {}  # by column: how many rows more, over how many columns
        for number, row in enumerate(table.rows):
            head = number == 0 and len(table.rows) > 1
            cells: list[str] = []
            column = 0
            waiting = list(row)
            while column < len(widths):
                if column in covered:
                    left, span = covered.pop(column)
                    cells.append(
                        _cell_xml("<w:p/>", widths[column : column + span], '<w:vMerge w:val="continue"/>')
                    )
                    if left > 1:
                        covered[column] = (left - 1, span)
                    column += span
                    continue
                cell = waiting.pop(0) if waiting else TableCell(((),))
                merge = '<w:vMerge w:val="restart"/>' if cell.rows > 1 else ""
                if cell.rows > 1:
                    covered[column] = (cell.rows - 1, cell.span)
                align = "center" if head else table.aligns[column]
                keep = head or number == len(table.rows) - 2
                inside = "".join(
                    self._cell_line(line, align, size, head=head, keep=keep) for line in cell.lines or ((),)
                )
                cells.append(_cell_xml(inside, widths[column : column + cell.span], merge))
                column += cell.span
            mark = "<w:tblHeader/>" if head else ""
            yield f'<w:tr><w:trPr><w:cantSplit/>{mark}<w:jc w:val="center"/></w:trPr>{"".join(cells)}</w:tr>'

    def _cell_line(self, line: Line, align: str, size: int, *, head: bool, keep: bool) -> str:
        over = _sized(size) | ({"b": "<w:b/>", "bCs": "<w:bCs/>"} if head else {})
        return self._paragraph(
            self._runs(line, **over),
            **({"keepNext": "<w:keepNext/>"} if keep else {}),
            snapToGrid='<w:snapToGrid w:val="0"/>',
            spacing=_spacing(40, 40),
            ind=_NO_INDENT,
            jc=f'<w:jc w:val="{align}"/>',
        )


_GAP: Final = (
    '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="160" w:lineRule="exact"/>'
    '<w:rPr><w:sz w:val="12"/></w:rPr></w:pPr></w:p>'
)
_NO_INDENT: Final = (
    '<w:ind w:left="0" w:leftChars="0" w:right="0" w:rightChars="0" w:firstLine="0" w:firstLineChars="0"/>'
)


def _spacing(before: int, after: int) -> str:
    return (
        f'<w:spacing w:before="{before}" w:beforeLines="0" w:after="{after}" w:afterLines="0" '
        'w:line="240" w:lineRule="auto"/>'
    )


def _sized(half_points: int) -> dict[str, str]:
    return {"sz": f'<w:sz w:val="{half_points}"/>', "szCs": f'<w:szCs w:val="{half_points}"/>'}


def _cell_xml(inside: str, widths: Sequence[int], merge: str) -> str:
    span = f'<w:gridSpan w:val="{len(widths)}"/>' if len(widths) > 1 else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{sum(widths)}" w:type="dxa"/>{span}{merge}<w:vAlign w:val="center"/></w:tcPr>'
        f"{inside}</w:tc>"
    )


def _widths(table: TableBlock, width: int) -> list[int]:
    """Widths that follow the columns' contents and fill the text's width."""
    asked = [2.0] * len(table.aligns)
    for row in table.rows:
        column = 0
        for cell in row:
            if cell.span == 1 and column < len(asked):
                longest = max((_length(line) for line in cell.lines), default=0)
                asked[column] = max(asked[column], min(longest, _WIDE_ENOUGH))
            column += cell.span
    least = min(_LEAST_COLUMN, width // len(asked))
    rest = width - least * len(asked)
    shares = [least + int(rest * each / sum(asked)) for each in asked]
    shares[-1] += width - sum(shares)
    return shares


def _length(line: Line) -> float:
    return sum(1.0 if ord(char) >= _WIDE_CHARACTER else 0.5 for run in line for char in run.text)


def _drawing(picture: PictureBlock, relation: str, number: int, across: int, high: int) -> str:
    from xml.sax.saxutils import quoteattr

    size = f'cx="{across * _EMU_PER_TWIP}" cy="{high * _EMU_PER_TWIP}"'
    label = quoteattr(picture.caption or f"图片 {number}")
    identity = 9000 + number
    return (
        '<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
        f'<wp:extent {size}/><wp:docPr id="{identity}" name="图片 {number}" descr={label}/>'
        '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
        '<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture">'
        f'<pic:nvPicPr><pic:cNvPr id="{identity}" name="图片 {number}"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{relation}" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/>'
        "<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing>"
    )

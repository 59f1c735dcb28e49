"""A Word document as it was read: sections, blocks and runs, all frozen; every measure is in points.

Paragraphs and runs hold their whole formatting, inheritance worked out. Equal formatting is equal by value, so it
serves as a key. What may stand in a document is a closed list (docs/docx-subset.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MARGIN_KINDS: Final = ("default", "first", "even")
DEFAULT_SIZE: Final = 10.0


# -- formatting ---------------------------------------------------------------------------------------------
# Formatting is a key for every run and cell of a document: its hash is worked out once.


class BorderLine(Struct, frozen=True, cache_hash=True):
    """A line along one side of a paragraph or cell.

    Attributes:
        width: in points.
        colour: six hexadecimal digits.
        dash: ``dotted`` or ``dashed``, None for a solid line.
    """

    width: float
    colour: str
    dash: str | None = None


class TabStop(Struct, frozen=True):
    """A tab stop: its distance from the left margin, and Word's names of its alignment and leader."""

    position: float
    align: str
    leader: str


class RunFormat(Struct, frozen=True, cache_hash=True):
    """How a run's characters look (``w:rPr``, with all that it inherits).

    Attributes:
        size: of the characters, in points.
        east_asian_face: the face of Chinese characters, as the document names it.
        latin_face: the face of Latin characters.
        symbol_face: the face of what is neither ASCII nor Chinese, where that is a symbol font.
        underline: Word's name of the line, None for none.
        colour: of the characters, six hexadecimal digits; None for automatic.
        highlight: the colour of a marker pen over the text.
        fill: the colour of the text's shading.
        spacing: added to each character's width, points.
        scale: of the characters' width, per cent.
        script: ``super`` or ``sub``.
        raised: how far above the line the text stands; negative below it.
        border: the line around the text.
        combined: the brackets around text that stands in two small lines in one; empty for none, None for plain text.
        fitted: a number that runs have in common that are spread over one width, and that width.
    """

    size: float = DEFAULT_SIZE
    east_asian_face: str | None = None
    latin_face: str | None = None
    symbol_face: str | None = None
    bold: bool = False
    italic: bool = False
    strike: bool = False
    hidden: bool = False
    underline: str | None = None
    colour: str | None = None
    highlight: str | None = None
    fill: str | None = None
    spacing: float = 0.0
    scale: float = 100.0
    script: str | None = None
    raised: float = 0.0
    border: BorderLine | None = None
    combined: str | None = None
    fitted: tuple[str, float] | None = None


class ParagraphFormat(Struct, frozen=True, cache_hash=True):
    """How a paragraph stands (``w:pPr``, with all that it inherits).

    Attributes:
        style: the id of its style.
        align: Word's name (``left``, ``both``, ``center``, ``right``, ``distribute``).
        left, right: indents; where the ``…_chars`` is not 0 it counts instead, in hundredths of a character.
        first: the first line's own indent, negative where it hangs out to the left.
        before, after: spacing; where the ``…_lines`` is not 0 it counts instead, in lines.
        line: with line_rule ``auto`` a multiple of the line, else points.
        outline: level of the heading, 1 for the highest; None for body text.
        borders: by side; a side of None has none.
        numbering: the list and the level it counts in, None for no list.
        cjk_latin_space: whether Chinese and Latin characters stand a little apart.
    """

    style: str | None = None
    align: str = "left"
    left: float = 0.0
    right: float = 0.0
    first: float = 0.0
    left_chars: float = 0.0
    right_chars: float = 0.0
    first_chars: float = 0.0
    before: float = 0.0
    after: float = 0.0
    before_lines: float = 0.0
    after_lines: float = 0.0
    line: float = 1.0
    line_rule: str = "auto"
    keep_next: bool = False
    keep_lines: bool = False
    page_break_before: bool = False
    widow_control: bool = True
    overflow_punctuation: bool = True
    contextual_spacing: bool = False
    snap_to_grid: bool = True
    tabs: tuple[TabStop, ...] = ()
    outline: int | None = None
    borders: tuple[tuple[str, BorderLine | None], ...] = ()
    fill: str | None = None
    numbering: tuple[str, int] | None = None
    cjk_latin_space: bool = True


# -- runs ---------------------------------------------------------------------------------------------------


class TextRun(Struct, frozen=True):
    """Text of one formatting.

    Attributes:
        text: what it shows.
        stored: what the document stores for it, where that differs: the letters of a symbol font.
        values: which pieces of it are values, each from one character to before another, with its path; only where
            the document was filled with marks (base/ooxml/value_marks.py).
    """

    text: str
    format: RunFormat
    stored: str | None = None
    values: tuple[tuple[int, int, str], ...] = ()


class Tab(Struct, frozen=True):
    """A tab."""

    format: RunFormat


class LineBreak(Struct, frozen=True):
    """A line break."""

    format: RunFormat


class PageField(Struct, frozen=True):
    """A field whose value is known once pages are.

    Attributes:
        kind: PAGE, NUMPAGES, SECTIONPAGES or PAGEREF.
        stored: what Word printed last.
        bookmark: what a PAGEREF refers to.
        number_format: Word's name, where the field asks for one.
    """

    kind: str
    stored: str
    format: RunFormat
    bookmark: str | None = None
    number_format: str | None = None


class Picture(Struct, frozen=True):
    """A picture in the line.

    Attributes:
        name: its name among the document's media.
        description: what it shows, in words.
        crop: the shares of the picture that are cut off at its top, right, bottom and left.
        turn: degrees by which it is turned to the right.
    """

    name: str
    width: float
    height: float
    description: str
    format: RunFormat
    crop: tuple[float, float, float, float] | None = None
    turn: float = 0.0


class FootnoteReference(Struct, frozen=True):
    """The place in the text of a footnote, which is named by its id."""

    note: str
    format: RunFormat


class NoteLabel(Struct, frozen=True):
    """A footnote's number as it is printed.

    Attributes:
        fixed: the number; empty where the text marks the note itself, None where it depends on the note's page.
        on_page: the numbers of the first, second … such note of a page.
    """

    fixed: str | None
    on_page: tuple[str, ...] = ()


class FootnoteNumber(Struct, frozen=True):
    """The number at the head of a footnote's own text."""

    note: str
    label: NoteLabel
    format: RunFormat


class BookmarkStart(Struct, frozen=True):
    """Where a bookmark begins, for page references to it."""

    name: str


class Placement(Struct, frozen=True):
    """Where something stands that floats over the page.

    Attributes:
        across_from: Word's name of what its place across the page counts from (``column``, ``margin``, ``page`` …).
        across: the distance from there to the right, or how it is aligned there (``left``, ``center``, ``right``).
        down_from: likewise down the page (``paragraph``, ``line``, ``margin``, ``page`` …).
        down: likewise (``top``, ``center``, ``bottom``).
        wrap: ``none`` where text runs on over or under it, ``beside`` where it stands beside it, ``below`` where it
            stands above and below it only.
        behind: whether it is drawn before the text.
        gaps: its distance from text beside it, at its top, right, bottom and left.
    """

    across_from: str
    across: float | str
    down_from: str
    down: float | str
    wrap: str = "none"
    behind: bool = False
    gaps: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


# A step of an outline: m(ove), l(ine), c(urve) with its two control points, z to close; in points.
PathStep = tuple[str | float, ...]


class TextBox(Struct, frozen=True):
    """The text in a shape.

    Attributes:
        margins: from the shape's sides to the text.
        valign: ``top``, ``horizon`` or ``bottom``.
        turn: as of a cell.
        own_width: whether the shape is as wide as its text.
    """

    blocks: tuple[Block, ...]
    margins: CellMargins
    valign: str = "top"
    turn: str | None = None
    own_width: bool = False


class Shape(Struct, frozen=True):
    """A part of a drawing: an outline, a picture, a text, or several of these.

    Attributes:
        x, y: its upper left corner in the drawing, before it is turned.
        turn: degrees by which it is turned to the right about its middle.
        mirrored: whether its outline is mirrored across, and down.
        path: its outline, from its upper left corner.
        fill: the colour within its outline.
        line: the line along its outline.
        heads: whether the line begins, and ends, with an arrow's head.
    """

    x: float
    y: float
    width: float
    height: float
    turn: float = 0.0
    mirrored: tuple[bool, bool] = (False, False)
    path: tuple[PathStep, ...] = ()
    fill: str | None = None
    line: BorderLine | None = None
    heads: tuple[bool, bool] = (False, False)
    picture: Picture | None = None
    text: TextBox | None = None


class Drawing(Struct, frozen=True):
    """Shapes, pictures and text boxes, in the line or floating over the page.

    Attributes:
        placement: None where it stands in the line, as a character.
        rule: whether it is a rule across the text, as wide as that whatever its own width.
    """

    width: float
    height: float
    shapes: tuple[Shape, ...]
    placement: Placement | None
    format: RunFormat
    rule: bool = False


Inline = (
    TextRun
    | Tab
    | LineBreak
    | PageField
    | Picture
    | Drawing
    | FootnoteReference
    | FootnoteNumber
    | BookmarkStart
)


# -- blocks -------------------------------------------------------------------------------------------------


class Label(Struct, frozen=True):
    """The number or bullet before a paragraph, and what follows it: ``tab``, ``space`` or ``nothing``."""

    text: str
    suffix: str
    format: RunFormat


class Paragraph(Struct, frozen=True):
    """A paragraph, or what stands of it on one side of a page break.

    Attributes:
        mark: formatting of the paragraph mark, which gives an empty paragraph its height.
        continues: whether it goes on from before a page break.
        ends_section: whether it is empty and only carries the end of a section.
        opens: the roles whose signature place begins here.
        closes: the roles whose signature place ends here.
    """

    format: ParagraphFormat
    mark: RunFormat
    runs: tuple[Inline, ...]
    label: Label | None = None
    continues: bool = False
    ends_section: bool = False
    opens: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()


class PageBreak(Struct, frozen=True):
    """A page break within text."""


class Contents(Struct, frozen=True):
    """A table of contents; the text that Word stored for it is replaced by entries made anew.

    Attributes:
        number: its place among the document's tables of contents.
        stored: the text that Word stored.
        first: the first level of headings that it lists.
        last: the last one, 0 where it lists no headings.
        styles: ids of further styles that it lists, each with its level.
        formats: paragraph and run formatting of each level, from 1.
    """

    number: int
    stored: str
    first: int
    last: int
    styles: tuple[tuple[str, int], ...]
    formats: tuple[tuple[ParagraphFormat, RunFormat], ...]

    def lists(self, paragraph: Paragraph) -> bool:
        """Whether it lists a paragraph, if that holds text."""
        outline = paragraph.format.outline
        listed = outline is not None and self.first <= outline <= self.last
        return listed or any(style == paragraph.format.style for style, _ in self.styles)


class CellMargins(Struct, frozen=True):
    """The space between a cell's sides and its text."""

    top: float
    right: float
    bottom: float
    left: float


class CellBorders(Struct, frozen=True):
    """The lines that show along a cell's sides, neighbours' and the table's own lines taken into account."""

    top: BorderLine | None
    right: BorderLine | None
    bottom: BorderLine | None
    left: BorderLine | None


class Cell(Struct, frozen=True):
    """A cell.

    Attributes:
        column: the first column of the grid that it takes, from 0.
        span: how many columns it takes.
        rowspan: how many rows.
        valign: ``top``, ``horizon`` or ``bottom``.
        turn: None for upright lines, ``stack`` for text that runs down the page, ``up`` for text turned left.
        opens: as of a paragraph.
        closes: as of a paragraph.
        falling: the line from its upper left to its lower right corner.
        rising: the line from its lower left to its upper right corner.
    """

    column: int
    span: int
    rowspan: int
    blocks: tuple[Block, ...]
    margins: CellMargins
    borders: CellBorders
    fill: str | None
    valign: str
    turn: str | None
    opens: tuple[str, ...]
    closes: tuple[str, ...]
    falling: BorderLine | None = None
    rising: BorderLine | None = None


class Row(Struct, frozen=True):
    """A row of a table.

    Attributes:
        height: as the document asks for, 0 where it does not.
        rule: ``auto``, ``atLeast`` or ``exact``.
        whole: whether it may not split at the end of a page.
        head: whether it is repeated at the head of each page.
    """

    height: float
    rule: str
    whole: bool
    head: bool
    cells: tuple[Cell, ...]


class Table(Struct, frozen=True):
    """A table.

    Attributes:
        columns: widths of the grid's columns.
        share: of the text's width that the table takes, where the document says so.
        align: ``left``, ``center`` or ``right``.
        indent: from the left margin.
        opens: as of a paragraph.
        closes: as of a paragraph.
        placement: None where it stands in the text.
    """

    columns: tuple[float, ...]
    share: float | None
    align: str
    indent: float
    rows: tuple[Row, ...]
    opens: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    placement: Placement | None = None


class Frame(Struct, frozen=True):
    """Paragraphs in a frame (``w:framePr``), which text runs around.

    Attributes:
        width: 0 where it is as wide as its text.
        height: that it has at least.
    """

    blocks: tuple[Block, ...]
    placement: Placement
    width: float
    height: float


class Columns(Struct, frozen=True):
    """Blocks that stand in columns, as tall as each other.

    Attributes:
        count: how many.
        gap: between two of them.
        lined: whether a line stands between two of them.
    """

    blocks: tuple[Block, ...]
    count: int
    gap: float
    lined: bool = False


Block = Paragraph | Table | PageBreak | Contents | Frame | Columns


# -- the document -------------------------------------------------------------------------------------------


class PageSetup(Struct, frozen=True):
    """A section's sheet.

    Attributes:
        grid: the distance of the lines of a document grid, 0 for none.
        top, right, bottom, left: the margins.
        header: from the sheet's upper edge to the header.
        footer: from the sheet's lower edge to the footer.
    """

    width: float
    height: float
    grid: float
    top: float
    right: float
    bottom: float
    left: float
    header: float
    footer: float


class PageFrame(Struct, frozen=True):
    """The lines around a page.

    Attributes:
        lines: by side; a side that has none is not named.
        space: of each of these lines from the text or from the edge of the sheet.
        from_edge: whether the space counts from the edge of the sheet.
        pages: Word's name of the pages that have it (``allPages``, ``firstPage``, ``notFirstPage``).
    """

    lines: tuple[tuple[str, BorderLine], ...]
    space: tuple[tuple[str, float], ...]
    from_edge: bool
    pages: str


class MarginText(Struct, frozen=True):
    """A header or footer, with the part of the package that holds it."""

    part: str
    blocks: tuple[Block, ...]


class Section(Struct, frozen=True):
    """A section.

    Attributes:
        first_number: of its pages; None where they count on.
        number_format: Word's name of the format of page numbers.
        title_page: whether its first page has a header and footer of its own.
        begins: Word's name of how it begins (``nextPage``, ``continuous``, ``oddPage``, ``evenPage``).
        headers: by kind (``default``, ``first``, ``even``).
        footers: likewise.
        valign: where its text stands between the margins: ``top``, ``center`` or ``bottom``.
        frame: the lines around its pages.
    """

    page: PageSetup
    first_number: int | None
    number_format: str
    title_page: bool
    begins: str
    headers: Mapping[str, MarginText]
    footers: Mapping[str, MarginText]
    blocks: tuple[Block, ...]
    valign: str = "top"
    frame: PageFrame | None = None


class Footnote(Struct, frozen=True):
    """A footnote."""

    label: NoteLabel
    blocks: tuple[Block, ...]


class WordDocument(Struct, frozen=True):
    """A document.

    Attributes:
        footnotes: the notes referred to, by id, in order.
        media: names of pictures, to the package's parts that hold them.
        even_odd: whether even pages have headers and footers of their own.
        tab: distance of the tab stops that nothing else sets.
        compress: whether Chinese marks that meet are drawn closer.
        contents: the tables of contents that are made anew.
        stored_contents: how many tables of contents are printed as Word stored them.
    """

    sections: tuple[Section, ...]
    footnotes: Mapping[str, Footnote]
    media: Mapping[str, str]
    even_odd: bool
    tab: float
    compress: bool
    contents: tuple[Contents, ...] = ()
    stored_contents: int = 0


# -- looking through a document -----------------------------------------------------------------------------


def document_text(document: WordDocument) -> str:
    r"""All text of a document, in the order of ``docx_text``: body, headers and footers, footnotes.

    Tabs count as ``\t``, breaks as ``\n``; ends of paragraphs and cells as nothing. What Word stored as a
    field's last result counts as the field's text.
    """
    pieces: list[str] = []
    for blocks in block_lists(document):
        _add_text(blocks, pieces)
    return "".join(pieces)


def document_characters(document: WordDocument) -> set[str]:
    """The characters that a document shows: with those of labels, and the signs of symbol fonts for their letters."""
    pieces: list[str] = []
    for blocks in block_lists(document):
        _add_text(blocks, pieces, shown=True)
    # Most pieces stand in a form more than once.
    return set("".join(set(pieces)))


def blocks_within(blocks: Iterable[Block]) -> Iterator[Block]:
    """Some blocks, and those in the cells of the tables, in frames, columns and text boxes among them."""
    for block in blocks:
        yield block
        for inner in _inner_blocks(block):
            yield from blocks_within(inner)


def text_boxes(paragraph: Paragraph) -> Iterator[TextBox]:
    """The texts in the shapes of a paragraph."""
    for item in paragraph.runs:
        if isinstance(item, Drawing):
            for shape in item.shapes:
                if shape.text is not None:
                    yield shape.text


def _inner_blocks(block: Block) -> Iterator[tuple[Block, ...]]:
    if isinstance(block, Table):
        for row in block.rows:
            for cell in row.cells:
                yield cell.blocks
    elif isinstance(block, Frame | Columns):
        yield block.blocks
    elif isinstance(block, Paragraph):
        for text in text_boxes(block):
            yield text.blocks


def run_formats(document: WordDocument) -> Iterator[RunFormat]:
    """The formatting of every run, paragraph mark, label and contents entry; each as often as it stands there."""
    for blocks in block_lists(document):
        yield from _formats(blocks)


def block_lists(document: WordDocument) -> Iterator[tuple[Block, ...]]:
    """The blocks of each section, header, footer and note, in the order of ``docx_text``; each header counts once."""
    for section in document.sections:
        yield section.blocks
    # Sections inherit headers and footers, so one can stand in several: each counts once.
    seen: set[str] = set()
    for section in document.sections:
        for margins in (section.headers, section.footers):
            for kind in MARGIN_KINDS:
                margin = margins.get(kind)
                if margin is not None and margin.part not in seen:
                    seen.add(margin.part)
                    yield margin.blocks
    for note in document.footnotes.values():
        yield note.blocks


def _add_text(blocks: Iterable[Block], pieces: list[str], *, shown: bool = False) -> None:
    for block in blocks:
        if isinstance(block, Paragraph):
            if shown and block.label is not None:
                pieces.append(block.label.text)
            for item in block.runs:
                if isinstance(item, TextRun):
                    pieces.append(item.text if shown or item.stored is None else item.stored)
                elif isinstance(item, PageField):
                    pieces.append(item.stored)
                elif isinstance(item, Tab):
                    pieces.append("\t")
                elif isinstance(item, LineBreak):
                    pieces.append("\n")
                elif isinstance(item, Drawing):
                    _add_drawn_text(item, pieces, shown=shown)
        elif isinstance(block, PageBreak):
            pieces.append("\n")
        elif isinstance(block, Contents):
            pieces.append(block.stored)
        else:
            for inner in _inner_blocks(block):
                _add_text(inner, pieces, shown=shown)


def _add_drawn_text(drawing: Drawing, pieces: list[str], *, shown: bool) -> None:
    for shape in drawing.shapes:
        if shape.text is not None:
            _add_text(shape.text.blocks, pieces, shown=shown)


def _formats(blocks: Iterable[Block]) -> Iterator[RunFormat]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.mark
            if block.label is not None:
                yield block.label.format
            for item in block.runs:
                if not isinstance(item, BookmarkStart):
                    yield item.format
        elif isinstance(block, Contents):
            for _, look in block.formats:
                yield look
        for inner in _inner_blocks(block):
            yield from _formats(inner)

"""What the engine is given: a document in which all that needs no measured text is decided.

All classes but Written are frozen; measures are points. Styles of runs, paragraphs and cells are referred to by their
numbers. Only generator/pdf/compose/source.py knows how Typst is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from generator.pdf.docx.tree import BorderLine, NoteLabel, PageSetup, PathStep, Placement, TabStop

if TYPE_CHECKING:
    from collections.abc import Mapping


# -- styles -------------------------------------------------------------------------------------------------


class RunStyle(Struct, frozen=True):
    """How text is drawn.

    Attributes:
        faces: the engine's names of the faces for Chinese characters; the first that has a character draws it.
        latin_face: the engine's name of the face for Latin characters.
        top: how far the line reaches above the baseline.
        bottom: how far it reaches below.
        weight: of the face's own bold, None for none.
        embolden: the stroke that stands for a bold that the face does not have.
        slanted: whether characters are slanted, where the face has no italic.
        fill: colour of the characters.
        underline: Word's name of the line.
        marked: colour behind the text.
        spacing: added to each character.
        shift: how far below the baseline it stands; negative above.
        scale: of the characters' width, per cent.
        border: the stroke around the text, None for none.
    """

    faces: tuple[str, ...]
    latin_face: str
    size: float
    top: float
    bottom: float
    weight: int | None = None
    embolden: float | None = None
    italic: bool = False
    slanted: bool = False
    fill: str | None = None
    underline: str | None = None
    marked: str | None = None
    spacing: float = 0.0
    strike: bool = False
    shift: float | None = None
    scale: float = 100.0
    border: int | None = None

    @property
    def is_decorated(self) -> bool:
        """Whether more is drawn than its glyphs."""
        lined = self.underline or self.strike or self.marked or self.border is not None
        return bool(lined or self.slanted or self.scale != 100.0)  # noqa: PLR2004 per cent


class ParagraphStyle(Struct, frozen=True):
    """How the lines of a paragraph stand.

    Attributes:
        first: indent of the first line beyond left.
        hang: how far all other lines are indented beyond left.
        align: ``left``, ``right``, ``center``, ``justify`` or ``distribute``.
        lines: strokes along its sides, by side; -1 for none.
        loose: whether a single line of it may stand alone at the head or foot of a page.
        tight: whether Chinese and Latin characters stand close.
    """

    left: float
    right: float
    first: float
    hang: float
    align: str
    tabs: tuple[TabStop, ...]
    fill: str | None = None
    lines: tuple[tuple[str, int], ...] = ()
    loose: bool = False
    tight: bool = False


class CellStyle(Struct, frozen=True):
    """How a cell is drawn; margins and strokes are those of its top, right, bottom and left, -1 for no stroke.

    Attributes:
        whole: whether it may not split at the end of a page.
    """

    margins: tuple[float, float, float, float]
    strokes: tuple[int, int, int, int]
    align: str
    valign: str
    whole: bool
    fill: str | None


class PrintedValue(Struct, frozen=True):
    """A value of the data that is printed at one place.

    Attributes:
        path: its path.
        before: how much of what is numbered as it stands before it, in points; negative where it begins before that.
        after: likewise after it.
    """

    path: str
    before: float = 0.0
    after: float = 0.0


# -- what stands in a line ----------------------------------------------------------------------------------


class StyledText(Struct, frozen=True):
    """Text in one style; for the two signs that it may hold see MARKS_APART and HANGING_MARK.

    Attributes:
        value: its number among the values that are printed; None where it is no value, or nobody asks.
    """

    style: int
    text: str
    value: int | None = None


class BreakableText(Struct, frozen=True):
    """Text with a Latin word that is wider than its line and may break anywhere; ``value`` as of StyledText."""

    style: int
    text: str
    value: int | None = None


class Leader(Struct, frozen=True):
    """What fills a line's free space: Word's name of a tab's leader."""

    style: int
    kind: str


class Blank(Struct, frozen=True):
    """A blank to write on, in pieces between which the line may break."""

    style: int
    widths: tuple[float, ...]


class TabMark(Struct, frozen=True):
    """A tab, whose stop the program finds by measuring."""

    style: int


class NewLine(Struct, frozen=True):
    """A line break."""

    style: int


class FieldMark(Struct, frozen=True):
    """A field that the program works out; as PageField."""

    kind: str
    style: int
    bookmark: str | None
    number_format: str | None


class PictureMark(Struct, frozen=True):
    """A picture in the line."""

    name: str
    width: float
    height: float
    description: str
    crop: tuple[float, float, float, float] | None = None
    turn: float = 0.0


class TwoLines(Struct, frozen=True):
    """Two lines of small text in one line, between brackets where there are any."""

    style: int
    upper: str
    lower: str
    brackets: str


class FittedText(Struct, frozen=True):
    """Text that is spread over a width, or made narrower to fit it; ``value`` as of StyledText."""

    style: int
    text: str
    width: float
    value: int | None = None


class DrawnTextBox(Struct, frozen=True):
    """The text in a shape.

    Attributes:
        insets: from the shape's sides to the text, at its top, right, bottom and left.
        own_width: whether the shape is as wide as its text.
    """

    content: tuple[DrawnBlock, ...] | DownText | UpText
    insets: tuple[float, float, float, float]
    valign: str
    own_width: bool


class DrawnShape(Struct, frozen=True):
    """A part of a drawing; as Shape of generator/pdf/docx/tree.py, the line by its stroke, -1 for none."""

    x: float
    y: float
    width: float
    height: float
    turn: float
    mirrored: tuple[bool, bool]
    path: tuple[PathStep, ...]
    fill: str | None
    stroke: int
    heads: tuple[bool, bool]
    picture: PictureMark | None
    text: DrawnTextBox | None


class DrawingMark(Struct, frozen=True):
    """A drawing in the line, or one that floats.

    Attributes:
        placement: None where it stands in the line.
        rule: whether it is as wide as the text, whatever its width.
    """

    width: float
    height: float
    shapes: tuple[DrawnShape, ...]
    placement: Placement | None
    rule: bool = False


class Anchor(Struct, frozen=True):
    """The place that a page reference names."""

    name: str


class NoteMark(Struct, frozen=True):
    """The number of a footnote; the note is drawn at the foot of the page."""

    style: int
    note: str


class NoteNumber(Struct, frozen=True):
    """The number at the head of a footnote that counts on its page."""

    style: int
    note: str


Piece = (
    StyledText
    | BreakableText
    | Leader
    | Blank
    | TabMark
    | NewLine
    | FieldMark
    | PictureMark
    | DrawingMark
    | TwoLines
    | FittedText
    | Anchor
    | NoteMark
    | NoteNumber
)


# -- blocks -------------------------------------------------------------------------------------------------


class HeadingMark(Struct, frozen=True):
    """A heading as the outline shows it: its level, its place in the list of headings, its title.

    A level of 0 is no heading, but text that a table of contents lists by its style.
    """

    level: int
    number: int
    title: str


class Written(Struct):
    """The code of something composed, once it is written: other documents may draw the very same."""

    code: str | None = None


class DrawnParagraph(Struct, frozen=True):
    """A paragraph.

    Attributes:
        above: the gap to what stands above.
        plain: whether all its pieces are text that is drawn as it is.
        height: of an empty paragraph.
        tabbed: whether it must be set by measuring.
        whole: whether it may not split at the end of a page.
        keep_next: whether it stays on the page of what follows.
        top_space: space at the head of a page or cell, where a gap would vanish.
        bottom_space: space at the end of a cell, likewise.
        floats: the drawings that float and are anchored here.
        gives_way: whether something may float near that its text must not run into.
        opens: the roles whose signature place begins at its upper left corner.
        closes: the roles whose signature place ends at its lower right corner.
        written: its code.
    """

    style: int
    pieces: tuple[Piece, ...]
    above: float
    plain: bool = False
    height: float | None = None
    tabbed: bool = False
    heading: HeadingMark | None = None
    whole: bool = False
    page_break_before: bool = False
    keep_next: bool = False
    opens: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    top_space: float | None = None
    bottom_space: float | None = None
    floats: tuple[DrawingMark, ...] = ()
    gives_way: bool = False
    written: Written | None = None

    @property
    def is_bare(self) -> bool:
        """Whether it is plain text and nothing else is said of it, so that a cell can draw it itself."""
        return (
            self.plain
            and self.above == 0.0
            and not (
                self.tabbed
                or self.whole
                or self.page_break_before
                or self.keep_next
                or self.opens
                or self.closes
                or self.heading is not None
                or self.height is not None
                or self.top_space is not None
                or self.bottom_space is not None
                or self.floats
                or self.gives_way
            )
        )


class DownText(Struct, frozen=True):
    """Text that runs down the page, in columns from the right: pieces that stand upright one under another."""

    columns: tuple[tuple[StyledText, ...], ...]


class UpText(Struct, frozen=True):
    """Blocks turned left by a quarter, with lines of a given length."""

    blocks: tuple[DrawnBlock, ...]
    length: float


class DrawnCell(Struct, frozen=True):
    """A cell.

    Attributes:
        measure: whether its row may not split but looks so tall that it must be measured whether it can be whole.
        content: its blocks; one bare paragraph where the cell draws that itself.
        opens: as of a paragraph.
        closes: as of a paragraph.
        falling: the stroke from its upper left to its lower right corner, -1 for none.
        rising: likewise the one from its lower left to its upper right corner.
        written: the code of its content, if that may be the same in other documents.
    """

    column: int
    row: int
    span: int
    rowspan: int
    measure: bool
    content: tuple[DrawnBlock, ...] | DrawnParagraph | DownText | UpText
    opens: tuple[str, ...]
    closes: tuple[str, ...]
    style: int
    falling: int = -1
    rising: int = -1
    written: Written | None = None


class DrawnTable(Struct, frozen=True):
    """A table.

    Attributes:
        heads: how many of its first rows are repeated at the head of each page.
        heights: the least height of each row.
        kept: rows that stay together, as the first of them and their number.
        above, whole, keep_next, opens, closes: as of a paragraph.
    """

    columns: tuple[float, ...]
    align: str
    indent: float
    heads: int
    heights: tuple[float, ...]
    cells: tuple[DrawnCell, ...]
    above: float
    whole: bool = False
    keep_next: bool = False
    kept: tuple[tuple[int, int], ...] = ()
    opens: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    gives_way: bool = False


class DrawnFloat(Struct, frozen=True):
    """Blocks that float: a frame or a table.

    Attributes:
        width: None where they are as wide as their text.
    """

    blocks: tuple[DrawnBlock, ...]
    placement: Placement
    width: float | None
    height: float


class GapTo(Struct, frozen=True):
    """Free space down to a place on the page, from the sheet's upper edge, if what follows would stand higher."""

    down: float


class DrawnColumns(Struct, frozen=True):
    """Blocks in columns, as tall as each other where they fit on a page."""

    blocks: tuple[DrawnBlock, ...]
    count: int
    gap: float
    lined: bool


class NewPage(Struct, frozen=True):
    """A page break."""


class BlankLine(Struct, frozen=True):
    """What a page break is in a cell."""


class DrawnContents(Struct, frozen=True):
    """A table of contents.

    Attributes:
        first: the first level of headings that it lists.
        last: the last one.
        by_style: ids of further styles that it lists, each with its level.
        styles: of each level the paragraph's style, the run's, and the gap above.
    """

    first: int
    last: int
    by_style: tuple[tuple[str, int], ...]
    styles: tuple[tuple[int, int, float], ...]


DrawnBlock = (
    DrawnParagraph | DrawnTable | NewPage | BlankLine | DrawnContents | DrawnFloat | GapTo | DrawnColumns
)


# -- the document -------------------------------------------------------------------------------------------


class ListedHeading(Struct, frozen=True):
    """A heading as contents lists and the outline show it.

    Attributes:
        level: 0 for what only a table of contents lists.
        title: its text with its number.
        style: the id of its style, where a table of contents lists that.
    """

    level: int
    title: str
    style: str | None


class DrawnSection(Struct, frozen=True):
    """A section; see Section of generator/pdf/docx/tree.py.

    Attributes:
        frame: the lines around its pages: their strokes, -1 for none, and how far they stand from the sheet's edges,
            each at the top, right, bottom and left; and Word's name of the pages that have them.
    """

    page: PageSetup
    first_number: int | None
    number_format: str
    title_page: bool
    begins: str
    headers: Mapping[str, tuple[DrawnBlock, ...]]
    footers: Mapping[str, tuple[DrawnBlock, ...]]
    blocks: tuple[DrawnBlock, ...]
    valign: str = "top"
    frame: tuple[tuple[int, ...], tuple[float, ...], str] | None = None


class DrawnNote(Struct, frozen=True):
    """A footnote; see Footnote of generator/pdf/docx/tree.py."""

    label: NoteLabel
    blocks: tuple[DrawnBlock, ...]


class DrawnDocument(Struct, frozen=True):
    """The whole document; its styles and strokes by their numbers, in the order of use; a heading's is its place."""

    title: str
    author: str
    keyword: str
    tab: float
    even_odd: bool
    run_styles: Mapping[int, RunStyle]
    paragraph_styles: Mapping[int, ParagraphStyle]
    cell_styles: Mapping[int, CellStyle]
    strokes: Mapping[int, BorderLine]
    headings: tuple[ListedHeading, ...]
    sections: tuple[DrawnSection, ...]
    notes: Mapping[str, DrawnNote]

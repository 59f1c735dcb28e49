"""Decides what the Typst program draws, from a document's tree and the machine's faces.

Everything that needs no measured text is decided here: which face draws a run, the height of its lines, the gaps
between paragraphs, the widths of columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from generator.pdf.compose.drawing import (
    BlankLine,
    DrawnBlock,
    DrawnColumns,
    DrawnContents,
    DrawnDocument,
    DrawnNote,
    DrawnParagraph,
    DrawnSection,
    GapTo,
    NewPage,
)
from generator.pdf.compose.floats import (
    FloatingTable,
    Settled,
    compose_float,
    giving_way,
    settled,
)
from generator.pdf.compose.heights import Room, share_of_page, share_of_rows
from generator.pdf.compose.paragraphs import compose_paragraph
from generator.pdf.compose.styles import KnownStyles, StyleBook, space_after, space_before
from generator.pdf.compose.tables import compose_table, keeps_next
from generator.pdf.docx.tree import (
    Block,
    Columns,
    Contents,
    Frame,
    PageBreak,
    Paragraph,
    Table,
    document_characters,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.pdf.compose.drawing import PrintedValue
    from generator.pdf.docx.tree import (
        MarginText,
        PageFrame,
        PageSetup,
        ParagraphFormat,
        Section,
        WordDocument,
    )
    from generator.pdf.fonts.face_cache import Face
    from generator.pdf.fonts.faces import Faces

_LONGEST_CHAIN: Final = (
    0.6  # of a page: a chain of paragraphs kept with the next that looks taller than this may break
)
_MOST_KINDS: Final = 8
_NOTES_HEIGHT: Final = 800.0  # points: more than a footnote ever takes


class Composition(Struct, frozen=True):
    """What the Typst program draws, and what it cannot know.

    Attributes:
        document: what it draws.
        warnings: in Chinese.
        foot: height of the strip at the foot of every page in which nothing is drawn, in points.
        values: each value that is numbered among the pieces.
    """

    document: DrawnDocument
    warnings: tuple[str, ...]
    foot: float
    values: tuple[PrintedValue, ...] = ()


class Composer:
    """Composes documents; what it has made of paragraphs and cells that several of them share is kept.

    Args:
        faces: the machine's faces.
        families: the engine's name for each face.
    """

    def __init__(self, faces: Faces, families: Mapping[Face, str]) -> None:
        self._faces = faces
        self._families = families
        self._known: dict[tuple[bool, frozenset[str], float], KnownStyles] = {}

    def compose(self, document: WordDocument, *, title: str, author: str, keyword: str = "") -> Composition:
        """Make what the Typst program draws of a document.

        Args:
            document: from read_tree.
            title: the document's title, for its metadata.
            author: its author.
            keyword: its keyword; none where empty.
        """
        listed = frozenset(style for contents in document.contents for style, _ in contents.styles)
        kind = (document.compress, listed, document.tab)
        known = self._known.get(kind)
        if known is None or known.is_full:
            if len(self._known) >= _MOST_KINDS:
                self._known.clear()
            known = self._known[kind] = KnownStyles(self._faces, self._families)
        book = StyleBook(known, compress=document.compress, listed_styles=listed)
        return _compose(book, document, title=title, author=author, keyword=keyword)


def _compose(
    book: StyleBook, document: WordDocument, *, title: str, author: str, keyword: str
) -> Composition:
    warnings = book.look_over(document_characters(document) | set(title))
    if document.stored_contents:
        kinds = "图表目录、不带页码的目录，或没有标题可列的目录"
        warnings += (
            f"有 {document.stored_contents} 处目录（{kinds}）按 Word 文件中存的内容打印，请核对其中的页码",
        )
    sections = tuple(_compose_section(book, section) for section in document.sections)
    notes_room = Room(sections[0].page.width, _NOTES_HEIGHT, in_cell=True)
    notes = {
        name: DrawnNote(note.label, compose_blocks(book, note.blocks, notes_room))
        for name, note in document.footnotes.items()
    }
    styles = book.used_styles()
    drawn = DrawnDocument(
        title,
        author,
        keyword,
        document.tab,
        document.even_odd,
        styles.runs,
        styles.paragraphs,
        styles.cells,
        styles.strokes,
        tuple(book.headings),
        sections,
        notes,
    )
    # Where there is a footer, only the part of the lower margin below it is free.
    feet = (section.page.footer if section.footers else section.page.bottom for section in sections)
    return Composition(drawn, warnings, min(feet, default=0.0), tuple(book.values))


def _compose_section(book: StyleBook, section: Section) -> DrawnSection:
    page = section.page
    width = page.width - page.left - page.right
    room = Room(width, page.height, in_cell=True)

    def height(margins: Mapping[str, MarginText]) -> float:
        return max(
            (
                sum(share_of_page(book, block, room) * page.height for block in text.blocks)
                for text in margins.values()
            ),
            default=0.0,
        )

    def compose_margins(margins: Mapping[str, MarginText]) -> dict[str, tuple[DrawnBlock, ...]]:
        return {kind: compose_blocks(book, text.blocks, room) for kind, text in margins.items()}

    headers, footers = compose_margins(section.headers), compose_margins(section.footers)
    # As in Word, a header or footer that is taller than its margin makes the margin larger.
    page = replace(
        page,
        top=max(page.top, page.header + height(section.headers)),
        bottom=max(page.bottom, page.footer + height(section.footers)),
    )
    text_room = Room(
        width,
        page.height - page.top - page.bottom,
        page.grid,
        beside=(page.left, page.right),
        top=page.top,
    )
    return DrawnSection(
        page,
        section.first_number,
        section.number_format,
        section.title_page,
        section.begins,
        headers,
        footers,
        compose_blocks(book, section.blocks, text_room),
        section.valign,
        _compose_frame(book, section.frame, page),
    )


def _compose_frame(
    book: StyleBook, frame: PageFrame | None, page: PageSetup
) -> tuple[tuple[int, ...], tuple[float, ...], str] | None:
    if frame is None:
        return None
    lines, space = dict(frame.lines), dict(frame.space)
    margins = {"top": page.top, "right": page.right, "bottom": page.bottom, "left": page.left}
    distances = (
        space.get(side, 0.0) if frame.from_edge else max(margins[side] - space.get(side, 0.0), 0.0)
        for side in margins
    )
    return tuple(book.stroke(lines.get(side)) for side in margins), tuple(distances), frame.pages


def compose_blocks(book: StyleBook, blocks: Sequence[Block], room: Room) -> tuple[DrawnBlock, ...]:
    """Compose the blocks of a section, cell, header, footer or footnote.

    Between two paragraphs Word adds the space after the first to the space before the second; where both have
    the same style, either may drop its own space (``w:contextualSpacing``).

    Args:
        book: the document's styles, to which those of the blocks are added.
        blocks: the blocks.
        room: where they stand.
    """
    standing = settled(book, blocks, room)
    found: list[DrawnBlock] = []
    released = frozenset() if room.in_cell else _released(book, standing, room)
    gap = 0.0
    before: ParagraphFormat | None = None
    at_top = True
    last = len(standing) - 1
    for at, block in enumerate(standing):
        if isinstance(block, Paragraph):
            if block.ends_section:
                continue
            form, size = block.format, block.mark.size
            above = space_before(form, size)
            if before is not None and before.style == form.style:
                above = 0.0 if form.contextual_spacing else above
                gap = 0.0 if before.contextual_spacing else gap
            below = space_after(form, size)
            own_space = at_top and above
            found.append(
                _known_paragraph(
                    book,
                    block,
                    room,
                    above=gap if own_space else gap + above,
                    top_space=above if own_space else None,
                    bottom_space=below if at == last and room.in_cell and below else None,
                    keep_next=form.keep_next and at not in released,
                )
            )
            gap, before, at_top = below, form, False
            continue
        if isinstance(block, Table):
            table = compose_table(book, block, room, compose_blocks, above=gap)
            found.append(replace(table, keep_next=False) if at in released else table)
        elif isinstance(block, PageBreak):
            found.append(BlankLine() if room.in_cell else NewPage())
        elif isinstance(block, GapTo):
            found.append(block)
            continue
        elif isinstance(block, Frame | FloatingTable):
            found.append(compose_float(book, block, room, compose_blocks))
            continue
        elif isinstance(block, Columns):
            found.append(_compose_columns(book, block, room))
        else:
            found.append(_compose_contents(book, block, room))
        gap, before, at_top = 0.0, None, isinstance(block, PageBreak)
    return giving_way(found)


def _known_paragraph(
    book: StyleBook,
    paragraph: Paragraph,
    room: Room,
    *,
    above: float,
    top_space: float | None,
    bottom_space: float | None,
    keep_next: bool,
) -> DrawnParagraph:
    """As compose_paragraph, and the same as for another document where nothing differs."""
    return book.kept(
        paragraph,
        (room.width, room.height, room.grid, room.in_cell, above, top_space, bottom_space, keep_next),
        lambda: compose_paragraph(
            book,
            paragraph,
            room,
            compose_blocks,
            above=above,
            top_space=top_space,
            bottom_space=bottom_space,
            keep_next=keep_next,
        ),
    )


def _compose_columns(book: StyleBook, columns: Columns, room: Room) -> DrawnColumns:
    width = (room.width - columns.gap * (columns.count - 1)) / columns.count
    inner = replace(room, width=max(width, 1.0), in_cell=True)
    return DrawnColumns(
        compose_blocks(book, columns.blocks, inner), columns.count, columns.gap, columns.lined
    )


def _released(book: StyleBook, blocks: Sequence[Settled], room: Room) -> frozenset[int]:
    """The blocks whose keep-with-next is ignored, by their index: where a chain of them is too tall for a page.

    Such a chain would leave most of a page empty and break all the same. The chain is counted from its end, as
    that matters most (signatures stay with the text before them); a heading always stays with the text below it.
    """
    found = []
    height, links = 0.0, 0  # of the chain that begins with the following block
    last: Settled | None = None  # of that chain, while nothing is kept with it
    for at in range(len(blocks) - 1, -1, -1):
        block = blocks[at]
        if isinstance(block, Paragraph):
            if block.ends_section:
                continue
            keeps, is_heading = block.format.keep_next, block.format.outline is not None
        else:
            keeps, is_heading = isinstance(block, Table) and keeps_next(block.rows[-1]), False
        if not keeps:
            height, links, last = 0.0, 0, block
            continue
        if last is not None:
            height, last = _least_share(book, last, room), None
        own = _least_share(book, block, room)
        if links and height + own > _LONGEST_CHAIN and not is_heading:
            found.append(at)
            height, links = 0.0, 0
        else:
            links += 1
        height += own
    return frozenset(found)


def _least_share(book: StyleBook, block: Settled, room: Room) -> float:
    """The share of a page that must follow a block kept with this one: of a table, its first row."""
    if isinstance(block, GapTo | FloatingTable):
        return 0.0
    if not isinstance(block, Table):
        return share_of_page(book, block, room)
    first = block.rows[0]
    return max(share_of_rows(book, (first,), room), first.height / room.height)


def _compose_contents(book: StyleBook, contents: Contents, room: Room) -> DrawnContents:
    styles = []
    deepest = max([contents.last, *(level for _, level in contents.styles)])
    for form, look in contents.formats[:deepest]:
        edges = book.edges(look, form, cjk=True, grid=room.grid)
        gap = space_before(form, look.size) + space_after(form, look.size)
        styles.append((book.paragraph(form, look.size, continues=False), book.run(look, edges), gap))
    return DrawnContents(contents.first, contents.last, contents.styles, tuple(styles))

"""Reading a table: its grid, merged cells, borders and the rows that repeat."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from generator.base.ooxml.text import LEFT_OUT, part_text
from generator.base.ooxml.xml import (
    VAL,
    Element,
    W,
    child_of,
    columns,
    is_on,
    number,
    refuse,
    twips,
)
from generator.pdf.docx.formatting import content_of
from generator.pdf.docx.frames import table_placement
from generator.pdf.docx.reuse import CellContent, TableSettings, is_tied
from generator.pdf.docx.styles import Borders, border, borders, shading
from generator.pdf.docx.tree import Block, BorderLine, Cell, CellBorders, CellMargins, Paragraph, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.pdf.docx.reading import Reading

_STEPS: Final = {"top": (-1, 0), "left": (0, -1), "bottom": (1, 0), "right": (0, 1)}
_FACING: Final = {"top": "bottom", "bottom": "top", "left": "right", "right": "left"}
_SILENT: Final = frozenset(
    W + name
    for name in (
        "tblPr", "tblGrid", "tblPrEx", "trPr", "proofErr", "permStart", "permEnd", "commentRangeStart",
        "commentRangeEnd", "sdtPr", "sdtEndPr", "bookmarkStart", "bookmarkEnd",
    )
)  # fmt: skip
_WRAPPERS: Final = frozenset({W + "sdtContent", W + "customXml"})
_INNER: Final = {"top": "insideH", "bottom": "insideH", "left": "insideV", "right": "insideV"}
_VALIGN: Final = {"center": "horizon", "bottom": "bottom"}
_DOWN: Final = frozenset({"tbRl", "tbRlV", "tbV", "tbLrV", "lrTbV"})
_UP: Final = frozenset({"btLr", "lr"})
ReadBlocks = Callable[["Reading", Element, str], list[Block]]


class _PlacedCell(Struct):
    """A cell in its place of the grid, while the cells merged into it are found."""

    content: CellContent
    row: int
    column: int
    borders: Borders
    rowspan: int = 1
    opens: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()

    def take_in(self, below: _PlacedCell) -> None:
        """Continue this cell over one that is merged into it."""
        self.rowspan += 1
        self.opens += below.opens
        self.closes += below.closes
        if "bottom" in below.borders:
            self.borders = {**self.borders, "bottom": below.borders["bottom"]}
        elif "bottom" in self.borders and self.borders["bottom"] is None:
            # "No line below" of the upper cell does not hold for the end of the merged cell, which is further down.
            self.borders = {side: line for side, line in self.borders.items() if side != "bottom"}

    def touching(self, side: str) -> list[tuple[int, int]]:
        """The places of the grid, row and column, that touch a side."""
        down, across = _STEPS[side]
        row, column, span = self.row, self.column, self.content.span
        if self.rowspan == span == 1:
            return [(row + down, column + across)]
        if across:
            column += span - 1 if across > 0 else 0
            return [(row + at, column + across) for at in range(self.rowspan)]
        row += self.rowspan - 1 if down > 0 else 0
        return [(row + down, column + at) for at in range(span)]


def read_table(reading: Reading, element: Element, where: str, read_blocks: ReadBlocks) -> Table:
    """Read one table.

    Args:
        reading: the document's state.
        element: the ``w:tbl``.
        where: its place in Chinese.
        read_blocks: reads what stands in a cell.
    """
    properties = element.find(W + "tblPr")
    style = reading.styles.default("table")
    if properties is not None and properties.find(W + "tblStyle") is not None:
        style = properties.find(W + "tblStyle").get(VAL)
    settings = _settings(reading, style, properties)
    if properties is not None and properties.find(W + "bidiVisual") is not None:
        raise refuse(where, "从右向左的表格", reading.file)
    floating = properties.find(W + "tblpPr") if properties is not None else None
    # Before Word 2013 a table's text, not its border, stood at the margin.
    outside = settings.margins.left if reading.old_table_edge and settings.align == "left" else 0.0
    grid = element.find(W + "tblGrid")
    stated = [twips(column.get(W + "w")) for column in grid] if grid is not None else []
    outer, reading.table_style = reading.table_style, style
    rows: list[Row] = []
    placed: list[list[_PlacedCell]] = []
    for index, row in enumerate(_children(reading, element, W + "tr", where)):
        read, cells = _read_row(
            reading, row, f"{where}第 {index + 1} 行", settings.margins, read_blocks, index
        )
        rows.append(read)
        placed.append(cells)
    reading.table_style = outer
    if not rows:
        raise refuse(where, "没有行的表格", reading.file)
    placed = _merge_down(placed)
    borders = _borders_shown(placed, settings.lines)
    return Table(
        columns=tuple(
            _column_widths(stated, [cell for cells in placed for cell in cells], fixed=settings.fixed)
        ),
        share=settings.share,
        align=settings.align,
        indent=settings.indent - outside,
        rows=tuple(
            replace(row, cells=tuple(_finished(cell, next(borders)) for cell in cells))
            for row, cells in zip(rows, placed, strict=True)
        ),
        placement=table_placement(floating) if floating is not None else None,
    )


def _finished(cell: _PlacedCell, borders: CellBorders) -> Cell:
    content = cell.content
    return Cell(
        cell.column,
        content.span,
        cell.rowspan,
        content.blocks,
        content.margins,
        borders,
        content.fill,
        content.valign,
        content.turn,
        cell.opens,
        cell.closes,
        content.falling,
        content.rising,
    )


def _settings(reading: Reading, style: str | None, properties: Element | None) -> TableSettings:
    key = (style, content_of(properties) if properties is not None else ())
    settings = reading.known.tables.get(key)
    if settings is None:
        settings = TableSettings()
        for item in reading.styles.chain(style):
            _read_settings(item.find(W + "tblPr"), settings)
        _read_settings(properties, settings)
        reading.known.tables.put(key, settings)
    return settings


def _read_settings(element: Element | None, settings: TableSettings) -> None:
    for child in element if element is not None else ():
        tag = child.tag.rpartition("}")[2]
        if tag == "tblBorders":
            settings.lines |= borders(child)
        elif tag == "tblCellMar":
            settings.margins = replace(settings.margins, **_margins(child))
        elif tag == "jc":
            settings.align = {"start": "left", "end": "right"}.get(child.get(VAL), child.get(VAL))
        elif tag == "tblInd":
            settings.indent = twips(child.get(W + "w"))
        elif tag == "tblW":
            kind, value = _width(child)
            settings.share = value if kind == "pct" else None
        elif tag == "tblLayout":
            settings.fixed = child.get(W + "type") == "fixed"


def _children(reading: Reading, element: Element, wanted: str, where: str) -> list[Element]:
    """The rows of a table, or the cells of a row, also those within content controls."""
    found = []
    for child in element:
        if child.tag == wanted or (child.tag == LEFT_OUT and child in reading.xml_of):
            found.append(child)
        elif child.tag == W + "sdt":
            content = child.find(W + "sdtContent")
            found += _children(reading, content, wanted, where) if content is not None else []
        elif child.tag in _WRAPPERS:
            found += _children(reading, child, wanted, where)
        elif child.tag not in _SILENT:
            raise refuse(where, child.tag, reading.file)
    return found


def _read_row(
    reading: Reading, element: Element, where: str, margins: CellMargins, read_blocks: ReadBlocks, index: int
) -> tuple[Row, list[_PlacedCell]]:
    height, rule, whole, head, column = 0.0, "auto", False, False, 0
    properties = element.find(W + "trPr")
    for child in properties if properties is not None else ():
        tag = child.tag.rpartition("}")[2]
        if tag == "trHeight":
            height, rule = twips(child.get(VAL)), child.get(W + "hRule", "atLeast")
        elif tag == "cantSplit":
            whole = is_on(child)
        elif tag == "tblHeader":
            head = is_on(child)
        elif tag == "gridBefore":
            column = columns(child.get(VAL))
        elif tag in {"ins", "del"}:
            raise refuse(where, child.tag, reading.file)
    cells = []
    for count, cell in enumerate(_children(reading, element, W + "tc", where), 1):
        content = _cell_content(reading, cell, f"{where}第 {count} 格", margins, read_blocks)
        placed = _PlacedCell(content, index, column, content.borders, 1, content.opens, content.closes)
        cells.append(placed)
        column += content.span
    return Row(height, rule, whole, head, ()), cells


def _cell_content(
    reading: Reading, element: Element, where: str, margins: CellMargins, read_blocks: ReadBlocks
) -> CellContent:
    xml = reading.xml_of.get(element)
    if xml is None or reading.fields or reading.text_colour is not None:
        return _read_cell(reading, reading.main.whole(element), where, margins, read_blocks, None)
    key = (reading.table_style, margins, xml)
    known = reading.known.pieces.get(key)
    if isinstance(known, CellContent):
        reading.meets_again(element, xml)
        return known
    cell = _read_cell(reading, reading.main.whole(element), where, margins, read_blocks, xml)
    plain = all(isinstance(block, Paragraph) and block.format.numbering is None for block in cell.blocks)
    if plain and not is_tied(xml):
        reading.known.pieces.put(key, cell)
    return cell


def _read_cell(
    reading: Reading,
    element: Element,
    where: str,
    margins: CellMargins,
    read_blocks: ReadBlocks,
    xml: bytes | None,
) -> CellContent:
    properties = child_of(element, W + "tcPr")
    settings = None
    key: tuple[Any, ...] = ()
    if xml is not None and properties is not None and properties.getprevious() is None:
        # It stands first, so the first to end is the cell's own: all that is said of the cell stands before that.
        key = (margins, xml[: xml.find(b"</w:tcPr>")])
        settings = reading.known.cells.get(key)
    if settings is None:
        settings = _cell_settings(reading, properties, where, margins)
        if key:
            reading.known.cells.put(key, settings)
    if settings.merge == "continue" and part_text(element, reading.main.left_out).strip():
        raise refuse(where, "被纵向合并盖住的文字", reading.file)
    reading.signatures.enter_cell()
    blocks = tuple(read_blocks(reading, element, where + " "))
    roles = reading.signatures.leave_cell()
    return replace(settings, blocks=blocks, opens=tuple(roles.opens), closes=tuple(roles.closes))


def _cell_settings(
    reading: Reading, properties: Element | None, where: str, margins: CellMargins
) -> CellContent:
    """What a cell's ``w:tcPr`` says, as of a cell without blocks."""
    span, merge, width, fill, valign, turn = 1, None, None, None, "top", None
    own: Borders = {}
    falling = rising = None
    for child in properties if properties is not None else ():
        tag = child.tag.rpartition("}")[2]
        if tag == "gridSpan":
            span = max(columns(child.get(VAL), 1), 1)
        elif tag == "vMerge":
            merge = child.get(VAL, "continue")
        elif tag == "hMerge":
            raise refuse(where, "旧式横向合并的单元格", reading.file)
        elif tag == "tcW":
            kind, value = _width(child)
            width = value if kind == "dxa" else None
        elif tag == "tcBorders":
            own = borders(child)
            falling, rising = (_diagonal(child, name) for name in ("tl2br", "tr2bl"))
        elif tag == "shd":
            fill = shading(child)
        elif tag == "vAlign":
            valign = _VALIGN.get(child.get(VAL), "top")
        elif tag == "tcMar":
            margins = replace(margins, **_margins(child))
        elif tag == "textDirection":
            turn = _turn(child.get(VAL, "lrTb")) or turn
        elif tag in {"cellIns", "cellDel", "cellMerge"}:
            raise refuse(where, child.tag, reading.file)
    return CellContent(span, merge, width, own, margins, fill, valign, turn, (), (), (), falling, rising)


def _diagonal(element: Element, name: str) -> BorderLine | None:
    line = element.find(W + name)
    return border(line) if line is not None else None


def _turn(direction: str) -> str | None:
    if direction in _DOWN:
        return "stack"
    return "up" if direction in _UP else None


def _merge_down(rows: list[list[_PlacedCell]]) -> list[list[_PlacedCell]]:
    """The cells that are left when those merged down are joined; a continuation under nothing stands alone."""
    above: dict[int, _PlacedCell] = {}
    found = []
    for row in rows:
        now: dict[int, _PlacedCell] = {}
        kept = []
        for cell in row:
            top, merge = above.get(cell.column), cell.content.merge
            if merge == "continue" and top is not None and top.content.span == cell.content.span:
                top.take_in(cell)
                now[cell.column] = top
                continue
            if merge is not None:
                now[cell.column] = cell
            kept.append(cell)
        found.append(kept)
        above = now
    return found


def _margins(element: Element) -> dict[str, float]:
    found = {}
    for child in element:
        side = child.tag.rpartition("}")[2]
        side = {"start": "left", "end": "right"}.get(side, side)
        if side in _STEPS:
            found[side] = twips(child.get(W + "w"))
    return found


def _width(element: Element) -> tuple[str, float]:
    kind, value = element.get(W + "type", "dxa"), element.get(W + "w", "0")
    if kind == "pct" or value.endswith("%"):
        share = number(value[:-1]) / 100 if value.endswith("%") else number(value) / 5000
        return ("pct", share)
    return ("dxa", twips(value)) if kind == "dxa" and number(value) else ("auto", 0.0)


def _column_widths(stated: list[float], cells: list[_PlacedCell], *, fixed: bool) -> list[float]:
    """Widths of the grid's columns: what the cells ask for, else what the grid says.

    Word lays a table out by its cells' preferred widths and keeps the grid as a cache, which programs that
    set cell widths leave stale; a table of fixed layout whose grid is whole is taken at its word.
    """
    count = max([len(stated), *(cell.column + cell.content.span for cell in cells)], default=0)
    widths = [*stated, *([0.0] * (count - len(stated)))]
    if not (fixed and all(widths)):
        asked: dict[int, float] = {}
        for cell in cells:
            if cell.content.span == 1 and cell.content.width is not None:
                asked.setdefault(cell.column, cell.content.width)
        widths = [asked.get(at, width) for at, width in enumerate(widths)]
    spread = sum(widths) / max(sum(1 for width in widths if width), 1) or 72.0
    return [width or spread for width in widths]


def _borders_shown(rows: list[list[_PlacedCell]], lines: Borders) -> Iterator[CellBorders]:
    """The borders that show along each cell: of its own, its neighbours' and the table's; row by row."""
    owner: dict[tuple[int, int], _PlacedCell] = {}
    for row in rows:
        for cell in row:
            for down in range(cell.rowspan):
                for across in range(cell.content.span):
                    owner[cell.row + down, cell.column + across] = cell
    inner = {side: lines.get(name) for side, name in _INNER.items()}
    plain = not any(cell.borders for row in rows for cell in row)
    shared: dict[tuple[bool, ...], CellBorders] = {}  # where all lines are the table's, few cells differ
    for row in rows:
        for cell in row:
            if plain and cell.rowspan == cell.content.span == 1:
                y, x = cell.row, cell.column
                beside = ((y - 1, x) in owner, (y, x - 1) in owner, (y + 1, x) in owner, (y, x + 1) in owner)
                known = shared.get(beside)
                if known is None:
                    lined = zip(_STEPS, beside, strict=True)
                    known = shared[beside] = CellBorders(
                        **{side: inner[side] if has else lines.get(side) for side, has in lined}
                    )
                yield known
                continue
            shown = {}
            for side in _FACING:
                others = [owner.get(place) for place in cell.touching(side)]
                if plain:
                    shown[side] = inner[side] if any(others) else lines.get(side)
                elif any(others):
                    shown[side] = _shared_border(cell, side, others, inner)
                else:
                    shown[side] = cell.borders[side] if side in cell.borders else lines.get(side)
            yield CellBorders(**shown)


def _shared_border(
    cell: _PlacedCell, side: str, others: list[_PlacedCell | None], inner: Mapping[str, BorderLine | None]
) -> BorderLine | None:
    """The border between a cell and others: its own, unless all others agree on a wider one."""
    mine = cell.borders.get(side, inner[side])
    if None in others:
        return mine
    facing = _FACING[side]
    theirs = [other.borders.get(facing, inner[facing]) for other in others if other]
    first = theirs[0]
    if first is mine or not all(line == first for line in theirs):
        return mine
    return max(mine, first, key=lambda line: line.width if line else 0.0)

"""Writes a drawn document as code of Typst, which generator/pdf/program.typ evaluates.

Text stands in it as string literals only (``quoted``), so that no text becomes code. What is frequent (text, paragraphs,
tables) is written as calls of Typst's own functions, with the styles bound once as ``T0``, ``B0``, ``P0``, ``C0``:
Typst lays out such code far faster than a tree that functions of its own walk. What is rare calls
generator/pdf/library.typ.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from generator.pdf.compose.drawing import (
    Anchor,
    Blank,
    BlankLine,
    BreakableText,
    CellStyle,
    DownText,
    DrawingMark,
    DrawnCell,
    DrawnColumns,
    DrawnContents,
    DrawnDocument,
    DrawnFloat,
    DrawnParagraph,
    DrawnSection,
    DrawnShape,
    DrawnTable,
    FieldMark,
    FittedText,
    GapTo,
    Leader,
    NewLine,
    NewPage,
    NoteMark,
    NoteNumber,
    ParagraphStyle,
    PictureMark,
    RunStyle,
    StyledText,
    TabMark,
    TwoLines,
    UpText,
)
from generator.pdf.compose.punctuation import HANGING_MARK
from generator.pdf.compose.runs import MARKS_APART

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from generator.pdf.compose.drawing import DrawnBlock, Piece
    from generator.pdf.docx.tree import BorderLine, PageSetup, Placement

_MARGIN_LIMIT: Final = 800.0  # points: the height to which rows of a table in a header or footer stay whole
_APART: Final = 0.0001  # points of tracking that make two runs of one; see library.typ
_SIDES: Final = frozenset({"center", "right"})
_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


class _Code(str):
    """What stands in a source as it is."""

    __slots__ = ()


def as_source(document: DrawnDocument) -> str:
    """The code of a document."""
    return _Writer(document).source()


def quoted(text: str) -> str:
    """A text as a literal of Typst: whatever it holds, nothing of it is read as code."""
    return f'"{text.translate(_ESCAPES)}"'


def _literal(value: Any) -> str:
    """A value as Typst reads it: numbers, texts, lists and dictionaries as in JSON, code as it is."""
    if isinstance(value, _Code):
        return value
    if isinstance(value, str):
        return quoted(value)
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{quoted(key)}: {_literal(item)}" for key, item in value.items())
        return f"({pairs or ':'})"
    if isinstance(value, list | tuple):
        return f"({''.join(f'{_literal(item)}, ' for item in value)})"
    return repr(value)


def _braced(statements: Sequence[str]) -> str:
    """Statements as one expression."""
    return statements[0] if len(statements) == 1 else "{" + "; ".join(statements) + "}"


def _sides(values: Iterable[str]) -> str:
    return ", ".join(
        f"{side}: {value}" for side, value in zip(("top", "right", "bottom", "left"), values, strict=True)
    )


def _stroke(number: int) -> _Code:
    return _Code(f"S{number}" if number >= 0 else "none")


# -- styles -------------------------------------------------------------------------------------------------


def _line(line: BorderLine) -> str:
    dash = "" if line.dash is None else f", dash: {quoted(line.dash)}"
    return f"stroke((thickness: {line.width}pt, paint: rgb({quoted(line.colour)}){dash}))"


def _font(style: RunStyle) -> str:
    faces = [quoted(face) for face in (*style.faces, "DejaVu Sans Mono")]
    if style.latin_face != style.faces[0]:
        faces.insert(0, f"(name: {quoted(style.latin_face)}, covers: latin-chars)")
    return f"({', '.join(faces)})"


def _paint(style: RunStyle) -> str:
    return f"rgb({quoted(style.fill)})" if style.fill else "black"


def _text_function(style: RunStyle) -> str:
    found = [
        f"font: {_font(style)}, size: {style.size}pt, top-edge: {style.top}pt, bottom-edge: {-style.bottom}pt"
    ]
    if style.weight is not None:
        found.append(f"weight: {style.weight}")
    if style.fill:
        found.append(f"fill: {_paint(style)}")
    if style.embolden is not None:
        found.append(f"stroke: {style.embolden}pt + {_paint(style)}")
    if style.italic:
        found.append('style: "italic"')
    if style.spacing:
        found.append(f"tracking: {style.spacing}pt")
    if style.shift is not None:
        found.append(f"baseline: {style.shift}pt")
    return f"text.with({', '.join(found)})"


def _run(number: int, style: RunStyle) -> str:
    """A run's style as the library takes it."""
    found: dict[str, Any] = {
        "text": _Code(f"T{number}"),
        "size": style.size,
        "paint": _Code(_paint(style)),
        "track": style.spacing,
        "decorated": style.is_decorated,
        "shifted": style.shift is not None,
    }
    given = {
        "slant": style.slanted,
        "under": style.underline,
        "mark": style.marked,
        "strike": style.strike,
    }
    found.update((key, said) for key, said in given.items() if said)
    if style.border is not None:
        found["box"] = _stroke(style.border)
    if style.scale != 100.0:  # noqa: PLR2004 per cent
        found["scale"] = style.scale
    return _literal(found)


def _block_function(style: ParagraphStyle) -> str:
    found = ["width: 100%, below: 0pt"]
    if style.left or style.right:
        found.append(f"inset: (left: {style.left}pt, right: {style.right}pt)")
    if style.fill:
        found.append(f"fill: rgb({quoted(style.fill)})")
    if style.lines:
        lines = ", ".join(f"{side}: {_stroke(line)}" for side, line in style.lines)
        found.append(f"stroke: ({lines})")
    return f"block.with({', '.join(found)})"


def _is_justified(style: ParagraphStyle) -> bool:
    return style.align in {"justify", "distribute"}


def _par_arguments(style: ParagraphStyle) -> str:
    justify = "justify: true" if _is_justified(style) else ""
    hang = f"hanging-indent: {style.hang}pt" if style.hang else ""
    return ", ".join(filter(None, (justify, hang)))


def _cell_function(style: CellStyle) -> str:
    side = style.align if style.align in _SIDES else "left"
    found = [
        f"inset: ({_sides(f'{margin}pt' for margin in style.margins)})",
        f"stroke: ({_sides(map(_stroke, style.strokes))})",
        f"align: {side} + {style.valign}",
        f"breakable: {_literal(not style.whole)}",
    ]
    if style.fill:
        found.append(f"fill: rgb({quoted(style.fill)})")
    return f"table.cell.with({', '.join(found)})"


def _page(page: PageSetup) -> dict[str, float]:
    return {
        "width": page.width,
        "height": page.height,
        "top": page.top,
        "right": page.right,
        "bottom": page.bottom,
        "left": page.left,
        "header": page.header,
        "footer": page.footer,
    }


def _placement(placement: Placement) -> dict[str, Any]:
    return {
        "xf": placement.across_from,
        "x": placement.across,
        "yf": placement.down_from,
        "y": placement.down,
        "wrap": placement.wrap,
        "behind": placement.behind,
        "gaps": placement.gaps,
    }


def _picture(piece: PictureMark) -> dict[str, Any]:
    found: dict[str, Any] = {
        "n": piece.name,
        "w": piece.width,
        "h": piece.height,
        "alt": piece.description,
    }
    if piece.crop is not None:
        found["crop"] = piece.crop
    if piece.turn:
        found["turn"] = piece.turn
    return found


def _is_page_field(piece: Piece) -> bool:
    return isinstance(piece, FieldMark) and piece.kind == "PAGE"


def _numbered(margins: Mapping[str, tuple[DrawnBlock, ...]]) -> list[str]:
    """The headers or footers that print the number of a page."""
    return [
        name
        for name, blocks in margins.items()
        if any(
            isinstance(block, DrawnParagraph)
            and block.height is None
            and any(map(_is_page_field, block.pieces))
            for block in blocks
        )
    ]


# -- the document -------------------------------------------------------------------------------------------


class _Writer:
    """Writes one document.

    Attributes:
        _limit: the height of the page that a row of a table has at most, in points.
        _numbering: whether the page's number is at hand as ``page-label``: in a header or footer, where a field
            that asked for it itself would cost another layout of the whole document.
    """

    def __init__(self, document: DrawnDocument) -> None:
        self._document = document
        self._runs = document.run_styles
        self._paragraphs = document.paragraph_styles
        self._decorated = {number: style.is_decorated for number, style in document.run_styles.items()}
        self._limit = _MARGIN_LIMIT
        self._numbering = False
        self._measured = 0

    def source(self) -> str:
        """The whole code."""
        document = self._document
        font = _font(next(iter(self._runs.values()))) if self._runs else '"DejaVu Sans Mono"'
        sections = (self._section(index, section) for index, section in enumerate(document.sections))
        given = f"{quoted(document.title)}, {quoted(document.author)}, {quoted(document.keyword)}, {font}"
        return "\n".join([*self._definitions(), f"document({given}, {{", *sections, "})"])

    def _definitions(self) -> Iterator[str]:
        document = self._document
        for number, line in document.strokes.items():
            yield f"let S{number} = {_line(line)}"
        for number, run in self._runs.items():
            yield f"let T{number} = {_text_function(run)}"
            yield f"let r{number} = {_run(number, run)}"
        for number, paragraph in self._paragraphs.items():
            yield f"let B{number} = {_block_function(paragraph)}"
            yield f"let P{number} = par.with({_par_arguments(paragraph)})"
        for number, cell in document.cell_styles.items():
            yield f"let C{number} = {_cell_function(cell)}"
        sections = [
            {
                "page": _page(section.page),
                "start": section.first_number,
                "fmt": section.number_format,
                "title": section.title_page,
                "numbered": [_numbered(section.headers), _numbered(section.footers)],
            }
            for section in document.sections
        ]
        notes = {
            name: {"t": note.label.fixed, "page": note.label.on_page} for name, note in document.notes.items()
        }
        yield f"let doc = {_literal({'even': document.even_odd, 'notes': notes, 'sections': sections})}"
        for index, section in enumerate(document.sections):
            yield f"let header-{index} = {self._margins(section.headers)}"
            yield f"let footer-{index} = {self._margins(section.footers)}"

    def _section(self, index: int, section: DrawnSection) -> str:
        page = section.page
        to = {"oddPage": "odd", "evenPage": "even"}.get(section.begins)
        frame = None
        if section.frame is not None:
            strokes, distances, pages = section.frame
            frame = {"st": list(map(_stroke, strokes)), "at": distances, "pages": pages}
        self._limit = page.height - page.top - page.bottom
        body = self._content(section.blocks)
        given = (
            *(index, to, section.valign),
            *(_Code(f"header-{index}"), _Code(f"footer-{index}")),
            *(frame, _Code(body)),
        )
        code = f"section(doc, {', '.join(map(_literal, given))})"
        if index < len(self._document.sections) - 1:
            return code
        return f'{code}\nmarker("end")\ntell(doc, {len(self._document.headings)})'

    def _margins(self, margins: Mapping[str, tuple[DrawnBlock, ...]]) -> str:
        self._limit = _MARGIN_LIMIT
        return _literal({name: self._margin(blocks) for name, blocks in margins.items()})

    def _margin(self, blocks: tuple[DrawnBlock, ...]) -> _Code:
        self._numbering = True
        found = self._content(blocks)
        self._numbering = False
        return _Code(f"page-label => {found}")

    def _unnumbered(self, blocks: Iterable[DrawnBlock]) -> str:
        """The content of blocks that stand within others."""
        before, self._numbering = self._numbering, False
        found = self._content(blocks)
        self._numbering = before
        return found

    # -- what stands in a line --

    def _text(self, piece: StyledText) -> list[str]:
        number, text, value = piece.style, piece.text, piece.value
        marked = HANGING_MARK in text or MARKS_APART in text
        if value is not None and (marked or self._decorated[number]):
            return [f"draw-valued({value}, r{number}, {quoted(text)})"]
        if self._decorated[number]:
            return [f"draw-text(r{number}, {quoted(text)})"]
        if value is not None:
            return [f"valued({value}, T{number}({quoted(text)}))"]
        if not marked:
            return [f"T{number}({quoted(text)})"]
        # As draw-text of the library, which explains it.
        style = self._runs[number]
        found = []
        for at, hanging in enumerate(text.split(HANGING_MARK)):
            if at:
                found.append(f"h({-style.size}pt)")
                found.append(f"h({style.size}pt, weak: true)")
            for turn, part in enumerate(hanging.split(MARKS_APART)):
                apart = f"tracking: {style.spacing + _APART}pt, " if turn % 2 else ""
                found.append(f"T{number}({apart}{quoted(part)})")
        return found

    def _pieces(self, pieces: Iterable[Piece]) -> list[str]:
        found: list[str] = []
        for piece in pieces:
            if isinstance(piece, StyledText):
                found.extend(self._text(piece))
            else:
                found.append(self._piece(piece))
        return found

    def _piece(self, piece: Piece) -> str:  # noqa: C901 (one line for each kind)
        match piece:
            case StyledText():
                return _braced(self._text(piece))
            case BreakableText(style, text, value):
                return _valued(value, f"draw-breakable(r{style}, {quoted(text)})")
            case Leader(style, kind):
                return f"leader-of({quoted(kind)}, 1fr, r{style})"
            case Blank(style, widths):
                return f"blank({_literal(widths)}, r{style})"
            case TabMark():
                return ""
            case NewLine():
                return "linebreak()"
            case FieldMark(kind, style, bookmark, number_format):
                if self._numbering and _is_page_field(piece):
                    return f"draw-text(r{style}, page-label)"
                given = ", ".join(map(_literal, (kind, bookmark, number_format)))
                return f"draw-field(doc, r{style}, {given})"
            case PictureMark(name, width, height, description):
                if piece.crop is not None or piece.turn:
                    return f"box(draw-picture({_literal(_picture(piece))}))"
                return f"picture({_literal((name, width, height, description))[1:-3]})"
            case DrawingMark():
                before, self._numbering = self._numbering, False
                found = f"draw-in-line({_literal(self._drawing(piece))})"
                self._numbering = before
                return found
            case TwoLines(style, upper, lower, brackets):
                return f"draw-two-lines(r{style}, {quoted(upper)}, {quoted(lower)}, {quoted(brackets)})"
            case FittedText(style, text, width, value):
                return _valued(value, f"draw-fitted(r{style}, {quoted(text)}, {width})")
            case Anchor(name):
                return f"marker({quoted(f'bm-{name}')})"
            case NoteNumber(style, note):
                return f"draw-note-number(doc, {quoted(note)}, r{style})"
            case NoteMark(style, note):
                drawn = self._document.notes.get(note)
                body = self._unnumbered(drawn.blocks) if drawn else "{}"
                return f"draw-note(doc, {quoted(note)}, r{style}, {body})"

    def _tabbed(self, pieces: Iterable[Piece]) -> list[_Code]:
        """The pieces of a line that is set by measuring, as draw-tabbed of the library takes them."""
        found = []
        for piece in pieces:
            if isinstance(piece, TabMark):
                code = f'(k: "tab", run: r{piece.style})'
            elif isinstance(piece, Blank):
                code = f'(k: "b", w: {_literal(piece.widths)}, run: r{piece.style})'
            elif isinstance(piece, NewLine):
                code = '(k: "br")'
            else:
                code = self._piece(piece)
            found.append(_Code(code))
        return found

    # -- drawings --

    def _drawing(self, piece: DrawingMark) -> dict[str, Any]:
        found: dict[str, Any] = {
            "w": piece.width,
            "h": piece.height,
            "p": [self._shape(shape) for shape in piece.shapes],
        }
        if piece.placement is not None:
            found["pl"] = _placement(piece.placement)
        if piece.rule:
            found["rule"] = True
        return found

    def _shape(self, shape: DrawnShape) -> dict[str, Any]:
        found: dict[str, Any] = {"x": shape.x, "y": shape.y, "w": shape.width, "h": shape.height}
        given = {"turn": shape.turn, "fill": shape.fill, "path": shape.path}
        found.update((key, said) for key, said in given.items() if said)
        if any(shape.mirrored):
            found["flip"] = shape.mirrored
        if any(shape.heads):
            found["heads"] = shape.heads
        if shape.stroke >= 0:
            found["st"] = _stroke(shape.stroke)
        if shape.picture is not None:
            found["img"] = _picture(shape.picture)
        box = shape.text
        if box is not None:
            found["text"] = {
                "body": self._inside(box.content),
                "in": box.insets,
                "va": box.valign,
                "own": box.own_width,
            }
            if box.own_width:
                found["text"]["widths"] = self._widths(box.content)
        return found

    def _widths(self, content: tuple[DrawnBlock, ...] | DownText | UpText) -> list[dict[str, Any]]:
        """What natural-width of the library measures."""
        found: list[dict[str, Any]] = []
        for block in content if isinstance(content, tuple) else ():
            if isinstance(block, DrawnParagraph):
                style = self._paragraphs[block.style]
                pieces = self._pieces(piece for piece in block.pieces if not isinstance(piece, TabMark))
                add = style.left + style.right + style.first
                found.append({"body": _Code(_braced(pieces)), "add": add})
            elif isinstance(block, DrawnTable):
                found.append({"add": sum(block.columns)})
        return found

    def _inside(self, content: tuple[DrawnBlock, ...] | DownText | UpText) -> _Code:
        if isinstance(content, DownText):
            columns = [
                [(_Code(f"r{piece.style}"), piece.text) for piece in column] for column in content.columns
            ]
            return _Code(f"down-text({_literal(columns)})")
        if isinstance(content, UpText):
            return _Code(f"up-text({content.length}, {self._content(content.blocks)})")
        return _Code(self._content(content))

    # -- blocks --

    def _content(self, blocks: Iterable[DrawnBlock]) -> str:
        return "{" + "\n".join(self._blocks(blocks)) + "}"

    def _blocks(self, blocks: Iterable[DrawnBlock]) -> Iterator[str]:
        for block in blocks:
            match block:
                case DrawnParagraph():
                    if block.page_break_before:
                        yield "pagebreak(weak: true)"
                    yield self._paragraph(block)
                case DrawnTable():
                    yield self._table(block)
                case DrawnFloat():
                    widths = [] if block.width is not None else self._widths(block.blocks)
                    given = (_placement(block.placement), block.width, block.height, widths)
                    body = self._content(block.blocks)
                    yield f"float-blocks(doc, {', '.join(map(_literal, given))}, {body})"
                case GapTo(down):
                    yield f"draw-gap({down})"
                case DrawnColumns(inner, count, gap, lined):
                    measures = ", ".join(map(_literal, (count, gap, lined, self._limit)))
                    yield f"draw-columns({measures}, {self._unnumbered(inner)})"
                case NewPage():
                    yield "pagebreak()"
                case BlankLine():
                    yield "linebreak()"
                case DrawnContents():
                    yield self._contents(block)

    def _contents(self, block: DrawnContents) -> str:
        headings = [
            {"l": heading.level, "t": heading.title, "st": heading.style or ""}
            for heading in self._document.headings
        ]
        styles = [(_Code(f"B{line}"), _Code(f"r{run}"), gap) for line, run, gap in block.styles]
        given = (headings, block.first, block.last, dict(block.by_style), styles)
        return f"draw-contents(doc, {', '.join(map(_literal, given))})"

    def _lines(self, block: DrawnParagraph, *, heading: bool) -> str:
        """The lines of a paragraph. For PDF tags: Typst tags only a ``par`` as one; a heading is tagged as such."""
        style = self._paragraphs[block.style]
        lines = (
            f"heading-lines.with({_literal(_is_justified(style))}, {style.hang})"
            if heading
            else f"P{block.style}"
        )
        if block.height is not None:
            body = f", {_braced(self._pieces(block.pieces))}" if block.pieces else ""
            return f"block(height: {block.height}pt, width: 100%{body})"
        if block.tabbed:
            stops = [(stop.position, stop.align, stop.leader) for stop in style.tabs]
            measures = {
                "left": style.left,
                "right": style.right,
                "first": style.first,
                "hang": style.hang,
                "tabs": stops,
            }
            given = (self._document.tab, measures, self._tabbed(block.pieces))
            return f"draw-tabbed({', '.join(map(_literal, given))}, {lines})"
        statements = [f"h({style.first}pt)"] if style.first else []
        statements.extend(filter(None, self._pieces(block.pieces)))
        if style.align == "distribute":
            statements.append("linebreak(justify: true)")
        return f"{lines}({_braced(statements)})"

    def _paragraph(self, block: DrawnParagraph) -> str:
        written = block.written
        if written is None:
            return self._paragraph_anew(block)
        if written.code is None:
            written.code = self._paragraph_anew(block)
        return written.code

    def _paragraph_anew(self, block: DrawnParagraph) -> str:
        style = self._paragraphs[block.style]
        heading = block.heading
        body = self._lines(block, heading=heading is not None and heading.level > 0)
        if heading is not None:
            if heading.level > 0:
                body = f"heading(level: {heading.level}, bookmarked: true, outlined: true, {body})"
            body = f'{{ {body}; marker("h{heading.number}") }}'
        body = _signed(block.opens, block.closes, body)
        if block.gives_way and block.height is None:
            body = f"give-way({body}, 0pt)"
        if block.floats:
            floats = [
                (item.placement is not None and item.placement.behind, self._float(item, style))
                for item in block.floats
            ]
            behind = [code for is_behind, code in floats if is_behind]
            body = _braced([*behind, body, *(code for is_behind, code in floats if not is_behind)])
        given = [f"above: {block.above}pt"]
        if block.whole:
            given.append("breakable: false")
        if block.keep_next:
            given.append("sticky: true")
        statements = []
        if block.top_space is not None:
            statements.append(f"v({block.top_space}pt)")
        statements.append(f"B{block.style}({', '.join(given)}, {body})")
        if block.bottom_space is not None:
            statements.append(f"v({block.bottom_space}pt)")
        code = _braced(statements)
        if style.loose:
            code = f"text(costs: (widow: 0%, orphan: 0%), {code})"
        if style.tight:
            code = f"text(cjk-latin-spacing: none, {code})"
        return f"align({style.align}, {code})" if style.align in _SIDES else code

    def _float(self, item: DrawingMark, style: ParagraphStyle) -> str:
        return f"float-drawing(doc, {_literal(self._drawing(item))}, {style.left}, {style.right})"

    # -- tables --

    def _table(self, block: DrawnTable) -> str:
        body = self._rows(block)
        if block.gives_way:
            body = f"give-way({body}, {sum(block.columns)}pt)"
        if block.indent:
            body = f"pad(left: {block.indent}pt, {body})"
        side = block.align if block.align in _SIDES else "left"
        given = [f"width: 100%, above: {block.above}pt, below: 0pt"]
        if block.whole:
            given.append("breakable: false")
        if block.keep_next:
            given.append("sticky: true")
        return f"block({', '.join(given)}, {_signed(block.opens, block.closes, f'align({side}, {body})')})"

    def _rows(self, block: DrawnTable) -> str:
        heads: list[str] = []
        rows: list[str] = []
        tall: list[tuple[Any, ...]] = []
        lets: list[str] = []
        before, self._numbering = self._numbering, False
        is_measured = any(cell.measure for cell in block.cells)
        for cell in block.cells:
            body = self._cell_content(cell)
            if not isinstance(cell.content, DrawnParagraph):
                if cell.measure:
                    name = f"measured-{self._measured}"
                    self._measured += 1
                    lets.append(f"let {name} = {body}")
                    tall.append((cell.row, cell.rowspan, *self._room(block, cell), _Code(name)))
                    body = name
                body = _signed(cell.opens, cell.closes, body)
                if cell.falling >= 0 or cell.rising >= 0:
                    margins = _literal(self._document.cell_styles[cell.style].margins)
                    body = f"crossed({margins}, {_stroke(cell.falling)}, {_stroke(cell.rising)}, {body})"
            given = f"x: {cell.column}, y: {cell.row}"
            if cell.span > 1:
                given += f", colspan: {cell.span}"
            if cell.rowspan > 1:
                given += f", rowspan: {cell.rowspan}"
            if is_measured:
                given += f", ..split-if(tall, {cell.row}, {cell.rowspan})"
            (heads if cell.row < block.heads else rows).append(f"C{cell.style}({given}, {body})")
        self._numbering = before
        # The least height of a row: a block of that height in a column of no width.
        width = len(block.columns)
        has_struts = False
        for row, height in enumerate(block.heights):
            if height > 0:
                has_struts = True
                strut = f"table.cell(x: {width}, y: {row}, block(height: {height}pt, breakable: false))"
                (heads if row < block.heads else rows).append(strut)
        # Rows that stay together: an unbreakable cell that spans them all, in another column of no width.
        rows.extend(
            f"table.cell(x: {width + 1}, y: {row}, rowspan: {count}, breakable: false, [])"
            for row, count in block.kept
        )
        columns = [f"{column}pt" for column in block.columns]
        columns.extend(["0pt", "0pt"] if block.kept else ["0pt"] if has_struts else [])
        header = [f"table.header(repeat: true, {', '.join(heads)})"] if heads else []
        drawn = ",\n".join(
            [f"table(columns: ({', '.join(columns)},), stroke: none, inset: 0pt", *header, *rows]
        )
        if not is_measured:
            return f"{drawn})"
        lets.append(f"let tall = rows-too-tall({self._limit}, {_literal(tall)})")
        return "context {\n" + "\n".join(lets) + f"\n{drawn})}}"

    def _cell_content(self, cell: DrawnCell) -> str:
        written = cell.written
        if written is not None and written.code is not None:
            return written.code
        content = cell.content
        if isinstance(content, DrawnParagraph):
            body = self._lines(content, heading=False)
        else:
            body = self._inside(content)
        if written is not None:
            written.code = body
        return body

    def _room(self, block: DrawnTable, cell: DrawnCell) -> tuple[float, float]:
        """The width of a cell's text, and its upper and lower margins together."""
        top, right, bottom, left = self._document.cell_styles[cell.style].margins
        width = sum(block.columns[cell.column : cell.column + cell.span]) - right - left
        return width, top + bottom


def _valued(value: int | None, code: str) -> str:
    return code if value is None else f"valued({value}, {code})"


def _signed(opens: Sequence[str], closes: Sequence[str], body: str) -> str:
    """Something with the marks of the signature places that begin or end there."""
    return f"signed({_literal(opens)}, {_literal(closes)}, {body})" if opens or closes else body

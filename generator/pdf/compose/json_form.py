"""Writes a drawn document as JSON for the Typst program (``doc.json``); no other module knows its keys.

The keys are short, since a document has thousands of them. Below, each key as generator/pdf/document.typ reads it
stands beside the name of generator/pdf/compose/drawing.py. Values that are absent or the default are left out.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from generator.pdf.compose.drawing import DrawnBlock, Piece
    from generator.pdf.docx.tree import BorderLine, PageSetup, Placement

_Json = dict[str, Any]


def as_json(document: DrawnDocument) -> str:
    """The content of ``doc.json``."""
    found = {
        "title": document.title,
        "author": document.author,
        "tab": document.tab,
        "even": document.even_odd,
        "runs": [_run_style(style) for style in document.run_styles],
        "paragraphs": [_paragraph_style(style) for style in document.paragraph_styles],
        "cells": [_cell_style(style) for style in document.cell_styles],
        "strokes": [_stroke(line) for line in document.strokes],
        "headings": [
            {"l": heading.level, "t": heading.title, "st": heading.style or ""}
            for heading in document.headings
        ],
        "sections": [_section(section) for section in document.sections],
        "notes": {
            name: {"t": note.label.fixed, "page": note.label.on_page, "b": _blocks(note.blocks)}
            for name, note in document.notes.items()
        },
    }
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


# -- styles -------------------------------------------------------------------------------------------------


def _run_style(style: RunStyle) -> _Json:
    found: _Json = {
        "ea": style.faces,
        "latin": style.latin_face,
        "size": style.size,
        "top": style.top,
        "bottom": style.bottom,
    }
    for key, value in (
        ("weight", style.weight),
        ("embolden", style.embolden),
        ("shift", style.shift),
    ):
        if value is not None:
            found[key] = value
    for key, said in (
        ("italic", style.italic),
        ("slant", style.slanted),
        ("fill", style.fill),
        ("under", style.underline),
        ("mark", style.marked),
        ("track", style.spacing),
        ("strike", style.strike),
    ):
        if said:
            found[key] = said
    if style.border is not None:
        found["box"] = style.border
    if style.scale != 100.0:  # noqa: PLR2004 per cent
        found["scale"] = style.scale
    return found


def _paragraph_style(style: ParagraphStyle) -> _Json:
    found: _Json = {
        "left": style.left,
        "right": style.right,
        "first": style.first,
        "hang": style.hang,
        "align": style.align,
        "tabs": [[stop.position, stop.align, stop.leader] for stop in style.tabs],
    }
    for key, said in (
        ("fill", style.fill),
        ("lines", dict(style.lines)),
        ("loose", style.loose),
        ("tight", style.tight),
    ):
        if said:
            found[key] = said
    return found


def _cell_style(style: CellStyle) -> _Json:
    found: _Json = {
        "in": style.margins,
        "st": style.strokes,
        "align": style.align,
        "va": style.valign,
        "whole": style.whole,
    }
    if style.fill:
        found["f"] = style.fill
    return found


def _stroke(line: BorderLine) -> _Json:
    found: _Json = {"w": line.width, "c": line.colour}
    if line.dash is not None:
        found["d"] = line.dash
    return found


# -- what stands in a line ----------------------------------------------------------------------------------


def _pieces(pieces: Iterable[Piece]) -> list[Any]:
    return [
        _text(piece) if isinstance(piece, StyledText) else _PIECES[piece.__class__](piece) for piece in pieces
    ]


def _drawing(piece: DrawingMark) -> _Json:
    found: _Json = {
        "k": "dr",
        "w": piece.width,
        "h": piece.height,
        "p": [_shape(shape) for shape in piece.shapes],
    }
    if piece.placement is not None:
        found["pl"] = _placement(piece.placement)
    if piece.rule:
        found["rule"] = True
    return found


def _placement(placement: Placement) -> _Json:
    return {
        "xf": placement.across_from,
        "x": placement.across,
        "yf": placement.down_from,
        "y": placement.down,
        "wrap": placement.wrap,
        "behind": placement.behind,
        "gaps": placement.gaps,
    }


def _shape(shape: DrawnShape) -> _Json:
    found: _Json = {"x": shape.x, "y": shape.y, "w": shape.width, "h": shape.height}
    for key, said in (
        ("turn", shape.turn),
        ("fill", shape.fill),
        ("path", shape.path),
    ):
        if said:
            found[key] = said
    if any(shape.mirrored):
        found["flip"] = shape.mirrored
    if any(shape.heads):
        found["heads"] = shape.heads
    if shape.stroke >= 0:
        found["st"] = shape.stroke
    if shape.picture is not None:
        found["img"] = _picture(shape.picture)
    if shape.text is not None:
        found["text"] = {
            **_content(shape.text.content),
            "in": shape.text.insets,
            "va": shape.text.valign,
            "own": shape.text.own_width,
        }
    return found


def _content(content: tuple[DrawnBlock, ...] | DownText | UpText) -> _Json:
    if isinstance(content, DownText):
        columns = [[[piece.style, piece.text] for piece in column] for column in content.columns]
        return {"v": columns, "b": []}
    if isinstance(content, UpText):
        return {"up": _blocks(content.blocks), "length": content.length}
    return {"b": _blocks(content)}


def _text(piece: StyledText) -> list[int | str]:
    return [piece.style, piece.text] if piece.value is None else [piece.style, piece.text, piece.value]


def _value(piece: BreakableText | FittedText) -> _Json:
    return {} if piece.value is None else {"v": piece.value}


def _picture(piece: PictureMark) -> _Json:
    found: _Json = {
        "k": "img",
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


_PIECES: dict[type, Callable[[Any], _Json]] = {
    BreakableText: lambda piece: {"k": "w", "s": piece.style, "t": piece.text, **_value(piece)},
    Leader: lambda piece: {"k": "fill", "s": piece.style, "l": piece.kind},
    Blank: lambda piece: {"k": "b", "s": piece.style, "w": piece.widths},
    TabMark: lambda piece: {"k": "tab", "s": piece.style},
    NewLine: lambda piece: {"k": "br", "s": piece.style},
    FieldMark: lambda piece: {
        "k": "f",
        "f": piece.kind,
        "s": piece.style,
        "n": piece.bookmark,
        "fmt": piece.number_format,
    },
    PictureMark: _picture,
    DrawingMark: _drawing,
    TwoLines: lambda piece: {
        "k": "two",
        "s": piece.style,
        "t": piece.upper,
        "u": piece.lower,
        "b": piece.brackets,
    },
    FittedText: lambda piece: {
        "k": "fit",
        "s": piece.style,
        "t": piece.text,
        "w": piece.width,
        **_value(piece),
    },
    Anchor: lambda piece: {"k": "bm", "n": piece.name},
    NoteNumber: lambda piece: {"k": "no", "s": piece.style, "n": piece.note},
    NoteMark: lambda piece: {"k": "fn", "s": piece.style, "n": piece.note},
}


# -- blocks -------------------------------------------------------------------------------------------------


def _blocks(blocks: Iterable[DrawnBlock]) -> list[_Json]:
    return [_BLOCKS[block.__class__](block) for block in blocks]


def _paragraph(block: DrawnParagraph) -> _Json:
    found: _Json = {"k": "p", "s": block.style, "r": _pieces(block.pieces)}
    if block.plain:
        found["plain"] = True
    if block.height is not None:
        found["e"] = block.height
    if block.tabbed:
        found["t"] = True
    heading = block.heading
    if heading is not None:
        found["h"] = {"l": heading.level, "n": heading.number, "t": heading.title}
    if block.whole:
        found["whole"] = True
    if block.page_break_before:
        found["pb"] = True
    if block.keep_next:
        found["next"] = True
    if block.opens:
        found["o"] = block.opens
    if block.closes:
        found["c"] = block.closes
    if block.floats:
        found["fl"] = [_drawing(item) for item in block.floats]
    if block.gives_way:
        found["z"] = True
    if block.top_space is not None:
        found["v"] = block.top_space
    found["a"] = block.above
    if block.bottom_space is not None:
        found["w"] = block.bottom_space
    return found


def _table(block: DrawnTable) -> _Json:
    found: _Json = {
        "k": "t",
        "cols": block.columns,
        "align": block.align,
        "ind": block.indent,
        "heads": block.heads,
        "heights": block.heights,
        "cells": [_cell(cell) for cell in block.cells],
    }
    if block.whole:
        found["whole"] = True
    if block.keep_next:
        found["next"] = True
    if block.kept:
        found["kept"] = block.kept
    if block.gives_way:
        found["z"] = True
    if block.opens:
        found["o"] = block.opens
    if block.closes:
        found["c"] = block.closes
    found["a"] = block.above
    return found


def _cell(cell: DrawnCell) -> _Json:
    found: _Json = {"x": cell.column, "y": cell.row}
    if cell.span > 1:
        found["cs"] = cell.span
    if cell.rowspan > 1:
        found["rs"] = cell.rowspan
    if cell.measure:
        found["whole"] = "measure"
    content = cell.content
    if isinstance(content, DrawnParagraph):
        found["plain"] = content.style
        found["r"] = _pieces(content.pieces)
    else:
        found |= _content(content)
    if cell.falling >= 0:
        found["fall"] = cell.falling
    if cell.rising >= 0:
        found["rise"] = cell.rising
    if cell.opens or cell.closes:
        found["o"] = cell.opens
        found["c"] = cell.closes
    found["s"] = cell.style
    return found


_BLOCKS: dict[type, Callable[[Any], _Json]] = {
    DrawnParagraph: _paragraph,
    DrawnTable: _table,
    DrawnFloat: lambda block: {
        "k": "fl",
        "b": _blocks(block.blocks),
        "pl": _placement(block.placement),
        "w": block.width,
        "h": block.height,
    },
    GapTo: lambda block: {"k": "gap", "to": block.down},
    DrawnColumns: lambda block: {
        "k": "cols",
        "b": _blocks(block.blocks),
        "n": block.count,
        "g": block.gap,
        **({"sep": True} if block.lined else {}),
    },
    NewPage: lambda _: {"k": "pb"},
    BlankLine: lambda _: {"k": "br"},
    DrawnContents: lambda block: {
        "k": "toc",
        "first": block.first,
        "levels": block.last,
        "by": dict(block.by_style),
        "styles": block.styles,
    },
}


# -- sections -----------------------------------------------------------------------------------------------


def _section(section: DrawnSection) -> _Json:
    found: _Json = {
        "page": _page(section.page),
        "start": section.first_number,
        "fmt": section.number_format,
        "title": section.title_page,
        "break": section.begins,
        "header": {name: _blocks(blocks) for name, blocks in section.headers.items()},
        "footer": {name: _blocks(blocks) for name, blocks in section.footers.items()},
        "blocks": _blocks(section.blocks),
    }
    if section.valign != "top":
        found["va"] = section.valign
    if section.frame is not None:
        strokes, distances, pages = section.frame
        found["frame"] = {"st": strokes, "at": distances, "pages": pages}
    return found


def _page(page: PageSetup) -> _Json:
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

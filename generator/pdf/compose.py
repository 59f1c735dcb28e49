"""From a document's tree and the machine's faces to what the Typst program reads (``doc.json``).

Everything that needs no measuring is decided here: which face draws a run, where its lines stand, the gaps
between paragraphs, the widths of columns. Styles are numbered, so that the program builds each once.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from generator.pdf.fonts import Face, Faces
from generator.pdf.tree import tree_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Node = dict[str, Any]
Style = dict[str, Any]

_CJK: Final = re.compile("[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]")
_LATIN: Final = re.compile(
    "([\u0021-\u00a6\u00a9-\u00af\u00b2-\u00b6\u00b8-\u00d6\u00d8-\u00f6\u00f8-\u058f ]+)"
)
_BLANKS: Final = re.compile("(^[ \u00a0\u3000]+|[ \u00a0\u3000]{2,}|[ \u00a0\u3000]+$)")
_INVISIBLE: Final = frozenset({"Cf", "Cc", "Zl", "Zp"})
_EXACT_ABOVE: Final = 0.8  # of an exact line, the share above the baseline, as LibreOffice takes it
_BOLD_STROKE: Final = 0.028
_SCRIPT_SIZE: Final = 0.58
_BLANK_CHUNK: Final = 4
_MEASURE_FROM: Final = 0.4  # of a page: rows and paragraphs that look this tall are measured
Edges = tuple[float, float]


@dataclass
class Composition:
    """What the Typst program reads, and what it cannot know.

    Attributes:
        document: the content of ``doc.json``.
        warnings: in Chinese.
    """

    document: Node
    warnings: tuple[str, ...]


@dataclass
class Room:
    """Where blocks stand: the width they have, and whether pages can break there."""

    width: float
    height: float
    grid: float = 0.0
    in_cell: bool = False
    first: bool = True


@dataclass
class Composer:
    """Turns one tree into its composition.

    Args:
        faces: the machine's faces.
        families: the engine's name for each face.
        tab: distance between default tab stops, points.
    """

    faces: Faces
    families: Mapping[Face, str]
    tab: float
    run_styles: list[Node] = field(default_factory=list)
    paragraph_styles: list[Node] = field(default_factory=list)
    strokes: list[Node] = field(default_factory=list)
    headings: list[Node] = field(default_factory=list)
    _runs: dict[Any, int] = field(default_factory=dict)
    _paragraphs: dict[Any, int] = field(default_factory=dict)
    _strokes: dict[str, int] = field(default_factory=dict)
    _edges: dict[Any, Edges] = field(default_factory=dict)
    _absent: dict[str, dict[int, str]] = field(default_factory=dict)
    _undrawn: tuple[str, ...] = ()

    # -- characters -----------------------------------------------------------------------------------

    def look_over(self, text: str) -> tuple[str, ...]:
        """Note the characters that no fallback face draws; gives a warning for each that no face has."""
        self._undrawn = tuple(
            char
            for char in sorted(set(text))
            if unicodedata.category(char) not in _INVISIBLE and not self.faces.draws(char)
        )
        return tuple(
            f"字体中没有“{char}”（U+{ord(char):04X}）这个字，PDF 中以〔U+{ord(char):04X}〕代替；"
            f"请安装含有该字的字体，或用 LIANHETI_FONTS 指定字体文件夹"
            for char in self._undrawn
            if not any(self._has(role, char) for role in self.faces.roles)
        )

    def _has(self, role: str, char: str) -> bool:
        from generator.pdf.facefiles import coverage

        return char in coverage(self.faces.roles[role])

    def drawable(self, text: str, style: Style) -> str:
        """A text with what its faces cannot draw written out as ``〔U+XXXX〕``."""
        if not self._undrawn:
            return text
        role = self.faces.role(style.get("ea"))
        if role not in self._absent:
            self._absent[role] = {
                ord(char): f"〔U+{ord(char):04X}〕" for char in self._undrawn if not self._has(role, char)
            }
        return text.translate(self._absent[role])

    # -- lines ----------------------------------------------------------------------------------------

    def edges(self, style: Style, paragraph: Style, *, cjk: bool, grid: float) -> Edges:
        """How far a run's line reaches above and below its baseline, in points."""
        key = (id(style), id(paragraph), cjk, grid)
        found = self._edges.get(key)
        if found is None:
            found = self._edges[key] = self._line(style, paragraph, cjk=cjk, grid=grid)
        return found

    def _line(self, style: Style, paragraph: Style, *, cjk: bool, grid: float) -> Edges:
        rule, line = paragraph.get("rule", "auto"), paragraph.get("line", 1.0)
        if rule == "exact":
            return (_EXACT_ABOVE * line, (1 - _EXACT_ABOVE) * line)
        latin = self.faces.roles[self.faces.role(style.get("ascii"), latin=True)]
        faces = [self.faces.roles[self.faces.role(style.get("ea"))], latin] if cjk else [latin]
        above = max(face.ascent for face in faces) * style["size"]
        below = max(face.descent for face in faces) * style["size"]
        if rule == "atLeast":
            return (max(above, line - below), below)
        if grid and paragraph.get("snap", True):
            # Lines on a grid: each takes whole steps of it, its text in the middle.
            height = above + below
            extra = math.ceil(height / grid - 1e-6) * grid * max(line, 1.0) - height
            return (above + extra / 2, below + extra / 2)
        return ((above + below) * line - below, below)

    def _spacing(self, paragraph: Style, key: str, size: float) -> float:
        if paragraph.get(key + "_lines"):
            return float(paragraph[key + "_lines"]) * max(size, 12.0)
        return float(paragraph.get(key, 0.0))

    # -- styles ---------------------------------------------------------------------------------------

    def run_style(self, style: Style, edges: Edges, part: str = "") -> int:
        """The number of a run's style.

        Args:
            style: the run's properties.
            edges: its line's.
            part: ``latin`` or ``cjk`` where the two need different treatment, else empty.
        """
        key = (id(style), edges, part)
        if key in self._runs:
            return self._runs[key]
        east = self.faces.role(style.get("ea"))
        west = self.faces.role(style.get("ascii"), latin=True)
        size = style["size"]
        if style.get("script"):
            size *= _SCRIPT_SIZE
        fonts = [self.families[self.faces.roles[east]]]
        fonts += [name for face in self.faces.fallbacks if (name := self.families[face]) not in fonts]
        entry: Node = {
            "ea": fonts,
            "latin": self.families[self.faces.roles[west]],
            "size": size,
            "top": edges[0],
            "bottom": edges[1],
        }
        if style.get("bold"):
            if (west if part == "latin" else east) in self.faces.bold:
                entry["weight"] = 700
            else:
                entry["embolden"] = _BOLD_STROKE * size
        if style.get("italic") and part == "latin" and west in self.faces.italic:
            entry["italic"] = True
        elif style.get("italic"):
            entry["slant"] = True
        for key_, name in (
            ("colour", "fill"),
            ("underline", "under"),
            ("highlight", "mark"),
            ("spacing", "track"),
        ):
            if style.get(key_):
                entry[name] = style[key_]
        if style.get("fill") and not style.get("highlight"):
            entry["mark"] = style["fill"]
        if style.get("strike"):
            entry["strike"] = True
        if style.get("script"):
            entry["shift"] = -0.33 * style["size"] if style["script"] == "super" else 0.14 * style["size"]
        elif style.get("raise"):
            entry["shift"] = -style["raise"]
        if style.get("scale", 100) != 100:  # noqa: PLR2004 per cent
            entry["scale"] = style["scale"]
        self.run_styles.append(entry)
        self._runs[key] = len(self.run_styles) - 1
        return self._runs[key]

    def _needs_parts(self, style: Style) -> bool:
        """Whether Latin and CJK characters of a run must be set apart: only one has the real bold or italic."""
        if not (style.get("bold") or style.get("italic")):
            return False
        east = self.faces.role(style.get("ea"))
        west = self.faces.role(style.get("ascii"), latin=True)
        bold = style.get("bold") and (east in self.faces.bold) != (west in self.faces.bold)
        return bool(bold or (style.get("italic") and west in self.faces.italic))

    def stroke(self, line: Node | None) -> int:
        """The number of a border's stroke, -1 for none."""
        if line is None:
            return -1
        key = repr(line)
        if key not in self._strokes:
            self._strokes[key] = len(self.strokes)
            self.strokes.append(line)
        return self._strokes[key]

    # -- inlines --------------------------------------------------------------------------------------

    def inlines(self, items: Sequence[Node], paragraph: Style, grid: float) -> list[Any]:
        """Inlines as the program reads them: ``[style, text]`` for text, dicts for the rest."""
        found: list[Any] = []
        for item in items:
            kind = item["k"]
            style = item.get("s")
            if kind == "t":
                found += self._text(item["x"], item["s"], paragraph, grid)
                continue
            if kind == "bm":
                found.append({"k": "bm", "n": item["n"]})
                continue
            index = self.run_style(style, self.edges(style, paragraph, cjk=True, grid=grid)) if style else 0
            if kind == "f":
                found.append(
                    {"k": "f", "f": item["f"], "s": index, "n": item.get("n"), "fmt": item.get("fmt")}
                )
            elif kind == "img":
                found.append({key: item[key] for key in ("k", "n", "w", "h", "alt")})
            else:
                found.append({"k": kind, "s": index, **({"n": item["n"]} if "n" in item else {})})
        return found

    def _text(self, text: str, style: Style, paragraph: Style, grid: float) -> list[Any]:
        edges = self.edges(style, paragraph, cjk=_CJK.search(text) is not None, grid=grid)
        text = self.drawable(text, style)
        if not style.get("underline"):
            return self._pieces(text, style, edges)
        found: list[Any] = []
        west = self.faces.roles[self.faces.role(style.get("ascii"), latin=True)]
        track = style.get("spacing", 0.0)
        for index, piece in enumerate(_BLANKS.split(text)):
            if not piece:
                continue
            if index % 2 == 0:
                found += self._pieces(piece, style, edges)
                continue
            number = self.run_style(style, edges)
            widths = [(1.0 if char == "\u3000" else west.space) * style["size"] + track for char in piece]
            found.append(
                {
                    "k": "b",
                    "s": number,
                    "w": [sum(widths[at : at + _BLANK_CHUNK]) for at in range(0, len(widths), _BLANK_CHUNK)],
                }
            )
        return found

    def _pieces(self, text: str, style: Style, edges: Edges) -> list[Any]:
        if not self._needs_parts(style):
            return [[self.run_style(style, edges), text]]
        return [
            [self.run_style(style, edges, "latin" if index % 2 else "cjk"), piece]
            for index, piece in enumerate(_LATIN.split(text))
            if piece
        ]

    # -- paragraphs -----------------------------------------------------------------------------------

    def blocks(self, nodes: Sequence[Node], room: Room) -> list[Node]:
        """Blocks as the program reads them, with the gap above each (``a``)."""
        found: list[Node] = []
        gap, before = 0.0, None
        first = room.first
        for node in nodes:
            kind = node["k"]
            if kind == "pb":
                found.append({"k": "br"} if room.in_cell else {"k": "pb"})
                gap, before, first = 0.0, None, True
            elif kind == "toc":
                found.append(self._contents(node, room))
                gap, before, first = 0.0, None, False
            elif kind == "t":
                made = self.table(node, room)
                made["a"] = gap
                found.append(made)
                gap, before, first = 0.0, None, False
            elif not node.get("void"):
                style = node["s"]
                same = before is not None and before.get("style") == style.get("style")
                above = self._spacing(style, "before", node["m"]["size"])
                if same and style.get("contextual"):
                    above = 0.0
                if same and before and before.get("contextual"):
                    gap = 0.0
                made = self.paragraph(node, room)
                if first and above:
                    made["v"] = above
                    above = 0.0
                made["a"] = gap + above
                found.append(made)
                gap, before, first = self._spacing(style, "after", node["m"]["size"]), style, False
        if gap and room.in_cell and nodes and nodes[-1]["k"] == "p":
            found[-1]["w"] = gap
        return found

    def paragraph(self, node: Node, room: Room) -> Node:
        """One paragraph."""
        style, grid = node["s"], room.grid
        items = list(node["r"])
        size = next((item["s"]["size"] for item in items if item["k"] == "t"), node["m"]["size"])
        label = node.get("label")
        index = self._paragraph_style(style, size, cont=bool(node.get("cont")))
        shape = self.paragraph_styles[index]
        runs = self.inlines(items, style, grid)
        if label:
            runs = self._labelled(label, runs, style, grid)
        made: Node = {"k": "p", "s": index, "r": runs}
        if not any(item["k"] not in {"bm"} for item in items) and not label:
            made["e"] = sum(self.edges(node["m"], style, cjk=True, grid=grid))
            # A signature or clause may be marked on an empty line.
        tabbed = any(isinstance(run, dict) and run["k"] == "tab" for run in runs)
        if tabbed or (
            runs and isinstance(runs[-1], dict) and runs[-1]["k"] == "b" and shape["align"] == "left"
        ):
            made["t"] = True
        level = style.get("outline")
        text = "".join(item.get("x", "") for item in items if item["k"] in {"t", "f"}).strip()
        if level and text:
            title = (label["x"] if label else "") + text
            made["h"] = {"l": min(level, 6), "n": len(self.headings), "t": title}
            self.headings.append({"l": level, "t": self.drawable(title, node["m"])})
        if style.get("keep_lines") and self._tall(node, room) < _MEASURE_FROM:
            made["whole"] = True
        if style.get("page_break") and not room.in_cell:
            made["pb"] = True
        if style.get("keep_next"):
            made["next"] = True
        for key, name in (("open", "o"), ("close", "c")):
            if node.get(key):
                made[name] = node[key]
        if "open" in node and "close" not in node:
            made["c"] = node["open"]
        return made

    def _labelled(self, label: Node, runs: list[Any], style: Style, grid: float) -> list[Any]:
        made = self._text(label["x"], label["s"], style, grid)
        index = self.run_style(label["s"], self.edges(label["s"], style, cjk=True, grid=grid))
        after: list[Any] = {"tab": [{"k": "tab", "s": index}], "space": [[index, " "]]}.get(
            label["suffix"], []
        )
        return [*made, *after, *runs]

    def _paragraph_style(self, style: Style, size: float, *, cont: bool) -> int:
        key = (id(style), size, cont)
        if key in self._paragraphs:
            return self._paragraphs[key]
        em = size / 100
        left = style["left_chars"] * em if style.get("left_chars") else style.get("left", 0.0)
        right = style["right_chars"] * em if style.get("right_chars") else style.get("right", 0.0)
        first = style["first_chars"] * em if style.get("first_chars") else style.get("first", 0.0)
        align = {"both": "justify", "distribute": "distribute", "center": "center", "right": "right"}.get(
            style.get("align", "left"), "left"
        )
        hang = 0.0
        if first < 0:
            left, hang, first = left + first, -first, 0.0
        if cont:
            left, hang, first = left + hang, 0.0, 0.0
        stops = [
            [at, kind, leader]
            for at, (kind, leader) in sorted(style.get("tabs", {}).items())
            if kind != "clear"
        ]
        entry: Node = {
            "left": left,
            "right": right,
            "first": first,
            "hang": hang,
            "align": align,
            "tabs": stops,
        }
        if style.get("fill"):
            entry["fill"] = style["fill"]
        if style.get("borders"):
            entry["lines"] = {side: self.stroke(line) for side, line in style["borders"].items()}
        if style.get("widows") is False:
            entry["loose"] = True
        if style.get("cjk_latin") is False:
            entry["tight"] = True
        self.paragraph_styles.append(entry)
        self._paragraphs[key] = len(self.paragraph_styles) - 1
        return self._paragraphs[key]

    def _tall(self, node: Node, room: Room) -> float:
        """Roughly how much of a page's height a paragraph or table takes."""
        if node["k"] == "t":
            return sum(
                max(
                    (sum(self._tall(inner, room) for inner in cell["blocks"]) for cell in row["cells"]),
                    default=0,
                )
                for row in node["rows"]
            )
        if node["k"] != "p":
            return 0.0
        line = sum(self.edges(node["m"], node["s"], cjk=True, grid=room.grid))
        length = sum(
            len(item.get("x", "")) * item["s"]["size"]
            for item in node["r"]
            if "s" in item and item["k"] == "t"
        )
        pictures = sum(item["h"] for item in node["r"] if item["k"] == "img")
        lines = math.ceil(length / max(room.width, 1.0)) or 1
        return (lines * line + pictures) / room.height

    def _contents(self, node: Node, room: Room) -> Node:
        styles = []
        for paragraph, run in node["styles"][: node["levels"]]:
            edges = self.edges(run, paragraph, cjk=True, grid=room.grid)
            styles.append(
                [
                    self._paragraph_style(paragraph, run["size"], cont=False),
                    self.run_style(run, edges),
                    self._spacing(paragraph, "before", run["size"])
                    + self._spacing(paragraph, "after", run["size"]),
                ]
            )
        return {"k": "toc", "levels": node["levels"], "styles": styles}

    # -- tables ---------------------------------------------------------------------------------------

    def table(self, node: Node, room: Room) -> Node:
        """One table."""
        columns, indent = self._columns(node, room)
        rows = node["rows"]
        heads = next((at for at, row in enumerate(rows) if not row["head"]), len(rows))
        if heads == len(rows):
            heads = 0
        cells: list[Node] = []
        for y, row in enumerate(rows):
            for cell in row["cells"]:
                cells.append(self._cell(cell, y, rows, columns, room))
        glued = all(self._stays(row) for row in rows[:-1]) and len(rows) > 1
        return {
            "k": "t",
            "cols": columns,
            "align": node["align"],
            "ind": indent,
            "heads": heads,
            "heights": [min(row["height"], room.height - 1) for row in rows],
            "cells": cells,
            **({"whole": True} if glued and self._tall(node, room) < _MEASURE_FROM * 2 else {}),
            **({"next": True} if self._stays(rows[-1]) else {}),
            **({"o": node["open"]} if node.get("open") else {}),
            **({"c": node.get("close") or node["open"]} if node.get("close") or node.get("open") else {}),
        }

    @staticmethod
    def _stays(row: Node) -> bool:
        """Whether a row keeps to the next: Word asks the first paragraph of its cells."""
        firsts = [
            cell["blocks"][0] for cell in row["cells"] if cell["blocks"] and cell["blocks"][0]["k"] == "p"
        ]
        return bool(firsts) and all(block["s"].get("keep_next") for block in firsts)

    @staticmethod
    def _columns(node: Node, room: Room) -> tuple[list[float], float]:
        columns, indent = node["grid"], node["indent"] if node["align"] == "left" else 0.0
        kind, share = node["width"]
        total = sum(columns)
        if kind == "pct" and total:
            columns = [width * share * room.width / total for width in columns]
        elif total > room.width * 1.12 and total:
            # It would leave the sheet: no template means that, and text there would not be printed.
            columns = [width * room.width / total for width in columns]
        return [round(width, 3) for width in columns], indent

    def _cell(self, cell: Node, y: int, rows: Sequence[Node], columns: Sequence[float], room: Room) -> Node:
        margins = cell["margins"]
        width = sum(columns[cell["x"] : cell["x"] + cell["span"]]) - margins["left"] - margins["right"]
        inner = Room(max(width, 1.0), room.height, room.grid, in_cell=True)
        made: Node = {
            "x": cell["x"],
            "y": y,
            "in": [margins[side] for side in ("top", "right", "bottom", "left")],
            "st": [self.stroke(cell["borders"][side]) for side in ("top", "right", "bottom", "left")],
        }
        span = min(cell["rowspan"], len(rows) - y)
        for key, value in (("cs", cell["span"]), ("rs", span)):
            if value > 1:
                made[key] = value
        if cell.get("fill"):
            made["f"] = cell["fill"]
        if cell.get("valign") in {"horizon", "bottom"}:
            made["va"] = cell["valign"]
        whole = [row for row in rows[y : y + span] if row["whole"] or row["rule"] == "exact"]
        if len(whole) == span:
            tall = sum(self._tall(block, inner) for block in cell["blocks"])
            made["whole"] = "measure" if tall > _MEASURE_FROM else "yes"
        if cell.get("turn"):
            height = sum(row["height"] for row in rows[y : y + span]) - margins["top"] - margins["bottom"]
            made |= self._turned(cell, inner, height)
        else:
            made["b"] = self.blocks(cell["blocks"], inner)
        for key in ("tl2br", "tr2bl"):
            if cell.get(key):
                made[key] = self.stroke(cell[key])
        if cell.get("open") or cell.get("close"):
            made["o"] = cell.get("open", [])
            made["c"] = cell.get("close") or cell["open"]
        return made

    def _turned(self, cell: Node, room: Room, height: float) -> Node:
        """A cell whose text runs down the page (``v``), or up (``up``); other than text stands upright."""
        paragraphs = [block for block in cell["blocks"] if block["k"] == "p"]
        plain = all(item["k"] in {"t", "bm", "br"} for block in paragraphs for item in block["r"])
        if cell["turn"] == "up":
            return {
                "up": self.blocks(
                    cell["blocks"], Room(height if height > 0 else room.height, room.height, in_cell=True)
                )
            }
        if len(paragraphs) != len(cell["blocks"]) or not plain:
            return {"b": self.blocks(cell["blocks"], room)}
        columns = []
        for block in paragraphs:
            column: list[Any] = []
            used = 0.0
            for item in block["r"]:
                if item["k"] != "t":
                    continue
                size = item["s"]["size"]
                index = self.run_style(item["s"], (0.88 * size, 0.12 * size))
                text = self.drawable(item["x"], item["s"])
                for piece in re.findall("[!-~]{2,}|.", text):
                    length = len(piece) * size * (0.55 if len(piece) > 1 else 1.0)
                    if height > 0 and column and used + length > height + 0.5:
                        columns.append(column)
                        column, used = [], 0.0
                    column.append([index, piece])
                    used += length
            if column:
                columns.append(column)
        return {"v": columns, "b": []}


def compose(
    tree: Node, faces: Faces, families: Mapping[Face, str], *, title: str, author: str
) -> Composition:
    """Make what the Typst program reads of a tree.

    Args:
        tree: from read_tree.
        faces: the machine's faces.
        families: the engine's name for each face.
        title: the document's title, for its metadata.
        author: its author.
    """
    composer = Composer(faces, families, tree["tab"])
    warnings = composer.look_over(tree_text(tree) + title)
    sections = []
    for section in tree["sections"]:
        page = dict(section["page"])
        width = page["width"] - page["left"] - page["right"]
        margin_room = Room(width, page["height"], in_cell=True)
        margins = {}
        for kind, edge in (("header", "top"), ("footer", "bottom")):
            margins[kind] = {
                name: composer.blocks(blocks, margin_room) for name, blocks in section[kind].items()
            }
            tall = [
                sum(composer._tall(block, margin_room) for block in blocks) * page["height"]  # noqa: SLF001 same module
                for blocks in section[kind].values()
            ]
            page[edge] = max(page[edge], page[kind] + max(tall, default=0.0))
        room = Room(width, page["height"] - page["top"] - page["bottom"], page["grid"])
        sections.append(
            {
                "page": page,
                "start": section["start"],
                "fmt": section["format"],
                "title": section["title_page"],
                "break": section["break"],
                **margins,
                "blocks": composer.blocks(section["blocks"], room),
            }
        )
    notes = {
        name: composer.blocks(blocks, Room(sections[0]["page"]["width"], 800.0, in_cell=True))
        for name, blocks in tree["footnotes"].items()
    }
    document = {
        "title": title,
        "author": author,
        "tab": tree["tab"],
        "even": tree["even_odd"],
        "runs": composer.run_styles,
        "paragraphs": composer.paragraph_styles,
        "strokes": composer.strokes,
        "headings": composer.headings,
        "sections": sections,
        "notes": notes,
    }
    return Composition(document, warnings)

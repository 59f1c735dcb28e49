"""Composing runs: which face draws them, where their lines stand, blanks, ticks, and characters no face has."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from generator.pdf.fonts.face_cache import coverage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.pdf.fonts.face_cache import Face
    from generator.pdf.fonts.faces import Faces

Node = dict[str, Any]
Style = dict[str, Any]
Edges = tuple[float, float]

_CJK: Final = re.compile("[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]")
_LATIN: Final = re.compile(
    "([\u0021-\u00a6\u00a9-\u00af\u00b2-\u00b6\u00b8-\u00d6\u00d8-\u00f6\u00f8-\u058f ]+)"
)
_BLANKS: Final = re.compile("(^[ \u00a0\u3000]+|[ \u00a0\u3000]{2,}|[ \u00a0\u3000]+$)")
_INVISIBLE: Final = frozenset({"Cf", "Cc", "Zl", "Zp"})
_EXACT_ABOVE: Final = 0.8  # of an exact line, the share above the baseline, as LibreOffice takes it
_BOLD_STROKE: Final = 0.028
_SCRIPT_SIZE: Final = 0.58
# The engine's own ticked box is as wide as a Latin letter; beside a Chinese □ it must be as wide as one.
_TICKS: Final = "☐☑☒"
_TICK_SIZE: Final = 1.5
_BLANK_CHUNK: Final = 4
# Where two Chinese marks meet, the engine would take half of the space between them. Word does so only where
# the document says so; APART tells the program to set the two apart.
_SIDES: Final = ("top", "right", "bottom", "left")  # the order in which the program reads them
APART: Final = "\x1f"
_MARKS: Final = "、。，．：；？！（）《》〈〉「」『』【】〔〕〖〗“”‘’"
_MEETING: Final = re.compile(f"(?<=[{_MARKS}])(?=[{_MARKS}])")


@dataclass
class InlineComposer:
    """Numbers the styles of a document's runs and borders, and composes inlines.

    Args:
        faces: the machine's faces.
        families: the engine's name for each face.
        tab: distance between default tab stops, points.
        compress: whether Chinese marks that meet are drawn closer (``w:characterSpacingControl``).
    """

    faces: Faces
    families: Mapping[Face, str]
    tab: float
    compress: bool = False
    run_styles: list[Node] = field(default_factory=list)
    paragraph_styles: list[Node] = field(default_factory=list)
    cell_styles: list[Node] = field(default_factory=list)
    strokes: list[Node] = field(default_factory=list)
    headings: list[Node] = field(default_factory=list)
    _runs: dict[Any, int] = field(default_factory=dict)
    _paragraphs: dict[Any, int] = field(default_factory=dict)
    _strokes: dict[tuple[Any, ...], int] = field(default_factory=dict)
    _cells: dict[tuple[Any, ...], int] = field(default_factory=dict)
    _edges: dict[Any, Edges] = field(default_factory=dict)
    _absent: dict[str, dict[int, str]] = field(default_factory=dict)
    _undrawn: tuple[str, ...] = ()
    _tick: re.Pattern[str] | None = None

    # -- characters -----------------------------------------------------------------------------------

    def look_over(self, text: str) -> tuple[str, ...]:
        """Note the characters that no fallback face draws; gives a warning for each that no face has."""
        chain = (*self.faces.roles.values(), *self.faces.fallbacks)
        embedded = [
            char for char in _TICKS if char in text and not any(char in coverage(face) for face in chain)
        ]
        self._tick = re.compile(f"([{''.join(embedded)}]+)") if embedded else None
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

    def spacing(self, paragraph: Style, key: str, size: float) -> float:
        """The space ``before`` or ``after`` a paragraph, whose text is of a size, in points."""
        if paragraph.get(key + "_lines"):
            return float(paragraph[key + "_lines"]) * max(size, 12.0)
        return float(paragraph.get(key, 0.0))

    # -- styles ---------------------------------------------------------------------------------------

    def run_style(  # noqa: C901 one branch a property
        self, style: Style, edges: Edges, part: str = ""
    ) -> int:
        """The number of a run's style.

        Args:
            style: the run's properties.
            edges: its line's.
            part: ``latin`` or ``cjk`` where the two need different treatment, ``tick`` for a ticked box that
                only the engine's own face draws, else empty.
        """
        key = (id(style), edges, part)
        if key in self._runs:
            return self._runs[key]
        east = self.faces.role(style.get("ea"))
        west = self.faces.role(style.get("ascii"), latin=True)
        size = style["size"]
        if style.get("script"):
            size *= _SCRIPT_SIZE
        if part == "tick":
            size *= _TICK_SIZE
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
        key = (line["w"], line["c"], line.get("d"))
        if key not in self._strokes:
            self._strokes[key] = len(self.strokes)
            self.strokes.append(line)
        return self._strokes[key]

    def cell_style(self, cell: Node, align: str, *, whole: bool) -> int:
        """The number of a cell's style.

        Args:
            cell: the cell's node in the tree.
            align: where its lines stand, as the program names it.
            whole: whether it may not split at the end of a page.
        """
        margins = [cell["margins"][side] for side in _SIDES]
        strokes = [self.stroke(cell["borders"][side]) for side in _SIDES]
        valign = cell.get("valign")
        valign = valign if valign in {"horizon", "bottom"} else "top"
        key = (*margins, *strokes, cell.get("fill"), align, valign, whole)
        if key not in self._cells:
            self._cells[key] = len(self.cell_styles)
            entry: Node = {"in": margins, "st": strokes, "align": align, "va": valign, "whole": whole}
            self.cell_styles.append({**entry, **({"f": cell["fill"]} if cell.get("fill") else {})})
        return self._cells[key]

    # -- inlines --------------------------------------------------------------------------------------

    def inlines(self, items: Sequence[Node], paragraph: Style, grid: float) -> list[Any]:
        """Inlines as the program reads them: ``[style, text]`` for text, dicts for the rest."""
        found: list[Any] = []
        for item in items:
            kind = item["k"]
            style = item.get("s")
            if kind == "t":
                found += self.text_pieces(item["x"], item["s"], paragraph, grid)
                continue
            if kind == "no":
                found += self.text_pieces(str(item["n"]), item["s"], paragraph, grid)
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

    def text_pieces(self, text: str, style: Style, paragraph: Style, grid: float) -> list[Any]:
        """A text as styled pieces, its underlined white space as blanks (``b``) to write on."""
        edges = self.edges(style, paragraph, cjk=_CJK.search(text) is not None, grid=grid)
        text = self.drawable(text, style)
        if not self.compress:
            text = _MEETING.sub(APART, text)
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
        if self._tick and self._tick.search(text):
            return [
                found
                for index, piece in enumerate(self._tick.split(text))
                if piece
                for found in (
                    [[self.run_style(style, edges, "tick"), piece]]
                    if index % 2
                    else self._pieces(piece, style, edges)
                )
            ]
        if not self._needs_parts(style):
            return [[self.run_style(style, edges), text]]
        return [
            [self.run_style(style, edges, "latin" if index % 2 else "cjk"), piece]
            for index, piece in enumerate(_LATIN.split(text))
            if piece
        ]

"""The styles that documents are drawn in, and which characters their faces can draw."""

from __future__ import annotations

import math
import re
import unicodedata
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from msgspec import Struct, field

from generator.base.recent import Recent
from generator.pdf.compose.drawing import CellStyle, ListedHeading, ParagraphStyle, RunStyle
from generator.pdf.docx.tree import LineBreak, Paragraph, Tab, TextRun
from generator.pdf.fonts.face_cache import coverage, latin_widths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from generator.pdf.compose.drawing import PrintedValue
    from generator.pdf.docx.tree import Block, BorderLine, Cell, ParagraphFormat, RunFormat
    from generator.pdf.fonts.face_cache import Face
    from generator.pdf.fonts.faces import Faces

# How far a line reaches above and below its baseline, in points.
Edges = tuple[float, float]
_CellKey = tuple[tuple[float, float, float, float], tuple[int, int, int, int], str, str, bool, str | None]

_INVISIBLE: Final = frozenset({"Cf", "Cc", "Zl", "Zp"})
_EXACT_ABOVE: Final = 0.8  # of an exact line, the share above the baseline, as LibreOffice takes it
_BOLD_STROKE: Final = 0.028  # of the size
_SCRIPT_SIZE: Final = 0.58
_RAISED: Final = {"super": -0.33, "sub": 0.14}  # of the size, down
# The engine's own ticked box is as wide as a Latin letter; beside a Chinese □ it must be as wide as one.
_TICKS: Final = "☐☑☒"
_TICK_SIZE: Final = 1.5
_LEAST_LINE: Final = 12.0  # points: the least height of a line, where spacing is given in lines
_ALIGN: Final = {"both": "justify", "distribute": "distribute", "center": "center", "right": "right"}
_LAST_LATIN: Final = "\u024f"
_MOST_PIECES: Final = 6_000
_MOST_STYLES: Final = 20_000
_Made = TypeVar("_Made")
_Key = TypeVar("_Key")


class UsedStyles(NamedTuple):
    """The styles and strokes of a document by their numbers, as of DrawnDocument."""

    runs: dict[int, RunStyle]
    paragraphs: dict[int, ParagraphStyle]
    cells: dict[int, CellStyle]
    strokes: dict[int, BorderLine]


class _Used(Struct):
    """The numbers of the styles and strokes that something is drawn in, in the order of use."""

    runs: dict[int, None] = field(default_factory=dict)
    paragraphs: dict[int, None] = field(default_factory=dict)
    cells: dict[int, None] = field(default_factory=dict)
    strokes: dict[int, None] = field(default_factory=dict)

    def add(self, other: _Used) -> None:
        self.runs |= other.runs
        self.paragraphs |= other.paragraphs
        self.cells |= other.cells
        self.strokes |= other.strokes


class _Kept(Struct, frozen=True):
    """What was composed of some blocks, which it holds, so that their ``id`` is no other's."""

    owner: object
    made: Any
    used: _Used


class KnownStyles:
    """The styles of all documents of an engine, each numbered once, and what was composed of blocks that they share.

    Those are the very objects that read_tree gives again for equal XML (docx/reuse.py).

    Args:
        faces: the machine's faces.
        families: the engine's name for each face.
    """

    def __init__(self, faces: Faces, families: Mapping[Face, str]) -> None:
        self.faces = faces
        self.families = families
        self.run_styles: list[RunStyle] = []
        self.paragraph_styles: list[ParagraphStyle] = []
        self.cell_styles: list[CellStyle] = []
        self.strokes: list[BorderLine] = []
        self.numbering = Lock()  # held while a style is given its number
        self.edges: dict[tuple[RunFormat, ParagraphFormat, bool, float], Edges] = {}
        self.runs: dict[tuple[RunFormat, Edges, str], int] = {}
        self.paragraphs: dict[tuple[ParagraphFormat, float, bool], int] = {}
        self.cells: dict[_CellKey, int] = {}
        self.stroke_numbers: dict[BorderLine, int] = {}
        self.widths: dict[str, dict[str, float]] = {}
        self.drawn: set[str] = set()  # characters that a fallback face draws, or that are not to be seen
        self.pieces: Recent[tuple[Any, ...], _Kept] = Recent(_MOST_PIECES)

    @cached_property
    def ticks(self) -> re.Pattern[str] | None:
        """Finds ticked boxes that only the engine's own face draws; None where there are none."""
        chain = (*self.faces.roles.values(), *self.faces.fallbacks)
        embedded = [char for char in _TICKS if not any(char in coverage(face) for face in chain)]
        return re.compile(f"([{''.join(embedded)}]+)") if embedded else None

    @property
    def is_full(self) -> bool:
        """Whether so many styles have come together that it is time to begin anew."""
        return len(self.edges) + len(self.run_styles) + len(self.cell_styles) > _MOST_STYLES


class StyleBook:
    """The styles of one document, and the characters that its faces cannot draw.

    Args:
        known: the styles that it shares with other documents whose other arguments are the same.
        compress: whether Chinese marks that meet are drawn closer (``w:characterSpacingControl``).
        listed_styles: ids of the styles that a table of contents lists by name.

    Attributes:
        ticks: of the known styles, where the document holds any.
        headings: the document's headings so far.
        values: the values that are printed so far, each as often as it is.
    """

    def __init__(
        self,
        known: KnownStyles,
        *,
        compress: bool,
        listed_styles: frozenset[str] = frozenset(),
    ) -> None:
        self._known = known
        self.faces = known.faces
        self.families = known.families
        self.compress = compress
        self.listed_styles = listed_styles
        self.run_styles = known.run_styles
        self.paragraph_styles = known.paragraph_styles
        self.headings: list[ListedHeading] = []
        self.values: list[PrintedValue] = []
        self.ticks: re.Pattern[str] | None = None
        self._used = _Used()
        self._undrawn: tuple[str, ...] = ()
        self._written_out: dict[str, dict[int, str]] = {}
        self._edges, self._runs = known.edges, known.runs
        self._paragraphs, self._cells = known.paragraphs, known.cells
        self._strokes, self._widths = known.stroke_numbers, known.widths

    # -- characters -----------------------------------------------------------------------------------

    def look_over(self, chars: set[str]) -> tuple[str, ...]:
        """Note which of a document's characters no fallback face draws; a warning for each that no face has."""
        self.ticks = self._known.ticks if chars.intersection(_TICKS) else None
        undrawn = {
            char
            for char in chars - self._known.drawn
            if unicodedata.category(char) not in _INVISIBLE and not self.faces.draws(char)
        }
        self._known.drawn |= chars - undrawn
        self._undrawn = tuple(sorted(undrawn))
        return tuple(
            f"字体中没有“{char}”（U+{ord(char):04X}）这个字，PDF 中以〔U+{ord(char):04X}〕代替；"
            f"请安装含有该字的字体，或用 LIANHETI_FONTS 指定字体文件夹"
            for char in self._undrawn
            if not any(self._has(role, char) for role in self.faces.roles)
        )

    def _has(self, role: str, char: str) -> bool:
        return char in coverage(self.faces.roles[role])

    def kept(
        self, owner: Paragraph | Sequence[Block], place: tuple[Any, ...], make: Callable[[], _Made]
    ) -> _Made:
        """What is composed of a paragraph or a cell's blocks: what it was for another document, where it is known.

        Args:
            owner: the paragraph or the blocks.
            place: what else it depends on.
            make: composes it.
        """
        key = (id(owner), *place)
        known = self._known.pieces.get(key)
        if known is None or self._undrawn:
            if self._undrawn or not self._is_steady((owner,) if isinstance(owner, Paragraph) else owner):
                return make()
            outer, self._used = self._used, _Used()
            known = _Kept(owner, make(), self._used)
            self._used = outer
            self._known.pieces.put(key, known)
        self._used.add(known.used)
        made: _Made = known.made
        return made

    def _is_steady(self, blocks: Iterable[Block]) -> bool:
        """Whether blocks are composed alike in every document: headings and values are numbered in each anew."""
        return all(
            isinstance(block, Paragraph)
            and not block.format.outline
            and block.format.style not in self.listed_styles
            and all(
                not item.values if isinstance(item, TextRun) else isinstance(item, Tab | LineBreak)
                for item in block.runs
            )
            for block in blocks
        )

    def value(self, value: PrintedValue) -> int:
        """The number of one more printed value."""
        self.values.append(value)
        return len(self.values) - 1

    def drawable(self, text: str, look: RunFormat) -> str:
        """A text with what its faces cannot draw written out as ``〔U+XXXX〕``."""
        if not self._undrawn:
            return text
        role = self.faces.role(look.east_asian_face)
        if role not in self._written_out:
            self._written_out[role] = {
                ord(char): f"〔U+{ord(char):04X}〕" for char in self._undrawn if not self._has(role, char)
            }
        return text.translate(self._written_out[role])

    def latin_face(self, look: RunFormat) -> Face:
        """The face that draws a run's Latin characters."""
        return self.faces.roles[self.faces.role(look.latin_face, latin=True)]

    def latin_width(self, style: int, char: str) -> float | None:
        """How wide a style draws a Latin character, in points; None for one that is not Latin."""
        if char > _LAST_LATIN:
            return None
        run = self.run_styles[style]
        widths = self._widths.get(run.latin_face)
        if widths is None:
            face = next(face for face, family in self.families.items() if family == run.latin_face)
            widths = self._widths[run.latin_face] = latin_widths(face)
        found = widths.get(char)
        return None if found is None else found * run.size

    # -- lines ----------------------------------------------------------------------------------------

    def edges(self, look: RunFormat, paragraph: ParagraphFormat, *, cjk: bool, grid: float) -> Edges:
        """How far a run's line reaches above and below its baseline.

        Args:
            look: the run's formatting.
            paragraph: its paragraph's.
            cjk: whether the run holds Chinese characters.
            grid: distance of the lines of the page's grid, 0 for none.
        """
        key = (look, paragraph, cjk, grid)
        found = self._edges.get(key)
        if found is None:
            found = self._edges[key] = self._line(look, paragraph, cjk=cjk, grid=grid)
        return found

    def _line(self, look: RunFormat, paragraph: ParagraphFormat, *, cjk: bool, grid: float) -> Edges:
        rule, line = paragraph.line_rule, paragraph.line
        if rule == "exact":
            return (_EXACT_ABOVE * line, (1 - _EXACT_ABOVE) * line)
        latin = self.latin_face(look)
        faces = [self.faces.roles[self.faces.role(look.east_asian_face)], latin] if cjk else [latin]
        above = max(face.ascent for face in faces) * look.size
        below = max(face.descent for face in faces) * look.size
        # Text that stands raised or lowered makes its line taller.
        above, below = above + max(look.raised, 0.0), below + max(-look.raised, 0.0)
        if rule == "atLeast":
            return (max(above, line - below), below)
        if grid and paragraph.snap_to_grid:
            # On a document grid (w:docGrid) a line takes a whole number of grid lines, its text in the middle.
            height = above + below
            extra = math.ceil(height / grid - 1e-6) * grid * max(line, 1.0) - height
            return (above + extra / 2, below + extra / 2)
        return ((above + below) * line - below, below)

    # -- styles ---------------------------------------------------------------------------------------

    def run(self, look: RunFormat, edges: Edges, part: str = "") -> int:
        """The number of a run's style.

        Args:
            look: the run's formatting.
            edges: its line's.
            part: ``latin`` or ``cjk`` where the two need different treatment, ``tick`` for a ticked box that
                only the engine's own face draws, else empty.
        """
        key = (look, edges, part)
        found = self._runs.get(key)
        if found is None:
            made = self._run_style(look, edges, part)
            found = self._number(self._runs, self.run_styles, key, made)
        self._used.runs[found] = None
        return found

    def _run_style(self, look: RunFormat, edges: Edges, part: str) -> RunStyle:
        east = self.faces.role(look.east_asian_face)
        west = self.faces.role(look.latin_face, latin=True)
        size = look.size * (_SCRIPT_SIZE if look.script else 1) * (_TICK_SIZE if part == "tick" else 1)
        names = [self.families[self.faces.roles[east]]]
        names += [name for face in self.faces.fallbacks if (name := self.families[face]) not in names]
        has_bold = (west if part == "latin" else east) in self.faces.bold
        has_italic = part == "latin" and west in self.faces.italic
        shift = _RAISED[look.script] * look.size if look.script else -look.raised if look.raised else None
        return RunStyle(
            tuple(names),
            self.families[self.faces.roles[west]],
            size,
            *edges,
            weight=700 if look.bold and has_bold else None,
            embolden=_BOLD_STROKE * size if look.bold and not has_bold else None,
            italic=look.italic and has_italic,
            slanted=look.italic and not has_italic,
            fill=look.colour,
            underline=look.underline,
            marked=look.highlight or look.fill,
            spacing=look.spacing,
            strike=look.strike,
            shift=shift,
            scale=look.scale,
            border=self.stroke(look.border) if look.border is not None else None,
        )

    def splits_latin(self, look: RunFormat) -> bool:
        """Whether Latin and Chinese characters of a run must be set apart: only one has the real bold or italic."""
        if not (look.bold or look.italic):
            return False
        east = self.faces.role(look.east_asian_face)
        west = self.faces.role(look.latin_face, latin=True)
        bold = look.bold and (east in self.faces.bold) != (west in self.faces.bold)
        return bold or (look.italic and west in self.faces.italic)

    def paragraph(self, form: ParagraphFormat, size: float, *, continues: bool) -> int:
        """The number of a paragraph's style.

        Args:
            form: its formatting.
            size: of its first text, by which indents in characters are measured.
            continues: whether it goes on from before a page break.
        """
        key = (form, size, continues)
        found = self._paragraphs.get(key)
        if found is None:
            made = self._paragraph_style(form, size, continues=continues)
            found = self._number(self._paragraphs, self.paragraph_styles, key, made)
        self._used.paragraphs[found] = None
        return found

    def _paragraph_style(self, form: ParagraphFormat, size: float, *, continues: bool) -> ParagraphStyle:
        hundredth = size / 100
        left = form.left_chars * hundredth if form.left_chars else form.left
        right = form.right_chars * hundredth if form.right_chars else form.right
        first = form.first_chars * hundredth if form.first_chars else form.first
        hang = 0.0
        if first < 0 and form.first_chars and left + first < 0 <= left + form.first:
            # Hanging by more characters than the paragraph is indented: the measure that Word stored beside them counts.
            first = form.first
        if first < 0:
            left, hang, first = left + first, -first, 0.0
        if continues:
            left, hang, first = left + hang, 0.0, 0.0
        return ParagraphStyle(
            left,
            right,
            first,
            hang,
            _ALIGN.get(form.align, "left"),
            form.tabs,
            form.fill,
            tuple((side, self.stroke(line)) for side, line in form.borders),
            loose=not form.widow_control,
            tight=not form.cjk_latin_space,
        )

    def stroke(self, line: BorderLine | None) -> int:
        """The number of a border's stroke, -1 for none."""
        if line is None:
            return -1
        found = self._strokes.get(line)
        if found is None:
            found = self._number(self._strokes, self._known.strokes, line, line)
        self._used.strokes[found] = None
        return found

    def cell(self, cell: Cell, align: str, *, whole: bool) -> int:
        """The number of a cell's style.

        Args:
            cell: the cell.
            align: where its lines stand, as of ParagraphStyle.
            whole: whether it may not split at the end of a page.
        """
        margins, borders = cell.margins, cell.borders
        insets = (margins.top, margins.right, margins.bottom, margins.left)
        strokes = (
            self.stroke(borders.top),
            self.stroke(borders.right),
            self.stroke(borders.bottom),
            self.stroke(borders.left),
        )
        key = (insets, strokes, align, cell.valign, whole, cell.fill)
        found = self._cells.get(key)
        if found is None:
            found = self._number(self._cells, self._known.cell_styles, key, CellStyle(*key))
        self._used.cells[found] = None
        return found

    def _number(self, numbers: dict[_Key, int], styles: list[_Made], key: _Key, style: _Made) -> int:
        """The number of a style that was not known, which another thread may have added meanwhile."""
        with self._known.numbering:
            found = numbers.get(key)
            if found is None:
                found = len(styles)
                styles.append(style)
                numbers[key] = found
        return found

    def used_styles(self) -> UsedStyles:
        """The styles and strokes that the document is drawn in."""
        used, known = self._used, self._known
        runs = {number: known.run_styles[number] for number in used.runs}
        paragraphs = {number: known.paragraph_styles[number] for number in used.paragraphs}
        # A style's strokes were asked for when it was new, in whatever document that was.
        within = {run.border for run in runs.values() if run.border is not None}
        within |= {
            stroke for paragraph in paragraphs.values() for _, stroke in paragraph.lines if stroke >= 0
        }
        return UsedStyles(
            runs,
            paragraphs,
            {number: known.cell_styles[number] for number in used.cells},
            {number: known.strokes[number] for number in sorted(used.strokes.keys() | within)},
        )


def space_before(form: ParagraphFormat, size: float) -> float:
    """The space before a paragraph whose text is of a size, in points."""
    return form.before_lines * max(size, _LEAST_LINE) if form.before_lines else form.before


def space_after(form: ParagraphFormat, size: float) -> float:
    """The space after a paragraph whose text is of a size, in points."""
    return form.after_lines * max(size, _LEAST_LINE) if form.after_lines else form.after

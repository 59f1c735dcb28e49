"""Aligning a document with a pattern: the cheapest way through the pattern that explains every block.

The pattern becomes an automaton whose arcs take a paragraph, or the edge of a row or cell, or skip what the document
lacks; what the pattern lacks is put in. Costs say how unlikely each is: leaving out the form's own print is dear,
an additional line is allowed, a text that swallows a heading is dear. The cheapest way is found by Viterbi's algorithm.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final
from typing import Literal as Only

from msgspec import Struct, field
from msgspec.structs import replace
from rapidfuzz import fuzz

from generator.model.value_kinds import Choice
from generator.returns.forms.document import Block, Cell, Paragraph, Row
from generator.returns.forms.folding import NUMBERING, bare, fold, folded, likeness
from generator.returns.forms.line_match import LineMatcher, Match, joined_tokens, sequences, shape_of
from generator.returns.forms.pattern import (
    Alternatives,
    CellPattern,
    Counter,
    Facts,
    Item,
    Line,
    Literal,
    Loop,
    Passage,
    Path,
    RowPattern,
    Value,
    is_print,
    label_of,
    lines_of,
    print_of,
    shown,
    tokens_of,
)

NEVER: Final = 1e9
_BEAM: Final = 16.0
_LIKE_ENOUGH: Final = 0.72
_GOOD_ENOUGH: Final = 0.55
_STRONG: Final = 6
_LONGEST_STRONG: Final = 250
_HEADING: Final = 4
_LONGEST_HEADING: Final = 40
_NEARLY: Final = 75.0
_NOT_AFTER_HEADING: Final = frozenset("的是为及和、与或以等")

# Edges hold a row's values apart: passing over one in the middle of a row is dear.
_ADDED_EDGE: Final = {"row": 0.15, "cell": 0.2, "end": 0.1}
_LEFT_EDGE: Final = {"row": 0.3, "cell": 0.2, "end": 0.3}


class Piece(Struct, frozen=True):
    """A piece of a document: a paragraph, or an edge of a row or cell.

    Attributes:
        edge: which edge; empty for a paragraph.
        paragraph: the paragraph.
        cell: the cell that it stands in, or that begins here.
        row: the row.
    """

    edge: str
    paragraph: Paragraph | None = None
    cell: Cell | None = None
    row: Row | None = None


def pieces_of(blocks: Iterable[Block]) -> Iterator[Piece]:
    """A document's blocks as pieces."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield Piece("", block)
            continue
        for number, cell in enumerate(block.cells):
            yield Piece("cell" if number else "row", cell=cell, row=block)
            for paragraph in cell.paragraphs:
                yield Piece("", paragraph, cell, block)
        yield Piece("end", row=block)


class Take(Struct, frozen=True):
    """An arc that takes a paragraph as a line, as part of a passage, or as a heading with a passage's first words.

    Attributes:
        line: the line; for a heading with text behind it the heading; None for a passage alone.
        passage: the passage, if any.
        in_cell: whether it stands in a table.
        in_list: whether it is repeated for the items of a list.
        alone: whether it is all that stands in its cell, so that it needs no print to be known by.
        several: the lines of a cell that the paragraph holds together, where it holds several.
    """

    line: Line | None
    passage: Passage | None = None
    in_cell: bool = False
    in_list: bool = False
    alone: bool = False
    several: tuple[Line, ...] = ()


class Step(Struct, frozen=True):
    """A step of the way found.

    Attributes:
        what: ``take`` a piece, ``more`` than the form has, ``skip`` a line of it, ``gap`` where a cell of it is missing,
            ``item`` of a loop, ``facts`` of a branch.
        piece: the piece taken, or additional.
        take: how it was taken.
        line: the line skipped.
        loop: the loop that goes on.
        facts: what the branch says.
        must: whether the line or row skipped stands in every filled form.
        row: the row skipped.
    """

    what: Only["take", "more", "skip", "gap", "item", "facts", "edge"]
    piece: Piece | None = None
    take: Take | None = None
    line: Line | None = None
    loop: Loop | None = None
    facts: Facts = ()
    must: bool = False
    row: RowPattern | None = None


class _Arc(Struct):
    target: int
    cost: float
    step: Step | None = None
    plain: bool = True  # whether nothing of the form is passed over
    choice: bool = False  # whether a choice alone on its line is passed over


class Matcher(Struct):
    """What lines, passages and headings of one pattern look like; asked again and again, so kept.

    Args:
        items: the pattern's.
        provinces: the names of provinces.
        known: folded names that are known already, by the path of their field.
    """

    items: Sequence[Item]
    provinces: Sequence[str] = ()
    known: dict[str, frozenset[str]] = field(default_factory=dict)
    _lines: dict[Any, LineMatcher] = field(default_factory=dict)
    _costs: dict[Any, float] = field(default_factory=dict)
    _prints: frozenset[str] = frozenset()
    _strong: list[LineMatcher] = field(default_factory=list)
    _is_strong: dict[str, bool] = field(default_factory=dict)
    _headings: frozenset[str] = frozenset()
    _is_nearly: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        prints = {"序号", "编号", "备注", "合计", "小计", "总计"}
        for item in lines_of(self.items):
            if not isinstance(item, Line):
                continue
            for token in tokens_of(item.tokens):
                text = fold(token.text) if isinstance(token, Literal) else ""
                if len(bare(text)) > 1:
                    prints |= {text.rstrip(":"), bare(text)}
            if is_print(item):
                for tokens, _ in sequences(item.tokens):
                    text = fold("".join(token.text for token in tokens if isinstance(token, Literal)))
                    prints |= {text.rstrip(":"), bare(text)} if len(bare(text)) > 1 else set()
            words = len(bare(print_of(item)))
            if words >= _STRONG and any(isinstance(one, Value) for one in tokens_of(item.tokens)):
                self._strong.append(self.line(item))
        self._prints = frozenset(prints)
        lines = (
            bare(print_of(one)) for one in lines_of(self.items) if isinstance(one, Line) and is_print(one)
        )
        self._headings = frozenset(one for one in lines if _HEADING <= len(one) < _LONGEST_HEADING)

    def know(self, names: dict[str, frozenset[str]], lines: frozenset[int]) -> None:
        """Let some names be known; what lines of these numbers cost is asked anew."""
        self.known.update(names)
        self._costs = {key: cost for key, cost in self._costs.items() if key[0] not in lines}

    def line(self, line: Line) -> LineMatcher:
        """The matcher of a line."""
        if line.id not in self._lines:
            self._lines[line.id] = LineMatcher(line.tokens, self.provinces)
        return self._lines[line.id]

    def together(self, lines: tuple[Line, ...]) -> LineMatcher:
        """The matcher of lines that a paragraph holds together."""
        key = tuple(line.id for line in lines)
        if key not in self._lines:
            first, *others = lines
            # Behind a label that has moved into its value's cell people write a colon.
            label = (Literal(f"{print_of(first)}："),) if is_print(first) else first.tokens
            tokens = joined_tokens([label, *(line.tokens for line in others)])
            self._lines[key] = LineMatcher(tokens, self.provinces)
        return self._lines[key]

    @property
    def prints(self) -> frozenset[str]:
        """The folded texts of the form's own print, as they stand and without number and marks."""
        return self._prints

    def is_print(self, text: str) -> bool:
        """Whether a folded text is the form's own print."""
        if len(text) < 3:  # noqa: PLR2004 (姓名 may be print, and may be what somebody wrote)
            return text in self._prints
        return text.rstrip(":") in self._prints or (len(bare(text)) > 3 and bare(text) in self._prints)  # noqa: PLR2004

    def is_strong(self, text: str) -> bool:
        """Whether a paragraph is plainly a line of the form's own with values in it."""
        if text not in self._is_strong:
            self._is_strong[text] = len(text) < _LONGEST_STRONG and any(
                one.match(text).quality >= 1 for one in self._strong
            )
        return self._is_strong[text]

    def is_nearly_print(self, said: str) -> bool:
        """Whether a folded text is a heading of the form's own with some of it changed."""
        if said not in self._is_nearly:
            words = bare(said)
            self._is_nearly[said] = _HEADING <= len(words) < _LONGEST_HEADING and any(
                fuzz.ratio(words, one) >= _NEARLY for one in self._headings
            )
        return self._is_nearly[said]

    def weight(self, line: Line, *, in_cell: bool) -> float:
        """What it costs to leave a line out."""
        words = len(bare(print_of(line)))
        if not words:
            return 0.04 if in_cell else 0.15
        return min(0.8, 0.3 + 0.08 * words)

    def added(self, piece: Piece) -> float:
        """What it costs that a document has a piece which the form has not."""
        if piece.edge:
            return _ADDED_EDGE[piece.edge]
        paragraph = piece.paragraph
        if paragraph is None or paragraph.above:
            return 0.0
        return 1.2 if self.is_print(fold(paragraph.text)) else 0.6

    def cost(self, take: Take, piece: Piece) -> float:
        """What it costs to take a paragraph in a way; ``NEVER`` where it is not that."""
        paragraph = piece.paragraph
        if paragraph is None:
            return NEVER
        # A cell merged down says again what stands above; it is rather nothing than a value.
        again = 0.03 if paragraph.above else 0.0
        if take.in_cell != (piece.row is not None):
            # A table is no text of paragraphs; lines may have left their table, or been put into one.
            again += NEVER if take.passage is not None else 0.6
        key = (
            take.line.id if take.line else 0,
            take.passage.id if take.passage else 0,
            take.several,
            paragraph.text,
        )
        found = self._costs.get(key)
        if found is None:
            found = self._costs[key] = self._cost(take, paragraph.text)
        return min(found + again, NEVER)

    def _cost(self, take: Take, text: str) -> float:
        if take.several:
            found = self.together(take.several).match(text)
            return (1 - found.quality) * 1.3 + 0.15 if self._fits(found) else NEVER
        if take.line is None:
            said = fold(text)
            if self.is_print(said):
                return 1.3
            if take.in_cell:
                return 0.05
            return 0.12 + (0.8 if self.is_strong(text) else 0.4 if self.is_nearly_print(said) else 0.0)
        if take.passage is not None:
            return 0.2 if heading_end(print_of(take.line), text) else NEVER
        return self._line_cost(take, text)

    @staticmethod
    def _fits(found: Match) -> bool:
        return found.quality >= 0.95 and not any(hit.lost for hit in found.hits)  # noqa: PLR2004

    def _line_cost(self, take: Take, text: str) -> float:
        line = take.line
        if line is None:
            return NEVER
        said = fold(text)
        if is_print(line):
            return self._print_cost(line, text, said)
        found = self.line(line).match(text)
        if found.quality < _GOOD_ENOUGH:
            return NEVER
        cost = (1 - found.quality) * 1.3
        if any(hit.doubt and hit.raw.strip() and not hit.lost for hit in found.hits):
            cost += 0.25
        if found.anchor == 0 and self.is_print(said):
            cost += 0.8
        if take.alone:
            return cost + (0.0 if found.anchor else 0.02)
        return cost + self._unanchored(take, found)

    def _unanchored(self, take: Take, found: Match) -> float:
        """What it costs that a line of the body has little to be known by."""
        if found.anchor >= _HEADING:
            return 0.0
        names = [
            fold(hit.raw) in self.known[shown(hit.token.path)]
            for hit in found.hits
            if isinstance(hit.token, Value) and shown(hit.token.path) in self.known
        ]
        if take.in_list:
            if names:
                return 0.0 if all(names) else NEVER
            return NEVER if found.anchor == 0 else 0.5 + 0.08 * (_HEADING - found.anchor)
        if found.anchor == 0:
            return 0.35
        return 0.08 * (_HEADING - found.anchor)

    def _print_cost(self, line: Line, text: str, said: str) -> float:
        if any(isinstance(token, Counter) for token in tokens_of(line.tokens)):
            quality = self.line(line).match(text).quality
            return (1 - quality) * 1.5 if quality > 0.7 else NEVER  # noqa: PLR2004
        quality = max(
            (one.quality for one in (self.line(line).match(text), Match(likeness(print_of(line), said)))),
        )
        if quality < 0.98 and self.is_print(said):  # noqa: PLR2004 (another line's print, exactly)
            return NEVER
        return (1 - quality) * 1.3 if quality >= _LIKE_ENOUGH else NEVER


def heading_end(heading: str, text: str) -> int:
    """Where the text begins that stands behind a heading on its line; 0 where the line is not that."""
    here = folded(text)
    printed = heading.rstrip(":.")
    if len(bare(printed)) < 2 or not here.text.startswith(printed) or len(here.text) < len(printed) + 2:  # noqa: PLR2004
        return 0
    end = here.places[len(printed) - 1] + 1
    rest = text[end:]
    numbered = NUMBERING.match(heading) is not None
    if rest[:1] in _NOT_AFTER_HEADING and not numbered:
        return 0
    if rest[:1] not in ":：∶ 　\t\n" and not (numbered and rest[:1] in "。.．"):
        return 0
    return end + len(rest) - len(rest.lstrip(":：∶ 　\t\n。.．"))


class _Where(Struct, frozen=True):
    """Where a part of the pattern stands, as ``Take`` has it."""

    in_cell: bool = False
    in_list: bool = False
    alone: bool = False


class Automaton(Struct, dict=True):
    """A pattern, or a part of one, ready to be aligned with documents.

    Args:
        items: what it is made of.
        matcher: what its lines look like.
    """

    items: Sequence[Item]
    matcher: Matcher
    _free: list[list[_Arc]] = field(default_factory=lambda: [[]])
    _takes: list[list[tuple[int, Take]]] = field(default_factory=lambda: [[]])
    _edges: list[dict[str, int]] = field(default_factory=lambda: [{}])
    _labels: dict[tuple[int, int], int] = field(default_factory=dict)
    _end: int = 0

    def __post_init__(self) -> None:
        self._end = self._build(self.items, 0, 1.0, _Where())

    # ---- building

    def _node(self) -> int:
        self._free.append([])
        self._takes.append([])
        self._edges.append({})
        return len(self._free) - 1

    def _go(self, at: int, to: int, cost: float, step: Step | None = None, *, plain: bool = True) -> None:
        choice = step is not None and _lone_choice(step.line) is not None
        self._free[at].append(_Arc(to, cost, step, plain, choice))

    def _build(self, items: Sequence[Any], at: int, soft: float, where: _Where) -> int:
        starts: dict[int, int] = {}
        for number, item in enumerate(items):
            starts[number] = at
            if isinstance(item, Line):
                at = self._line(item, at, soft, where)
            elif isinstance(item, Passage):
                heading = items[number - 1] if number else None
                start = starts.get(number - 1)
                at = self._passage(item, at, where)
                if isinstance(heading, Line) and is_print(heading) and start is not None:
                    self._takes[start].append((at - 1, Take(heading, item, in_cell=where.in_cell)))
            elif isinstance(item, Loop):
                at = self._loop(item, at, soft, where)
            elif isinstance(item, Alternatives):
                at = self._alternatives(item, at, soft, where)
            elif isinstance(item, RowPattern):
                at = self._row(item, at, soft, where)
        return at

    def _line(self, line: Line, at: int, soft: float, where: _Where) -> int:
        to = self._node()
        self._takes[at].append((to, Take(line, None, where.in_cell, where.in_list, where.alone)))
        weight = self.matcher.weight(line, in_cell=where.in_cell) * soft
        words = bool(bare(print_of(line)))
        shaped = any(shape_of(token, self.matcher.provinces) for token in tokens_of(line.tokens))
        self._go(
            at,
            to,
            weight,
            Step("skip", line=line, must=soft >= 1 and not where.in_list),
            plain=not (words or shaped),
        )
        return to

    def _passage(self, passage: Passage, at: int, where: _Where) -> int:
        inside, to = self._node(), self._node()
        self._go(at, inside, 0.0)
        self._takes[inside].append((inside, Take(None, passage, in_cell=where.in_cell)))
        self._go(inside, to, 0.0)
        return to

    def _loop(self, loop: Loop, at: int, soft: float, where: _Where) -> int:
        where = replace(where, in_list=True)
        first = self._node()
        self._go(at, first, 0.0, Step("item", loop=loop))
        inner = self._build(loop.items, first, soft, where)
        lasts = [inner]
        if any(isinstance(item, RowPattern) and any(c.repeated for c in item.cells) for item in loop.items):
            # Cells merged down through the list's rows stand in the first of them.
            again = self._node()
            below = tuple(_without_repeated(item) for item in loop.items)
            self._go(inner, again, 0.01, Step("item", loop=loop))
            last = self._build(below, again, soft, where)
            self._go(last, again, 0.01, Step("item", loop=loop))
            lasts.append(last)
        else:
            self._go(inner, first, 0.01, Step("item", loop=loop))
        end = self._node()
        self._go(at, end, 0.02)
        for last in lasts:
            self._go(last, end, 0.0)
        return end

    def _alternatives(self, item: Alternatives, at: int, soft: float, where: _Where) -> int:
        softer = min(soft, 0.3 if item.edition else 0.6)
        if item.edition:
            # A person may have left any of them.
            for branch in item.branches:
                last = self._build(branch.items, at, softer, where)
                after = self._node()
                self._go(at, after, 0.0)
                self._go(last, after, 0.0)
                at = after
            return at
        lasts = []
        for branch in item.branches:
            start = self._node()
            self._go(at, start, 0.0, Step("facts", facts=branch.facts) if branch.facts else None)
            lasts.append(self._build(branch.items, start, softer, where))
        end = self._node()
        self._go(at, end, 0.0 if item.open else 0.2)
        for last in lasts:
            self._go(last, end, 0.0)
        return end

    def _row(self, row: RowPattern, at: int, soft: float, where: _Where) -> int:
        before = at
        at = self._edge("row", at)
        for number, cell in enumerate(row.cells):
            if number:
                at = self._edge("cell", at)
            start = at
            alone = not any(isinstance(item, Passage) for item in lines_of(cell.items))
            at = self._build(cell.items, at, soft, _Where(True, where.in_list, alone))
            lines = tuple(item for item in _flat(cell.items) if isinstance(item, Line))
            together = len(lines) > 1 and len(lines) == sum(1 for _ in lines_of(cell.items))
            if together and not label_of(cell):
                self._takes[start].append((at, Take(None, None, in_cell=True, several=lines)))
            self._behind(row, number, start, at)
        at = self._edge("end", at)
        inside = (item for cell in row.cells for item in lines_of(cell.items))
        weight = sum(self.matcher.weight(item, in_cell=True) for item in inside if isinstance(item, Line))
        must = soft >= 1 and not where.in_list
        self._go(before, at, 0.1 + min(weight, 1.6) * soft, Step("skip", row=row, must=must), plain=False)
        return at

    def _behind(self, row: RowPattern, number: int, start: int, end: int) -> None:
        """Ways of taking a value that stands in its label's cell; kept until the value's cell is built."""
        cell = row.cells[number]
        label = label_of(cell)
        if label and len(bare(label)) > 1:
            self._labels[row.id, number] = start
            return
        before = self._labels.pop((row.id, number - 1), None)
        if before is None:
            return
        heading = next(item for item in row.cells[number - 1].items if isinstance(item, Line))
        inner = list(_flat(cell.items))
        if inner and all(isinstance(item, Line) and not is_print(item) for item in inner):
            lines = (heading, *(item for item in inner if isinstance(item, Line)))
            self._takes[before].append((end, Take(None, None, in_cell=True, several=lines)))
        elif len(inner) == 1 and isinstance(inner[0], Passage):
            self._takes[before].append((end - 1, Take(heading, inner[0], in_cell=True)))

    def _edge(self, edge: str, at: int) -> int:
        to = self._node()
        self._edges[at][edge] = to
        self._go(at, to, _LEFT_EDGE[edge], Step("gap"), plain=False)
        return to

    # ---- what can follow what

    def nameless(self) -> frozenset[int]:
        """The numbers of the lines that stand among texts for each item of a list, with values on them."""
        return frozenset(
            take.line.id
            for takes in self._takes
            for _, take in takes
            if take.line is not None and take.in_list and not take.alone and not is_print(take.line)
        )

    def side_by_side(self) -> dict[int, tuple[Passage, ...]]:
        """By a passage's number, the passages that can stand directly beside it with no print between, in order."""
        groups: list[list[Passage]] = []
        for takes in self._takes:
            for target, take in takes:
                if take.line is not None or take.passage is None:
                    continue
                for other in self._next_passages(target):
                    if other.id == take.passage.id:
                        continue
                    joined = [one for one in groups if take.passage in one or other in one]
                    groups = [one for one in groups if one not in joined]
                    groups.append(
                        list(dict.fromkeys([*(x for one in joined for x in one), take.passage, other]))
                    )
        found: dict[int, tuple[Passage, ...]] = {}
        for group in groups:
            ordered = tuple(sorted(group, key=lambda one: one.id))
            found.update({one.id: ordered for one in ordered})
        return found

    def _next_passages(self, node: int) -> Iterator[Passage]:
        for at in self._reached(node):
            for _, take in self._takes[at]:
                if take.line is None and take.passage is not None:
                    yield take.passage

    def _reached(self, node: int, *, over_choices: bool = False) -> set[int]:
        """The nodes that can be reached without passing over anything by which a place is known."""
        seen: set[int] = set()
        waiting = [node]
        while waiting:
            at = waiting.pop()
            if at not in seen:
                seen.add(at)
                waiting += [
                    arc.target for arc in self._free[at] if arc.plain or (over_choices and arc.choice)
                ]
        return seen

    def choices_side_by_side(self) -> dict[Path, tuple[Value, ...]]:
        """By the path of a choice that stands alone on its line, other such choices with nothing between."""
        found: dict[Path, tuple[Value, ...]] = {}
        for at, takes in enumerate(self._takes):
            mine = [value for _, take in takes if (value := _lone_choice(take.line)) is not None]
            if not mine:
                continue
            near = [
                value
                for node in self._reached(at, over_choices=True)
                for _, take in self._takes[node]
                if (value := _lone_choice(take.line)) is not None
            ]
            for one in mine:
                for other in near:
                    if other.path != one.path:
                        found[one.path] = (*found.get(one.path, ()), other)
                        found[other.path] = (*found.get(other.path, ()), one)
        return {path: tuple(dict.fromkeys(values)) for path, values in found.items()}

    # ---- aligning

    def align(self, pieces: Sequence[Piece]) -> tuple[float, list[Step]]:
        """The cheapest way through the pattern that explains all pieces, with its cost."""
        costs: dict[int, float] = {0: 0.0}
        backs: list[dict[int, tuple[bool, int, Step | None]]] = [{}]
        self._relax(costs, backs[0])
        for piece in pieces:
            following: dict[int, float] = {}
            back: dict[int, tuple[bool, int, Step | None]] = {}
            added = self.matcher.added(piece)
            limit = min(costs.values()) + _BEAM
            for at, cost in costs.items():
                if cost > limit:
                    continue
                _better(following, back, at, cost + added, (True, at, Step("more", piece)))
                if piece.edge:
                    target = self._edges[at].get(piece.edge)
                    if target is not None:
                        _better(following, back, target, cost, (True, at, Step("edge", piece)))
                    continue
                for target, take in self._takes[at]:
                    price = self.matcher.cost(take, piece)
                    if price < NEVER:
                        _better(following, back, target, cost + price, (True, at, Step("take", piece, take)))
            costs = following
            backs.append(back)
            self._relax(costs, back)
        self._relax(costs, backs[-1], NEVER)
        return costs.get(self._end, NEVER), self._way(backs)

    def _relax(
        self, costs: dict[int, float], back: dict[int, tuple[bool, int, Step | None]], beam: float = _BEAM
    ) -> None:
        """Go on as far as can be without taking anything."""
        waiting = list(costs)
        heapq.heapify(waiting)
        limit = min(costs.values()) + beam
        while waiting:
            at = heapq.heappop(waiting)
            cost = costs[at]
            for arc in self._free[at]:
                reached = cost + arc.cost
                if reached > limit:
                    continue
                if reached < costs.get(arc.target, NEVER) - 1e-9:
                    costs[arc.target] = reached
                    back[arc.target] = (False, at, arc.step)
                    heapq.heappush(waiting, arc.target)

    def _way(self, backs: list[dict[int, tuple[bool, int, Step | None]]]) -> list[Step]:
        steps: list[Step] = []
        number, at = len(backs) - 1, self._end
        while number or at:
            if at not in backs[number]:
                return []
            took, before, step = backs[number][at]
            if step is not None:
                steps.append(step)
            number -= took
            at = before
        return steps[::-1]


def _lone_choice(line: Line | None) -> Value | None:
    """The choice that a line consists of; None where it has anything else."""
    if line is None or len(line.tokens) != 1:
        return None
    token = line.tokens[0]
    return token if isinstance(token, Value) and isinstance(token.kind, Choice) else None


def _better(
    costs: dict[int, float],
    back: dict[int, Any],
    target: int,
    cost: float,
    way: tuple[bool, int, Step | None],
) -> None:
    if cost < costs.get(target, NEVER) - 1e-9:
        costs[target] = cost
        back[target] = way


def _flat(items: Iterable[Any]) -> Iterator[Any]:
    """The items of a cell, those of alternatives that the edition decides among them."""
    for item in items:
        if isinstance(item, Alternatives) and item.edition:
            for branch in item.branches:
                yield from _flat(branch.items)
        else:
            yield item


def _without_repeated(item: Any) -> Any:
    if not isinstance(item, RowPattern):
        return item
    cells = tuple(CellPattern((), cell.column, cell.span) if cell.repeated else cell for cell in item.cells)
    return RowPattern(cells, item.table, item.id)

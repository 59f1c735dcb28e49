"""One document read by its pattern: each value with its place and how sure it is, and what is beyond the form."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import replace
from rapidfuzz.distance import LCSseq, Levenshtein, Prefix

from generator.base.text import excerpt
from generator.returns.forms.alignment import Automaton, Matcher, Piece, Step, Take, heading_end, pieces_of
from generator.returns.forms.columns import Arranger, Remark, heads_of, labels_of
from generator.returns.forms.document import Cell, FilledForm, Paragraph, Row
from generator.returns.forms.folding import EMPTY, TICKED, bare, fold
from generator.returns.forms.line_match import Hit, sequences
from generator.returns.forms.pattern import (
    Counter,
    Derived,
    Each,
    Facts,
    Joined,
    Line,
    Literal,
    Loop,
    One,
    OptionNumber,
    Passage,
    Path,
    Pattern,
    RowPattern,
    Tick,
    Token,
    Unreadable,
    Value,
    is_print,
    label_of,
    lines_of,
    print_of,
    rows_of,
    tokens_of,
)
from generator.returns.forms.values import Form, UnreadableError, is_blank, value_of

NOT_READ: Final = "这一处填的内容读不回来"
_CHANGED: Final = "印的文字改过"
_NEAR: Final = 12  # steps between a piece of print that is missing and what stands in its place
_MOVED_ROW: Final = 0.35
_NOTHING: Final = frozenset({"无", "/", "-", "--"})
_TELLING: Final = 3  # more characters than this say which line it is; so many tell a text that is like it
_ALTERED: Final = 0.995
_HEADING: Final = 20  # characters that a heading has at most
_LABEL: Final = 12  # a row's label is shorter
_VALUES: Final = 24  # characters that values may add to a line
_ASIDE: Final = re.compile(r"[（(【\[][^（）()\n]*[）)】\]]")
_DIGITS: Final = "零一二三四五六七八九十"
_CHINESE: Final = re.compile(r"第?([一二三四五六七八九十]{1,3}|[0-9]{1,2})[、.,条章]")


class Reading(Struct, frozen=True):
    """What a document says at a field's place.

    Attributes:
        place: where it stands.
        raw: what it says.
        value: what that means; None where it could not be read.
        doubt: why it may be wrong, or why it could not be read, a Chinese clause; empty where it is sure.
        document: the document's name.
    """

    place: str
    raw: str
    value: Any
    doubt: str = ""
    document: str = ""

    @property
    def is_read(self) -> bool:
        """Whether it has a value at all."""
        return self.value is not None


class TextGroup(Struct, frozen=True):
    """Texts of several fields that stand together with no print between.

    Attributes:
        fields: the fields, in the form's order.
        tokens: their places in the pattern.
        paragraphs: what stands there.
        document: the document's name.
        doubt: why all of it may be another's.
    """

    fields: tuple[str, ...]
    tokens: tuple[Value, ...]
    paragraphs: tuple[Paragraph, ...]
    document: str
    doubt: str = ""

    @property
    def place(self) -> str:
        """Where they stand."""
        return _place(self.paragraphs)


class Either(Struct, frozen=True):
    """What stands at a place where one of several fields may stand.

    Attributes:
        fields: the fields, the most particular first.
        usual: which of them it is where nothing else tells.
        reading: what stands there.
    """

    fields: tuple[str, ...]
    usual: int
    reading: Reading


class Item(Struct):
    """The consortium, or an item of one of its lists, as far as a document tells of it.

    Attributes:
        facts: what holds of it because of where it stands, with the place.
        fields: readings by the field's name, dotted below groups.
        groups: texts that stand together.
        either: readings of places where one of several fields may stand.
        lists: its own lists' items by the list's name.
        source: what the item was read from: items of one source are different things.
    """

    facts: dict[str, tuple[Any, str]] = field(default_factory=dict)
    fields: dict[str, list[Reading]] = field(default_factory=dict)
    groups: list[TextGroup] = field(default_factory=list)
    either: list[Either] = field(default_factory=list)
    lists: dict[str, list[Item]] = field(default_factory=dict)
    source: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was read of it."""
        return not self.fields and not self.groups and not self.either and not any(self.lists.values())


class DocumentReading(Struct):
    """A document that was read.

    Attributes:
        name: the file's name.
        root: what it says of the consortium.
        stated_none: lists that it states to be none, by path, with the place.
        figures: what it has for derived figures: a name of each that is the same in every copy of the form, the
            text, the place.
        remarks: what is beyond the form or otherwise than in it.
        notices: what a person should know of how it was read.
        skipped: lines that every copy of the form has, and this one lacks.
        printed: how many of those lines it has.
        altered: how many of these read otherwise than the form prints them.
        cost: how badly it fits.
    """

    name: str
    root: Item = field(default_factory=Item)
    stated_none: dict[str, str] = field(default_factory=dict)
    figures: list[tuple[str, str, str]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    skipped: list[Line] = field(default_factory=list)
    printed: int = 0
    altered: int = 0
    cost: float = 0.0


class FormReader(Struct, dict=True):
    """Reads documents that were filled on one template.

    Args:
        pattern: the template's.
        provinces: the names of provinces.
    """

    pattern: Pattern
    provinces: Sequence[str] = ()
    _heads: list[Any] = field(default_factory=list)
    _labels: frozenset[str] = frozenset()
    _rows: dict[int, Automaton] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._heads = heads_of(self.pattern)
        self._labels = labels_of(self.pattern)
        self.matcher = Matcher(self.pattern.items, [fold(name) for name in self.provinces])
        self.automaton = Automaton(self.pattern.items, self.matcher)
        self.beside = self.automaton.side_by_side()
        self.form = Form(self._labels, self.matcher.prints)
        self._choices = self.automaton.choices_side_by_side()
        self.titles, self.headed = _headed(self.pattern)
        self.lines = [
            line
            for line in lines_of(self.pattern.items)
            if isinstance(line, Line) and len(bare(print_of(line))) > 1
        ]
        self.labelled = dict(_labels_beside(self.pattern))

    def rivals_of(self, token: Value, value: Any) -> tuple[Path, ...]:
        """Other choices that may stand in a choice's place and have the same option."""
        return tuple(
            other.path
            for other in self._choices.get(token.path, ())
            if isinstance(value, str) and value in other.kind.options
        )

    @property
    def print_lines(self) -> int:
        """How many lines of print, long enough to be told from others, the pattern has."""
        return sum(is_print(line) and len(bare(print_of(line))) > _TELLING for line in self.lines)

    @property
    def needs_names(self) -> bool:
        """Whether the form has lines that are known only by a name that stands on them."""
        return bool(self.automaton.nameless())

    def know(self, names: dict[str, frozenset[str]]) -> None:
        """Let some names be known when the next document is read."""
        self.matcher.know(names, self.automaton.nameless())

    def read(self, form: FilledForm) -> DocumentReading:
        """Read a document."""
        arranger = Arranger(self._heads, self._labels)
        blocks = list(arranger.arranged(form.blocks))
        pieces = list(pieces_of(blocks))
        cost, steps = self.automaton.align(pieces)
        found = DocumentReading(form.name, cost=cost, notices=list(form.notices), remarks=arranger.remarks)
        steps = self._moved(steps, found)
        _Walk(self, found).go(steps)
        return found

    def _moved(self, steps: list[Step], found: DocumentReading) -> list[Step]:
        """Rows of print and values that stand elsewhere than in the form: read where they are."""
        skipped = {step.row.id for step in steps if step.row is not None}
        lost = [
            row
            for row, loop in rows_of(self.pattern.items)
            if loop is None and row.id in skipped and _is_labelled(row)
        ]
        result: list[Step] = []
        for row, run in _by_row(steps):
            if row is not None and lost and all(step.what in {"more", "skip"} for step in run):
                pieces = [step.piece for step in run if step.piece is not None]
                best = min(((*self._row(one).align(pieces), one) for one in lost), key=lambda each: each[0])
                if best[0] < _MOVED_ROW and any(step.what == "take" for step in best[1]):
                    lost.remove(best[2])
                    result += best[1]
                    found.remarks.append(Remark(row.place, "这一行不在表样的位置", _row_text(row)))
                    continue
            result += run
        return result

    def _row(self, row: RowPattern) -> Automaton:
        if row.id not in self._rows:
            self._rows[row.id] = Automaton([row], self.matcher)
        return self._rows[row.id]


def _beside_lost(steps: Sequence[Step]) -> Iterator[int]:
    """Where the rows end next to which a row of print is missing."""
    row_before: int | None = None
    lost = False
    for at, step in enumerate(steps):
        edge = step.piece.edge if step.what == "edge" and step.piece is not None else ""
        if step.what == "skip" and step.row is not None and _prints_words(step.row):
            if row_before is not None:
                yield row_before
            lost = True
        elif edge == "end":
            if lost:
                yield at
            row_before, lost = at, False
        elif step.what == "take" and step.piece is not None and step.piece.row is None:
            row_before, lost = None, False


def _prints_words(row: RowPattern) -> bool:
    return any(len(bare(label_of(cell))) > 1 for cell in row.cells if cell.items)


def _headed(pattern: Pattern) -> tuple[dict[int, int], dict[int, int]]:
    """The tables, by the numbers of their lines, of lists' titles and of the rows below them."""
    titles: dict[int, int] = {}
    below: dict[int, int] = {}
    for row, loop in rows_of(pattern.items):
        lines = [item.id for cell in row.cells for item in lines_of(cell.items)]
        if loop is None and len(row.cells) > 1 and all(label_of(cell) for cell in row.cells):
            titles.update(dict.fromkeys(lines, row.table))
        elif loop is not None and row.table in titles.values() and not any(map(label_of, row.cells)):
            below.update(dict.fromkeys(lines, row.table))
    return titles, below


def _labels_beside(pattern: Pattern) -> Iterator[tuple[int, int]]:
    """The numbers of the lines of values in a row, each with that of the label to the left by which it is known."""
    for row, _ in rows_of(pattern.items):
        label: int | None = None
        for cell in row.cells:
            lines = [item for item in lines_of(cell.items) if isinstance(item, Line)]
            if label_of(cell):
                label = lines[0].id if len(bare(label_of(cell))) > 1 else label
            elif label is not None:
                yield from ((line.id, label) for line in lines if not print_of(line))


def _row_text(row: Row) -> str:
    return "｜".join(cell.own for cell in row.cells if cell.own.strip())


def _is_labelled(row: RowPattern) -> bool:
    """Whether a row has values with print beside them."""
    labels = [bool(label_of(cell)) for cell in row.cells if cell.items]
    return any(labels) and not all(labels)


def _by_row(steps: list[Step]) -> Iterator[tuple[Row | None, list[Step]]]:
    """Steps in runs: those of a row together."""
    run: list[Step] = []
    row: Row | None = None
    for step in steps:
        piece = step.piece
        if piece is not None and piece.edge == "row":
            if run:
                yield None, run
            run, row = [step], piece.row
            continue
        run.append(step)
        if row is not None and piece is not None and piece.edge == "end":
            yield row, run
            run, row = [], None
    if run:
        yield None, run


def _place(paragraphs: Sequence[Paragraph]) -> str:
    first, last = paragraphs[0].place, paragraphs[-1].place
    return first if first == last else f"{first}至{last}"


class _RowHit(Struct, frozen=True):
    """A value's text in a row.

    Attributes:
        hit: the text.
        piece: where it stands.
        anchored: whether there is print on its line.
        line: the number of its line.
    """

    hit: Hit
    piece: Piece
    anchored: bool
    line: int


class _Walk(Struct):
    """Goes along the way found and notes what stands at each value."""

    reader: FormReader
    found: DocumentReading
    current: dict[Any, Item] = field(default_factory=dict)
    loops: dict[int, Loop] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    passage: list[tuple[Passage, Paragraph]] = field(default_factory=list)
    before: int = 0
    after: int = 0
    gap_before: bool = False
    gap: list[Line] = field(default_factory=list)
    ticks: dict[Path, list[tuple[Tick, str, str]]] = field(default_factory=dict)
    many: dict[Path, list[tuple[str, str, str]]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    number_gap: bool = False
    row_hits: list[_RowHit] | None = None
    row_texts: list[tuple[Value, Reading]] = field(default_factory=list)
    cell_doubt: str = ""
    row_lines: dict[int, Cell | None] = field(default_factory=dict)
    passed: list[Line] = field(default_factory=list)
    skips: list[tuple[int, Line]] = field(default_factory=list)
    strays: list[tuple[int, Remark]] = field(default_factory=list)
    lost_labels: frozenset[str] = frozenset()
    at: int = 0
    row_uneven: bool = False
    row_strange: bool = False
    row_unnamed: bool = False
    row_beyond: bool = False
    beyond_above: bool = False
    heads: dict[int, int] = field(default_factory=dict)
    beside_lost: frozenset[int] = frozenset()

    def go(self, steps: list[Step]) -> None:
        rows = (step.row for step in steps if step.row is not None)
        lines = [step.line for step in steps if step.what == "skip" and step.line is not None]
        lines += [
            one for row in rows for cell in row.cells for one in lines_of(cell.items) if isinstance(one, Line)
        ]
        labels = (print_of(line) for line in lines if is_print(line))
        self.lost_labels = frozenset(label for label in labels if 1 < len(label) < _LABEL)
        self.beside_lost = frozenset(_beside_lost(steps))
        following: list[int] = []
        after = 0
        for step in reversed(steps):
            if step.what == "take" and step.take is not None and step.take.line is not None:
                after = step.take.line.id
            following.append(after)
        for at, (step, after) in enumerate(zip(steps, reversed(following), strict=True)):
            self.at, self.after = at, after
            getattr(self, f"_{step.what}")(step)
        self.after = 0
        self.flush()
        self._changed_labels()
        self._settle_ticks()
        for path, told in self.many.items():
            doubt = next((why for _, _, why in told if why), "")
            values = [value for value, _, _ in told if value]
            place = told[0][1]
            self.note(
                path, Reading(place, "、".join(values), None if doubt else values, doubt, self.found.name)
            )

    # ---- steps

    def _item(self, step: Step) -> None:
        self.flush()
        loop = step.loop
        if loop is not None:
            self.loops[loop.id] = loop
            self.counts[loop.id] = self.counts.get(loop.id, 0) + 1
            self._settle_ticks(loop.id)
            self.current.pop(Each(loop.id), None)
            self.current.pop(("@after", Each(loop.id)), None)

    def _facts(self, step: Step) -> None:
        self.flush()
        self._note(step.facts, "")

    def _skip(self, step: Step) -> None:
        lines = [step.line] if step.line is not None else []
        if step.row is not None:
            cells = step.row.cells
            lines = [one for cell in cells for one in lines_of(cell.items) if isinstance(one, Line)]
        for line in lines:
            words = len(bare(print_of(line)))
            if words > 1 and is_print(line):
                self.skips.append((self.at, line))
                self.row_unnamed = self.row_unnamed or step.row is None
            if words >= _TELLING:
                self.passed.append(line)
            if step.must and words > _TELLING and (is_print(line) or step.row is None):
                self.gap.append(line)
                self.found.skipped.append(line)

    def _gap(self, step: Step) -> None:  # noqa: ARG002 (as for the other steps)
        self.row_uneven = True

    def _edge(self, step: Step) -> None:
        self.flush()
        piece = step.piece
        if piece is None:
            return
        if piece.edge == "row":
            self.passed.clear()
            self.row_lines.clear()
            self.row_hits, self.row_uneven, self.row_strange, self.row_beyond = [], False, False, False
            self.row_unnamed = False
        elif piece.edge == "end":
            self._end_row(piece)

    def _more(self, step: Step) -> None:
        piece = step.piece
        if piece is None or piece.paragraph is None:
            if piece is not None and piece.edge:
                self.row_uneven = self.row_uneven or bool(piece.cell and piece.cell.text.strip())
                self._edge(step)
            return
        paragraph = piece.paragraph
        said = fold(paragraph.text)
        if paragraph.above or not said:
            return
        if self.reader.matcher.is_print(said):
            # 总计 for 合计 is print of many forms, and may be this one's changed.
            self.strays.append((self.at, Remark(paragraph.place, "", paragraph.text.strip())))
            return
        self.flush()
        self.row_beyond = True
        if re.fullmatch(r"[(]?[0-9一二三四五六七八九十]{1,4}[).,]?", said) is None:
            remark = Remark(paragraph.place, "表样之外的内容", paragraph.text.strip())
            self.found.remarks.append(remark)
            self.strays.append((self.at, remark))

    def _take(self, step: Step) -> None:
        piece, take = step.piece, step.take
        if piece is None or take is None or piece.paragraph is None:
            return
        paragraph = piece.paragraph
        if take.passage is not None and take.line is None:
            if not self.passage:
                self.gap_before = bool(self.gap)
                self.cell_doubt = piece.cell.doubt if piece.cell is not None else ""
            self.passage.append((take.passage, paragraph))
            return
        # Of a heading that is missing the text stands in the passage before it, or in the one after.
        left_out = self._leaves_out(take.line, paragraph)
        self.number_gap = self.number_gap or left_out
        self.flush()
        self.number_gap = left_out
        if take.passage is not None and take.line is not None:
            self.gap.clear()
            rest = paragraph.text[heading_end(print_of(take.line), paragraph.text) :]
            self.gap_before, self.before = False, take.line.id
            self.cell_doubt = piece.cell.doubt if piece.cell is not None else ""
            self.passage.append((take.passage, replace(paragraph, text=rest)))
            self.passed.clear()
            return
        self.passed.clear()
        self._line(take, paragraph, piece)
        if take.line is not None:
            self.before = take.line.id

    def _line(self, take: Take, paragraph: Paragraph, piece: Piece) -> None:
        self._under_titles(take, piece)
        matcher = self.reader.matcher
        if take.several:
            match = matcher.together(take.several).match(paragraph.text)
        elif take.line is None:
            return
        else:
            match = matcher.line(take.line).match(paragraph.text)
            altered = match.quality < _ALTERED and bool(match.printed)
            if is_print(take.line):
                self.gap.clear()
                self.beyond_above = False
                telling = len(bare(print_of(take.line))) > _TELLING
                self.found.printed += telling
                self.found.altered += telling and altered
            if altered:
                self._altered(take.line, match.printed, paragraph)
        if match.facts:
            self._note(match.facts, paragraph.place)
        for hit in match.hits:
            if paragraph.above and not hit.doubt:
                hit = replace(hit, doubt="这一格与上面的格合并了")  # noqa: PLW2901 (the same hit, doubted)
            if isinstance(hit.token, Derived):
                hit = replace(hit, line=take.line.id if take.line else 0)  # noqa: PLW2901
            if self.row_hits is not None:
                anchored = take.line is None or bool(print_of(take.line))
                line = take.line if take.line is not None else take.several[0]
                self.row_hits.append(_RowHit(hit, piece, anchored, line.id))
            else:
                self._hit(hit, paragraph.place)

    def _under_titles(self, take: Take, piece: Piece) -> None:
        """Note where a list's titles stand, and whether a row of it stands below them."""
        numbers = [line.id for line in take.several] or ([take.line.id] if take.line is not None else [])
        self.row_lines.update(dict.fromkeys(numbers, piece.cell))
        if piece.row is None:
            return
        for number in numbers:
            if number in self.reader.titles:
                self.heads[self.reader.titles[number]] = piece.row.table
            table = self.reader.headed.get(number)
            if table is not None:
                # A table split in two goes on without its titles; then the next part stands below the first.
                last = self.heads.get(table)
                self.row_strange = self.row_strange or last is None or not 0 <= piece.row.table - last <= 1
                if not self.row_strange:
                    self.heads[table] = piece.row.table

    def _leaves_out(self, line: Line | None, paragraph: Paragraph) -> bool:
        """Whether a heading's number leaves one out, which says that a heading before it is missing."""
        if line is None or not is_print(line):
            return False
        counted = any(isinstance(token, Counter) for token in tokens_of(line.tokens))
        match = _CHINESE.match(fold(paragraph.text))
        if match is None or (match[1].isdigit() and not counted):
            return False
        number = _number(match[1])
        before = self.numbers.get("", number - 1)
        self.numbers[""] = number
        return counted and number > before + 1

    def _altered(self, line: Line, printed: str, paragraph: Paragraph) -> None:
        one = bare(fold("".join(t.text for t in tokens_of(line.tokens) if isinstance(t, Literal))))
        if is_print(line) and bare(fold(paragraph.text)) == one:
            return
        told = "、".join(changed_words(printed, paragraph.text.strip()))
        if told:
            self.found.remarks.append(Remark(paragraph.place, _CHANGED, told))

    def _end_row(self, piece: Piece) -> None:
        hits, self.row_hits = self.row_hits or [], None
        texts, self.row_texts = self.row_texts, []
        row = piece.row
        said = [fold(one.hit.raw) for one in hits if fold(one.hit.raw)]
        lists = [one.hit for one in hits if _loop_of(one.hit.token) is not None]
        if said and lists and all(one in _NOTHING for one in said):
            # 无 in each cell of a row says that the list has nothing in it.
            path = _list_path(lists[0].token)
            if path is not None and row is not None:
                self.found.stated_none[path] = row.place
            for token, reading in texts:
                self._noted(token, reading)
            return
        # A whole row that is none of the form's may be the title of another list, changed.
        printed = any(self._has_print(one.hit) for one in hits if not one.anchored)
        self.beyond_above = self.beyond_above or printed or (self.row_beyond and not hits)
        of_list = self._doubt_of_row(hits)
        for token, reading in texts:
            self._noted(token, replace(reading, doubt=reading.doubt or of_list))
        for one in hits:
            where, hit = one.piece, one.hit
            doubt = where.cell.doubt if where.cell is not None else ""
            if not one.anchored and _loop_of(hit.token) is not None:
                doubt = doubt or of_list
            elif not one.anchored:
                doubt = doubt or self._doubt_of_cells()
            label = self.reader.labelled.get(one.line)
            if label is not None and label not in self.row_lines:
                doubt = doubt or "旁边没有找到这一栏的名称"
            elif label is not None and row is not None and _apart(row, self.row_lines[label], where.cell):
                doubt = doubt or "和这一栏的名称之间隔着别的格"
            place = (
                where.paragraph.place if where.paragraph is not None else piece.row.place if piece.row else ""
            )
            self._hit(replace(hit, doubt=hit.doubt or doubt), place)

    def _doubt_of_cells(self) -> str:
        """Why the cells of a row may stand beside one another's labels; empty where nothing says so."""
        return (
            "这一行的名称找不到，格数也与表样不同，可能填错了格"
            if self.row_uneven and self.row_unnamed
            else ""
        )

    def _doubt_of_row(self, hits: Sequence[_RowHit]) -> str:
        """Why the cells of a list's row may be another's; empty where nothing says so."""
        if self.row_uneven:
            return "这一行的格数与表样不同"
        if self.row_strange:
            return "上面没有找到这张表的表头"
        if self.beyond_above:
            return "上面有一行不是表样的，可能是另一张表的标题"
        if self.at in self.beside_lost:
            return "紧挨着的一行表上印的文字找不到，可能就是这一行，改过"
        values = [one.hit for one in hits if not one.anchored]
        if any(map(self._misread, values)):
            return "这一行另有一格读不成，可能填错了格"
        if any(self._is_label_changed(hit.raw) for hit in values):
            return "像是表上印的一行，名称改过"
        return ""

    def _is_label_changed(self, raw: str) -> bool:
        """Whether a text is the label of a row that was not found, with a character changed."""
        said = fold(raw)
        return len(said) < _LABEL and any(
            Levenshtein.distance(said, label) == 1 for label in self.lost_labels
        )

    def _misread(self, hit: Hit) -> bool:
        """Whether what stands in a list's cell is no value of its column."""
        token = hit.token
        if not isinstance(token, Value) or _loop_of(token) is None or hit.lost or token.part is not None:
            return False
        if is_blank(hit.raw, token):
            return False
        try:
            value_of(token, hit.raw, self.reader.form)
        except UnreadableError:
            return True
        return False

    def _has_print(self, hit: Hit) -> bool:
        """Whether a value's text holds a title of the form's own."""
        try:
            self.reader.form.refuse_print(hit.raw)
        except UnreadableError:
            return True
        return False

    def _changed_labels(self) -> None:
        """What stands in place of a short piece of print, and is like it, is that print changed."""
        for at, remark in self.strays:
            said = fold(remark.text)
            near = [
                (Levenshtein.distance(print_of(line), said), abs(at - where), line)
                for where, line in self.skips
                if abs(at - where) <= _NEAR
            ]
            distance, _, line = min(near, key=lambda one: one[:2], default=(0, 0, None))
            if (
                line is None
                or distance > max(1, 0.4 * len(print_of(line)))
                or distance >= len(print_of(line))
            ):
                continue
            told = "、".join(changed_words(_text_of(line), remark.text))
            if not told:
                continue
            if remark in self.found.remarks:
                self.found.remarks.remove(remark)
            self.found.remarks.append(replace(remark, what=_CHANGED, text=told))
            self.skips = [one for one in self.skips if one[1] is not line]
            if line in self.found.skipped:
                self.found.skipped.remove(line)

    def _swallowed(self, run: Sequence[tuple[Passage, Paragraph]]) -> str:
        """Why paragraphs of a text may be the form's own print, changed; told word by word."""
        doubt = ""
        between = self.after if self.after > self.before else float("inf")
        passed = [line for line in self.reader.lines if self.before < line.id < between]
        for line in dict.fromkeys((*self.passed, *passed)):
            for _, paragraph in run:
                if not _resembles(line, paragraph.text):
                    continue
                told = "、".join(changed_words(_text_of(line), paragraph.text.strip()))
                if told:
                    self.found.remarks.append(Remark(paragraph.place, _CHANGED, told))
                if line in self.found.skipped:
                    self.found.skipped.remove(line)
                doubt = "里面有一行像是表上印的文字，被改过"
                break
        heading = any(len(fold(one.text)) <= _HEADING for _, one in run[1:])
        if not doubt and (self.passed or (heading and any(is_print(line) for line in passed))):
            doubt = "表上印的标题有没有找到的，里面短的一行可能就是它，改过"
        return doubt

    # ---- values

    def _hit(self, hit: Hit, place: str) -> None:
        token = hit.token
        if isinstance(token, Derived):
            key = f"{token.expression}:{hit.line}:{token.unit}"
            at = sum(1 for name, _, _ in self.found.figures if name.startswith(f"{key}#"))
            self.found.figures.append((f"{key}#{at}", hit.raw.strip(), place))
        elif isinstance(token, Tick) and hit.lost:
            self.note(token.path, self._lost(hit, place))
        elif isinstance(token, Tick):
            self.ticks.setdefault(token.path, []).append((token, fold(hit.raw), place))
        elif isinstance(token, Unreadable):
            if fold(hit.raw).strip(EMPTY + "()"):
                self.found.remarks.append(Remark(place, NOT_READ, hit.raw.strip()))
        elif isinstance(token, OptionNumber):
            self._option(token, hit, place)
        elif isinstance(token, Joined):
            self._joined(token, hit, place)
        elif isinstance(token, Value):
            self._value(token, hit, place)

    def _value(self, token: Value, hit: Hit, place: str) -> None:
        if token.part is not None or is_blank(hit.raw, token):
            return
        doubt = hit.doubt
        value: Any = None
        if not hit.lost:
            try:
                value = value_of(token, hit.raw, self.reader.form)
            except UnreadableError as error:
                doubt = str(error)
        known = self.reader.provinces
        if token.spec is not None and token.spec.reads == "province" and known and str(value) not in known:
            # Province and city often stand in one cell with no print between.
            doubt = doubt or "不是省、自治区或直辖市的名称"
        self._noted(token, Reading(place, hit.raw.strip(), value, doubt, self.found.name))

    def _noted(self, token: Value, reading: Reading) -> None:
        """Put a value where it belongs, or down as one of several fields that may stand there."""
        others = (*token.others, *self.reader.rivals_of(token, reading.value))
        owners = [self._owner(path) for path in (token.path, *others)]
        if any(owner is not owners[0][0] for owner, _ in owners):
            reading = replace(reading, doubt=reading.doubt or "这一处可能印的是几项中的一项")
            owners = owners[:1]
        if len(owners) == 1:
            self.note(token.path, reading)
            return
        names = [name for _, name in owners]
        owners[0][0].either.append(Either(tuple(names), 0 if token.first else len(names) - 1, reading))

    def _option(self, token: OptionNumber, hit: Hit, place: str) -> None:
        said = fold(hit.raw).strip(EMPTY + "()")
        if not said:
            return
        number = int(said) if said.isdigit() else 0
        value = token.options[number - 1] if 0 < number <= len(token.options) else None
        doubt = "" if value is not None else "不是选项的序号"
        if token.many:
            self.many.setdefault(token.path, []).append((value or "", place, doubt))
            return
        self.note(token.path, Reading(place, hit.raw.strip(), value, doubt, self.found.name))

    def _joined(self, token: Joined, hit: Hit, place: str) -> None:
        if is_blank(hit.raw) or fold(hit.raw) in self.reader.form.labels:
            return
        if hit.lost:
            self.note((*token.list, token.name or ""), self._lost(hit, place))
            return
        pieces = [piece.strip() for piece in re.split(rf"[{re.escape(token.mark)}、，,;；\n]", hit.raw)]
        pieces = [piece for piece in pieces if piece]
        if not token.name:
            values = [] if [fold(piece) for piece in pieces] == ["无"] else pieces
            self.note(token.list, Reading(place, hit.raw.strip(), values, hit.doubt, self.found.name))
            return
        if [fold(piece) for piece in pieces] == ["无"]:
            return
        owner, name = self._owner(token.list)
        for at, piece in enumerate(pieces):
            item = Item(source=f"{self.found.name}:{place}:{at}")
            item.facts.update({key: (value, f"{self.found.name} {place}") for key, value in token.facts})
            item.fields[token.name] = [Reading(place, piece, piece, hit.doubt, self.found.name)]
            owner.lists.setdefault(name, []).append(item)

    def _lost(self, hit: Hit, place: str) -> Reading:
        return Reading(place, hit.raw.strip(), None, hit.doubt or "分不开", self.found.name)

    def _settle_ticks(self, loop: int | None = None) -> None:
        """Boxes of one field, all of which have been seen: which of them is ticked."""
        for path in list(self.ticks):
            if loop is not None and Each(loop) not in path:
                continue
            self._ticked(path, self.ticks.pop(path))

    def _ticked(self, path: Path, boxes: list[tuple[Tick, str, str]]) -> None:
        if boxes[0][0].many:
            # What is ticked beside numbers of options is among these.
            return
        chosen = [box for box in boxes if TICKED in box[1]]
        place, raw = boxes[0][2], "".join(box[1] for box in boxes)
        name = self.found.name
        if not boxes[0][0].options:
            if chosen:
                self.note(path, Reading(place, raw, True, "", name))
            elif EMPTY in raw and not self._is_blank_item(path):
                self.note(path, Reading(place, raw, False, "没有打勾，也可能是没有填", name))
            elif not raw and not self._is_blank_item(path):
                self.note(path, Reading(place, raw, None, "方框不见了，看不出勾没有勾", name))
            return
        options = list(dict.fromkeys(box[0].options[0] for box in chosen))
        if len(options) > 1:
            self.note(path, Reading(place, raw, None, "勾了不止一个", name))
        elif options:
            kind = boxes[0][0].kind
            option = options[0]
            value = kind.read(option) if option in ("是", "否") or option in kind.options else option
            self.note(path, Reading(place, raw, value, "", name))

    def _is_blank_item(self, path: Path) -> bool:
        last = next((step for step in reversed(path) if isinstance(step, Each)), None)
        return last is not None and last not in self.current

    # ---- passages

    def flush(self) -> None:
        """End the text under way."""
        if not self.passage:
            return
        run, self.passage = self.passage, []
        missing = self.gap_before or bool(self.gap) or self.number_gap
        doubt = "前面或后面的标题找不到，可能连着另一项的文字" if missing else ""
        doubt = self._swallowed(run) or doubt or self.cell_doubt
        matcher = self.reader.matcher
        paragraphs = tuple(paragraph for _, paragraph in run if not matcher.is_print(fold(paragraph.text)))
        if not paragraphs or all(is_blank(paragraph.text) for paragraph in paragraphs):
            return
        passages = self._possible(run[0][0])
        if len(passages) == 1:
            self._passage(passages[0], paragraphs, doubt)
            return
        owners = [self._owner(one.value.path) for one in passages]
        owner = owners[0][0]
        if any(each[0] is not owner for each in owners):
            text = "\n".join(paragraph.text.strip() for paragraph in paragraphs)
            for one in passages:
                lost = Reading(_place(paragraphs), text, None, "几项写在一起，分不开", self.found.name)
                self.note(one.value.path, lost)
            return
        names = tuple(name for _, name in owners)
        values = tuple(one.value for one in passages)
        owner.groups.append(TextGroup(names, values, paragraphs, self.found.name, doubt))

    def _possible(self, first: Passage) -> tuple[Passage, ...]:
        """The texts that may stand between the lines taken last and next; in a list the order begins again."""
        found = self.reader.beside.get(first.id, (first,))
        least = self.before if self.before < first.id else 0
        most = self.after if self.after > first.id else float("inf")
        return tuple(one for one in found if least < one.id < most) or (first,)

    def _passage(self, passage: Passage, paragraphs: tuple[Paragraph, ...], doubt: str) -> None:
        token = passage.value
        text = "\n".join(paragraph.text.strip() for paragraph in paragraphs)
        if not doubt and _ASIDE.fullmatch(text.strip()):
            doubt = "整段在括号里，像是备注"
        if is_blank(text, token):
            return
        try:
            value = value_of(token, text, self.reader.form)
        except UnreadableError as error:
            value, doubt = None, str(error)
        if self.row_hits is not None:
            doubt = doubt or self._doubt_of_cells()
        reading = Reading(_place(paragraphs), text, value, doubt, self.found.name)
        if self.row_hits is not None and _loop_of(token) is not None:
            self.row_texts.append((token, reading))
        else:
            self._noted(token, reading)

    # ---- items

    def note(self, path: Path, reading: Reading) -> None:
        """Put a reading where its path leads."""
        owner, name = self._owner(path)
        owner.fields.setdefault(name, []).append(reading)

    def _note(self, facts: Facts, place: str) -> None:
        for path, value in facts:
            owner, name = self._owner(path)
            owner.facts.setdefault(name, (value, f"{self.found.name} {place or '所在的栏'}"))

    def _owner(self, path: Path) -> tuple[Item, str]:
        """The item that holds a field, and the field's name there."""
        item = self.found.root
        names: list[str] = []
        for step in path:
            if isinstance(step, str):
                names.append(step)
                continue
            item = self._at(item, ".".join(names), step)
            names = []
        return item, ".".join(names)

    def _at(self, owner: Item, name: str, step: Each | One) -> Item:
        if isinstance(step, Each):
            key: Any = step
        elif step.facts and step.facts[0][0] == "@after":
            key = step.facts[0]
        else:
            key = (id(owner), name, step)
        found = self.current.get(key)
        if found is None:
            loop = self.loops.get(step.loop) if isinstance(step, Each) else None
            found = Item(source=f"{self.found.name}:{key}")
            if isinstance(step, Each):
                found.source = f"{self.found.name}:{step.loop}:{self.counts.get(step.loop, 0)}"
            facts = loop.facts if loop is not None else step.facts if isinstance(step, One) else ()
            told = f"{self.found.name} 所在的栏"
            found.facts.update({key: (value, told) for key, value in facts if not key.startswith("@")})
            owner.lists.setdefault(name, []).append(found)
            self.current[key] = found
        return found


def _text_of(line: Line) -> str:
    """A line as it is printed, with ``……`` for what is filled in."""
    return "".join(
        "".join(one.text if isinstance(one, Literal) else "……" for one in tokens)
        for tokens, _ in sequences(line.tokens)[:1]
    ).strip()


def _resembles(line: Line, text: str) -> bool:
    """Whether a paragraph is a line of the form's with some of its print changed."""
    printed, said = bare(print_of(line)), bare(fold(text))
    values = sum(not isinstance(token, Literal) for token in line.tokens)
    longest = len(printed) + _VALUES * max(values, 1) if not is_print(line) else 1.5 * len(printed) + 2
    missing = len(printed) - LCSseq.similarity(printed, said)
    if len(said) <= _HEADING and Prefix.similarity(printed, said) >= max(_TELLING + 1, 0.4 * len(printed)):
        return True
    return len(said) <= longest and missing <= max(1, 0.3 * len(printed))


def _apart(row: Row, label: Cell | None, value: Cell | None) -> bool:
    """Whether a cell that says something stands between a label and its value."""
    places = [cell.place for cell in row.cells]
    if label is None or value is None or label.place not in places or value.place not in places:
        return False
    first, last = places.index(label.place), places.index(value.place)
    return last < first or any(cell.own.strip() for cell in row.cells[first + 1 : last])


def _number(chinese: str) -> int:
    if chinese.isdigit():
        return int(chinese)
    if "十" in chinese:
        tens, _, ones = chinese.partition("十")
        return (_DIGITS.index(tens) if tens else 1) * 10 + (_DIGITS.index(ones) if ones else 0)
    return _DIGITS.index(chinese)


def _loop_of(token: Token) -> Each | None:
    path: Path = getattr(token, "path", ())
    return next((step for step in path if isinstance(step, Each)), None)


def _list_path(token: Token) -> str | None:
    """The path of the list that a token's item is of, where that is a list of the consortium's own."""
    path: Path = getattr(token, "path", ())
    at = next((number for number, step in enumerate(path) if isinstance(step, Each)), None)
    if at is None or any(isinstance(step, One) for step in path[:at]):
        return None
    return ".".join(step for step in path[:at] if isinstance(step, str))


def changed_words(printed: str, now: str) -> Iterator[str]:
    """What of a printed text reads otherwise now, word by word."""
    matcher = difflib.SequenceMatcher(None, printed, now, autojunk=False)
    for operation, a, b, c, d in matcher.get_opcodes():
        old, new = printed[a:b], now[c:d]
        if operation == "equal" or old.strip() == "……":
            continue
        if not bare(fold(old)) and not bare(fold(new)):
            continue
        if operation == "delete":
            yield f"删去了“{excerpt(old)}”"
        elif operation == "insert":
            yield f"加上了“{excerpt(new)}”"
        else:
            yield f"“{excerpt(old)}”改成了“{excerpt(new)}”"

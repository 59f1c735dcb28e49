"""Which sheet, row and column means what, however they were moved, renamed or added to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from generator.base.xlsx.grid import LETTERS, Grid
from generator.model.value_kinds import DOLLAR_UNITS, MONEY_UNITS, Count, Kind, Money, Share
from generator.readers.excel.layout import (
    COUNT_SUFFIX,
    FINDINGS_SHEET,
    GUIDE_SHEET,
    JOIN,
    KEY_HEAD,
    LABEL_HEAD,
    LAYOUT_SHEET,
    MISSING_SHEET,
    PARENT_PREFIX,
    SHOWN_ONLY,
    VALUE_HEAD,
    Column,
    Sheet,
    fold,
    is_identifier,
    is_like_unit,
    split_remark,
    split_unit,
    unit_of,
)

HEAD_ROWS: Final = 20
_IGNORED: Final = frozenset({GUIDE_SHEET, MISSING_SHEET, FINDINGS_SHEET, LAYOUT_SHEET})
_PARENT_HEADS: Final = frozenset({"单位名称", "成员单位", "单位", "名称"})
_SHOWN_ONLY = frozenset(fold(text) for text in SHOWN_ONLY)
_LEAST_ALIKE = 2
_PLAIN_DEPTH = 2
_UNIT_LINE = re.compile(r"(?:金额|计量|货币)?单位[:为]")
_VALUE_HEADS = frozenset(fold(text) for text in (VALUE_HEAD, "内容", "填写", "值"))


class Match(Struct):
    """What a workbook's grids are.

    Attributes:
        found: each known sheet with its grid.
        again: grids that are a second copy of a known sheet.
        missing: known sheets without a grid.
        extra: grids that are nothing known, and hold something.
    """

    found: list[tuple[Sheet, Grid]]
    again: list[tuple[Sheet, Grid]]
    missing: list[Sheet]
    extra: list[Grid]


def match_sheets(grids: Iterable[Grid], sheets: tuple[Sheet, ...]) -> Match:
    """Which grid is which sheet: by the tab's name, else the title in its first cells, else its headers."""
    known: dict[str, Sheet] = {}
    for sheet in sheets:
        for text in sheet.known_as():
            known.setdefault(text, sheet)
    open_grids = [grid for grid in grids if grid.name not in _IGNORED]
    found: dict[str, tuple[Sheet, Grid]] = {}
    again: list[tuple[Sheet, Grid]] = []
    rest: list[Grid] = []
    for look in (_by_tab, _by_title):
        rest = []
        for grid in open_grids:
            like = look(grid, known)
            if like is None:
                rest.append(grid)
            elif like.title not in found:
                found[like.title] = (like, grid)
            elif not grid.is_blank:
                again.append((like, grid))
        open_grids = rest
    extra = []
    for grid in rest:
        alike = _by_headers(grid, [sheet for sheet in sheets if sheet.title not in found])
        if alike is not None:
            found[alike.title] = (alike, grid)
        elif not grid.is_blank:
            extra.append(grid)
    return Match(
        [found[sheet.title] for sheet in sheets if sheet.title in found],
        again,
        [sheet for sheet in sheets if sheet.title not in found],
        extra,
    )


def _by_tab(grid: Grid, known: dict[str, Sheet]) -> Sheet | None:
    return known.get(fold(grid.name))


def _by_title(grid: Grid, known: dict[str, Sheet]) -> Sheet | None:
    for row in range(min(3, len(grid.rows))):
        first = next((text for text in grid.rows[row] if not isinstance(text, str) or text.strip()), "")
        if isinstance(first, str) and (sheet := known.get(fold(first))):
            return sheet
    return None


def _by_headers(grid: Grid, sheets: list[Sheet]) -> Sheet | None:
    """The sheet whose titles a grid has; more than half of one row's or column's, and no other so many."""
    scores: list[tuple[int, Sheet]] = []
    for sheet in sheets:
        if sheet.form == "pairs":
            names = {name for column in sheet.columns for name in column.names()}
            count = sum(
                any(isinstance(value, str) and value and fold(value) in names for value in row[:3])
                for row in grid.rows[:400]
            )
            wanted = len(sheet.columns)
        else:
            header = find_header(grid, sheet)
            if header is None:
                continue
            count = len(header.columns)
            wanted = len(sheet.columns)
        if count >= _LEAST_ALIKE and count * 2 > wanted:
            scores.append((count, sheet))
    scores.sort(key=lambda pair: -pair[0])
    if not scores or (len(scores) > 1 and scores[0][0] == scores[1][0]):
        return None
    return scores[0][1]


class Head(Struct, frozen=True, dict=True):
    """One column of a table as its header says; what follows from that is worked out once for all its cells.

    Attributes:
        at: the column, from 0.
        steps: the names on the way to the field in the item.
        column: as the layout has it; None where the layout does not know it.
        unit: the unit given in the header, where it is not the field's own.
        identifier: whether it holds digits that are no number.
    """

    at: int
    steps: tuple[str, ...]
    column: Column | None = None
    unit: str = ""
    identifier: bool = False

    @property
    def known(self) -> bool:
        """Whether the layout knows it."""
        return self.column is not None

    @cached_property
    def kind(self) -> Kind | None:
        """What it holds, where that is known."""
        return self.column.kind if self.column else None

    @cached_property
    def shape(self) -> str:
        """One value or several, one a line."""
        return self.column.shape if self.column else "one"

    @property
    def group(self) -> bool:
        """Whether it stands for a whole group, which a cell can only state as none."""
        return self.known and self.kind is None

    @cached_property
    def letter(self) -> str:
        """The column's letters."""
        return LETTERS[self.at]

    @cached_property
    def step(self) -> str:
        """The first name on the way; empty where there is none."""
        return self.steps[0] if self.steps else ""

    @cached_property
    def step_below(self) -> str:
        """The second; empty where there is none."""
        return self.steps[1] if len(self.steps) > 1 else ""

    @cached_property
    def takes_plain_text(self) -> bool:
        """Whether a plain text can be taken as it is: a known field at most two names deep, in its own unit."""
        return 1 <= len(self.steps) <= _PLAIN_DEPTH and not self.unit and self.kind is not None

    @cached_property
    def takes_plain_number(self) -> bool:
        """Whether a plain number can be taken as it is too: no code or telephone number, no percentage."""
        return not self.identifier and not isinstance(self.kind, Share)


class Header(Struct, frozen=True):
    """A table's header row.

    Attributes:
        row: the row, from 0.
        columns: the fields' columns.
        key: the column of ids, of the parent's name, or -1.
        again: columns whose field another column already has.
        untitled: columns without a title.
        unusable: columns whose unit is none of the field's, each with its title and that unit.
    """

    row: int
    columns: tuple[Head, ...]
    key: int
    again: tuple[tuple[int, str], ...] = ()
    untitled: tuple[int, ...] = ()
    unusable: tuple[tuple[int, Column, str], ...] = ()


def names_of(columns: Iterable[Column]) -> dict[str, Column]:
    """Columns by every folded text that means them; full titles go before last words of titles."""
    found: dict[str, Column] = {}
    columns = tuple(columns)
    for column in columns:
        for name in column.names():
            found.setdefault(name, column)
    last: dict[str, list[Column]] = {}
    for column in columns:
        if JOIN in column.title:
            last.setdefault(fold(column.title.rpartition(JOIN)[2]), []).append(column)
    for name, several in last.items():
        if len(several) == 1:
            found.setdefault(name, several[0])
    return found


def find_header(grid: Grid, sheet: Sheet) -> Header | None:
    """A table's header: of the first rows the one with most known titles."""
    names = names_of(sheet.columns)
    best, score = -1, 0
    least = min(_LEAST_ALIKE, len(sheet.columns))
    for row in range(min(HEAD_ROWS, len(grid.rows))):
        count = len(
            {
                folded
                for value in grid.rows[row]
                if isinstance(value, str) and value
                for folded in (fold(value), split_remark(value)[0])
                if folded in names
            }
        )
        if count > score:
            best, score = row, count
        if score * 2 > len(sheet.columns):
            break
    if best < 0 or score < least:
        return None
    return _header(grid, sheet, best, names)


def _header(grid: Grid, sheet: Sheet, row: int, names: dict[str, Column]) -> Header:
    columns: list[Head] = []
    again: list[tuple[int, str]] = []
    untitled: list[int] = []
    unusable: list[tuple[int, Column, str]] = []
    key = -1
    above = _unit_above(grid, row)
    taken: set[tuple[str, ...]] = set()
    for at in range(len(grid.rows[row])):
        text = grid.text(row, at).strip()
        if not text:
            if any(grid.holds(below, at) for below in range(row + 1, len(grid.rows))):
                untitled.append(at)
            continue
        folded = fold(text)
        if key < 0 and _is_key(folded, sheet, names):
            key = at
            continue
        if folded in _SHOWN_ONLY or folded.endswith(fold(COUNT_SUFFIX)):
            continue
        head = _head(at, text, names)
        if head.column is not None and (wrong := _wrong_unit(head.column, text, above)):
            unusable.append((at, head.column, wrong))
            continue
        if above and head.column is not None and isinstance(head.kind, Money) and not unit_in(text):
            head = replace(head, unit="" if above == head.kind.unit else above)
        if head.steps in taken:
            again.append((at, text))
            continue
        taken.add(head.steps)
        columns.append(head)
    return Header(row, tuple(columns), key, tuple(again), tuple(untitled), tuple(unusable))


def unit_in(text: str) -> str:
    """The unit that a header or label gives; empty where it gives none."""
    return split_unit(text)[1]


def _unit_above(grid: Grid, row: int) -> str:
    """The unit that a line above the table gives for all its amounts (单位：万元); empty where none does."""
    for above in range(row):
        for at in range(len(grid.rows[above])):
            text = fold(grid.text(above, at)).strip("()[]【】")
            if _UNIT_LINE.match(text) and (unit := unit_of(text)) in {*MONEY_UNITS, *DOLLAR_UNITS}:
                return unit
    return ""


def _wrong_unit(column: Column, text: str, above: str) -> str:
    """The unit in a header that its field's numbers cannot be given in; empty where all is well."""
    kind, (_, remark) = column.kind, split_remark(text)
    unit = unit_of(remark)
    if isinstance(kind, Money):
        if unit:
            if above and above != unit and above in kind.units:
                return f"{unit}（表的上方又写着{above}）"
            return "" if unit in kind.units else unit
        if remark and is_like_unit(remark) and fold(text) not in set(column.names()):
            return remark
        return above if above and above not in kind.units else ""
    if isinstance(kind, (Count, Share)) and remark and fold(text) not in set(column.names()):
        scaled = is_like_unit(remark) and unit != kind.unit
        return remark if scaled or (isinstance(kind, Share) and unit not in {"", "%"}) else ""
    return ""


def wrong_unit(column: Column, label: str) -> str:
    """The unit in a label of a sheet of pairs that its number cannot be given in; empty where all is well."""
    return _wrong_unit(column, label, "")


def unit_fault(column: Column, unit: str) -> tuple[str, str]:
    """What is wrong with a unit, and what to do about it."""
    kind = column.kind
    known = "、".join(kind.units) if isinstance(kind, Money) else kind.unit if kind else ""
    return (
        f"“{column.title}”的单位写的是“{unit}”，不能照着换算，这些数没有读入",
        f"把数换算成{kind.unit if kind and kind.unit else '个'}，表头改为“{column.header}”"
        + (f"（可用的单位：{known}）" if known else ""),
    )


def _is_key(folded: str, sheet: Sheet, names: dict[str, Column]) -> bool:
    if sheet.form == "map":
        return folded in {fold(KEY_HEAD), "id"}
    if sheet.parent:
        return folded not in names and (folded in _PARENT_HEADS or folded.startswith(PARENT_PREFIX))
    return False


def _head(at: int, text: str, names: dict[str, Column]) -> Head:
    """What a column's title means; an unknown title is kept as the name, for the loader to know or to refuse."""
    plain, remark = split_remark(text)
    unit = unit_of(remark)
    column = names.get(fold(text)) or names.get(plain)
    if column is not None:
        own = column.kind.unit if column.kind else ""
        unit = unit if unit and own and unit != own and isinstance(column.kind, Money) else ""
        steps = tuple(column.path.split(".")) if column.path else ()
        return Head(at, steps, column, unit, column.is_identifier)
    shown = text.strip("*＊ \n")
    pieces = [piece.strip() for piece in shown.replace("•", JOIN).replace("・", JOIN).split(JOIN)]
    # A column beside known ones of the same group goes into that group.
    for depth in range(len(pieces) - 1, 0, -1):
        prefix = fold(JOIN.join(pieces[:depth])) + JOIN
        like = next((column for name, column in names.items() if name.startswith(prefix)), None)
        if like is not None and "." in like.path:
            pieces = [*like.path.split(".")[:depth], *pieces[depth:]]
            break
    return Head(at, tuple(pieces), identifier=is_identifier("", text, None))


def labels_of(grid: Grid, sheet: Sheet) -> Iterator[tuple[int, int, int]]:
    """The rows of a sheet of pairs: row, column of the label, column of the value."""
    for row in range(min(HEAD_ROWS, len(grid.rows))):
        folded = [fold(value) if isinstance(value, str) else "" for value in grid.rows[row]]
        if fold(LABEL_HEAD) in folded and _VALUE_HEADS.intersection(folded):
            label = folded.index(fold(LABEL_HEAD))
            value_at = next(at for at, text in enumerate(folded) if text in _VALUE_HEADS)
            yield from ((below, label, value_at) for below in range(row + 1, len(grid.rows)))
            return
    names = names_of(sheet.columns)
    counts: dict[int, int] = {}
    for cells in grid.rows:
        for at, value in enumerate(cells):
            if isinstance(value, str) and value and fold(value) in names:
                counts[at] = counts.get(at, 0) + 1
    if counts:
        label = max(counts, key=lambda at: (counts[at], -at))
        for row in range(len(grid.rows)):
            if fold(grid.text(row, label)) in names:
                yield row, label, label + 1

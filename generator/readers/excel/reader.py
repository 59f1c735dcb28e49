"""Reading a workbook into the same tree as YAML, with the cell of every value.

The workbook's own layout, on its hidden sheet, says what its sheets and columns mean; a workbook without
one is read by the common layout. What no field of these knows keeps its title, for the loader to resolve
or to refuse. A cell that cannot be read becomes a value with a fault, so that one run tells of all.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from generator.base.text import listed
from generator.base.tree import TOLD_ELSEWHERE, Entries, Entry, Node, Scalar
from generator.base.xlsx.grid import Grid, read_grids
from generator.errors import DataError, Place, Problem
from generator.model.consortium import Consortium
from generator.model.notices import Notice
from generator.model.value_kinds import Choice, Flag, LongText, Money
from generator.readers.excel.builder import GroupBuilder, ListBuilder, put_at, split_path
from generator.readers.excel.cells import scalar
from generator.readers.excel.layout import (
    COUNT_HEAD,
    FORMAT,
    LAYOUT_FIRST_ROW,
    LAYOUT_MARK,
    LAYOUT_SHEET,
    LIMIT_HEAD,
    NOTE_HEAD,
    Column,
    LayoutRow,
    Sheet,
    changes,
    fold,
    is_identifier,
    layout,
    layout_from_rows,
    split_remark,
)
from generator.readers.excel.sheets import (
    HEAD_ROWS,
    Head,
    Match,
    find_header,
    labels_of,
    match_sheets,
    names_of,
    unit_fault,
    unit_in,
    wrong_unit,
)
from generator.readers.excel.tables import Tables, cell, lines

_PIECE = re.compile(r"(.*?)(?:#(\d+))?", re.DOTALL)
_LAYOUT_WIDTH = 9
_ALIKE = 0.6
_MOST_NAMED = 3
_LEAST_ALIKE = 2


class _CarriedLayout(Struct, frozen=True):
    """What a workbook's hidden sheet says: the programme's code, empty where there is none, and the layout."""

    programme: str
    sheets: tuple[Sheet, ...]


def read_workbook(data: bytes, name: str, notices: list[Notice] | None = None) -> Entries:
    """An ``.xlsx`` workbook as a tree.

    Args:
        data: the file's bytes.
        name: the file's name for messages.
        notices: takes the notices about sheets, rows and columns that were left out or are hidden.

    Raises:
        DataError: the file cannot be read as a workbook, is larger than it may be, was made by another
            version in a way that matters, or has no sheet that can be recognised.
    """
    notices = [] if notices is None else notices
    grids, carried, match = _recognised(data, name)
    if not match.found:
        first = next((grid for grid in grids if not grid.is_blank), None)
        if first is None:
            raise DataError("工作簿是空的", "用 lianheti new 生成表样，填写后再试", Place(name))
        raise DataError(
            "没有认出任何一张工作表",
            "用 lianheti new 生成表样，把内容填进去；各表的名称和表头不要改",
            first.place(0, 0),
        )
    reader = _Reader(name, carried, match)
    tree = reader.read()
    notices.extend(reader.root.notices)
    return tree


def recognised_sheets(data: bytes, name: str) -> Match:
    """Which of a workbook's sheets is which, for who writes into it.

    Raises:
        DataError: as ``read_workbook``.
    """
    return _recognised(data, name)[2]


# What was read last is looked at again by who changes it.
@lru_cache(maxsize=2)
def _recognised(data: bytes, name: str) -> tuple[list[Grid], _CarriedLayout | None, Match]:
    grids = read_grids(data, name)
    carried = _read_layout(grids)
    return grids, carried, match_sheets(grids, carried.sheets if carried else layout(Consortium, {}))


def _read_layout(grids: list[Grid]) -> _CarriedLayout | None:
    """The layout that the workbook carries.

    Raises:
        DataError: another version made it, and today's would read it otherwise.
    """
    grid = next((grid for grid in grids if grid.name == LAYOUT_SHEET), None)
    if grid is None or grid.text(0, 0) != LAYOUT_MARK:
        return None
    version = grid.value(0, 1)
    place = grid.place(0, 1)
    number = int(version) if isinstance(version, (int, float)) else 0
    remedy = "用 lianheti new 生成新的表样，把内容复制过去（整列复制，只粘贴值）"
    if number > FORMAT:
        raise DataError(
            f"工作簿的表样是第 {number} 版，比本程序认识的第 {FORMAT} 版新", "升级本程序后再读", place
        )
    rows: list[LayoutRow] = []
    for at in range(LAYOUT_FIRST_ROW - 1, len(grid.rows)):
        cells = [grid.text(at, column) for column in range(_LAYOUT_WIDTH)]
        if cells[0]:
            rows.append((*cells[:8], cells[8]))  # type: ignore[arg-type]  # nine texts
    sheets = layout_from_rows(rows)
    told = changes(sheets)
    if number < FORMAT:
        told.insert(0, f"表样由第 {number} 版改为第 {FORMAT} 版")
    if told:
        raise DataError(
            "工作簿的表样是旧的",
            problems=tuple(Problem(f"工作簿的表样是旧的：{change}", remedy, place) for change in told),
        )
    return _CarriedLayout(grid.text(0, 2), sheets or layout(Consortium, {}))


class _Reader:
    """Puts the cells of recognised sheets into one tree."""

    def __init__(self, name: str, carried: _CarriedLayout | None, match: Match) -> None:
        self.carried = carried
        self.match = match
        first = match.found[0][1]
        self.root = GroupBuilder(Place(name, sheet=first.name, cell="A1"))
        self.tables = Tables(self.root)

    def read(self) -> Entries:
        # A list inside another list needs the items that own it first; the filings sheet adds to what all others gave.
        order = {"pairs": 0, "table": 1, "map": 1, "filings": 3, "accepted": 4}
        for sheet, grid in sorted(
            self.match.found, key=lambda pair: 2 if pair[0].parent else order[pair[0].form]
        ):
            if sheet.form == "filings":
                self.filings(sheet, grid)
            elif sheet.form == "accepted":
                self.accepted(sheet, grid)
            elif sheet.form == "pairs":
                self.pairs(sheet, grid)
            else:
                self.tables.read(sheet, grid)
        self.tell_of_sheets()
        name = self.root.held.get("name")
        if isinstance(name, Scalar):
            self.root.place = name.place
        return self.root.frozen()

    def tell_of_sheets(self) -> None:
        """Refuse copies of a sheet, and sheets that may be one of those that are missing."""
        for sheet, grid in self.match.again:
            self.root.fault(
                grid.place(0, 0), f"有两张工作表都是“{sheet.title}”", "合并成一张，或删去多余的一张"
            )
        # A sheet that would have no row of its own is never written, so it cannot be missing.
        missing = [
            sheet
            for sheet in self.match.missing
            if sheet.form not in {"accepted", "filings"}
            and any(column.kind is not None or "." in column.path for column in sheet.columns)
        ]
        for grid in self.match.extra:
            like = _taken_for(grid, missing)
            if like:
                self.root.fault(
                    grid.place(0, 0),
                    f"认不出工作表“{grid.name}”，而缺少“{like}”",
                    f"把它改名为“{like}”；与本表无关的，换一个不相像的名称和表头",
                )
            elif missing and not self.match.again and self.carried:
                titles = listed((f"“{sheet.title}”" for sheet in missing), _MOST_NAMED)
                place = Place(grid.file, sheet=grid.name)
                self.root.tell("ask", place, f"这张表没有读入，而缺少{titles}，如果是其中一张就改回原名")
            else:
                self.root.tell("own", Place(grid.file, sheet=grid.name), "整张")

    def pairs(self, sheet: Sheet, grid: Grid) -> None:
        names = names_of(sheet.columns)
        if grid.hidden:
            self.root.tell("hidden", Place(grid.file, sheet=grid.name), "整张工作表是隐藏的")
        for row, label_at, value_at in labels_of(grid, sheet):
            label = grid.text(row, label_at).strip()
            if not label:
                if grid.holds(row, value_at):
                    self.root.fault(
                        grid.place(row, value_at), "这个内容左边没有项目名", "补上项目名，或删去它"
                    )
                continue
            column = names.get(fold(label)) or names.get(split_remark(label)[0])
            if column is None and not grid.holds(row, value_at) and self._behind(grid, row, label_at, names):
                continue
            if column is not None and grid.holds(row, value_at) and (unit := wrong_unit(column, label)):
                self.root.fault(grid.place(row, label_at), *unit_fault(column, unit))
                unread = Scalar("", grid.place(row, value_at), fault=TOLD_ELSEWHERE)
                self.root.put(column.path.split("."), unread)
                continue
            if column is None:
                if grid.holds(row, value_at):
                    steps = [step.strip() for step in label.split("·")]
                    at = Head(value_at, (), identifier=is_identifier("", label, None))
                    node = cell(grid, row, at)
                    self._unknown(steps, grid.place(row, label_at), node)
                continue
            found_at = self._beside(grid, row, value_at, column)
            node = scalar(
                grid,
                row,
                found_at,
                column.kind,
                identifier=column.is_identifier,
                unit=_other_unit(column, label),
                place=grid.place(row, found_at),
            )
            if column.kind is None and node.absent:
                continue
            self._tell_of_unseen(grid, row, found_at, label)
            self.root.put(column.path.split("."), lines(node) if column.shape == "list" else node)

    def _behind(self, grid: Grid, row: int, label_at: int, names: dict[str, Column]) -> bool:
        """Take a value that was typed behind its label, in the same cell: 产业领域：氢能."""
        label, mark, text = grid.text(row, label_at).replace("：", ":").partition(":")
        column = names.get(fold(label))
        if column is None or column.kind is None or not mark or not text.strip():
            return False
        place = grid.place(row, label_at)
        value = grid.text(row, label_at)[len(label) + 1 :].strip()
        self.root.tell("understood", place, f"写在项目名后面的内容作“{column.title}”")
        node = Scalar(value, place)
        self.root.put(column.path.split("."), lines(node) if column.shape == "list" else node)
        return True

    def _beside(self, grid: Grid, row: int, value_at: int, column: Column) -> int:
        """The column of a row's value: its own, or that of the one filled cell beside it; notices tell of what stands there."""
        beside = [at for at in _beside(grid, row, value_at, column) if grid.holds(row, at)]
        if not beside:
            return value_at
        if grid.holds(row, value_at) or len(beside) > 1:
            for at in beside:
                self.root.tell("own", grid.place(row, at), f"写在“{column.title}”那一格旁边的内容")
            return value_at
        self.root.tell(
            "understood",
            grid.place(row, beside[0]),
            f"写在旁边的内容作“{column.title}”（应填在 {grid.place(row, value_at).cell}）",
        )
        return beside[0]

    def _tell_of_unseen(self, grid: Grid, row: int, at: int, label: str) -> None:
        """Tell of a value that a person does not see, or has struck through."""
        if not grid.holds(row, at):
            return
        if row in grid.hidden_rows:
            self.root.tell("hidden", grid.place(row, at), f"“{label}”一行是隐藏或筛选掉的")
        elif (row, at) in grid.struck:
            self.root.tell("hidden", grid.place(row, at), f"“{label}”的内容加了删除线")
        elif at in grid.hidden_columns or (row, at) in grid.faint:
            how = "在隐藏的列里" if at in grid.hidden_columns else "是白色字，或格式不显示内容"
            self.root.tell("hidden", grid.place(row, at), f"“{label}”的内容{how}")

    def _unknown(self, steps: list[str], place: Place, node: Node) -> None:
        for step in reversed(steps[1:]):
            node = Entries((Entry(step, place, node),), place)
        self.root.more.append(Entry(steps[0], place, node))

    def filings(self, sheet: Sheet, grid: Grid) -> None:
        """Rows of programme, field and value: what differs by programme, and what no sheet can hold."""
        header = find_header(grid, sheet)
        if header is None:
            if not grid.is_blank:
                titles = "、".join(column.title for column in sheet.columns)
                self.root.fault(grid.place(0, 0), f"工作表“{grid.name}”里找不到表头", f"补上表头：{titles}")
            return
        at = {head.steps[0]: head for head in header.columns if head.known}
        if "field" not in at or "value" not in at:
            self.root.fault(grid.place(header.row, 0), "缺少“字段”或“内容”这一列", "补上这一列的表头")
            return
        told: list[tuple[Scalar, str, Scalar]] = []
        pieces: dict[tuple[str, str], int] = {}
        for row in range(header.row + 1, len(grid.rows)):
            name = cell(grid, row, at["field"])
            path, number = _PIECE.fullmatch(name.text.strip()).groups()  # type: ignore[union-attr]  # any text
            value = cell(grid, row, replace(at["value"], identifier=is_identifier(path, path, None)))
            code = cell(grid, row, at["programme"]) if "programme" in at else replace(name, text="")
            if code.text.strip():
                self._filing(code)
            if not path:
                if not value.absent:
                    self.root.fault(value.place, "这一行没有写字段", "在“字段”一列写上字段名")
            elif number:
                # A text longer than a cell can hold stands in several rows; its place is that of the first.
                first = pieces.setdefault((code.text, path), len(told))
                if first == len(told):
                    told.append((code, path, Scalar("", name.place)))
                before = told[first][2]
                told[first] = (code, path, Scalar(before.text + value.text, before.place))
            elif not value.absent:
                told.append((code, path, value))
        for code, path, value in told:
            self._put_field(code, path, value)

    def _put_field(self, code: Scalar, path: str, value: Scalar) -> None:
        steps = split_path(path)
        group = self._filing(code) if code.text.strip() else self.root
        wrong = "的写法不对" if steps is None else put_at(group, steps, value)
        if wrong:
            self.root.fault(
                value.place,
                f"字段“{path[:40]}”{wrong}",
                "写字段的名称，上一级写在前面，如 联系人·电话",
            )

    def _filing(self, code: Scalar) -> GroupBuilder:
        """One programme's filing, made where it is not there yet."""
        filings = self.root.held.setdefault("filings", GroupBuilder(code.place))
        if not isinstance(filings, GroupBuilder):
            raise TypeError("filings are a group")
        filing = filings.held.setdefault(code.text.strip(), GroupBuilder(code.place))
        if not isinstance(filing, GroupBuilder):
            raise TypeError("a filing is a group")
        return filing

    def accepted(self, sheet: Sheet, grid: Grid) -> None:
        """Failed conditions that the applicant accepts, each under its programme."""
        header = find_header(grid, sheet)
        if header is None:
            return
        for row in self.tables.rows(grid, header, sheet):
            item = self.tables.item(grid, header, row)
            code = item.held.pop("programme", None)
            if not isinstance(code, Scalar) or code.absent or not code.text.strip():
                if not self.carried or not self.carried.programme:
                    self.root.fault(item.place, "这一行没有写方案", "在“方案”一列写上方案代码")
                    continue
                code = Scalar(self.carried.programme, item.place)
            filing = self._filing(code)
            gathered = filing.held.setdefault("accepted", ListBuilder(item.place))
            if isinstance(gathered, ListBuilder):
                gathered.items.append(item)
            else:
                filing.more.append(Entry("accepted", item.place, item.frozen()))


def _other_unit(column: Column, label: str) -> str:
    """The unit that a label gives to an amount, where it is not the field's own."""
    unit = unit_in(label) if isinstance(column.kind, Money) else ""
    return unit if column.kind and unit != column.kind.unit else ""


def _beside(grid: Grid, row: int, value_at: int, column: Column) -> Iterator[int]:
    """The cells right of a row's value in which the form itself writes nothing."""
    heads = {fold(text): text for text in (COUNT_HEAD, LIMIT_HEAD, NOTE_HEAD)}
    shown: dict[int, str] = {}
    for above in range(min(row, HEAD_ROWS)):
        for at in range(value_at + 1, len(grid.rows[above])):
            if title := heads.get(fold(grid.text(above, at))):
                shown[at] = title
    for at in range(value_at + 1, len(grid.rows[row])):
        if (row, at) in grid.formulas:
            continue
        title = shown.get(at)
        written = grid.text(row, at)
        if title == NOTE_HEAD and not (
            column.known and not column.help and not column.example and not _is_picked(column)
        ):
            continue
        if title == LIMIT_HEAD and "字" in written:
            continue
        if (
            title == COUNT_HEAD
            and isinstance(grid.value(row, at), (int, float))
            and isinstance(column.kind, LongText)
        ):
            continue
        yield at


def _is_picked(column: Column) -> bool:
    """Whether the form explains beside the value that it is picked from a list, or has several lines."""
    return column.kind is None or column.shape == "list" or isinstance(column.kind, (Choice, Flag))


def _taken_for(grid: Grid, missing: list[Sheet]) -> str:
    """The title of the missing sheet that a sheet may be, by its name or its headers; empty where it is none."""
    titles = {fold(sheet.title): sheet.title for sheet in missing}
    near = difflib.get_close_matches(fold(grid.name), titles, 1, _ALIKE)
    if near:
        return titles[near[0]]
    for sheet in missing:
        header = find_header(grid, sheet) if sheet.form != "pairs" else None
        known = [head for head in header.columns if head.known] if header else []
        if len(known) * 2 > len(sheet.columns) and len(known) >= _LEAST_ALIKE:
            return sheet.title
    return ""

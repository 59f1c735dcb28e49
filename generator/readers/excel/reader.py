"""Reading a workbook into the same tree as YAML, with the cell of every value.

The workbook's own layout, on its hidden sheet, says what its sheets and columns mean; a workbook without
one is read by the common layout. What no field of these knows keeps its title, for the loader to resolve
or to refuse. A cell that cannot be read becomes a value with a fault, so that one run tells of all.
"""

from __future__ import annotations

import difflib
import gc
import re
from dataclasses import dataclass, replace

from generator.base.tree import Entries, Entry, Node, Scalar
from generator.errors import DataError, Place, Problem
from generator.model.consortium import Consortium
from generator.readers.excel.builder import Branch, Twigs, put_at, split_path
from generator.readers.excel.cells import scalar
from generator.readers.excel.grid import Grid, read_grids
from generator.readers.excel.layout import (
    FORMAT,
    STAMP_MARK,
    STAMP_SHEET,
    Sheet,
    StampRow,
    changes,
    fold,
    from_stamp,
    is_identifier,
    layout,
)
from generator.readers.excel.sheets import (
    Head,
    Match,
    find_header,
    labels_of,
    match_sheets,
    names_of,
)
from generator.readers.excel.tables import Tables, cell, lines

_PIECE = re.compile(r"(.*?)(?:#(\d+))?", re.DOTALL)
_STAMP_FIRST_ROW = 3
_STAMP_WIDTH = 9


@dataclass(frozen=True, slots=True)
class _Stamp:
    programme: str
    sheets: tuple[Sheet, ...]


def read_workbook(data: bytes, name: str) -> Entries:
    """An ``.xlsx`` workbook as a tree.

    Args:
        data: the file's bytes.
        name: the file's name for messages.

    Raises:
        DataError: the file cannot be read as a workbook, is larger than it may be, was made by another
            version in a way that matters, or has no sheet that can be recognised.
    """
    # All that is made here is kept until the end: looking for garbage meanwhile takes a third of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _read(data, name)
    finally:
        if collecting:
            gc.enable()


def _read(data: bytes, name: str) -> Entries:
    grids = read_grids(data, name)
    stamp = _read_stamp(grids)
    sheets = stamp.sheets if stamp else layout(Consortium, {})
    match = match_sheets(grids, sheets)
    if not match.found:
        first = next((grid for grid in grids if not grid.is_blank), None)
        if first is None:
            raise DataError("工作簿是空的", "用 lianheti new 生成表样，填写后再试", Place(name))
        raise DataError(
            "没有认出任何一张工作表",
            "用 lianheti new 生成表样，把内容填进去；各表的名称和表头不要改",
            first.place(0, 0),
        )
    return _Reader(name, stamp, match).read()


def _read_stamp(grids: list[Grid]) -> _Stamp | None:
    """The layout that the workbook carries.

    Raises:
        DataError: another version made it, and today's would read it otherwise.
    """
    grid = next((grid for grid in grids if grid.name == STAMP_SHEET), None)
    if grid is None or grid.text(0, 0) != STAMP_MARK:
        return None
    version = grid.value(0, 1)
    place = grid.place(0, 1)
    number = int(version) if isinstance(version, (int, float)) else 0
    remedy = "用 lianheti new 生成新的表样，把内容复制过去（整列复制，只粘贴值）"
    if number > FORMAT:
        raise DataError(
            f"工作簿的表样是第 {number} 版，比本程序认识的第 {FORMAT} 版新", "升级本程序后再读", place
        )
    rows: list[StampRow] = []
    for at in range(_STAMP_FIRST_ROW - 1, len(grid.rows)):
        cells = [grid.text(at, column) for column in range(_STAMP_WIDTH)]
        if cells[0]:
            rows.append((*cells[:8], cells[8]))  # type: ignore[arg-type]  # nine texts
    carried = from_stamp(rows)
    told = changes(carried)
    if number < FORMAT:
        told.insert(0, f"表样由第 {number} 版改为第 {FORMAT} 版")
    if told:
        raise DataError(
            "工作簿的表样是旧的",
            problems=tuple(Problem(f"工作簿的表样是旧的：{change}", remedy, place) for change in told),
        )
    return _Stamp(grid.text(0, 2), carried or layout(Consortium, {}))


class _Reader:
    """Puts the cells of recognised sheets into one tree."""

    def __init__(self, name: str, stamp: _Stamp | None, match: Match) -> None:
        self.stamp = stamp
        self.match = match
        first = match.found[0][1]
        self.root = Branch(Place(name, sheet=first.name, cell="A1"))
        self.tables = Tables(self.root)

    def read(self) -> Entries:
        # Lists inside lists need their owners first; what no sheet can hold needs all others.
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
        missing = [sheet.title for sheet in self.match.missing if sheet.form != "accepted"]
        if self.stamp and missing:
            for grid in self.match.extra:
                near = difflib.get_close_matches(fold(grid.name), [fold(title) for title in missing], 1, 0.5)
                titles = near or missing[:5]
                self.root.fault(
                    grid.place(0, 0),
                    f"认不出工作表“{grid.name}”，而缺少“{'”“'.join(titles)}”",
                    f"把它改名为“{titles[0]}”；与本表无关的，移到另一个文件",
                )

    def pairs(self, sheet: Sheet, grid: Grid) -> None:
        names = names_of(sheet.columns)
        for row, label_at, value_at in labels_of(grid, sheet):
            label = grid.text(row, label_at).strip()
            if not label:
                if grid.holds(row, value_at):
                    self.root.fault(
                        grid.place(row, value_at), "这个内容左边没有项目名", "补上项目名，或删去它"
                    )
                continue
            column = names.get(fold(label))
            if column is None:
                if grid.holds(row, value_at):
                    steps = [step.strip() for step in label.split("·")]
                    at = Head(value_at, (), identifier=is_identifier("", label, None))
                    node = cell(grid, row, at)
                    self._unknown(steps, grid.place(row, label_at), node)
                continue
            node = scalar(
                grid,
                row,
                value_at,
                column.kind,
                identifier=column.is_identifier,
                unit="",
                place=grid.place(row, value_at),
            )
            if column.kind is None and node.absent:
                continue
            self.root.put(column.path.split("."), lines(node) if column.shape == "list" else node)

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
                # A text longer than a cell can hold stands in several rows; it is told where the first stands.
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
        branch = self._filing(code) if code.text.strip() else self.root
        wrong = "的写法不对" if steps is None else put_at(branch, steps, value)
        if wrong:
            self.root.fault(
                value.place,
                f"字段“{path[:40]}”{wrong}",
                "按检查结果里的写法填，如 name、members[3].kind、联系人·电话",
            )

    def _filing(self, code: Scalar) -> Branch:
        """One programme's filing, made where it is not there yet."""
        filings = self.root.held.setdefault("filings", Branch(code.place))
        if not isinstance(filings, Branch):
            raise TypeError("filings are a group")
        filing = filings.held.setdefault(code.text.strip(), Branch(code.place))
        if not isinstance(filing, Branch):
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
                if not self.stamp or not self.stamp.programme:
                    self.root.fault(item.place, "这一行没有写方案", "在“方案”一列写上方案代码")
                    continue
                code = Scalar(self.stamp.programme, item.place)
            filing = self._filing(code)
            twigs = filing.held.setdefault("accepted", Twigs(item.place))
            if isinstance(twigs, Twigs):
                twigs.items.append(item)
            else:
                filing.more.append(Entry("accepted", item.place, item.frozen()))

"""Tables of a workbook: lists of groups, maps by id, and lists inside the items of other lists."""

from __future__ import annotations

import difflib
import re
from typing import Final

from generator.base.characters import BadValueError
from generator.base.tree import (
    TOLD_ELSEWHERE,
    Entries,
    Entry,
    Items,
    Node,
    Scalar,
)
from generator.base.xlsx.grid import Grid, Value
from generator.errors import Place
from generator.model.value_kinds import (
    Count,
    Flag,
    Money,
    Number,
    Share,
    says_none,
)
from generator.readers.excel.builder import (
    GroupBuilder,
    ListBuilder,
    freeze,
    is_blank,
    name_of,
)
from generator.readers.excel.cells import scalar
from generator.readers.excel.layout import NONE_LABEL, Sheet, fold
from generator.readers.excel.sheets import HEAD_ROWS, Head, Header, find_header, unit_fault

_EXACT: Final = 10**15
_EXACT_LENGTH: Final = 15
_LEAST_AGAIN: Final = 2
_MOST_IN_REMARK: Final = 3
_WIDE_REMARK: Final = 3
_REMARK = re.compile(
    r"[（(※*＊]?\s*(?:注|备注|附注|说明|填表说明|填写说明|注意|注释|资料来源|数据来源|来源|单位)\s*[\d一二三四五]?\s*[:：.、]"
    r"|(?:以上|上述|以下|本表|本页)(?:数据|内容|信息|各项|均|由|为|空白|所列|填写|统计|以下空白)|[※＊*]\s*\S|[①②③④⑤]"
)
_SIGNED = re.compile(
    r"(?:制表|填表|填报|审核|复核|经办|经手|联系|负责|单位负责|财务负责|统计负责|编制|批准|校对|录入)人?(?:员|签字|签名|（签字）|\(签字\)|（盖章）)?\s*[:：]"
    r"|(?:制表|填表|填报|审核|编制)(?:日期|时间|单位)\s*[:：]|(?:联系电话|日期|单位（盖章）|单位\(盖章\)|盖章|签字)\s*[:：]"
)
_TITLE_HEADS: Final = frozenset({"标题", "材料名称"})
_SUMS: Final = frozenset({"合计", "总计", "小计", "总和"})


def cell(grid: Grid, row: int, head: Head) -> Scalar:
    """A table's cell as text, or a fault."""
    return scalar(
        grid,
        row,
        head.at,
        head.kind,
        identifier=head.identifier,
        unit=head.unit,
        place=grid.place(row, head.at),
    )


def lines(node: Scalar) -> Node:
    """A cell of several values, one a line."""
    if node.fault or node.absent or "\n" not in node.text:
        return node
    return Items(tuple(Scalar(line, node.place) for line in node.text.split("\n")), node.place)


def _plain_text(value: Value, head: Head, *, bare: bool) -> str | None:
    """A plain cell's text, empty for an empty cell; None where more has to be looked at."""
    if value.__class__ is str:
        if not value:
            return "" if bare else None
        return None if "\n" in value or "\r" in value else value
    if value.__class__ is float and bare and head.takes_plain_number:
        number: float = value
        if number.is_integer():
            return str(int(number)) if -_EXACT < number < _EXACT else None
        text = repr(number)
        return text if len(text) <= _EXACT_LENGTH and "e" not in text else None
    return None


class Tables:
    """Puts tables into a tree.

    Args:
        root: the tree.
    """

    def __init__(self, root: GroupBuilder) -> None:
        self.root = root

    def read(self, sheet: Sheet, grid: Grid) -> None:
        """A list of groups, a map, or the lists inside another list's items."""
        header = find_header(grid, sheet)
        none = self._says_none(grid, header)
        if header is None:
            if not grid.is_blank and none is None:
                titles = "、".join(column.header for column in sheet.columns[:3])
                self.root.fault(
                    grid.place(0, 0), f"工作表“{grid.name}”里找不到表头", f"补上表头，如 {titles}"
                )
            elif none is not None:
                self._put_list(sheet, none)
            return
        self._check_header(grid, header, sheet)
        rows = self.rows(grid, header, sheet)
        if none is not None and rows:
            self.root.fault(none.place, f"“{sheet.title}”既选了“{NONE_LABEL}”，又填了内容", "去掉其中一样")
        if sheet.parent:
            self._nested(sheet, grid, header, rows, none)
            return
        if none is not None and not rows:
            self._put_list(sheet, none)
            return
        start = grid.place(header.row + 1, header.columns[0].at if header.columns else 0)
        if sheet.form == "map":
            self._map(sheet, grid, header, rows, start)
            return
        if not rows:
            self._put_list(sheet, Scalar("", start, absent=True))
            return
        gathered = ListBuilder(start)
        for row in rows:
            gathered.items.append(self.item(grid, header, row))
        self._put_at(sheet.path.split("."), gathered)

    def _put_list(self, sheet: Sheet, node: Scalar) -> None:
        if not sheet.parent:
            self.root.put(sheet.path.split("."), node)

    def _says_none(self, grid: Grid, header: Header | None) -> Scalar | None:
        """The tick 本表无内容 above the header: stated none, or why the tick cannot be read."""
        last = header.row if header else min(HEAD_ROWS, len(grid.rows))
        for row in range(last):
            for at in range(len(grid.rows[row])):
                if not fold(grid.text(row, at)).startswith(fold(NONE_LABEL)):
                    continue
                place = grid.place(row, at + 1)
                tick = scalar(grid, row, at + 1, Flag(), identifier=False, unit="", place=place)
                if tick.fault or tick.absent or not tick.text.strip():
                    return tick if tick.fault else None
                try:
                    return Scalar("无", place) if Flag().read(tick.text) else None
                except BadValueError as error:
                    shown = f"“{NONE_LABEL}”填的“{tick.text.strip()[:20]}”{error.what}"
                    self.root.fault(place, shown, error.remedy)
                    return None
        return None

    def _check_header(self, grid: Grid, header: Header, sheet: Sheet) -> None:
        for at, text in header.again:
            if any(grid.holds(row, at) for row in range(header.row + 1, len(grid.rows))):
                self.root.fault(grid.place(header.row, at), f"表头“{text}”有两列", "合并成一列，删去另一列")
        for at, column, unit in header.unusable:
            if any(grid.holds(row, at) for row in range(header.row + 1, len(grid.rows))):
                self.root.fault(grid.place(header.row, at), *unit_fault(column, unit))
        for at in header.untitled:
            row = next(row for row in range(header.row + 1, len(grid.rows)) if grid.holds(row, at))
            if (header.row, at) not in grid.merged:
                self.root.fault(grid.place(row, at), "这一列没有表头", "补上表头，或删去这一列的内容")
            else:
                self.root.fault(grid.place(row, at), "这一列的表头与左边合并了", "取消合并，每列各写一个表头")
        if header.key < 0 and (sheet.form == "map" or sheet.parent):
            what = "编号" if sheet.form == "map" else "所属单位"
            self.root.fault(
                grid.place(header.row, 0), f"工作表“{grid.name}”缺少“{what}”这一列", f"补上“{what}”列"
            )

    def rows(self, grid: Grid, header: Header, sheet: Sheet) -> list[int]:
        """The rows that hold an item. Rows of sums are refused; repeated headers and remarks are left out with a notice."""
        found = []
        columns = sorted(head.at for head in header.columns)
        odd = {row for row, _ in (*grid.errors, *grid.unstored)}
        for row in range(header.row + 1, len(grid.rows)):
            cells = grid.rows[row]
            if cells.count("") == len(cells) and row not in odd:
                continue
            first = next((at for at in columns if grid.holds(row, at)), -1)
            if first < 0:
                continue
            if 0 <= header.key < first and grid.holds(row, header.key):
                first = header.key
            name = "".join(grid.text(row, first).split()).rstrip(":：")
            if name in _SUMS:
                self.root.fault(
                    grid.place(row, first),
                    f"“{sheet.title}”里有“{name}”行，会被当作一项",
                    "删去这一行，合计由程序计算",
                )
                continue
            if passed := _no_item(grid, header, row, columns):
                self.root.tell("own", grid.place(row, first), f"{passed}“{_shown(grid, row, first)}”")
                continue
            found.append(row)
        self._tell_of_hidden(grid, header, found, columns)
        return found

    def _tell_of_hidden(self, grid: Grid, header: Header, rows: list[int], columns: list[int]) -> None:
        """Add a notice for rows and cells that are read although they are hidden or struck through."""
        if not columns:
            return
        if grid.hidden and rows:
            self.root.tell("hidden", grid.place(header.row, columns[0]), f"整张工作表“{grid.name}”是隐藏的")
        for row in rows:
            if row in grid.hidden_rows:
                first = next((at for at in columns if grid.holds(row, at)), columns[0])
                self.root.tell(
                    "hidden", grid.place(row, first), f"这一行“{_shown(grid, row, first)}”是隐藏或筛选掉的"
                )
        for at in columns:
            if at in grid.hidden_columns and any(grid.holds(row, at) for row in rows):
                self.root.tell(
                    "hidden", grid.place(header.row, at), f"这一列“{_shown(grid, header.row, at)}”是隐藏的"
                )
        for positions, how in ((grid.struck, "加了删除线"), (grid.faint, "是白色字，或格式不显示内容")):
            for row in rows if positions else ():
                found = [at for at in columns if (row, at) in positions and grid.holds(row, at)]
                if found:
                    self.root.tell(
                        "hidden", grid.place(row, found[0]), f"“{_shown(grid, row, found[0])}”{how}"
                    )

    def item(self, grid: Grid, header: Header, row: int) -> GroupBuilder:
        """One row as a group."""
        item = GroupBuilder(grid.place(row, header.columns[0].at if header.columns else 0))
        for at, column, _ in header.unusable:
            if grid.holds(row, at) and column.path:
                item.put(column.path.split("."), Scalar("", grid.place(row, at), fault=TOLD_ELSEWHERE))
        number, cells = str(row + 1), grid.rows[row]
        width, bare = len(cells), grid.is_bare
        for head in header.columns:
            at = head.at
            # Most cells are plain: skipping ``_field`` for them saves most of the time.
            text = _plain_text(cells[at], head, bare=bare) if head.takes_plain_text and at < width else None
            if text is None:
                self._field(item, grid, header, row, head)
                continue
            place = Place(grid.file, None, grid.name, head.letter + number)
            node = Scalar(text, place, not text)
            if not head.step_below:
                item.held[head.step] = node
                continue
            below = item.held.get(head.step)
            if below is None:
                below = item.held[head.step] = GroupBuilder(place)
            if isinstance(below, GroupBuilder):
                below.held[head.step_below] = node
        self._delegate(item)
        return item

    def _field(self, item: GroupBuilder, grid: Grid, header: Header, row: int, head: Head) -> None:
        """Put one cell's value into its item."""
        node = cell(grid, row, head)
        if node.absent and (row, head.at) in grid.merged:
            node = self._merged(grid, header, row, head, node)
        if not head.known:
            if not node.absent:
                self._unknown(item, grid.place(header.row, head.at), head, node)
            return
        if head.group and node.absent:
            return
        held: Node = lines(node) if head.shape == "list" else node
        if len(head.steps) == 1:
            item.held[head.steps[0]] = held
        elif head.steps:
            item.put(list(head.steps), held)
        else:
            item.held[""] = held

    @staticmethod
    def _unknown(item: GroupBuilder, place: Place, head: Head, node: Node) -> None:
        """Keep a value of an unknown column under its title, for the loader to know or to refuse."""
        for step in reversed(head.steps[1:]):
            node = Entries((Entry(step, place, node),), place)
        group = item.held.get(head.steps[0])
        if isinstance(group, GroupBuilder) and isinstance(node, Entries):
            group.more.extend(node.entries)
        else:
            item.more.append(Entry(head.steps[0], place, node))

    def _merged(self, grid: Grid, header: Header, row: int, head: Head, node: Scalar) -> Scalar:
        """The value of a cell that a merged range covers: what a person sees there."""
        top, left = grid.merged[row, head.at]
        if left != head.at or top <= header.row or not grid.holds(top, left):
            return node
        if isinstance(head.kind, (Count, Money, Number, Share)):
            what = f"与上面合并成一格（{grid.place(top, left).cell}），分不清各是多少"
            return Scalar("", node.place, fault=(what, "取消合并，每行各填一个数"))
        return cell(grid, top, head)

    @staticmethod
    def _delegate(item: GroupBuilder) -> None:
        """A delegate whose name is 无, with nothing else, is no delegate."""
        delegate = item.held.get("delegate")
        if not isinstance(delegate, GroupBuilder) or delegate.more:
            return
        given = [node for node in delegate.held.values() if not (isinstance(node, Scalar) and node.absent)]
        name = delegate.held.get("name")
        if (
            isinstance(name, Scalar)
            and not name.fault
            and says_none(name.text)
            and all(isinstance(node, Scalar) and says_none(node.text) for node in given)
        ):
            item.held["delegate"] = Scalar("无", name.place)

    def _map(self, sheet: Sheet, grid: Grid, header: Header, rows: list[int], start: Place) -> None:
        group = GroupBuilder(start)
        for row in range(header.row + 1, len(grid.rows)):
            if header.key < 0 or (row not in rows and not grid.holds(row, header.key)):
                continue
            key = scalar(
                grid, row, header.key, None, identifier=False, unit="", place=grid.place(row, header.key)
            )
            if key.absent and (titled := _titled(grid, row, header)) is not None:
                key = titled
            if key.absent or not key.text.strip() or key.fault:
                self.root.fault(
                    key.place, f"“{sheet.title}”的这一行没有编号", "补上编号（见方案的条款、章节或材料清单）"
                )
                continue
            item = self.item(grid, header, row)
            node: Node = item.frozen()
            only = item.held.get("")
            if isinstance(only, (Scalar, Items)):
                node = only
            elif row not in rows:
                node = Scalar("", item.place, absent=True)
            group.put([key.text.strip()], node)
        if group.held:
            self._put_at(sheet.path.split("."), group)
        else:
            # A map without ids would be one that is stated as none.
            self._put_list(sheet, Scalar("", start, absent=True))

    def _put_at(self, steps: list[str], value: GroupBuilder | ListBuilder) -> None:
        """Put a list or map where it belongs; beside a group stated as none, for the loader to refuse."""
        here = self.root
        for step in steps[:-1]:
            below = here.held.get(step)
            if not isinstance(below, GroupBuilder):
                if below is not None and not is_blank(below):
                    if not is_blank(value):
                        here.more.append(Entry(step, value.place, freeze(value)))
                    return
                below = here.held[step] = GroupBuilder(value.place)
            here = below
        here.held[steps[-1]] = value

    def _nested(self, sheet: Sheet, grid: Grid, header: Header, rows: list[int], none: Scalar | None) -> None:
        """Lists inside the items of another list: each row names the item that it belongs to."""
        parent = self.root.held.get(sheet.parent)
        owners = (
            [item for item in parent.items if isinstance(item, GroupBuilder)]
            if isinstance(parent, ListBuilder)
            else []
        )
        if none is not None and not rows:
            for owner in owners:
                owner.put(sheet.below.split("."), none)
            return
        names: dict[str, list[int]] = {}
        for at, owner in enumerate(owners):
            names.setdefault(name_of(owner), []).append(at)
        lists: dict[int, ListBuilder] = {}
        for row in rows:
            if header.key < 0:
                return
            place = grid.place(row, header.key)
            owned = self._owner(grid, header, row, names, len(owners))
            if isinstance(owned, tuple):
                self.root.fault(place, *owned)
                continue
            item = self.item(grid, header, row)
            lists.setdefault(owned, ListBuilder(item.place)).items.append(item)
        for at, gathered in lists.items():
            stated = _stated_none(gathered)
            _put_below(owners[at], sheet.below.split("."), stated or gathered)

    def _owner(
        self, grid: Grid, header: Header, row: int, names: dict[str, list[int]], count: int
    ) -> int | tuple[str, str]:
        """The number of the item that a row belongs to, or what is wrong and the remedy."""
        text = grid.text(row, header.key)
        if not text.strip() and (row, header.key) in grid.merged:
            top, left = grid.merged[row, header.key]
            text = grid.text(top, left)
        text = text.strip()
        if not text:
            return "这一行没有写是哪个单位的", "在第一列填写单位名称，与前面的表一致"
        if text.startswith("#") and text[1:].isdigit() and 1 <= int(text[1:]) <= count:
            return int(text[1:]) - 1
        found = names.get(text) or [
            at for name, several in names.items() if fold(name) == fold(text) for at in several
        ]
        if len(found) == 1:
            return found[0]
        if found:
            return f"名称为“{text[:30]}”的不止一个", "先把重复的名称改正；确实同名的，写成 #序号，如 #3"
        near = difflib.get_close_matches(text, [name for name in names if name], 1, 0.5)
        hint = f"改为“{near[0]}”" if near else "核对名称，与前面的表完全一致"
        return f"前面的表里没有“{text[:30]}”", hint


def _titled(grid: Grid, row: int, header: Header) -> Scalar | None:
    """The heading beside an id that was deleted or never given; None where the row has none."""
    for at in range(len(grid.rows[header.row])):
        if fold(grid.text(header.row, at)) in _TITLE_HEADS and grid.text(row, at).strip():
            return Scalar(grid.text(row, at), grid.place(row, at))
    return None


def _shown(grid: Grid, row: int, at: int) -> str:
    """A cell's content for a message."""
    return " ".join(str(grid.value(row, at)).split())[:20]


def _no_item(grid: Grid, header: Header, row: int, columns: list[int]) -> str:
    """In Chinese, what a row below the header is if no item: a repeated header or a remark; else empty."""
    titles = {at: fold(grid.text(header.row, at)) for at in columns}
    held = [at for at in range(len(grid.rows[row])) if grid.holds(row, at)]
    again = [at for at in held if at in titles and fold(grid.text(row, at)) == titles[at]]
    if len(again) >= _LEAST_AGAIN and len(again) * 2 > len(held):
        return "重复的表头"
    texts = [grid.text(row, at).strip() for at in held]
    first = texts[0] if texts else ""
    if _SIGNED.match(first) or (_REMARK.match(first) and len(held) <= _MOST_IN_REMARK):
        return "表下的附注"
    if len(held) == 1 and first and _spans(grid, row, held[0]) >= _WIDE_REMARK:
        return "跨列的附注"
    return ""


def _spans(grid: Grid, row: int, at: int) -> int:
    """How many columns a merged cell covers."""
    return 1 + sum(1 for (below, _), top in grid.merged.items() if below == row and top == (row, at))


def _stated_none(gathered: ListBuilder) -> Scalar | None:
    """Stated none, where an owner's only row says nothing but 无."""
    if len(gathered.items) != 1 or not isinstance(gathered.items[0], GroupBuilder):
        return None
    item = gathered.items[0]
    given = [(key, node) for key, node in item.held.items() if not (isinstance(node, Scalar) and node.absent)]
    if item.more or len(given) != 1:
        return None
    node = given[0][1]
    if not isinstance(node, Scalar) or node.fault or not says_none(node.text):
        return None
    return Scalar("无", node.place)


def _put_below(owner: GroupBuilder, steps: list[str], value: ListBuilder | Scalar) -> None:
    for step in steps[:-1]:
        below = owner.held.get(step)
        if not isinstance(below, GroupBuilder):
            below = owner.held[step] = GroupBuilder(value.place)
        owner = below
    owner.held[steps[-1]] = value

"""Changing a workbook in place: single values where their cells are, rows of tables by moving cells.

Rows are moved cell by cell within the table's own columns, as a person does who cuts and pastes: what stands
beside or below on the sheet, formats, checks and the other sheets stay. Where that could tear something apart
(merged cells, formulas that point into the rows, notes on them), nothing is done and the reason is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct
from openpyxl.formula.translate import Translator as FormulaTranslator

from generator.base.ooxml.xml import Element, S
from generator.base.xlsx.grid import Grid
from generator.errors import Place
from generator.model.consortium import OF_A_FILING
from generator.model.fields import FieldSpec
from generator.model.paths import spec_of
from generator.model.programme import Programme
from generator.readers.excel.layout import COUNT_SUFFIX, NONE_LABEL, SHOWN_ONLY, Sheet, fold
from generator.readers.excel.reader import recognised_sheets
from generator.readers.excel.sheets import Header, Match, find_header
from generator.readers.source_file import Source
from generator.readers.written import NONE, Written, in_filing
from generator.writers.changes import CannotEditError, flat
from generator.writers.excel.flatten import fits, typed
from generator.writers.excel.package_edit import Book, Cell, SheetXml, Value, address, position

_INDEX = re.compile(r"\[\d+\]")
_BY_HAND = "请在 Excel 或 WPS 里改这几行，保存后页面会接着用"
_SAFE_NAME = re.compile(r"(?!\s|#|\d+$)[^\[\]\n]+(?<!\s)")


class _Table(Struct, frozen=True):
    """A list's or map's sheet.

    Attributes:
        sheet: what it is.
        grid: its cells.
        header: its header.
    """

    sheet: Sheet
    grid: Grid
    header: Header

    @property
    def title(self) -> str:
        """The sheet's tab."""
        return self.grid.name

    def columns(self) -> list[int]:
        """The columns that belong to a row: all from the first titled one to the last, without those only shown."""
        titled = [at for at in range(len(self.grid.rows[self.header.row])) if self._title(at)]
        shown = {fold(text) for text in SHOWN_ONLY}
        return [
            at
            for at in range(min(titled), max(titled) + 1)
            if fold(self._title(at)) not in shown and not fold(self._title(at)).endswith(fold(COUNT_SUFFIX))
        ]

    def _title(self, at: int) -> str:
        return self.grid.text(self.header.row, at).strip()

    def column_of(self, path: str) -> int | None:
        """The column of a field, by its path within the item."""
        names = tuple(path.split(".")) if path else ()
        return next((head.at for head in self.header.columns if head.known and head.steps == names), None)

    def last(self, columns: Iterable[int]) -> int:
        """The last row that holds something in some columns; the header's where none does."""
        wanted = list(columns)
        rows = range(self.header.row + 1, len(self.grid.rows))
        return max(
            (row for row in rows if any(self.grid.holds(row, at) for at in wanted)), default=self.header.row
        )


class WorkbookFile:
    """A workbook that is being changed: any number of ``set_text``, or one change of rows.

    Args:
        source: the file.
        written: what it says to the programme.
        programme: the programme that it is edited for; None for the base data alone.
    """

    def __init__(self, source: Source, written: Written, programme: Programme | None) -> None:
        self._name = source.name
        self._written = written
        self._programme = programme
        self._match: Match = recognised_sheets(source.data, source.name)
        self._grids = {grid.name: (sheet, grid) for sheet, grid in self._match.found}
        self._book = Book(source.data, source.name)
        self._added: dict[str, int] = {}

    @property
    def data(self) -> bytes:
        """The file's bytes, with the changes."""
        return self._book.saved()

    # ---- single values ----

    def set_text(self, path: str, text: str, *, exact: bool = False) -> None:
        """Set a text, or clear it where it is empty.

        Args:
            path: the field's path.
            text: the text.
            exact: write it as the text that it is, never as a number or date.

        Raises:
            CannotEditError: the workbook does not allow it.
        """
        spec = spec_of(self._written.position.part, path)
        if spec is None:
            raise CannotEditError("没有这个字段")
        if spec.shape == "list" and spec.part is not None:
            self._tick(path, text)
            return
        if text and not fits(text):
            raise CannotEditError("这段文字比一个单元格能放的还长，请另存为文本文件后引用")
        place = self._place(path)
        if place is None:
            if text:
                self._add(path, text, spec)
            return
        cell = self._cell(place)
        if cell[0] in self._grids and self._grids[cell[0]][0].form == "filings":
            if not fits(self._written.text(path) or "无"):
                raise CannotEditError("这段文字在“申报”表里分成了几行，请在 Excel 里改")
            self._book.put(cell, text or None)
            return
        self._rename_owner(path, text)
        self._book.put(cell, self._value(cell, spec, text, exact=exact))

    def _place(self, path: str) -> Place | None:
        found = self._written.values.get(path)
        place = found.place if found is not None else self._written.blanks.get(path)
        return (
            place if place is not None and place.sheet and place.cell and place.file == self._name else None
        )

    def _cell(self, place: Place) -> Cell:
        """A place's cell; of cells merged within one row the first."""
        title = place.sheet or ""
        row, column = position(place.cell or "")
        if title in self._grids:
            grid = self._grids[title][1]
            top = grid.merged.get((row, column), (row, column))
            if any(first == top and below != top[0] for (below, _), first in grid.merged.items()):
                raise CannotEditError(f"这里与上下的单元格合并成了一格（{title}!{place.cell}），{_BY_HAND}")
            row, column = top
        return title, row, column

    def _value(self, cell: Cell, spec: FieldSpec, text: str, *, exact: bool) -> Value:
        if not text:
            return None
        value = text if exact or spec.shape == "list" else typed(spec.kind, text)
        if isinstance(value, date):
            return value if self._book.is_date(cell) else text
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return text if self._book.is_percent(cell) else value
        return value if isinstance(value, str) else text

    def _rename_owner(self, path: str, text: str) -> None:
        """Carry a new name to the rows of other sheets that say by it whose they are."""
        found = re.fullmatch(r"(\w+)\[(\d+)\]\.name", path)
        if found is None:
            return
        for table in self._nested(found[1]):
            for row in self._owned_rows(table, int(found[2])):
                if not table.grid.text(row, table.header.key).strip().startswith("#"):
                    name = self._callable(found[1], int(found[2]), text)
                    self._book.put((table.title, row, table.header.key), name)

    def _callable(self, parent: str, at: int, name: str) -> str:
        """How a row says whose it is: by name where that is plain and no other's, else by number."""
        others = [
            self._written.text(f"{parent}[{each}].name").strip()
            for each in range(self._written.counts.get(parent, 0))
            if each != at
        ]
        return name if _SAFE_NAME.fullmatch(name) and name not in others else f"#{at + 1}"

    def _add(self, path: str, text: str, spec: FieldSpec) -> None:
        """Write a value for which the workbook has no cell: a new row of its map's sheet, else of 申报."""
        names = flat(path)
        filed = self._programme is not None and in_filing(
            self._written, [name for name in names if isinstance(name, str)]
        )
        if not filed:
            for sheet, grid in self._match.found:
                inside = path[len(sheet.path) + 1 :]
                if sheet.form != "map" or not path.startswith(f"{sheet.path}.") or not inside:
                    continue
                key, _, below = inside.partition(".")
                header = find_header(grid, sheet)
                table = _Table(sheet, grid, header) if header is not None else None
                at = table.column_of(below) if table is not None else None
                if table is None or at is None or table.header.key < 0:
                    continue
                row = self._free_row(table)
                self._book.put((table.title, row, table.header.key), key)
                cell = (table.title, row, at)
                self._book.put(cell, self._value(cell, spec, text, exact=False))
                return
        self._file_row(self._programme.code if filed and self._programme else "", path, text)

    def _free_row(self, table: _Table) -> int:
        row = self._added.get(table.title, table.last(range(len(table.grid.rows[table.header.row])))) + 1
        self._added[table.title] = row
        return row

    def _file_row(self, code: str, path: str, text: str) -> None:
        for sheet, grid in self._match.found:
            header = find_header(grid, sheet) if sheet.form == "filings" else None
            if header is None:
                continue
            at = {head.steps[0]: head.at for head in header.columns if head.known}
            if "field" not in at or "value" not in at or (code and "programme" not in at):
                continue
            row = self._free_row(_Table(sheet, grid, header))
            if code:
                self._book.put((grid.name, row, at["programme"]), code)
            self._book.put((grid.name, row, at["field"]), path)
            self._book.put((grid.name, row, at["value"]), text)
            return
        raise CannotEditError("工作簿里没有这一栏，也没有“申报”表，请用 lianheti new 生成新的表样")

    # ---- rows ----

    def insert(self, path: str, at: int, rows: Sequence[Mapping[str, str]]) -> None:
        """Insert rows into a list before its row ``at``.

        Raises:
            CannotEditError: the workbook does not allow it.
        """
        table = self._table(path)
        if table is None:
            if at != self._written.counts.get(path, 0):
                raise CannotEditError(f"这个列表没有自己的工作表，新的一项只能加在最后；{_BY_HAND}")
            code = self._programme.code if path in OF_A_FILING and self._programme is not None else ""
            for number, row in enumerate(rows):
                for below, text in row.items():
                    if text:
                        self._file_row(code, f"{path}[{at + number}].{below}", text)
            return
        self._untick(table)
        self._clear_none(path)
        found = self._item_rows(table, path)
        columns = table.columns()
        last = table.last(columns)
        if at < len(found):
            first = found[at]
        elif found:
            first = found[-1] + 1
        else:
            first = last + 1 if table.sheet.parent else table.header.row + 1
        if first <= last:
            self._shift(table, columns, {each: each + len(rows) for each in range(first, last + 1)})
        model = found[at] + len(rows) if at < len(found) else first - 1
        self._renumber(path, lambda number: number + len(rows) if number >= at else number)
        owner = self._owner_of(path)
        for number, content in enumerate(rows):
            here = first + number
            self._style_like(table, columns, here, model if model > table.header.row else here)
            if owner is not None:
                self._book.put((table.title, here, table.header.key), owner)
            for below, text in content.items():
                self._put_in_row(table, path, here, at + number, (below, text))

    def _put_in_row(self, table: _Table, path: str, row: int, at: int, given: tuple[str, str]) -> None:
        below, text = given
        if not text:
            return
        spec = spec_of(self._written.position.part, f"{path}[{at}].{below}")
        if spec is None:
            raise CannotEditError(f"没有“{below}”这个字段")
        column = table.column_of(below)
        if column is None:
            self._file_row("", f"{path}[{at}].{below}", text)
        else:
            cell = (table.title, row, column)
            self._book.put(cell, self._value(cell, spec, text, exact=False))

    def delete(self, path: str, at: int) -> None:
        """Take a row out of a list, with what other sheets say of it.

        Raises:
            CannotEditError: the workbook does not allow it.
        """
        table = self._table(path)
        if table is None:
            self._delete_filed(path, at)
            return
        found = self._item_rows(table, path)
        if not 0 <= at < len(found):
            raise CannotEditError("没有这一行")
        if "[" not in path:
            for nested in self._nested(path):
                for row in sorted(self._owned_rows(nested, at), reverse=True):
                    self._take_out(nested, row)
        self._renumber(path, lambda number: None if number == at else number - (number > at))
        self._take_out(table, found[at])

    def _delete_filed(self, path: str, at: int) -> None:
        """Take out an item of a list that stands on the sheet of filings, a row for each of its fields."""
        code = self._programme.code if path in OF_A_FILING and self._programme is not None else ""
        wanted = re.compile(re.escape(path) + r"\[(\d+)\](.*)", re.DOTALL)
        done = False
        for sheet, grid in self._match.found:
            header = find_header(grid, sheet) if sheet.form == "filings" else None
            heads = {head.steps[0]: head.at for head in header.columns if head.known} if header else {}
            if header is None or not {"field", "programme"} <= heads.keys():
                continue
            for row in range(header.row + 1, len(grid.rows)):
                found = wanted.fullmatch(grid.text(row, heads["field"]).strip())
                if found is None or grid.text(row, heads["programme"]).strip() != code:
                    continue
                if int(found[1]) == at:
                    done = True
                    for column in heads.values():
                        self._book.put((grid.name, row, column), None)
                elif int(found[1]) > at:
                    self._book.put((grid.name, row, heads["field"]), f"{path}[{int(found[1]) - 1}]{found[2]}")
        if not done:
            raise CannotEditError(f"这一行不在它自己的工作表里，{_BY_HAND}")

    def _take_out(self, table: _Table, row: int) -> None:
        columns = table.columns()
        last = self._last_now(table, columns)
        self._shift(table, columns, {row: None, **{each: each - 1 for each in range(row + 1, last + 1)}})

    def _last_now(self, table: _Table, columns: list[int]) -> int:
        """The last row that holds something, with the changes made so far."""
        cells = self._book.sheet(table.title).cells
        wanted = set(columns)
        rows = [row for (row, at), cell in cells.items() if at in wanted and len(cell)]
        return max(rows, default=table.header.row)

    def move(self, path: str, at: int, to: int) -> None:
        """Move a row of a list so that it is row ``to`` afterwards.

        Raises:
            CannotEditError: the workbook does not allow it.
        """
        table = self._table(path)
        found = self._item_rows(table, path) if table is not None else []
        if table is None or not (0 <= at < len(found) and 0 <= to < len(found)):
            raise CannotEditError(f"这一行不在它自己的工作表里，{_BY_HAND}")
        order = list(range(len(found)))
        order.insert(to, order.pop(at))
        self._shift(table, table.columns(), {found[old]: found[new] for new, old in enumerate(order)})
        self._renumber(path, order.index)

    def _table(self, path: str) -> _Table | None:
        """The sheet of a list; None where it has none, or where the programme's filing has the list."""
        if self._programme is not None and in_filing(
            self._written, [name for name in flat(path) if isinstance(name, str)]
        ):
            return None
        form = _INDEX.sub("[]", path)
        for sheet, grid in self._match.found:
            if sheet.form == "table" and sheet.path == form:
                header = find_header(grid, sheet)
                return _Table(sheet, grid, header) if header is not None else None
        return None

    def _nested(self, parent: str) -> list[_Table]:
        """The sheets of lists that lie inside a list's items."""
        found = []
        for sheet, grid in self._match.found:
            header = find_header(grid, sheet) if sheet.parent == parent else None
            if header is not None and header.key >= 0:
                found.append(_Table(sheet, grid, header))
        return found

    def _item_rows(self, table: _Table, path: str) -> list[int]:
        """The row of each item of a list, as far as the items stand in the list's own sheet."""
        count = self._written.counts.get(path, 0)
        rows: dict[int, int] = {}
        wanted = re.compile(re.escape(path) + r"\[(\d+)\]\.")
        every = [(key, text.place) for key, text in self._written.values.items()]
        for key, place in (*every, *self._written.blanks.items()):
            found = wanted.match(key)
            if found and place.sheet == table.title and place.cell and int(found[1]) < count:
                rows.setdefault(int(found[1]), position(place.cell)[0])
        if sorted(rows) != list(range(len(rows))) or len(rows) != count:
            raise CannotEditError(f"这个列表有的内容不在工作表“{table.title}”里，{_BY_HAND}")
        return [rows[at] for at in range(count)]

    def _owned_rows(self, table: _Table, at: int) -> list[int]:
        """The rows of a nested sheet that belong to one item of its list."""
        prefix = f"{table.sheet.parent}[{at}].{table.sheet.below}"
        every = [(key, text.place) for key, text in self._written.values.items()]
        return sorted(
            {
                position(place.cell)[0]
                for key, place in (*every, *self._written.blanks.items())
                if (key == prefix or key.startswith(f"{prefix}["))
                and place.sheet == table.title
                and place.cell
            }
        )

    def _owner_of(self, path: str) -> str | None:
        found = re.match(r"(\w+)\[(\d+)\]\.", path)
        if found is None:
            return None
        parent, at = found[1], int(found[2])
        return self._callable(parent, at, self._written.text(f"{parent}[{at}].name").strip())

    def _tick(self, path: str, text: str) -> None:
        """State a list as none in its sheet, or take that back."""
        table = self._table(path)
        if table is None or table.sheet.parent or text not in {"", NONE}:
            raise CannotEditError("这个列表要逐行填写")
        if text == NONE and self._written.counts.get(path):
            raise CannotEditError("表里还有内容，请先删去各行")
        for row in range(table.header.row):
            for at in range(len(table.grid.rows[row])):
                if fold(table.grid.text(row, at)).startswith(fold(NONE_LABEL)):
                    self._book.put((table.title, row, at + 1), "是" if text else None)
                    return
        raise CannotEditError(f"工作表“{table.title}”里没有“{NONE_LABEL}”这一格")

    def _untick(self, table: _Table) -> None:
        """Take the tick 本表无内容 out of a sheet that gets a row."""
        for row in range(table.header.row):
            for at in range(len(table.grid.rows[row])):
                if fold(table.grid.text(row, at)).startswith(fold(NONE_LABEL)) and table.grid.holds(
                    row, at + 1
                ):
                    self._book.put((table.title, row, at + 1), None)

    def _clear_none(self, path: str) -> None:
        """Take out a row that only says that an owner has nothing."""
        stated = self._written.values.get(path)
        if stated is not None and stated.text == NONE and "[" in path and stated.place.cell:
            table = self._table(path)
            row = position(stated.place.cell)[0]
            if table is not None and row > table.header.row:
                self._take_out(table, row)

    def _shift(self, table: _Table, columns: list[int], rows: Mapping[int, int | None]) -> None:
        """Move cells of some rows to others within a table's columns; to None takes them out."""
        self._refuse_torn(table, columns, rows)
        sheet = self._book.sheet(table.title)
        taken: dict[tuple[int, int], Element] = {}
        touched: set[Cell] = set()
        for row in rows:
            for at in columns:
                cell = sheet.cells.pop((row, at), None)
                touched.add((table.title, row, at))
                if cell is not None:
                    holder = cell.getparent()
                    if holder is not None:
                        holder.remove(cell)
                    taken[row, at] = cell
        for (row, at), cell in taken.items():
            to = rows[row]
            if to is not None:
                self._land(sheet, cell, (row, at), (to, at))
                touched.add((table.title, to, at))
        _move_links(sheet, taken, rows)
        # A row that nothing moved into keeps its look, so that it can be filled again.
        looks = {at: cell.get("s") for (_, at), cell in taken.items()}
        for row in set(rows) - {to for to in rows.values() if to is not None}:
            for at in columns:
                if looks.get(at):
                    sheet.cell(row, at).set("s", str(looks[at]))
        self._book.changed(touched)

    @staticmethod
    def _land(sheet: SheetXml, cell: Element, came: tuple[int, int], to: tuple[int, int]) -> None:
        """Put a cell that was taken up down elsewhere; what its formula refers to moves along."""
        fresh = sheet.cell(*to)
        formula = cell.find(S + "f")
        if formula is not None and formula.text:
            moved = FormulaTranslator(f"={formula.text}", origin=address(*came))
            formula.text = moved.translate_formula(address(*to))[1:]
        cell.set("r", address(*to))
        holder = fresh.getparent()
        if holder is not None:
            holder.replace(fresh, cell)
        sheet.cells[to] = cell

    def _refuse_torn(self, table: _Table, columns: list[int], rows: Mapping[int, int | None]) -> None:
        """Refuse to move rows where something else hangs on them."""
        every = {*rows, *(to for to in rows.values() if to is not None)}
        top, bottom = min(every), max(every)
        wanted = set(columns)
        for (row, at), first in table.grid.merged.items():
            if at in wanted and (top <= row <= bottom or top <= first[0] <= bottom):
                raise CannotEditError(f"工作表“{table.title}”的这些行里有合并的单元格，{_BY_HAND}")
        if any(top <= row <= bottom for row in table.grid.hidden_rows):
            raise CannotEditError(f"工作表“{table.title}”的这些行有隐藏或筛选掉的，{_BY_HAND}")
        if self._book.has_notes(table.title, range(top, bottom + 1), columns):
            raise CannotEditError(f"工作表“{table.title}”的这些行上有批注，{_BY_HAND}")
        for formula in self._book.formulas():
            title, row, at = formula.cell
            moves = title == table.title and row in rows and at in wanted
            if moves and (formula.shared or formula.anything):
                raise CannotEditError(f"工作表“{table.title}”的这些行里有几格共用的公式，{_BY_HAND}")
            for area in formula.areas:
                if area.sheet != table.title or not any(area.left <= each <= area.right for each in wanted):
                    continue
                own = title == table.title and area.top == area.bottom == row
                apart = area.bottom < top or area.top > bottom
                whole = area.top <= top and area.bottom >= bottom
                if not (own or apart or whole):
                    raise CannotEditError(
                        f"“{title}”!{address(row, at)} 的公式引用了这些行，移动后会算错，{_BY_HAND}"
                    )

    def _style_like(self, table: _Table, columns: list[int], row: int, model: int) -> None:
        """Give a new row's cells the format of the row beside it."""
        sheet = self._book.sheet(table.title)
        for at in columns:
            like = sheet.cells.get((model, at))
            style = like.get("s") if like is not None else None
            if style:
                sheet.cell(row, at).set("s", style)

    def _renumber(self, path: str, renumbered: Callable[[int], int | None]) -> None:
        """Change the numbers by which other places name a list's items."""
        if "[" not in path:
            for nested in self._nested(path):
                for row in range(nested.header.row + 1, len(nested.grid.rows)):
                    text = nested.grid.text(row, nested.header.key).strip()
                    if text.startswith("#") and text[1:].isdigit():
                        to = renumbered(int(text[1:]) - 1)
                        if to is not None and to != int(text[1:]) - 1:
                            self._book.put((nested.title, row, nested.header.key), f"#{to + 1}")
        name = path.rpartition(".")[2]
        spec = spec_of(self._written.position.part, path)
        keys = {fold(key) for key in (spec.keys if spec is not None else (name,))}
        for sheet, grid in self._match.found:
            header = find_header(grid, sheet) if sheet.form == "filings" else None
            if header is None or "[" in path:
                continue
            at = {head.steps[0]: head.at for head in header.columns if head.known}
            for row in range(header.row + 1, len(grid.rows)):
                self._renumber_filed(grid, row, at, keys, renumbered)

    def _renumber_filed(
        self,
        grid: Grid,
        row: int,
        at: Mapping[str, int],
        keys: set[str],
        renumbered: Callable[[int], int | None],
    ) -> None:
        """Change the number in one row of 申报 that names an item of a list."""
        text = grid.text(row, at["field"]) if "field" in at else ""
        found = re.match(r"\s*([^\[\].·]+)\[(\d+)\](.*)", text, re.DOTALL)
        if found is None or fold(found[1]) not in keys:
            return
        if "programme" in at and grid.text(row, at["programme"]).strip():
            return
        to = renumbered(int(found[2]))
        if to is None:
            for column in at.values():
                self._book.put((grid.name, row, column), None)
        elif to != int(found[2]):
            self._book.put((grid.name, row, at["field"]), f"{found[1]}[{to}]{found[3]}")


def _move_links(
    sheet: SheetXml, taken: Mapping[tuple[int, int], Element], rows: Mapping[int, int | None]
) -> None:
    """Let the links of cells follow them; those of cells that are gone go too."""
    links = {str(each.get("ref")): each for each in sheet.root.iter(S + "hyperlink")}
    for row, at in taken:
        link, to = links.get(address(row, at)), rows[row]
        if link is None:
            continue
        if to is not None:
            link.set("ref", address(to, at))
            continue
        holder = link.getparent()
        if holder is not None:
            holder.remove(link)
            above = holder.getparent()
            if not len(holder) and above is not None:
                above.remove(holder)

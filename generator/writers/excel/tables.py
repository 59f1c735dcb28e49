"""Writing a table: a list of groups, a map by id, or the lists inside another list's items."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from generator.model.consortium import Delegate
from generator.model.paths import role_asked
from generator.model.value_kinds import says_none
from generator.readers.excel.layout import (
    COUNT_SUFFIX,
    KEY_HEAD,
    NONE_LABEL,
    PARENT_PREFIX,
    Column,
    Sheet,
)
from generator.writers.excel import styles, validation
from generator.writers.excel.book import Book, sheet_top
from generator.writers.excel.flatten import NONE, typed
from generator.writers.excel.notes import full_path, limit_text

HEAD_ROW: Final = 4
NONE_ROW: Final = 2
SPARE_ROWS: Final = 12
LEAST_ROWS: Final = 20
LAST_ROW: Final = 1003
_WIDE_FROM = 7
_TELLING = 4
_PORTRAIT = 110
_LANDSCAPE = 190


class _Slot(Struct, frozen=True):
    """One column of the sheet: the key, a title shown only, a field, or a count of its 字."""

    header: str
    column: Column | None = None
    width: float = 14
    counts: str = ""
    limit: int | None = None
    role: str = ""


class TableWriter(Struct):
    """Writes one table.

    Attributes:
        book: the workbook, with its form and what is left of the data.
        sheet: the table's layout.
    """

    book: Book
    sheet: Sheet

    def write(self, target: Worksheet) -> None:
        """Write the sheet, taking what it holds out of the book's data."""
        slots = self._slots()
        sheet_top(self.book, target, self.sheet.title, len(slots))
        self._tick(target)
        rows = self._rows()
        self._heads(target, slots)
        count = max(LEAST_ROWS if self.sheet.form == "table" else 0, len(rows) + SPARE_ROWS)
        for offset in range(count):
            self._row(target, slots, HEAD_ROW + 1 + offset, rows[offset] if offset < len(rows) else {})
        self._checks(target, slots)
        target.freeze_panes = styles.at(target, HEAD_ROW + 1, self._frozen(slots) + 1)
        last = get_column_letter(len(slots))
        if self.sheet.form == "table":
            target.auto_filter.ref = f"A{HEAD_ROW}:{last}{HEAD_ROW + count}"
        wide = sum(slot.width for slot in slots)
        styles.set_up_print(target, landscape=len(slots) >= _WIDE_FROM or wide > _PORTRAIT, head_row=HEAD_ROW)
        target.page_setup.fitToWidth = max(1, round(wide / _LANDSCAPE))
        if target.page_setup.fitToWidth > 1:
            target.print_title_cols = f"A:{get_column_letter(self._frozen(slots))}"

    def _frozen(self, slots: list[_Slot]) -> int:
        """How many columns stay in sight: up to the name, if it is among the first."""
        for at, slot in enumerate(slots[:3], 1):
            if slot.column is not None and slot.column.path == "name":
                return at
        return 1

    def _slots(self) -> list[_Slot]:
        slots: list[_Slot] = []
        if self.sheet.form == "map":
            shown = "材料名称" if self._is_attachments else "标题"
            slots += [_Slot(KEY_HEAD, width=18), _Slot(shown, width=38)]
            if self._is_attachments:
                slots.append(_Slot("要求", width=30))
        elif self.sheet.parent:
            slots.append(_Slot(f"{PARENT_PREFIX}{self.book.sheet_at(self.sheet.parent).title}", width=32))
        for column in self.sheet.columns:
            width = styles.column_width(column.kind, column.header, several=column.shape == "list")
            if self.sheet.form == "map" and column.path in {"text", ""}:
                width = 70
            elif column.path == "name":
                width = 32
            slots.append(_Slot(column.header, column, width))
            for limit in self.book.field_notes.limits.get(full_path(self.sheet, column), ()):
                if limit.max and limit.path.endswith(column.path or " "):
                    names = "、".join((column.path, *limit.together))
                    role = role_asked(limit.path)
                    slots.append(_Slot(column.title + COUNT_SUFFIX, None, 9, names, limit.max, role))
            if self.sheet.form == "map" and column.path == "text":
                slots.append(_Slot("字数", None, 9, "text"))
        return slots

    @property
    def _is_attachments(self) -> bool:
        return self.sheet.form == "map" and self.sheet.columns[0].path == ""

    def _tick(self, target: Worksheet) -> None:
        styles.put(styles.at(target, NONE_ROW, 1), NONE_LABEL, styles.BOLD, styles.PLAIN)
        cell = styles.at(target, NONE_ROW, 2)
        none = not self.sheet.parent and self.book.take(self.sheet.path) is not None
        styles.put(cell, "是" if none else None, styles.BOLD, styles.CENTRE)
        cell.border = styles.GRID
        cell.number_format = styles.TEXT_FORMAT
        validation.options(target, cell.coordinate, ("是", "否"), "确实没有内容的选“是”，还没填的空着")
        hint = "确实没有内容的，在左边选“是”；还没填的，空着。"
        if self.sheet.form == "table" and not self.sheet.parent:
            hint += f"一项一行，行数不够就接着往下写（检查到第 {LAST_ROW} 行），可以排序、插行和粘贴。"
        elif self.sheet.parent:
            hint += "一条一行，第一列写属于谁（从下拉表选）；某一家没有的，在它的一行里只填一个“无”。"
        styles.put(styles.at(target, NONE_ROW, 3), hint, styles.GREY, styles.PLAIN)

    def _rows(self) -> list[dict[str, str]]:
        """What each row says, by the columns' paths; ``key`` and ``title`` are the sheet's own."""
        if self.sheet.form == "map":
            return self._map_rows()
        if self.sheet.parent:
            return [
                {"key": self.book.owner_name(self.sheet.parent, at), **row}
                for at in self.book.shown.get(self.sheet.parent, ())
                for row in self._owned(f"{self.sheet.parent}[{at}].{self.sheet.below}")
            ]
        path = self.sheet.path
        before = dict(self.book.leaves)
        items = [self._item(f"{path}[{at}]") for at in range(self.book.count(path))]
        shown = [at for at, item in enumerate(items) if item]
        if shown != list(range(len(shown))):
            # Blank rows are passed over when the workbook is read: the items behind one would change their
            # numbers, so none of them gets a row here; all go to the sheet of filings, each value with its exact path.
            self.book.leaves, items, shown = before, [], []
        # An item whose own row is blank has no name by which a row of another sheet could call it its owner.
        self.book.shown[path] = shown
        return items

    def _owned(self, path: str) -> list[dict[str, str]]:
        if self.book.take(path) is not None:
            return [{self.sheet.columns[0].path: NONE}]
        count = self.book.count(path)
        given = [leaf for leaf in self.book.leaves if leaf.startswith(f"{path}[0].")]
        if count == 1 and len(given) == 1 and says_none(self.book.leaves[given[0]]):
            # A row of nothing but 无 would be read as “this list is stated as none”.
            return []
        return [self._item(f"{path}[{at}]") for at in range(count)]

    def _item(self, path: str) -> dict[str, str]:
        found = {}
        for column in self.sheet.columns:
            text = self.book.text(f"{path}.{column.path}", column)
            if text is not None:
                found[column.path] = text
        self._delegate(path, found)
        return found

    def _delegate(self, path: str, found: dict[str, str]) -> None:
        """No delegate is written as a delegate named 无; one that is named so stays apart."""
        for column in self.sheet.columns:
            group, _, name = column.path.rpartition(".")
            if name != "name" or not self.book.is_part(f"{self.sheet.path}[].{group}", Delegate):
                continue
            if self.book.take(f"{path}.{group}") is not None:
                found[column.path] = NONE
            elif all(says_none(text) for key, text in found.items() if key.startswith(f"{group}.")):
                for key in [key for key in found if key.startswith(f"{group}.")]:
                    self.book.put_back(f"{path}.{key}", found.pop(key))

    def _map_rows(self) -> list[dict[str, str]]:
        path = self.sheet.path
        rows: list[dict[str, str]] = []
        known = self.book.known_ids(path)
        pattern = re.compile(re.escape(path) + r"\.([^.\[\]]+)")
        given = [match[1] for leaf in self.book.leaves if (match := pattern.match(leaf))]
        for key in dict.fromkeys([*known, *given]):
            row = {"key": key, "title": known.get(key, ("", ""))[0], "demand": known.get(key, ("", ""))[1]}
            for column in self.sheet.columns:
                below = f"{path}.{key}.{column.path}" if column.path else f"{path}.{key}"
                text = self.book.text(below, column)
                if text is not None:
                    row[column.path] = text
            rows.append(row)
        return rows

    def _heads(self, target: Worksheet, slots: list[_Slot]) -> None:
        for at, slot in enumerate(slots, 1):
            cell = styles.at(target, HEAD_ROW, at)
            needed = slot.column is not None and self._needed(slot.column)
            styles.put(cell, slot.header, styles.HEAD_NEEDED if needed else styles.HEAD, styles.CENTRE)
            cell.fill = styles.AMBER if needed else styles.BLUE
            cell.border = styles.GRID
            dimension = target.column_dimensions[get_column_letter(at)]
            dimension.width = slot.width
            dimension.font = styles.BODY
            dimension.alignment = styles.alignment(slot.column.kind if slot.column else None)
            # Rows added below keep the format too.
            dimension.number_format = (
                styles.number_format(slot.column.kind) if slot.column else styles.TEXT_FORMAT
            )
            if slot.column is not None:
                styles.note(cell, self.book.field_notes.note(self.sheet, slot.column, needed=needed))
        target.row_dimensions[HEAD_ROW].height = 34

    def _needed(self, column: Column) -> bool:
        if self.sheet.form == "map":
            return False
        return full_path(self.sheet, column) in self.book.form.needed.paths

    def _whose(self, column: Column) -> str | None:
        """For whose rows a column is needed: a role, the empty text for all; None where it may be blank."""
        path = full_path(self.sheet, column)
        if path in {"members[].role", "members[].name"}:
            return ""
        return self.book.form.needed.printed.get(path)

    def _row(self, target: Worksheet, slots: list[_Slot], row: int, content: dict[str, str]) -> None:
        lines = 1
        by_path = {slot.column.path: at for at, slot in enumerate(slots, 1) if slot.column is not None}
        for at, slot in enumerate(slots, 1):
            cell = styles.at(target, row, at)
            cell.border = styles.GRID
            kind = slot.column.kind if slot.column else None
            needed = slot.column is not None and self._needed_here(slot.column, content)
            if needed:
                cell.fill = styles.NEEDED
            text = self._shown(slot, content)
            value = typed(kind, text) if text is not None and slot.column is not None else text
            styles.put(cell, value, alignment=styles.alignment(kind))
            cell.number_format = styles.number_format(kind) if slot.column is not None else styles.TEXT_FORMAT
            if slot.counts:
                letters = [
                    get_column_letter(by_path[name]) for name in slot.counts.split("、") if name in by_path
                ]
                cell.value = validation.count_formula([f"{letter}{row}" for letter in letters])
                cell.number_format = styles.NO_ZERO
                if most := self._most(content):
                    styles.colour_where(target, cell.coordinate, f"{cell.coordinate}>{most}", styles.OVER)
                cell.alignment = styles.CENTRE
                cell.font = styles.GREY
            elif slot.column is None and not self.sheet.parent:
                cell.fill = styles.LABEL
            if isinstance(value, str):
                lines = max(lines, styles.lines_needed(value, slot.width))
        if content.get("key") and self.sheet.form == "map":
            self._note_id(target, row, content["key"])
        if lines > 1:
            target.row_dimensions[row].height = min(15.5 * lines + 4, 400)

    def _most(self, content: dict[str, str]) -> int:
        """How many 字 one clause or section may have; 0 where nothing is said."""
        path = f"{self.sheet.path}.{content.get('key', '')}"
        limits = [each for at in (path, f"{path}.text") for each in self.book.field_notes.limits.get(at, ())]
        return min((each.max for each in limits if each.max), default=0) if self.sheet.form == "map" else 0

    def _note_id(self, target: Worksheet, row: int, key: str) -> None:
        """What the programme says of one clause or section, on its number."""
        path = f"{self.sheet.path}.{key}"
        limits = [each for at in (path, f"{path}.text") for each in self.book.field_notes.limits.get(at, ())]
        quotes = [each for at in (path, f"{path}.text") for each in self.book.field_notes.quotes.get(at, ())]
        text = "\n".join(dict.fromkeys([*map(limit_text, limits), *quotes]))
        styles.note(styles.at(target, row, 1), text)

    def _needed_here(self, column: Column, content: dict[str, str]) -> bool:
        if self.sheet.form != "map":
            return self._needed(column) and self._whose(column) == ""
        key = content.get("key", "")
        return column.path in {"", "text"} and (
            f"{self.sheet.path}.{key}" in self.book.form.needed.paths
            or (self._is_attachments and content.get("demand", "").startswith("必备"))
        )

    @staticmethod
    def _shown(slot: _Slot, content: dict[str, str]) -> str | None:
        if slot.column is not None:
            return content.get(slot.column.path)
        if slot.counts:
            return None
        if slot.header == KEY_HEAD or slot.header.startswith(PARENT_PREFIX):
            return content.get("key")
        return content.get("demand") if slot.header == "要求" else content.get("title")

    def _checks(self, target: Worksheet, slots: list[_Slot]) -> None:
        """Add dropdowns, checks of values, and colours for missing and overlong ones, down to ``LAST_ROW``."""
        first = HEAD_ROW + 1
        # The first few fields show whether a row is in use; counting formulas are never blank.
        used = [get_column_letter(at) for at, slot in enumerate(slots, 1) if not slot.counts][:_TELLING]
        roles = [
            get_column_letter(at)
            for at, slot in enumerate(slots, 1)
            if slot.column is not None and slot.column.path == "role"
        ]
        for at, slot in enumerate(slots, 1):
            letter = get_column_letter(at)
            area = f"{letter}{first}:{letter}{LAST_ROW}"
            if slot.column is not None:
                validation.for_kind(target, area, slot.column.kind)
                role = self._whose(slot.column)
                if role is not None and self.sheet.form == "table":
                    whose = f',${roles[0]}{first}="{role}"' if role and roles else ""
                    formula = f'AND(COUNTA(${used[0]}{first}:${used[-1]}{first})>0,{letter}{first}=""{whose})'
                    styles.colour_where(target, area, formula, styles.MISSING)
            elif slot.counts and slot.limit:
                whose = f',${roles[0]}{first}="{slot.role}"' if slot.role and roles else ""
                formula = f"AND(ISNUMBER({letter}{first}),{letter}{first}>{slot.limit}{whose})"
                styles.colour_where(target, area, formula, styles.OVER)
            elif self.sheet.parent and at == 1:
                validation.from_list(target, area, self._owner_range(), "从前面的表里选，名称要完全一致")

    def _owner_range(self) -> str:
        """Where the parent's names stand, as a reference."""
        parent = self.book.sheet_at(self.sheet.parent)
        slots = TableWriter(self.book, parent)._slots()  # noqa: SLF001 (the same class)
        names = [at for at, slot in enumerate(slots, 1) if slot.column and slot.column.path == "name"]
        at = names[0] if names else 1
        letter = get_column_letter(at)
        return f"{quote_sheetname(parent.title)}!${letter}${HEAD_ROW + 1}:${letter}${LAST_ROW}"

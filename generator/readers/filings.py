"""What a data file says about each filing: ``filings: {<programme>: {…}}``."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from generator.base.tree import Entries, Entry
from generator.errors import Place, Problem
from generator.model.fields import FieldSpec
from generator.model.programme import Programme
from generator.readers.field_names import fold
from generator.readers.translate import Translator, is_blank, shortened

KEYS = ("filings", "申报")
_FOLDED_KEYS = frozenset(fold(key) for key in KEYS)


class Filings:
    """The filings of one file.

    Args:
        known: every programme by code.
        translator: takes the problems.
    """

    def __init__(self, known: Mapping[str, Programme], translator: Translator) -> None:
        self.known = known
        self.problems = translator.problems
        self._taken: Place | None = None
        self._found: dict[str, Entry] = {}

    def take(self, entry: Entry) -> bool:
        """Take the entry if it is the one that holds the filings; whether it was."""
        if fold(entry.key) not in _FOLDED_KEYS:
            return False
        if self._taken:
            self._wrong(entry.place, f"“申报”写了两次，第一次在{self._taken}", "合并成一处")
            return True
        self._taken = entry.place
        if isinstance(entry.node, Entries):
            for filing in entry.node:
                self._add(filing)
        elif not is_blank(entry.node):
            what = "“申报”应按方案分别填写"
            self._wrong(entry.place, what, "写成“方案代码:”，其下再写这个方案特有的字段")
        return True

    def refuse_nested(self, entry: Entry, spec: FieldSpec | None) -> bool:
        """Refuse filings inside a filing; whether the entry was one."""
        if spec is not None or fold(entry.key) not in _FOLDED_KEYS:
            return False
        self._wrong(entry.place, f"“{entry.key}”只能写在最外层", "移到文件的最外层，与联合体名称并列")
        return True

    def of(self, programme: Programme | None) -> Entries | None:
        """What the file says of one programme's filing."""
        entry = self._found.get(programme.code) if programme else None
        return entry.node if entry and isinstance(entry.node, Entries) else None

    def _add(self, entry: Entry) -> None:
        codes = self._codes(entry.key)
        if len(codes) != 1:
            self._unknown(entry, codes)
        elif codes[0] in self._found:
            first = self._found[codes[0]]
            what = f"方案 {codes[0]} 的申报写了两次（“{first.key}”和“{entry.key}”）"
            self._wrong(entry.place, what, "合并成一处")
        elif isinstance(entry.node, Entries):
            self._found[codes[0]] = entry
        elif not is_blank(entry.node):
            what = f"申报“{entry.key}”应是一组字段"
            self._wrong(entry.place, what, "在下一行缩进后写这个方案特有的字段，每行一个“字段名: 值”")

    def _codes(self, key: str) -> list[str]:
        if key in self.known:
            return [key]
        folded = fold(key)
        return [
            code
            for code, programme in self.known.items()
            if folded in {fold(code), fold(programme.title), fold(programme.short_title)}
        ]

    def _unknown(self, entry: Entry, codes: list[str]) -> None:
        if codes:
            what = f"{shortened(entry.key)}是几个方案共同的名称"
            self._wrong(entry.place, what, f"写明方案代码，{'、'.join(codes)} 中的一个")
            return
        names = {
            fold(name): code for code, one in self.known.items() for name in (one.title, one.short_title)
        }
        names |= {fold(code): code for code in self.known}
        near = difflib.get_close_matches(fold(entry.key), names, n=1, cutoff=0.5)
        remedy = f"改为“{names[near[0]]}”" if near else "用 lianheti programmes 查看全部方案，写方案代码"
        self._wrong(entry.place, f"“申报”里没有{shortened(entry.key)}这个方案", remedy)

    def _wrong(self, place: Place, what: str, remedy: str) -> None:
        self.problems.append(Problem(what, remedy, place, "filings"))

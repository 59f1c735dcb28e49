"""What a programme says about each field: notes with the official words, and limits of length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from generator.model.catalogue import CommonRules
from generator.model.paths import role_asked
from generator.model.programme import Limit, Programme
from generator.model.value_kinds import Kind
from generator.readers.excel.layout import Column, Sheet
from generator.writers.required_fields import looked_at, plain_path

_MOST_QUOTES = 4
_LONGEST_QUOTE = 160
_KIND_NOTES: Mapping[str, str] = {
    "flag": "填“是”或“否”",
    "date": "日期，如 2026-03-01",
    "year": "四位年份，如 2025",
    "long_text": "可写多段，换段按 Alt+Enter",
    "credit_code": "18 位，本列已设为文本格式",
}


class FieldNotes(Struct, frozen=True):
    """What a programme says about fields, by their paths with ``[]``: shown as notes on labels and headers.

    Attributes:
        quotes: official words with their clauses.
        limits: limits of length.
    """

    quotes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limits: Mapping[str, tuple[Limit, ...]] = field(default_factory=dict)

    def note(self, sheet: Sheet, column: Column, *, needed: bool) -> str:
        """A field's note: what to write, an example, whether it is needed, and the official words."""
        path = full_path(sheet, column)
        help_text = column.help
        lines = [
            "本方案需要（文件要印，或条件要用）" if needed else "",
            help_text,
            _kind_note(column.kind),
            f"例：{column.example}" if column.example else "",
            "可写多项，每行一项，换行按 Alt+Enter" if column.shape == "list" else "",
            *(limit_text(limit) for limit in self.limits.get(path, ())),
            *self.quotes.get(path, ())[:_MOST_QUOTES],
        ]
        return "\n".join(dict.fromkeys(line for line in lines if line))


def _kind_note(kind: Kind | None) -> str:
    if kind is None:
        return "这一组没有的，填“无”"
    if kind.options:
        return "从下拉表中选：" + "、".join(kind.options)
    unit = f"单位：{kind.unit}；" if kind.unit else ""
    return unit + _KIND_NOTES.get(kind.name, "") if unit or kind.name in _KIND_NOTES else ""


def full_path(sheet: Sheet, column: Column) -> str:
    """A column's field in the model, as ``members[].kind``."""
    if sheet.form == "pairs":
        return column.path
    if sheet.form == "map":
        return sheet.path
    return f"{sheet.path}[].{column.path}" if column.path else sheet.path


def limit_text(limit: Limit) -> str:
    """A limit in words, as ``不超过 200 字（申请表六）``."""
    bounds = [
        f"不少于 {limit.min} 字" if limit.min else "",
        f"不超过 {limit.max} 字" if limit.max else "",
    ]
    who = role_asked(limit.path)
    beside = "（与同格的其他内容合计）" if limit.together else ""
    return f"{who}{'、'.join(bound for bound in bounds if bound)}{beside}（{limit.clause}）"


def field_notes(programme: Programme | None, common: CommonRules) -> FieldNotes:
    """What a programme says about its fields."""
    if programme is None:
        return FieldNotes()
    quotes: dict[str, list[str]] = {}
    for path, text in _quotes(programme, common):
        quotes.setdefault(path, []).append(text)
    limits: dict[str, list[Limit]] = {}
    for limit in programme.limits:
        for path in (limit.path, *(f"{limit.path.rpartition('.')[0]}.{name}" for name in limit.together)):
            limits.setdefault(plain_path(path), []).append(limit)
    return FieldNotes(
        {path: tuple(dict.fromkeys(texts)) for path, texts in quotes.items()},
        {path: tuple(several) for path, several in limits.items()},
    )


def _quotes(programme: Programme, common: CommonRules) -> Iterator[tuple[str, str]]:
    for limit in programme.limits:
        if limit.quote:
            yield plain_path(limit.path), f"{limit.clause}：“{_cut(limit.quote)}”"
    figures = {**common.figures, **programme.figures}
    for condition in programme.conditions:
        words = f"“{_cut(condition.quote)}”" if condition.quote else condition.title
        text = f"{condition.clause}：{words}"
        paths = [condition.field] if condition.field else []
        for need in condition.needs:
            paths += list(looked_at(figures[need])) if need in figures else [need]
        for path in dict.fromkeys(plain_path(path).removesuffix("[]") for path in paths):
            yield path, text


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"

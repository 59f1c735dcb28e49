"""What stands where in a workbook: one sheet a topic, single values as pairs, lists as tables.

The layout follows from the model alone. The writer makes sheets of it, the reader recognises them by it,
and a workbook carries its own on a hidden sheet, so that a programme's own columns are known again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from generator.model.consortium import OF_A_FILING, Consortium
from generator.model.fields import FieldSpec, Part, Shape
from generator.model.value_kinds import DOLLAR_UNITS, KINDS, MONEY_UNITS, CreditCode, Kind, Text

Form = Literal["pairs", "table", "map", "filings", "accepted"]

FORMAT: Final = 1
LAYOUT_SHEET: Final = "_lianheti"
LAYOUT_MARK: Final = "lianheti"
LAYOUT_FIRST_ROW: Final = 3  # of the hidden sheet, counted from 1: below the mark and the titles
GUIDE_SHEET: Final = "填写说明"
MISSING_SHEET: Final = "还缺的内容"
FINDINGS_SHEET: Final = "核对结果"
OVERVIEW: Final = "概况"
OWN: Final = "本方案专有"
# The field of a party's own workbook that holds all that it says of itself.
PARTY: Final = "party"
FILINGS: Final = "申报"
ACCEPTED: Final = "接受的不符合项"
NONE_LABEL: Final = "本表无内容"
LABEL_HEAD, VALUE_HEAD, COUNT_HEAD, LIMIT_HEAD, NOTE_HEAD = "项目", "填写内容", "已写字数", "字数要求", "说明"
KEY_HEAD: Final = "编号"
FILING_HEADS: Final = {"programme": "方案", "field": "字段", "value": "内容"}
ACCEPTED_HEADS: Final = {"programme": "方案", "rule": "条件", "reason": "理由"}
PARENT_PREFIX: Final = "所属"
JOIN: Final = "·"
COUNT_SUFFIX: Final = "（字数）"
# Columns that a sheet shows for people only; the reader passes over them.
SHOWN_ONLY: Final = frozenset({"序号", "说明", "字数", COUNT_HEAD, LIMIT_HEAD, "标题", "材料名称", "要求"})

_TOPICS: Final = {
    **dict.fromkeys(
        ("name", "industry", "filing_date", "route", "recommender", "contact", "term", "agreement"), OVERVIEW
    ),
    "goals": "目标与基础",
    "cooperation": "目标与基础",
}
_UNITS: Final = frozenset(
    {*MONEY_UNITS, *DOLLAR_UNITS, "%", "人", "家", "个", "项", "次", "台", "件", "岁", "年", "份"}
)
_SHORT_UNITS: Final = {"rmb": "元", "人民币": "元", "usd": "美元", "百分比": "%", "百分数": "%"}
_IN_BRACKETS = re.compile(r"(.+)[(\[【]([^()\[\]【】]{1,12})[)\]】]")
_AFTER_STROKE = re.compile(r"(.+?)(?:/|,|:|-|单位:?)?((?:人民币)?[百千万亿十]*(?:美元|元))")
_LIKE_UNIT = re.compile(
    r"元|[百千万亿]|吨|‰|小数|倍|usd|rmb|美金|欧|日|镑|港|币|单位|^[分角厘毛]$|^(?:个?月|天|周|季度?|小时)$"
)
_IDENTIFIERS = frozenset({"phone", "mobile", "fax", "id_number", "credit_code", "postcode"})
_IDENTIFIER = re.compile(r"代码|电话|手机|传真|证件|号码|账号|帐号|邮编|邮政编码|编号|文号")
_SEPARATORS = re.compile(r"[·•・.。]")
MAX_TITLE: Final = 31


@lru_cache(maxsize=10_000)
def fold(text: str) -> str:
    """A title without regard to width, capitals, white space, marks and separators' forms."""
    plain = re.sub(r"[\s*]+", "", unicodedata.normalize("NFKC", text)).casefold().rstrip(":")
    return _SEPARATORS.sub(JOIN, plain)


def split_unit(text: str) -> tuple[str, str]:
    """A header's folded title and the unit after it; empty where there is none."""
    title, remark = split_remark(text)
    unit = unit_of(remark)
    return (title, unit) if unit else (fold(text), "")


def split_remark(text: str) -> tuple[str, str]:
    """A header's folded title and what stands behind it in brackets, after a stroke or after 单位."""
    folded = fold(text)
    for pattern in (_IN_BRACKETS, _AFTER_STROKE):
        if match := pattern.fullmatch(folded):
            return match[1], match[2]
    return folded, ""


def unit_of(remark: str) -> str:
    """The unit that a remark names, as 单位:万元 or 人民币千元; empty where it names none."""
    plain = re.sub(r"^(?:金额)?(?:单位)?[:为]?(?:人民币)?[:,、/]?[¥￥]?", "", fold(remark))
    return _SHORT_UNITS.get(plain, plain if plain in _UNITS else "")


def is_like_unit(remark: str) -> bool:
    """Whether a remark on a number looks like a unit, though like none that is known."""
    return bool(_LIKE_UNIT.search(fold(remark)))


class Column(Struct, frozen=True):
    """A field as a sheet has it: a column of a table, or a row of a sheet of pairs.

    Attributes:
        path: the field's path; in a table relative to the list's item, empty for the item itself.
        title: the Chinese title; those of groups on the way joined by ``·``.
        shape: one value, or a list of them, one a line.
        kind: how a value is read; None for a group, which can only be stated as none.
        keys: other texts by which a header may name it.
        help: what to write.
        example: a value as it could be given.
        known: whether ``help`` and ``example`` are complete; the layout in a workbook lacks them for a
            programme's own fields.
    """

    path: str
    title: str
    shape: Shape = "one"
    kind: Kind | None = None
    keys: tuple[str, ...] = ()
    help: str = ""
    example: str = ""
    known: bool = True

    @property
    def header(self) -> str:
        """The title with its unit, where the title does not say it."""
        unit = self.kind.unit if self.kind else ""
        return f"{self.title}（{unit}）" if unit and f"（{unit}）" not in self.title else self.title

    @property
    def is_identifier(self) -> bool:
        """Whether it holds digits that are no number: codes and telephone numbers."""
        return is_identifier(self.path, self.title, self.kind)

    def names(self) -> Iterator[str]:
        """Every folded text that means it."""
        for text in (self.header, self.title, self.path, *self.keys):
            if text:
                yield fold(text)
        yield split_unit(self.header)[0]


def is_identifier(path: str, title: str, kind: Kind | None) -> bool:
    """Whether a field holds digits that are no number."""
    if isinstance(kind, CreditCode):
        return True
    if kind is not None and not isinstance(kind, Text):
        return False
    return path.rpartition(".")[2] in _IDENTIFIERS or bool(_IDENTIFIER.search(title))


class Sheet(Struct, frozen=True):
    """One sheet.

    Attributes:
        title: its title, also the name of its tab.
        form: what it holds.
        path: the list's or map's path; of a list inside a list with ``[]``, as ``members[].accounts``.
        columns: its fields.
        names: other texts by which it may be called.
    """

    title: str
    form: Form
    path: str
    columns: tuple[Column, ...]
    names: tuple[str, ...] = ()

    @property
    def parent(self) -> str:
        """The list that holds the items whose lists a table holds; empty for a table of its own."""
        return self.path.partition("[]")[0] if "[]" in self.path else ""

    @property
    def below(self) -> str:
        """The list's path within the parent's item."""
        return self.path.partition("[].")[2]

    def known_as(self) -> Iterator[str]:
        """Every folded text that means it."""
        for text in (self.title, self.path, *self.names):
            if text:
                yield fold(text)


class _Maker(Struct):
    """Walks a model and collects its sheets."""

    labels: Mapping[str, str]
    pairs: dict[str, list[Column]]
    tables: list[Sheet]
    order: list[str]

    def title(self, path: str, spec: FieldSpec) -> str:
        return self.labels.get(path) or self.labels.get(f"{path}[]") or spec.title

    def place(self, topic: str) -> None:
        if topic not in self.order:
            self.order.append(topic)

    def group(self, part: type[Part], path: str, titles: tuple[str, ...], topic: str) -> None:
        for spec in part.specs().values():
            here = f"{path}.{spec.name}" if path else spec.name
            title = self.title(here, spec)
            column = _column(here, (*titles, title), titles, spec)
            if spec.shape == "map":
                self.table(here, title, spec, "map")
            elif spec.part is None:
                self.place(topic)
                self.pairs.setdefault(topic, []).append(column)
            elif spec.shape == "list":
                self.table(here, title, spec, "table")
            else:
                self.place(topic)
                self.pairs.setdefault(topic, []).append(column)
                self.group(spec.part, here, (*titles, title), topic)

    def table(self, path: str, title: str, spec: FieldSpec, form: Form) -> None:
        taken = {sheet.title for sheet in self.tables}
        name = tab_name(title, taken)
        self.order.append(name)
        columns = tuple(self.columns(spec, path + ("[]" if form == "table" else ".*")))
        self.tables.append(Sheet(name, form, path, columns, (spec.name, spec.title, *spec.aliases)))
        if spec.part is not None and form == "table" and "[]" not in path:
            self.nested(spec.part, f"{path}[]")

    def nested(self, part: type[Part], path: str) -> None:
        for spec in part.specs().values():
            here = f"{path}.{spec.name}"
            if spec.part is not None and spec.shape == "list":
                self.table(here, self.title(here, spec), spec, "table")
            elif spec.part is not None and spec.shape == "one":
                self.nested(spec.part, here)

    def columns(self, spec: FieldSpec, path: str) -> Iterator[Column]:
        if spec.part is None:
            yield Column("", "文件" if spec.shape == "map" else spec.title, "list", spec.kind)
            return
        yield from self._columns(spec.part, path, "", ())

    def _columns(self, part: type[Part], path: str, inner: str, titles: tuple[str, ...]) -> Iterator[Column]:
        for spec in part.specs().values():
            here = f"{path}.{spec.name}"
            below = f"{inner}.{spec.name}" if inner else spec.name
            title = self.title(here, spec)
            if spec.part is None and spec.shape != "map":
                yield _column(below, (*titles, title), titles, spec)
            elif spec.part is not None and spec.shape == "one":
                yield from self._columns(spec.part, here, below, (*titles, title))


def _column(path: str, titles: tuple[str, ...], groups: tuple[str, ...], spec: FieldSpec) -> Column:
    keys = tuple(JOIN.join((*groups, key)) for key in (spec.title, *spec.aliases))
    return Column(path, JOIN.join(titles), spec.shape, spec.kind, keys, spec.help, spec.example)


def tab_name(title: str, taken: set[str]) -> str:
    r"""A title as Excel takes it for a tab: no ``[]:*?/\\``, at most 31 characters, unlike the others."""
    name = re.sub(r"[\[\]:*?/\\']", "、", title)[:MAX_TITLE] or "表"
    found, count = name, 1
    while found in taken:
        count += 1
        found = f"{name[: MAX_TITLE - 4]}（{count}）"
    return found


def layout(model: type[Consortium], labels: Mapping[str, str]) -> tuple[Sheet, ...]:
    """The sheets of a model, in the order in which people fill them.

    Args:
        model: the consortium's model, with a programme's own fields.
        labels: titles that differ from the common ones, by path.
    """
    maker = _Maker(labels, {}, [], [])
    core = Consortium.specs()
    for name, spec in model.specs().items():
        if name in OF_A_FILING:
            continue
        title = maker.title(name, spec)
        if spec.shape == "map" or (spec.part is not None and spec.shape == "list"):
            maker.table(name, title, spec, "map" if spec.shape == "map" else "table")
            continue
        topic = _TOPICS.get(name, title) if name in core or name == PARTY else OWN
        dedicated = topic not in {OVERVIEW, OWN} and spec.part is not None
        column = _column(name, (title,), (), spec)
        maker.place(topic)
        maker.pairs.setdefault(topic, []).append(column)
        if spec.part is not None:
            maker.group(spec.part, name, () if dedicated else (title,), topic)
    by_title = {sheet.title: sheet for sheet in maker.tables}
    sheets = [
        by_title[topic] if topic in by_title else Sheet(topic, "pairs", "", tuple(maker.pairs[topic]))
        for topic in maker.order
    ]
    sheets.sort(key=lambda sheet: sheet.title == OWN)
    text = Text()
    filings = tuple(Column(path, title, "one", text) for path, title in FILING_HEADS.items())
    accepted = tuple(Column(path, title, "one", text) for path, title in ACCEPTED_HEADS.items())
    return (
        *sheets,
        Sheet(FILINGS, "filings", "filings", filings),
        Sheet(ACCEPTED, "accepted", "filings[].accepted", accepted),
    )


LayoutRow = tuple[str, str, str, str, str, str, str, str, str]


def layout_rows(sheets: tuple[Sheet, ...]) -> Iterator[LayoutRow]:
    """The layout as the hidden sheet has it: sheet, form, path; title, path, shape, kind, unit, options."""
    for sheet in sheets:
        for column in sheet.columns:
            kind = column.kind
            yield (
                sheet.title,
                sheet.form,
                sheet.path,
                column.title,
                column.path,
                column.shape,
                kind.name if kind else "",
                kind.unit if kind else "",
                "\n".join(kind.options) if kind else "",
            )


def layout_from_rows(rows: list[LayoutRow]) -> tuple[Sheet, ...]:
    """The layout of a workbook from the rows of its hidden sheet; rows of unknown forms or shapes are left out."""
    known = {sheet.path: sheet for sheet in layout(Consortium, {}) if sheet.path}
    core = {(sheet.path, column.path): column for sheet in layout(Consortium, {}) for column in sheet.columns}
    found: dict[str, tuple[str, str, list[Column]]] = {}
    for title, form, path, name, below, shape, kind_name, unit, options in rows:
        if form not in {"pairs", "table", "map", "filings", "accepted"} or shape not in {"one", "list"}:
            continue
        kind = None
        if kind_name in KINDS:
            given = {"unit": unit} if unit else {}
            kind = KINDS[kind_name](**given, options=tuple(options.split("\n")) if options else ())
        like = core.get((path, below))
        keys = (like.title, *like.keys) if like else ()
        column = Column(below, name, shape, kind, keys, known=like is not None)  # type: ignore[arg-type]  # checked above
        if like is not None:
            column = replace(column, help=like.help, example=like.example)
        found.setdefault(title, (form, path, []))[2].append(column)
    return tuple(
        Sheet(title, form, path, tuple(columns), known[path].names if path in known else ())  # type: ignore[arg-type]  # checked above
        for title, (form, path, columns) in found.items()
    )


# A scheme may make a choice of a line of text: the cell is read alike.
_TEXTS: Final = frozenset({"text", "choice"})


def changes(old: tuple[Sheet, ...]) -> list[str]:
    """What a carried layout has that today's model reads otherwise or not at all, in Chinese.

    A programme's own fields are not looked at: those that it no longer has are unknown columns.
    """
    now = {(sheet.path, column.path): column for sheet in layout(Consortium, {}) for column in sheet.columns}
    told = []
    for sheet in old:
        for column in sheet.columns:
            today = now.get((sheet.path, column.path))
            if today is None or today.kind is None or column.kind is None:
                continue
            where = f"“{sheet.title}”的“{column.title}”"
            if today.kind.unit != column.kind.unit:
                told.append(f"{where}的单位由“{column.kind.unit or '无'}”改为“{today.kind.unit or '无'}”")
            elif today.kind.name != column.kind.name and not {today.kind.name, column.kind.name} <= _TEXTS:
                told.append(f"{where}由{column.kind.title}改为{today.kind.title}")
    return told

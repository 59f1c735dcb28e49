"""Columns of a table over many filings: checked against a programme, and what one filing has in them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from msgspec import Struct

from generator.conditions.figure_plan import plan
from generator.conditions.figures import compute
from generator.conditions.operations import OPERATIONS
from generator.conditions.sample import Computed, Plan
from generator.conditions.selection import Missing, View
from generator.conditions.targets import target
from generator.conditions.wording import list_words
from generator.model.programme import Figure, Programme, SummaryColumn
from generator.model.value_kinds import Choice, Flag, Kind, Money, Number, Numeric, Share

_UNITS: Final = {"members": "家", "leads": "家", "others": "家", "team": "人", "platforms": "个"}
_ADDED_UP: Final = frozenset({"count", "sum"})
_SHARE_PLACES: Final = Decimal("0.0000000001")


class Column(Struct, frozen=True):
    """A column, checked.

    Attributes:
        title: its head, with the unit where there is one.
        part: what stands in it.
        whole: what that is a share of; None where it is no share.
        scale: how many of the figure's own units make one of the column's.
        total: whether it is added up.
        group: whether the filings are counted by its values.
    """

    title: str
    part: Plan
    whole: Plan | None
    scale: int
    total: bool
    group: bool

    @property
    def is_number(self) -> bool:
        """Whether its cells are numbers."""
        return self.part.type == "int" and not self.part.many


class Entry(Struct, frozen=True):
    """What one filing has in a column.

    Attributes:
        number: the number in the column's unit, exact; of a share the ratio. None where it is a text or lacks.
        text: the text as documents print it; empty where it lacks.
        part: the figure, in its own unit, where it is a number.
        whole: what it is a share of, likewise.
        missing: the values whose lack keeps it empty.
        no_ratio: what it would be a share of is zero.
    """

    number: Decimal | None = None
    text: str = ""
    part: int | None = None
    whole: int | None = None
    missing: tuple[Missing, ...] = ()
    no_ratio: bool = False


def figure_of(text: str, programme: Programme) -> Figure:
    """The figure that a name, a list or a field stands for.

    Raises:
        ValueError: there is no such figure or field; the text is Chinese.
    """
    if text in programme.figures:
        return programme.figures[text]
    try:
        here = target(programme.model, text)
    except ValueError as error:
        raise ValueError(f"{error}，也没有叫这个名称的算法") from None
    title = list_words(programme, text)
    if text.endswith("[]") or here.whole:
        path = text if text.endswith("[]") else f"{text}[]"
        unit = _UNITS.get(path.removesuffix("[]"), "项")
        return Figure(operation="count", arguments=(path,), title=f"{title}数", unit=unit)
    operation = "values" if here.many else "value"
    return Figure(operation=operation, arguments=(text,), title=title)


def planned_column(column: SummaryColumn, programme: Programme) -> Column:
    """Check a column.

    Args:
        column: as the programme has it.
        programme: for its figures and fields.

    Raises:
        ValueError: a name, the unit or the share does not fit; the text is Chinese.
    """
    part = plan(column.value, figure_of(column.value, programme), programme)
    whole = plan(column.of, figure_of(column.of, programme), programme) if column.of else None
    is_number = part.type == "int" and not part.many
    if whole is not None and not (is_number and comparable(part, whole)):
        raise ValueError(f"“{part.title}”和“{whole.title}”不是同一种数，不能算占比")
    kind = None if OPERATIONS[part.operation].counts else part.kind
    if column.unit and (whole is not None or not isinstance(kind, Money)):
        raise ValueError(f"“{part.title}”不是金额，不能写 unit")
    scale = 1
    unit = part.unit
    if isinstance(kind, Money):
        unit = column.unit or part.unit
        if unit not in kind.units:
            raise ValueError(f"金额没有“{unit}”这个单位，可用：{'、'.join(kind.units)}")
        scale = kind.units[unit]
    elif isinstance(kind, Share | Number):
        scale = kind.scale
    adds_up = is_number and whole is None and (part.operation in _ADDED_UP or isinstance(kind, Money))
    if column.total and not is_number:
        raise ValueError(f"“{part.title}”不是数，不能合计")
    title = column.title or (
        f"{part.title}占{whole.title}"
        if whole
        else f"{part.title}（{unit}）"
        if is_number and unit
        else part.title
    )
    return Column(
        title,
        part,
        whole,
        scale,
        total=(adds_up or whole is not None) if column.total is None else column.total,
        group=isinstance(kind, Choice | Flag) and not part.many if column.group is None else column.group,
    )


def comparable(part: Plan, whole: Plan) -> bool:
    """Whether two figures are numbers of one sort, of which one can be a share of the other."""
    numbers = all(figure.type == "int" and not figure.many for figure in (part, whole))
    sorts = [_sort(figure) for figure in (part, whole)]
    return numbers and sorts[0] == sorts[1]


def _sort(figure: Plan) -> type[Kind] | None:
    """What a figure's whole number counts: 分, 万分之一, or things."""
    counts = OPERATIONS[figure.operation].counts
    return next(
        (kind for kind in (Money, Share, Number) if not counts and isinstance(figure.kind, kind)), None
    )


def entry(column: Column, view: View) -> Entry:
    """What a filing has in a column.

    Args:
        column: the column.
        view: the filing's data.
    """
    part = compute(column.part, view)
    if part.missing:
        return Entry(missing=part.missing)
    if column.whole is not None:
        whole = compute(column.whole, view)
        if whole.missing:
            return Entry(missing=whole.missing)
        ours, of = _whole_number(part), _whole_number(whole)
        if of <= 0:
            return Entry(part=ours, whole=of, no_ratio=True)
        return Entry(ratio(ours, of), part=ours, whole=of)
    if column.is_number:
        number = _whole_number(part)
        return Entry(in_unit(column, number), part=number)
    text = "、".join(dict.fromkeys(map(str, part.picked))) if column.part.many else part.shown
    return Entry(text=text or "无")


def _whole_number(computed: Computed) -> int:
    if not isinstance(computed.value, int):
        raise TypeError("a number's figure must be a whole number")
    return computed.value


def in_unit(column: Column, number: int) -> Decimal:
    """A number of a figure's own unit in the column's, exact."""
    return Decimal(number) / column.scale


def ratio(part: int, whole: int) -> Decimal:
    """A share of what is not zero, to ten places: more than a sheet shows."""
    return (Decimal(part) / Decimal(whole)).quantize(_SHARE_PLACES, ROUND_HALF_UP)


def default_columns(programme: Programme) -> tuple[SummaryColumn, ...]:
    """The columns of a programme that names none: who files, with whom, and every number among its figures."""
    known = {
        "name": "名称",
        "lead.name": "牵头单位",
        "lead.credit_code": "统一社会信用代码",
        "lead.province": "",
        "industry": "",
        "route": "",
        "recommender": "",
        "chief_scientist.name": "首席科学家",
        "contact.name": "联系人",
        "contact.phone": "联系电话",
    }
    grouped = {"lead.province", "route", "recommender"}
    columns = [
        SummaryColumn(title=title, value=path, group=True if path in grouped else None)
        for path, title in known.items()
    ]
    columns += [
        SummaryColumn(value=name)
        for name, figure in {"members[]": None, **programme.figures}.items()
        if figure is None or _tabulated(name, figure, programme)
    ]
    return tuple(columns)


def _tabulated(name: str, figure: Figure, programme: Programme) -> bool:
    if figure.operation not in {"count", "sum", "value", "distinct"}:
        return False
    try:
        planned = plan(name, figure, programme)
    except ValueError:
        return False
    numeric = isinstance(planned.kind, Numeric) or OPERATIONS[planned.operation].counts
    same_as_members = (planned.operation, planned.path, planned.criteria) == ("count", "members[]", ())
    return numeric and planned.type == "int" and not planned.many and not same_as_members

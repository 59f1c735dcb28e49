"""What a programme's file says is to be counted, added up or looked at, checked against the model."""

from __future__ import annotations

import difflib
from datetime import date
from typing import Any, Final

from msgspec.structs import replace

from generator.base.text import fold
from generator.conditions.cel import CelType
from generator.conditions.operations import DAY, OPERATIONS, Gives, LooksAt, Operation
from generator.conditions.sample import Plan
from generator.conditions.selection import Criterion
from generator.conditions.targets import split_list, target
from generator.model.fields import Part
from generator.model.programme import FIGURE_OPERATORS, Figure, Programme
from generator.model.value_kinds import (
    Choice,
    Date,
    Flag,
    Kind,
    Money,
    Numeric,
    Text,
)

_TWO: Final = frozenset({LooksAt.TWO, LooksAt.DATES, LooksAt.NAMES})
_DEADLINE: Final = "deadline."
FACTS: Final = ("name_pattern", "validity.start", "validity.end", "validity.note", "day")


def plan(name: str, figure: Figure, programme: Programme) -> Plan:
    """Check a figure against the model.

    Raises:
        ValueError: there is no such operation; a path, a criterion, ``last`` or the unit does not fit; the text is Chinese.
    """
    operation = OPERATIONS.get(figure.operation)
    if operation is None:
        near = difflib.get_close_matches(figure.operation, OPERATIONS, n=1)
        hint = f"，最接近的是“{near[0]}”" if near else ""
        raise ValueError(f"没有“{figure.operation}”这种算法{hint}；可用：{'、'.join(OPERATIONS)}")
    wanted = 2 if operation.looks_at in _TWO else 1
    if len(figure.arguments) != wanted and not operation.several:
        raise ValueError(f"{figure.operation} 要写 {wanted} 个路径，现有 {len(figure.arguments)} 个")
    title = figure.title or name
    path, other = (*figure.arguments, "")[:2]
    others = figure.arguments[1:] if operation.several else ()
    other = "" if operation.several else other
    if operation.looks_at is LooksAt.FACT:
        if figure.where or figure.last is not None:
            raise ValueError(f"{figure.operation} 不能带 where 或 last")
        return _fact(Plan(name, title, figure.operation, type="string", of_programme=True), path, programme)
    here = target(programme.model, path)
    listed_path = "[]" in path
    if not listed_path and (operation.looks_at is LooksAt.LIST or figure.where or figure.last):
        raise ValueError(f"{figure.operation}、where 和 last 要用于列表，“{path}”里没有写 []")
    if listed_path and operation.looks_at in {LooksAt.ONE, LooksAt.DATES, LooksAt.NAMES}:
        raise ValueError(f"{figure.operation} 只看一个值，“{path}”却是列表")
    if not operation.whole_items and (here.kind is None or here.whole):
        raise ValueError(f"“{path}”不是单个值，不能用于 {figure.operation}")
    if operation.kinds and not isinstance(here.kind, operation.kinds):
        raise ValueError(f"“{path}”{operation.otherwise}")
    alike = (
        *others,
        *([other] if operation.looks_at in {LooksAt.DATES, LooksAt.NAMES} and other != DAY else ()),
    )
    for another in alike:
        there = target(programme.model, another)
        if there.many or there.whole or not isinstance(there.kind, operation.kinds):
            raise ValueError(f"“{another}”{'是列表' if there.many else operation.otherwise}")
    if other and other != DAY and target(programme.model, other).kind is None:
        raise ValueError(f"“{other}”不是单个值，不能比对")
    kind, unit = _printed(operation, here.kind, figure.unit)
    item = _item(programme.model, path) if listed_path else None
    if figure.last is not None and (figure.last < 1 or item is None or "year" not in item.specs()):
        raise ValueError(f"last 要是正整数，且“{path}”的各项要有 year（年度）")
    criteria = tuple(_criterion(item, field, wanted) for field, wanted in figure.where.items())
    return Plan(
        name=name,
        title=title,
        operation=figure.operation,
        path=path,
        other=other,
        others=others,
        kind=kind,
        criteria=criteria,
        last=figure.last,
        type=_gives(operation, kind),
        many=operation.gives is Gives.VALUES,
        unit=unit,
    )


def _fact(silent: Plan, fact: str, programme: Programme) -> Plan:
    """A figure of something that the programme itself says, given the figure of one that says nothing."""
    if fact.startswith(_DEADLINE):
        what = fact.removeprefix(_DEADLINE)
        dated = {one.what: one.date for one in programme.deadlines if one.date is not None}
        if what not in dated:
            known = "、".join(dated) or "没有一项写了"
            raise ValueError(f"deadlines 里没有写了 date 的“{what}”，写了的：{known}")
        return replace(silent, kind=Date(), type="timestamp", fact=dated[what])
    if fact not in FACTS:
        raise ValueError(f"方案没有“{fact}”这一项，可用：{'、'.join(FACTS)}")
    if fact == "name_pattern":
        pattern = programme.name_pattern
        if pattern and "{}" not in pattern:
            raise ValueError(f"name_pattern“{pattern}”里要用 {{}} 标出自定名称的位置")
        return replace(silent, fact=pattern or None, pattern=True)
    if fact == "validity.note":
        return replace(silent, fact=programme.validity.note or None)
    if fact == "day":
        return replace(silent, path="filing_date", kind=Date(), type="timestamp", fact="day")
    end: date | None = getattr(programme.validity, fact.removeprefix("validity."))
    return replace(silent, kind=Date(), type="timestamp", fact=end)


def _gives(operation: Operation, kind: Kind | None) -> CelType:
    if operation.gives is Gives.FLAG:
        return "bool"
    return _type(kind) if operation.gives in {Gives.VALUE, Gives.VALUES} else "int"


def _type(kind: Kind | None) -> CelType:
    if isinstance(kind, Numeric):
        return "int"
    if isinstance(kind, Flag):
        return "bool"
    return "timestamp" if isinstance(kind, Date) else "string"


def _printed(operation: Operation, kind: Kind | None, unit: str) -> tuple[Kind | None, str]:
    if operation.counts:
        return kind, unit or operation.unit
    if isinstance(kind, Money):
        if unit and unit not in kind.units:
            raise ValueError(f"金额没有“{unit}”这个单位，可用：{'、'.join(kind.units)}")
        return (Money(unit=unit) if unit else kind), unit or kind.unit
    return kind, unit or (kind.unit if kind else "")


def _item(model: type[Part], path: str) -> type[Part] | None:
    prefix, _ = split_list(path)
    return target(model, f"{prefix}[]").part


def _criterion(item: type[Part] | None, field: str, wanted: Any) -> Criterion:
    if item is None:
        raise ValueError("where 只能用于各项是一组字段的列表")
    here = target(item, field)
    if here.many:
        raise ValueError(f"where 里的“{field}”不能写 []")
    return Criterion(tuple(field.split(".")), here.kind, criterion_tests(here.kind, field, wanted, "where"))


def criterion_tests(kind: Kind | None, field: str, wanted: Any, part: str) -> tuple[tuple[str, Any], ...]:
    """The operators that a field's wanted values stand for, each with the values as it compares them.

    Args:
        kind: how the field's values are read; None for a group.
        field: what is looked at, for messages.
        wanted: one value, several of which any will do, or operators.
        part: where it stands, ``where`` or ``when``, for messages.

    Raises:
        ValueError: an operator or a value does not fit the field; the text is Chinese.
    """
    operators = wanted if isinstance(wanted, dict) else {"is": wanted}
    tests: list[tuple[str, Any]] = []
    for operator, value in operators.items():
        if operator not in FIGURE_OPERATORS:
            raise ValueError(f"{part} 里的“{field}”用了“{operator}”，可用：{'、'.join(FIGURE_OPERATORS)}")
        if operator == "given":
            tests.append((operator, Flag().read(str(value))))
        elif kind is None:
            raise ValueError(f"{part} 里的“{field}”是一组字段，只能写 given")
        elif operator in {"min", "max", "from", "to"}:
            dated = operator in {"from", "to"}
            if not isinstance(kind, Date if dated else Numeric) or isinstance(value, tuple):
                raise ValueError(f"{part} 里的“{field}”不是{'日期' if dated else '数'}，不能写 {operator}")
            tests.append((operator, kind.for_condition(_option(kind, value, field, part))))
        else:
            options = value if isinstance(value, tuple) else (value,)
            tests.append((operator, frozenset(_option(kind, option, field, part) for option in options)))
    return tuple(tests)


def _option(kind: Kind, option: Any, field: str, part: str) -> Any:
    text = {True: "是", False: "否"}[option] if isinstance(option, bool) else str(option)
    try:
        value = kind.read(text)
    except ValueError as error:
        allowed = f"，可用：{'、'.join(kind.options)}" if isinstance(kind, Choice) else ""
        raise ValueError(f"{part} 里“{field}”的“{text}”{error}{allowed}") from None
    return fold(value) if isinstance(kind, Text) else value

"""What a programme's file says is to be counted, added up or looked at, checked against the model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from generator.base.text import fold
from generator.conditions.cel import CelType
from generator.conditions.selection import Criterion
from generator.conditions.targets import split_list, target
from generator.model.fields import Part
from generator.model.programme import FIGURE_OPERATIONS, FIGURE_OPERATORS, Figure, Programme
from generator.model.value_kinds import (
    Choice,
    Count,
    CreditCode,
    Date,
    Flag,
    Kind,
    LongText,
    Money,
    Numeric,
    Share,
    Text,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A figure, checked against the model.

    Attributes:
        name: the figure's name in the file.
        title: its Chinese title.
        operation: one of ``FIGURE_OPERATIONS``.
        path: the path looked at; empty for the programme's own facts.
        other: the second path, of ``outside``.
        kind: the kind of the values looked at.
        criteria: what picks items.
        last: only so many latest years.
        type: the type that CEL sees.
        many: whether CEL sees a list.
        unit: the unit printed after a count.
        fact: what the programme itself says, for ``programme``: a text or a day; None where it says nothing.
        pattern: the fact is a pattern of names, ``{}`` standing for any text.
    """

    name: str
    title: str
    operation: str
    path: str = ""
    other: str = ""
    kind: Kind | None = None
    criteria: tuple[Criterion, ...] = ()
    last: int | None = None
    type: CelType = "int"
    many: bool = False
    unit: str = ""
    fact: str | date | None = None
    pattern: bool = False

    @property
    def over_members(self) -> bool:
        """Whether it counts members or what they have, so that the lead may be left out."""
        return self.path.startswith("members[]")

    @property
    def is_silent(self) -> bool:
        """Whether it asks for something that the programme does not say."""
        return self.operation == "programme" and self.fact is None


def plan(name: str, figure: Figure, programme: Programme) -> Plan:
    """Check a figure against the model.

    Raises:
        ValueError: a path, a criterion, ``last`` or the unit does not fit; the text is Chinese.
    """
    operation = next(each for each in FIGURE_OPERATIONS if getattr(figure, each) is not None)
    given = getattr(figure, operation)
    title = figure.title or name
    if operation == "programme":
        if figure.where or figure.last is not None:
            raise ValueError("programme 不能带 where 或 last")
        return _fact(name, title, given, programme)
    path, other = given if operation == "outside" else (given, "")
    here = target(programme.model, path)
    listed_path = "[]" in path
    if not listed_path and (
        operation in {"count", "sum", "values", "duplicates"} or figure.where or figure.last
    ):
        raise ValueError(f"{operation}、where 和 last 要用于列表，“{path}”里没有写 []")
    if listed_path and operation in {"value", "length"}:
        raise ValueError(f"{operation} 只看一个值，“{path}”却是列表")
    if operation != "count" and (here.kind is None or here.whole):
        raise ValueError(f"“{path}”不是单个值，不能用于 {operation}")
    if operation == "sum" and not isinstance(here.kind, Count | Money | Share):
        raise ValueError(f"“{path}”不是数，不能相加")
    if operation == "length" and not isinstance(here.kind, Text | LongText):
        raise ValueError(f"“{path}”不是文字，没有字数")
    if operation == "bad_check_digits" and not isinstance(here.kind, CreditCode):
        raise ValueError(f"“{path}”不是统一社会信用代码")
    if other and target(programme.model, other).kind is None:
        raise ValueError(f"“{other}”不是单个值，不能比对")
    kind, unit = _printed(operation, here.kind, figure.unit)
    item = _item(programme.model, path) if listed_path else None
    if figure.last is not None and (figure.last < 1 or item is None or "year" not in item.specs()):
        raise ValueError(f"last 要是正整数，且“{path}”的各项要有 year（年度）")
    criteria = tuple(_criterion(item, field, wanted) for field, wanted in figure.where.items())
    as_found = operation in {"value", "values"}
    return Plan(
        name=name,
        title=title,
        operation=operation,
        path=path,
        other=other,
        kind=kind,
        criteria=criteria,
        last=figure.last,
        type=_type(kind) if as_found else "int",
        many=operation == "values",
        unit=unit,
    )


def _fact(name: str, title: str, fact: str, programme: Programme) -> Plan:
    if fact == "name_pattern":
        pattern = programme.name_pattern
        if pattern and "{}" not in pattern:
            raise ValueError(f"name_pattern“{pattern}”里要用 {{}} 标出自定名称的位置")
        return Plan(name, title, "programme", type="string", fact=pattern or None, pattern=True)
    if fact == "day":
        return Plan(name, title, "programme", path="filing_date", kind=Date(), type="timestamp", fact="day")
    if fact == "validity.note":
        return Plan(name, title, "programme", type="string", fact=programme.validity.note or None)
    end: date | None = getattr(programme.validity, fact.removeprefix("validity."))
    return Plan(name, title, "programme", kind=Date(), type="timestamp", fact=end)


def _type(kind: Kind | None) -> CelType:
    if isinstance(kind, Numeric):
        return "int"
    if isinstance(kind, Flag):
        return "bool"
    return "timestamp" if isinstance(kind, Date) else "string"


def _printed(operation: str, kind: Kind | None, unit: str) -> tuple[Kind | None, str]:
    if operation == "length":
        return kind, unit or "字"
    if operation not in {"sum", "value", "values"}:
        return kind, unit
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
    operators = wanted if isinstance(wanted, dict) else {"is": wanted}
    tests: list[tuple[str, Any]] = []
    for operator, value in operators.items():
        if operator not in FIGURE_OPERATORS:
            raise ValueError(f"where 里的“{field}”用了“{operator}”，可用：{'、'.join(FIGURE_OPERATORS)}")
        if operator == "given":
            tests.append((operator, Flag().read(str(value))))
        elif here.kind is None:
            raise ValueError(f"where 里的“{field}”是一组字段，只能写 given")
        elif operator in {"min", "max"}:
            if not isinstance(here.kind, Numeric) or isinstance(value, tuple):
                raise ValueError(f"where 里的“{field}”不是数，不能写 {operator}")
            tests.append((operator, here.kind.for_condition(here.kind.read(str(value)))))
        else:
            options = value if isinstance(value, tuple) else (value,)
            tests.append((operator, frozenset(_option(here.kind, option, field) for option in options)))
    return Criterion(tuple(field.split(".")), here.kind, tuple(tests))


def _option(kind: Kind, option: Any, field: str) -> Any:
    text = {True: "是", False: "否"}[option] if isinstance(option, bool) else str(option)
    try:
        value = kind.read(text)
    except ValueError as error:
        allowed = f"，可用：{'、'.join(kind.options)}" if isinstance(kind, Choice) else ""
        raise ValueError(f"where 里“{field}”的“{text}”{error}{allowed}") from None
    return fold(value) if isinstance(kind, Text) else value

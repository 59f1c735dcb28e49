"""Conditions read back as sentences with units, so that an official sees what was understood."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from msgspec import Struct

from generator.conditions.expression_tree import COMPARISONS, Node, UnknownFormError, alternatives, tree_of
from generator.conditions.operations import OPERATIONS
from generator.conditions.rules import Rule
from generator.conditions.sample import Plan, with_unit
from generator.conditions.wording import criteria_words
from generator.model.programme import Programme
from generator.model.value_kinds import Date, Money, Share, Year, plain_decimal

_SIGNS: Final = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_LEVELS: Final = {"must": "", "in_principle": "原则上：", "preferred": "鼓励："}
_YUAN: Final = 100


class Linear(Struct, frozen=True):
    """A sum of figures, each times a whole number, and a number."""

    terms: Mapping[str, int]
    constant: int = 0

    def times(self, factor: int) -> Linear:
        """So many times the sum."""
        return Linear({name: number * factor for name, number in self.terms.items()}, self.constant * factor)

    def plus(self, other: Linear) -> Linear:
        """The sum with another."""
        terms = dict(self.terms)
        for name, number in other.terms.items():
            terms[name] = terms.get(name, 0) + number
        return Linear(
            {name: number for name, number in terms.items() if number}, self.constant + other.constant
        )


def linear(node: Node, figures: Mapping[str, Plan]) -> Linear | None:
    """An expression of whole numbers as a sum of figures; None where it is none."""
    if node.op == "value" and isinstance(node.value, int) and not isinstance(node.value, bool):
        return Linear({}, node.value)
    if node.op == "name" and node.value in figures:
        figure = figures[node.value]
        return Linear({node.value: 1}) if figure.type == "int" and not figure.many else None
    parts = [linear(part, figures) for part in node.args] if node.op in {"+", "-", "*", "neg"} else []
    if not parts or any(part is None for part in parts):
        return None
    first, *rest = (part for part in parts if part is not None)
    if node.op == "neg":
        return first.times(-1)
    if node.op == "*":
        if not first.terms:
            return rest[0].times(first.constant)
        return first.times(rest[0].constant) if not rest[0].terms else None
    return first.plus(rest[0].times(-1 if node.op == "-" else 1))


def condition_sentence(rule: Rule, programme: Programme) -> str:
    """What a condition asks for, as a sentence without a full stop.

    Args:
        rule: the condition, compiled.
        programme: for titles.
    """
    condition = rule.condition
    when = f"{criteria_words(programme, '', condition.when)}的，" if condition.when else ""
    asked = f"请人判断：{condition.judge}" if condition.judge else ""
    if condition.test is None:
        return f"{when}{_LEVELS[condition.level]}{asked}"
    try:
        text = say(tree_of(condition.test), rule.figures)
    except UnknownFormError:
        text = f"“{condition.test}”成立"
    both = "（牵头单位计入与不计入各算一遍）" if condition.counted == "both" else ""
    return f"{when}{_LEVELS[condition.level]}{text}{both}" + (f"；成立的再{asked}" if asked else "")


def say(node: Node, figures: Mapping[str, Plan]) -> str:
    """An expression in Chinese.

    Raises:
        UnknownFormError: it has a form for which there are no words here.
    """
    node = alternatives(node)
    if node.op in {"&&", "||"}:
        word = "，并且" if node.op == "&&" else "，或者"
        return word.join(_inner(part, figures, node.op) for part in node.args)
    if node.op == "not":
        (inner,) = node.args
        return (
            f"不是{_title(inner, figures)}" if inner.op == "name" else f"不成立：{_bracketed(inner, figures)}"
        )
    if node.op == "?":
        asked, yes, no = node.args
        return f"{say(asked, figures)}的，{say(yes, figures)}；否则{say(no, figures)}"
    if node.op in COMPARISONS:
        return _comparison(node, figures)
    if node.op == "in":
        return f"{_side(node.args[0], figures)}在{_side(node.args[1], figures)}之中"
    if node.op == "call":
        return _call(node, figures)
    if node.op == "value":
        return "总是成立" if node.value else "总不成立"
    if node.op == "name":
        return f"{_title(node, figures)}为“是”"
    raise UnknownFormError(node.op)


def _inner(node: Node, figures: Mapping[str, Plan], above: str) -> str:
    other = {"&&": "||", "||": "&&"}[above]
    return _bracketed(node, figures) if node.op in {other, "?"} else say(node, figures)


def _bracketed(node: Node, figures: Mapping[str, Plan]) -> str:
    return f"（{say(node, figures)}）"


def _title(node: Node, figures: Mapping[str, Plan]) -> str:
    return figures[node.value].title if node.value in figures else "这一项"


def _comparison(node: Node, figures: Mapping[str, Plan]) -> str:
    left, right = node.args
    first, second = linear(left, figures), linear(right, figures)
    if first is not None and second is not None and (first.terms or second.terms):
        return _numbers(node.op, first, second, figures)
    if right.op == "name" and left.op == "value":
        left, right = right, left
    if right.op == "value" and right.value == "" and left.op == "name":
        return f"{_title(left, figures)}" + ("填了（不是“无”）" if node.op == "!=" else "为“无”")
    if node.op in {"==", "!="}:
        return f"{_side(left, figures)}{'为' if node.op == '==' else '不为'}{_side(right, figures)}"
    words = {"<": "早于", "<=": "不晚于", ">": "晚于", ">=": "不早于"}
    if any(
        isinstance(one, datetime) or _is_date(part, figures) for part in (left, right) for one in [part.value]
    ):
        return f"{_side(left, figures)}{words[node.op]}{_side(right, figures)}"
    return f"{_side(left, figures)} {_SIGNS[node.op]} {_side(right, figures)}"


def _is_date(node: Node, figures: Mapping[str, Plan]) -> bool:
    return node.op == "name" and node.value in figures and figures[node.value].type == "timestamp"


def _numbers(sign: str, first: Linear, second: Linear, figures: Mapping[str, Plan]) -> str:
    """A comparison of sums of figures: with a number, as a share, or plainly."""
    whole = first.plus(second.times(-1))
    named = list(first.terms) + [name for name in second.terms if name not in first.terms]
    if not first.terms:
        first, second, sign = second, first, _TURNED.get(sign, sign)
    if len(whole.terms) == 1:
        return _with_number(sign, named[0], whole, figures)
    numbers = set(first.terms.values())
    if (
        second.terms
        and not (first.constant or second.constant)
        and len(numbers) == 1
        and len(second.terms) == 1
    ):
        ((other, of),) = second.terms.items()
        share = Fraction(of, numbers.pop())
        part = " + ".join(figures[name].title for name in first.terms)
        part = f"（{part}）" if len(first.terms) > 1 else part
        return f"{part} {_SIGNS[sign]} {figures[other].title}" + _share(share)
    unit = figures[named[0]]
    return f"{_sum(first, figures, unit)} {_SIGNS[sign]} {_sum(second, figures, unit)}"


def _with_number(sign: str, name: str, whole: Linear, figures: Mapping[str, Plan]) -> str:
    factor = whole.terms[name]
    if factor < 0:
        sign = _TURNED.get(sign, sign)
    bound = Fraction(-whole.constant, factor)
    figure = figures[name]
    counts = OPERATIONS[figure.operation].counts
    if counts and sign == ">" and bound.denominator == 1:
        sign, bound = ">=", bound + 1
    if counts and sign == "<" and bound.denominator == 1 and bound > 0:
        sign, bound = "<=", bound - 1
    if figure.operation == "length" and sign == ">=" and bound == 1:
        return f"{figure.title}写了内容（不是“无”）"
    if counts and sign in {"==", "<="} and bound == 0:
        return f"{figure.title} = {with_unit('0', figure.unit)}"
    if bound.denominator == 1:
        return f"{figure.title} {_SIGNS[sign]} {number_shown(figure, int(bound))}"
    return f"{abs(factor)} × {figure.title} {_SIGNS[sign]} {number_shown(figure, abs(whole.constant))}"


def _share(share: Fraction) -> str:
    if share == 1:
        return ""
    if share.denominator == 1:
        return f" 的 {share} 倍"
    percent = share * 100
    if (percent * 100).denominator == 1:
        return f" 的 {plain_decimal(int(percent * 100), 100, 0)}%"
    return f" 的 {share.numerator}/{share.denominator}"


def _sum(sum_: Linear, figures: Mapping[str, Plan], unit: Plan) -> str:
    parts = [
        (f"{number} × " if number != 1 else "") + figures[name].title for name, number in sum_.terms.items()
    ]
    if sum_.constant or not parts:
        parts.append(number_shown(unit, sum_.constant))
    return " + ".join(parts)


def number_shown(figure: Plan, value: int) -> str:
    """A number of a figure with its unit; an amount in its unit and in 元."""
    if OPERATIONS[figure.operation].counts or figure.kind is None or isinstance(figure.kind, Year):
        return with_unit(str(value), figure.unit)
    if isinstance(figure.kind, Money):
        base = "美元" if "美元" in figure.kind.unit else "元"
        short = f"{plain_decimal(value, figure.kind.scale, 0)} {figure.kind.unit}"
        if value == 0:
            return f"0 {base}"
        if figure.kind.unit == base:
            return short
        places = 0 if value % _YUAN == 0 else 2
        grouped = plain_decimal(value, _YUAN, places)
        whole, dot, rest = grouped.partition(".")
        return f"{short}（{int(whole):,}{dot}{rest} {base}）".replace(",", " ")
    if isinstance(figure.kind, Share):
        return f"{plain_decimal(value, 100, 0)}%"
    return with_unit(figure.kind.show(value), figure.unit)


def value_shown(figure: Plan, value: Any) -> str:
    """A figure's value as a table has it."""
    if isinstance(value, list):
        return "、".join(value_shown_single(one) for one in value) or "（没有）"
    if isinstance(value, int) and not isinstance(value, bool):
        return number_shown(figure, value)
    return value_shown_single(value)


def value_shown_single(value: Any) -> str:
    """A text, a yes or no, or a day."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return Date().show(value.date())
    return str(value) if value != "" else "无"


def _side(node: Node, figures: Mapping[str, Plan]) -> str:
    if node.op == "value":
        text = value_shown_single(node.value)
        return (
            text
            if isinstance(node.value, (bool, datetime)) or not isinstance(node.value, str)
            else f"“{text}”"
        )
    if node.op == "name":
        return _title(node, figures)
    if node.op == "list":
        return "、".join(_side(part, figures) for part in node.args)
    if node.op == "call":
        return _call(node, figures)
    if node.op == "?":
        asked, yes, no = node.args
        return f"（{say(asked, figures)}的为 {_side(yes, figures)}，否则为 {_side(no, figures)}）"
    if node.op in {"+", "-", "*"}:
        sign = {"*": "×"}.get(node.op, node.op)
        return f" {sign} ".join(_side(part, figures) for part in node.args)
    raise UnknownFormError(node.op)


def _call(node: Node, figures: Mapping[str, Plan]) -> str:
    subject = _side(node.args[0], figures)
    if node.value in {"all", "exists", "exists_one"}:
        quantity = {"all": "的每一项都", "exists": "中有一项", "exists_one": "中恰有一项"}[node.value]
        return f"{subject}{quantity}满足（{say(node.args[2], figures)}）"
    if node.value == "size":
        return f"{subject}的项数"
    if node.value == "getFullYear":
        return f"{subject}的年份"
    other = _side(node.args[1], figures) if len(node.args) > 1 else ""
    words = {
        "contains": "含有",
        "startsWith": "以{}开头",
        "endsWith": "以{}结尾",
        "matches": "合乎格式",
    }
    if node.value not in words:
        raise UnknownFormError(str(node.value))
    text = words[node.value]
    return f"{subject}{text.format(other)}" if "{}" in text else f"{subject}{text}{other}"

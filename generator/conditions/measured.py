"""Conditions without an expression: what is counted or measured, between which bounds, as what share.

``counts`` names a figure, or a path: of a list its items are counted, of a number in a list the sum is taken,
of a single number or date the value. The expression and the figures that this stands for are made here, so that
everything after is the same for all conditions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from generator.conditions.figure_plan import plan
from generator.conditions.operations import OPERATIONS
from generator.conditions.sample import Plan
from generator.conditions.targets import split_list, target
from generator.conditions.wording import criteria_words, list_words
from generator.model.programme import Condition, Criteria, Figure, Programme
from generator.model.value_kinds import Count, Kind, Share

MEASURED: Final = "measured"
WHOLE: Final = "whole"
_SHARE = re.compile(r"(>=|≥|不低于|不少于|>|＞|超过|<=|≤|不高于|不超过|<|＜|低于|不足)?\s*([0-9.]+\s*[%％])")
# What a count of the model's own lists counts, where no figure names a unit; of all other lists, 项.
_UNITS: Final = {"members": "家", "leads": "家", "others": "家", "team": "人", "platforms": "个"}
_COMPARED: Final = {
    "": ">=",
    "≥": ">=",
    "不低于": ">=",
    "不少于": ">=",
    "＞": ">",
    "超过": ">",
    "≤": "<=",
    "不高于": "<=",
    "不超过": "<=",
    "＜": "<",
    "低于": "<",
    "不足": "<",
}


def spelled_out(
    condition: Condition, figures: Mapping[str, Figure], programme: Programme
) -> tuple[Condition, dict[str, Figure]]:
    """A condition with ``counts`` as one with ``needs`` and ``test``.

    Args:
        condition: the condition; one without ``counts`` is given back as it is.
        figures: the figures that its file declares.
        programme: for its fields.

    Returns:
        The condition, and the figures that only it has, by name.

    Raises:
        ValueError: a path, a bound or the share does not fit; the text is Chinese.
    """
    if not condition.counts:
        return condition, {}
    own: dict[str, Figure] = {}
    known = _Known(figures, programme, own)
    name = known.figure(condition.counts, condition.who, MEASURED)
    planned = plan(name, {**figures, **own}[name], programme)
    needs, tests = [name], list[str]()
    kind = Count(unit=planned.unit) if OPERATIONS[planned.operation].counts else planned.kind
    bounds = {
        operator: _literal(kind, planned, bound, key)
        for operator, key, bound in (
            (">=", "at_least", condition.at_least),
            ("<=", "at_most", condition.at_most),
        )
        if bound is not None
    }
    if len(bounds) > len(set(bounds.values())):
        bounds = {"==": bounds[">="]}
    tests += [f"{name} {operator} {bound}" for operator, bound in bounds.items()]
    if condition.share:
        whole = known.whole(condition, planned)
        needs.append(whole)
        operator, share = _read_share(condition.share)
        tests.append(f"{whole} > 0 && {name} * 10000 {operator} {whole} * {share}")
    update = {"needs": tuple(needs), "test": " && ".join(tests), "counts": ""}
    if condition.share and not condition.failed:
        update["failed"] = (
            f"{{{name}}}，占 {{{needs[1]}}}的 {{{name}%{needs[1]}}}，应{_shown_share(condition.share)}"
        )
    return condition.model_copy(update=update), own


class _Known(Struct, frozen=True):
    """The figures that a condition can name, and those that are made for it."""

    declared: Mapping[str, Figure]
    programme: Programme
    own: dict[str, Figure]

    def figure(self, text: str, who: Criteria, name: str) -> str:
        """The name of the figure that a text stands for; one that is made is put into ``own``."""
        if text in self.declared:
            if who:
                raise ValueError(f"“{text}”是算法，挑选哪些写在它自己的 where 里，不写 who")
            return text
        here = target(self.programme.model, text)
        title = list_words(self.programme, text)
        if text.endswith("[]") or here.whole:
            path = text if text.endswith("[]") else f"{text}[]"
            words, unit = f"{self.picked(path, who)}{title}数", _UNITS.get(path.removesuffix("[]"), "项")
            self.own[name] = Figure(operation="count", arguments=(path,), title=words, unit=unit, where=who)
        elif here.many:
            words = f"{self.picked(f'{split_list(text)[0]}[]', who)}{title}合计"
            self.own[name] = Figure(operation="sum", arguments=(text,), title=words, where=who)
        elif who:
            raise ValueError(f"“{text}”不是列表，不能写 who")
        else:
            self.own[name] = Figure(operation="value", arguments=(text,), title=title)
        return name

    def picked(self, items: str, who: Criteria) -> str:
        """Which items of a list are meant, before its title."""
        return f"{criteria_words(self.programme, items, who)}的" if who else ""

    def whole(self, condition: Condition, part: Plan) -> str:
        """The name of the figure that the share is of: by default of all items of the same list."""
        if condition.share_of:
            return self.figure(condition.share_of, {}, WHOLE)
        if part.operation not in {"count", "sum"}:
            raise ValueError("看不出占什么的比例，请在 share_of 里写明")
        prefix, _ = split_list(part.path)
        title = list_words(self.programme, f"{prefix}[]")
        words = f"全部{title}数" if part.operation == "count" else f"全部{title}的合计"
        self.own[WHOLE] = Figure(
            operation=part.operation, arguments=(part.path,), title=words, unit=part.unit, last=part.last
        )
        return WHOLE


def _literal(kind: Kind | None, figure: Plan, bound: Any, key: str) -> str:
    """A bound as an expression has it."""
    if kind is None or figure.many or figure.type not in {"int", "timestamp"}:
        raise ValueError(f"“{figure.title}”不是数，也不是日期，不能写 {key}")
    try:
        value = kind.for_condition(kind.read(str(bound)))
    except ValueError as error:
        raise ValueError(f"{key} 的“{bound}”{error}") from None
    return f'timestamp("{value:%Y-%m-%dT%H:%M:%SZ}")' if isinstance(value, datetime) else str(value)


def _read_share(text: str) -> tuple[str, int]:
    match = _SHARE.fullmatch(text.strip())
    if not match:
        raise ValueError(f"share 的“{text}”看不懂，写成 ≥50%、>50%、≤30% 或 <30%")
    sign = match[1] or ""
    return _COMPARED.get(sign, sign), int(Share().read(match[2]))


def _shown_share(text: str) -> str:
    operator, share = _read_share(text)
    words = {">=": "不低于", ">": "超过", "<=": "不超过", "<": "低于"}
    return f"{words[operator]} {Share().show(share)}%"

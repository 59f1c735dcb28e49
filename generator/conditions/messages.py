"""What findings say: figures filled into a programme's own messages, and missing values named in Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from generator.base.text import listed, percentage
from generator.conditions.operations import OPERATIONS
from generator.conditions.sample import Computed, Plan
from generator.conditions.selection import Missing, Reason, name_of
from generator.model.consortium import Consortium
from generator.model.paths import resolve, steps, title_of
from generator.model.programme import Programme
from generator.model.value_kinds import Money

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_RATIO = re.compile(r"([a-z][a-z0-9_]*)%([a-z][a-z0-9_]*)")
_MOST_NAMED = 5
_LACKING = "〔缺数据〕"


class Message(Struct, frozen=True):
    """A message with places for figures: ``{name}``, ``{name.items}`` and the ratio ``{part%whole}``.

    Args:
        text: the message.
    """

    text: str

    def faults(self, figures: Mapping[str, Plan]) -> list[str]:
        """What is wrong with its placeholders, in Chinese.

        Args:
            figures: the figures that the condition needs.
        """
        found = []
        for placeholder in _PLACEHOLDER.findall(self.text):
            ratio = _RATIO.fullmatch(placeholder)
            names = ratio.groups() if ratio else (placeholder.removesuffix(".items"),)
            unknown = [name for name in names if name not in figures]
            if unknown:
                found.append(f"占位“{{{placeholder}}}”里的“{unknown[0]}”不是 needs 里的算法")
            elif ratio and not _comparable(figures[names[0]], figures[names[-1]]):
                found.append(f"占位“{{{placeholder}}}”的两个算法不是同一种数，不能相比")
        return found

    def fill(self, figures: Mapping[str, Computed]) -> str:
        """The message with the figures of one dataset; what cannot be counted for want of data says so."""

        def printed(match: re.Match[str]) -> str:
            placeholder = match[1]
            ratio = _RATIO.fullmatch(placeholder)
            if any(
                figures[name].missing
                for name in (ratio.groups() if ratio else [placeholder.removesuffix(".items")])
            ):
                return _LACKING
            if ratio:
                part, whole = figures[ratio[1]].value, figures[ratio[2]].value
                return percentage(part, whole) if isinstance(part, int) and isinstance(whole, int) else ""
            if placeholder.endswith(".items"):
                return listed(figures[placeholder.removesuffix(".items")].names) or "无"
            return figures[placeholder].shown

        return _PLACEHOLDER.sub(printed, self.text)


def _comparable(part: Plan, whole: Plan) -> bool:
    numbers = all(figure.type == "int" and not figure.many for figure in (part, whole))
    money = [
        isinstance(figure.kind, Money) and not OPERATIONS[figure.operation].counts for figure in (part, whole)
    ]
    return numbers and money[0] == money[1]


def called(consortium: Consortium, programme: Programme, path: str) -> str:
    """A field as a person would call it: ``第 4 个成员单位（某某公司）的“单位性质”``.

    Args:
        consortium: the data, for the names of list items.
        programme: for the titles.
        path: the field's exact path.
    """
    text = title_of(programme.model, path, programme.titles)
    walked: list[str] = []
    for name, index in steps(path):
        walked.append(name if index is None else f"{name}[{index}]")
        if not index:
            continue
        so_far = ".".join(walked)
        item = next((place.value for place in resolve(consortium, so_far)), None)
        own = title_of(programme.model, so_far, programme.titles).rpartition("的")[2].strip("“”")
        year = getattr(item, "year", None)
        if item_name := name_of(item) or (f"{year} 年" if year else ""):
            text = text.replace(own, f"{own}（{item_name}）", 1)
    return text


_REASONS: dict[Reason, str] = {
    "absent": "{what}未填写",
    "wrong": "{what}填写有误，读不出来",
    "no_lead": "成员单位中没有一家的角色是“牵头单位”",
    "empty": "{what}一项也没有，无从合计",
    "gap": "{what}缺少 {detail} 年度",
    "twice": "{what}中 {detail} 年度不止一条",
    "too_large": "“{detail}”的数字过大",
}
_REMEDIES: dict[Reason, str] = {
    "absent": "补填",
    "wrong": "改正",
    "no_lead": "指明牵头单位",
    "empty": "补填",
    "gap": "补填",
    "twice": "只留一条",
    "too_large": "核对位数和单位",
}


def lacking(missing: Sequence[Missing], consortium: Consortium, programme: Programme) -> str:
    """Which values there would have to be, without a full stop.

    Args:
        missing: what is missing, at least one.
        consortium: the data, for the names of list items.
        programme: for the titles.
    """
    clauses = []
    for reason, text in _REASONS.items():
        of_reason = [item for item in missing if item.reason == reason]
        if not of_reason:
            continue
        if reason in {"absent", "wrong", "empty"}:
            names = [called(consortium, programme, item.path) for item in of_reason[:_MOST_NAMED]]
            more = len(of_reason) - len(names)
            what = "、".join(names) + (f"等 {len(of_reason)} 处" if more else "")
            clauses.append(text.format(what=what))
        else:
            clauses += [
                text.format(what=called(consortium, programme, item.path), detail=item.detail)
                for item in of_reason[:_MOST_NAMED]
            ]
    return "；".join(clauses)


def unknown_message(title: str, because: str, missing: Sequence[Missing]) -> str:
    """Why there is no verdict, which values it takes, and what to do.

    Args:
        title: the condition.
        because: which values there would have to be, as ``lacking`` says it.
        missing: what is missing, at least one.
    """
    remedies = dict.fromkeys(
        _REMEDIES[reason] for reason in _REASONS if any(m.reason == reason for m in missing)
    )
    return f"{because}，无法判断“{title}”。请{'、'.join(remedies)}后重新检查。"

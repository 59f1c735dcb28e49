"""The operations of figures: each one's name, what it looks at, what it gives, and how it is computed.

A new operation is one function and one entry of ``OPERATIONS``: a programme's file may then use it, its
paths are checked against the model, messages know how to print it, and the reference of the file's format
(docs/programme-format.md) lists it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from enum import Enum
from typing import Any, Final

from msgspec import Struct

from generator.base.text import count_characters, excerpt, fold, listed
from generator.conditions.sample import Computed, Sample, for_cel, midnight, printed, printed_number
from generator.conditions.selection import Missing, is_none, walk
from generator.model.value_kinds import Count, CreditCode, Date, Kind, LongText, Money, Number, Share, Text

# Of GB 32100-2015, by value: no I, O, S, V, Z.
_CODE_CHARACTERS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class LooksAt(Enum):
    """What an operation's arguments are."""

    LIST = "a path through a list"
    ONE = "a path to one value"
    EITHER = "a path"
    TWO = "a path, and the path whose values its own are held against"
    DATES = "a path to one date, and the path to another, or the day of judgement"
    NAMES = "two paths to one text each"
    FACT = "something that the programme itself says"


class Gives(Enum):
    """What an operation's value is."""

    NUMBER = "整数"
    FLAG = "是或否"
    VALUE = "看字段"
    VALUES = "列表"
    FACT = "看内容"


class Operation(Struct, frozen=True):
    """One kind of figure.

    Attributes:
        compute: the figure of a sample of a dataset.
        looks_at: what its arguments are.
        gives: what its value is.
        title: what it tells, in Chinese, for the reference of the file's format.
        example: its argument in that reference.
        kinds: the kinds of value that it takes; empty for any.
        otherwise: what a path of another kind is told, in Chinese.
        whole_items: it also takes items as a whole, not only a value of each.
        counts: its number counts things: it has no unit of the values that it looks at.
        unit: the unit of its number where the figure names none.
        takes_absent: a value that was not given is no lack: it is what the figure tells.
        several: it also takes several paths.
        of_words: of running text it tells that there is some, or its characters, never what it says.
    """

    compute: Callable[[Sample], Computed]
    looks_at: LooksAt
    gives: Gives
    title: str
    example: str
    kinds: tuple[type[Kind], ...] = ()
    otherwise: str = ""
    whole_items: bool = False
    counts: bool = True
    unit: str = ""
    takes_absent: bool = False
    several: bool = False
    of_words: bool = False


def _count(sample: Sample) -> Computed:
    picked = []
    if not sample.names:
        picked = [item for _, item in sample.gathered.items]
        return sample.done(len(picked), printed_number(sample.figure, len(picked)), picked)
    for path, item in sample.gathered.items:
        here = ".".join((path, *sample.names))
        if sample.view.is_wrong(here):
            sample.missing.append(sample.view.lacking(here))
        value = walk(item, sample.names)
        if value is not None and not is_none(value):
            picked.append(item)
    return sample.done(len(picked), printed_number(sample.figure, len(picked)), picked)


def _sum(sample: Sample) -> Computed:
    if not sample.missing:
        sample.missing += [Missing(path, "empty") for path, _, total in sample.gathered.lists if total == 0]
    kind = sample.figure.kind
    numbers = [for_cel(kind, value) for _, value in sample.values(sample.gathered.items)]
    total = sum(number for number in numbers if isinstance(number, int))
    return sample.done(total, printed(sample.figure, total))


def _list(sample: Sample) -> Computed:
    values = [value for _, value in sample.values(sample.gathered.items)]
    shown = [printed(sample.figure, value) for value in values]
    plain = [for_cel(sample.figure.kind, value) for value in values]
    return sample.done(plain, listed(shown) or "无", dict.fromkeys(shown))


def _duplicates(sample: Sample) -> Computed:
    again: list[tuple[str, Any]] = []
    repeated = 0
    for _, items, _ in sample.gathered.lists:
        seen: Counter[str] = Counter()
        for path, value in sample.stated(items):
            key = fold(str(value))
            seen[key] += 1
            if seen[key] > 1:
                again.append((path, value))
        repeated += sum(1 for times in seen.values() if times > 1)
    return sample.at_fault(repeated, again)


def _outside(sample: Sample) -> Computed:
    told = sample.stated(sample.gathered.items)
    known, lacking = sample.view.places(sample.figure.other)
    sample.missing += lacking
    inside = {fold(str(place.value)) for place in known}
    faults = [(path, value) for path, value in told if fold(str(value)) not in inside]
    return sample.at_fault(len(faults), faults, certain=not lacking)


def _bad_check_digits(sample: Sample) -> Computed:
    told = sample.stated(sample.gathered.items)
    faults = [(path, code) for path, code in told if _check_digit(code[:-1]) != code[-1]]
    return sample.at_fault(len(faults), faults)


def _check_digit(code: str) -> str:
    """The last character of a 统一社会信用代码 by those before it (GB 32100-2015): modulo 31, weighted by powers of 3."""
    weighted = sum(_CODE_CHARACTERS.index(char) * 3**at for at, char in enumerate(code))
    return _CODE_CHARACTERS[-weighted % len(_CODE_CHARACTERS)]


def _value(sample: Sample) -> Computed:
    ((_, value),) = sample.gathered.items
    return sample.done(
        for_cel(sample.figure.kind, value), printed(sample.figure, value), _words(sample, value)
    )


def _length(sample: Sample) -> Computed:
    values = [value for _, value in sample.gathered.items]
    for path in sample.figure.others:
        found, lacking = sample.view.places(path)
        sample.missing += lacking
        values += [place.value for place in found]
    length = sum(0 if is_none(value) else count_characters(value) for value in values)
    words = [word for value in values for word in _words(sample, value)]
    return sample.done(length, printed_number(sample.figure, length), words)


def _distinct(sample: Sample) -> Computed:
    told = sample.stated(sample.gathered.items)
    different = {fold(str(value)): printed(sample.figure, value) for _, value in told}
    return sample.done(len(different), printed_number(sample.figure, len(different)), different.values())


def _given(sample: Sample) -> Computed:
    told = any(value is not None and not is_none(value) for _, value in sample.gathered.items)
    return sample.done(told, "已填" if told else "没填")


def _same_name(sample: Sample) -> Computed:
    ((_, first),) = sample.gathered.items
    found, lacking = sample.view.places(sample.figure.other)
    sample.missing += lacking
    same = not lacking and fold(str(first)) == fold(str(found[0].value))
    return sample.done(same, "相同" if same else "不同")


def _years_between(sample: Sample) -> Computed:
    ((_, first),) = sample.gathered.items
    second: date | None
    if sample.figure.other == DAY:
        second = sample.view.consortium.filing_date or sample.view.day
        if second is None or sample.view.is_wrong("filing_date"):
            sample.missing.append(sample.view.lacking("filing_date"))
    else:
        found, lacking = sample.view.places(sample.figure.other)
        sample.missing += lacking
        second = found[0].value if found and not lacking else None
    years = 0
    if isinstance(second, date):
        years = second.year - first.year - ((second.month, second.day) < (first.month, first.day))
    return sample.done(years, printed_number(sample.figure, years))


def _words(sample: Sample, value: Any) -> tuple[str, ...]:
    """The beginning of a running text, for a message that names the passage."""
    running = isinstance(sample.figure.kind, LongText) and isinstance(value, str)
    return (excerpt(value),) if running else ()


def _programme(sample: Sample) -> Computed:
    figure, view = sample.figure, sample.view
    if figure.path:
        day = view.consortium.filing_date or view.day
        if day is None or view.is_wrong("filing_date"):
            return Computed(None, base="filing_date", missing=(view.lacking("filing_date"),))
        return Computed(midnight(day), Date().show(day), base="filing_date")
    if isinstance(figure.fact, date):
        return Computed(midnight(figure.fact), Date().show(figure.fact))
    pattern = str(figure.fact)
    if not figure.pattern:
        return Computed(pattern, pattern)
    expression = ".+".join(re.escape(piece) for piece in pattern.split("{}"))
    return Computed(f"^{expression}$", pattern.replace("{}", "×××"))


# The day of judgement, in the place of a path.
DAY: Final = "day"

OPERATIONS: Final[dict[str, Operation]] = {
    "count": Operation(
        _count,
        LooksAt.LIST,
        Gives.NUMBER,
        "有几项。路径不以 `[]` 结尾的（`members[].delegate.name`）数填了值的有几处，没填和“无”都不算，不会因此缺数据",
        "members[]",
        whole_items=True,
    ),
    "sum": Operation(
        _sum,
        LooksAt.LIST,
        Gives.NUMBER,
        "各项之和，各项都要填（“无”为 0）。列表是空的没有合计，是 `unknown`，不是 0；`where` 一项也没选中是 0",
        "funds.sources[].amount",
        kinds=(Count, Number, Money, Share),
        otherwise="不是数，不能相加",
        counts=False,
    ),
    "value": Operation(_value, LooksAt.ONE, Gives.VALUE, "一个值", "term.years", counts=False, of_words=True),
    "values": Operation(
        _list,
        LooksAt.LIST,
        Gives.VALUES,
        "各项的值，都要填",
        "members[].province",
        counts=False,
        of_words=True,
    ),
    "length": Operation(
        _length,
        LooksAt.ONE,
        Gives.NUMBER,
        "字数，不计空格；“无”为 0。可以写几个路径（`[plan.sections.goals.text, plan.sections.tasks.text]`），是各项字数之和",
        "goals.text",
        kinds=(Text, LongText),
        otherwise="不是文字，没有字数",
        unit="字",
        several=True,
        of_words=True,
    ),
    "duplicates": Operation(
        _duplicates,
        LooksAt.LIST,
        Gives.NUMBER,
        "同一个列表里出现不止一次的值有几个；“无”不算；名称比较时不分全角半角，不计空格",
        "members[].credit_code",
    ),
    "outside": Operation(
        _outside,
        LooksAt.TWO,
        Gives.NUMBER,
        "前者有几个值不在后者之中；前者也可以是单个字段",
        '["platforms[].host", "members[].name"]',
    ),
    "distinct": Operation(
        _distinct,
        LooksAt.LIST,
        Gives.NUMBER,
        "不同的值有几个；“无”不算；比较时不分全角半角，不计空格",
        "members[].province",
    ),
    "given": Operation(
        _given,
        LooksAt.ONE,
        Gives.FLAG,
        "这一个字段填了没有；“无”算没填，不会因此缺数据",
        "special_case",
        counts=False,
        takes_absent=True,
    ),
    "same_name": Operation(
        _same_name,
        LooksAt.NAMES,
        Gives.FLAG,
        "两个字段是不是同一个名称：不分全角半角，不计空格",
        '["chief_scientist.employer", "lead.name"]',
        kinds=(Text,),
        otherwise="不是一行文字，不能比名称",
        counts=False,
    ),
    "years_between": Operation(
        _years_between,
        LooksAt.DATES,
        Gives.NUMBER,
        "从前一个日期到后一个日期满几年；后一个写 `day` 的是判断日期（填报日期）",
        '["lead.registered", "day"]',
        kinds=(Date,),
        otherwise="不是日期",
        unit="年",
    ),
    "bad_check_digits": Operation(
        _bad_check_digits,
        LooksAt.EITHER,
        Gives.NUMBER,
        "校验码不符的统一社会信用代码有几个（GB 32100-2015）",
        "members[].credit_code",
        kinds=(CreditCode,),
        otherwise="不是统一社会信用代码",
    ),
    "programme": Operation(
        _programme,
        LooksAt.FACT,
        Gives.FACT,
        "方案自己写的：`name_pattern`（正则表达式，给 `matches` 用）、`validity.start`、`validity.end`、"
        "`validity.note`、`deadline.事项`（`deadlines` 里写了 `date` 的一项）、`day`（判断日期：填报日期，没有则由命令给出，从不取电脑的时钟）",
        "…",
        counts=False,
    ),
}

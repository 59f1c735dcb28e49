"""Expressions: amounts, shares and dates as people write them; every error in Chinese."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from generator.conditions.cel import CelType, Expression, ExpressionError

TYPES: dict[str, tuple[CelType, bool]] = {
    "a": ("int", False),
    "s": ("string", False),
    "b": ("bool", False),
    "t": ("timestamp", False),
    "n": ("int", True),
}
VALUES: dict[str, Any] = {
    "a": 2_000_000,
    "s": "甲",
    "b": True,
    "t": datetime(2023, 9, 30, tzinfo=UTC),
    "n": [1],
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("a == 2万元", True),
        ("a >= 20,000.01元", False),
        ("a*50 == 1百万元", True),
        ("a == 20000%", True),
        ("a > 99.99% && b", True),
        ("a % 3 == 2", True),
        ("a %3 == 2", True),
        ("t <= 2023-09-30", True),
        ("t < 2023年9月30日", False),
        ('s != "2万元" && s != "2023-09-30"', True),
    ],
)
def test_literals_are_written_as_people_write_them(text: str, holds: bool) -> None:
    assert Expression(text, TYPES).evaluate(VALUES) is holds


# Names that an expression itself has stand in its messages too.
OURS = re.compile(
    r"CEL|needs|map|filter|all|exists\(x, x == 1\)|exists|has|timestamp|duration|matches\(.….\)|matches|x"
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "空的"),
        ("a >", "没有写完"),
        ("a > > 1", "多了“>”"),
        ("(a > 1", "少了“)”"),
        ("a = 1", "第 3 个字符处语法错误：“=”不能用；等于写 =="),
        ("a ≥ 1", "不小于写 >="),
        ("a > 1 and b", "并且写 &&"),
        ("“甲” == s", "引号用半角"),
        ('s == "甲', "引号没有配对"),
        ("t <= 2023-13-01", "“2023-13-01”不是存在的日期"),
        ("t > 2023-09-30 && a > “1”", "第 23 个字符处"),
        ("a > 0.5", "不能用小数"),
        ('a > "1"', "运算“>”不能用于类型 整数、文字"),
        ("t - t > 5", "时长、整数"),
        ("a == null", "整数、空值"),
        ("c > 1", "“c”没有列在 needs 里"),
        ("a", "结果应是“是或否”，现在是整数"),
        ("n", "现在是列表"),
        ("a.b == 1", "整数没有下一级"),
        ("n.all(1, x)", "第一个参数要写一个名称"),
        ("b ? a", "少了“:”"),
        ("for a", "保留字"),
        ("9223372036854775808 > a", "数字过大"),
        ("a / 0 > 1", "除数是零"),
        ("n[5] == 1", "列表没有这么多项"),
        ("a * 9223372036854775807 > 1", "数字过大"),
        ('s.matches("(")', "matches 的格式写错了"),
        ('timestamp("昨天") < t', "日期直接写，如 2023-09-30"),
        ("int(s) == 1", "文字不是整数"),
        ('{"甲": 1}["乙"] == 1', "没有这一项"),
    ],
)
def test_every_error_is_told_in_chinese(text: str, told: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        Expression(text, TYPES).evaluate(VALUES)
    message = str(caught.value)
    assert told in message
    # What is quoted of the expression itself stays as it was written.
    quoted = re.sub(r"“[^”]*”", "", message)
    assert not re.search(r"[A-Za-z]{2,}", OURS.sub("", quoted)), message

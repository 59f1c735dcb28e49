"""Expressions of conditions: CEL, compiled against the types of the figures they may see.

CEL is asked only for whole numbers, texts, booleans, points in time and lists of them. Floating-point
numbers and unchecked types are refused when compiling, so that no verdict hangs on rounding.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from functools import cache, lru_cache
from threading import Lock
from typing import Any, Final, Literal

from generator.conditions.literals import QUOTED, Spelled, spell

Plain = bool | int | str | datetime
CelType = Literal["int", "string", "bool", "timestamp"]
# What an expression may see: each name's type, and whether it is a list.
Variables = Mapping[str, tuple[CelType, bool]]
NAME = re.compile(r"[a-z][a-z0-9_]*")
RESERVED = frozenset(
    {
        "as",
        "bool",
        "break",
        "bytes",
        "const",
        "continue",
        "double",
        "dyn",
        "else",
        "false",
        "for",
        "function",
        "if",
        "import",
        "in",
        "int",
        "let",
        "list",
        "loop",
        "map",
        "namespace",
        "null",
        "package",
        "return",
        "string",
        "timestamp",
        "true",
        "type",
        "uint",
        "var",
        "void",
        "while",
    }
)
_UNSAFE = re.compile(r"\d\.\d|(?<!\w)\.\d|\d[eE][+-]?\d|\b(?:double|dyn)\b")


# Each ``map`` inside another multiplies the length of the list that is made: three levels can fill all memory.
_MADE = re.compile(r"\.\s*map\s*\(")
_WALKED = re.compile(r"\.\s*(?:map|filter|all|exists|exists_one|existsOne)\s*\(")
_MOST_MADE = 1
_MOST_WALKED = 20
_MOST_CHARACTERS = 2_000
_MOST_OPEN = 50
_WORD = re.compile(r"[A-Za-z_]\w*")
# Nothing is said of compiling in one environment from several threads.
_COMPILING = Lock()


class ExpressionError(ValueError):
    """An expression that cannot be compiled, or that failed on a dataset; the text is Chinese."""


@cache
def _cel() -> Any:
    # 60 ms to import: only a command that judges pays for it.
    from cel_expr_python import cel

    return cel


def _type(name: CelType, many: bool) -> Any:
    types = _cel().Type
    single = getattr(types, name.upper())
    return types.List(single) if many else single


_TYPE_NAMES: Final = {
    "int": "整数",
    "string": "文字",
    "bool": "是或否",
    "google.protobuf.Timestamp": "日期",
    "google.protobuf.Duration": "时长",
    "null_type": "空值",
    "double": "小数",
    "uint": "无符号整数",
    "bytes": "字节",
}
_OPERATORS: Final = {"@in": "in", "!_": "!", "-_": "负号", "_?_:_": "? :", "_[_]": "[ ]"}
# What people write for an operator of CEL.
_INSTEAD: Final = {
    "and": "并且写 &&",
    "且": "并且写 &&",
    "or": "或者写 ||",
    "或": "或者写 ||",
    "not": "不写 !",
    "=": "等于写 ==",
    "&": "并且写 &&",
    "|": "或者写 ||",
    "≥": "不小于写 >=",
    "≤": "不大于写 <=",
    "≠": "不等于写 !=",
    "“": '引号用半角的 "',
    "”": '引号用半角的 "',
    "（": "括号用半角的 ( )",
    "）": "括号用半角的 ( )",
    "，": "逗号用半角的 ,",
    "matches": '写成 名称.matches("…")',
    "contains": '写成 名称.contains("…")',
    "startsWith": '写成 名称.startsWith("…")',
    "endsWith": '写成 名称.endsWith("…")',
}
_EXPLANATIONS: Final = (
    (r"undeclared reference to '([^']+)'", "“{0}”没有列在 needs 里，或不是已声明的算法名、函数名"),
    (r"reserved identifier: (\w+)", "“{0}”是 CEL 的保留字"),
    (r"missing '(.+?)' at", "语法错误：少了“{0}”"),
    (r"mismatched input '<EOF>' expecting ':'", "语法错误：“条件 ? 值 : 值”里少了“:”和后面的值"),
    (r"mismatched input '<EOF>'", "语法错误：没有写完"),
    (r"extraneous input '(.+?)' expecting", "语法错误：多了“{0}”"),
    (r"(?:mismatched input|no viable alternative at input) '(.+?)'", "语法错误：“{0}”不该在这里"),
    (r"Syntax error", "语法错误"),
    (r"expression of type '(.+?)' cannot be the operand of a select", "{0}没有下一级，不能用“.”"),
    (r"variable name must be a simple identifier", "第一个参数要写一个名称，如 exists(x, x == 1)"),
    (r"has\(\) argument", "has 用不上：没填的数据不会到这里"),
    (r"invalid int literal", "数字过大"),
    (r"invalid regular expression", "matches 的格式写错了，括号要配对"),
    (r"divide by zero|modulus by zero", "除数是零"),
    (r"overflow", "数字过大，超出了能计算的范围"),
    (r"Index error", "列表没有这么多项"),
    (r"Key not found", "没有这一项"),
    (r"Timestamp conversion", "timestamp 里不是日期；日期直接写，如 2023-09-30"),
    (r"Duration conversion", "duration 里不是时长"),
    (r"cannot convert string to int", "文字不是整数"),
    (r"Invalid timezone", "时区写错了；不用写时区"),
    (r"[Ii]teration budget|exceeded", "循环超过 10000 次"),
)
_NO_OVERLOAD = re.compile(r"no matching overload for '(.+?)' applied to '\((.*?)\)'")
_UNKNOWN_TOKEN = re.compile(r"token recognition error at: '(.*?)'?$")


def _typed(names: str) -> str:
    return "、".join(
        _TYPE_NAMES.get(name.strip(), "列表" if name.strip().startswith("list") else name.strip())
        for name in re.split(r",(?![^(]*\))", names)
    )


def _instead(found: str) -> str:
    first = found.strip() or found
    hint = _INSTEAD.get(first) or _INSTEAD.get(first[:1])
    return f"；{hint}" if hint else ""


def _explained(error: Exception, spelled: Spelled | None = None) -> str:
    """What CEL says, in Chinese, with the position in the expression as written."""
    text = str(error)
    at = re.search(r"ERROR: <input>:(\d+):(\d+): (.+)", text)
    told = at[3] if at else text.splitlines()[0]
    where = ""
    if at:
        line, column = int(at[1]), int(at[2])
        if spelled is not None and line == 1:
            column = spelled.written_at(column)
        where = (f"第 {line} 行" if line > 1 else "") + f"第 {column} 个字符处"
    if match := _NO_OVERLOAD.search(told):
        operator = _OPERATORS.get(match[1], match[1].strip("_"))
        return f"{where}运算“{operator}”不能用于类型 {_typed(match[2])}（只用整数，比例用交叉相乘）"
    if match := _UNKNOWN_TOKEN.search(told):
        if match[1][:1] in {'"', "'"}:
            return f"{where}语法错误：引号没有配对，或引号里的“\\”后面不能是这个字"
        return f"{where}语法错误：“{match[1].strip()}”不能用{_instead(match[1])}"
    for pattern, explanation in _EXPLANATIONS:
        if match := re.search(pattern, told):
            groups = [_TYPE_NAMES.get(group, group) for group in match.groups()]
            return where + explanation.format(*groups) + (_instead(groups[0]) if groups else "")
    return f"{where}写法不对，算不出结果"


def _refuse_endless(text: str) -> None:
    """Refuse expressions that could fill all memory or never end; real conditions stay far below these bounds.

    Raises:
        ExpressionError: the expression is beyond them.
    """
    if len(_MADE.findall(text)) > _MOST_MADE or len(_WALKED.findall(text)) > _MOST_WALKED:
        raise ExpressionError("列表的 map 最多用一次，map、filter、all、exists 合计不超过 20 次")
    if len(text) > _MOST_CHARACTERS:
        raise ExpressionError(f"不能超过 {_MOST_CHARACTERS} 个字符，现在有 {len(text)} 个")
    depth = deepest = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    if deepest > _MOST_OPEN or text.count("!!") > _MOST_OPEN:
        raise ExpressionError("括号一层套一层，太深")


@lru_cache(maxsize=16)
def _environment(variables: tuple[tuple[str, tuple[CelType, bool]], ...]) -> Any:
    return _cel().NewEnv(variables={name: _type(kind, many) for name, (kind, many) in variables})


def _compiled(text: str, variables: Variables, among: Variables) -> Any:
    """An expression compiled by CEL, of which only the variables can be seen.

    An environment takes 1.5 ms until its first expression is compiled, and 0.1 ms for each further one. So one that
    has more variables is shared, where the expression names none of these.

    Raises:
        RuntimeError: it does not compile.
    """
    shared = all(among.get(name) == kind for name, kind in variables.items())
    if shared and not (among.keys() - variables.keys()) & set(_WORD.findall(QUOTED.sub('""', text))):
        with suppress(RuntimeError), _COMPILING:
            return _environment(tuple(sorted(among.items()))).compile(text)
    with _COMPILING:
        return _environment(tuple(sorted(variables.items()))).compile(text)


class Expression:
    """A compiled CEL expression that answers yes or no.

    Args:
        text: the expression.
        variables: what it may see: each name's type, and whether it is a list.
        among: what the expressions that are compiled with it may see; they share what CEL prepares for them.

    Raises:
        ExpressionError: it does not parse, does not fit the types, is not boolean, or uses
            floating-point numbers or unchecked types.
    """

    def __init__(self, text: str, variables: Variables, among: Variables | None = None) -> None:
        try:
            self._spelled = spell(text)
        except ValueError as error:
            raise ExpressionError(f"里的{error}") from None
        self.text = text
        if not text.strip():
            raise ExpressionError("是空的")
        text = self._spelled.text
        if unsafe := _UNSAFE.search(QUOTED.sub('""', text)):
            raise ExpressionError(
                f"不能用小数和不定类型（“{unsafe[0]}”）：金额以分、比例以万分之一计为整数，比例用交叉相乘"
            )
        _refuse_endless(QUOTED.sub('""', text))
        try:
            self._compiled = _compiled(text, variables, among or {})
        except RuntimeError as error:
            raise ExpressionError(_explained(error, self._spelled)) from None
        if self._compiled.return_type() != _cel().Type.BOOL:
            found = self._compiled.return_type().name().lower()
            raise ExpressionError(f"结果应是“是或否”，现在是{_typed(found)}")

    def evaluate(self, figures: Mapping[str, Plain | list[Plain]]) -> bool:
        """The answer for given figures.

        Raises:
            ExpressionError: the expression failed, as by dividing by zero or going on for too long.
        """
        try:
            answer = self._compiled.eval(data=dict(figures)).plain_value()
        except RuntimeError as error:
            raise ExpressionError(_explained(error)) from None
        if not isinstance(answer, bool):
            raise ExpressionError(_explained(ValueError(str(answer))))
        return answer

"""Expressions of conditions: CEL, compiled against the types of the figures they may see.

CEL is asked only for whole numbers, texts, booleans, points in time and lists of them. Floating-point
numbers and unchecked types are refused when compiling, so that no verdict hangs on rounding.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Literal

Plain = bool | int | str | datetime
CelType = Literal["int", "string", "bool", "timestamp"]
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
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'')
_UNSAFE = re.compile(r"\d\.\d|(?<!\w)\.\d|\d[eE][+-]?\d|\b(?:double|dyn)\b")


# Each ``map`` inside another multiplies the length of the list that is made: three levels can fill all memory.
_MADE = re.compile(r"\.\s*map\s*\(")
_WALKED = re.compile(r"\.\s*(?:map|filter|all|exists|exists_one|existsOne)\s*\(")
_MOST_MADE = 1
_MOST_WALKED = 20
_MOST_CHARACTERS = 2_000
_MOST_OPEN = 50


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


_EXPLANATIONS = (
    (re.compile(r"undeclared reference to '(\w+)'"), "“{0}”没有列在 needs 里，或不是已声明的算法名、函数名"),
    (
        re.compile(r"no matching overload for '(.+?)' applied to '(.+?)'"),
        "运算“{0}”不能用于类型 {1}（只用整数，比例用交叉相乘）",
    ),
    (re.compile(r"Syntax error: (.+)"), "语法错误（{0}）"),
    (re.compile(r"reserved identifier: (\w+)"), "“{0}”是 CEL 的保留字"),
)


def _explained(error: Exception) -> str:
    text = str(error)
    at = re.search(r"ERROR: <input>:(\d+):(\d+): (.+)", text)
    where = f"第 {at[2]} 个字符处" if at else ""
    told = at[3] if at else text.splitlines()[0]
    for pattern, explanation in _EXPLANATIONS:
        if match := pattern.search(told):
            return where + explanation.format(*match.groups())
    return f"{where}{told}"


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


class Expression:
    """A compiled CEL expression that answers yes or no.

    Args:
        text: the expression.
        variables: what it may see: each name's type, and whether it is a list.

    Raises:
        ExpressionError: it does not parse, does not fit the types, is not boolean, or uses
            floating-point numbers or unchecked types.
    """

    def __init__(self, text: str, variables: Mapping[str, tuple[CelType, bool]]) -> None:
        if unsafe := _UNSAFE.search(_QUOTED.sub('""', text)):
            raise ExpressionError(
                f"不能用小数和不定类型（“{unsafe[0]}”）：金额以分、比例以万分之一计为整数，比例用交叉相乘"
            )
        self.text = text
        _refuse_endless(_QUOTED.sub('""', text))
        cel = _cel()
        try:
            environment = cel.NewEnv(
                variables={name: _type(kind, many) for name, (kind, many) in variables.items()}
            )
            self._compiled = environment.compile(text)
        except RuntimeError as error:
            raise ExpressionError(_explained(error)) from None
        if self._compiled.return_type() != cel.Type.BOOL:
            found = self._compiled.return_type().name().lower()
            raise ExpressionError(f"结果应是“是或否”（bool），现在是 {found}")

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
            raise ExpressionError(str(answer))
        return answer

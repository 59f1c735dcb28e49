"""``where``, ``who`` and ``when`` as the text of a cell: ``单位性质 = 企业；财政支持经费 ≥ 200万元``.

| cell | file |
|--|--|
| ``f = a``, ``f = a 或 b`` | ``f: a``, ``f: [a, b]`` |
| ``f 是 a`` | ``f: {is: a}`` |
| ``f ≠ a`` | ``f: {not: a}`` |
| ``f ≥ a``, ``f ≤ a`` | ``f: {min: a}``, ``f: {max: a}`` |
| ``f 不早于 a``, ``f 不晚于 a`` | ``f: {from: a}``, ``f: {to: a}`` |
| ``f 已填``, ``f 没填`` | ``f: {given: 是}``, ``f: {given: 否}`` |
| ``f 已填 且 是 a`` | ``f: {given: 是, is: a}`` |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

_SIGNS: Final = {"=": "", "是": "is", "≠": "not", "≥": "min", "≤": "max", "不早于": "from", "不晚于": "to"}
_TYPED: Final = {"＝": "=", ">=": "≥", "<=": "≤", "!=": "≠", "不是": "≠", "不等于": "≠"}
_SIGN_OF: Final = {operator: sign for sign, operator in _SIGNS.items()}
_SIGN: Final = r"(>=|<=|!=|[=＝≠≥≤]|(?:不早于|不晚于|不等于|不是|是)(?=\s|“))"
_FIRST = re.compile(rf"\s*(?P<name>[^=＝≠≥≤<>!；“”\s]+)\s*(?P<rest>{_SIGN}.*|已填.*|没填.*)", re.DOTALL)
_GIVEN = re.compile(r"(已填|没填)\s*")
_COMPARED = re.compile(rf"{_SIGN}\s*(?P<values>.*)", re.DOTALL)
_PLAIN = re.compile(r"[^；;“”\n=＝≠≥≤<>!\s](?:[^；;“”\n=＝≠≥≤<>!]*[^；;“”\n=＝≠≥≤<>!\s])?")
_OR, _AND, _NEXT = " 或 ", " 且 ", "；"


def _split(text: str, mark: str) -> list[str]:
    """A text at its marks, but for those inside quotation marks."""
    pieces, inside = [""], False
    at = 0
    while at < len(text):
        if text[at] in "“”":
            inside = text[at] == "“"
        if not inside and text.startswith(mark, at):
            pieces.append("")
            at += len(mark)
            continue
        pieces[-1] += text[at]
        at += 1
    return pieces


def written(criteria: Mapping[str, Any], named: Callable[[str], str]) -> str | None:
    """Criteria as a cell's text; None where they cannot be told from others in a cell.

    Args:
        criteria: as in the file, every value a text or a list of texts.
        named: the name that a field has in the cell.
    """
    clauses = []
    for name, wanted in criteria.items():
        operators = wanted if isinstance(wanted, dict) else {"": wanted}
        parts = []
        for operator, value in operators.items():
            if operator == "given":
                parts.append("已填" if str(value).lower() in {"是", "true"} else "没填")
            else:
                values = value if isinstance(value, (list, tuple)) else [value]
                parts.append(f"{_SIGN_OF[operator]} {_OR.join(_quoted(str(one)) for one in values)}")
        clauses.append(f"{named(name)} {_AND.join(parts)}")
    text = _NEXT.join(clauses)
    try:
        again = parsed(text, lambda name: name)
    except ValueError:
        return None
    return text if again == {named(name): _canonical(wanted) for name, wanted in criteria.items()} else None


def _canonical(wanted: Any) -> Any:
    """A wanted value as it comes back from a cell: a list of one is that one, yes and no are 是 and 否."""
    if isinstance(wanted, dict):
        return {
            operator: ("是" if str(value).lower() in {"是", "true"} else "否")
            if operator == "given"
            else _canonical(value)
            for operator, value in wanted.items()
        }
    if isinstance(wanted, (list, tuple)):
        return str(wanted[0]) if len(wanted) == 1 else [str(one) for one in wanted]
    return str(wanted)


def _quoted(value: str) -> str:
    words = (_OR.strip(), _AND.strip())
    plain = _PLAIN.fullmatch(value) and not any(word in value.split() for word in words)
    return value if plain else f"“{value}”"


def parsed(text: str, named: Callable[[str], str]) -> dict[str, Any]:
    """The criteria that a cell's text says.

    Args:
        text: the cell's text.
        named: the field that a name in the cell means.

    Raises:
        ValueError: a clause is not understood; the text is Chinese.
    """
    found: dict[str, Any] = {}
    for clause in _split(text.replace(";", _NEXT).replace("\n", _NEXT), _NEXT):
        if not clause.strip():
            continue
        match = _FIRST.fullmatch(clause)
        if match is None:
            raise ValueError(
                f"“{clause.strip()}”看不懂，写成“单位性质 = 企业”“财政支持经费 ≥ 200万元”“签约代理人 已填”的样子"
            )
        name = named(match["name"])
        if name in found:
            raise ValueError(f"“{match['name']}”写了两次，用“且”“或”写在一处")
        found[name] = _operators(match["rest"], clause)
    return found


def _operators(text: str, clause: str) -> Any:
    operators: dict[str, Any] = {}
    for part in _split(text, _AND):
        given = _GIVEN.fullmatch(part.strip())
        compared = _COMPARED.fullmatch(part.strip())
        if given:
            operators["given"] = "是" if given[1] == "已填" else "否"
        elif compared:
            sign = _TYPED.get(compared[1], compared[1])
            values = [_unquoted(one.strip()) for one in _split(compared["values"], _OR)]
            operators[_SIGNS[sign]] = values[0] if len(values) == 1 else values
        else:
            raise ValueError(f"“{clause.strip()}”里的“{part.strip()}”看不懂")
    if list(operators) == [""]:
        return operators[""]
    return {operator or "is": value for operator, value in operators.items()}


def _unquoted(value: str) -> str:
    return value[1:-1] if value.startswith("“") and value.endswith("”") and len(value) > 1 else value

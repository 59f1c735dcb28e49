"""Amounts, shares and dates in expressions, as people write them: ``rd >= 2000万元``, ``founded <= 2023-09-30``."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from generator.model.value_kinds import DOLLAR_UNITS, MONEY_UNITS, Date, Money, Share

QUOTED: Final = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'')
_UNITS: Final = "|".join(sorted((*MONEY_UNITS, *DOLLAR_UNITS), key=len, reverse=True))
_LITERAL = re.compile(
    rf"""{QUOTED.pattern}
    |(?P<date>(?<![\w.])(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{4}}年\d{{1,2}}月\d{{1,2}}日))
    |(?P<money>(?<![\w.])\d[\d,]*(?:\.\d+)?\s*(?:{_UNITS}))
    |(?P<share>(?<![\w.])\d+(?:\.\d+)?[%％](?!\s*[\w(]))""",
    re.VERBOSE,
)


class Spelled(Struct, frozen=True):
    """An expression with its literals as CEL has them.

    Attributes:
        text: the expression.
        shifts: for each literal its end in ``text``, and how much further on it ends there than as written.
    """

    text: str
    shifts: tuple[tuple[int, int], ...]

    def written_at(self, position: int) -> int:
        """The position in the expression as written that one in ``text`` comes from."""
        return position - next((by for end, by in reversed(self.shifts) if position >= end), 0)


def spell(text: str) -> Spelled:
    """An expression with amounts in 分, shares in 万分之一 and dates as midnight UTC.

    Args:
        text: the expression as written.

    Raises:
        ValueError: a literal is none, as a day that there is not; the text is Chinese.
    """
    pieces: list[str] = []
    shifts: list[tuple[int, int]] = []
    at = length = 0
    for match in _LITERAL.finditer(text):
        value = match[0] if match.lastgroup is None else _value(match.lastgroup, match[0])
        pieces += [text[at : match.start()], value]
        length += match.start() - at + len(value)
        at = match.end()
        if match.lastgroup is not None:
            shifts.append((length, length - at))
    return Spelled("".join([*pieces, text[at:]]), tuple(shifts))


def _value(group: str, text: str) -> str:
    try:
        if group == "date":
            return f'timestamp("{Date().read(text).isoformat()}T00:00:00Z")'
        if group == "share":
            return str(Share().read(text))
        unit = next(unit for unit in _UNITS.split("|") if text.endswith(unit))
        return str(Money(unit=unit).read(text))
    except ValueError as error:
        raise ValueError(f"“{text}”{error}") from None

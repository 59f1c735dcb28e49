"""Numbers written in Chinese characters, as forms are filled by hand: 三, 十二, 一千二百, 二〇二五."""

from __future__ import annotations

import re
from typing import Final

_DIGITS: Final = {
    **{char: at for at, char in enumerate("零一二三四五六七八九")},
    **{char: at for at, char in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    "两": 2,
    "○": 0,
    "俩": 2,
}
_TENS: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_GROUPS: Final = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_LIKE = re.compile(f"[{''.join([*_DIGITS, *_TENS, *_GROUPS])}]+")
_LONGEST: Final = 20


def number(text: str) -> int | None:
    """The whole number that Chinese numerals stand for; None where the text is no such number.

    Both ways of writing are read: by place (一千二百) and digit by digit (二〇二五). What could be meant in
    more than one way (一千二, 三万五: colloquial for 1200 and 35,000) is none of them.
    """
    if not _LIKE.fullmatch(text) or len(text) > _LONGEST:
        return None
    if all(char in _DIGITS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    total = group = 0
    digit: int | None = None
    smallest_ten = smallest_group = 10**12
    after_zero = False
    for char in text:
        if char in _DIGITS:
            if digit not in {None, 0}:
                return None
            digit = _DIGITS[char]
            after_zero = after_zero or digit == 0
            continue
        if char in _TENS:
            ten = _TENS[char]
            if ten >= smallest_ten or digit == 0:
                return None
            group += (1 if digit is None else digit) * ten
            smallest_ten = ten
        else:
            unit = _GROUPS[char]
            if unit >= smallest_group or group + (digit or 0) == 0:
                return None
            total += (group + (digit or 0)) * unit
            group, smallest_ten, smallest_group = 0, 10**12, unit
        digit, after_zero = None, False
    if digit:
        before = text[-2:-1]
        # 一百二 is 120 to the ear: only 十二, 一百零二 and 一万零二 end in plain ones.
        if not after_zero and before not in {"十", "拾"}:
            return None
    return total + group + (digit or 0)

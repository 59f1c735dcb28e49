"""Decisions drawn from bytes, so that one builder of inputs serves a fuzzer guided by coverage and hypothesis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

T = TypeVar("T")

# What real files hold, what office programs make of it, and what breaks readers.
_PIECES: Final = (
    "甲公司", "某大学", "某省", "创新联合体", "牵头单位", "企业", "是", "否", "无", "待定", "万元", "亿元", "%", "％",
    "2022年5月", "2022-05-31", "2022.5", "二〇二二", "1234.5", "１２３", "-3", "1e308", "0", "010", "NaN", "三", "十二",
    "，", "、", "；", "：", ":", " ", "　", "\t", "\n", "\r\n", "\\", "'", '"', "“", "”", "<", ">", "&", "&amp;", "#",
    "{{", "}}", "{%", "%}", "{#", "[", "]", "(", ")", "（", "）", "*", "|", "-", "- ", "? ", "! ", "!!", "@", "~", "`",
    "\u200b", "\u00a0", "\ue000", "\U0002000b", "e\u0301", "../", "C:\\", "/etc/passwd", "=1+1", "@sum", "http://", "null",
    "true", "TBD", "91410100MA3X4BCD5E",
)  # fmt: skip
# What readers refuse at once: rare, or nothing behind the refusal would be tried.
_REFUSED: Final = ("\x00", "\x07", "\x1b[2J", "\x85", "\ufeff", "\u202e", "\uffff", "\ud800")


class Choices:
    """What is decided next; a source that is used up decides for the first of everything.

    Args:
        data: the source.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def more(self) -> bool:
        """Whether the source still has something to decide."""
        return self._at < len(self._data)

    def below(self, bound: int) -> int:
        """A number from 0 on, below ``bound``."""
        value = 0
        for _ in range(1 if bound <= 256 else 2 if bound <= 65536 else 4):
            value = value << 8 | (self._data[self._at] if self.more else 0)
            self._at += 1
        return value % bound

    def pick(self, of: Sequence[T]) -> T:
        """One of several."""
        return of[self.below(len(of))]

    def once_in(self, times: int) -> bool:
        """Yes once in so many times; never where the source is used up."""
        return self.more and self.below(times) == times - 1

    def several(self, most: int, one: Callable[[], T]) -> list[T]:
        """At most so many, as long as the source lasts."""
        made = []
        for _ in range(self.below(most + 1)):
            if not self.more:
                break
            made.append(one())
        return made

    def raw(self, most: int) -> bytes:
        """Bytes as they come."""
        length = self.below(most + 1)
        piece = self._data[self._at : self._at + length]
        self._at += length
        return piece

    def text(self, most: int = 4) -> str:
        """A text of so many pieces, with a rare character now and then."""
        return "".join(self._piece() for _ in range(1 + self.below(most)))

    def _piece(self) -> str:
        if self.once_in(200):
            return self.pick(_REFUSED)
        if self.once_in(20):
            return chr(0xA0 + self.below(0xD700))
        return self.pick(_PIECES)

"""Texts folded for comparing a form's print with what a document says: width, marks, blanks and case aside."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from msgspec import Struct
from rapidfuzz import fuzz

# What office programs and people put for one another.
_SAME: Final = {
    "。": ".",
    "—": "-",
    "–": "-",
    "‐": "-",
    "‑": "-",
    "−": "-",
    "─": "-",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "﹕": ":",
    "∶": ":",
    "〔": "(",
    "〕": ")",
    "【": "(",
    "】": ")",
    "[": "(",
    "]": ")",
    "［": "(",
    "］": ")",
    "☐": "□",
    "◻": "□",
    "▢": "□",
    "☑": "☑",
    "√": "☑",
    "✓": "☑",
    "✔": "☑",
    "☒": "☑",
    "■": "☑",
    "▣": "☑",
    "•": "·",
    "･": "·",
}
TICKED: Final = "☑"
EMPTY: Final = "□"
_NOT_WORDS = re.compile(r"[^\w□☑]")
_NUMBER = r"0-9一二三四五六七八九十百"
NUMBERING: Final = re.compile(
    rf"(?:第[{_NUMBER}]{{1,4}}[条章节款项部]|\(?[{_NUMBER}]{{1,3}}[).,、:](?!\d)|\([{_NUMBER}]{{1,3}}\))+"
)


@lru_cache(maxsize=8192)
def _folded(char: str) -> str:
    char = _SAME.get(char, char)
    if char.isspace() or char in "_＿‗" or unicodedata.category(char) in {"Cf", "Cc"}:
        return ""
    wide = unicodedata.normalize("NFKC", char)
    return "".join(_SAME.get(one, one) for one in wide if not one.isspace() and one != "_").lower()


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """A text without blanks, its full-width forms and look-alike marks made one."""
    return "".join(map(_folded, text))


class Folded(Struct, frozen=True):
    """A folded text that knows where each of its characters stood.

    Attributes:
        text: the folded text.
        raw: the text as it was.
        places: for each folded character, its place in ``raw``.
    """

    text: str
    raw: str
    places: tuple[int, ...]

    def slice(self, start: int, end: int) -> str:
        """The raw text of a stretch of the folded one."""
        return self.raw[self.places[start] : self.places[end - 1] + 1] if end > start else ""

    def after(self, end: int) -> str:
        """The raw text behind a stretch."""
        return self.raw[self.places[end - 1] + 1 :] if end else self.raw


@lru_cache(maxsize=8192)
def folded(text: str) -> Folded:
    """A text folded, with the places of its characters."""
    pieces: list[str] = []
    places: list[int] = []
    for at, char in enumerate(text):
        one = _folded(char)
        pieces.append(one)
        places += [at] * len(one)
    return Folded("".join(pieces), text, tuple(places))


@lru_cache(maxsize=32768)
def bare(text: str) -> str:
    """A folded text without its number and its marks."""
    return _NOT_WORDS.sub("", NUMBERING.sub("", text, count=1) if NUMBERING.match(text) else text)


@lru_cache(maxsize=65536)
def likeness(printed: str, text: str) -> float:
    """How alike a form's folded print and a document's folded text are, from 0 to 1.

    Numbers by hand and marks count little; texts of very different length are not alike.
    """
    if printed == text:
        return 1.0
    if not printed or not text or max(len(printed), len(text)) > 3 * min(len(printed), len(text)) + 10:
        return 0.0
    one, two = bare(printed), bare(text)
    if one == two and one:
        return 0.98
    if min(len(one), len(two)) <= 2:  # noqa: PLR2004 (a word of two characters with one changed is another word)
        return 0.0
    return 0.97 * fuzz.ratio(printed, text) / 100

"""Automatic numbering of paragraphs (``w:numPr``): the labels that Word counts and never stores as text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from generator.base.ooxml.xml import (
    VAL,
    Element,
    W,
    number,
    parse_shared,
)
from generator.pdf.docx.styles import (
    ParagraphProperties,
    RunProperties,
    read_paragraph_properties,
    read_run_properties,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_DIGITS: Final = "〇一二三四五六七八九"
_UNITS: Final = ("", "十", "百", "千")
_ROMAN: Final = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_BULLETS: Final = {"\uf06c": "●", "\uf06e": "■", "\uf075": "◆", "\uf0fc": "✓", "\uf0b7": "•", "\uf0d8": "➢"}
_CIRCLED_TO_20: Final = 20
_CHINESE: Final = frozenset(
    {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographTraditional"}
)


def chinese_number(value: int) -> str:
    """A whole number from 0 to 9999 in Chinese counting numerals (一, 十二, 一百零三)."""
    if value == 0:
        return "零"
    digits = [int(char) for char in str(value)]
    if len(digits) > len(_UNITS):
        return "".join(_DIGITS[digit] for digit in digits)
    text, gap = "", False
    for index, digit in enumerate(digits):
        if digit == 0:
            gap = True
            continue
        text += ("零" if gap and text else "") + _DIGITS[digit] + _UNITS[len(digits) - index - 1]
        gap = False
    return text.removeprefix("一") if text.startswith("一十") else text


def format_number(value: int, kind: str) -> str | None:
    """A count in one of Word's number formats (ST_NumberFormat), or None for a format not on the list."""
    if kind in {"decimal", "decimalHalfWidth"}:
        return str(value)
    if kind == "decimalZero":
        return f"{value:02}"
    if kind == "numberInDash":
        return f"- {value} -"
    if kind in _CHINESE:
        return chinese_number(value)
    if kind == "decimalFullWidth":
        return str(value).translate({48 + digit: 0xFF10 + digit for digit in range(10)})
    if kind in {"decimalEnclosedCircle", "decimalEnclosedCircleChinese"}:
        return chr(0x2460 + value - 1) if 1 <= value <= _CIRCLED_TO_20 else f"({value})"
    if kind in {"lowerLetter", "upperLetter"}:
        letter = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letter if kind == "lowerLetter" else letter.upper()
    if kind in {"lowerRoman", "upperRoman"}:
        text = ""
        for size, sign in _ROMAN:
            text += sign * (value // size)
            value %= size
        return text if kind == "lowerRoman" else text.upper()
    return "" if kind == "none" else None


@dataclass(slots=True)
class Level:
    """One level of a list: its format, the label's pattern, what follows it, and its formatting."""

    kind: str = "decimal"
    text: str = "%1."
    start: int = 1
    suffix: str = "tab"
    paragraph: ParagraphProperties = field(default_factory=ParagraphProperties)
    run: RunProperties = field(default_factory=RunProperties)


@dataclass(frozen=True, slots=True)
class CountedLabel:
    """A paragraph's label: its text, what follows it (tab, space, nothing), and its run properties."""

    text: str
    suffix: str
    run: RunProperties


class UnsupportedNumberFormatError(ValueError):
    """A list uses a number format that is not on the list; the argument is its name."""


class Numbering:
    """Counts the lists of one document in the order of their paragraphs.

    Args:
        data: the numbering part, if there is one.
        theme: face names by theme name.
    """

    def __init__(self, data: bytes | None, theme: Mapping[str, str]) -> None:
        self._theme = theme
        self._levels: dict[str, dict[int, Level]] = {}
        self._lists: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = {}
        if data is None:
            return
        root = parse_shared(data)
        for element in root.iter(W + "abstractNum"):
            self._levels[element.get(W + "abstractNumId")] = {
                int(level.get(W + "ilvl", "0")): self._read_level(level) for level in element.iter(W + "lvl")
            }
        for element in root.iter(W + "num"):
            identity, abstract = element.get(W + "numId"), element.find(W + "abstractNumId").get(VAL)
            overrides = list(element.iter(W + "lvlOverride"))
            if overrides:
                levels = dict(self._levels.get(abstract, {}))
                abstract = f"{abstract}/{identity}"
                for override in overrides:
                    self._override(levels, override)
                self._levels[abstract] = levels
            self._lists[identity] = abstract

    def _override(self, levels: dict[int, Level], override: Element) -> None:
        index = int(override.get(W + "ilvl", "0"))
        own, start = override.find(W + "lvl"), override.find(W + "startOverride")
        if own is not None:
            levels[index] = self._read_level(own)
        elif start is not None and index in levels:
            old = levels[index]
            first = int(number(start.get(VAL), 1))
            levels[index] = Level(old.kind, old.text, first, old.suffix, old.paragraph, old.run)

    def _read_level(self, element: Element) -> Level:
        level = Level()
        for child in element:
            tag, value = child.tag.rpartition("}")[2], child.get(VAL, "")
            if tag == "numFmt":
                level.kind = value
            elif tag == "lvlText":
                level.text = value
            elif tag == "start":
                level.start = int(number(value, 1))
            elif tag == "suff":
                level.suffix = value
            elif tag == "pPr":
                level.paragraph = read_paragraph_properties(child)
            elif tag == "rPr":
                level.run = read_run_properties(child, self._theme)
        return level

    def level(self, numbering: tuple[str, int] | None) -> Level | None:
        """The level that a paragraph's list and level name, or None where there is none (list 0)."""
        if numbering is None:
            return None
        identity, index = numbering
        return self._levels.get(self._lists.get(identity, ""), {}).get(index)

    def next_label(self, numbering: tuple[str, int]) -> CountedLabel | None:
        """Count one paragraph and give its label.

        Args:
            numbering: the list's id and the level, from 0.

        Raises:
            UnsupportedNumberFormatError: the list's format is not on the list.
        """
        level = self.level(numbering)
        if level is None:
            return None
        if level.kind == "bullet":
            text = "".join(
                _BULLETS.get(char, "•" if "\ue000" <= char <= "\uf8ff" else char) for char in level.text
            )
            run = level.run.copy()
            run.pop("latin_face", None)
            run.pop("east_asian_face", None)
            return CountedLabel(text, level.suffix, run)
        abstract, index = self._lists[numbering[0]], numbering[1]
        levels, counts = self._levels[abstract], self._counts.setdefault(abstract, {})
        counts[index] = counts[index] + 1 if index in counts else level.start
        for deeper in [key for key in counts if key > index]:
            del counts[deeper]

        def shown(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            own = levels.get(at, level)
            text = format_number(counts.get(at, own.start), own.kind)
            if text is None:
                raise UnsupportedNumberFormatError(own.kind)
            return text

        return CountedLabel(re.sub("%([1-9])", shown, level.text), level.suffix, level.run)

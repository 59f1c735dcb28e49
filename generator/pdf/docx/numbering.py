"""Automatic numbering of paragraphs (``w:numPr``): the labels that Word counts and never stores as text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from generator.base.ooxml.xml import (
    VAL,
    Element,
    W,
    is_on,
    number,
    parse_shared,
)
from generator.pdf.docx.styles import (
    ParagraphProperties,
    RunProperties,
    list_level,
    read_paragraph_properties,
    read_run_properties,
)
from generator.pdf.docx.symbol_fonts import sign_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from generator.pdf.docx.styles import Styles

_DIGITS: Final = "〇一二三四五六七八九"
_UNITS: Final = ("", "十", "百", "千")
_ROMAN: Final = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_BULLETS: Final = {
    "\uf06c": "●",
    "\uf06e": "■",
    "\uf075": "◆",
    "\uf0fc": "✓",
    "\uf0b7": "•",
    "\uf0d8": "➢",
}  # where no face is named
_CIRCLED: Final = ((1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1))  # from, to, the first's character
_CYCLES: Final = {
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
}
_ENCLOSED: Final = {
    "decimalEnclosedParen": (0x2474, 20),
    "decimalEnclosedFullstop": (0x2488, 20),
    "ideographEnclosedCircle": (0x3280, 10),
}
_DIGITAL: Final = {
    "decimalFullWidth": str.maketrans("0123456789", "０１２３４５６７８９"),
    "decimalFullWidth2": str.maketrans("0123456789", "０１２３４５６７８９"),
    "ideographDigital": str.maketrans("0123456789", "〇一二三四五六七八九"),
    "japaneseDigitalTenThousand": str.maketrans("0123456789", "〇一二三四五六七八九"),
}
_LEGAL: Final = {
    "chineseLegalSimplified": ("零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟")),
    "ideographLegalTraditional": ("零壹貳參肆伍陸柒捌玖", ("", "拾", "佰", "仟")),
}
_CHINESE: Final = frozenset(
    {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting"}
)


def chinese_number(value: int, signs: str = _DIGITS, units: Sequence[str] = _UNITS) -> str:
    """A whole number from 0 to 9999 in Chinese counting numerals (一, 十二, 一百零三).

    Args:
        value: the number.
        signs: the ten digits.
        units: what stands behind a digit of the ones, tens, hundreds and thousands.
    """
    if value == 0:
        return "零"
    digits = [int(char) for char in str(value)]
    if len(digits) > len(units):
        return "".join(signs[digit] for digit in digits)
    text, gap = "", False
    for index, digit in enumerate(digits):
        if digit == 0:
            gap = True
            continue
        text += ("零" if gap and text else "") + signs[digit] + units[len(digits) - index - 1]
        gap = False
    return text.removeprefix("一") if text.startswith("一十") else text


def format_number(value: int, kind: str) -> str | None:
    """A count in one of Word's number formats (ST_NumberFormat), or None for a format not on the list."""
    if kind in {"decimal", "decimalHalfWidth"}:
        return str(value)
    if kind == "decimalZero":
        return f"{value:02}"
    if kind in _CYCLES:
        return _CYCLES[kind][(value - 1) % len(_CYCLES[kind])]
    if kind in _ENCLOSED:
        first, most = _ENCLOSED[kind]
        return chr(first + value - 1) if 1 <= value <= most else f"({value})"
    if kind in _DIGITAL:
        return str(value).translate(_DIGITAL[kind])
    if kind in _LEGAL:
        return chinese_number(value, *_LEGAL[kind])
    if kind == "numberInDash":
        return f"- {value} -"
    if kind in _CHINESE:
        return chinese_number(value)
    if kind in {"decimalEnclosedCircle", "decimalEnclosedCircleChinese"}:
        return next(
            (chr(first + value - at) for at, most, first in _CIRCLED if at <= value <= most), f"({value})"
        )
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


class Level(Struct, frozen=True):
    """One level of a list.

    Attributes:
        kind: Word's name of its number format; ``bullet`` for a bullet.
        text: the label's pattern, ``%1`` for the first level's number.
        start: its first number.
        suffix: what follows the label: ``tab``, ``space`` or ``nothing``.
        restart: the number of the level, 1 for the first, whose paragraphs and those of the levels above it let this
            level begin anew; 0 for none of them, None for every level above this one.
        all_arabic: whether all levels' numbers are Arabic in its label (``w:isLgl``).
        style: the paragraph style that stands for it.
        paragraph: what it sets of the paragraph.
        run: what it sets of the label.
    """

    kind: str = "decimal"
    text: str = "%1."
    start: int = 1
    suffix: str = "tab"
    restart: int | None = None
    all_arabic: bool = False
    style: str | None = None
    paragraph: ParagraphProperties = field(default_factory=ParagraphProperties)
    run: RunProperties = field(default_factory=RunProperties)


class ListUse(Struct, frozen=True):
    """A list as paragraphs name it (``w:num``).

    Attributes:
        counter: what it counts with: lists of one definition count on in each other's paragraphs.
        levels: its levels, what it overrides taken into account.
        starts: the numbers with which its levels begin when the list is met for the first time.
    """

    counter: str
    levels: Mapping[int, Level]
    starts: Mapping[int, int]


class CountedLabel(Struct, frozen=True):
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
        styles: the document's styles, which may name a list's definition.

    Attributes:
        story: what is being read; the body, the headers and footers together, and the footnotes count apart.
    """

    def __init__(self, data: bytes | None, styles: Styles) -> None:
        self._theme = styles.theme
        self._lists: dict[str, ListUse] = {}
        self._counts: dict[tuple[str, str], dict[int, int]] = {}
        self._begun: set[tuple[str, str]] = set()  # the lists whose own first numbers have been used
        self.story = "body"
        if data is not None:
            self._read(parse_shared(data), styles)

    def _read(self, root: Element, styles: Styles) -> None:
        definitions = {item.get(W + "abstractNumId"): item for item in root.iter(W + "abstractNum")}
        named: dict[str, str] = {
            item.get(W + "numId"): link.get(VAL, "")
            for item in root.iter(W + "num")
            if (link := item.find(W + "abstractNumId")) is not None
        }
        known: dict[str, dict[int, Level]] = {}
        for element in root.iter(W + "num"):
            definition = named.get(element.get(W + "numId"), "")
            seen: set[str] = set()
            while definition in definitions and definition not in seen:
                # A definition may only name a list style (w:numStyleLink); that style names the list with the levels.
                seen.add(definition)
                link = definitions[definition].find(W + "numStyleLink")
                if link is None:
                    break
                target = list_level(styles.resolve(link.get(VAL))[0])
                definition = named.get(target[0], "") if target else ""
            if definition not in definitions:
                continue
            if definition not in known:
                known[definition] = {
                    int(number(item.get(W + "ilvl"))): self._read_level(item)
                    for item in definitions[definition].findall(W + "lvl")
                }
            self._lists[element.get(W + "numId")] = self._use(element, definition, known[definition])

    def _use(self, element: Element, definition: str, levels: Mapping[int, Level]) -> ListUse:
        own = dict(levels)
        starts = {}
        for override in element.iter(W + "lvlOverride"):
            index = int(number(override.get(W + "ilvl")))
            level, start = override.find(W + "lvl"), override.find(W + "startOverride")
            if level is not None:
                own[index] = self._read_level(level)
            if start is not None:
                starts[index] = int(number(start.get(VAL), 1))
                own[index] = replace(own.get(index, Level()), start=starts[index])
        return ListUse(definition, own, starts)

    def _read_level(self, element: Element) -> Level:
        found: dict[str, Any] = {}
        for child in element:
            tag, value = child.tag.rpartition("}")[2], child.get(VAL, "")
            if tag == "numFmt":
                found["kind"] = value
            elif tag == "lvlText":
                found["text"] = value
            elif tag == "start":
                found["start"] = int(number(value, 1))
            elif tag == "suff":
                found["suffix"] = value
            elif tag == "lvlRestart":
                found["restart"] = int(number(value))
            elif tag == "isLgl":
                found["all_arabic"] = is_on(child)
            elif tag == "pStyle":
                found["style"] = value
            elif tag == "pPr":
                found["paragraph"] = read_paragraph_properties(child)
            elif tag == "rPr":
                found["run"] = read_run_properties(child, self._theme)
        return Level(**found)

    def level(self, numbering: tuple[str, int] | None) -> Level | None:
        """The level that a paragraph's list and level name, or None where there is none (list 0)."""
        if numbering is None:
            return None
        identity, index = numbering
        found = self._lists.get(identity)
        return found.levels.get(index) if found is not None else None

    def level_of_style(self, identity: str, styles: Iterable[str]) -> int | None:
        """The level of a list that stands for one of some styles, of which the first counts; None for none."""
        found = self._lists.get(identity)
        levels = found.levels if found is not None else {}
        by_style = {level.style: index for index, level in levels.items() if level.style}
        return next((by_style[style] for style in styles if style in by_style), None)

    def next_label(self, numbering: tuple[str, int]) -> CountedLabel | None:
        """Count one paragraph and give its label.

        Args:
            numbering: the list's id and the level, from 0.

        Raises:
            UnsupportedNumberFormatError: the list's format, or its bullet's sign, is not on the list.
        """
        level = self.level(numbering)
        if level is None:
            return None
        if level.kind == "bullet":
            return _bullet(level)
        identity, index = numbering
        levels = self._lists[identity].levels
        counts = self._count(identity, index)

        def shown(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            own = levels.get(at, level)
            kind = "decimal" if level.all_arabic and own.kind != "none" else own.kind
            text = format_number(counts.get(at, own.start), kind)
            if text is None:
                raise UnsupportedNumberFormatError(own.kind)
            return text

        return CountedLabel(re.sub("%([1-9])", shown, level.text), level.suffix, level.run)

    def _count(self, identity: str, index: int) -> Mapping[int, int]:
        """Count a paragraph of a list at a level; gives the numbers of all levels."""
        used = self._lists[identity]
        counts = self._counts.setdefault((self.story, used.counter), {})
        if (self.story, identity) not in self._begun:
            self._begun.add((self.story, identity))
            for at in used.starts:
                counts.pop(at, None)
        if index not in counts:
            # A level used before any paragraph of the levels above it: those count as used once.
            for above in range(index - 1, -1, -1):
                if above in counts or above not in used.levels:
                    break
                counts[above] = used.levels[above].start
        start = used.levels[index].start
        counts[index] = counts[index] + 1 if index in counts else start
        for deeper in [at for at in counts if at > index]:
            restart = used.levels[deeper].restart if deeper in used.levels else None
            if restart is None or index < restart:
                del counts[deeper]
        return counts


def _bullet(level: Level) -> CountedLabel:
    run = level.run.copy()
    face = run.pop("latin_face", None)
    face = run.pop("symbol_face", None) or face
    run.pop("east_asian_face", None)
    signs = []
    for char in level.text:
        sign = sign_of(face, char) or _BULLETS.get(char)
        if sign is None:
            raise UnsupportedNumberFormatError(f"{face or ''} U+{ord(char):04X}".strip())
        signs.append(sign)
    return CountedLabel("".join(signs), level.suffix, run)

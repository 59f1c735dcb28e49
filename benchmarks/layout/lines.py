"""The lines of a PDF as a reader sees them, and how far two PDFs break them alike."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

import pypdfium2
import pypdfium2.raw as pdfium

_PAGE_NUMBER: Final = re.compile(r"[—–\-－]?\d+[—–\-－]?|第\d+页(共\d+页)?")
_LEADERS: Final = re.compile(r"[.．·…]{3,}\d*$")
_SAME_LINE: Final = 0.45  # of the size: two baselines nearer than this are one line
_CELL: Final = 2.5  # sizes: a gap wider than this parts two cells on the same baseline
PUNCTUATION: Final = "，。、；：？！（）《》“”‘’〔〕【】…—·"


def lines_of(pdf: bytes) -> list[list[str]]:
    """The lines of each page in the order in which they are drawn, without white space, leaders, page numbers."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [_page_lines(page) for page in document]


def _page_lines(page: pypdfium2.PdfPage) -> list[str]:
    text = page.get_textpage()
    lines: list[str] = []
    current, last_x, last_y = "", 0.0, 0.0
    for index in range(text.count_chars()):
        char = chr(pdfium.FPDFText_GetUnicode(text, index))
        if char.isspace() or char in "\x00\ufffe":
            continue
        x, y = pdfium.c_double(), pdfium.c_double()
        pdfium.FPDFText_GetCharOrigin(text, index, x, y)
        size = max(pdfium.FPDFText_GetFontSize(text, index), 1.0)
        moved = abs(y.value - last_y) > _SAME_LINE * size
        apart = x.value < last_x - 0.5 * size or x.value > last_x + _CELL * size
        if current and (moved or apart):
            lines.append(current)
            current = ""
        current += char
        last_x, last_y = x.value, y.value
    lines.append(current)
    shown = [_LEADERS.sub("", line) for line in lines]
    return [line for line in shown if line and not _PAGE_NUMBER.fullmatch(line)]


@dataclass(frozen=True)
class Compared:
    """Two lists of lines side by side.

    Attributes:
        total: body lines of the second.
        same: of these, those that the first breaks alike.
        differences: pieces that are broken otherwise: the first's lines, the second's, and why.
    """

    total: int
    same: int
    differences: tuple[tuple[list[str], list[str], str], ...]


def compare(mine: list[list[str]], other: list[list[str]]) -> Compared:
    """Which lines of the other break alike in mine.

    A mark at a line's end does not count: LibreOffice 7.4 hangs it into the margin and does not draw it.
    """
    here = [line for page in mine for line in page]
    there = [line for page in other for line in page]
    bare = [[line.rstrip(PUNCTUATION) or line for line in lines] for lines in (here, there)]
    same, differences, moved = 0, [], Counter[str]()
    steps = SequenceMatcher(None, bare[0], bare[1], autojunk=False).get_opcodes()
    for kind, a, b, _, _ in steps:
        if kind != "equal":
            moved.update(bare[0][a:b])
    for kind, a, b, c, d in steps:
        if kind == "equal":
            same += d - c
            continue
        # The same line drawn at another moment, as the repeated heads of tables, is the same line.
        left = []
        for at in range(c, d):
            if moved[bare[1][at]] > 0:
                moved[bare[1][at]] -= 1
                same += 1
            else:
                left.append(there[at])
        if left:
            differences.append((here[a:b], there[c:d], _why(here[a:b], there[c:d])))
    return Compared(len(there), same, tuple(differences))


def _why(mine: list[str], other: list[str]) -> str:
    if not mine or not other:
        return "表头重复或分页不同"
    if "".join(mine) != "".join(other):
        return "文字次序不同（表格重复的表头、目录页码）"
    first = next(((a, b) for a, b in zip(mine, other, strict=False) if a != b), (mine[0], other[0]))
    if any(line[-1] in PUNCTUATION for line in first):
        return "行末标点：内置引擎让它只占半个字，LibreOffice 只在两端对齐的正文里让它悬出"
    if any(char.isascii() for line in first for char in line):
        return "汉字与西文、数字之间的空隙：内置引擎四分之一字，LibreOffice 略窄"
    if any(char in PUNCTUATION for line in first for char in line):
        return "行首标点：内置引擎让它只占半个字"
    return "其他"

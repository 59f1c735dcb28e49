"""A clerk who fills a department's blank form in Word: types into empty cells, writes below headings, adds rows."""

from __future__ import annotations

import copy
import difflib
import random
import re
from typing import Any

from generator.base.ooxml.xml import W
from generator.returns.forms.folding import fold
from tests.returns.word_body import body_of, cells, paragraphs, rewritten, rows, set_cell, set_text, text_of

_DRAWN = re.compile(r"[\s_＿*年月日　]*")
_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_NUMBER = re.compile(r"(\d+)\.00")


def filled_by_hand(blank: bytes, filled: bytes, seed: int) -> bytes:
    """A blank form with the values of a filled one, as a clerk would type them.

    Args:
        blank: the blank form.
        filled: the same form filled by the program: where the values are taken from.
        seed: decides the clerk's habits.
    """
    habits = _Habits(random.Random(seed))
    source = body_of(filled)
    return rewritten(blank, lambda body: _fill(body, source, habits))


class _Habits:
    """How one clerk types."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.date = rng.choice(["{}年{}月{}日", "{}.{}.{}", "{}-{}-{}", "{} 年 {} 月 {} 日", "{}/{}/{}"])
        self.short = rng.random() < 0.5
        self.keeps_hints = rng.random() < 0.6
        self.pads = rng.random() < 0.3

    def typed(self, text: str) -> str:
        """A value as this clerk types it."""
        if match := _DATE.fullmatch(text.strip()):
            return self.date.format(*match.groups())
        if self.short and _NUMBER.fullmatch(text.strip()):
            return text.strip()[:-3]
        return f" {text} " if self.pads else text


def _key(element: Any) -> str:
    if element.tag == W + "tbl":
        first = next((fold(text_of(row)) for row in rows(element) if fold(text_of(row))), "")
        return f"table:{first[:7]}"
    return fold(text_of(element))


def _fill(body: Any, source: Any, habits: _Habits) -> None:
    mine = [one for one in body if one.tag in {W + "p", W + "tbl"}]
    theirs = [one for one in source if one.tag in {W + "p", W + "tbl"}]
    matcher = difflib.SequenceMatcher(None, list(map(_key, mine)), list(map(_key, theirs)), autojunk=False)
    for operation, a, b, c, d in matcher.get_opcodes():
        if operation == "equal":
            for one, other in zip(mine[a:b], theirs[c:d], strict=True):
                if one.tag == W + "tbl":
                    _fill_table(one, other, habits)
            continue
        _replace(body, mine[a:b], theirs[c:d], mine[b] if b < len(mine) else None, habits)


def _replace(body: Any, mine: list[Any], theirs: list[Any], following: Any, habits: _Habits) -> None:
    """Blocks that differ: drawn blanks are filled, hints stay or go, texts are written below."""
    left = [one for one in theirs if fold(text_of(one))]
    for one in mine:
        if one.tag == W + "tbl" or one.find(f".//{W}sectPr") is not None:
            continue
        said = fold(text_of(one))
        near = next((x for x in left if x.tag == W + "p" and _same_line(said, fold(text_of(x)))), None)
        if near is not None:
            set_text(one, text_of(near))
            for skipped in left[: left.index(near)]:
                one.addprevious(_written(skipped, habits))
            left = left[left.index(near) + 1 :]
        elif said and not habits.keeps_hints:
            body.remove(one)
    for one in left:
        new = _written(one, habits)
        if following is not None:
            following.addprevious(new)
        else:
            body.insert(len(body) - 1, new)


def _same_line(blank: str, filled: str) -> bool:
    label = re.split(r"[:：_*]", blank)[0]
    return len(label) > 1 and filled.startswith(label) and len(blank) < len(filled) + 12


def _written(block: Any, habits: _Habits) -> Any:
    new = copy.deepcopy(block)
    for mark in [*new.iter(W + "bookmarkStart"), *new.iter(W + "bookmarkEnd")]:
        mark.getparent().remove(mark)
    for section in [*new.iter(W + "sectPr")]:
        section.getparent().remove(section)
    if new.tag == W + "p":
        set_text(new, text_of(block))
    return new


def _fill_table(table: Any, source: Any, habits: _Habits) -> None:
    mine, theirs = rows(table), rows(source)
    labels = [_labels(row) for row in mine]
    matcher = difflib.SequenceMatcher(
        None, [f"{one}#{len(cells(row))}" for one, row in zip(labels, mine, strict=True)],
        [f"{_common(row, labels)}#{len(cells(row))}" for row in theirs], autojunk=False,
    )  # fmt: skip
    for operation, a, b, c, d in matcher.get_opcodes():
        if operation == "delete":
            continue
        spare = mine[a:b]
        for number, row in enumerate(theirs[c:d]):
            if number < len(spare) and len(cells(spare[number])) == len(cells(row)):
                _fill_row(spare[number], row, habits)
            else:
                after = mine[b - 1] if b else mine[0]
                last = spare[-1] if spare else after
                new = copy.deepcopy(row)
                last.addnext(new)
                spare = [*spare[:number], new] if number >= len(spare) else spare


def _labels(row: Any) -> str:
    return "|".join(
        text for cell in cells(row) if (text := fold(text_of(cell))) and not _DRAWN.fullmatch(text_of(cell))
    )


def _common(row: Any, labels: list[str]) -> str:
    """Which of the blank's rows a filled row is: the one all of whose labels stand in it."""
    texts = [fold(text_of(cell)) for cell in cells(row)]
    for label in sorted(labels, key=len, reverse=True):
        parts = label.split("|")
        if label and all(any(text.startswith(part) for text in texts) for part in parts):
            return label
    return ""


def _fill_row(row: Any, source: Any, habits: _Habits) -> None:
    for cell, other in zip(cells(row), cells(source), strict=True):
        mine, theirs = text_of(cell), text_of(other)
        if fold(mine) == fold(theirs) or not fold(theirs):
            continue
        texts = [text_of(one) for one in paragraphs(other) if fold(text_of(one))]
        if _DRAWN.fullmatch(mine):
            set_cell(cell, [habits.typed(text) for text in texts])
        elif fold(theirs).startswith(fold(mine)) and len(paragraphs(cell)) == 1 and len(texts) > 1:
            # A heading in the cell: the clerk writes below it.
            for text in texts[1:]:
                new = copy.deepcopy(paragraphs(cell)[0])
                set_text(new, text)
                cell.append(new)
        else:
            set_cell(cell, texts)

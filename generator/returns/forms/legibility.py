"""What of a template cannot be told apart again once it is filled: for the template's author, before it is handed out."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from generator.returns.forms.folding import bare, fold
from generator.returns.forms.line_match import is_open, sequences
from generator.returns.forms.pattern import (
    Alternatives,
    CellPattern,
    Joined,
    Line,
    Literal,
    Loop,
    Passage,
    RowPattern,
    Token,
    Value,
    is_print,
    lines_of,
    print_of,
    shown,
)
from generator.returns.forms.reading import FormReader

Titles = Callable[[str], str]


def illegible(reader: FormReader, title: Titles) -> Iterator[tuple[str, str]]:
    """What cannot be read back for sure, each with what to do: two Chinese clauses.

    Args:
        reader: the template's reader.
        title: a field's name in Chinese by its path without indexes.
    """

    def named(path: Any) -> str:
        return title(shown(path))

    found: dict[str, str] = {}
    items = reader.pattern.items
    for group in dict.fromkeys(reader.beside.values()):
        for one, two in itertools.pairwise(group):
            what = f"{named(one.value.path)}和{named(two.value.path)}之间没有印的字，填好后分不开"
            found[what] = "表样容许的话，在两项之间印一个小标题"
    nameless = reader.automaton.nameless()
    for item in lines_of(items):
        if isinstance(item, Passage):
            values = [item.value]
        else:
            values = [token for token in item.tokens if isinstance(token, Value)]
            found.update(_side_by_side(item, named))
            in_list = [value for value in values if any(not isinstance(step, str) for step in value.path)]
            if in_list and item.id in nameless and len(bare(print_of(item))) < 4:  # noqa: PLR2004 (what anchors a line)
                found[
                    f"列表的各项只靠{'、'.join(named(one.path) for one in in_list)}分开，名称对不上就分不开"
                ] = "在每一项前面印编号或小标题"
        for value in values:
            if value.others:
                both = "、".join(sorted(named(path) for path in (value.path, *value.others)))
                found[f"同一处可能印{both}中的一项，填好后不知道是哪一项"] = "分两处印，或印上各自的标题"
            if value.part is not None:
                found[f"只印{named(value.path)}的一部分，读不回全部"] = "另有一处印全的就不用改"
    found.update(dict.fromkeys(reader.pattern.unreadable, "填好后这一处不读，需要时改成普通的标签"))
    found.update(_alike(items))
    yield from found.items()


def _side_by_side(line: Line, named: Callable[[Any], str]) -> Iterator[tuple[str, str]]:
    """Values of any text on one line with no word between them."""
    for tokens, _ in sequences(line.tokens):
        before: Value | Joined | None = None
        marks = ""
        for token in tokens:
            if isinstance(token, Literal):
                marks += fold(token.text)
                if bare(fold(token.text)):
                    before, marks = None, ""
                continue
            if not _is_text(token):
                before, marks = None, ""
                continue
            if before is not None and isinstance(token, (Value, Joined)):
                between = f"只隔一个“{marks}”" if marks else "没有印的字"
                yield (
                    f"{named(_path(before))}和{named(_path(token))}之间{between}，内容里也有时分不开",
                    "在两项之间印几个字",
                )
            before, marks = (token if isinstance(token, (Value, Joined)) else None), ""


def _is_text(token: Token) -> bool:
    # Where provinces are known they have a shape; which ones they are does not matter here.
    return is_open(token, ("省",))


def _path(token: Value | Joined) -> Any:
    return token.path if isinstance(token, Value) else (*token.list, token.name)


def _alike(items: Any) -> Iterator[tuple[str, str]]:
    """Optional blocks one after another that begin alike."""
    for one, two in itertools.pairwise(_optional(items)):
        first = _heading(one)
        if len(bare(first)) > 1 and first == _heading(two):
            yield f"两段可有可无的内容开头都是“{first[:20]}”，只有一段时不知道是哪一段", "让两段的标题不同"


def _optional(items: Any) -> Iterator[Alternatives]:
    for item in items:
        if isinstance(item, Alternatives):
            if item.open and not item.edition:
                yield item
            for branch in item.branches:
                yield from _optional(branch.items)
        elif isinstance(item, (Loop, CellPattern)):
            yield from _optional(item.items)
        elif isinstance(item, RowPattern):
            yield from _optional(item.cells)


def _heading(block: Alternatives) -> str:
    first = next((item for branch in block.branches for item in lines_of(branch.items)), None)
    return print_of(first) if isinstance(first, Line) and is_print(first) else ""

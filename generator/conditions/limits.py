"""Limits of length: how many 字 a text has, by both ways of counting."""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from generator.base.text import count_characters, count_words
from generator.conditions.messages import called, lacking, unknown_message
from generator.conditions.rules import LIMIT, counted_paths
from generator.conditions.selection import Missing, View, is_none
from generator.model.dataset import Dataset
from generator.model.findings import Finding
from generator.model.paths import Found, title_of
from generator.model.programme import Limit, Programme, Verdict

Fit = Literal["pass", "warn", "fail"]


def fit(characters: int, words: int, most: int | None, least: int | None) -> Fit:
    """Whether a text keeps a limit: ``pass`` by both counts, ``warn`` by one, ``fail`` by neither.

    Args:
        characters: characters without white space.
        words: Word's 字数; never more than ``characters``.
        most: the largest number allowed, itself included (以内).
        least: the smallest number asked for, itself included (以上).
    """

    def keeps(number: int) -> bool:
        return (most is None or number <= most) and (least is None or number >= least)

    if keeps(characters) and keeps(words):
        return "pass"
    return "warn" if keeps(characters) or keeps(words) else "fail"


def _title(limit: Limit, programme: Programme) -> str:
    """The limited text in Chinese; several that share a cell are all named."""
    first, *more = (title_of(programme.model, path, programme.titles) for path in counted_paths(limit))
    return "和".join([first, *(title.rpartition("的")[2] for title in more)])


def _texts(limit: Limit, view: View) -> tuple[list[Found], list[Missing]]:
    """Each text that is limited, with those beside it, under the first path that has a text."""
    cells: dict[str, list[Found]] = {}
    missing: list[Missing] = []
    for path in counted_paths(limit):
        found, lacking = view.places(path)
        missing += lacking
        for place in found:
            cells.setdefault(place.path.rpartition(".")[0], []).append(place)
    joined = [
        replace(cell[0], value="\n".join(place.value for place in cell if not is_none(place.value)))
        for cell in cells.values()
    ]
    return joined, missing


def judge_limit(limit: Limit, view: View, dataset: Dataset, programme: Programme) -> Finding:
    """The finding of one limit; over a list, of its worst item.

    A largest number asks nothing of list items that have no text; everything else that is absent makes
    the verdict ``unknown``.
    """
    title = f"{_title(limit, programme)}的字数"
    bounds = "、".join(
        text
        for text in (
            f"不超过 {limit.max} 字" if limit.max is not None else "",
            f"不少于 {limit.min} 字" if limit.min is not None else "",
        )
        if text
    )
    finding = Finding(
        programme=programme.code,
        rule=LIMIT + limit.path,
        level=limit.level,
        verdict="unknown",
        title=f"{title}{bounds}",
        clause=limit.clause,
        quote=limit.quote,
        message="",
    )
    found, missing = _texts(limit, view)
    if "[]" in limit.path and limit.min is None and found:
        missing = [item for item in missing if item.reason != "absent"]
    if missing or not found:
        missing = missing or [view.lacking(limit.path.partition("[]")[0])]
        because = lacking(missing, view.consortium, programme)
        return replace(
            finding,
            message=unknown_message(finding.title, because, missing),
            because=because,
            path=missing[0].path,
            missing=tuple(dict.fromkeys(item.path for item in missing)),
            place=dataset.place(missing[0].path),
        )
    order: list[Fit] = ["fail", "warn", "pass"]
    judged = []
    for place in found:
        characters, words = count_characters(place.value), count_words(place.value)
        judged.append((fit(characters, words, limit.max, limit.min), place.path, characters, words))
    worst = min(
        judged, key=lambda each: (order.index(each[0]), -each[2] if limit.max is not None else each[2])
    )
    verdict: Verdict = worst[0] if worst[0] != "fail" or limit.level == "must" else "warn"
    at_fault = [each for each in judged if each[0] != "pass"]
    return replace(
        finding,
        verdict=verdict,
        message=_message(worst, len(at_fault), bounds, limit, _called(limit, view, programme, worst[1])),
        path=worst[1],
        place=dataset.place(worst[1]),
        figures={"字数（不计空格）": f"{worst[2]} 字", "Word 字数统计": f"{worst[3]} 字"},
    )


def _called(limit: Limit, view: View, programme: Programme, path: str) -> str:
    name = called(view.consortium, programme, path)
    if not limit.together:
        return name
    own = path.rpartition(".")[2]
    others = [each for each in counted_paths(limit) if each.rpartition(".")[2] != own]
    titles = [title_of(programme.model, each, programme.titles).rpartition("的")[2] for each in others]
    return "和".join([name, *titles]) + "合计"


def _message(worst: tuple[Fit, str, int, int], at_fault: int, bounds: str, limit: Limit, name: str) -> str:
    verdict, _, characters, words = worst
    counted = f"{name}不计空格 {characters} 字，按 Word 的“字数”统计 {words} 字"
    if verdict == "pass":
        return f"{counted}，符合{bounds}的要求。"
    more = f"（同样的问题共 {at_fault} 处）" if at_fault > 1 else ""
    over = limit.max is not None and characters > limit.max
    if over and limit.max is not None:
        todo = f"请删减 {characters - limit.max} 字以上。"
    else:
        todo = f"请增补 {(limit.min or 0) - words} 字以上。"
    if verdict == "fail":
        return f"{counted}，要求{bounds}，两种算法都不符合{more}。{todo}"
    return f"{counted}，要求{bounds}，条款没有写明怎样计字，只有一种算法符合{more}。为稳妥起见，{todo}"

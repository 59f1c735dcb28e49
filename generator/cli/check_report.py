"""Findings as text for a person: one programme in full, several side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from generator.cli.output import console, say
from generator.errors import Problem
from generator.model.findings import VERDICT_TEXTS, Absent, Finding, LostFile, count_verdicts
from generator.model.judgement import Judgement
from generator.model.notices import notice_texts

if TYPE_CHECKING:
    from generator.workflows.check import Checked

_MOST_TITLES: Final = 12
# Columns that a table of several schemes wants for the conditions' titles, and for each scheme.
_TITLE_COLUMNS: Final = 20
_SCHEME_COLUMNS: Final = 16
_INDEX: Final = re.compile(r"\[\d+\]")
_SIGNS: Final = {
    "fail": ("✗", "red"),
    "unknown": ("?", "yellow"),
    "warn": ("!", "yellow"),
    "judge": ("·", "cyan"),
    "pass": ("✓", "green"),
}
MARKS: Final = {
    verdict: (f"{sign} {VERDICT_TEXTS[verdict]}", colour) for verdict, (sign, colour) in _SIGNS.items()
}


def _print_problems(found: Sequence[Problem]) -> None:
    if not found:
        return
    say(f"数据有 {len(found)} 处错误，改正前按未填处理：", bold=True, colour="red")
    for problem in found:
        say(f"  · {problem}")
    say("")


def _print_notices(results: Sequence[Judgement]) -> None:
    """What a person should know of how the data were read, each once."""
    said = notice_texts(notice for result in results for notice in result.dataset.notices)
    for clause in said:
        say(f"  · {clause}。")
    if said:
        say("")


def print_one(result: Judgement, *, full: bool = False) -> None:
    """One programme: what stands in the way first, each with clause, place and what to do.

    Causes go before what follows from them: conditions that wait for the same values are told together,
    those that wait for wrong values under these. What is met is counted, what is left to a person named.

    Args:
        result: what the programme says.
        full: whether to list every finding in full.
    """
    say(f"{result.programme.title}　{result.dataset.consortium.name or ''}", bold=True)
    _print_problems(result.dataset.problems)
    if result.waiting and not full:
        say(f"  改正后才能判断的条件（{len(result.waiting)}）：{_titles(result.waiting)}\n")
    _print_notices([result])
    for verdict in VERDICT_TEXTS:
        chosen = [finding for finding in result.findings if finding.verdict == verdict]
        if full:
            _print_all(verdict, chosen)
        elif verdict == "unknown":
            _print_causes(result)
        elif verdict == "judge":
            _print_judged(chosen)
        elif verdict != "pass":
            _print_all(verdict, chosen)
    _print_absent(result.absent if full else result.only_absent)
    _print_lost(result.lost)
    counts = count_verdicts(result.findings)
    summary = "，".join(f"{VERDICT_TEXTS[verdict]} {counts[verdict]}" for verdict in VERDICT_TEXTS)
    say(f"\n{summary}；文件待填 {len(result.absent)} 项。{result.conclusion}。")


def _print_all(verdict: str, chosen: Sequence[Finding]) -> None:
    """Findings of one verdict."""
    if not chosen:
        return
    mark, colour = MARKS[verdict]
    say(f"\n{mark}（{len(chosen)}）", bold=True, colour=colour)
    for finding in chosen:
        accepted = "（已接受）" if finding.accepted else ""
        say(f"  {finding.clause}　{finding.title}{accepted}")
        if verdict == "pass":
            continue
        if finding.judged and verdict in {"judge", "warn"}:
            say(f"      {finding.judged}")
            continue
        say(f"      {finding.message}")
        if finding.accepted:
            say(f"      接受的理由：{finding.accepted}")
        if finding.place is not None and verdict != "judge":
            say(f"      位置：{finding.place}")


def _print_causes(result: Judgement) -> None:
    """What conditions wait for, each once, with the conditions."""
    if not result.causes:
        return
    mark, colour = MARKS["unknown"]
    say(f"\n{mark}（{sum(map(len, result.causes))}）", bold=True, colour=colour)
    for group in result.causes:
        first = group[0]
        if len(group) == 1:
            say(f"  {first.clause}　{first.title}")
            say(f"      {first.message}")
        else:
            say(f"  {first.because}")
            say(f"      因此无法判断的条件（{len(group)}）：{_titles(group)}")
        if first.place is not None:
            say(f"      位置：{first.place}")


def _print_judged(chosen: Sequence[Finding]) -> None:
    """What is left to a person: only the names, and how many a person has looked at."""
    if not chosen:
        return
    open_ = [finding for finding in chosen if not finding.judged]
    mark, colour = MARKS["judge"]
    seen = f"，其中 {len(chosen) - len(open_)} 条已有人看过" if len(open_) < len(chosen) else ""
    say(f"\n{mark}（{len(chosen)}{seen}）", bold=True, colour=colour)
    if open_:
        say(f"  还要看的：{_titles(open_)}")
        say("  逐条看什么，加 --full 列出；看过的记在数据的“人工判断”里")


def _titles(findings: Sequence[Finding]) -> str:
    shown = "；".join(finding.title for finding in findings[:_MOST_TITLES])
    return shown + (f"；等 {len(findings)} 条" if len(findings) > _MOST_TITLES else "")


def _print_absent(absent: Sequence[Absent]) -> None:
    if not absent:
        return
    say(f"\n文件要印而没有填的（{len(absent)}）", bold=True, colour="yellow")
    # One column that was left empty is one thing to mend, not one for each row.
    alike: dict[str, list[Absent]] = {}
    for one in absent:
        alike.setdefault(_INDEX.sub("[]", one.path), []).append(one)
    for first, *others in alike.values():
        say(f"  · {first}")
        if others:
            say(f"      其他各行同一项没有填写的还有 {len(others)} 处：{_places(others)}")


def _places(absent: Sequence[Absent]) -> str:
    shown = [
        one.place.cell or (f"第 {one.place.line} 行" if one.place.line else str(one.place)) for one in absent
    ]
    shown = list(dict.fromkeys(shown))
    return "、".join(shown[:_MOST_TITLES]) + ("等" if len(shown) > _MOST_TITLES else "")


def _print_lost(lost: Sequence[LostFile]) -> None:
    if lost:
        say(f"\n写了却找不到的附件（{len(lost)}）", bold=True, colour="yellow")
        for one in lost:
            say(f"  · {one}")


def print_comparison(checked: Checked) -> None:
    """Several programmes in one table: schemes across, conditions down; then what each still lacks.

    Conditions that every programme finds met, or leaves to a person, are only counted. Where the terminal is too narrow
    for the schemes' names, they are numbered, and of each verdict its mark alone stands in the table.
    """
    from rich import box
    from rich.table import Table

    results = checked.judgements
    _print_problems(checked.problems)
    _print_notices(results)
    screen = console()
    narrow = screen.width < _TITLE_COLUMNS + _SCHEME_COLUMNS * len(results)
    table = Table(box=box.SIMPLE_HEAD, title="各方案对比", title_justify="left")
    table.add_column("条件", overflow="fold")
    for number, result in enumerate(results, 1):
        table.add_column(str(number) if narrow else result.programme.short_title, overflow="fold")
        if narrow:
            say(f"{number}　{result.programme.short_title}：{result.conclusion}")
    for verdict in VERDICT_TEXTS:
        counts = [str(count_verdicts(result.findings)[verdict]) for result in results]
        table.add_row(MARKS[verdict][0], *(counts if narrow else (f"{count} 条" for count in counts)))
    absent = [str(len(result.absent)) for result in results]
    table.add_row(
        "文件待填", *(absent if narrow else (f"{count} 项" for count in absent)), end_section=narrow
    )
    if not narrow:
        table.add_row("结论", *(result.conclusion for result in results), end_section=True)
    by_rule = [{finding.rule: finding for finding in result.findings} for result in results]
    rules = dict.fromkeys(rule for found in by_rule for rule in found)
    quiet = 0
    for rule in rules:
        row = [found.get(rule) for found in by_rule]
        if not any(finding and finding.verdict in {"fail", "unknown", "warn"} for finding in row):
            quiet += 1
            continue
        title = next(finding.title for finding in row if finding)
        table.add_row(title, *(_cell(finding, narrow=narrow) for finding in row))
    screen.print(table)
    if narrow and any(finding.accepted for result in results for finding in result.findings):
        say("*　不符合，已写明理由接受")
    say(f"另有 {quiet} 条，各方案都符合或由人判断，没有列出。")
    for result in results:
        chosen = [finding for finding in result.findings if finding.verdict in {"fail", "unknown", "warn"}]
        if not chosen and not result.absent and not result.lost:
            continue
        say(f"\n{result.programme.title}", bold=True)
        for finding in chosen:
            if finding.verdict == "unknown":
                continue
            mark = MARKS[finding.verdict][0]
            say(f"  {mark}　{finding.clause}　{finding.title}：{finding.message}")
        _print_causes(result)
        _print_absent(result.only_absent)
        _print_lost(result.lost)


def _cell(finding: Finding | None, *, narrow: bool) -> str:
    if finding is None:
        return "—"
    mark = MARKS[finding.verdict][0]
    if narrow:
        return f"{mark[0]}{'*' if finding.accepted else ''}"
    return f"{mark}{'（已接受）' if finding.accepted else ''}"

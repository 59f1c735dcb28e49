"""Findings as text for a person: one programme in full, several side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from generator.errors import Problem
from generator.model.findings import VERDICT_TEXTS, Absent, Finding, LostFile, count_verdicts
from generator.model.judgement import Judgement
from generator.model.notices import notice_texts

if TYPE_CHECKING:
    from rich.console import Console

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


def _print_problems(console: Console, found: Sequence[Problem]) -> None:
    if not found:
        return
    console.print(f"[bold red]数据有 {len(found)} 处错误，改正前按未填处理：[/]")
    for problem in found:
        console.print(f"  · {problem}", markup=False)
    console.print()


def _print_notices(console: Console, results: Sequence[Judgement]) -> None:
    """What a person should know of how the data were read, each once."""
    said = notice_texts(notice for result in results for notice in result.dataset.notices)
    for clause in said:
        console.print(f"  · {clause}。", markup=False)
    if said:
        console.print()


def print_one(console: Console, result: Judgement, *, full: bool = False) -> None:
    """One programme: what stands in the way first, each with clause, place and what to do.

    Causes go before what follows from them: conditions that wait for the same values are told together,
    those that wait for wrong values under these. What is met is counted, what is left to a person named.

    Args:
        console: where to.
        result: what the programme says.
        full: whether to list every finding in full.
    """
    from rich.markup import escape

    console.print(
        f"[bold]{escape(result.programme.title)}[/]　{escape(result.dataset.consortium.name or '')}"
    )
    _print_problems(console, result.dataset.problems)
    if result.waiting and not full:
        console.print(
            f"  改正后才能判断的条件（{len(result.waiting)}）：{_titles(result.waiting)}\n", markup=False
        )
    _print_notices(console, [result])
    for verdict in VERDICT_TEXTS:
        chosen = [finding for finding in result.findings if finding.verdict == verdict]
        if full:
            _print_all(console, verdict, chosen)
        elif verdict == "unknown":
            _print_causes(console, result)
        elif verdict == "judge":
            _print_judged(console, chosen)
        elif verdict != "pass":
            _print_all(console, verdict, chosen)
    _print_absent(console, result.absent if full else result.only_absent)
    _print_lost(console, result.lost)
    counts = count_verdicts(result.findings)
    summary = "，".join(f"{VERDICT_TEXTS[verdict]} {counts[verdict]}" for verdict in VERDICT_TEXTS)
    console.print(f"\n{summary}；文件待填 {len(result.absent)} 项。{result.conclusion}。")


def _print_all(console: Console, verdict: str, chosen: Sequence[Finding]) -> None:
    """Findings of one verdict."""
    if not chosen:
        return
    mark, colour = MARKS[verdict]
    console.print(f"\n[bold {colour}]{mark}（{len(chosen)}）[/]")
    for finding in chosen:
        accepted = "（已接受）" if finding.accepted else ""
        console.print(f"  {finding.clause}　{finding.title}{accepted}", markup=False)
        if verdict == "pass":
            continue
        if finding.judged and verdict in {"judge", "warn"}:
            console.print(f"      {finding.judged}", markup=False)
            continue
        console.print(f"      {finding.message}", markup=False)
        if finding.accepted:
            console.print(f"      接受的理由：{finding.accepted}", markup=False)
        if finding.place is not None and verdict != "judge":
            console.print(f"      位置：{finding.place}", markup=False)


def _print_causes(console: Console, result: Judgement) -> None:
    """What conditions wait for, each once, with the conditions."""
    if not result.causes:
        return
    mark, colour = MARKS["unknown"]
    console.print(f"\n[bold {colour}]{mark}（{sum(map(len, result.causes))}）[/]")
    for group in result.causes:
        first = group[0]
        if len(group) == 1:
            console.print(f"  {first.clause}　{first.title}", markup=False)
            console.print(f"      {first.message}", markup=False)
        else:
            console.print(f"  {first.because}", markup=False)
            console.print(f"      因此无法判断的条件（{len(group)}）：{_titles(group)}", markup=False)
        if first.place is not None:
            console.print(f"      位置：{first.place}", markup=False)


def _print_judged(console: Console, chosen: Sequence[Finding]) -> None:
    """What is left to a person: only the names, and how many a person has looked at."""
    if not chosen:
        return
    open_ = [finding for finding in chosen if not finding.judged]
    mark, colour = MARKS["judge"]
    seen = f"，其中 {len(chosen) - len(open_)} 条已有人看过" if len(open_) < len(chosen) else ""
    console.print(f"\n[bold {colour}]{mark}（{len(chosen)}{seen}）[/]")
    if open_:
        console.print(f"  还要看的：{_titles(open_)}", markup=False)
        console.print("  逐条看什么，加 --full 列出；看过的记在数据的“人工判断”里", markup=False)


def _titles(findings: Sequence[Finding]) -> str:
    shown = "；".join(finding.title for finding in findings[:_MOST_TITLES])
    return shown + (f"；等 {len(findings)} 条" if len(findings) > _MOST_TITLES else "")


def _print_absent(console: Console, absent: Sequence[Absent]) -> None:
    if not absent:
        return
    console.print(f"\n[bold yellow]文件要印而没有填的（{len(absent)}）[/]")
    # One column that was left empty is one thing to mend, not one for each row.
    alike: dict[str, list[Absent]] = {}
    for one in absent:
        alike.setdefault(_INDEX.sub("[]", one.path), []).append(one)
    for first, *others in alike.values():
        console.print(f"  · {first}", markup=False)
        if others:
            console.print(
                f"      其他各行同一项没有填写的还有 {len(others)} 处：{_places(others)}", markup=False
            )


def _places(absent: Sequence[Absent]) -> str:
    shown = [
        one.place.cell or (f"第 {one.place.line} 行" if one.place.line else str(one.place)) for one in absent
    ]
    shown = list(dict.fromkeys(shown))
    return "、".join(shown[:_MOST_TITLES]) + ("等" if len(shown) > _MOST_TITLES else "")


def _print_lost(console: Console, lost: Sequence[LostFile]) -> None:
    if lost:
        console.print(f"\n[bold yellow]写了却找不到的附件（{len(lost)}）[/]")
        for one in lost:
            console.print(f"  · {one}", markup=False)


def print_comparison(console: Console, checked: Checked) -> None:
    """Several programmes in one table: schemes across, conditions down; then what each still lacks.

    Conditions that every programme finds met, or leaves to a person, are only counted. Where the terminal is too narrow
    for the schemes' names, they are numbered, and of each verdict its mark alone stands in the table.
    """
    from rich import box
    from rich.table import Table

    results = checked.judgements
    _print_problems(console, checked.problems)
    _print_notices(console, results)
    narrow = console.width < _TITLE_COLUMNS + _SCHEME_COLUMNS * len(results)
    table = Table(box=box.SIMPLE_HEAD, title="各方案对比", title_justify="left")
    table.add_column("条件", overflow="fold")
    for number, result in enumerate(results, 1):
        table.add_column(str(number) if narrow else result.programme.short_title, overflow="fold")
        if narrow:
            console.print(f"{number}　{result.programme.short_title}：{result.conclusion}", markup=False)
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
    console.print(table)
    if narrow and any(finding.accepted for result in results for finding in result.findings):
        console.print("*　不符合，已写明理由接受", markup=False)
    console.print(f"另有 {quiet} 条，各方案都符合或由人判断，没有列出。")
    for result in results:
        chosen = [finding for finding in result.findings if finding.verdict in {"fail", "unknown", "warn"}]
        if not chosen and not result.absent and not result.lost:
            continue
        console.print(f"\n[bold]{result.programme.title}[/]")
        for finding in chosen:
            if finding.verdict == "unknown":
                continue
            mark = MARKS[finding.verdict][0]
            console.print(f"  {mark}　{finding.clause}　{finding.title}：{finding.message}", markup=False)
        _print_causes(console, result)
        _print_absent(console, result.only_absent)
        _print_lost(console, result.lost)


def _cell(finding: Finding | None, *, narrow: bool) -> str:
    if finding is None:
        return "—"
    mark = MARKS[finding.verdict][0]
    if narrow:
        return f"{mark[0]}{'*' if finding.accepted else ''}"
    return f"{mark}{'（已接受）' if finding.accepted else ''}"

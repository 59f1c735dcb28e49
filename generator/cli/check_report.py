"""Findings as text for a person: one programme in full, several side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from generator.errors import Problem
from generator.model.findings import VERDICT_TEXTS, Absent, Finding, LostFile, count_verdicts
from generator.model.judgement import Judgement
from generator.model.notices import told

if TYPE_CHECKING:
    from rich.console import Console

    from generator.workflows.check import Checked

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
    said = told(notice for result in results for notice in result.dataset.notices)
    for clause in said:
        console.print(f"  · {clause}。", markup=False)
    if said:
        console.print()


def print_one(console: Console, result: Judgement) -> None:
    """One programme: what stands in the way first, each with clause, place and what to do."""
    from rich.markup import escape

    console.print(
        f"[bold]{escape(result.programme.title)}[/]　{escape(result.dataset.consortium.name or '')}"
    )
    _print_problems(console, result.dataset.problems)
    _print_notices(console, [result])
    for verdict in VERDICT_TEXTS:
        chosen = [finding for finding in result.findings if finding.verdict == verdict]
        if not chosen:
            continue
        mark, colour = MARKS[verdict]
        console.print(f"\n[bold {colour}]{mark}（{len(chosen)}）[/]")
        for finding in chosen:
            accepted = "（已接受）" if finding.accepted else ""
            console.print(f"  [{finding.rule}] {finding.clause}　{finding.title}{accepted}", markup=False)
            if verdict == "pass":
                continue
            console.print(f"      {finding.message}", markup=False)
            if finding.accepted:
                console.print(f"      接受的理由：{finding.accepted}", markup=False)
            if finding.place is not None and verdict != "judge":
                console.print(f"      位置：{finding.place}（{finding.path}）", markup=False)
    _print_absent(console, result.absent)
    _print_lost(console, result.lost)
    counts = count_verdicts(result.findings)
    summary = "，".join(f"{VERDICT_TEXTS[verdict]} {counts[verdict]}" for verdict in VERDICT_TEXTS)
    console.print(f"\n{summary}；文件待填 {len(result.absent)} 项。{result.conclusion}。")


def _print_absent(console: Console, absent: Sequence[Absent]) -> None:
    if not absent:
        return
    console.print(f"\n[bold yellow]文件要印而没有填的（{len(absent)}）[/]")
    for one in absent:
        console.print(f"  · {one}", markup=False)


def _print_lost(console: Console, lost: Sequence[LostFile]) -> None:
    if lost:
        console.print(f"\n[bold yellow]写了却找不到的附件（{len(lost)}）[/]")
        for one in lost:
            console.print(f"  · {one}", markup=False)


def print_comparison(console: Console, checked: Checked) -> None:
    """Several programmes in one table: schemes across, conditions down; then what each still lacks.

    Conditions that every programme finds met, or leaves to a person, are only counted.
    """
    from rich import box
    from rich.table import Table

    results = checked.judgements
    _print_problems(console, checked.problems)
    _print_notices(console, results)
    table = Table(box=box.SIMPLE_HEAD, title="各方案对比", title_justify="left")
    table.add_column("条件", overflow="fold")
    for result in results:
        table.add_column(result.programme.short_title, overflow="fold")
    for verdict in VERDICT_TEXTS:
        counts = [f"{count_verdicts(result.findings)[verdict]} 条" for result in results]
        table.add_row(MARKS[verdict][0], *counts)
    table.add_row("文件待填", *(f"{len(result.absent)} 项" for result in results))
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
        table.add_row(title, *(_cell(finding) for finding in row))
    console.print(table)
    console.print(f"另有 {quiet} 条，各方案都符合或由人判断，没有列出。")
    for result in results:
        chosen = [finding for finding in result.findings if finding.verdict in {"fail", "unknown", "warn"}]
        if not chosen and not result.absent and not result.lost:
            continue
        console.print(f"\n[bold]{result.programme.title}[/]")
        for finding in chosen:
            mark = MARKS[finding.verdict][0]
            console.print(f"  {mark}　{finding.clause}　{finding.title}：{finding.message}", markup=False)
        _print_absent(console, result.absent)
        _print_lost(console, result.lost)


def _cell(finding: Finding | None) -> str:
    if finding is None:
        return "—"
    accepted = "（已接受）" if finding.accepted else ""
    return f"{MARKS[finding.verdict][0]}{accepted}"

"""Findings as text for a person: one programme in full, several side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from generator.dataset import Dataset
from generator.errors import Problem
from generator.findings import Finding, count_verdicts
from generator.programme import Programme

if TYPE_CHECKING:
    from rich.console import Console

MARKS: Final = {
    "pass": ("✓ 符合", "green"),
    "fail": ("✗ 不符合", "red"),
    "unknown": ("? 缺数据", "yellow"),
    "warn": ("! 提醒", "yellow"),
    "judge": ("· 人工判断", "cyan"),
}
_ORDER = ("fail", "unknown", "warn", "judge", "pass")


@dataclass(frozen=True, slots=True)
class Result:
    """One programme's verdicts on one dataset."""

    programme: Programme
    dataset: Dataset
    findings: tuple[Finding, ...]

    def blocked(self, *, strict: bool = False) -> bool:
        """Whether a must stands in the way; strictly, whether anything at all is not met."""
        if strict and any(finding.verdict in {"warn", "unknown"} for finding in self.findings):
            return True
        return any(finding.stands_in_the_way for finding in self.findings)


def problems(results: Iterable[Result]) -> list[Problem]:
    """The problems of all results, each once, in the file's order."""
    return list(dict.fromkeys(problem for result in results for problem in result.dataset.problems))


def _print_problems(console: Console, found: Sequence[Problem]) -> None:
    if not found:
        return
    console.print(f"[bold red]数据有 {len(found)} 处错误，改正前按未填处理：[/]")
    for problem in found:
        console.print(f"  · {problem}", markup=False)
    console.print()


def print_one(console: Console, result: Result) -> None:
    """One programme: what stands in the way first, each with clause, place and what to do."""
    from rich.markup import escape

    console.print(
        f"[bold]{escape(result.programme.title)}[/]　{escape(result.dataset.consortium.name or '')}"
    )
    _print_problems(console, result.dataset.problems)
    for verdict in _ORDER:
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
    counts = count_verdicts(result.findings)
    blocked = "还不能出签署版" if result.blocked() or result.dataset.problems else "可以出签署版"
    summary = "，".join(f"{MARKS[verdict][0][2:]} {counts[verdict]}" for verdict in _ORDER)
    console.print(f"\n{summary}。{blocked}。")


def print_comparison(console: Console, results: Sequence[Result]) -> None:
    """Several programmes: a table of schemes, then for each what fails and what is still missing."""
    from rich import box
    from rich.table import Table

    _print_problems(console, problems(results))
    table = Table(box=box.SIMPLE_HEAD, title="各方案对比", title_justify="left")
    table.add_column("")
    for result in results:
        table.add_column(result.programme.short_title, justify="right")
    for verdict in _ORDER:
        counts = [str(count_verdicts(result.findings)[verdict]) for result in results]
        table.add_row(MARKS[verdict][0], *counts)
    table.add_row("结论", *("有必须的条件不满足" if result.blocked() else "可以申报" for result in results))
    console.print(table)
    for result in results:
        chosen = [finding for finding in result.findings if finding.verdict in {"fail", "unknown", "warn"}]
        if not chosen:
            continue
        console.print(f"\n[bold]{result.programme.short_title}[/]")
        for finding in chosen:
            mark = MARKS[finding.verdict][0]
            console.print(f"  {mark}　{finding.clause}　{finding.title}：{finding.message}", markup=False)

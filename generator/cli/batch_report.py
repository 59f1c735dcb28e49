"""What became of each packet of a batch, as a table for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator.batch.report import summary
from generator.batch.results import STATES
from generator.cli.output import console, say
from generator.model.findings import VERDICT_TEXTS

if TYPE_CHECKING:
    from generator.batch.run import BatchReport

_COLOURS: Final = {
    "made": "green",
    "same": "green",
    "unchanged": "dim",
    "failed": "bold red",
    "duplicate": "bold red",
}
_VERDICTS: Final = ("pass", "fail", "unknown")
_FAULTS_SHOWN: Final = 200


def print_table(report: BatchReport, *, err: bool) -> None:
    """A line for each packet, then each error in full, then the sum.

    Args:
        report: of the batch.
        err: to the other stream than what programs read.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("数据文件", overflow="fold")
    table.add_column("方案", no_wrap=True)
    table.add_column("结果", no_wrap=True)
    for title in (*(VERDICT_TEXTS[verdict] for verdict in _VERDICTS), "待填", "页", "秒"):
        table.add_column(title, justify="right", no_wrap=True)
    for result in report.results:
        counts = result.counts or {}
        figures = [str(counts.get(verdict, "")) for verdict in _VERDICTS]
        table.add_row(
            Text(result.data),
            Text(result.programme or ""),
            Text(STATES[result.state], style=_COLOURS[result.state]),
            *figures,
            str(result.missing or "") if counts else "",
            str(result.pages or ""),
            f"{result.seconds:.2f}" if result.seconds else "",
        )
    console(err=err).print(table)
    faults = [result for result in report.results if not result.is_good]
    for result in faults[:_FAULTS_SHOWN]:
        programme = f"（{result.programme}）" if result.programme else ""
        say(f"{result.data}{programme}：", err=err, bold=True)
        for line in result.error.splitlines():
            say(f"  {line}", err=err)
    if len(faults) > _FAULTS_SHOWN:
        say(f"……还有 {len(faults) - _FAULTS_SHOWN} 份有错，用 --report 文件.xlsx 看全部。", err=err)
    for result in report.results:
        if result.moved_aside:
            say(f"原来的一套被改过，已移到 {result.moved_aside}", err=err)
    say(summary(report.results, report.seconds), err=err)

"""``lianheti batch``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

import click
from msgspec.structs import replace

from generator.cli.chinese import ChineseCommand
from generator.cli.options import (
    accept_option,
    edition_option,
    format_option,
    output_option,
    page_code_option,
    parse_accepted,
    programmes_option,
    sheets_option,
    signing_pages_option,
    templates_option,
)
from generator.cli.output import console, say_notices, write_json
from generator.cli.pdf_options import engine_of, pdf_options

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from generator.batch.results import Result
    from generator.model.programme import SigningPages
    from generator.publishing.manifest import Sheets
    from generator.rendering.values import Edition
    from generator.workflows.progress import Progress


@click.command(
    "batch",
    cls=ChineseCommand,
    help="为许多数据文件生成材料。数据可写文件、文件夹或通配符；没有变化的不重做；中断后再运行一次会接着做完。",
    epilog="例：lianheti batch 客户/ -o output --report 报告.xlsx　　退出码：0 全部完成，1 有的没有完成，130 被中断",
)
@click.argument("data", nargs=-1, required=True, metavar="数据文件或文件夹…")
@programmes_option
@output_option
@edition_option
@pdf_options
@accept_option
@signing_pages_option
@page_code_option
@sheets_option
@click.option("--force", is_flag=True, help="没有变化的也重做；被人改过的，把旧的整套移到一旁再生成")
@click.option("--verify", is_flag=True, help="已有的材料按内容核对，而不是按文件的大小和时间")
@click.option(
    "-j", "--jobs", type=click.IntRange(1, 256), metavar="个数", help="同时工作的进程数，默认为处理器个数"
)
@click.option(
    "--time-limit", type=click.FloatRange(1), default=120.0, metavar="秒", help="每一份最多用多少秒，默认 120"
)
@click.option(
    "--memory-limit",
    type=click.IntRange(0),
    default=1024,
    metavar="MB",
    help="每个进程最多用多少内存，默认 1024，0 为不限（只在 Linux 上有效）",
)
@click.option(
    "--scheduler", metavar="地址", help="交给 Dask 集群去做，写调度器的地址，如 tcp://10.0.0.1:8786"
)
@click.option(
    "--report", type=click.Path(path_type=Path), metavar="文件", help="把报告另存为 .xlsx 或 .json 文件"
)
@format_option
@templates_option
def command(
    data: tuple[str, ...],
    codes: tuple[str, ...],
    root: Path,
    edition: str,
    pdf_engine: str,
    no_pdf: bool,
    accepted: tuple[str, ...],
    signing_pages: str | None,
    page_codes: bool,
    sheets: str | None,
    force: bool,
    verify: bool,
    jobs: int | None,
    time_limit: float,
    memory_limit: int,
    scheduler: str | None,
    report: Path | None,
    output: str,
    templates: Path | None,
) -> int:
    """Make many packets."""
    from generator.batch.run import make_batch
    from generator.batch.settings import Bounds, Settings
    from generator.cli.batch_report import print_table

    settings = Settings(
        root,
        codes,
        cast("Edition", edition),
        engine_of(pdf_engine, no_pdf=no_pdf),
        parse_accepted(accepted),
        templates,
        force=force,
        verify=verify,
        signing_pages=cast("SigningPages | None", signing_pages),
        page_codes=page_codes,
        sheets=cast("Sheets | None", sheets),
    )
    bounds = Bounds(seconds=time_limit, megabytes=memory_limit)
    if jobs is not None:
        bounds = replace(bounds, jobs=jobs)
    with _Watching() as watcher:
        done = make_batch(
            data,
            settings,
            bounds,
            scheduler=scheduler,
            report=report,
            progress=watcher.progress,
            made=watcher.made,
        )
    print_table(done, err=output == "json")
    if output == "json":
        write_json(done.as_json())
    return done.exit_code


class _Watching:
    """Progress on stderr, with rate and time left; nothing where that is not a terminal."""

    def __init__(self) -> None:
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._failed = 0

    def __enter__(self) -> Self:
        screen = console(err=True)
        if screen.is_terminal:
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            self._bar = Bar(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TextColumn("剩余"),
                TimeRemainingColumn(),
                TextColumn("{task.fields[failed]}"),
                console=screen,
                transient=True,
            )
            self._task = self._bar.add_task("生成材料", total=None, rate="", failed="")
            self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def made(self, result: Result) -> None:
        """One more is done."""
        self._failed += not result.is_good

    def progress(self, progress: Progress) -> None:
        """So many of so many are done."""
        say_notices(progress)
        if self._bar is None or self._task is None or progress.notice:
            return
        speed = self._bar.tasks[0].speed
        self._bar.update(
            self._task,
            completed=progress.done,
            total=progress.total,
            rate=f"{speed:.1f} 份/秒" if speed else "",
            failed=f"失败 {self._failed}" if self._failed else "",
        )

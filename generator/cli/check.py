"""``lianheti check``."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import (
    accept_option,
    format_option,
    parse_accepted,
    programmes_option,
    templates_option,
)
from generator.cli.output import say, write_json


@click.command(
    "check",
    cls=ChineseCommand,
    help="核对数据，按方案逐条对照组建条件。写多个 -p 或 --all 时列出对比表。",
    epilog="例：lianheti check 我的联合体.yaml -p 方案代码　　退出码：0 可以，1 有必须满足的条件不满足或缺数据，3 数据有误",
)
@click.argument("data", type=click.Path(path_type=Path), metavar="数据文件")
@programmes_option
@click.option("--all", "every", is_flag=True, help="对照全部方案")
@click.option(
    "--strict", is_flag=True, help="对照多个方案时，任一方案有必须的条件不满足也以 1 退出；提醒也算不满足"
)
@accept_option
@click.option("--full", is_flag=True, help="逐条列出全部结论，包括符合的和由人判断的")
@click.option(
    "--annotate",
    type=click.Path(path_type=Path),
    metavar="文件.xlsx",
    help="把结果写进工作簿的副本：格子着色、加批注，并列出清单；原文件不动",
)
@click.option(
    "--record",
    is_flag=True,
    help="核对后把方案安装包的版本记进数据文件（“申报”下的“方案版本”）；不写就不动文件",
)
@format_option
@templates_option
def command(
    data: Path,
    codes: tuple[str, ...],
    every: bool,
    strict: bool,
    accepted: tuple[str, ...],
    full: bool,
    annotate: Path | None,
    record: bool,
    output: str,
    templates: Path | None,
) -> int:
    """Judge the data."""
    from generator.cli import check_report
    from generator.workflows.check import check
    from generator.workflows.workspace import Workspace

    with Workspace(templates) as workspace:
        checked = check(
            workspace,
            data,
            codes,
            every=every,
            strict=strict,
            accept=parse_accepted(accepted),
            annotate=annotate,
            record=record,
        )
    if checked.copy is not None:
        say(f"已把核对结果写进副本 {annotate}。{checked.copy.notice}", err=output == "json")
    if record:
        told = "、".join(f"{code} 第 {version} 版" for code, version in checked.recorded.items())
        none = "没有记下方案版本：数据有误，或方案不是安装包装的。"
        say(f"已在 {data} 里记下：按 {told} 核对。" if told else none, err=output == "json")
    if output == "json":
        write_json(checked.as_json())
        for problem in checked.problems:
            say(str(problem), err=True)
    elif len(checked.judgements) == 1:
        check_report.print_one(checked.judgements[0], full=full)
    else:
        check_report.print_comparison(checked)
    return checked.exit_code

"""``lianheti new``."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import file_option, templates_option
from generator.cli.output import say


@click.command(
    "new",
    cls=ChineseCommand,
    help="为一个方案生成待填写的数据文件，按后缀写成带说明的 .yaml 或 Excel 工作簿 .xlsx。",
    epilog="例：lianheti new 方案代码 -o 我的联合体.xlsx　　换方案：lianheti new 新方案代码 -o 新.xlsx --from 旧.xlsx",
)
@click.argument("code", metavar="方案代码")
@file_option("写到哪个文件（.yaml 或 .xlsx）")
@click.option(
    "--from",
    "old",
    type=click.Path(path_type=Path),
    metavar="数据文件",
    help="把已有的数据带到这个方案，还缺的内容标出来",
)
@templates_option
def command(code: str, target: Path, old: Path | None, templates: Path | None) -> None:
    """Write a data file to be filled."""
    from generator.workflows.data_files import new
    from generator.workflows.workspace import Workspace

    with Workspace(templates) as workspace:
        made = new(workspace, code, target, old=old)
    if old is None:
        say(f"已生成 {target}。填好后用 lianheti check {target} -p {code} 核对。")
        return
    lacking = f"还缺 {len(made.missing)} 项，已在文件里标出" if made.missing else "需要的内容都已有"
    say(f"已把 {old} 带到 {target}，{lacking}。用 lianheti check {target} -p {code} 核对。")
    for clause in made.warnings:
        say(f"  · {clause}。")

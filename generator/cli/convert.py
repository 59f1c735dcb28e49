"""``lianheti convert``."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import file_option, programme_option, templates_option
from generator.cli.output import say


@click.command(
    "convert",
    cls=ChineseCommand,
    help="在 YAML 和 Excel 之间转换数据文件，内容不增不减，按后缀决定格式。",
    epilog="例：lianheti convert 我的联合体.yaml -o 我的联合体.xlsx",
)
@click.argument("data", type=click.Path(path_type=Path), metavar="数据文件")
@file_option("写到哪个文件（.yaml 或 .xlsx）")
@programme_option("用哪个方案的表样和说明；省略时用数据中“申报”的第一个方案")
@templates_option
def command(data: Path, target: Path, code: str | None, templates: Path | None) -> None:
    """Write the data in another format."""
    from generator.workflows.data_files import convert
    from generator.workflows.workspace import Workspace

    with Workspace(templates) as workspace:
        made = convert(workspace, data, target, code)
    say(f"已把 {data} 转成 {target}。")
    for clause in made.warnings:
        say(f"  · {clause}。")

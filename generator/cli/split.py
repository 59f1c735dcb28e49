"""``lianheti split``."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import folder_option, programme_option, templates_option
from generator.cli.output import say


@click.command(
    "split",
    cls=ChineseCommand,
    help="为每个成员单位各生成一份工作簿，只含这家单位自己知道的内容，发去核对、补填；填好交回的用 lianheti merge 并入。",
    epilog="例：lianheti split 我的联合体.xlsx -o 各单位　　只给第 3、5 家：加 --member 3 --member 5",
)
@click.argument("data", type=click.Path(path_type=Path), metavar="数据文件")
@folder_option("写到哪个目录；其中已有的文件不会被覆盖")
@programme_option("按哪个方案；省略时用数据中“申报”的第一个方案")
@click.option(
    "--member",
    "numbers",
    type=click.IntRange(min=1),
    multiple=True,
    metavar="序号",
    help="只给第几个成员单位，可写多个；省略时给全部",
)
@templates_option
def command(
    data: Path, root: Path, code: str | None, numbers: tuple[int, ...], templates: Path | None
) -> None:
    """Write a workbook for each party."""
    from generator.workflows.parts import split, write_parts
    from generator.workflows.workspace import Workspace

    with Workspace(templates) as workspace:
        made = split(workspace, data, code, members=[number - 1 for number in numbers])
        paths = write_parts(made, root)
    say(f"已在 {root} 生成 {len(paths)} 份工作簿，分别发给各单位：")
    for path in paths:
        say(f"  · {path.name}")
    say(f"填好交回后：lianheti merge {data} 交回的文件")

"""``lianheti lint``."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import format_option, templates_option
from generator.cli.output import say, write_json


@click.command(
    "lint",
    cls=ChineseCommand,
    help="检查一个方案的文件夹：标签、字段、书签、条件、文件，逐处指出问题和办法。",
    epilog="例：lianheti lint 我的模板/某省/某方案　　逐条试算：lianheti lint 我的模板/某省/某方案 --boundaries 临界数据",
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="方案文件夹")
@click.option(
    "--boundaries",
    type=click.Path(path_type=Path),
    metavar="目录",
    help="列出各条件刚好不够、刚好够、刚好超过的数，每一种写成一份数据文件放进这个目录",
)
@click.option("--forms", is_flag=True, help="另列出表填好后 read 读不回来、或分不开的地方")
@format_option
@templates_option
def command(folder: Path, boundaries: Path | None, forms: bool, output: str, templates: Path | None) -> int:
    """Check a programme's folder."""
    from generator.workflows.lint.report import lint_folder
    from generator.workflows.workspace import Workspace

    with Workspace(templates) as workspace:
        linted = lint_folder(workspace, folder, boundaries, forms=forms)
    if output == "json":
        write_json(linted.as_json())
        return linted.exit_code
    for fault in linted.faults:
        say(f"{'错误' if fault.severity == 'error' else '提醒'}　{fault}")
    warnings = len(linted.faults) - linted.errors
    say(f"{linted.errors} 处错误，{warnings} 处提醒。" if linted.faults else "没有发现问题。")
    if linted.conditions:
        say("")
        say("条件读成的话和临界的数（✓ 符合，✗ 不符合，△ 提醒），请与官方文件核对：")
    for condition in linted.conditions:
        say(f"{condition.clause}　{condition.title}（{condition.id}）")
        say(f"    {condition.sentence}。")
        for figure, shown in condition.table():
            say(f"    {figure}：{shown}")
    if boundaries is not None and linted.conditions:
        files = sum(len(condition.rows) for condition in linted.conditions)
        say(f"{files} 份临界的数据写在 {boundaries}，可以用 lianheti check 逐份核对。")
    for fault in linted.illegible:
        say(f"读回　{fault}")
    if forms and not linted.errors:
        say(f"填好后读不回来或要人核对的 {len(linted.illegible)} 处。")
    return linted.exit_code

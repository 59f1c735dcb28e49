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
    epilog="例：lianheti lint 我的模板/某省/某方案",
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="方案文件夹")
@format_option
@templates_option
def command(folder: Path, output: str, templates: Path | None) -> int:
    """Check a programme's folder."""
    from generator.workflows.lint.report import lint_folder
    from generator.workflows.workspace import Workspace

    with Workspace(templates) as workspace:
        linted = lint_folder(workspace, folder)
    if output == "json":
        write_json(linted.as_json())
        return linted.exit_code
    for fault in linted.faults:
        say(f"{'错误' if fault.severity == 'error' else '提醒'}　{fault}")
    warnings = len(linted.faults) - linted.errors
    say(f"{linted.errors} 处错误，{warnings} 处提醒。" if linted.faults else "没有发现问题。")
    return linted.exit_code

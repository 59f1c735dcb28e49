"""``lianheti lint``."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import format_option, templates_option
from generator.cli.output import say, write_json
from generator.errors import ExitCode, UsageError
from generator.model.catalogue import Catalogue


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
    from generator.workflows.lint.folder import lint

    if not (folder / "programme.yaml").is_file():
        raise UsageError(f"“{folder}”里没有 programme.yaml", "写方案所在的文件夹，如 我的模板/某省/某方案")
    faults = lint(folder, Catalogue(templates))
    if output == "json":
        write_json([fault.as_json() for fault in faults])
    else:
        for fault in faults:
            say(f"{'错误' if fault.severity == 'error' else '提醒'}　{fault}")
        errors = sum(fault.severity == "error" for fault in faults)
        say(f"{errors} 处错误，{len(faults) - errors} 处提醒。" if faults else "没有发现问题。")
    return ExitCode.PROGRAMME if any(fault.severity == "error" for fault in faults) else ExitCode.DONE

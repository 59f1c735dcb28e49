"""``lianheti rollup``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import folder_option, templates_option
from generator.cli.output import say, say_notices
from generator.cli.pdf_options import engine_of, pdf_options

if TYPE_CHECKING:
    from generator.workflows.rollup import Rollup

_MOST_SHOWN = 10


@click.command(
    "rollup",
    cls=ChineseCommand,
    help="把许多份数据汇总成主管部门的一张表，并列出重复的牵头单位和成员单位。数据可写文件、文件夹或通配符；"
    "读不了的文件列出名称，不列入表中。",
    epilog="例：lianheti rollup 方案代码 收到的数据/ -o 汇总　　退出码：0 全部列入，1 有的没有列入",
)
@click.argument("code", metavar="方案代码")
@click.argument("data", nargs=-1, required=True, metavar="数据文件或文件夹…")
@folder_option()
@pdf_options
@click.option("--force", is_flag=True, help="已有的汇总被人改过时，把旧的整套移到一旁再生成")
@templates_option
def command(
    code: str,
    data: tuple[str, ...],
    root: Path,
    pdf_engine: str,
    no_pdf: bool,
    force: bool,
    templates: Path | None,
) -> int:
    """Make the table over many applicants."""
    from generator.workflows.rollup import make_rollup
    from generator.workflows.workspace import Workspace

    with Workspace(templates) as workspace:
        done = make_rollup(
            workspace,
            code,
            data,
            root,
            engine=engine_of(pdf_engine, no_pdf=no_pdf),
            force=force,
            progress=say_notices,
        )
    _tell(done)
    return done.exit_code


def _tell(done: Rollup) -> None:
    findings = done.findings
    if done.published.moved_aside:
        say(f"原来的一套被改过，已移到 {done.published.moved_aside}")
    same = "" if done.published.written else "（与已有的完全相同，没有改动）"
    say(f"列入 {done.applicants} 家：{done.published.folder}{same}")
    for title, repeats in (
        ("牵头不止一家的单位", findings.leads),
        ("在不止一家中出现的成员单位", findings.members),
        ("名称相同的申报", findings.names),
    ):
        if repeats:
            shown = "、".join(repeat.name for repeat in repeats[:_MOST_SHOWN])
            more = "等" if len(repeats) > _MOST_SHOWN else ""
            say(f"  {title} {len(repeats)} 个：{shown}{more}（详见 internal/rollup）")
    for file, titles in findings.missing.items():
        say(f"  {file}：表中待填 {'、'.join(titles)}", err=True)
    for each in findings.left_out:
        say(f"没有列入 {each.file}：{each.why}", err=True)

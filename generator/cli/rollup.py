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
    from generator.workflows.rollup.run import Rollup

_MOST_SHOWN = 10


@click.command(
    "rollup",
    cls=ChineseCommand,
    help="把许多份数据汇总成表：方案有推荐表的按推荐表，另有汇总工作簿（合计、占比、分布）和各推荐单位的推荐函；"
    "列出在不止一份里出现的单位和人员。数据可写文件、文件夹或通配符；读不了的文件列出名称，不列入表中。",
    epilog="例：lianheti rollup 方案代码 收到的数据/ -o 汇总　　退出码：0 全部列入，1 有的没有列入",
)
@click.argument("code", metavar="方案代码")
@click.argument("data", nargs=-1, required=True, metavar="数据文件或文件夹…")
@folder_option()
@pdf_options
@click.option(
    "--form",
    type=click.Path(path_type=Path),
    metavar="工作簿",
    help="自己的汇总表（.xlsx）：表头下面一行写标签，各家照这一行填",
)
@click.option("--force", is_flag=True, help="已有的汇总被人改过时，把旧的整套移到一旁再生成")
@templates_option
def command(
    code: str,
    data: tuple[str, ...],
    root: Path,
    pdf_engine: str,
    no_pdf: bool,
    form: Path | None,
    force: bool,
    templates: Path | None,
) -> int:
    """Make the table over many applicants."""
    from generator.workflows.rollup.run import make_rollup
    from generator.workflows.workspace import Workspace

    with Workspace(templates) as workspace:
        done = make_rollup(
            workspace,
            code,
            data,
            root,
            form=form,
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
        ("牵头不止一家的单位", findings.repeats.leads),
        ("在不止一家中出现的成员单位", findings.repeats.members),
        ("在不止一家中出现的人员（可能是同名）", findings.repeats.people),
        ("名称相同的申报", findings.repeats.names),
    ):
        if repeats:
            shown = "、".join(repeat.name for repeat in repeats[:_MOST_SHOWN])
            more = "等" if len(repeats) > _MOST_SHOWN else ""
            say(f"  {title} {len(repeats)} 个：{shown}{more}（详见 汇总.xlsx 的“重复出现”）")
    for file, titles in findings.missing.items():
        say(f"  {file}：表中待填 {'、'.join(titles)}", err=True)
    if findings.lacking:
        files = len({file for file, _, _ in findings.lacking})
        say(
            f"汇总.xlsx 里有 {len(findings.lacking)} 格缺数据（{files} 份），没有计入合计，见“缺数据”",
            err=True,
        )
    for note in findings.notes:
        say(note, err=True)
    for each in findings.left_out:
        say(f"没有列入 {each.file}：{each.why}", err=True)

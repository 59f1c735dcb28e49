"""``lianheti amend``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import edition_option, output_option, programme_option, templates_option
from generator.cli.output import say, say_notices
from generator.cli.pdf_options import engine_of, pdf_options

if TYPE_CHECKING:
    from generator.rendering.values import Edition


@click.command(
    "amend",
    cls=ChineseCommand,
    help="成员加入或退出、牵头单位变更、分工或出资变更时，由变更前后的两份数据生成补充协议。",
    epilog="例：lianheti amend 变更前.yaml 变更后.yaml -p 方案代码 -o output --edition signing",
)
@click.argument("old", type=click.Path(path_type=Path), metavar="变更前的数据")
@click.argument("new", type=click.Path(path_type=Path), metavar="变更后的数据")
@programme_option("方案代码；省略时用变更后的数据中“申报”的方案")
@output_option
@edition_option
@pdf_options
@click.option("--force", is_flag=True, help="已有的补充协议被人改过时，把旧的移到一旁再生成")
@templates_option
def command(
    old: Path,
    new: Path,
    code: str | None,
    root: Path,
    edition: str,
    pdf_engine: str,
    no_pdf: bool,
    force: bool,
    templates: Path | None,
) -> None:
    """Make a supplementary agreement."""
    from generator.workflows.amend import amend
    from generator.workflows.workspace import Workspace

    with Workspace(templates) as workspace:
        made = amend(
            workspace,
            old,
            new,
            root,
            code,
            edition=cast("Edition", edition),
            engine=engine_of(pdf_engine, no_pdf=no_pdf),
            force=force,
            progress=say_notices,
        )
    if made.published.moved_aside:
        say(f"原来的一份被改过，已移到 {made.published.moved_aside}")
    pages = f"，{made.document.pdf.pages} 页" if made.document.pdf else ""
    same = "" if made.published.written else "（与已有的完全相同，没有改动）"
    say(f"《{made.document.document.title}》：{made.published.folder}{pages}{same}")
    for row in made.changes.rows:
        say(f"  {row.what}：{_short(row.before)} → {_short(row.after)}")
    for warning in made.warnings:
        say(f"  注意：{warning}")


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else f"{text[:most]}……"

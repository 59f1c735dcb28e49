"""``lianheti blank``."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import folder_option, templates_option
from generator.cli.output import say
from generator.cli.pdf_options import engine_of, pdf_options


@click.command(
    "blank",
    cls=ChineseCommand,
    help="输出一个方案的空白表格、协议和提纲，与公布的附件一致。",
    epilog="例：lianheti blank 方案代码 -o 空白表格",
)
@click.argument("code", metavar="方案代码")
@folder_option()
@pdf_options
@templates_option
def command(code: str, root: Path, pdf_engine: str, no_pdf: bool, templates: Path | None) -> None:
    """Write the blank official documents."""
    from generator.workflows.blank import blank
    from generator.workflows.workspace import Workspace

    with Workspace(templates) as workspace:
        made = blank(workspace, code, root, engine=engine_of(pdf_engine, no_pdf=no_pdf))
    for path in made.files:
        say(str(path))

"""``lianheti bind``."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import templates_option
from generator.cli.output import say, say_notices
from generator.pdf.engines.open import ENGINE_NAMES, EngineName


@click.command(
    "bind",
    cls=ChineseCommand,
    help="在 Word 里改过材料包中的文件以后，重新生成 PDF、签名域、打印件和清单；改过的地方与数据核对。",
    epilog="例：lianheti bind output/某联合体/某方案-signing",
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="材料包文件夹")
@click.option(
    "--pdf-engine",
    type=click.Choice(ENGINE_NAMES),
    metavar="|".join(ENGINE_NAMES),
    help="生成 PDF 的引擎；省略时用生成这套材料时的那一个",
)
@click.option("--force", is_flag=True, help="有已签名或改动过的其他文件时，把旧的整套移到一旁再写入")
@templates_option
def command(folder: Path, pdf_engine: str | None, force: bool, templates: Path | None) -> None:
    """Bind a packet again."""
    from generator.workflows.bind import bind
    from generator.workflows.workspace import Workspace

    with Workspace(templates) as workspace:
        bound = bind(
            workspace,
            folder,
            engine=cast("EngineName | None", pdf_engine),
            force=force,
            progress=say_notices,
        )
    if bound.published.moved_aside:
        say(f"原来的一套已移到 {bound.published.moved_aside}")
    if not bound.edited:
        say("没有改过的 Word 文件。")
    for title in bound.edited:
        say(f"改过：《{title}》")
    for difference in bound.differences:
        say(f"  注意：{difference}")
    same = "" if bound.published.written else "（与已有的完全相同，没有改动）"
    say(f"已重新装订：{bound.published.folder}{same}")

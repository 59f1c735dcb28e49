"""``lianheti bind``."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from generator.base.text import excerpt
from generator.cli.chinese import ChineseCommand
from generator.cli.options import file_option, templates_option
from generator.cli.output import say, say_notices
from generator.errors import UsageError
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
@click.option(
    "--changes",
    is_flag=True,
    help="逐项列出改动中数据文件可以取回的：哪一项，数据里是什么，Word 里写的是什么",
)
@click.option(
    "--take",
    "wanted",
    multiple=True,
    metavar="字段",
    help="把列出的一项改动取回数据，可以写多个；写“全部”取回有把握的全部。要用 -o 写新的数据文件",
)
@file_option("取回改动后的新数据文件，.yaml 或 .xlsx；材料包里的和原来的数据文件都不动", required=False)
@click.option("--force", is_flag=True, help="有已签名或改动过的其他文件时，把旧的整套移到一旁再写入")
@templates_option
def command(
    folder: Path,
    pdf_engine: str | None,
    changes: bool,
    wanted: tuple[str, ...],
    target: Path | None,
    force: bool,
    templates: Path | None,
) -> None:
    """Bind a packet again."""
    from generator.workflows.bind import bind
    from generator.workflows.take import chosen, take
    from generator.workflows.workspace import Workspace

    if bool(wanted) != (target is not None):
        raise UsageError("--take 和 -o 要一起写", "写上要取回的字段和新的数据文件")
    with Workspace(templates) as workspace:
        bound = bind(
            workspace,
            folder,
            engine=cast("EngineName | None", pdf_engine),
            force=force,
            changes=changes or bool(wanted),
            progress=say_notices,
        )
        taken = chosen(bound.offers, wanted)
        if target is not None:
            take(workspace, folder, bound.packet.job.programme.code, taken, target)
    if bound.published.moved_aside:
        say(f"原来的一套已移到 {bound.published.moved_aside}")
    if not bound.edited:
        say("没有改过的 Word 文件。")
    for title in bound.edited:
        say(f"改过：《{title}》")
    for difference in bound.differences:
        say(f"  注意：{difference}")
    for offered in bound.offered:
        for offer in offered.offers:
            doubt = f"（待核对：{offer.why}）" if offer.why else ""
            say(
                f"  可取回：{offer.title}　数据里是“{excerpt(offer.was)}”，《{offer.document}》{offer.place}是“{excerpt(offer.now)}”{doubt}"
            )
        for told in offered.only_there:
            say(f"  只在 Word 里：{told}")
    if changes and bound.edited and not bound.offers:
        say("  改动里没有能取回数据的；它们作为本单位的改动留在 Word 里。")
    if target is not None:
        say(f"已取回 {len(taken)} 项，写入 {target}；核对后用它重新生成材料包。")
    same = "" if bound.published.written else "（与已有的完全相同，没有改动）"
    say(f"已重新装订：{bound.published.folder}{same}")

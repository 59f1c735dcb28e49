"""``lianheti merge``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import programme_option, templates_option
from generator.cli.output import say
from generator.errors import ExitCode

if TYPE_CHECKING:
    from generator.workflows.parts import Difference, Returned

_SHOWN = 40
_KINDS = {"new": "新填", "changed": "改了", "cleared": "删去", "conflict": "两边都改过"}


@click.command(
    "merge",
    cls=ChineseCommand,
    help="把各单位交回的工作簿（lianheti split 生成的）并入数据文件：逐项列出不同，写入只有这家改过的；两边都改过的不写，列出来由人定。",
    epilog="例：lianheti merge 我的联合体.xlsx 交回/*.xlsx　　先看不写：加 --dry-run　　两边都改过的以交回的为准：--take members[2].phone",
)
@click.argument("data", type=click.Path(path_type=Path), metavar="数据文件")
@click.argument("returned", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="交回的工作簿…")
@programme_option("按哪个方案；省略时用数据中“申报”的第一个方案")
@click.option("--dry-run", is_flag=True, help="只列出不同，不写入")
@click.option(
    "--take",
    "taken",
    multiple=True,
    metavar="字段",
    help="两边都改过的这一项以交回的为准，可写多个；all 为全部",
)
@templates_option
def command(
    data: Path,
    returned: tuple[Path, ...],
    code: str | None,
    dry_run: bool,
    taken: tuple[str, ...],
    templates: Path | None,
) -> ExitCode:
    """Merge what the parties have sent back."""
    from generator.workflows.editing import Editing
    from generator.workflows.parts import compare, take
    from generator.workflows.workspace import Workspace

    left = 0
    with Workspace(templates) as workspace:
        editing = Editing(workspace, data, code)
        for path in returned:
            found = compare(workspace, editing, path)
            chosen = [
                each.path
                for each in found.differences
                if each.kind != "conflict" or each.path in taken or "all" in taken
            ]
            _tell(path, found, chosen, dry_run=dry_run)
            left += sum(each.path not in chosen for each in found.differences)
            if chosen and not dry_run:
                saved = take(editing, found, chosen)
                left += len(saved.conflicts)
    if left:
        say(f"有 {left} 项两边都改过，没有写入。以交回的为准的，加 --take 字段；以现有的为准的，不用管。")
    return ExitCode.FINDING if left else ExitCode.DONE


def _tell(path: Path, found: Returned, chosen: list[str], *, dry_run: bool) -> None:
    """What a workbook says otherwise than the data."""
    say(
        f"{path.name}（{found.party}）："
        + (f"{len(found.differences)} 处不同" if found.differences else "与数据相同")
    )
    for each in found.differences:
        mark = "没有写入" if each.path not in chosen else "将写入" if dry_run else "写入"
        say(f"  · {mark}　{each.title}（{each.path}）{_KINDS[each.kind]}：{_words(each)}")
    for problem in found.problems:
        say(f"  · 注意：{problem}")
    for notice in found.notices:
        say(f"  · {notice}。")


def _words(each: Difference) -> str:
    texts = [_short(each.mine), _short(each.theirs)]
    if each.kind == "conflict":
        return f"发出时{_short(each.sent)}，现在{texts[0]}，交回的{texts[1]}"
    return f"{texts[0]} → {texts[1]}"


def _short(text: str) -> str:
    plain = "；".join(text.split("\n"))
    return f"“{plain[:_SHOWN]}{'……' if len(plain) > _SHOWN else ''}”" if plain else "空着"

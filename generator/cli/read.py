"""``lianheti read``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from generator.base.text import excerpt
from generator.cli.chinese import ChineseCommand
from generator.cli.options import file_option, format_option, programme_option, templates_option
from generator.cli.output import say, write_json

if TYPE_CHECKING:
    from generator.workflows.read_back import ReadBack

_PARTS: Final = (
    ("conflict", "几处写的不一样，没有填："),
    ("unread", "没有读出："),
    ("doubtful", "已填，待核对："),
)
_MOST: Final = 12


@click.command(
    "read",
    cls=ChineseCommand,
    help="把在 Word 或 WPS 里填好的表读成数据文件。读得准的填上；没把握的标出来，写明表里是怎么写的；读不出的列出来。",
    epilog="例：lianheti read 申请表.docx 协议.docx -p 方案代码 -o 我的联合体.xlsx　　退出码：0 都读准了，1 有要人核对的，3 文件读不了或不是本方案的表",
)
@click.argument("forms", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="文件.docx…")
@programme_option("是哪个方案的表", required=True)
@file_option("写成的数据文件，.xlsx 或 .yaml")
@format_option
@templates_option
def command(forms: tuple[Path, ...], code: str, target: Path, output: str, templates: Path | None) -> int:
    """Read filled forms."""
    from generator.workflows.read_back import read_back
    from generator.workflows.workspace import Workspace

    with Workspace(templates) as workspace:
        read = read_back(workspace, forms, code, target)
    if output == "json":
        write_json(read.as_json())
    else:
        _tell(read)
    return read.exit_code


def _tell(read: ReadBack) -> None:
    for document in read.documents:
        say(f"{document.file}：《{document.title}》")
    for notice in read.notices:
        say(f"  {notice}")
    taken = [entry for entry in read.entries if entry.value is not None]
    doubtful = len(read.of("doubtful"))
    say(f"读出 {len(taken)} 项，其中待核对 {doubtful} 项；没有填 {len(read.entries) - len(taken)} 项。")
    for status, head in _PARTS:
        found = read.of(status)
        if found:
            say(head)
        for entry in found[:_MOST]:
            sources = entry.sources[:2]
            said = "；".join(f"{one.document} {one.place}：“{excerpt(one.raw)}”" for one in sources)
            why = "" if status == "conflict" else f"（{entry.why}）"
            say(f"  {read.titles[entry.path]}{why}　{said}")
        if len(found) > _MOST:
            say(f"  ……共 {len(found)} 项，都在写成的文件里")
    if read.mismatches:
        say("合计、个数与读出的内容对不上：")
    for one in read.mismatches:
        say(f"  {one.document} {one.place}：写的是“{one.written}”，按读出的内容应是“{one.computed}”")
    if read.beyond:
        say("表样之外的内容，没有读进数据：")
    for each in read.beyond[:_MOST]:
        say(f"  {' '.join(filter(None, (each.file, each.place)))}：{each.what}：{excerpt(each.text, 80)}")
    if len(read.beyond) > _MOST:
        say(f"  ……共 {len(read.beyond)} 处，都在写成的文件里")
    say(f"已写入 {read.path}")

"""``lianheti receive``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import folder_option, format_option
from generator.cli.output import console, say, write_json
from generator.errors import UsageError

if TYPE_CHECKING:
    from generator.workflows.progress import Progress
    from generator.workflows.receive import Received

_MOST_LACKING = 30


@click.command(
    "receive",
    cls=ChineseCommand,
    help="收回签好的扫描件：认出是哪份文件的哪一页，与送出的对照，查签名、印章、日期和改动，登记谁还没签，装订签署件。",
    epilog=(
        "例：lianheti receive 扫描件/ --packet output/某联合体/某方案-signing -o 收回/"
        "　　退出码：0 已经收齐，1 还没有收齐或有要人看的"
    ),
)
@click.argument("scans", nargs=-1, type=click.Path(path_type=Path), metavar="扫描件…")
@click.option(
    "--packet",
    required=True,
    type=click.Path(path_type=Path),
    metavar="材料包",
    help="送出去签的那一套（文件夹或 zip）；签署情况记在这个文件夹里，每次收到都往上加",
)
@folder_option("原件、转正的各页、要人看的截图、签署件和催办的话写到哪里；同一套材料每次用同一个目录")
@click.option(
    "--older",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="旧稿",
    help="以前的稿子（材料包），用来认出旧稿的页，可写多个；与这套放在一起的旧稿会自动对照",
)
@click.option(
    "--confirm",
    multiple=True,
    metavar="编号",
    help="看过原件，认定这一处没有问题；编号见签署情况表的备注，可写多个，与 --by 一起用",
)
@click.option(
    "--refuse",
    multiple=True,
    metavar="编号",
    help="看过不合格，退回重签；编号同上，整页写成 2-7-page，可写多个，与 --reason、--by 一起用",
)
@click.option("--reason", default="", metavar="理由", help="为什么退回，一句话，写进登记表和催办的话")
@click.option("--by", default="", metavar="姓名", help="谁看的，记录在案")
@click.option(
    "--most-mb",
    type=click.FloatRange(min=0.1),
    default=50.0,
    metavar="兆",
    help="每个签署件 PDF 最大多少兆（MB），默认 50；超过就逐级降低图像的精度，降到哪一级会写明",
)
@format_option
def command(
    scans: tuple[Path, ...],
    packet: Path,
    root: Path,
    older: tuple[Path, ...],
    confirm: tuple[str, ...],
    refuse: tuple[str, ...],
    reason: str,
    by: str,
    most_mb: float,
    output: str,
) -> int:
    """Receive scans."""
    from generator.workflows.receive import receive

    if reason and not refuse:
        raise UsageError("写了理由，没有写退回哪一处", "用 --refuse 写上编号")
    received = receive(
        scans,
        packet,
        root,
        older=older,
        confirm=confirm,
        refuse=dict.fromkeys(refuse, reason),
        by=by,
        most_bytes=int(most_mb * 1_000_000),
        progress=_step,
    )
    if output == "json":
        write_json(received.as_json())
    else:
        _tell(received)
    return received.exit_code


def _step(progress: Progress) -> None:
    say(progress.what, err=True)


def _tell(received: Received) -> None:
    if received.new:
        say(f"认出 {len(received.new)} 页。")
    for stranger in received.strangers:
        say(f"  · {stranger.source.name}：{stranger.remark}")
    for note in received.notes:
        say(f"说明：{note}")
    _tell_rows(received)
    say(f"签署情况：{received.status.with_suffix('.xlsx')}")
    if received.complete:
        say("结论：已经收齐，每一处都见到或由人确认。扫描件看不出的，仍以原件为准。")
        return
    say(f"结论：还没有收齐，{len(received.lacking)} 项：")
    for one in received.lacking[:_MOST_LACKING]:
        say(f"  · {one}")
    if len(received.lacking) > _MOST_LACKING:
        say(f"  · 其余 {len(received.lacking) - _MOST_LACKING} 项见签署情况表")


def _tell_rows(received: Received) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    for name in ("签章方", "文件", "签章处", "收回", "签名", "印章", "日期"):
        table.add_column(name, overflow="fold")
    for cells in received.table():
        table.add_row(*map(Text, cells))
    console().print(table)

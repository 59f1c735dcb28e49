"""``lianheti fonts``."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import format_option
from generator.cli.output import console, say, write_json


@click.command(
    "fonts",
    cls=ChineseCommand,
    help="列出公文用的每种字体由本机哪个字库来印，缺哪些、怎么补。",
    epilog="例：lianheti fonts　　自备字体：设环境变量 LIANHETI_FONTS 为放字体文件的目录",
)
@click.option(
    "--folder", type=click.Path(path_type=Path), metavar="目录", help="先在这个目录里找（同 LIANHETI_FONTS）"
)
@click.option("--text", default="", metavar="文字", help="查这些字由哪个字库印，如人名里的生僻字")
@format_option
def command(folder: Path | None, text: str, output: str) -> None:
    """Show the faces in use."""
    from generator.workflows.fonts import fonts

    found = fonts(folder, text)
    if output == "json":
        write_json(found.as_json())
        return
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, title="字体", title_justify="left")
    for name in ("公文字体", "用来印的字库", "文件", "粗体", "状态"):
        table.add_column(name, overflow="fold")
    for one in found.faces:
        table.add_row(
            one.role, one.face, one.file, one.bold or "描边加粗", "本机有" if one.own else "没有，由它代替"
        )
    console().print(table)
    missing = [one.role for one in found.faces if not one.own and one.official]
    if missing:
        say(
            f"缺 {'、'.join(missing)}：文件照样能出，字形换成思源（Noto）字体，页数可能与 Word 里略有出入。"
            "要用原字体，把 Windows 或 WPS 里的字体文件（如 simfang.ttf、simkai.ttf、simhei.ttf、simsun.ttc、"
            "方正小标宋）放进一个目录，再设环境变量 LIANHETI_FONTS 指向它；注意字体的使用授权。"
        )
    if "楷体" in missing:
        say(
            "楷体另有可以自由使用的霞鹜文楷（LXGW WenKai，OFL 授权）：Debian、Ubuntu 上装软件包 "
            "fonts-lxgw-wenkai，别的系统把它的 .ttf 文件放进字体目录，装了就用。"
        )
    if "仿宋" in missing:
        say("仿宋没有可以自由使用的字库，用 Windows 自带的 simfang.ttf。")
    for char, face in found.characters:
        say(
            f"{char}（U+{ord(char):04X}）："
            + (face or "没有字库能印，PDF 里会写成〔U+…〕；请补装含此字的字库")
        )

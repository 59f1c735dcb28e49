"""``lianheti scheme``."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.chinese import ChineseCommand, ChineseGroup
from generator.cli.options import file_option
from generator.cli.output import say


@click.group(
    "scheme",
    cls=ChineseGroup,
    help="方案写成 Excel 工作簿：新建一份待填的，或与 programme.yaml 互相转换。",
    epilog="例：lianheti scheme new 某省/某方案 -o 方案.xlsx　　lianheti scheme convert 方案.xlsx -o programme.yaml",
)
def command() -> None:
    """Commands about the file that describes a scheme."""


@command.command(
    "new",
    cls=ChineseCommand,
    short_help="新建一份待填的",
    help="生成一份待填写的方案工作簿。",
    epilog="例：lianheti scheme new 某省/某方案 -o 方案.xlsx",
)
@click.argument("code", metavar="方案代码")
@file_option("写到哪个文件（.xlsx）")
def new(code: str, target: Path) -> None:
    """Write a workbook to be filled."""
    from generator.workflows.schemes import new_scheme

    new_scheme(code, target)
    say(
        f"已生成 {target}。填好后改名为 programme.xlsx，与 Word 模板一起放进文件夹 我的模板/{code}，"
        f"用 lianheti lint 我的模板/{code} 检查。"
    )


@command.command(
    "convert",
    cls=ChineseCommand,
    short_help="与 programme.yaml 互相转换",
    help="在 programme.yaml 和 programme.xlsx 之间转换方案，内容不增不减，按后缀决定格式。",
    epilog="例：lianheti scheme convert 我的模板/某省/某方案 -o 方案.xlsx",
)
@click.argument("source", type=click.Path(path_type=Path), metavar="方案文件或文件夹")
@file_option("写到哪个文件（.yaml 或 .xlsx）")
def convert(source: Path, target: Path) -> None:
    """Write the scheme in the other format."""
    from generator.workflows.schemes import convert_scheme

    made = convert_scheme(source, target)
    say(f"已把 {source} 转成 {target}。")
    if made.comments:
        say(f"  · 有 {made.comments} 行注释（# 开头）没有带过去，工作簿里请写在“备注”“说明”各列。")

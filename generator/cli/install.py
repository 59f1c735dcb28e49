"""``lianheti install``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.output import say
from generator.errors import UsageError

if TYPE_CHECKING:
    from generator.workflows.packs import Offer


@click.command(
    "install",
    cls=ChineseCommand,
    help="安装发布单位给的方案安装包：核对签名，显示密钥指纹和变动，确认后装入本机。",
    epilog="例：lianheti install 某方案.lhpack",
)
@click.argument("file", metavar="安装包", type=click.Path(path_type=Path))
@click.option("--yes", "agreed", is_flag=True, help="已经核对过指纹，不再询问")
@click.option("--new-key", "new_key", metavar="指纹", help="发布单位确实换了密钥时，写它公布的新指纹")
@click.option("--dry-run", "only_look", is_flag=True, help="只看，不安装")
def command(file: Path, agreed: bool, new_key: str | None, only_look: bool) -> None:
    """Install a pack."""
    from generator.workflows.packs import install, offer

    offered = offer(file, new_key=new_key)
    _show(offered)
    if only_look:
        return
    if offered.nothing_new:
        say("这一版已经装好，没有改动。")
        return
    if not agreed and not _agreed(offered):
        say("没有安装。")
        return
    done = install(offered)
    say(
        f"已安装第 {done.version} 版，方案代码 {done.code}。用 lianheti new {done.code} -o 数据.xlsx 开始填写。"
    )


def _show(offered: Offer) -> None:
    about = offered.pack.about
    say(f"{about.title}（{about.code}），第 {about.version} 版")
    say(f"  发布单位（安装包自称）：{about.authority}")
    say(f"  签名完好，密钥指纹：{offered.pack.fingerprint}")
    if offered.known_key:
        say("  以前装过同一把密钥签名的安装包。")
    elif offered.other_key:
        say("  换了密钥：与 --new-key 写的指纹相同，装好以后只认这一把。")
    else:
        say("  这把密钥是第一次见到：请与发布单位网站或通知公布的指纹逐字核对，不同就不要装。")
    if offered.replaces_built_in:
        say("  注意：本程序自带同一代码的方案，装好以后用这一份，不用自带的。")
    if offered.nothing_new or not (offered.installed or offered.replaces_built_in):
        return
    before = f"已经装有第 {offered.installed.version} 版" if offered.installed else "这里用的是自带的"
    say(f"  {before}，与它相比：")
    for change in offered.changes or ("方案没有变动",):
        say(f"    {'' if change.startswith('  ') else '· '}{change}")


def _agreed(offered: Offer) -> bool:
    """Whether the person agrees.

    Raises:
        UsageError: nobody can be asked.
    """
    if not sys.stdin.isatty():
        raise UsageError("安装前要有人核对指纹，这里没有键盘可以确认", "核对指纹后加 --yes 再运行")
    asked = "指纹相同，安装" if not offered.known_key else "安装"
    return str(click.prompt(f"{asked}？写“是”或“否”", default="否")).strip() in {"是", "y", "Y", "yes"}

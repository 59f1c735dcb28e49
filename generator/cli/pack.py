"""``lianheti pack``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import file_option
from generator.cli.output import say
from generator.errors import UsageError

_KEYGEN = "keygen"


@click.command(
    "pack",
    cls=ChineseCommand,
    help="把一个方案做成签了名的安装包，发给申报单位；先用 pack keygen 生成一次密钥。",
    epilog="例：lianheti pack keygen -o 某省科技厅　　lianheti pack 我的模板/某省/某方案 --key 某省科技厅.key -o 某方案.lhpack",
)
@click.argument("folder", metavar="方案文件夹", type=click.Path(path_type=Path))
@file_option("写到哪个文件（.lhpack；pack keygen 写 .key 和 .pub 两个文件）")
@click.option("--key", "key", type=click.Path(path_type=Path), metavar="文件", help="签名用的密钥（.key）")
@click.option(
    "--version",
    "number",
    type=click.IntRange(1, 1_000_000),
    metavar="数字",
    help="第几版；不写就比 -o 已有的那一版大 1",
)
@click.option(
    "--password-file",
    "secret",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="文件",
    help="密钥的口令写在哪个文件的第一行；不写就在屏幕上问",
)
@click.option("--no-password", is_flag=True, help="生成不带口令的密钥（密钥文件要自己保管好）")
def command(
    folder: Path, target: Path, key: Path | None, number: int | None, secret: Path | None, no_password: bool
) -> None:
    """Make a pack, or a key."""
    from generator.workflows.packs import keygen, needs_password, pack

    if str(folder) == _KEYGEN:
        password = "" if no_password else _password(secret, new=True)
        private, public = keygen(target, password)
        say(f"已生成 {private} 和 {public}。")
        say(
            f"{private.name} 用来签名，只放在发布的电脑上，备份好，不要发给别人；丢了就要换密钥，各单位都得重新核对。"
        )
        return
    if key is None:
        raise UsageError(
            "没有指定签名用的密钥", "加 --key 和 .key 文件；还没有密钥的，先运行 lianheti pack keygen -o 名称"
        )
    password = _password(secret) if needs_password(key) else ""
    made = pack(folder, target, key, password, version=number)
    say(
        f"已生成 {made.path}：{made.about.title}，第 {made.about.version} 版，{len(made.about.files)} 个文件。"
    )
    for warning in made.warnings:
        say(f"  · {warning}")
    say(f"密钥指纹：{made.fingerprint}")
    say("请把指纹公布在单位网站或通知里，申报单位安装时照着核对。")


def _password(file: Path | None, *, new: bool = False) -> str:
    """The key's password, from a file or from the person.

    Raises:
        UsageError: there is neither.
    """
    if file is not None:
        return file.read_text(encoding="utf-8-sig").split("\n", 1)[0].strip("\r")
    if not sys.stdin.isatty():
        remedy = "加 --password-file 和写有口令的文件" + ("，或 --no-password" if new else "")
        raise UsageError("这里没有键盘可以输入密钥的口令", remedy)
    again = "再输一次" if new else False
    return str(click.prompt("密钥的口令", hide_input=True, confirmation_prompt=again))

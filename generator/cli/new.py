"""``lianheti new``."""

from __future__ import annotations

from pathlib import Path

import click

from generator.catalogue import Catalogue
from generator.cli.chinese import ChineseCommand
from generator.cli.options import templates_option
from generator.cli.output import say
from generator.errors import OutputError, UsageError


@click.command(
    "new",
    cls=ChineseCommand,
    help="为一个方案生成待填写的数据文件，按后缀写成带说明的 .yaml。",
    epilog="例：lianheti new 方案代码 -o 我的联合体.yaml",
)
@click.argument("code", metavar="方案代码")
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path),
    required=True,
    metavar="文件",
    help="写到哪个文件",
)
@templates_option
def command(code: str, target: Path, templates: Path | None) -> None:
    """Write a starter data file."""
    programme = Catalogue(templates).load(code)
    if target.suffix.lower() not in {".yaml", ".yml"}:
        raise UsageError(f"不能写成“{target.suffix or target.name}”文件", "文件名以 .yaml 结尾")
    from generator.starter import starter_yaml

    write_new(target, starter_yaml(programme).encode())
    say(f"已生成 {target}。填好后用 lianheti check {target} -p {code} 核对。")


def write_new(target: Path, data: bytes) -> None:
    """Write a file that must not exist yet.

    Raises:
        OutputError: it exists, or cannot be written.
    """
    try:
        with target.open("xb") as stream:
            stream.write(data)
    except FileExistsError:
        raise OutputError(f"文件 {target} 已经存在，没有改动它", "换一个文件名，或先把旧文件移走") from None
    except OSError as error:
        raise OutputError(f"写不了文件 {target}（{error.strerror}）", "核对目录是否存在、是否可写") from None

"""``lianheti new``."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import templates_option
from generator.cli.output import say
from generator.errors import OutputError
from generator.model.catalogue import Catalogue


@click.command(
    "new",
    cls=ChineseCommand,
    help="为一个方案生成待填写的数据文件，按后缀写成带说明的 .yaml 或 Excel 工作簿 .xlsx。",
    epilog="例：lianheti new 方案代码 -o 我的联合体.xlsx　　换方案：lianheti new 新方案代码 -o 新.xlsx --from 旧.xlsx",
)
@click.argument("code", metavar="方案代码")
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path),
    required=True,
    metavar="文件",
    help="写到哪个文件（.yaml 或 .xlsx）",
)
@click.option(
    "--from",
    "old",
    type=click.Path(path_type=Path),
    metavar="数据文件",
    help="把已有的数据带到这个方案，还缺的内容标出来",
)
@templates_option
def command(code: str, target: Path, old: Path | None, templates: Path | None) -> None:
    """Write a data file to be filled."""
    from generator.packet.session import Session
    from generator.workflows.data_files import carried, check_suffix, starter

    check_suffix(target)
    catalogue = Catalogue(templates)
    programme = catalogue.load(code)
    with Session(catalogue, engine=None) as session:
        if old is not None:
            from generator.readers.source_file import read_source

            done = carried(read_source(old), programme, target, session)
            write_new(target, done.data)
            lacking = f"还缺 {len(done.missing)} 项，已在文件里标出" if done.missing else "需要的内容都已有"
            say(f"已把 {old} 带到 {target}，{lacking}。用 lianheti check {target} -p {code} 核对。")
            return
        written = starter(programme, target, session)
    write_new(target, written)
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

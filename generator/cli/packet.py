"""``lianheti packet``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import (
    accept_option,
    edition_option,
    format_option,
    output_option,
    page_code_option,
    parse_accepted,
    programmes_option,
    sheets_option,
    signing_pages_option,
    templates_option,
)
from generator.cli.output import say, say_notices, write_json
from generator.cli.pdf_options import engine_of, pdf_options

if TYPE_CHECKING:
    from generator.model.programme import SigningPages
    from generator.packet.print_layout import Sides
    from generator.publishing.manifest import Sheets
    from generator.rendering.values import Edition
    from generator.workflows.packets import PacketResult

_MISSING_SHOWN = 8
_UNPRINTED_SHOWN = 5


@click.command(
    "packet",
    cls=ChineseCommand,
    help="核对数据，填写方案的全部文件，生成 PDF，装订成套。写多个 -p 时逐个方案生成。",
    epilog="例：lianheti packet 我的联合体.yaml -p 方案代码 -o output --edition signing",
)
@click.argument("data", type=click.Path(path_type=Path), metavar="数据文件")
@programmes_option
@output_option
@edition_option
@pdf_options
@accept_option
@click.option(
    "--print",
    "sides",
    type=click.Choice(["duplex", "simplex"]),
    metavar="duplex|simplex",
    help="打印件按双面（duplex）还是单面（simplex）排；不写的按数据的“打印”，再没有的按双面",
)
@signing_pages_option
@sheets_option
@page_code_option
@click.option("--force", is_flag=True, help="已有的材料被人改过时，把旧的整套移到一旁再生成")
@format_option
@templates_option
def command(
    data: Path,
    codes: tuple[str, ...],
    root: Path,
    edition: str,
    pdf_engine: str,
    no_pdf: bool,
    accepted: tuple[str, ...],
    sides: str | None,
    signing_pages: str | None,
    sheets: str | None,
    page_codes: bool,
    force: bool,
    output: str,
    templates: Path | None,
) -> int:
    """Make the packets."""
    from generator.workflows.packets import make_packets
    from generator.workflows.workspace import Workspace

    as_json = output == "json"
    with Workspace(templates) as workspace:
        packets = make_packets(
            workspace,
            data,
            root,
            codes,
            edition=cast("Edition", edition),
            engine=engine_of(pdf_engine, no_pdf=no_pdf),
            accept=parse_accepted(accepted),
            force=force,
            sides=cast("Sides | None", sides),
            signing_pages=cast("SigningPages | None", signing_pages),
            page_codes=page_codes,
            sheets=cast("Sheets | None", sheets),
            progress=say_notices,
            made=lambda result: _tell(result, err=as_json),
        )
    if as_json:
        write_json(packets.as_json())
    elif len(packets.results) == 1 and packets.results[0].error:
        raise packets.results[0].error
    for result in packets.results:
        if result.error:
            say(f"{result.programme.short_title}：{result.error}", err=True)
    return packets.exit_code


def _tell(result: PacketResult, *, err: bool) -> None:
    from generator.model.findings import count_verdicts

    if result.done is None:
        return
    counts = count_verdicts(result.findings)
    published, manifest = result.done.published, result.done.packet.manifest
    if published.moved_aside:
        say(f"原来的一套被改过，已移到 {published.moved_aside}", err=err)
    printing = manifest.printing
    how = f"{'双面' if printing.sides == 'duplex' else '单面'}打印 {printing.sheets} 张" if printing else ""
    pages = f"，打印件 {manifest.packet.pages} 页（{how}）" if manifest.packet else ""
    told = "" if manifest.sheets == "none" else "（详见 internal/conditions）"
    same = "" if published.written else "（与已有的完全相同，没有改动）"
    say(
        f"{result.programme.title}：{published.folder}{pages}{same}\n"
        f"  条件：符合 {counts['pass']}，不符合 {counts['fail']}，缺数据 {counts['unknown']}，"
        f"提醒 {counts['warn']}，需人工判断 {counts['judge']}{told}",
        err=err,
    )
    if missing := result.missing:
        more = "……" if len(missing) > _MISSING_SHOWN else ""
        say(f"  还有 {len(missing)} 项待填：{'、'.join(missing[:_MISSING_SHOWN])}{more}", err=err)
    if unprinted := result.unused:
        more = "等" if len(unprinted) > _UNPRINTED_SHOWN else ""
        shown = "、".join(unprinted[:_UNPRINTED_SHOWN])
        say(f"  有 {len(unprinted)} 个值本方案的文件用不到：{shown}{more}", err=err)
    for warning in result.warnings:
        say(f"  注意：{warning}", err=err)

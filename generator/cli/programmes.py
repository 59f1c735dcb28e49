"""``lianheti programmes``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import format_option, templates_option
from generator.cli.output import console, write_json

if TYPE_CHECKING:
    from generator.model.programme import Validity
    from generator.publishing.installed import Installed


@click.command(
    "programmes",
    cls=ChineseCommand,
    help="列出全部方案：代码、名称、主管部门、文号、有效期、要交的文件和来源（自带，或安装包的版本和密钥）。",
    epilog="例：lianheti programmes --format json",
)
@format_option
@templates_option
def command(output: str, templates: Path | None) -> None:
    """List the programmes."""
    from generator.workflows.programmes import programmes
    from generator.workflows.workspace import Workspace

    with Workspace(templates) as workspace:
        found = programmes(workspace)
    if output == "json":
        write_json(found.as_json())
        return
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, title="可用的方案", title_justify="left")
    table.add_column("代码", no_wrap=True)
    table.add_column("方案", overflow="fold")
    table.add_column("主管部门", overflow="fold")
    table.add_column("文号和有效期", overflow="fold")
    table.add_column("文件", overflow="fold")
    table.add_column("来源", overflow="fold")
    for programme in found.programmes:
        table.add_row(
            programme.code,
            programme.title,
            programme.authority,
            "\n".join(filter(None, [programme.source.number or "文中无文号", _validity(programme.validity)])),
            "\n".join(document.title for document in programme.documents),
            _source(found.sources[programme.code], found.installed.get(programme.code)),
        )
    console().print(table)


def _source(source: str, installed: Installed | None) -> str:
    return f"{source}第 {installed.version} 版\n密钥 {installed.fingerprint}" if installed else source


def _validity(validity: Validity) -> str:
    start = validity.start.isoformat() if validity.start else ""
    end = validity.end.isoformat() if validity.end else ""
    if start and end:
        return f"{start} 至 {end}"
    return f"{start} 起" if start else f"至 {end}" if end else ""

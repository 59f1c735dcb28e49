"""``lianheti schema``."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import templates_option
from generator.cli.output import write_json
from generator.errors import UsageError


@click.command(
    "schema",
    cls=ChineseCommand,
    help="输出数据文件（或方案文件 programme.yaml、材料包清单 manifest.json）的 JSON Schema，供编辑器和别的程序使用。",
    epilog="例：lianheti schema > lianheti.schema.json",
)
@click.option(
    "--programme", "of_programme", is_flag=True, help="改为输出方案文件 programme.yaml 的 JSON Schema"
)
@click.option("--manifest", "of_manifest", is_flag=True, help="改为输出清单 manifest.json 的 JSON Schema")
@templates_option
def command(of_programme: bool, of_manifest: bool, templates: Path | None) -> None:
    """Print the JSON Schema of a data file, of ``programme.yaml``, or of ``manifest.json``."""
    if of_programme and of_manifest:
        raise UsageError("--programme 和 --manifest 不能一起写", "一次只写一个")
    from generator.workflows.schemas import data_schema, manifest_schema, programme_schema
    from generator.workflows.workspace import Workspace

    if of_manifest:
        write_json(manifest_schema())
    elif of_programme:
        write_json(programme_schema())
    else:
        with Workspace(templates) as workspace:
            write_json(data_schema(workspace))

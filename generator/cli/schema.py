"""``lianheti schema``."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import templates_option
from generator.cli.output import write_json
from generator.errors import UsageError
from generator.model.catalogue import Catalogue


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
    if of_manifest:
        from generator.publishing.manifest import manifest_schema

        write_json(manifest_schema())
        return
    if of_programme:
        from generator.model.programme import Programme

        write_json(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **Programme.model_json_schema()}
        )
        return
    from generator.writers.json_schema import json_schema

    write_json(json_schema(list(Catalogue(templates).all().values())))

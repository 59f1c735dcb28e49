"""``lianheti schema``."""

from __future__ import annotations

from pathlib import Path

import click

from generator.catalogue import Catalogue
from generator.cli.chinese import ChineseCommand
from generator.cli.options import templates_option
from generator.cli.output import write_json


@click.command(
    "schema",
    cls=ChineseCommand,
    help="输出数据文件的 JSON Schema，供编辑器自动补全和核对。",
    epilog="例：lianheti schema > lianheti.schema.json",
)
@templates_option
def command(templates: Path | None) -> None:
    """Print the JSON Schema of a data file."""
    from generator.schema import json_schema

    write_json(json_schema(list(Catalogue(templates).all().values())))

"""``lianheti blank``."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import templates_option
from generator.cli.output import say
from generator.cli.pdf_options import engine_of, pdf_options
from generator.model.catalogue import Catalogue


@click.command(
    "blank",
    cls=ChineseCommand,
    help="输出一个方案的空白表格、协议和提纲，与公布的附件一致。",
    epilog="例：lianheti blank 方案代码 -o 空白表格",
)
@click.argument("code", metavar="方案代码")
@click.option(
    "-o",
    "--output",
    "root",
    type=click.Path(path_type=Path),
    required=True,
    metavar="目录",
    help="写到哪个目录",
)
@pdf_options
@templates_option
def command(code: str, root: Path, pdf_engine: str, no_pdf: bool, templates: Path | None) -> None:
    """Write the blank official documents."""
    from generator.packet.session import Session
    from generator.workflows.blank import make_blank

    catalogue = Catalogue(templates)
    with Session(catalogue, engine_of(pdf_engine, no_pdf=no_pdf)) as session:
        for path in make_blank(catalogue.load(code), root, session):
            say(str(path))

"""The options about PDFs that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import click

from generator.pdf.engines.open import ENGINE_NAMES, EngineName

F = TypeVar("F", bound=Callable[..., Any])


def pdf_options(command: F) -> F:
    """``--pdf-engine`` and ``--no-pdf``."""
    engine = click.option(
        "--pdf-engine",
        type=click.Choice(ENGINE_NAMES),
        default="typst",
        metavar="|".join(ENGINE_NAMES),
        help="生成 PDF 的引擎：内置的 typst（默认），或本机安装的 LibreOffice",
    )
    return engine(click.option("--no-pdf", is_flag=True, help="只生成 Word 文件")(command))


def engine_of(name: str, *, no_pdf: bool) -> EngineName | None:
    """The engine asked for; None where no PDFs are wanted."""
    return None if no_pdf else cast("EngineName", name)

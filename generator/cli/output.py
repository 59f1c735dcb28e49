"""Writing to the terminal: tables for people, one JSON document for programs."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from generator.workflows.progress import Progress


def console(*, err: bool = False) -> Console:
    """A console of the terminal's width, 100 columns where there is none."""
    from rich.console import Console

    stream = sys.stderr if err else sys.stdout
    width = None if stream.isatty() or os.environ.get("COLUMNS") else 100
    return Console(stderr=err, width=width, highlight=False, soft_wrap=False)


def write_json(document: Any) -> None:
    """One JSON document on stdout, and nothing else there."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def say(text: str, *, err: bool = False) -> None:
    """A line for a person."""
    click.echo(text, err=err)


def say_notices(progress: Progress) -> None:
    """Of a workflow's steps, what a person must be told, on stderr."""
    if progress.notice:
        say(progress.what, err=True)

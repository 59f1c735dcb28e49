"""Writing to the terminal: tables for people, one JSON document for programs."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from rich.console import Console

    from generator.workflows.progress import Progress


# Where a line may not break: before a closing mark, after an opening one, inside a short quoted term, between
# a number and what it counts.
_CLOSING: Final = "，。；：、！？）〕》”’％%…"
_OPENING: Final = "（〔《“‘"
_CHINESE: Final = r"[^\W0-9a-zA-Z_]"
# What a number counts: 家, 万元; not the 第 or 共 that belongs to the next number.
_COUNTED: Final = rf"{_CHINESE}(?:{_CHINESE}(?!\s?[0-9A-Za-z]))?"
_PIECE: Final = re.compile(
    rf"(?:[（〔《‘]*“[^”\s]{{1,16}}”|[{_OPENING}]*(?:"
    rf"{_CHINESE}\s[0-9A-Za-z][0-9A-Za-z.,]*(?:\s?{_COUNTED})?"
    rf"|[0-9][0-9.,]*\s?(?:[%％]|{_COUNTED})?|[!-~]+|\s+|.))[{_CLOSING}]*"
)


def console(*, err: bool = False) -> Console:
    """A console for tables, of the terminal's width, 100 columns where there is none; texts are shown as they are."""
    from rich.console import Console

    stream = sys.stderr if err else sys.stdout
    width = None if stream.isatty() or os.environ.get("COLUMNS") else 100
    return Console(stderr=err, width=width, highlight=False, soft_wrap=False, markup=False, emoji=False)


def wrapped(text: str, width: int) -> str:
    """A text for a terminal so wide: broken where Chinese may be, each line indented as the first.

    Args:
        text: one paragraph a line.
        width: in columns; a Chinese character takes two.
    """
    from rich.cells import cell_len

    lines = []
    for paragraph in text.split("\n"):
        indent = paragraph[: len(paragraph) - len(paragraph.lstrip(" 　·"))]
        hanging = " " * cell_len(indent)
        line, used = "", 0
        for piece in _PIECE.findall(paragraph):
            length = cell_len(piece)
            if used + cell_len(piece.rstrip()) > width and line.strip():
                lines.append(line.rstrip())
                line = hanging + piece.lstrip()
                used = cell_len(line)
                continue
            line += piece
            used += length
        lines.append(line.rstrip())
    return "\n".join(lines)


def write_json(document: Any) -> None:
    """One JSON document on stdout, and nothing else there."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def say(text: str, *, err: bool = False, bold: bool = False, colour: str | None = None) -> None:
    """A line for a person, wrapped where a terminal shows it, and in colour where that is wanted there."""
    stream = sys.stderr if err else sys.stdout
    if stream.isatty():
        text = wrapped(text, shutil.get_terminal_size().columns)
        if (bold or colour) and not os.environ.get("NO_COLOR"):
            text = click.style(text, bold=bold, fg=colour)
    click.echo(text, err=err)


def say_notices(progress: Progress) -> None:
    """Of a workflow's steps, what a person must be told, on stderr."""
    if progress.notice:
        say(progress.what, err=True)

"""Options that several commands share, and what they turn into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from generator.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])

templates_option = click.option(
    "--templates",
    envvar="LIANHETI_TEMPLATES",
    type=click.Path(path_type=Path),
    metavar="目录",
    help="自备的模板目录，优先于内置方案（也可设环境变量 LIANHETI_TEMPLATES）",
)
programmes_option = click.option(
    "-p",
    "--programme",
    "codes",
    multiple=True,
    metavar="方案代码",
    help="方案代码，可写多个；省略时用数据中“申报”的方案",
)
output_option = click.option(
    "-o",
    "--output",
    "root",
    type=click.Path(path_type=Path),
    default=Path("output"),
    metavar="目录",
    help="写到哪个目录，默认 output",
)
edition_option = click.option(
    "--edition",
    type=click.Choice(["draft", "signing"]),
    default="draft",
    metavar="draft|signing",
    help="draft 草稿（默认，缺的值标出来）；signing 签署版（不缺不错才出）",
)
signing_pages_option = click.option(
    "--signing-pages",
    type=click.Choice(["shared", "one-per-party"]),
    metavar="shared|one-per-party",
    help="协议的签章页：shared 各方共用；one-per-party 每方一页，可以同时签。不写的按数据的“签章页”和方案",
)
page_code_option = click.option(
    "--page-code",
    "page_codes",
    is_flag=True,
    help="每页的页边印一个小二维码（本程序加的，不是官方表格的），收回扫描件时认页、认稿用；默认不印",
)
sheets_option = click.option(
    "--sheets",
    type=click.Choice(["all", "checks", "none"]),
    metavar="all|checks|none",
    help="内部用表：all 全部（签署版默认）；checks 只做条件核对表和材料清单（草稿默认）；none 不做",
)
format_option = click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    metavar="text|json",
    help="输出格式：给人看的文字，或给程序用的 JSON",
)


def file_option(told: str, *, required: bool = True) -> Callable[[F], F]:
    """``-o FILE``, the parameter ``target``: one file that a command writes.

    Args:
        told: the help, which names the formats.
        required: whether the command needs it.
    """
    return click.option(
        "-o",
        "--output",
        "target",
        type=click.Path(path_type=Path),
        required=required,
        metavar="文件",
        help=told,
    )


def folder_option(told: str = "写到哪个目录") -> Callable[[F], F]:
    """``-o FOLDER``, required, the parameter ``root``: the folder that a command writes into."""
    return click.option(
        "-o",
        "--output",
        "root",
        type=click.Path(path_type=Path),
        required=True,
        metavar="目录",
        help=told,
    )


def programme_option(told: str, *, required: bool = False) -> Callable[[F], F]:
    """``-p CODE``, the parameter ``code``: the one scheme that a command works by.

    Args:
        told: the help, which says what is taken where it is left out.
        required: whether the command needs it.
    """
    return click.option("-p", "--programme", "code", required=required, metavar="方案代码", help=told)


def accept_option(command: F) -> F:
    """``--accept PROGRAMME:RULE=REASON``, repeatable."""
    return click.option(
        "--accept",
        "accepted",
        multiple=True,
        metavar="方案:条件=理由",
        help="接受一条不符合的条件，理由记录在案，可写多个",
    )(command)


def parse_accepted(texts: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """The reasons by programme and rule.

    Raises:
        UsageError: a text is not ``PROGRAMME:RULE=REASON`` with a reason.
    """
    reasons: dict[str, dict[str, str]] = {}
    for text in texts:
        target, _, reason = text.partition("=")
        code, _, rule = target.partition(":")
        if not (code.strip() and rule.strip() and reason.strip()):
            raise UsageError(
                f"--accept “{text}”的写法不对",
                "写成 方案代码:条件=理由（条件的标题照核对结果写），理由不能空着，整个参数用引号括起来",
            )
        reasons.setdefault(code.strip(), {})[rule.strip()] = reason.strip()
    return reasons

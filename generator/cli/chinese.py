"""click's own words in Chinese: help pages and usage errors."""

from __future__ import annotations

import difflib
import re
from functools import partial
from typing import Any, Final

import click
from click.formatting import HelpFormatter

# Compiled where help or an error is told, as each takes 2 ms of every command.
_CHINESE: Final = r"[㐀-鿿]"
_EXTRA: Final = r"\s*\[[^\]㐀-鿿]+\]$"
# What the choices of options mean.
_CHOICES: Final = {
    "draft": "（草稿）",
    "signing": "（签署版）",
    "text": "（给人看的文字）",
    "json": "（给程序用的 JSON）",
    "typst": "（内置的排版）",
    "libreoffice": "（本机的 LibreOffice）",
}


# What else people call a command.
_ALSO_CALLED: Final = {
    "check": "检查校验审核",
    "new": "新建开始",
    "merge": "合并",
    "packet": "签署打包套打出",
    "bind": "合订",
    "verify": "验证",
}


class NoSuchCommandError(click.UsageError):
    """A command that there is not, told in Chinese with the one that may be meant."""


class _Chinese(click.Command):
    """Help pages with Chinese headings."""

    def format_usage(self, ctx: click.Context, formatter: HelpFormatter) -> None:
        """The usage line."""
        pieces = ["[选项]" if piece == "[OPTIONS]" else piece for piece in self.collect_usage_pieces(ctx)]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: HelpFormatter) -> None:
        """The options under a Chinese heading."""
        records = [
            (record[0], re.sub(_EXTRA, partial(_told, param), record[1]))
            for param in self.get_params(ctx)
            if (record := param.get_help_record(ctx))
        ]
        if records:
            with formatter.section("选项"):
                formatter.write_dl(records)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The help option with a Chinese description."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示本说明后退出"
        return option


class ChineseCommand(_Chinese):
    """A command whose help page and errors are Chinese."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(
            click.Option(["--debug"], is_flag=True, expose_value=False, help="出错时显示程序内部的追踪信息")
        )


class ChineseGroup(_Chinese, click.Group):
    """A group whose help page is Chinese."""

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (as in click)
        """The usage line's parts."""
        return ["命令", "[选项] …"]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As in click; for an unknown name, commands with a similar name or description are suggested."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            meant = self._meant(name)
            hint = f"，是不是 {'、'.join(f'{one}（{what}）' for one, what in meant)}" if meant else ""
            raise NoSuchCommandError(f"没有命令“{name}”{hint}", ctx)
        return super().resolve_command(ctx, args)

    def _meant(self, name: str) -> list[tuple[str, str]]:
        """The commands nearest to a name: by spelling, or by the Chinese words of what they do."""
        known = dict(self.summaries())
        near = difflib.get_close_matches(name.lower(), known, n=2, cutoff=0.6)
        if not near:
            shared = {
                one: len(set(name) & set(what + _ALSO_CALLED.get(one, ""))) for one, what in known.items()
            }
            near = [one for one in known if shared[one] == max(shared.values()) and shared[one] > 1][:3]
        return [(one, known[one]) for one in near]

    def summaries(self) -> list[tuple[str, str]]:
        """Each command with what it does."""
        return [(name, command.get_short_help_str()) for name, command in self.commands.items()]

    def format_options(self, ctx: click.Context, formatter: HelpFormatter) -> None:
        """The options, then the commands."""
        super().format_options(ctx, formatter)
        with formatter.section("命令"):
            formatter.write_dl(self.summaries())


def _takes_programme(ctx: click.Context | None) -> bool:
    """Whether a command takes a programme as an argument, not as an option."""
    return ctx is not None and any(
        isinstance(param, click.Argument) and param.name == "code" for param in ctx.command.params
    )


def usage_message(error: click.ClickException) -> str:
    """A usage error as one Chinese paragraph: what is wrong and what to do."""
    command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "lianheti"
    remedy = f"请用 {command} --help 查看用法。"
    if isinstance(error, click.NoSuchOption):
        near = f"，是不是 {'、'.join(error.possibilities)}" if error.possibilities else ""
        if error.option_name in {"-p", "--programme"} and _takes_programme(error.ctx):
            return f"没有选项 {error.option_name}，方案代码直接写在命令后面。{remedy}"
        return (
            f"没有选项 {error.option_name}{near}？{remedy}"
            if near
            else f"没有选项 {error.option_name}。{remedy}"
        )
    if isinstance(error, click.MissingParameter):
        return f"缺少{_named(error)}。{remedy}"
    if isinstance(error, click.BadOptionUsage):
        return f"选项 {error.option_name} 的用法不对，可能缺少它的值。{remedy}"
    if isinstance(error, click.FileError):
        return f"打不开文件 {error.ui_filename}。请核对路径和权限。"
    if isinstance(error, click.BadParameter):
        return f"{_named(error)} 的值不对：{_plain(error)}。{remedy}"
    if isinstance(error, NoSuchCommandError):
        return f"{error.message}。{remedy}"
    if isinstance(error, click.UsageError) and "unexpected extra argument" in error.message:
        return f"多写了参数。{remedy}"
    said = error.message.rstrip("。.") if re.search(_CHINESE, error.message) else ""
    return f"命令用法不对（{said}）。{remedy}" if said else f"命令用法不对。{remedy}"


def _named(error: click.BadParameter) -> str:
    param = error.param
    if isinstance(param, click.Option):
        return f"选项 {' / '.join(param.opts)}"
    if isinstance(param, click.Argument):
        return f"参数 {param.make_metavar(error.ctx) if error.ctx else param.name}"
    return "参数"


def _plain(error: click.BadParameter) -> str:
    if isinstance(error.param, click.Parameter) and isinstance(error.param.type, click.Choice):
        return "可选 " + "、".join(
            f"{choice}{_CHOICES.get(str(choice), '')}" for choice in error.param.type.choices
        )
    if isinstance(error.param, click.Parameter) and (wanted := _number(error.param)):
        return f"要写{wanted}"
    if isinstance(error.param, click.Parameter) and isinstance(error.param.type, click.Path):
        return "没有这个文件" if "does not exist" in error.message else "这个文件不能用，请核对路径和权限"
    return error.message.rstrip(".") if re.search(_CHINESE, error.message) else "不合要求"


def _number(param: click.Parameter) -> str:
    """What number a parameter takes; empty where it takes none."""
    kind = param.type
    if not isinstance(kind, (click.types.IntParamType, click.types.FloatParamType)):
        return ""
    name = "整数" if isinstance(kind, click.types.IntParamType) else "数"
    least, most = getattr(kind, "min", None), getattr(kind, "max", None)
    if least is not None and most is not None:
        return f" {least} 到 {most} 的{name}"
    return name if least is None else f"不小于 {least} 的{name}"


def _told(param: click.Parameter, extra: re.Match[str]) -> str:
    """What click adds in English to an option's help: that it is required, which numbers it takes."""
    said = ["必须写"] if "required" in extra[0] else []
    if wanted := _number(param):
        said.append(wanted.strip())
    return f"（{'，'.join(said)}）" if said else ""

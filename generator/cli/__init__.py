"""The command line: options in, reports out; no logic.

Commands are imported only when they are used, so that ``lianheti --help`` starts fast.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from pathlib import Path
from typing import Final

import click

from generator import __version__
from generator.base.characters import visible
from generator.cli.chinese import ChineseGroup, usage_message
from generator.errors import ExitCode, LianhetiError

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "serve": ("serve", "在浏览器里填写、核对、生成材料"),
    "programmes": ("programmes", "列出全部方案"),
    "new": ("new", "生成一份待填写的数据文件"),
    "check": ("check", "核对数据，逐条对照组建条件"),
    "convert": ("convert", "在 YAML 和 Excel 之间转换数据文件"),
    "split": ("split", "为每个成员单位各生成一份工作簿"),
    "merge": ("merge", "把各单位交回的工作簿并入数据"),
    "packet": ("packet", "生成整套申报材料"),
    "bind": ("bind", "改过 Word 文件以后重新装订"),
    "amend": ("amend", "由变更前后的两份数据生成补充协议"),
    "compare": ("compare", "比较前后两份数据或两套材料：改了什么，哪些要重签"),
    "batch": ("batch", "为许多数据文件批量生成材料"),
    "blank": ("blank", "输出空白的官方表格和提纲"),
    "scheme": ("scheme", "把方案写成 Excel 工作簿"),
    "lint": ("lint", "检查一个方案的文件夹"),
    "pack": ("pack", "把方案做成签了名的安装包"),
    "install": ("install", "安装发布单位给的方案安装包"),
    "read": ("read", "把填好的 Word 表读成数据文件"),
    "intake": ("intake", "受理单位：逐家核对收到的材料"),
    "rollup": ("rollup", "把许多份申报汇总成一张表"),
    "receive": ("receive", "收回签好的扫描件，查签章和改动，登记谁还没签"),
    "verify": ("verify", "核对材料包有没有被改动，谁签了、谁还没签"),
    "fonts": ("fonts", "列出公文字体由本机哪些字库来印"),
    "schema": ("schema", "输出数据文件的 JSON Schema"),
}
_INTERNAL: Final = 70


class LazyGroup(ChineseGroup):
    """A group whose commands are modules of this package, imported on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """The commands in the order in which people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command with a name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module

        found: click.Command = import_module(f"generator.cli.{COMMANDS[cmd_name][0]}").command
        return found

    def summaries(self) -> list[tuple[str, str]]:
        """Each command with what it does, without importing it."""
        return [(name, summary) for name, (_, summary) in COMMANDS.items()]


@click.group(
    cls=LazyGroup,
    help="创新联合体申报材料生成工具：一份数据，核对组建条件，填写官方表格，装订成套。",
    epilog="例：lianheti check 我的联合体.yaml -p 方案代码　　退出码见 docs/commands.md",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="lianheti %(version)s", help="显示版本后退出")
def cli() -> None:
    """The group; its help text is Chinese and stands above."""


def _report_machine_error(error: Exception) -> int:
    """Report an error of the machine (files, memory, encoding) that no workflow has handled; gives the exit code."""
    if isinstance(error, UnicodeEncodeError):
        what = "系统的语言环境不是 UTF-8，写不了中文的文件名"
        remedy = "设环境变量 PYTHONUTF8=1（或 LC_ALL=C.UTF-8）后重新运行"
    elif isinstance(error, OSError):
        named = f"“{visible(str(error.filename)[:200])}”" if error.filename else ""
        what, remedy = f"文件{named}打不开或写不了", "核对文件名的长度、权限和磁盘空间后重新运行"
    else:
        what, remedy = "文件过大，或一层套一层太深，处理不了", "缩小或拆分文件后重新运行"
    click.echo(f"{what}，没有改动已有文件。请{remedy}。", err=True)
    return int(ExitCode.DATA if isinstance(error, (MemoryError, RecursionError)) else ExitCode.OUTPUT)


def _prepare_streams() -> None:
    """Set up the output streams so that no character and no closed stream can make printing fail."""
    if sys.stdout is None or sys.stderr is None:  # closed by whoever called
        nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (as long as the process)
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    for stream in (sys.stdout, sys.stderr):
        # Consoles of Windows may have a code page that lacks characters of the data.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def prepare_process() -> None:
    """Set up the process for a command that somebody waits for: to be called before the model is imported."""
    # Loading makes hundreds of thousands of objects that stay: looking through them every 700 is a tenth of a check.
    gc.set_threshold(100_000)
    # Nor is garbage looked for among them all when the process ends: its memory goes back to the system as it is.
    atexit.register(gc.freeze)
    # Else pydantic looks for plugins in the metadata of everything that is installed; none may change our data.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the one place where errors become messages and exit codes.

    Args:
        arguments: the command's arguments; those of the process by default.

    Returns:
        The exit code. The installed script passes it to the system.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    prepare_process()
    _prepare_streams()
    try:
        code = cli.main(given, prog_name="lianheti", standalone_mode=False)
    except LianhetiError as error:
        if debug:
            raise
        click.echo(str(error), err=True)
        return int(error.exit_code)
    except click.ClickException as error:
        click.echo(usage_message(error), err=True)
        return int(ExitCode.USAGE)
    except (KeyboardInterrupt, click.Abort):
        click.echo("已中断。已经写好的文件都是完整的。", err=True)
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # The reader of a pipe has gone, as with `lianheti … | head`.
        sys.stderr.close()
        return int(ExitCode.DONE)
    except (MemoryError, RecursionError, OSError, UnicodeEncodeError) as error:
        if debug:
            raise
        return _report_machine_error(error)
    except Exception as error:  # a fault of ours must not show a traceback to a person
        if debug:
            raise
        click.echo(
            f"程序内部出错（{type(error).__name__}：{error}），没有改动已有文件。"
            "请加上 --debug 再运行一次，把屏幕上的内容发给维护者。",
            err=True,
        )
        return _INTERNAL
    return int(code) if isinstance(code, int) else int(ExitCode.DONE)

"""``lianheti serve``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import templates_option
from generator.cli.output import say
from generator.errors import UsageError


@click.command(
    "serve",
    cls=ChineseCommand,
    help="在浏览器里填写、核对、生成材料：打开一个文件夹，里面是普通的 .xlsx 和 .yaml 数据文件。",
    epilog="例：lianheti serve 我的申报　　给局域网用（要密码）：lianheti serve 我的申报 --host 0.0.0.0 --allow-network --name 192.0.2.8",
)
@click.argument("folder", metavar="[文件夹]", type=click.Path(path_type=Path), required=False)
@click.option(
    "--documents",
    is_flag=True,
    help="打开“文档”里的“联合体申报”文件夹，没有就新建一个（双击程序时就是这样）",
)
@click.option("--host", default="127.0.0.1", metavar="地址", help="监听的地址，默认只有本机能打开")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8613,
    metavar="端口",
    help="端口，默认 8613，0 为任取一个",
)
@click.option("--allow-network", is_flag=True, help="允许网络上的人打开，须设密码")
@click.option("--name", "names", multiple=True, metavar="主机名", help="别人打开时用的主机名或地址，可写多个")
@click.option("--no-browser", is_flag=True, help="不自动打开浏览器")
@templates_option
def command(
    folder: Path | None,
    host: str,
    port: int,
    *,
    documents: bool,
    allow_network: bool,
    names: tuple[str, ...],
    no_browser: bool,
    templates: Path | None,
) -> None:
    """Serve the page."""
    try:
        from generator.web.serve import serve
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("generator"):
            raise
        raise UsageError(
            f"没有装网页所需的组件（{error.name}）", "用 pip install 'lianheti[web]' 安装后再运行"
        ) from None
    from generator.web.settings import Settings, check_address, is_loopback

    check_address(host, allow_network=allow_network)
    if documents:
        from generator.workflows.claims import documents_folder

        if folder is not None:
            raise UsageError("写了文件夹，又写了 --documents", "只写一个")
        folder = documents_folder()
    folder = Path() if folder is None else folder
    if not folder.is_dir():
        raise UsageError(f"没有文件夹“{folder}”", "写一个已有的文件夹，数据文件和材料都放在里面")
    password = "" if is_loopback(host) and not allow_network else _password()
    settings = Settings(
        folder.resolve(),
        templates=templates,
        host=host,
        port=port,
        names=names,
        password=password,
        workers=max(1, (os.cpu_count() or 2) - 1),
    )
    serve(settings, browser=not no_browser, say=say)


def _password() -> str:
    """The argon2 hash of the password that a person types, or that stands in the environment.

    Raises:
        UsageError: it is too short.
    """
    from argon2 import PasswordHasher

    least = 10
    given = os.environ.get("LIANHETI_PASSWORD") or click.prompt(
        f"设一个密码（至少 {least} 个字符），打开网页时要输入",
        hide_input=True,
        confirmation_prompt="再输一遍",
        err=True,
    )
    if len(given) < least:
        raise UsageError(f"密码太短，不到 {least} 个字符", "换一个长一些的密码")
    return PasswordHasher().hash(given)

"""Starting the page: the server, its address, and the browser."""

from __future__ import annotations

import socket
import webbrowser
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from msgspec.structs import replace

from generator.errors import OutputError
from generator.web.app import application
from generator.web.settings import PORT, Settings, is_loopback
from generator.workflows.claims import Claim, claimed

_TRIES = 20


def serve(settings: Settings, *, browser: bool, say: Callable[[str], None]) -> None:
    """Serve the page until it is interrupted; where this user has it open already, lead there instead.

    Args:
        settings: how; where the usual port is taken, the next free one is used. With another port, or for a network,
            a page of its own is served whatever else is open.
        browser: whether to open the page in the browser.
        say: is told the address, in Chinese.

    Raises:
        OutputError: the address cannot be listened on.
    """
    if settings.port != PORT or settings.password or not is_loopback(settings.host):
        _serve(settings, browser=browser, say=say)
        return
    with claimed(settings.folder) as claim:
        if claim.mine:
            _serve(settings, browser=browser, say=say, claim=claim)
        elif address := claim.address():
            say(f"这个文件夹的网页已经开着：{address}")
            if browser:
                webbrowser.open(address)
        else:
            raise OutputError("这个文件夹的网页正由另一个窗口打开，还没有准备好", "稍等，再打开一次")


def _serve(
    settings: Settings, *, browser: bool, say: Callable[[str], None], claim: Claim | None = None
) -> None:
    listening = _listening(settings)
    port = int(listening.getsockname()[1])
    settings = replace(settings, port=port)
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{shown}:{port}/"
    say(f"页面已打开：{address}")
    say(f"文件夹：{settings.folder}")
    say("用浏览器打开上面的网址；填的内容随时存在文件夹里。用完后关掉这个窗口，或在这里按 Ctrl+C。")
    if claim is not None:
        claim.tell(address)
    if browser:
        webbrowser.open(address)
    # Faults of ours are told where they are caught; at the end, requests that are still open are no faults.
    config = uvicorn.Config(
        application(settings), log_level="critical", server_header=False, timeout_graceful_shutdown=3
    )
    # The server has put everything in order when it passes the interruption on.
    with listening, suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])


def _listening(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    tried = range(settings.port, settings.port + _TRIES) if settings.port == PORT else [settings.port]
    for port in tried:
        made = socket.socket(family, socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind((settings.host, port))
        except OSError:
            made.close()
            continue
        made.listen(100)
        return made
    raise OutputError(
        f"{settings.host} 的端口 {settings.port} 用不了", "换一个端口：--port 8700，或关掉占用它的程序"
    )

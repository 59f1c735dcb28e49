"""What a served page is told when it starts."""

from __future__ import annotations

import ipaddress
from pathlib import Path

from msgspec import Struct

from generator.errors import UsageError

HOST = "127.0.0.1"
PORT = 8613


class Settings(Struct, frozen=True):
    """How the page is served.

    Attributes:
        folder: the only folder that is reachable; data files, attachments and packets lie in it.
        templates: a folder of programmes that goes before the built-in ones.
        fonts: a folder of faces that goes before the machine's own.
        host: the address to listen on.
        port: the port; 0 for one that is free.
        names: further host names under which the page may be asked for, as behind a proxy.
        password: the argon2 hash of the password; empty where none is asked for.
        workers: how many packets are made at once.
    """

    folder: Path
    templates: Path | None = None
    fonts: Path | None = None
    host: str = HOST
    port: int = PORT
    names: tuple[str, ...] = ()
    password: str = ""
    workers: int = 1

    @property
    def output(self) -> Path:
        """Where packets go."""
        return self.folder / "output"


def is_loopback(host: str) -> bool:
    """Whether an address is reachable from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_address(host: str, *, allow_network: bool) -> None:
    """Refuse to listen beyond this machine unless that was asked for.

    Raises:
        UsageError: the address is no loopback address and ``allow_network`` is not given.
    """
    if not is_loopback(host) and not allow_network:
        raise UsageError(
            f"{host} 不是本机地址，网络上的别人也能打开",
            "不写 --host，只给本机用；确实要给网络上的人用，加 --allow-network 并设密码",
        )

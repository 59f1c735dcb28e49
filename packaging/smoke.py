"""Tries the program that was made: ``python packaging/smoke.py output/app/dist/lianheti/lianheti``.

It starts as by a double-click, serves the page, leads a second start to the first, makes a packet on the page and one by
the command, and both are byte for byte what the ordinary program makes of the same data. Ends with 1 where one of this
does not hold.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parents[1]
_CODE: Final = "henan/consortium-2022"
_DATA: Final = "henan-consortium-2022.yaml"
_SECONDS: Final = 300
_OK, _SEE_OTHER = 200, 303


class FailedError(Exception):
    """The program does not do what it must."""


def _hold(holds: bool, what: str) -> None:
    if not holds:
        raise FailedError(what)
    print(f"ok  {what}", flush=True)


class Started:
    """The program, started as by a double-click.

    Args:
        app: the program.
        env: its environment.
    """

    def __init__(self, app: Path, env: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [str(app)],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        assert self._process.stdout is not None
        self.said = ""
        while "http://" not in self.said:
            line = self._process.stdout.readline()
            if not line:
                raise FailedError(f"it ended with {self._process.wait()} and said: {self.said}")
            self.said += line
        self.address = re.findall(r"http://\S+", self.said)[0]

    def ended(self) -> int:
        """The exit code, once it has ended by itself."""
        assert self._process.stdout is not None
        self.said += self._process.stdout.read()
        return self._process.wait(_SECONDS)

    def kill(self) -> None:
        """End it as a closed window does."""
        self._process.kill()
        self._process.communicate()


def _asked(
    address: str, path: str, form: dict[str, str] | None = None, cookie: str = ""
) -> tuple[int, str, str]:
    """The page's answer: status, text, cookie."""
    host = urllib.parse.urlsplit(address).netloc
    connection = HTTPConnection(host, timeout=60)
    headers = {"cookie": cookie} if cookie else {}
    if form is None:
        connection.request("GET", path, headers=headers)
    else:
        headers |= {"content-type": "application/x-www-form-urlencoded", "origin": f"http://{host}"}
        connection.request("POST", path, urllib.parse.urlencode(form), headers)
    answer = connection.getresponse()
    text = answer.read().decode("utf-8", "replace")
    given = (answer.getheader("set-cookie") or "").partition(";")[0]
    connection.close()
    return answer.status, text, given or cookie


def _files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its path, but for locks."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def _documents(home: Path) -> Path:
    """Where the program must have made its folder: in the documents of this home, or of the user on Windows."""
    if sys.platform == "win32":
        import platformdirs

        return Path(platformdirs.user_documents_dir()) / "联合体申报"
    return home / "Documents" / "联合体申报"


def tried(app: Path, folder: Path) -> None:
    """Try the program.

    Args:
        app: the program.
        folder: an empty one, for its home and for packets.

    Raises:
        FailedError: it does not do what it must.
    """
    home = folder / "home"
    home.mkdir()
    opened = folder / "opened"
    look = folder / "browser"
    look.write_text(f'#!/bin/sh\necho "$1" >> "{opened}"\n', encoding="utf-8")
    look.chmod(0o700)
    drop = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "SOURCE_DATE_EPOCH", "DISPLAY"}
    env = {key: value for key, value in os.environ.items() if key not in drop and not key.startswith("XDG_")}
    if sys.platform != "win32":
        env |= {"HOME": str(home), "BROWSER": f"{look} %s", "PATH": "/usr/bin:/bin"}

    first = Started(app, env)
    try:
        _by_double_click(app, first, env, opened, _documents(home))
        made = _files(_made_on_the_page(first.address, _documents(home)))
    finally:
        first.kill()
    again = Started(app, env)
    again.kill()
    _hold("已经开着" not in again.said, "once its window is closed it starts anew")

    data = folder / _DATA
    shutil.copy(_ROOT / "data" / _DATA, data)
    order = ["packet", str(data), "-p", _CODE, "--edition", "signing", "-o"]
    subprocess.run([str(app), *order, str(folder / "app")], env=env, check=True, stdout=subprocess.DEVNULL)
    plain = {**os.environ, "PYTHONPATH": str(_ROOT)}
    plain.pop("SOURCE_DATE_EPOCH", None)
    command = [sys.executable, "-m", "generator", *order, str(folder / "ordinary")]
    subprocess.run(command, env=plain, check=True, stdout=subprocess.DEVNULL, cwd=_ROOT)
    ordinary = _files(folder / "ordinary")
    _hold(len(ordinary) > 1, f"the ordinary program makes a packet ({len(ordinary)} files)")
    _hold(_files(folder / "app") == ordinary, "the command's packet is byte for byte the ordinary program's")
    _hold(made == ordinary, "the packet made on the page is byte for byte the ordinary program's")
    done = subprocess.run(
        [str(app), "verify", str(next((folder / "app").glob("*/*.zip")))],
        env=env,
        check=False,
        stdout=subprocess.DEVNULL,
    )
    _hold(done.returncode == 0, "verify finds the packet whole")


def _by_double_click(app: Path, first: Started, env: dict[str, str], opened: Path, own: Path) -> None:
    _hold(own.is_dir(), f"a double-click makes {own.parent.name}/{own.name} and opens the page")
    _hold("关掉这个窗口" in first.said or "http://" in first.said, "it says where the page is")
    status, text, _ = _asked(first.address, "/")
    _hold(status == _OK and "河南" in text, "the page shows the schemes")
    second = Started(app, env)
    code = second.ended()
    same = second.address.rstrip("。/") == first.address.rstrip("/")
    _hold(
        code == 0 and same and "已经开着" in second.said,
        "a second double-click leads to the page that is open",
    )
    if sys.platform != "win32":
        seen = opened.read_text(encoding="utf-8").split()
        _hold(
            [one.rstrip("/") for one in seen] == [first.address.rstrip("/")] * 2,
            "both open it in the browser",
        )


def _made_on_the_page(address: str, own: Path) -> Path:
    """The output folder, once a signing packet was made by clicks."""
    shutil.copy(_ROOT / "data" / _DATA, own / _DATA)
    where = urllib.parse.urlencode({"file": _DATA, "p": _CODE})
    _, text, cookie = _asked(address, f"/packet?{where}")
    token = re.search(r'name="csrf" content="([0-9a-f]+)"', text)
    if token is None:
        raise FailedError("the page of the packet has no token")
    form = {"csrf": token[1], "edition": "signing", "file": _DATA, "p": _CODE}
    status, text, _ = _asked(address, f"/packet/make?{where}", form, cookie)
    _hold(status in {_OK, _SEE_OTHER}, "the page takes the order of a packet")
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        # The archive is put in place last.
        if list((own / "output").glob("*/*.zip")) and list((own / "output").glob("*/*/manifest.json")):
            _hold(True, "a worker process of the page makes it")
            return own / "output"
        time.sleep(0.3)
    raise FailedError("no packet came of the order")


def main() -> int:
    """Try the program named by the first argument."""
    app = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="lianheti-app-", ignore_cleanup_errors=True) as name:
        try:
            tried(app, Path(name))
        except (FailedError, subprocess.SubprocessError, OSError) as error:
            print(f"FAILED  {error}", flush=True)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

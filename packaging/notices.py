"""The notices of every part that the program takes along, from what is installed: ``python packaging/notices.py FILE``."""

from __future__ import annotations

import re
import sys
import sysconfig
import tomllib
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

_EXTRAS = ("web", "scan", "redline")
_TEXT = re.compile(r"(^|/)(licen[cs]e|copying|notice|authors|ofl)[^/]*$", re.IGNORECASE)
_HEAD = """\
联合体申报（lianheti）带有下列程序和字库，各按自己的许可使用，许可全文附在后面。
This program takes along the following parts, each under its own licence; the texts follow.

LGPL 的部分（{lgpl}）以源文件放在 _internal 文件夹里，可以换成您改过的版本。
Parts under the LGPL ({lgpl}) lie as source files in the folder _internal, where you may replace them by your own.

"""
_NO_TEXT = """\
Its wheel brings no text of its licence ({licence}).
它的安装包没有附许可全文（{licence}）。"""
_LGPL = """
This is the text of LGPL 2.1, as another part under it has it.
以下是 LGPL 2.1 的全文，取自同一许可的另一个部分。

{text}"""
# Installed with the tools of this project.
_HAS_LGPL = "python-stdnum"


def parts() -> list[Distribution]:
    """Everything that the program needs when it runs, by name.

    Raises:
        PackageNotFoundError: something of it is not installed.
    """
    about = tomllib.loads(
        (Path(__file__).resolve().parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    )["project"]
    found: dict[str, Distribution] = {}
    lines = [
        *about["dependencies"],
        *(line for extra in _EXTRAS for line in about["optional-dependencies"][extra]),
    ]
    waiting: list[tuple[list[str], frozenset[str]]] = [(lines, frozenset())]
    while waiting:
        required, extras = waiting.pop()
        for line in required:
            wanted = Requirement(line)
            markers = [{"extra": extra} for extra in extras] or [{"extra": ""}]
            if wanted.marker is not None and not any(wanted.marker.evaluate(marker) for marker in markers):
                continue
            name = re.sub(r"[-_.]+", "-", wanted.name).lower()
            if name not in found:
                found[name] = distribution(name)
                waiting.append((found[name].requires or [], frozenset(wanted.extras)))
    return [found[name] for name in sorted(found)]


def licence(one: Distribution) -> str:
    """In a few words, the licence that a part states."""
    about = one.metadata

    def stated(key: str) -> list[str]:
        return [text.strip() for text in about.get_all(key, [])]

    classes = [
        text.rpartition("::")[2].strip() for text in stated("Classifier") if text.startswith("License ::")
    ]
    short = [text.partition("\n")[0] for text in stated("License")]
    return "; ".join(stated("License-Expression") or classes or short) or "?"


def texts(one: Distribution) -> list[tuple[str, str]]:
    """The names and texts of a part's licence files."""
    found = []
    for file in one.files or ():
        if ".dist-info/" in file.as_posix() and (
            _TEXT.search(file.as_posix()) or "/licenses/" in file.as_posix()
        ):
            path = Path(str(file.locate()))
            if path.is_file():
                found.append((file.name, path.read_text(encoding="utf-8", errors="replace").strip()))
    return found


def notices() -> str:
    """The whole file."""
    every = parts()
    lgpl = "、".join(
        one.metadata["Name"] for one in every if "LGPL" in licence(one) or "Lesser" in licence(one)
    )
    rows = [f"{one.metadata['Name']} {one.version}　{licence(one)}" for one in every]
    python = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    pieces = [_HEAD.format(lgpl=lgpl), "\n".join(rows), f"Python {sys.version.split()[0]}　PSF-2.0"]
    ((_, text),) = texts(distribution(_HAS_LGPL))
    full = _LGPL.format(text=text)
    pieces.append("PyInstaller（启动部分）　GPL-2.0-or-later with the Bootloader-exception")
    for one in every:
        none = _NO_TEXT.format(licence=licence(one)) + (full if licence(one).startswith("LGPL-2.1") else "")
        for name, text in texts(one) or [("", none)]:
            pieces.append(f"{'=' * 78}\n{one.metadata['Name']} {one.version}　{name}\n\n{text}")
    if python.is_file():
        pieces.append(
            f"{'=' * 78}\nPython　{python.name}\n\n{python.read_text(encoding='utf-8', errors='replace').strip()}"
        )
    return "\n".join(pieces) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(notices(), encoding="utf-8-sig", newline="\r\n")

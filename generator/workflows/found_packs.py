"""Packs of schemes that lie in a folder, and where a scheme comes from, for front ends that list them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from msgspec import Struct

from generator.base.files import shipped
from generator.errors import LianhetiError
from generator.publishing.installed import installed_in
from generator.publishing.pack import SUFFIX, read_pack

PACK: Final = SUFFIX


class FoundPack(Struct, frozen=True):
    """A pack that lies ready to be handed out: its file's name, and what it says of itself."""

    name: str
    title: str
    version: int
    fingerprint: str


class Origin(Struct, frozen=True):
    """Where a scheme comes from, in Chinese; version and key of the pack where it was installed from one."""

    source: str
    version: int = 0
    fingerprint: str = ""


def found_packs(folder: Path) -> tuple[FoundPack, ...]:
    """The packs in a folder, sorted by name; links and what is no sound pack left out.

    Args:
        folder: need not exist.
    """
    found = []
    for path in sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() and not folder.is_symlink() else []:
        if path.is_symlink():
            continue
        try:
            opened = read_pack(path.read_bytes(), path.name)
        except (LianhetiError, OSError):
            continue
        found.append(FoundPack(path.name, opened.about.title, opened.about.version, opened.fingerprint))
    return tuple(found)


def origin_of(folder: Path) -> Origin:
    """Where a scheme comes from.

    Args:
        folder: the scheme's.
    """
    known = installed_in(folder)
    if known is not None:
        return Origin("安装的", known.version, known.fingerprint)
    own = folder.resolve().is_relative_to(shipped("templates").resolve())
    return Origin("本程序自带" if own else "自己的模板文件夹")

"""The served folder: which files of it the page shows, opens and writes, and nothing else of the machine."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final

from msgspec import Struct

from generator.base.failures import reason
from generator.base.files import why_refused, write_new
from generator.base.names import is_safe, safe_name
from generator.errors import OutputError, UsageError

DATA_SUFFIXES: Final = frozenset({".yaml", ".yml", ".xlsx"})
ATTACHMENT_SUFFIXES: Final = frozenset({".pdf", ".png", ".jpg", ".jpeg"})
ATTACHMENTS: Final = "附件"
PARTS: Final = "各方分填"
# What a department takes in and what comes back stands in folders of its own, apart from one's own data files.
TAKEN_IN: Final = "收件"
SIGNED_BACK: Final = "收回"
FILLED_FORMS: Final = "填好的表"
HANDED_OUT: Final = "发布"
_OURS: Final = frozenset({"output", TAKEN_IN, SIGNED_BACK, FILLED_FORMS, HANDED_OUT})
_MOST_BYTES: Final = 2_000_000_000
_MOST_FILES: Final = 2000
_DEEPEST: Final = 4
_MOST_PARTS: Final = 12
_NOT_DATA: Final = (".", "~$")


class Listed(Struct, frozen=True):
    """A data file of the folder.

    Attributes:
        name: its path relative to the folder, with ``/``.
        changed: when it was last changed.
        size: in bytes.
    """

    name: str
    changed: datetime
    size: int


class ServedFolder:
    """One folder, and what lies below it.

    Args:
        folder: it exists.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def path(self, name: str, suffixes: frozenset[str] | None = None) -> Path:
        """A file of the folder.

        Args:
            name: relative to the folder, with ``/``, as a page gave it: not to be trusted.
            suffixes: those that it may have, in small letters; None for any.

        Raises:
            UsageError: there is no such file, or it may not be opened.
        """
        parts = PurePosixPath(name).parts
        hidden = any(part.startswith(_NOT_DATA) for part in parts)
        wrong = suffixes is not None and PurePosixPath(name).suffix.lower() not in suffixes
        refused = "打不开" if hidden or wrong else why_refused(self.folder, name, _MOST_BYTES)
        if refused or not (self.folder / name).is_file():
            raise UsageError("没有这个文件，或者它不在打开的文件夹里", "回到首页，从列表里选")
        return self.folder / name

    def data(self, name: str) -> Path:
        """A data file of the folder; arguments and errors as for ``path``."""
        return self.path(name, DATA_SUFFIXES)

    def inside(self, name: str) -> Path:
        """A folder below the folder, which need not exist.

        Raises:
            UsageError: it leads out of it.
        """
        target = (self.folder / name).resolve()
        if not target.is_relative_to(self.folder):
            raise UsageError("不在打开的文件夹里", "回到首页，从列表里选")
        return target

    def name_of(self, path: Path) -> str:
        """A path relative to the folder, with ``/``."""
        return path.relative_to(self.folder).as_posix()

    def data_files(self) -> list[Listed]:
        """The data files of the folder and of folders in it, packets and hidden ones left out, sorted by name."""
        found = sorted(self._walk(), key=lambda one: (one.name.count("/"), one.name))
        return found[:_MOST_FILES]

    def _walk(self) -> Iterator[Listed]:
        for top, folders, names in os.walk(self.folder):
            here = Path(top)
            depth = len(here.relative_to(self.folder).parts)
            folders[:] = sorted(
                name
                for name in folders
                if not name.startswith(".")
                and name != PARTS
                and depth < _DEEPEST
                and not (depth == 0 and name in _OURS)
            )
            if "manifest.json" in names:
                continue
            for name in names:
                path = here / name
                if path.suffix.lower() not in DATA_SUFFIXES or name.startswith(_NOT_DATA):
                    continue
                relative = self.name_of(path)
                if why_refused(self.folder, relative, _MOST_BYTES) or not path.is_file():
                    continue
                status = path.stat()
                # The wall clock's own zone: a person looks when a file was changed.
                yield Listed(relative, datetime.fromtimestamp(status.st_mtime).astimezone(), status.st_size)

    def folders(self, depth: int = 2) -> list[str]:
        """The folders in the folder that a person has made, relative to it, with ``/``; packets and links left out.

        Args:
            depth: so many levels down.
        """
        found = []
        for top, folders, names in os.walk(self.folder):
            here = Path(top)
            level = len(here.relative_to(self.folder).parts)
            if "manifest.json" in names or level >= depth:
                folders[:] = []
            folders[:] = sorted(
                name
                for name in folders
                if not name.startswith(".")
                and not (level == 0 and name in _OURS)
                and not (here / name).is_symlink()
                and not (here / name / "manifest.json").exists()
            )
            found += [self.name_of(here / name) for name in folders]
        return found[:_MOST_FILES]

    def folder_in(self, name: str) -> Path:
        """A folder of the folder.

        Args:
            name: relative to the folder, with ``/``, as a page gave it: not to be trusted.

        Raises:
            UsageError: there is no such folder, or it may not be opened.
        """
        parts = PurePosixPath(name.replace("\x00", "/")).parts
        path = self.folder.joinpath(*parts)
        hidden = any(part.startswith(_NOT_DATA) for part in parts)
        # A link, a way up or a path of the machine resolves to something else.
        inside = path != self.folder and path.is_relative_to(self.folder)
        if hidden or not inside or not path.is_dir() or path.resolve() != path:
            raise UsageError("没有这个文件夹，或者它不在打开的文件夹里", "回到上一页，从列表里选")
        return path

    def safe_below(self, wanted: str) -> str:
        """A relative path for a file that a browser names with its folders: each part a name that any system has.

        Args:
            wanted: as the browser gave it: not to be trusted.

        Raises:
            UsageError: nothing of it can be used.
        """
        parts = [part.strip() for part in re.split(r"[/\\]", wanted.replace("\x00", ""))]
        kept = [part if is_safe(part) else safe_name(part) for part in parts if part.strip(". ")]
        if not kept or len(kept) > _MOST_PARTS:
            raise UsageError(f"用不了文件名“{wanted[:40]}”", "换一个普通的文件名")
        return "/".join(kept)

    def free_name(self, wanted: str, suffixes: frozenset[str], below: str = "") -> str:
        """A name for a new file that no file has yet.

        Args:
            wanted: as a browser or a person gave it: not to be trusted.
            suffixes: those that it may have, in small letters.
            below: the folder that it goes into, relative to the folder.

        Raises:
            UsageError: it has no such suffix.
        """
        last = PureWindowsPath(PurePosixPath(wanted.replace("\x00", "")).name).name
        suffix = PurePosixPath(last).suffix.lower()
        if suffix not in suffixes:
            raise UsageError(f"不能用“{suffix or last[:40]}”文件", f"选择 {'、'.join(sorted(suffixes))} 文件")
        stem = re.sub(r"^[.~$]+", "", last[: -len(suffix)]).strip() or "未命名"
        if not is_safe(stem):
            stem = safe_name(stem)
        for number in range(1, 1000):
            name = f"{stem}{suffix}" if number == 1 else f"{stem}（{number}）{suffix}"
            relative = f"{below}/{name}" if below else name
            if not (self.folder / relative).exists() and not (self.folder / relative).is_symlink():
                return relative
        raise UsageError("同名的文件太多", "换一个文件名")

    def write(self, relative: str, data: bytes) -> Path:
        """Write a new file.

        Raises:
            OutputError: it cannot be written.
        """
        target = self.folder / relative
        # Before a folder is made: a link would lead it elsewhere.
        if not target.parent.resolve().is_relative_to(self.folder):
            raise OutputError("要写的地方不在打开的文件夹里", "移走文件夹里指向别处的链接")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"建不了文件夹（{reason(error)}）", "核对文件夹是否可写") from None
        write_new(target, data)
        return target

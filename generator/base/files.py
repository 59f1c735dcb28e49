"""Files: those shipped with the program, digests, and writing without leaving half a file."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from pathlib import Path, PureWindowsPath

from generator.base.characters import refused_character
from generator.base.failures import reason
from generator.errors import OutputError

_PACKAGE = Path(__file__).resolve().parents[1]


def shipped(name: str) -> Path:
    """The folder ``templates`` or ``data``: in a checkout, or inside the installed wheel.

    Args:
        name: ``templates`` or ``data``.
    """
    installed = _PACKAGE / "_shipped" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def cache_folder(name: str) -> Path:
    """A folder of this user's for what only saves time.

    Args:
        name: what it keeps.

    Raises:
        OSError: the user has no home, so that there is none.
    """
    import platformdirs

    try:
        return Path(platformdirs.user_cache_dir("lianheti")) / name
    except RuntimeError as error:
        raise OSError(str(error)) from None


def data_folder(name: str) -> Path:
    """A folder of this user's for what must be kept.

    Args:
        name: what it keeps.

    Raises:
        OutputError: the user has no home, so that there is none.
    """
    import platformdirs

    try:
        return Path(platformdirs.user_data_dir("lianheti", appauthor=False)) / name
    except RuntimeError:
        raise OutputError("找不到当前用户的文件夹", "用有主目录的普通用户运行") from None


def why_refused(folder: Path, name: str, most: int = 64_000_000) -> str:
    """Why a file is not read that a programme names, as the programme may come from a stranger.

    Args:
        folder: the folder in which it must lie, or below, after every link is followed.
        name: its path relative to the folder, as written.
        most: the most bytes that it may have.

    Returns:
        A Chinese clause that follows the file's name; empty where the file may be read or does not exist.
    """
    if refused_character(name) is not None or not name.strip():
        return "不能用作文件名"
    if name.startswith("~") or PureWindowsPath(name).drive or "\\" in name:
        return "不是相对路径"
    try:
        home = folder.resolve()
        target = (home / name).resolve()
        if not target.is_relative_to(home):
            return "不在这个文件夹里"
        status = target.stat()
    except FileNotFoundError:
        return ""
    except (OSError, RuntimeError, ValueError):
        # Links that go in a circle, a name that is too long for the system, a file where a folder should be.
        return "打不开"
    if not stat.S_ISREG(status.st_mode):
        return "不是普通的文件"
    return "过大" if status.st_size > most else ""


def sha256_of(path: Path) -> str:
    """A file's sha256, in hexadecimal.

    Raises:
        OSError: it can't be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def replace_whole(target: Path, content: str | bytes) -> None:
    """Write a file beside its place and move it there, so that nobody ever reads half of it.

    Args:
        target: the file; its folder is made where there is none, for this user alone.
        content: what it holds; a text is written as UTF-8.

    Raises:
        OSError: it can't be written.
    """
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_new(target: Path, data: bytes) -> None:
    """Write a file that must not exist yet.

    Raises:
        OutputError: it exists, or cannot be written.
    """
    try:
        with target.open("xb") as stream:
            stream.write(data)
    except FileExistsError:
        raise OutputError(f"文件 {target} 已经存在，没有改动它", "换一个文件名，或先把旧文件移走") from None
    except OSError as error:
        raise OutputError(f"写不了文件 {target}（{reason(error)}）", "核对目录是否存在、是否可写") from None


def put_data(target: Path, data: bytes) -> None:
    """Write a file, or put it in another's place: whoever reads it gets the old bytes or the new ones, never a part.

    They are written beside it and on the disk before they take its place. A file that is there keeps its
    permissions. Only one program at a time may do this with a file.

    Args:
        target: the file; its folder is there.
        data: its bytes.

    Raises:
        OSError: it can't be written; what was there is as it was.
    """
    new = target.with_name(f".{target.name}.new")
    try:
        with new.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            new.chmod(stat.S_IMODE(target.stat().st_mode))
        new.replace(target)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def replace_data(target: Path, data: bytes) -> None:
    """Put new bytes in the place of a file that exists: whoever reads it gets the old ones or the new ones.

    As ``put_data``, but that the file must be there, and that a link to it stays a link.

    Args:
        target: the file.
        data: its new bytes.

    Raises:
        OutputError: it cannot be written; it is as it was then.
    """
    try:
        target = target.resolve(strict=True)
        put_data(target, data)
    except OSError as error:
        raise OutputError(
            f"写不了文件 {target.name}（{reason(error)}），它还是原来的样子",
            "关闭正在使用它的程序（如 Excel、WPS），核对文件和文件夹的权限，然后重试",
        ) from None

"""When the disk refuses: the reason in Chinese, the file named, and what stood there still stands."""

from __future__ import annotations

import errno
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from generator.errors import OutputError
from generator.publishing import PacketFile, recover
from tests.ordinary_user import as_ordinary_user
from tests.publishing.samples import AGREEMENT, FOLDER, FORM, NAME, A, B, leftovers, put, state


class FailingDisk:
    """Makes writing system calls fail: the Nth one, or the Nth and all that follow."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
        self.calls = 0
        self.failing: Any = ()
        for module, name in (
            (os, "mkdir"),
            (os, "rename"),
            (os, "unlink"),
            (os, "rmdir"),
            (os, "fsync"),
            (io, "open"),
        ):
            monkeypatch.setattr(module, name, self.wrapped(getattr(module, name), code))

    def wrapped(self, real: Any, code: int) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            if real is not io_open or "x" in args[1]:
                self.calls += 1
                if self.calls in self.failing:
                    raise OSError(code, os.strerror(code))
            return real(*args, **options)

        return call


io_open = io.open


@pytest.mark.one_in(2)
@pytest.mark.parametrize("lasting", [False, True])
def test_whichever_write_fails_the_packet_stays_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lasting: bool
) -> None:
    with monkeypatch.context() as patch:
        counting = FailingDisk(patch, errno.EIO)
        put(tmp_path / "0", A)
        counting.calls = 0
        put(tmp_path / "0", B)
        total = counting.calls
    assert total > 20
    outcomes = []
    for number in range(1, total + 1):
        root = tmp_path / str(number)
        put(root, A)
        refused = False
        with monkeypatch.context() as patch:
            disk = FailingDisk(patch, errno.EIO)
            disk.failing = range(number, 10_000) if lasting else {number}
            try:
                put(root, B)
            except OutputError as error:
                refused = True
                said = str(error)
        if refused:
            assert str(root) in said
        if not lasting:
            assert state(root) == ("A" if refused else "B")
            # A removal that fails is made good by the next command.
            assert all("gone" in name or name.endswith("lock") for name in leftovers(root))
        recover(root)
        assert leftovers(root) == []
        outcomes.append((refused, state(root)))
    assert outcomes.count((True, "A")) >= 12
    assert outcomes.count((False, "B")) >= 5
    assert {found for _, found in outcomes} == {"A", "B"}
    assert (False, "A") not in outcomes


REASONS = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘已满",
    errno.EROFS: "只读",
    errno.EACCES: "没有权限",
    errno.ENAMETOOLONG: "路径太长",
    errno.EIO: "磁盘读写出错",
    errno.EUCLEAN: f"系统错误号 {errno.EUCLEAN}",
}


@pytest.mark.parametrize("code", sorted(REASONS))
def test_the_reason_and_the_file_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    put(tmp_path, A)

    def full(path: Any, mode: str = "r", *args: Any, **options: Any) -> Any:
        if "x" in mode and str(path).endswith(AGREEMENT):
            raise OSError(code, os.strerror(code))
        return io_open(path, mode, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(io, "open", full)
        with pytest.raises(OutputError) as caught:
            put(tmp_path, B)
    assert str(tmp_path / NAME / FOLDER / AGREEMENT) in str(caught.value)
    assert REASONS[code] in str(caught.value)
    assert "。请" in str(caught.value)
    assert state(tmp_path) == "A"
    assert leftovers(tmp_path) == []


def test_a_folder_that_windows_does_not_let_go_is_named_and_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, A)
    real = os.rename

    def held(source: Any, target: Any) -> None:
        if Path(source).name == FOLDER:
            raise PermissionError(errno.EACCES, "Access is denied", str(source))
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", held)
        with pytest.raises(OutputError, match="打开") as caught:
            put(tmp_path, B)
    assert str(tmp_path / NAME / FOLDER) in str(caught.value)
    assert state(tmp_path) == "A"
    assert leftovers(tmp_path) == []


def test_an_interrupt_from_the_keyboard_leaves_the_old_packet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, A)
    real = os.rename

    def interrupted(source: Any, target: Any) -> None:
        if Path(target).name == FOLDER and Path(source).name.endswith("new"):
            raise KeyboardInterrupt
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", interrupted)
        with pytest.raises(KeyboardInterrupt):
            put(tmp_path, B)
    assert state(tmp_path) == "A"
    assert leftovers(tmp_path) == []


def test_an_old_packet_that_cannot_be_removed_goes_with_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, A)

    def stuck(path: Any, *_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, "Access is denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", stuck)
        put(tmp_path, B)
        assert state(tmp_path) == "B"
        assert len(leftovers(tmp_path)) == 1
        put(tmp_path, A)
        assert state(tmp_path) == "A"
        assert len(leftovers(tmp_path)) == 2
    recover(tmp_path)
    assert leftovers(tmp_path) == []
    assert state(tmp_path) == "A"


needs_users = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="这个系统没有 POSIX 用户权限")


@needs_users
def test_a_folder_without_the_right_to_write_is_named(elsewhere: Path) -> None:
    root = elsewhere / "output"
    root.mkdir()
    root.chmod(0o555)
    with as_ordinary_user(), pytest.raises(OutputError, match="没有权限") as caught:
        put(root, A)
    root.chmod(0o755)
    assert str(root) in str(caught.value)
    assert list(root.iterdir()) == []


@needs_users
def test_an_interrupted_packet_in_a_folder_without_the_right_to_write_does_not_pass_silently(
    elsewhere: Path,
) -> None:
    put(elsewhere, A)
    base = elsewhere / NAME
    (base / f".{FOLDER}.lianheti-new").mkdir()
    base.chmod(0o555)
    try:
        with as_ordinary_user(), pytest.raises(OutputError, match="没有权限"):
            recover(elsewhere)
    finally:
        base.chmod(0o755)
    assert state(elsewhere) == "A"


@needs_users
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() != 0, reason="需要 root 才能给文件换主人")
def test_a_file_that_the_system_holds_open_is_named(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows refuses to open for writing what Word has open; another user's file answers likewise."""
    with as_ordinary_user():
        put(elsewhere, A)
    os.chown(elsewhere / NAME / FOLDER / FORM, 0, 0)
    monkeypatch.setattr("generator.publishing.contents._WINDOWS", True)
    with as_ordinary_user(), pytest.raises(OutputError, match=f"打开：{FORM}"):
        put(elsewhere, B)
    assert state(elsewhere) == "A"


@pytest.mark.skipif(sys.platform != "linux", reason="只有 Linux 能挂载 tmpfs")
def test_a_full_disk_leaves_the_old_packet(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("没有挂载 tmpfs 的权限，不能造出写满的磁盘")
    try:
        put(disk, A)
        large = [*B, PacketFile("03 建设方案.pdf", os.urandom(300_000))]
        with pytest.raises(OutputError, match="磁盘已满") as caught:
            put(disk, large)
        assert "03 建设方案.pdf" in str(caught.value)
        assert state(disk) == "A"
        assert leftovers(disk) == []
        put(disk, B)
        assert state(disk) == "B"
    finally:
        subprocess.run(["umount", str(disk)], check=True)

"""Private folders of processes that were killed are cleared by the next; those of living ones are not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.base.temporary import clear_left, private_folder, remove_folder

pytestmark = pytest.mark.skipif(os.name == "nt", reason="nothing is cleared there")
_MAKE = "from generator.base.temporary import private_folder; print(private_folder('x'), flush=True); input()"


def maker(base: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _MAKE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(base)},
    )


def made_by(process: subprocess.Popen[str]) -> Path:
    assert process.stdout is not None
    return Path(process.stdout.readline().strip())


def test_what_a_killed_process_left_is_cleared_and_a_living_ones_is_not(tmp_path: Path) -> None:
    with maker(tmp_path) as killed, maker(tmp_path) as living:
        left, kept = made_by(killed), made_by(living)
        (left / "fonts").mkdir()
        (tmp_path / "lianheti-not-ours").mkdir()
        (tmp_path / "lianheti-linked-x").symlink_to(kept)
        killed.kill()
        killed.wait()
        clear_left.cache_clear()
        clear_left(tmp_path)
        assert not left.exists()
        assert kept.is_dir()
        assert (tmp_path / "lianheti-not-ours").is_dir()
        assert (tmp_path / "lianheti-linked-x").is_symlink()
        living.communicate("\n")


def test_a_folder_is_this_users_alone_and_goes_when_removed() -> None:
    folder = private_folder("test")
    assert folder.stat().st_mode & 0o077 == 0
    remove_folder(folder)
    assert not folder.exists()

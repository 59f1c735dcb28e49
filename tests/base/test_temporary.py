"""Private folders of processes that were killed are cleared by the next; those of living ones are not."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from generator.base.temporary import clear_left, private_folder, remove_folder

fcntl = pytest.importorskip("fcntl", reason="nothing is cleared where there are no locks")
ROOT = Path(__file__).parents[2]
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


def test_a_folder_that_was_being_made_is_cleared_when_it_is_old(tmp_path: Path) -> None:
    old, new = tmp_path / ".lianheti-new-x-1", tmp_path / ".lianheti-new-x-2"
    for folder in (old, new):
        folder.mkdir()
    os.utime(old, (0, 0))
    clear_left.cache_clear()
    clear_left(tmp_path)
    assert not old.exists()
    assert new.is_dir()


def test_every_folder_of_the_programs_own_is_made_here() -> None:
    """LibreOffice's, a batch's, those of intake and packs: what one of them left, the next command clears."""
    ours = sorted((ROOT / "generator").rglob("*.py"))
    assert [
        path.name
        for path in ours
        if re.search(r"tempfile\.TemporaryDirectory|mkdtemp\((?!dir=)", path.read_text(encoding="utf-8"))
    ] == ["temporary.py"]


@pytest.mark.thorough
def test_what_a_killed_batch_left_is_cleared_by_the_next_command(tmp_path: Path) -> None:
    temporary, data = tmp_path / "tmp", tmp_path / "data"
    temporary.mkdir()
    data.mkdir()
    example = min((ROOT / "data").glob("*-20??.yaml"))
    for number in range(6):
        text = re.sub(r"(?m)^( *name: .+)$", rf"\g<1>{number}", example.read_text("utf-8"), count=1)
        (data / f"{number}.yaml").write_text(text, "utf-8")
    own = {**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "generator"]
    program = re.sub(r"^(\w+)-", r"\1/", example.stem)
    with subprocess.Popen(
        [*command, "batch", str(data), "-p", program, "-o", str(tmp_path / "out"), "-j", "2"],
        env=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    ) as batch:  # fmt: skip
        until = time.monotonic() + 60
        while not (left := list(temporary.glob("lianheti-batch-*/lianheti-typst-*"))):
            assert time.monotonic() < until
            assert batch.poll() is None
            time.sleep(0.05)
        os.killpg(batch.pid, signal.SIGKILL)
        batch.wait()
    # Its workers die a moment later; what they hold is free then.
    for sign in temporary.glob("**/.held"):
        with sign.open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
    assert left[0].parent.is_dir()
    subprocess.run(
        [*command, "packet", str(example), "-p", program, "-o", str(tmp_path / "one")],
        env=own, check=False, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    assert not list(temporary.glob("lianheti-*"))

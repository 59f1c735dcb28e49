"""After a kill at any moment the old packet stands or the new one, and nothing else is left."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path
from typing import IO

import pytest

from generator.errors import OutputError
from generator.publishing import lock, recover, recover_packet
from generator.publishing.lock import locked
from generator.publishing.slot import Slot
from tests.pace import examples
from tests.publishing.samples import FOLDER, FORM, NAME, A, B, leftovers, put, state

HERE = Path(__file__).parent
KILLS = examples(32)

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="没有 fork，不能在每一步杀死进程")
needs_kill = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="没有 SIGKILL")


def publishing(root: Path, order: str, rounds: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(HERE / "publish_in_turns.py"), str(root), order, str(rounds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def output_of(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdout is not None
    return process.stdout


@pytest.mark.thorough
@needs_fork
@pytest.mark.parametrize("how", ["once", pytest.param("twice", marks=pytest.mark.thorough)])
def test_killed_before_any_step_the_next_command_puts_it_right(tmp_path: Path, how: str) -> None:
    """``twice``: the recovery is killed before each of its own steps as well."""
    command = [sys.executable, str(HERE / "die_at_every_step.py"), str(tmp_path / "output"), how]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    edits = {"first": 0, "replace": 0, "no archive": 0}
    for line in lines:
        assert line["state"] in {"old", "new"}, line
        assert line["hidden"] == [], line
        assert len(line["edit"]) == edits.get(line["scenario"], 1), line
    seen = Counter((line["scenario"], line["state"]) for line in lines)
    scenarios = {line["scenario"] for line in lines}
    assert len(scenarios) == 6
    assert min(seen[scenario, state] for scenario in scenarios for state in ("old", "new")) >= 3
    if how == "once":
        outcomes = {outcome for line in lines for outcome in line["recovered"]}
        assert outcomes == {"restored", "completed", "cleaned"}


@pytest.mark.thorough
@needs_kill
def test_killed_at_random_moments_the_packet_is_the_old_or_the_new(tmp_path: Path) -> None:
    chance = random.Random(20260301)  # a seed, so that a failure comes again
    put(tmp_path, A)
    seen: Counter[str] = Counter()
    for _ in range(KILLS):
        process = publishing(tmp_path, "BA", 1_000_000)
        with process:
            assert output_of(process).readline() == b"ready\n"
            timer = threading.Timer(chance.uniform(0, 0.05), process.kill)
            timer.start()
            assert process.wait() == -signal.SIGKILL
        seen["interrupted"] += bool(leftovers(tmp_path))
        recover(tmp_path)
        assert leftovers(tmp_path) == []
        seen[state(tmp_path)] += 1
    assert seen["A"] + seen["B"] == KILLS
    assert seen["interrupted"] >= KILLS // 4
    assert put(tmp_path, A).moved_aside is None


@pytest.mark.thorough
def test_two_processes_and_a_recovery_at_once_give_one_whole_packet(tmp_path: Path) -> None:
    with publishing(tmp_path, "AB", 15) as one, publishing(tmp_path, "BA", 15) as two:
        output_of(one).readline()
        output_of(two).readline()
        recovered = []
        tries = 0
        while one.poll() is None or two.poll() is None:
            recovered += recover(tmp_path)
            tries += 1
    assert (one.returncode, two.returncode) == (0, 0)
    assert tries > 10
    assert recovered == []
    assert state(tmp_path) in {"A", "B"}
    assert leftovers(tmp_path) == []
    assert sorted(path.name for path in (tmp_path / NAME).iterdir()) == [FOLDER, FOLDER + ".zip"]


def slot_in(root: Path) -> Slot:
    return Slot((root / NAME).resolve(), FOLDER)


def test_what_a_live_process_is_writing_is_left_to_it(tmp_path: Path) -> None:
    put(tmp_path, A)
    slot = slot_in(tmp_path)
    with locked(slot.lock, 0):
        slot.new.mkdir()
        assert recover(tmp_path) == []
        assert slot.new.is_dir()
    assert [done.outcome for done in recover(tmp_path)] == ["cleaned"]
    assert state(tmp_path) == "A"


def test_a_packet_that_another_process_holds_too_long_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.publishing.packets._WAIT_SECONDS", 0.1)
    put(tmp_path, A)
    with locked(slot_in(tmp_path).lock, 0), pytest.raises(OutputError, match="另一个程序"):
        put(tmp_path, B)
    assert state(tmp_path) == "A"


def test_a_lock_whose_file_its_last_holder_removed_is_taken_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "packet" / "lock"
    real = lock._take
    taken: list[int] = []

    def take_after_the_other_let_go(descriptor: int) -> bool:
        if not taken:
            path.unlink()
        taken.append(descriptor)
        return real(descriptor)

    monkeypatch.setattr(lock, "_take", take_after_the_other_let_go)
    with lock.locked(path, 5):
        assert len(taken) == 2
        with pytest.raises(lock.LockedError), lock.locked(path, 0):
            pass


def test_the_lock_file_of_a_dead_process_holds_nothing_up(tmp_path: Path) -> None:
    put(tmp_path, A)
    slot_in(tmp_path).lock.write_bytes(b"12345")
    put(tmp_path, B)
    assert state(tmp_path) == "B"
    assert leftovers(tmp_path) == []


def test_the_next_publication_puts_right_what_the_last_left(tmp_path: Path) -> None:
    put(tmp_path, A)
    slot = slot_in(tmp_path)
    slot.new.mkdir()
    slot.folder.rename(slot.old)
    assert put(tmp_path, B).moved_aside is None
    assert state(tmp_path) == "B"
    assert leftovers(tmp_path) == []


def test_a_command_that_is_given_one_folder_puts_that_one_right(tmp_path: Path) -> None:
    put(tmp_path, A)
    put(tmp_path, A, folder="another")
    slot = slot_in(tmp_path)
    for left in (slot, Slot(slot.base, "another")):
        left.new.mkdir()
        left.folder.rename(left.old)
    (done,) = recover_packet(tmp_path / NAME / FOLDER)
    assert done.folder == slot.folder
    assert "已把原来的材料包放回" in str(done)
    assert state(tmp_path) == "A"
    assert not (tmp_path / NAME / "another").exists()


def test_what_a_person_put_in_place_of_an_interrupted_packet_is_kept_and_so_is_the_old(
    tmp_path: Path,
) -> None:
    put(tmp_path, A)
    slot = slot_in(tmp_path)
    slot.new.mkdir()
    slot.folder.rename(slot.old)
    slot.folder.mkdir()
    (slot.folder / "mine.txt").write_bytes(b"mine")
    (done,) = recover(tmp_path)
    assert (slot.folder / "mine.txt").read_bytes() == b"mine"
    assert done.moved_aside == slot.base / (FOLDER + "-旧1")
    assert str(done.moved_aside) in str(done)
    assert leftovers(tmp_path) == []


def test_an_archive_that_a_person_put_in_place_before_the_recovery_is_kept(tmp_path: Path) -> None:
    put(tmp_path, A)
    slot = slot_in(tmp_path)
    slot.archive.rename(slot.new_archive)
    slot.archive.write_bytes(b"mine")
    recover(tmp_path)
    assert state(tmp_path) == "A"
    assert (slot.base / (FOLDER + "-旧1.zip")).read_bytes() == b"mine"


def test_a_packet_moved_aside_is_not_parted_from_its_archive_by_a_kill(tmp_path: Path) -> None:
    done = put(tmp_path, A)
    (done.folder / FORM).write_bytes(b"mine")
    slot = slot_in(tmp_path)
    # Killed between the two moves: the archive stands aside already, the folder not yet, the new packet does.
    done.folder.rename(slot.old)
    done.archive.rename(slot.base / (FOLDER + "-旧1.zip"))
    put(tmp_path / "elsewhere", B).folder.rename(slot.folder)
    (tmp_path / "elsewhere" / NAME / (FOLDER + ".zip")).rename(slot.archive)
    recover(tmp_path)
    assert state(tmp_path) == "B"
    assert (slot.base / (FOLDER + "-旧1") / FORM).read_bytes() == b"mine"
    assert sorted(path.name for path in slot.base.iterdir() if "旧" in path.name) == [
        FOLDER + "-旧1",
        FOLDER + "-旧1.zip",
    ]


def test_hidden_files_of_a_person_are_nobodys_leftovers(tmp_path: Path) -> None:
    put(tmp_path, A)
    for name in (".notes.old", ".cache", "lianheti-new"):
        (tmp_path / NAME / name).write_bytes(b"mine")
    assert recover(tmp_path) == []
    assert {path.name for path in (tmp_path / NAME).iterdir()} >= {".notes.old", ".cache", "lianheti-new"}


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="这个系统没有 POSIX 用户权限")
def test_a_folder_that_may_not_be_looked_into_is_passed_over() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        put(root, A)
        (root / "lost+found").mkdir(0o000)
        if os.geteuid() == 0:
            os.seteuid(65534)
        try:
            assert recover(root) == []
        finally:
            os.seteuid(os.getuid())


def test_a_missing_output_folder_has_nothing_to_recover(tmp_path: Path) -> None:
    assert recover(tmp_path / "missing") == []
    assert recover_packet(tmp_path / "missing" / "packet") == []

"""Killed, interrupted, short of disk, two at once: what stands is whole, and the next run finishes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from generator.publishing import recover
from tests.batch.conftest import Place
from tests.batch.province import CODE, broken, standing
from tests.pace import examples

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
KILLS = examples(24)
NO_MOUNT = 77
# So many small packets that an interruption comes before their end on any machine.
MANY = 300

needs_fork = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="没有 fork 和 pidfd，不能这样杀进程")
needs_kill = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="没有 SIGKILL")


def lines(program: str, *arguments: object, before: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    command = [*before, sys.executable, str(HERE / program), *(str(argument) for argument in arguments)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=600)
    if done.returncode == NO_MOUNT:
        pytest.skip("没有权限挂载一个小磁盘")
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.thorough
@needs_fork
def test_killed_at_any_moment_every_packet_is_whole_and_the_next_run_finishes(tmp_path: Path) -> None:
    *kills, end = lines("die_while_working.py", tmp_path, KILLS, 20260301)
    assert len(kills) == KILLS
    assert sum(not kill["finished"] for kill in kills) >= KILLS // 4
    assert [kill["broken"] for kill in kills if kill["broken"]] == []
    assert end["same"]
    assert end["packets"] == 4


@pytest.mark.thorough
@needs_fork
def test_whichever_write_fails_it_is_told_nothing_is_broken_and_the_next_run_finishes(tmp_path: Path) -> None:
    *failing, last = lines("fail_at_every_write.py", tmp_path)
    assert len(failing) >= 8
    for line in failing:
        assert line["codes"] == [0, 6], line
        assert line["broken"] == [], line
        assert line["same"], line
    assert last["states"] == ["made", "made"]


@pytest.mark.thorough
@needs_fork
def test_on_a_full_disk_what_stands_is_whole_and_with_room_the_next_run_finishes(tmp_path: Path) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("没有 unshare，不能挂载一个小磁盘")
    as_root = () if os.geteuid() == 0 else ("--map-root-user",)
    (line,) = lines("fill_the_disk.py", tmp_path, before=("unshare", "--mount", *as_root))
    assert line["states"] == ["failed", "made"]
    assert line["errors"] == ["磁盘已满。请腾出空间后重新运行。"]
    assert line["broken"] == []
    assert line["same"]


def starting(place: Place, *more: str) -> subprocess.Popen[bytes]:
    command = [
        sys.executable, "-m", "generator", "batch", str(place.data), "-p", CODE, "-o", str(place.output),
        "--templates", str(place.templates), "--no-pdf", *more,
    ]  # fmt: skip
    # A shell that runs the tests in the background has SIGINT ignored, which processes of theirs would inherit.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )
    finally:
        signal.signal(signal.SIGINT, before)


def packets(output: Path) -> int:
    """How many packets stand under visible names."""
    return len(list(output.glob("[!.]*/[!.]*/manifest.json")))


def wait_for_packets(output: Path, count: int) -> None:
    until = time.monotonic() + 60
    while packets(output) < count:
        assert time.monotonic() < until, "no packet came"
        time.sleep(0.01)


def wait_for_the_end(group: int) -> None:
    """Wait until no process of a group is left."""
    until = time.monotonic() + 30
    while True:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        assert time.monotonic() < until, "a process has outlived its batch"
        time.sleep(0.01)


@pytest.mark.thorough
@needs_kill
def test_interrupted_it_ends_with_130_and_whole_packets(place: Place) -> None:
    place.add(*(f"{number}号" for number in range(MANY)))
    process = starting(place, "-j", "2")
    wait_for_packets(place.output, 3)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "已中断" in told.decode()
    assert "Traceback" not in told.decode()
    assert broken(place.output) == []
    assert 3 <= packets(place.output) < MANY
    wait_for_the_end(process.pid)
    states = place.batch().states
    assert set(states.values()) <= {"made", "same", "unchanged"}
    assert "unchanged" in states.values()


@pytest.mark.thorough
def test_two_batches_into_one_folder_leave_what_one_leaves(place: Place) -> None:
    place.add(*(f"{number}号" for number in range(10)))
    both = [starting(place, "--format", "json", "-j", "2") for _ in range(2)]
    for process in both:
        out, told = process.communicate(timeout=120)
        assert process.returncode == 0, told.decode()
        assert {row["state"] for row in json.loads(out)["results"]} <= {"made", "same", "unchanged"}
    assert broken(place.output) == []
    alone = Place(place.folder / "alone", place.run)
    shutil.copytree(place.data, alone.data)
    shutil.copytree(place.templates, alone.templates)
    assert alone.batch().code == 0
    assert standing(place.output) == standing(alone.output)


@pytest.mark.thorough
@needs_kill
def test_processes_end_with_the_batch_that_was_killed(place: Place) -> None:
    place.add(*(f"{number}号" for number in range(60)))
    process = starting(place)
    wait_for_packets(place.output, 1)
    process.kill()
    process.communicate(timeout=60)
    wait_for_the_end(process.pid)
    recover(place.output)
    assert broken(place.output) == []

"""The processes of a batch: limits, deaths, replacement, whatever they are given to do."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from generator.batch.local import Call, LocalWorkers
from generator.batch.settings import Bounds, Settings
from generator.errors import DataError, OutputError, Place

needs_pause = pytest.mark.skipif(not hasattr(signal, "pause"), reason="没有 signal.pause")
only_linux = pytest.mark.skipif(sys.platform != "linux", reason="只有 Linux 能限制一个进程的内存")


def done(root: Path, bounds: Bounds, *calls: Call) -> dict[int, Any]:
    with LocalWorkers(Settings(root, engine=None), bounds) as workers:
        return {number: outcome for number, outcome, _ in workers.run(calls)}


def refuse(what: str) -> None:
    raise DataError(what, "改正", Place("甲.yaml", 3))


def test_every_call_is_answered_once_by_its_number(tmp_path: Path) -> None:
    answers = done(tmp_path, Bounds(2), *(Call(pow, (number, 2)) for number in range(20)))
    assert answers == {number: number**2 for number in range(20)}


def test_an_error_comes_back_as_it_was_raised(tmp_path: Path) -> None:
    answers = done(tmp_path, Bounds(1), Call(refuse, ("不对",)), Call(abs, (-1,)))
    assert isinstance(answers[0], DataError)
    assert str(answers[0]) == "甲.yaml 第 3 行：不对。请改正。"
    assert answers[1] == 1


@needs_pause
def test_a_call_that_takes_too_long_is_ended_and_the_others_go_on(tmp_path: Path) -> None:
    calls = [Call(signal.pause, ()), *(Call(abs, (-number,)) for number in range(1, 6))]
    answers = done(tmp_path, Bounds(2, seconds=1.0), *calls)
    assert "时间上限" in str(answers.pop(0))
    assert answers == {number: number for number in range(1, 6)}


def test_a_process_that_dies_twice_under_a_call_is_told_and_loses_no_other(tmp_path: Path) -> None:
    calls = [Call(os._exit, (1,)), *(Call(abs, (-number,)) for number in range(1, 6))]
    answers = done(tmp_path, Bounds(2), *calls)
    assert "被系统结束" in str(answers.pop(0))
    assert answers == {number: number for number in range(1, 6)}


def die_once(mark: Path) -> str:
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return "done"
    os._exit(1)


def test_a_process_that_dies_once_under_a_call_is_given_another_try(tmp_path: Path) -> None:
    assert done(tmp_path, Bounds(1), Call(die_once, (tmp_path / "mark",))) == {0: "done"}


@only_linux
def test_memory_beyond_the_limit_is_refused_to_the_process(tmp_path: Path) -> None:
    calls = [Call(bytearray, (600_000_000,)), Call(abs, (-1,))]
    answers = done(tmp_path, Bounds(1, megabytes=400), *calls)
    assert isinstance(answers[0], MemoryError)
    assert answers[1] == 1


def test_a_process_is_replaced_after_its_share(tmp_path: Path) -> None:
    answers = done(tmp_path, Bounds(1, packets=2), *(Call(os.getpid, ()) for _ in range(6)))
    pids = [answers[number] for number in range(6)]
    assert pids[0] == pids[1] != pids[2] == pids[3] != pids[4] == pids[5]


class Deadly:
    """Ends the process that it is sent to."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (os._exit, (1,))


def test_processes_that_cannot_start_are_told() -> None:
    settings: Any = Deadly()
    with pytest.raises(OutputError, match="启动不了工作进程"), LocalWorkers(settings, Bounds(1)) as workers:
        list(workers.run([Call(abs, (-1,))]))


@pytest.mark.thorough
def test_no_temporary_files_are_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    done(tmp_path, Bounds(2), *(Call(tempfile.mkdtemp, ()) for _ in range(4)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.thorough
def test_a_folder_for_temporary_files_with_a_long_name_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile

    long = tmp_path / ("临时文件" * 20)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    assert done(tmp_path, Bounds(2), *(Call(pow, (number, 2)) for number in range(4))) == {
        0: 0, 1: 1, 2: 4, 3: 9
    }  # fmt: skip

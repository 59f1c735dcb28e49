"""A Dask cluster: a scheduler and two workers, each a process of its own, on loopback."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.batch.conftest import Place
from tests.batch.province import broken, form, standing
from tests.batch.test_disturbed import packets

pytest.importorskip("distributed", reason="没有安装 cluster 附加功能")

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60


class Cluster:
    """Processes of a cluster, ended with the test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self.address = ""

    def start(self, *command: str) -> tuple[subprocess.Popen[bytes], Path]:
        log = self.folder / f"{len(self.processes)}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "distributed.cli." + command[0], *command[1:]],
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                # A worker of its own folder and user: nothing is shared but the program.
                env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(self.folder)},
            )
        self.processes.append(process)
        return process, log

    def scheduler(self) -> None:
        _, log = self.start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.address = said(log, r"Scheduler at:\s+(tcp://\S+)")

    def worker(self, *more: str) -> subprocess.Popen[bytes]:
        process, log = self.start(
            "dask_worker", self.address, "--nthreads", "1", "--no-dashboard", "--no-nanny", *more
        )
        said(log, r"(Registered to):")
        return process

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


def said(log: Path, pattern: str) -> str:
    """What a process has written to its log, once it has."""
    until = time.monotonic() + PATIENCE
    while True:
        found = re.search(pattern, log.read_text(errors="replace"))
        if found:
            return found[1]
        assert time.monotonic() < until, log.read_text(errors="replace")
        time.sleep(0.02)


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    made.scheduler()
    yield made
    made.end()


def alone(place: Place) -> Place:
    """The same work without a cluster."""
    other = Place(place.folder / "alone", place.run)
    other.folder.mkdir()
    for name in ("客户", "templates"):
        (other.folder / name).symlink_to(place.folder / name, target_is_directory=True)
    return other


@pytest.mark.thorough
def test_packets_are_the_same_as_this_machine_makes_and_a_killed_worker_loses_none(
    place: Place, cluster: Cluster
) -> None:
    (first, *_) = place.add(*(f"{number}号" for number in range(12)))
    with first.open("a", encoding="utf-8") as file:
        file.write("plan: {sections: {goal: {file: 目标.txt}}}\nattachments: {seal: [没有.pdf]}\n")
    (place.data / "目标.txt").write_text("目标", encoding="utf-8")
    (place.data / "坏.yaml").write_text("name: [\n", encoding="utf-8")
    victim = cluster.worker()
    cluster.worker()
    command = [
        sys.executable, "-m", "generator", "batch", str(place.data), "-p", "somewhere/small-2022", "-o",
        str(place.output), "--templates", str(place.templates), "--no-pdf", "--format", "json",
        "--scheduler", cluster.address,
    ]  # fmt: skip
    batch = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until = time.monotonic() + PATIENCE
    while packets(place.output) < 2 and batch.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.005)
    assert packets(place.output) < 12, "the worker was to be killed midway"
    victim.send_signal(signal.SIGKILL)
    out, told = batch.communicate(timeout=PATIENCE)
    assert batch.returncode == 1, told.decode()
    assert '"failed": 1' in out.decode()
    assert '"made": 12' in out.decode()
    assert broken(place.output) == []
    other = alone(place)
    assert other.batch().code == 1
    assert standing(place.output) == standing(other.output)
    assert set(place.batch().states.values()) == {"unchanged", "failed"}


@pytest.mark.thorough
def test_a_template_of_the_users_own_travels_with_the_data(place: Place, cluster: Cluster) -> None:
    place.add("甲")
    cluster.worker()
    (place.templates / "somewhere/small-2022/application.docx").write_bytes(form("远方的表 {{ name }}"))
    done = place.batch("--scheduler", cluster.address)
    assert done.states == {"甲": "made"}, done.err
    other = alone(place)
    other.batch()
    assert standing(place.output) == standing(other.output)


@pytest.mark.thorough
def test_a_scheduler_that_is_not_there_is_told(place: Place) -> None:
    place.add("甲")
    done = place.batch("--scheduler", "tcp://127.0.0.1:9")
    assert done.code == 2
    assert "连不上" in done.err
    assert broken(place.output) == []

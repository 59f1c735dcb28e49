"""The queue of what is being made: worker processes, so that the page stays quick, each job stopped on request."""

from __future__ import annotations

import contextlib
import multiprocessing
from collections import OrderedDict, deque
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Condition, Thread
from typing import Any, Final, Literal

from msgspec import Struct, field

from generator.web.tasks import Task
from generator.web.worker import STOP, Order, work

State = Literal["waiting", "running", "done", "failed", "stopped"]
ENDED: Final = frozenset({"done", "failed", "stopped"})
_MOST_KEPT: Final = 500
_PATIENCE_SECONDS: Final = 10.0


class Job(Struct):
    """One thing that is made.

    Attributes:
        number: by which pages ask for it.
        title: what it is, for a person.
        file: the data file, relative to the served folder.
        order: what is to be made.
        state: how it stands.
        step: what is being done now.
        done: how many steps are done.
        total: how many there are; 0 where that is not known.
        text: why it failed, or what a person must be told.
        result: what a finished one has to say.
    """

    number: int
    title: str
    file: str
    order: Order | Task
    state: State = "waiting"
    step: str = ""
    done: int = 0
    total: int = 0
    text: str = ""
    result: dict[str, Any] = field(default_factory=dict)
    stop: bool = False

    def as_json(self) -> dict[str, Any]:
        """The job as pages get it."""
        return {
            "number": self.number,
            "title": self.title,
            "file": self.file,
            "p": self.order.code,
            "what": self.order.what,
            "edition": self.order.edition,
            "state": self.state,
            "step": self.step,
            "done": self.done,
            "total": self.total,
            "text": self.text,
        }


class Jobs:
    """The queue.

    Args:
        workers: how many are made at once.
        templates: as for ``Workspace``.
        fonts: likewise.
    """

    def __init__(self, workers: int, templates: Path | None, fonts: Path | None) -> None:
        self._start = (templates, fonts)
        self._most = workers
        self._changed = Condition()
        self._queue: deque[Job] = deque()
        self._jobs: OrderedDict[int, Job] = OrderedDict()
        self._threads: list[Thread] = []
        self._idle = 0
        self._number = 0
        self._closed = False
        self._generation = 0
        self.version = 0

    def add(self, title: str, file: str, order: Order | Task, *, first: bool = False) -> Job:
        """Put something into the queue.

        Args:
            title: what it is, for a person.
            file: the data file, relative to the served folder.
            order: what is to be made.
            first: before all that waits: somebody looks at it.

        Returns:
            The job; the one that is waiting already for the same.
        """
        with self._changed:
            for waiting in self._queue:
                if waiting.order == order:
                    return waiting
            self._number += 1
            job = Job(self._number, title, file, order)
            self._jobs[job.number] = job
            for old in list(self._jobs.values()):
                if len(self._jobs) <= _MOST_KEPT:
                    break
                if old.state in ENDED:
                    del self._jobs[old.number]
            if first:
                self._queue.appendleft(job)
            else:
                self._queue.append(job)
            if not self._idle and len(self._threads) < self._most:
                thread = Thread(target=self._run, daemon=True)
                self._threads.append(thread)
                thread.start()
            self._tell()
            return job

    def get(self, number: int) -> Job | None:
        """A job by its number."""
        with self._changed:
            return self._jobs.get(number)

    def all(self) -> list[Job]:
        """Every job that is known, the newest first."""
        with self._changed:
            return list(reversed(self._jobs.values()))

    def stop(self, number: int) -> None:
        """Stop a job: one that waits is taken out, one at work ends at its next step."""
        with self._changed:
            job = self._jobs.get(number)
            if job is None or job.state in ENDED:
                return
            job.stop = True
            if job.state == "waiting":
                self._queue.remove(job)
                job.state = "stopped"
            self._tell()

    def wait(self, version: int, seconds: float) -> int:
        """Wait until something has changed since a version.

        Returns:
            The version now.
        """
        with self._changed:
            self._changed.wait_for(lambda: self.version != version or self._closed, seconds)
            return self.version

    def renew(self) -> None:
        """Give what comes next to fresh processes, which know of programmes that were installed meanwhile."""
        with self._changed:
            self._generation += 1

    def close(self) -> None:
        """Stop everything; what stands in the output folder is whole."""
        with self._changed:
            self._closed = True
            for job in self._queue:
                job.state = "stopped"
            self._queue.clear()
            for job in self._jobs.values():
                job.stop = True
            self._tell()
            threads = list(self._threads)
        for thread in threads:
            thread.join(_PATIENCE_SECONDS)

    def _tell(self) -> None:
        self.version += 1
        self._changed.notify_all()

    def _run(self) -> None:
        """One worker's thread: it has a process of its own, and gives it one job after the other."""
        process: _Process | None = None
        generation = 0
        while True:
            with self._changed:
                self._idle += 1
                self._changed.wait_for(lambda: self._queue or self._closed)
                self._idle -= 1
                if self._closed:
                    break
                job = self._queue.popleft()
                job.state, job.step = "running", "开始"
                self._tell()
                old, generation = generation != self._generation, self._generation
            if process is not None and old:
                process.end()
                process = None
            if process is None or not process.is_alive:
                process = _Process(*self._start)
            if not self._work(process, job):
                process.kill()
                process = None
        if process is not None:
            process.end()

    def _work(self, process: _Process, job: Job) -> bool:
        """Have a job done; whether the process can be used again."""
        try:
            process.connection.send(job.order)
            told, left = False, _PATIENCE_SECONDS
            while True:
                if not process.connection.poll(0.1):
                    if not process.is_alive:
                        break
                    if told:
                        left -= 0.1
                    if left <= 0:
                        return self._end(job, "stopped", None)
                    if job.stop and not told:
                        told = True
                        process.connection.send(STOP)
                    continue
                word, content = process.connection.recv()
                if word in ENDED:
                    self._end(job, word, content)
                    return True
                self._step(job, word, content)
        except (EOFError, OSError):
            pass
        self._end(
            job,
            "failed",
            "做这一份的进程意外结束了，没有做成；已有的材料没有动。请重试，内存不够时一次少做几份。",
        )
        return False

    def _step(self, job: Job, word: str, content: tuple[str, int, int]) -> None:
        with self._changed:
            if word == "notice":
                job.text = content[0]
            else:
                job.step, job.done, job.total = content
            self._tell()

    def _end(self, job: Job, state: State, content: Any) -> bool:
        with self._changed:
            job.state = state
            if isinstance(content, dict):
                job.result = content
            elif isinstance(content, str):
                job.text = content
            self._tell()
        return False


class _Process:
    """One worker process."""

    def __init__(self, templates: Path | None, fonts: Path | None) -> None:
        # A fork of a process with threads may hang; a fresh one costs half a second, once.
        context = multiprocessing.get_context("spawn")
        self.connection: Connection
        self.connection, other = context.Pipe()
        self._process = context.Process(target=work, args=(other, templates, fonts), daemon=True)
        self._process.start()
        other.close()

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def kill(self) -> None:
        self._process.kill()
        self._process.join()
        self.connection.close()

    def end(self) -> None:
        with contextlib.suppress(OSError):
            self.connection.send(None)
        self._process.join(_PATIENCE_SECONDS)
        self.kill()

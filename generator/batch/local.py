"""Processes of this machine that work for a batch, one call at a time each.

Each lane is an executor with one process: when a process dies or must be ended, it is known which call it
was at, and no other is lost.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.context import BaseContext
from typing import TYPE_CHECKING, Any, Final

from generator.batch import worker
from generator.batch.results import EndedError
from generator.errors import OutputError
from generator.workflows.inputs import DataFile

if TYPE_CHECKING:
    from types import TracebackType

    from generator.batch.settings import Bounds, Settings

# A process that dies under a call may have been picked by a system short of memory: one more chance.
_TRIES: Final = 2
_FAILED_STARTS: Final = 3
_PRELOADED: Final = (
    "generator.batch.worker",
    "generator.pdf.engines.typst",
    "generator.pdf.pages.merge",
    "docx",
)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of a module and its arguments, to be done in another process."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]


class _Lane:
    """One process, replaced when it has done its share."""

    def __init__(self, context: BaseContext, begin: tuple[Any, ...]) -> None:
        self._executor = ProcessPoolExecutor(1, mp_context=context, initializer=worker.begin, initargs=begin)
        self.future: Future[Any] = self._executor.submit(os.getpid)
        self.pid = 0
        self.call: int | None = None
        self.since = 0.0
        self.seconds = 0.0
        self.done = 0

    def start(self, number: int, call: Call) -> None:
        """Begin a call; the lane must be free."""
        self.call, self.since = number, time.monotonic()
        self.future = self._executor.submit(call.function, *call.arguments)

    def kill(self) -> None:
        """End the process at once."""
        if self.pid:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(self.pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
        self._executor.shutdown(wait=bool(self.pid), cancel_futures=True)

    def close(self) -> None:
        """Let the process end by itself."""
        self._executor.shutdown(wait=True, cancel_futures=True)


class Lanes:
    """So many processes at a time.

    Args:
        settings: of the batch.
        bounds: how much it may use.
        context: how processes are started; by default from a server process that has everything loaded,
            where the system has that.
    """

    def __init__(self, settings: Settings, bounds: Bounds, context: BaseContext | None = None) -> None:
        self._bounds = bounds
        self._context = context or default_context()
        self._temporary = tempfile.TemporaryDirectory(prefix="lianheti-batch-", ignore_cleanup_errors=True)
        self._begin = (settings, bounds.megabytes, self._temporary.name, worker.surroundings())
        self._lanes: list[_Lane] = []

    def __enter__(self) -> LocalCrew:
        return LocalCrew(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for lane in self._lanes:
            if error is None:
                lane.close()
            else:
                lane.kill()
        self._lanes.clear()
        self._temporary.cleanup()

    def run(self, calls: Sequence[Call]) -> Iterator[tuple[int, Any, float]]:
        """Do all calls, as many at a time as there are lanes.

        Yields:
            A call's number, what it returned or the exception that it ended with, and the seconds it took.

        Raises:
            OutputError: no process can be started.
        """
        waiting = deque(range(len(calls)))
        tries = [0] * len(calls)
        failed_starts = 0
        while len(self._lanes) < min(self._bounds.jobs, len(calls)):
            self._lanes.append(self._open())
        left = len(calls)
        while left:
            self._hand_out(calls, waiting)
            busy = {lane.future: lane for lane in self._lanes if lane.call is not None or not lane.pid}
            done, _ = wait(busy, timeout=self._patience(), return_when=FIRST_COMPLETED)
            for future in done:
                lane = busy[future]
                broken = isinstance(future.exception(), BrokenProcessPool)
                if not lane.pid:
                    if broken:
                        failed_starts += 1
                        if failed_starts == _FAILED_STARTS:
                            raise _no_process()
                        self._replace(lane, waiting)
                    else:
                        lane.pid = future.result()
                    continue
                number = self._finish(lane)
                if broken:
                    tries[number] += 1
                    if tries[number] < _TRIES:
                        waiting.appendleft(number)
                    self._replace(lane, waiting)
                    if tries[number] < _TRIES:
                        continue
                    yield number, _died(), lane.seconds
                else:
                    yield number, future.exception() or future.result(), lane.seconds
                    if lane.done >= self._bounds.packets:
                        lane.close()
                        self._replace(lane, waiting)
                left -= 1
            for lane in [lane for lane in self._lanes if self._is_overdue(lane)]:
                number = self._finish(lane)
                lane.kill()
                self._replace(lane, waiting)
                yield number, _too_slow(self._bounds.seconds), lane.seconds
                left -= 1

    def _open(self) -> _Lane:
        return _Lane(self._context, self._begin)

    def _replace(self, lane: _Lane, waiting: deque[int]) -> None:
        self._lanes.remove(lane)
        if len(waiting) > sum(other.call is None for other in self._lanes):
            self._lanes.append(self._open())

    def _hand_out(self, calls: Sequence[Call], waiting: deque[int]) -> None:
        for lane in self._lanes:
            if waiting and lane.pid and lane.call is None:
                number = waiting.popleft()
                lane.start(number, calls[number])

    @staticmethod
    def _finish(lane: _Lane) -> int:
        number = lane.call
        if number is None:
            raise RuntimeError("a lane without a call has finished one")
        lane.call = None
        lane.seconds = time.monotonic() - lane.since
        lane.done += 1
        return number

    def _is_overdue(self, lane: _Lane) -> bool:
        return (
            lane.call is not None
            and not lane.future.done()
            and time.monotonic() - lane.since > self._bounds.seconds
        )

    def _patience(self) -> float | None:
        ends = [lane.since + self._bounds.seconds for lane in self._lanes if lane.call is not None]
        return max(min(ends) - time.monotonic(), 0.0) + 0.01 if ends else None


class LocalCrew:
    """Lanes as a batch's crew.

    Args:
        lanes: open.
    """

    def __init__(self, lanes: Lanes) -> None:
        self.lanes = lanes

    def looks(self, files: Sequence[DataFile]) -> Iterator[tuple[int, Any, float]]:
        """Which packets each data file asks for."""
        return self.lanes.run([Call(worker.look_here, (file.path,)) for file in files])

    def makes(self, jobs: Sequence[tuple[DataFile, str]]) -> Iterator[tuple[int, Any, float]]:
        """Make and publish packets."""
        return self.lanes.run([Call(worker.make_here, (file.path, code)) for file, code in jobs])


def default_context() -> BaseContext:
    """How processes are started on this system."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_PRELOADED))
    return context


def _too_slow(seconds: float) -> EndedError:
    return EndedError(
        f"生成这一份材料超过了 {seconds:g} 秒的时间上限，已停止",
        "检查数据是否异常地大，模板是否循环过多；确实需要时用 --time-limit 提高上限",
    )


def _died() -> EndedError:
    return EndedError(
        "生成这一份材料的进程被系统结束了，试了两次都是如此，多半是内存不足",
        "用 -j 减少同时生成的份数，或提高 --memory-limit，再运行一次",
    )


def _no_process() -> OutputError:
    return OutputError("启动不了工作进程", "关闭一些程序腾出内存，或提高 --memory-limit，再运行一次")

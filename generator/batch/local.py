"""Worker processes of this machine for a batch, each doing one call at a time.

Each is an executor with a single process: when a process dies or must be killed, it is known which call it was
doing, and no other call is lost.
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
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from msgspec import Struct

from generator.base.temporary import private_folder, remove_folder
from generator.batch import worker
from generator.batch.results import EndedError
from generator.errors import OutputError
from generator.workflows.inputs import DataFile

if TYPE_CHECKING:
    from types import TracebackType

    from generator.batch.settings import Bounds, Settings

# A process that dies during a call may have been killed by a system short of memory: the call is tried once more.
_TRIES: Final = 2
_FAILED_STARTS: Final = 3
# Of macOS, with its end; Linux has 4 more.
_LONGEST_SOCKET: Final = 103
_PRELOADED: Final = (
    "generator.batch.worker",
    "generator.pdf.engines.typst",
    "generator.pdf.pages.merge",
    "docx",
)


class Call(Struct, frozen=True):
    """A function of a module and its arguments, to be done in another process."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]


class _Process:
    """One process, replaced by a fresh one after so many packets; see Bounds."""

    def __init__(self, context: BaseContext, start: tuple[Any, ...]) -> None:
        self._executor = ProcessPoolExecutor(
            1, mp_context=context, initializer=worker.start_process, initargs=start
        )
        self.future: Future[Any] = self._executor.submit(os.getpid)
        self.pid = 0
        self.call: int | None = None
        self.since = 0.0
        self.seconds = 0.0
        self.done = 0

    def start(self, number: int, call: Call) -> None:
        """Begin a call; the process must be free."""
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


class LocalWorkers:
    """So many processes at a time, opened as a context.

    Args:
        settings: of the batch.
        bounds: how much it may use.
        context: how processes are started; by default from a server process that has everything loaded,
            where the system has that.
    """

    def __init__(self, settings: Settings, bounds: Bounds, context: BaseContext | None = None) -> None:
        self._bounds = bounds
        self._context = context or default_context()
        self._temporary = private_folder("batch")
        self._start = (settings, bounds.megabytes, str(self._temporary))
        self._processes: list[_Process] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            if error is None:
                process.close()
            else:
                process.kill()
        self._processes.clear()
        remove_folder(self._temporary)

    def look(self, files: Sequence[DataFile]) -> Iterator[tuple[int, Any, float]]:
        """Which packets each data file asks for; see Workers."""
        return self.run([Call(worker.look_in_process, (file.path,)) for file in files])

    def make(self, jobs: Sequence[tuple[DataFile, str]]) -> Iterator[tuple[int, Any, float]]:
        """Make and publish packets; see Workers."""
        return self.run([Call(worker.make_in_process, (file.path, code)) for file, code in jobs])

    def run(self, calls: Sequence[Call]) -> Iterator[tuple[int, Any, float]]:
        """Do all calls, as many at a time as there are processes.

        Yields:
            A call's number, what it returned or the exception that it ended with, and the seconds it took.

        Raises:
            OutputError: no process can be started.
        """
        waiting = deque(range(len(calls)))
        tries = [0] * len(calls)
        failed_starts = 0
        while len(self._processes) < min(self._bounds.jobs, len(calls)):
            self._processes.append(self._open())
        left = len(calls)
        while left:
            self._hand_out(calls, waiting)
            busy = {
                process.future: process
                for process in self._processes
                if process.call is not None or not process.pid
            }
            done, _ = wait(busy, timeout=self._patience(), return_when=FIRST_COMPLETED)
            for future in done:
                process = busy[future]
                broken = isinstance(future.exception(), BrokenProcessPool)
                if not process.pid:
                    if broken:
                        failed_starts += 1
                        if failed_starts == _FAILED_STARTS:
                            raise _no_process()
                        self._replace(process, waiting)
                    else:
                        process.pid = future.result()
                    continue
                number = self._finish(process)
                if broken:
                    tries[number] += 1
                    if tries[number] < _TRIES:
                        waiting.appendleft(number)
                    self._replace(process, waiting)
                    if tries[number] < _TRIES:
                        continue
                    yield number, _died(), process.seconds
                else:
                    yield number, future.exception() or future.result(), process.seconds
                    if process.done >= self._bounds.packets:
                        process.close()
                        self._replace(process, waiting)
                left -= 1
            for process in [process for process in self._processes if self._is_overdue(process)]:
                number = self._finish(process)
                process.kill()
                self._replace(process, waiting)
                yield number, _too_slow(self._bounds.seconds), process.seconds
                left -= 1

    def _open(self) -> _Process:
        return _Process(self._context, self._start)

    def _replace(self, process: _Process, waiting: deque[int]) -> None:
        self._processes.remove(process)
        if len(waiting) > sum(other.call is None for other in self._processes):
            self._processes.append(self._open())

    def _hand_out(self, calls: Sequence[Call], waiting: deque[int]) -> None:
        for process in self._processes:
            if waiting and process.pid and process.call is None:
                number = waiting.popleft()
                process.start(number, calls[number])

    @staticmethod
    def _finish(process: _Process) -> int:
        number = process.call
        if number is None:
            raise RuntimeError("a process without a call has finished one")
        process.call = None
        process.seconds = time.monotonic() - process.since
        process.done += 1
        return number

    def _is_overdue(self, process: _Process) -> bool:
        return (
            process.call is not None
            and not process.future.done()
            and time.monotonic() - process.since > self._bounds.seconds
        )

    def _patience(self) -> float | None:
        ends = [
            process.since + self._bounds.seconds for process in self._processes if process.call is not None
        ]
        return max(min(ends) - time.monotonic(), 0.0) + 0.01 if ends else None


def default_context() -> BaseContext:
    """How processes are started on this system."""
    if "forkserver" not in multiprocessing.get_all_start_methods() or _is_too_long_for_a_socket():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_PRELOADED))
    return context


def _is_too_long_for_a_socket() -> bool:
    """Whether the server's socket, in the folder for temporary files, would have a longer name than sockets may."""
    name = Path(tempfile.gettempdir()) / "pymp-12345678" / "listener-12345678"
    return len(os.fsencode(name)) > _LONGEST_SOCKET


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

"""Work on files from elsewhere in a process of its own, with limits of time and memory.

Libraries in C that read such files can abort, loop or take all memory; then it is this process that ends, and whoever
asked is told. One process is started when it is first needed, and kept until this program ends. A process that some
pool has started, a batch's or the page's, does the work itself: it is watched already, and ends alone.
"""

from __future__ import annotations

import atexit
import io
import json
import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
from contextlib import suppress
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any, Final, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS: Final = 60
MEGABYTES: Final = 1_500
Result = TypeVar("Result")
Why = Literal["ended", "time", "memory"]
_START: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from generator.base.apart import serve; serve()"
)


class ApartError(Exception):
    """The work did not come to an end.

    Args:
        why: the process ended, or took more time or memory than it may.
    """

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        """A Chinese clause whose subject is the file."""
        return {
            "ended": "使读取它的程序崩溃了，可能已损坏",
            "time": f"读了 {SECONDS} 秒还没有读完",
            "memory": f"要占用 {MEGABYTES} MB 以上的内存才读得完",
        }[self.why]


def prepare() -> None:
    """Start the process, if there is to be one, while the caller goes on."""
    if _has_own():
        _shared().start()


def apart(function: Callable[..., Result], *arguments: object, **named: object) -> Result:
    """What a function of a module returns or raises for its arguments; all of them can be pickled.

    Raises:
        ApartError: it ended the process, or took too much.
    """
    if not _has_own():
        return function(*arguments, **named)
    found: Result = _shared().call((function, arguments, named))
    return found


def _has_own() -> bool:
    frozen = getattr(sys, "frozen", False)  # an app has no interpreter to start
    return not frozen and multiprocessing.parent_process() is None


class _Process:
    """The process, started again after it has ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._lock:
            self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _START, json.dumps(sys.path)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                # Ctrl-C is for the program itself; the process ends with it.
                start_new_session=sys.platform != "win32",
            )  # fmt: skip
        return self._process

    def call(self, work: tuple[Callable[..., Any], tuple[object, ...], dict[str, object]]) -> Any:
        with self._lock:
            process = self._started()
            late = threading.Event()

            def stop() -> None:
                late.set()
                process.kill()

            timer = threading.Timer(SECONDS, stop)
            timer.start()
            try:
                sent: Any = process.stdin
                pickle.dump(work, sent)
                sent.flush()
                got: Any = process.stdout
                is_done, found = pickle.load(got)  # noqa: S301 (our own process wrote it)
            except (EOFError, OSError, pickle.UnpicklingError):
                self._end()
                raise ApartError("time" if late.is_set() else "ended") from None
            except BaseException:
                # Interrupted: an answer that comes later belongs to no question.
                self._end()
                raise
            finally:
                timer.cancel()
        if is_done:
            return found
        raise ApartError("memory") if isinstance(found, MemoryError) else found

    def _end(self) -> None:
        if (process := self._process) is not None:
            process.kill()
            with suppress(OSError):
                process.communicate()
        self._process = None

    def close(self) -> None:
        """End it; nothing of it is needed any more."""
        self._end()


@lru_cache(maxsize=1)
def _shared() -> _Process:
    process = _Process()
    atexit.register(process.close)
    return process


def serve() -> None:
    """Do what is asked on the standard input until that ends; the answers go to the standard output."""
    asked: IO[bytes] = os.fdopen(os.dup(0), "rb")
    answers: IO[bytes] = os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not get between the answers.
    os.dup2(2, 1)
    _limit()
    while True:
        try:
            function, arguments, named = pickle.load(asked)  # noqa: S301 (the program itself wrote it)
        except EOFError:
            return
        _limit_time()
        try:
            answer = True, function(*arguments, **named)
        except Exception as error:  # noqa: BLE001 (whoever asked gets it)
            answer = False, error
        pickled = io.BytesIO()
        pickle.dump(answer, pickled)
        answers.write(pickled.getbuffer())
        answers.flush()


def _limit() -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        limit = MEGABYTES * 1_000_000
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard != resource.RLIM_INFINITY:
            limit = min(limit, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def _limit_time() -> None:
    """So much processor time more, should the program have been killed meanwhile."""
    if sys.platform == "linux":
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime) + SECONDS + 1
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        if hard == resource.RLIM_INFINITY or limit < hard:
            resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))

"""Inputs drawn by chance, many a second: no instruments in the code, every target its part of the time, all findings kept.

What coverage leads to is found by atheris; here the builders' structure does the work. A finding does not end the run:
each is kept once a kind, told with its place, and the next input is tried.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import mmap
import random
import resource
import signal
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Final

from tests.fuzz.targets import TURNS, named, run_one, target_of

# A library's abort ends the process: the input that is being tried stands in this file.
TRIED: Final = "tried"
_ROOM: Final = 1 << 16
# Of the processor, whatever else the machine does.
_SECONDS: Final = 10.0
_MOST_BYTES: Final = 4 << 30
_SLICE_SECONDS: Final = 1.0
_WRITTEN_SECONDS: Final = 5.0
_SHORTEST, _LONGEST = 4, 1_200


class OverTimeError(BaseException):
    """One input took longer than any may."""


def _over_time(_number: int, _frame: FrameType | None) -> None:
    raise OverTimeError


def run(targets: list[str], seconds: float, folder: Path, found: Path, corpus: Path, seed: int) -> None:
    """Try inputs until the time is over.

    Args:
        targets: what is tried.
        seconds: how long.
        folder: where ``counts`` (inputs, taken and processor seconds by target), ``tried`` and ``findings`` are written.
        found: where inputs go that were not stood.
        corpus: inputs to begin with: each is altered now and then.
        seed: of the chance; another run takes another.
    """
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    signal.signal(signal.SIGPROF, _over_time)
    chance = random.Random(seed)
    kept: dict[str, list[bytes]] = {name: [] for name in targets}
    for path in sorted(corpus.iterdir()) if corpus.is_dir() else ():
        data = path.read_bytes()
        if (name := target_of(data, list(TURNS))) in kept:
            kept[name].append(data[1:])
    told = _Told(folder, found)
    end = time.monotonic() + seconds
    used = dict.fromkeys(targets, 0.0)
    with told.tried():
        while time.monotonic() < end:
            # Whose part of the processor's time was served least.
            name = min(targets, key=lambda one: used[one] / TURNS[one])
            begin = time.process_time()
            while time.process_time() - begin < _SLICE_SECONDS and time.monotonic() < end:
                told.one(name, _drawn(chance, kept[name]))
            used[name] += time.process_time() - begin
            told.seconds[name] = used[name]
            told.write()


def _drawn(chance: random.Random, kept: list[bytes]) -> bytes:
    if not kept or chance.random() < 0.6:
        return chance.randbytes(int(_SHORTEST * (_LONGEST / _SHORTEST) ** chance.random()))
    data = bytearray(chance.choice(kept))
    for _ in range(1 + chance.randrange(6)):
        at = chance.randrange(len(data) + 1)
        data[at : at + chance.randrange(4)] = chance.randbytes(chance.randrange(4))
    if chance.random() < 0.2:
        data[chance.randrange(len(data) + 1) :] = chance.choice(kept)[-chance.randrange(200) :]
    return bytes(data)


class _Told:
    """What came of the inputs."""

    def __init__(self, folder: Path, found: Path) -> None:
        self._folder, self._found = folder, found
        self.inputs: Counter[str] = Counter()
        self.taken: Counter[str] = Counter()
        self.seconds: dict[str, float] = {}
        self.findings: Counter[str] = Counter()
        self._written = 0.0

    @contextlib.contextmanager
    def tried(self) -> Iterator[None]:
        """The file with the input that is being tried, open."""
        with (self._folder / TRIED).open("w+b") as file:
            file.truncate(_ROOM)
            with mmap.mmap(file.fileno(), _ROOM) as self._map:
                try:
                    yield
                finally:
                    self._map[:4] = bytes(4)
                    self.write(last=True)

    def one(self, name: str, data: bytes) -> None:
        """Try one input, and keep it where it was not stood."""
        whole = named(name, data)
        self._map[4 : 4 + len(whole)] = whole
        self._map[:4] = len(whole).to_bytes(4, "big")
        self.inputs[name] += 1
        signal.setitimer(signal.ITIMER_PROF, _SECONDS)
        try:
            self.taken[name] += run_one(name, whole)
        except (Exception, OverTimeError) as error:  # noqa: BLE001 (all that must not be is kept)
            signal.setitimer(signal.ITIMER_PROF, 0)
            self._keep(name, whole, error)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    def _keep(self, name: str, whole: bytes, error: BaseException) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        places = [
            f"{Path(frame.filename).name}:{frame.lineno}"
            for frame in frames
            if "/generator/" in frame.filename
        ]
        where = places[-1] if places else f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
        kind = f"{name} {type(error).__name__} {where}"
        self.findings[kind] += 1
        if self.findings[kind] > 1:
            return
        path = self._found / f"{name}-{hashlib.sha256(whole).hexdigest()[:12]}"
        path.write_bytes(whole)
        with (self._folder / "findings").open("a", encoding="utf-8", errors="backslashreplace") as file:
            lines = "".join(traceback.format_exception(error))[-2_500:]
            file.write(f"==== {kind}\n{path}\n{lines}\n")

    def write(self, *, last: bool = False) -> None:
        """Write the counts, now and then."""
        now = time.monotonic()
        if not last and now - self._written < _WRITTEN_SECONDS:
            return
        self._written = now
        counts = {
            "inputs": dict(self.inputs),
            "taken": dict(self.taken),
            "seconds": {name: round(value, 1) for name, value in self.seconds.items()},
            "findings": dict(self.findings),
        }
        (self._folder / "counts").write_text(json.dumps(counts, indent=1))

"""``python -m tests.fuzz --seconds 120``: as many inputs as fit into the time, over all targets.

On Linux half of the time goes to inputs drawn by chance, many a second, and half to atheris, which is led by coverage;
both start from the corpus. Elsewhere hypothesis draws them. An input that the program does not stand is kept in
``output/fuzz``, told with how to try it again, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
CORPUS: Final = HERE / "corpus"
FOUND: Final = HERE.parents[1] / "output" / "fuzz"
# One input may take so long, and the process so much memory, before that counts as a finding.
_SECONDS: Final = 25
_MEGABYTES: Final = 3_000
_LONGEST: Final = 1_200
_MOST_KEPT: Final = 300


def main() -> int:
    """Run the targets, or try one file again."""
    options = argparse.ArgumentParser(prog="python -m tests.fuzz")
    options.add_argument("--seconds", type=int, default=120)
    options.add_argument("--target", action="append", help="only this one; may be given again")
    options.add_argument("--try", dest="again", type=Path, help="one file of output/fuzz")
    options.add_argument("--keep", action="store_true", help="add to the corpus what reaches new code")
    options.add_argument("--engine", choices=tuple(_ENGINES))
    options.add_argument("--seed", type=int, help="of the chance; by default the time")
    options.add_argument("--counts", type=Path, help="a folder that is told now and then what came of it")
    options.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.worker:
        _ENGINES[asked.engine](asked, asked.worker)
        return 0
    from tests.fuzz.targets import TARGETS, run_one, target_of

    asked.target = asked.target or list(TARGETS)
    if asked.again:
        data = asked.again.read_bytes()
        name = target_of(data, asked.target)
        print(name, "taken" if run_one(name, data) else "refused")
        return 0
    engines = [asked.engine] if asked.engine else _engines_here()
    asked.seconds = max(1, asked.seconds // len(engines))
    FOUND.mkdir(parents=True, exist_ok=True)
    return max(_in_a_process(asked, engine) for engine in engines)


def _engines_here() -> list[str]:
    if sys.platform != "linux":
        return ["hypothesis"]
    return ["drawn", "atheris"] if importlib.util.find_spec("atheris") else ["drawn"]


def _in_a_process(asked: argparse.Namespace, engine: str) -> int:
    """Fuzz in a process of its own, which a library may abort, and tell what came of it."""
    with tempfile.TemporaryDirectory(prefix="lianheti-fuzz-") as name:
        folder = asked.counts or Path(name)
        (folder / "grown").mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "tests.fuzz", "--engine", engine, "--seconds", str(asked.seconds)]
        command += ["--seed", str(int(time.time()) if asked.seed is None else asked.seed)]
        command += ["--worker", str(folder), *(f"--target={target}" for target in asked.target)]
        # What inputs are read from lies in the same folder, so that it goes with it.
        own = {**os.environ, "TMPDIR": str(folder), "SOURCE_DATE_EPOCH": "1700000000"}
        with (folder / "told").open("wb") as told:
            done = subprocess.run(
                command, stdout=told, stderr=told, check=False, cwd=HERE.parents[1], env=own
            )
        counts = json.loads((folder / "counts").read_text()) if (folder / "counts").exists() else {}
        inputs, taken = counts.get("inputs", {}), counts.get("taken", {})
        for target, count in inputs.items():
            print(f"{target}: {count}" + (f", {taken.get(target, 0)} taken" if taken else ""))
        if aborted := drawn_input(folder):
            (FOUND / "aborted").write_bytes(aborted)
        findings = folder / "findings"
        if findings.exists():
            print(findings.read_text(errors="replace")[-12_000:])
        failed = bool(done.returncode or findings.exists())
        if done.returncode:
            print((folder / "told").read_text(errors="replace")[-6_000:])
        if failed:
            print(f"FAILED; what was not stood lies in {FOUND}, try it: python -m tests.fuzz --try FILE")
        elif asked.keep:
            _keep(folder / "grown")
        print(f"{sum(inputs.values())} inputs by {engine}")
    return int(failed)


def drawn_input(folder: Path) -> bytes:
    """The input that was being tried when the process ended; empty where it ended by itself."""
    if not (folder / "tried").exists():
        return b""
    raw = (folder / "tried").read_bytes()
    return raw[4 : 4 + int.from_bytes(raw[:4], "big")]


def _keep(grown: Path) -> None:
    """Add to the corpus: the shortest inputs first, each for code that none before reached."""
    CORPUS.mkdir(exist_ok=True)
    room = _MOST_KEPT - len(list(CORPUS.iterdir()))
    for path in sorted(grown.iterdir(), key=lambda path: path.stat().st_size)[: max(room, 0)]:
        shutil.copy(path, CORPUS / path.name[:16])


def _counting(targets: list[str], folder: Path) -> Callable[[bytes], None]:
    """What tries one input, and writes now and then how many of each target there were."""
    from tests.fuzz.targets import run_one, target_of

    warnings.simplefilter("ignore")
    counts: Counter[str] = Counter()

    def one(data: bytes) -> None:
        name = target_of(data, targets)
        counts[name] += 1
        if not counts[name] % 50:
            (folder / "counts").write_text(json.dumps({"inputs": counts}))
        run_one(name, data)

    return one


def _by_chance(asked: argparse.Namespace, folder: Path) -> None:
    from tests.fuzz.drawn import run

    run(asked.target, asked.seconds, folder, FOUND, CORPUS, asked.seed)
    # All is written; taking down what so many inputs have built up would take minutes.
    os._exit(0)


def _with_atheris(asked: argparse.Namespace, folder: Path) -> None:
    import atheris

    with atheris.instrument_imports(include=["generator"]):
        one = _counting(asked.target, folder)

    atheris.Setup(
        [
            "fuzz",
            str(folder / "grown"),
            *([str(CORPUS)] if CORPUS.is_dir() else []),
            f"-max_total_time={asked.seconds}",
            f"-timeout={_SECONDS}",
            f"-rss_limit_mb={_MEGABYTES}",
            f"-max_len={_LONGEST}",
            f"-artifact_prefix={FOUND}/",
        ],
        one,
    )
    atheris.Fuzz()


def _with_hypothesis(asked: argparse.Namespace, folder: Path) -> None:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st

    one = _counting(asked.target, folder)
    end = time.monotonic() + asked.seconds

    class _Over(BaseException):
        """The time is over."""

    @settings(
        max_examples=10_000_000,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )
    @given(st.binary(max_size=_LONGEST))
    def all_of_them(data: bytes) -> None:
        if time.monotonic() > end:
            raise _Over
        try:
            one(data)
        except Exception:
            (FOUND / f"crash-{os.getpid()}").write_bytes(data)
            raise

    with contextlib.suppress(_Over):
        all_of_them()


_ENGINES: Final = {"drawn": _by_chance, "atheris": _with_atheris, "hypothesis": _with_hypothesis}

if __name__ == "__main__":
    sys.exit(main())

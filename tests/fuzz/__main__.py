"""``python -m tests.fuzz --seconds 120``: as many inputs as fit into the time, over all targets.

With atheris (Linux) the inputs are led by coverage and start from the corpus; elsewhere hypothesis draws them. An input
that the program does not stand is kept in ``output/fuzz``, told with how to try it again, and the exit code is 1.
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
    options.add_argument("--engine", choices=("atheris", "hypothesis"))
    options.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    engine = given.engine or ("atheris" if importlib.util.find_spec("atheris") else "hypothesis")
    if given.worker:
        (_with_atheris if engine == "atheris" else _with_hypothesis)(
            given.target, given.seconds, given.worker
        )
        return 0
    from tests.fuzz.targets import TARGETS, run_one, target_of

    targets = given.target or list(TARGETS)
    if given.again:
        data = given.again.read_bytes()
        name = target_of(data, targets)
        print(name, "taken" if run_one(name, data) else "refused")
        return 0
    return _in_a_process(targets, given.seconds, engine, keep=given.keep)


def _in_a_process(targets: list[str], seconds: int, engine: str, *, keep: bool) -> int:
    """Fuzz in a process of its own, which a library may abort, and tell what came of it."""
    FOUND.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="lianheti-fuzz-") as name:
        folder = Path(name)
        (folder / "grown").mkdir()
        command = [sys.executable, "-m", "tests.fuzz", "--engine", engine, "--seconds", str(seconds)]
        command += ["--worker", name, *(f"--target={target}" for target in targets)]
        with (folder / "told").open("wb") as told:
            done = subprocess.run(command, stdout=told, stderr=told, check=False, cwd=HERE.parents[1])
        counts = json.loads((folder / "counts").read_text()) if (folder / "counts").exists() else {}
        for target, count in counts.items():
            print(f"{target}: {count}")
        if done.returncode:
            print((folder / "told").read_text(errors="replace")[-6_000:])
            print(f"FAILED; the input lies in {FOUND}, try it again with: python -m tests.fuzz --try FILE")
        elif keep:
            _keep(folder / "grown")
        print(f"{sum(counts.values())} inputs by {engine}")
    return 1 if done.returncode else 0


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
            (folder / "counts").write_text(json.dumps(counts))
        run_one(name, data)

    return one


def _with_atheris(targets: list[str], seconds: int, folder: Path) -> None:
    import atheris

    with atheris.instrument_imports(include=["generator"]):
        one = _counting(targets, folder)

    atheris.Setup(
        [
            "fuzz",
            str(folder / "grown"),
            *([str(CORPUS)] if CORPUS.is_dir() else []),
            f"-max_total_time={seconds}",
            f"-timeout={_SECONDS}",
            f"-rss_limit_mb={_MEGABYTES}",
            f"-max_len={_LONGEST}",
            f"-artifact_prefix={FOUND}/",
        ],
        one,
    )
    atheris.Fuzz()


def _with_hypothesis(targets: list[str], seconds: int, folder: Path) -> None:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st

    one = _counting(targets, folder)
    end = time.monotonic() + seconds

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


if __name__ == "__main__":
    sys.exit(main())

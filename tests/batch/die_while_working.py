"""Runs a batch again and again, killing it at random moments, and looks what stands after each kill.

Run as a program of its own: ``die_while_working.py FOLDER KILLS SEED``. It forks from a process that has
everything loaded, so that a kill costs hundredths of a second. Prints one JSON line a kill, ``{moment, broken,
unsettled, finished}``, and at the end one with what stands against an undisturbed run, ``{same, packets}``.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from generator.publishing import recover
from tests.batch.forked import load_everything, run
from tests.batch.province import CODE, broken, data, standing, templates

NAMES = [f"{number}号" for number in range(4)]


def child(folder: Path, output: Path) -> int:
    """The batch in a process group of its own, from which nothing survives a kill."""
    pid = os.fork()
    if pid == 0:
        os.setsid()
        code = 1
        try:
            states = [result.state for result in run(folder, output)]
            code = 0 if all(state in {"made", "same", "unchanged"} for state in states) else 3
        finally:
            os._exit(code)
    return pid


def tell(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main(folder: Path, kills: int, seed: int) -> None:
    load_everything()
    rng = random.Random(seed)
    templates(folder / "templates", CODE)
    data(folder / "data", *NAMES)
    begun = os.times().elapsed
    code = os.waitstatus_to_exitcode(os.waitpid(child(folder, folder / "undisturbed"), 0)[1])
    whole_run = os.times().elapsed - begun
    if code:
        raise SystemExit(f"the undisturbed run failed with {code}")
    output = folder / "output"
    ended = True
    for number in range(kills):
        if ended:
            data(folder / "data", *NAMES, members=3 + number % 3)
        moment = rng.random() * whole_run
        pid = child(folder, output)
        handle = os.pidfd_open(pid)
        ended = bool(select.select([handle], [], [], moment)[0])
        os.close(handle)
        # The batch alone, or all of its processes at once: those that are left must end by themselves.
        everything = number % 2 == 0
        if not ended:
            (os.killpg if everything else os.kill)(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        wait_for_group(pid)
        unsettled = len(list(output.rglob(".*.lianheti-*"))) if output.exists() else 0
        recover(output)
        tell({"moment": moment, "broken": broken(output), "unsettled": unsettled, "finished": ended})
    data(folder / "data", *NAMES)
    states = [result.state for result in run(folder, output)]
    same = standing(output) == standing(folder / "undisturbed")
    tell({"same": same, "packets": len(states), "states": sorted(set(states))})


def wait_for_group(group: int) -> None:
    """Wait until no process of a group is left; one that stays is a fault that the caller's limit ends."""
    while True:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        select.select([], [], [], 0.005)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))

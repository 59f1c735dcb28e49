"""Kills a publishing process before each thing it does to the disk, recovers, and looks what stands.

Run as a program of its own: it forks for each kill, which a test runner with threads must not. Prints one
JSON line a kill: ``{scenario, step, killed, recovered, state, hidden, edit}``, where the state is ``old``,
``new``, or what else was found.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from generator.publishing import PacketFile, recover
from tests.publishing.samples import FOLDER, FORM, NAME, A, B, inside, leftovers, put

if TYPE_CHECKING:
    from collections.abc import Callable

EDITED = b"edited by hand"
STEPS = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "fcntl.flock"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def fork_and_kill(work: Callable[[], object], step: int) -> bool:
    """Does the work in a process that dies before a given step; returns whether it reached that step."""
    child = os.fork()
    if child == 0:
        seen = 0

        def die(event: str, args: tuple[Any, ...]) -> None:
            nonlocal seen
            if event in STEPS or (event == "open" and args[2] & WRITING):
                seen += 1
                if seen == step:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(die)
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - the exit code tells the parent
            sys.stderr.write(f"{error}\n")
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status not in {0, -signal.SIGKILL}:
        raise SystemExit(f"the work failed at step {step}")
    return status != 0


def nothing(root: Path) -> None:
    root.mkdir(exist_ok=True)


def untouched(root: Path) -> None:
    put(root, A)


def without_archive(root: Path) -> None:
    put(root, A).archive.unlink()


def edited(root: Path) -> None:
    (put(root, A).folder / FORM).write_bytes(EDITED)


def archive_edited(root: Path) -> None:
    put(root, A).archive.write_bytes(EDITED)


SCENARIOS: dict[str, tuple[Callable[[Path], None], list[PacketFile]]] = {
    "first": (nothing, B),
    "replace": (untouched, B),
    "no archive": (without_archive, B),
    "force over edit": (edited, B),
    "force over archive": (archive_edited, B),
    "bind": (edited, [PacketFile(FORM, EDITED), *B[1:]]),
}


def view(root: Path) -> list[dict[str, bytes]]:
    """What stands under the packet's two names."""
    folder = root / NAME / FOLDER
    return [inside(path) for path in (folder, folder.with_name(FOLDER + ".zip"))]


def main(root: Path, *, recovery_dies_too: bool) -> None:
    """Goes through all scenarios below a folder that does not exist yet."""
    # A kill takes nothing from what the system has been given; only a power cut does.
    os.fsync = lambda _: None  # type: ignore[assignment]
    for scenario, (prepare, files) in SCENARIOS.items():

        def work(files: list[PacketFile] = files, force: bool = scenario.startswith("force")) -> None:
            put(root, files, force=force)

        prepare(root)
        old = view(root)
        work()
        new = view(root)
        step, killed = 0, True
        while killed:
            step += 1
            shutil.rmtree(root)
            prepare(root)
            killed = fork_and_kill(work, step)
            attempt = 0
            while recovery_dies_too and fork_and_kill(lambda: recover(root), attempt := attempt + 1):
                pass
            recovered = [done.outcome for done in recover(root)]
            found = view(root)
            kept = [path for path in root.rglob("*") if path.is_file() and path.read_bytes() == EDITED]
            line = {
                "scenario": scenario,
                "step": step,
                "killed": killed,
                "recovered": recovered,
                "state": "old" if found == old else "new" if found == new else repr(found),
                "hidden": leftovers(root),
                "edit": sorted(str(path.relative_to(root / NAME)) for path in kept),
            }
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        shutil.rmtree(root)


if __name__ == "__main__":
    main(Path(sys.argv[1]), recovery_dies_too=sys.argv[2] == "twice")

"""Runs a batch onto a file system of its own that is too small, then again with room.

Run as a program of its own, with the right to mount: ``fill_the_disk.py FOLDER``. Prints one JSON line:
``{states, errors, broken, then, same}``; exits with 77 where it may not mount.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.batch.forked import load_everything, run
from tests.batch.province import CODE, broken, data, standing, templates


def mount(options: str, place: Path) -> bool:
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=False, capture_output=True
    )
    return done.returncode == 0


def main(folder: Path) -> None:
    output = folder / "output"
    output.mkdir()
    if not mount("size=400k", output):
        raise SystemExit(77)
    load_everything()
    templates(folder / "templates", CODE)
    data(folder / "data", *(f"{number}号" for number in range(5)))
    run(folder, folder / "undisturbed")
    results = run(folder, output)
    found = broken(output)
    if not mount("remount,size=60m", output):
        raise SystemExit("the file system cannot be enlarged")
    line = {
        "states": sorted({result.state for result in results}),
        "errors": sorted({result.error.partition("：")[2] for result in results if result.error}),
        "broken": found,
        "then": sorted({result.state for result in run(folder, output)}),
        "same": standing(output) == standing(folder / "undisturbed"),
    }
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

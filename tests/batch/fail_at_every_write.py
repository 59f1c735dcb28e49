"""Runs a batch whose Nth write fails, for every N, then one that does not.

Run as a program of its own: ``fail_at_every_write.py FOLDER``. Prints one JSON line a run: ``{n, states, codes,
broken, then, same}``; it ends with the first run in which no write failed.
"""

from __future__ import annotations

import errno
import json
import shutil
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from generator.publishing import slot
from tests.batch.forked import load_everything, run
from tests.batch.province import CODE, broken, data, standing, templates

_write = slot._write
_replaceable: Any = slot


class Failing:
    """Makes the Nth write of a process fail halfway; forked processes inherit it."""

    def __init__(self, n: int) -> None:
        self.left = n

    def __call__(self, path: Path, content: bytes) -> None:
        self.left -= 1
        if self.left == 0:
            path.write_bytes(content[: len(content) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")
        _write(path, content)


def main(folder: Path) -> None:
    load_everything()
    templates(folder / "templates", CODE)
    data(folder / "data", "甲", "乙")
    run(folder, folder / "undisturbed")
    wanted = standing(folder / "undisturbed")
    n, failed = 0, True
    while failed:
        n += 1
        output = folder / "output"
        _replaceable._write = Failing(n)
        results = run(folder, output, jobs=1)
        _replaceable._write = _write
        failed = not all(result.is_good for result in results)
        line: dict[str, Any] = {
            "n": n,
            "states": sorted(result.state for result in results),
            "codes": sorted({result.exit_code for result in results}),
            "broken": broken(output),
            "then": sorted(result.state for result in run(folder, output)),
            "same": standing(output) == wanted,
        }
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        shutil.rmtree(output)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

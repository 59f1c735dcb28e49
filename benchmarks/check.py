"""Judging a workbook as a whole process, against a process that only reads the same workbook with openpyxl."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence

from benchmarks import subjects
from benchmarks.measuring import Figure

ROUNDS = 7
_OPENPYXL = """
import openpyxl, sys
book = openpyxl.load_workbook(sys.argv[1], data_only=True)
print(sum(cell.value is not None for sheet in book for row in sheet.iter_rows() for cell in row))
"""


def processor_time(command: Sequence[str]) -> float:
    """Seconds of processor time that a process and its children take."""
    # As on a user's machine: Python keeps the modules that it has compiled.
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, env=kept)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def figures() -> Iterator[Figure]:
    book = str(subjects.EXAMPLE.with_suffix(".xlsx"))
    ours = [sys.executable, "-m", "generator", "check", book, "-p", subjects.CODE]
    theirs = [sys.executable, "-c", _OPENPYXL, book]
    times = [(processor_time(ours), processor_time(theirs)) for _ in range(ROUNDS + 1)][1:]
    mine, other = (min(column) for column in zip(*times, strict=True))
    note = (
        f"processor time, {mine:.2f} s against {other:.2f} s; theirs reads the cells and nothing else, "
        "ours loads a scheme, reads, and judges every condition"
    )
    yield Figure("check_vs_openpyxl", ROUNDS, mine / other, note=note)


FIGURES = [(("check_vs_openpyxl",), figures)]

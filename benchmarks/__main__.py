"""Runs what every module of this package measures; JSON lines on stdout, a table for people on stderr.

``python -m benchmarks [NAME…]``: a name is a module or a figure. A module has ``figures()``, or a list
``FIGURES`` of functions with the names of the figures that each measures.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from collections.abc import Callable, Iterable
from typing import Any

import benchmarks
from benchmarks.measuring import Figure

Measure = Callable[[], Iterable[Figure]]


def measures(name: str, module: Any, wanted: set[str]) -> list[Measure]:
    """What is to be run of a module."""
    everything = not wanted or name in wanted
    parts = getattr(module, "FIGURES", [((), module.figures)] if hasattr(module, "figures") else [])
    return [measure for names, measure in parts if everything or wanted & set(names)]


def main(wanted: list[str]) -> int:
    rows = []
    for found in pkgutil.iter_modules(benchmarks.__path__):
        if found.name == "__main__" or found.ispkg:
            continue
        module = importlib.import_module(f"benchmarks.{found.name}")
        for measure in measures(found.name, module, set(wanted)):
            for figure in measure():
                print(json.dumps(figure.as_json(), ensure_ascii=False), flush=True)
                number = f"{figure.ratio:.2f} x" if figure.ratio is not None else f"{figure.value:.1f}"
                row = f"{figure.name:38} {number:>10} {figure.unit:5} n={figure.n:<5} {figure.note}"
                rows.append(row)
                print(row, file=sys.stderr, flush=True)
    if not rows:
        print("nothing of that name is measured", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Runs every module of this package that has ``figures()``; JSON lines on stdout, a table on stderr."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys

import benchmarks

_NOT_FIGURES = {"__main__", "measuring"}


def main(wanted: list[str]) -> int:
    rows = []
    for module_info in pkgutil.iter_modules(benchmarks.__path__):
        if module_info.name in _NOT_FIGURES or (wanted and module_info.name not in wanted):
            continue
        module = importlib.import_module(f"benchmarks.{module_info.name}")
        for figure in module.figures():
            print(json.dumps(figure.as_json(), ensure_ascii=False), flush=True)
            shown = (
                f"{figure.ratio:.1f} x" if figure.ratio is not None else f"{figure.value:.1f} {figure.unit}"
            )
            rows.append((figure.name, shown, figure.note))
    width = max((len(name) for name, _, _ in rows), default=0)
    for name, shown, note in rows:
        print(f"{name:{width}}  {shown:>12}  {note}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

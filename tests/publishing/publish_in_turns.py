"""Publishes packets over one another: ``publish_in_turns.py ROOT ORDER ROUNDS`` with an order as ``AB``.

Says that it is ready after a round more, so that it is publishing, not loading modules, from then on.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.publishing.samples import A, B, put

if __name__ == "__main__":
    root, order, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    for number in range(rounds + 1):
        for name in order:
            put(root, {"A": A, "B": B}[name])
        if not number:
            sys.stdout.write("ready\n")
            sys.stdout.flush()

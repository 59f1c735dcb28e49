"""Limits of time that hold on a slow or busy machine too: scaled by how fast it is while the test runs."""

from __future__ import annotations

import json
import time

# What the sample takes on the machine that the limits were set on.
_SAMPLE_SECONDS = 0.03
_SAMPLE = json.dumps([{"名称": f"单位{at}", "份额": [at, at / 7, str(at)]} for at in range(5000)])


def allowed(seconds: float) -> float:
    """A limit of processor seconds, for this machine at this moment."""
    begin = time.process_time()
    for row in json.loads(_SAMPLE):
        "".join(sorted(f"{key}{value!r}" for key, value in row.items())).split("0")
    return seconds * max(1.0, (time.process_time() - begin) / _SAMPLE_SECONDS)

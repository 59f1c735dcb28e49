"""The same input gives the same bytes, whatever the machine remembers of earlier runs."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "data" / "henan-consortium-2022.yaml"


def made(folder: Path, cache: Path, edition: str) -> dict[str, str]:
    """The digest of each file of a packet that a process of its own has made."""
    command = [sys.executable, "-m", "generator", "packet", str(EXAMPLE), "-p", "henan/consortium-2022"]
    subprocess.run(
        [*command, "--edition", edition, "-o", str(folder)],
        env={**os.environ, "XDG_CACHE_HOME": str(cache), "HOME": str(cache)},
        check=True,
        capture_output=True,
    )
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.skipif(sys.platform != "linux", reason="the cache folder is moved as Linux has it")
@pytest.mark.thorough
@pytest.mark.parametrize("edition", ["draft", "signing"])
def test_a_machine_that_remembers_nothing_makes_the_same_bytes(tmp_path: Path, edition: str) -> None:
    first = made(tmp_path / "1", tmp_path / "cache", edition)
    assert any((tmp_path / "cache").rglob("*.json"))
    assert made(tmp_path / "2", tmp_path / "cache", edition) == first
    assert made(tmp_path / "3", tmp_path / "another", edition) == first

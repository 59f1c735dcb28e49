"""The command killed at random moments: the earlier packet stands whole, or the new one."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from random import Random

import pytest

from generator.publishing import changed_files, recover

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "data" / "henan-consortium-2022.yaml"
CODE = "henan/consortium-2022"
KILLS = 30
UNDISTURBED = 7


def command(data: Path, output: Path) -> list[str]:
    return [sys.executable, "-m", "generator", "packet", str(data), "-p", CODE, "-o", str(output), "--no-pdf"]


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_a_killed_command_leaves_the_old_packet_or_the_new_one(tmp_path: Path) -> None:
    second = tmp_path / "第二版.yaml"
    text = EXAMPLE.read_text(encoding="utf-8").replace("合作基础", "已有合作", 1)
    second.write_text(text.replace("\nname: ", "\n# 改过\nname: "), encoding="utf-8")
    wanted: list[dict[str, str]] = []
    for data in (EXAMPLE, second):
        output = tmp_path / f"应得{len(wanted)}"
        begin = time.perf_counter()
        subprocess.run(command(data, output), check=True, capture_output=True, cwd=ROOT)
        took = time.perf_counter() - begin
        (manifest,) = output.rglob("manifest.json")
        wanted.append(digests(manifest.parent))
    assert wanted[0] != wanted[1]

    output = tmp_path / "出"
    subprocess.run(command(EXAMPLE, output), check=True, capture_output=True, cwd=ROOT)
    random = Random(20220707)
    outcomes = set()
    for turn in range(KILLS + KILLS // (UNDISTURBED - 1)):
        data = (second, EXAMPLE)[turn % 2]
        process = subprocess.Popen(
            command(data, output), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT
        )
        try:
            # Now and then one may end, whatever else the machine does: so both outcomes are seen.
            free = turn % UNDISTURBED == UNDISTURBED - 1
            process.wait(None if free else took * random.uniform(0.2, 1.1))
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        recover(output)
        (manifest,) = output.rglob("manifest.json")
        found = digests(manifest.parent)
        assert found in wanted
        outcomes.add(wanted.index(found))
        assert changed_files(manifest.parent) == []
        with zipfile.ZipFile(manifest.parent.with_name(manifest.parent.name + ".zip")) as archive:
            assert json.loads(archive.read("manifest.json")) == json.loads(manifest.read_bytes())
            assert archive.testzip() is None
        hidden = [path.name for path in manifest.parent.parent.iterdir() if path.name.startswith(".")]
        assert [name for name in hidden if "lock" not in name] == []
    assert outcomes == {0, 1}

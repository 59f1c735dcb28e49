"""What the package ships: a wheel in an environment of its own, outside the checkout, makes a packet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.thorough
def test_a_wheel_makes_a_packet_outside_the_checkout(tmp_path: Path) -> None:
    built = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(built, check=True, capture_output=True, text=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert not [name for name in names if name.startswith("tests/")]
    assert {"generator/pdf/program.typ", "generator/pdf/library.typ"} <= set(names)

    clean = tmp_path / "clean"
    venv.create(clean, with_pip=False, symlinks=os.name != "nt")
    python = clean / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    site = Path(
        subprocess.run(
            [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
    )
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # The dependencies, without what makes this checkout importable: nested .pth files are not read.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")

    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "LIANHETI"))
    }
    run = {"cwd": tmp_path, "env": environment, "capture_output": True, "encoding": "utf-8"}
    where = subprocess.run(
        [
            str(python),
            "-c",
            "import generator; from generator.base.files import shipped; print(shipped('data'))",
        ],
        check=True,
        **run,  # type: ignore[call-overload]
    ).stdout.strip()
    assert Path(where).is_relative_to(site)
    made = subprocess.run(
        [
            *(str(python), "-m", "generator", "packet", str(Path(where) / "henan-consortium-2022.yaml")),
            *("-p", "henan/consortium-2022", "--edition", "signing", "-o", "出", "--format", "json"),
        ],
        check=False,
        **run,  # type: ignore[call-overload]
    )
    assert made.returncode == 0, made.stderr
    folder = tmp_path / json.loads(made.stdout)["folder"]
    assert (folder / "packet.pdf").stat().st_size > 100_000

"""Odd machines, and data that no file can hold: an exit code and a message, never an internal error."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.cli import main

RUN = [sys.executable, "-c", "import sys; from generator.cli import main; sys.exit(main())"]
PROGRAMME = ["-p", "henan/consortium-2022"]


def data_at(folder: Path, text: str = "name: 某联合体\n") -> Path:
    file = folder / "d.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("day", ["9999-12-31", "2225-06-20", "2108-01-01"])
def test_a_year_that_no_zip_file_knows_is_a_date_like_others(day: str, tmp_path: Path) -> None:
    file = data_at(tmp_path, f"name: 某联合体\nfiling_date: {day}\n")
    assert main(["packet", str(file), *PROGRAMME, "-o", str(tmp_path / "out"), "--no-pdf"]) == 0


@pytest.mark.parametrize("seconds", ["99999999999999", "1" * 5_000])
def test_a_time_of_no_calendar_is_a_wrong_call(
    seconds: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", seconds)
    file = data_at(tmp_path)
    assert main(["packet", str(file), *PROGRAMME, "-o", str(tmp_path / "out"), "--no-pdf"]) == 2
    assert "SOURCE_DATE_EPOCH" in capsys.readouterr().err


@pytest.mark.one_in(5)
@pytest.mark.parametrize("sign", ["\\e", "\\0", "\\x07", "\\u0001", "\\uFFFE"])
def test_convert_carries_no_sign_that_a_workbook_cannot_hold(
    sign: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = data_at(tmp_path, f'name: "某{sign}联合体"\n')
    assert main(["convert", str(file), "-o", str(tmp_path / "d.xlsx")]) == 3
    assert "U+" in capsys.readouterr().err
    assert not (tmp_path / "d.xlsx").exists()


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_an_output_folder_that_links_to_itself_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "loop").symlink_to("loop")
    file = data_at(tmp_path)
    assert main(["packet", str(file), *PROGRAMME, "-o", str(tmp_path / "loop"), "--no-pdf"]) == 6
    assert "链接" in capsys.readouterr().err


def test_a_name_longer_than_the_systems_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", f"{'x' * 300}.yaml", *PROGRAMME]) in {3, 6}
    said = capsys.readouterr().err
    assert "请" in said
    assert "File name" not in said


@pytest.mark.thorough
@pytest.mark.skipif(os.name == "nt", reason="a POSIX environment")
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"HOME": "~"}, 0),
        ({"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, 6),
    ],
)
def test_a_machine_without_a_home_or_utf_8(changed: dict[str, str], code: int, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "XDG_CACHE_HOME"} | changed
    command = [*RUN, "packet", str(data_at(tmp_path)), *PROGRAMME, "-o", str(tmp_path / "out"), "--no-pdf"]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert done.returncode == code, done.stderr.decode()
    assert (b"PYTHONUTF8" in done.stderr) == (code == 6)


@pytest.mark.thorough
@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell")
def test_a_closed_screen_does_not_stop_the_work() -> None:
    done = subprocess.run(
        ["sh", "-c", '"$@" >&-', "sh", *RUN, "programmes"], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()

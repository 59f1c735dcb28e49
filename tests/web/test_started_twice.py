"""A page that is started a second time, as by a second double-click: it leads to the one that is open."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from generator.cli import main
from generator.workflows.claims import claimed


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "home"
    made.mkdir()
    for key in list(os.environ):
        if key.startswith("XDG_"):
            monkeypatch.delenv(key)
    monkeypatch.setenv("HOME", str(made))
    return made


def test_a_folder_has_one_page_and_a_second_start_is_told_its_address(home: Path, tmp_path: Path) -> None:
    with claimed(tmp_path / "甲") as first:
        assert first.mine
        first.tell("http://127.0.0.1:8613/")
        with claimed(tmp_path / "甲") as second, claimed(tmp_path / "乙") as other:
            assert not second.mine
            assert second.address() == "http://127.0.0.1:8613/"
            assert other.mine
    with claimed(tmp_path / "甲") as later:
        assert later.mine


@pytest.mark.skipif(sys.platform == "win32", reason="the browser is a script of the shell")
@pytest.mark.thorough
def test_a_second_double_click_opens_the_same_page_until_the_first_window_is_closed(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" >> "{opened}"\n', encoding="utf-8")
    browser.chmod(0o700)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    command = [sys.executable, "-m", "generator", "serve", "--documents"]

    def start() -> tuple[subprocess.Popen[str], str]:
        made = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
        assert made.stdout is not None
        said = made.stdout.readline()
        return made, said

    def address(said: str) -> str:
        return str(re.findall(r"http://\S+?/", said)[0])

    first, said = start()
    assert "页面已打开" in said, said
    assert (home / "Documents" / "联合体申报").is_dir()
    second, again = start()
    assert second.communicate(timeout=60)[0] == ""
    assert second.returncode == 0
    assert "已经开着" in again
    assert address(again) == address(said)
    assert opened.read_text(encoding="utf-8").split() == [address(said)] * 2
    first.kill()
    first.communicate()
    third, anew = start()
    third.kill()
    third.communicate()
    assert "页面已打开" in anew


def test_a_folder_and_the_documents_at_once_are_refused(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "甲", "--documents"]) == 2
    assert "--documents" in capsys.readouterr().err
    assert not (home / "Documents").exists()

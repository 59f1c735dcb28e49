"""The page as a person has it: the command in a process of its own, and a real browser."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Scripts come after what they are for: before, ``fill`` is the element of that id.
_READY = "Number.isInteger(fill.saves)"
CHROMIUM = shutil.which("chromium") or ""


class Server:
    """``lianheti serve`` on a folder."""

    def __init__(self, folder: Path, port: str = "0") -> None:
        command = [sys.executable, "-m", "generator", "serve", str(folder), "--no-browser", "--port", port]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert "http://" in line, line + self._process.stdout.read()
        self.address = line[line.index("http://") :].strip().rstrip("/")

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def stop(self) -> None:
        """As Ctrl+C does it."""
        self._process.send_signal(signal.SIGINT)
        try:
            said, _ = self._process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        assert "Traceback" not in said, said


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    server = Server(folder)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            yield opened
        finally:
            opened.close()


def saved(page: Any) -> None:
    """Wait until the page says that all that was typed is in the file."""
    page.wait_for_function(f"() => {_READY} && !fill.busy && !fill.waiting.size && !fill.stale")
    assert "failed" not in page.get_attribute("#saving", "class"), page.text_content("#told")


def paste(page: Any, selector: str, text: str) -> None:
    """Paste a block of cells as Excel gives it to the clipboard, and wait until it is in the file."""
    page.wait_for_function(f"() => {_READY}")
    before = page.evaluate("fill.saves")
    page.eval_on_selector(
        selector,
        """(cell, text) => {
            cell.focus();
            const data = new DataTransfer();
            data.setData("text/plain", text);
            cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        text,
    )
    page.wait_for_function("before => fill.saves > before", arg=before)
    page.wait_for_function("() => !fill.busy && !fill.waiting.size")

"""A served folder, and a client that asks as a browser on this machine would."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.web.app import application
from generator.web.settings import Settings
from generator.workflows.workspace import Workspace
from tests.web import browsing

with warnings.catch_warnings():
    # It would rather have a fork of httpx that it depends on nowhere else.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

__all__ = ["HOST", "Page", "TestClient"]

HOST = "http://127.0.0.1:8613"


class Page:
    """A browser without scripts: keeps its cookie, sends the token of the page it has seen."""

    def __init__(self, client: TestClient, folder: Path) -> None:
        self.client = client
        self.folder = folder
        self.token = ""
        self.name = ""

    def get(self, path: str, **options: Any) -> Any:
        answer = self.client.get(path, **options)
        found = re.search(r'<meta name="csrf" content="([0-9a-f]+)">', answer.text)
        if found:
            self.token = found[1]
        return answer

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> Any:
        if not self.token:
            self.get("/")
        return self.client.post(path, data={"csrf": self.token, **(data or {})}, **options)

    def tell(self, path: str, content: dict[str, Any]) -> Any:
        """As a script of the page does it."""
        if not self.token:
            self.get("/")
        headers = {"x-by-script": "1", "x-csrf-token": self.token}
        return self.client.post(path, json=content, headers=headers)


@pytest.fixture(scope="session")
def workspace() -> Iterator[Workspace]:
    with Workspace() as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "申报"
    made.mkdir()
    return made


@pytest.fixture
def page(folder: Path, workspace: Workspace) -> Iterator[Page]:
    with TestClient(application(Settings(folder), workspace), base_url=HOST) as client:
        yield Page(client, folder)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    pytest.importorskip("playwright.sync_api")
    with browsing.browser() as opened:
        yield opened


@pytest.fixture
def tab(chromium: Any) -> Iterator[Any]:
    """A tab; an error of a script, or anything that the content policy stopped, fails the test."""
    context = chromium.new_context(
        viewport={"width": 1366, "height": 768}, locale="zh-CN", accept_downloads=True
    )
    context.set_default_timeout(60_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
    page.on("dialog", lambda dialog: dialog.accept() if dialog.type != "alert" else wrong.append("alert"))
    yield page
    context.close()
    assert wrong == []

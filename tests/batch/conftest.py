"""A place of work for each test: data, templates, output, and the command run in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from generator.cli import main
from tests.batch.province import CODE, OTHER, data, templates


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def states(self) -> dict[str, str]:
        """The states by data file."""
        return {Path(result["data"]).stem: result["state"] for result in self.json["results"]}


@dataclass(frozen=True)
class Place:
    """Data, templates and output of one test."""

    folder: Path
    run: Callable[..., Ran]

    @property
    def data(self) -> Path:
        return self.folder / "客户"

    @property
    def output(self) -> Path:
        return self.folder / "output"

    @property
    def templates(self) -> Path:
        return self.folder / "templates"

    def add(self, *names: str) -> list[Path]:
        return data(self.data, *names)

    def batch(self, *more: object, given: Path | str | None = None) -> Ran:
        """The batch over the data folder, small programme, Word files only, report as JSON."""
        options = ["-o", self.output, "--templates", self.templates, "--no-pdf", "-j", 2, "--format", "json"]
        codes = [] if "-p" in more or "without -p" in more else ["-p", CODE]
        wanted = [item for item in more if item != "without -p"]
        return self.run("batch", given or self.data, *codes, *options, *wanted)


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Place:
    templates(tmp_path / "templates", CODE, OTHER)

    def start(*arguments: object) -> Ran:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        found = capsys.readouterr()
        assert "Traceback" not in found.out + found.err
        return Ran(code, found.out, found.err)

    return Place(tmp_path, start)

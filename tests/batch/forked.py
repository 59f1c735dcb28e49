"""A batch whose processes are forked from this one, for programs that run very many of them."""

from __future__ import annotations

import importlib
import multiprocessing
import os
from pathlib import Path

from generator.batch.local import LocalWorkers
from generator.batch.results import Result
from generator.batch.run import Batch
from generator.batch.settings import Bounds, Settings
from generator.batch.unchanged import Setup
from generator.publishing import recover
from generator.workflows.inputs import data_files
from tests.batch.province import CODE


def load_everything() -> None:
    """Import all modules of a packet beforehand, and skip ``fsync``, which matters only for power cuts."""
    # A kill takes nothing from what the system has been given.
    os.fsync = lambda _: None  # type: ignore[assignment]
    for name in ("docx", "docxtpl", "generator.batch.worker"):
        importlib.import_module(name)


def run(folder: Path, output: Path, jobs: int = 2) -> list[Result]:
    """The batch over ``folder/data`` with ``folder/templates``."""
    settings = Settings(output, (CODE,), engine=None, templates=folder / "templates")
    setup = Setup(settings, [folder / "templates"], "")
    recover(output)
    return Batch(settings, setup).run(
        data_files([str(folder / "data")], output),
        lambda: LocalWorkers(
            settings, Bounds(jobs, packets=3 if jobs > 1 else 100), multiprocessing.get_context("fork")
        ),
    )

"""Forms that came back: packets of the examples, filled once."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.packet.assessment import Order, assess
from generator.packet.documents import fill_all
from generator.packet.parts import Job
from generator.readers.source_file import read_source
from generator.workflows.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
CODES = sorted("/".join(path.parent.parts[-2:]) for path in (ROOT / "templates").glob("*/*/programme.yaml"))


@pytest.fixture(scope="session")
def workspace() -> Workspace:
    return Workspace()


def example(code: str) -> Path:
    return ROOT / "data" / f"{code.replace('/', '-')}.yaml"


def filled_forms(workspace: Workspace, code: str, edition: str = "signing") -> tuple[Job, dict[str, bytes]]:
    """The official documents of an example, by file name, and what they were made from."""
    programme = workspace.catalogue.load(code)
    order = Order("draft" if edition == "draft" else "signing")
    with workspace.session() as session:
        job = assess(read_source(example(code)), programme, order, session)
        own = [one for one in fill_all(job) if one.document in programme.documents]
    return job, {f"{one.stem}.docx": one.rendered.docx for one in own if one.document.rollup is None}

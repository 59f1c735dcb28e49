"""A packet that every party has signed, and the command that verifies it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.cli import main
from tests.authority import Authority
from tests.standing import Standing

Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(scope="session")
def all_signed(made: Standing, authority: Authority) -> dict[str, bytes]:
    """Every PDF that is to be signed, signed at every place by the party itself: bytes by path."""
    found = {}
    for document in made.manifest["documents"]:
        entries = [entry for entry in document["signatories"] if entry["field"]]
        if entries:
            path = made.pdf(document["id"])
            pdf = path.read_bytes()
            for entry in entries:
                pdf = authority.sign(pdf, entry["field"], entry["party"])
            found[path.name] = pdf
    return found


@pytest.fixture
def signed(packet: Standing, all_signed: dict[str, bytes]) -> Standing:
    for name, data in all_signed.items():
        (packet.folder / name).write_bytes(data)
    return packet


@pytest.fixture
def run(tmp_path: Path, authority: Authority, capsys: pytest.CaptureFixture[str]) -> Run:
    root = tmp_path / "ca.pem"
    root.write_bytes(authority.pem)

    def verify(place: Path, *more: object) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        arguments = [place, "--trust", root, "--complete", *more, "--format", "json"]
        code = main(["verify", *map(str, arguments)])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, json.loads(said.out) if said.out else {"error": said.err}

    return verify

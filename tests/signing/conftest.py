"""One signing packet of the example, made once, and someone to sign it."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from generator.model.catalogue import Catalogue
from generator.packet.parts import Packet
from generator.packet.pipeline import Order, build, put
from generator.packet.session import Session
from generator.readers.source_file import read_source
from tests.signing.authority import Authority

ROOT = Path(__file__).resolve().parents[2]
CODE = "henan/consortium-2022"


@dataclass(frozen=True)
class Standing:
    """A packet that stands somewhere."""

    folder: Path

    @property
    def archive(self) -> Path:
        return self.folder.with_name(self.folder.name + ".zip")

    @property
    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "manifest.json").read_bytes())
        return found

    def document(self, identity: str) -> dict[str, Any]:
        found: dict[str, Any] = next(one for one in self.manifest["documents"] if one["id"] == identity)
        return found

    def pdf(self, identity: str) -> Path:
        name: str = next(file["path"] for file in self.document(identity)["files"] if file["format"] == "pdf")
        return self.folder / name


@pytest.fixture(scope="session")
def drawn() -> Packet:
    catalogue = Catalogue()
    with Session(catalogue, "typst") as session:
        source = read_source(ROOT / "data" / f"{CODE.replace('/', '-')}.yaml")
        return build(source, catalogue.load(CODE), Order("signing"), session)


@pytest.fixture(scope="session")
def made(drawn: Packet, tmp_path_factory: pytest.TempPathFactory) -> Standing:
    return Standing(put(drawn, tmp_path_factory.mktemp("signing"), force=False).folder)


@pytest.fixture
def packet(made: Standing, tmp_path: Path) -> Standing:
    """A copy of the packet that a test may sign or spoil."""
    shutil.copytree(made.folder, tmp_path / made.folder.name)
    shutil.copy(made.archive, tmp_path)
    return Standing(tmp_path / made.folder.name)


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority.new()


@pytest.fixture(scope="session")
def signed_agreement(made: Standing, authority: Authority) -> bytes:
    """The agreement with its first three fields signed."""
    pdf = made.pdf("agreement").read_bytes()
    for entry in made.document("agreement")["signatories"][:3]:
        pdf = authority.sign(pdf, entry["field"], entry["party"])
    return pdf

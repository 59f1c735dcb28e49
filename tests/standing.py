"""The examples' signing packets, in memory, and one published into a folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from generator.model.catalogue import Catalogue
from generator.packet.assessment import Order
from generator.packet.parts import Packet
from generator.packet.pipeline import build
from generator.packet.session import Session
from generator.readers.source_file import read_source

ROOT = Path(__file__).resolve().parents[1]


@cache
def signing_packet(code: str) -> Packet:
    """An example's signing packet, made once by each process of the tests."""
    with Session(Catalogue(), "typst") as session:
        source = read_source(ROOT / "data" / f"{code.replace('/', '-')}.yaml")
        return build(source, session.catalogue.load(code), Order("signing"), session)


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

"""A packet that stands somewhere, and what its manifest says of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


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

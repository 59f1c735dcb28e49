"""What is known of a scheme that a pack has put on this machine."""

from __future__ import annotations

import json
from pathlib import Path

from msgspec import Struct

from generator.publishing.pack import ABOUT, fingerprint


class Installed(Struct, frozen=True):
    """What is known of an installed scheme.

    Attributes:
        code: its code.
        version: of the pack.
        key: whose packs are taken for this code.
    """

    code: str
    version: int
    key: str

    @property
    def fingerprint(self) -> str:
        """The key as people compare it."""
        return fingerprint(self.key)


def installed_in(folder: Path) -> Installed | None:
    """What is known of the pack that a scheme's folder comes from; None where it comes from none."""
    try:
        record = json.loads((folder / ABOUT).read_bytes())
        return Installed("/".join(folder.parts[-2:]), int(record["version"]), str(record["key"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None

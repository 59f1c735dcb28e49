"""Under what names a packet's copy of the data keeps the files that its long texts need."""

from __future__ import annotations

import hashlib
from typing import Final

FOLDER: Final = "files"


def kept_name(data: bytes, suffix: str) -> str:
    """A name that no other content has, below the data file."""
    return f"{FOLDER}/{hashlib.sha256(data).hexdigest()[:16]}.{suffix}"

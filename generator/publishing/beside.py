"""What stands in a packet's folder beside its own files: the signing status, put there by one program at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from generator.publishing.lock import locked
from generator.publishing.slot import Slot

_WAIT_SECONDS: Final = 60.0
STATUS_JSON: Final = "signing-status.json"
STATUS_SHEET: Final = "signing-status.xlsx"
# They come and go while a packet is being signed; a new packet in its place is refused as with any file of a person.
BESIDE: Final = frozenset({STATUS_JSON, STATUS_SHEET})


@contextmanager
def packet_locked(folder: Path) -> Iterator[None]:
    """Nobody else changes a packet's folder during the block.

    Args:
        folder: the packet's folder.

    Raises:
        LockedError: another process kept it all that time.
    """
    whole = folder.resolve()
    with locked(Slot(whole.parent, whole.name).lock, _WAIT_SECONDS):
        yield

"""The page of a folder that is open already, so that starting it a second time leads there."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import platformdirs
from msgspec import Struct

from generator.base.files import data_folder, replace_whole
from generator.errors import OutputError
from generator.publishing.lock import LockedError, locked

_FOLDER = "联合体申报"
_PATIENCE_SECONDS = 20.0
_PAUSE_SECONDS = 0.1


class Claim(Struct, frozen=True):
    """What is known of the page of a folder.

    Attributes:
        record: where its address stands; None where this user has no place for that.
        mine: whether this process is the one that serves it.
    """

    record: Path | None
    mine: bool

    def tell(self, address: str) -> None:
        """Write the address down, for those who start it again."""
        if self.record is not None:
            with suppress(OSError):
                replace_whole(self.record, address)

    def address(self) -> str:
        """The address of the page that another process serves; empty where it does not say so in time."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while self.record is not None and time.monotonic() < until:
            with suppress(OSError, UnicodeDecodeError):
                if address := self.record.read_text(encoding="utf-8"):
                    return address
            time.sleep(_PAUSE_SECONDS)
        return ""


@contextmanager
def claimed(folder: Path) -> Iterator[Claim]:
    """Claim a folder's page for this process, as long as the block lasts; a killed process loses its claim.

    Args:
        folder: the served folder.
    """
    with ExitStack() as kept:
        try:
            root = data_folder("pages")
            root.mkdir(parents=True, exist_ok=True)
            name = hashlib.sha256(str(folder).encode("utf-8", "surrogateescape")).hexdigest()[:20]
            record = root / f"{name}.txt"
            kept.enter_context(locked(root / f"{name}.lock", 0))
        except LockedError:
            yield Claim(record, mine=False)
            return
        except (OutputError, OSError):
            yield Claim(None, mine=True)
            return
        record.unlink(missing_ok=True)
        try:
            yield Claim(record, mine=True)
        finally:
            with suppress(OSError):
                record.unlink(missing_ok=True)


def documents_folder() -> Path:
    """The folder that a double-click opens, in this user's documents; made where it is missing.

    Raises:
        OutputError: it cannot be made.
    """
    try:
        folder = Path(platformdirs.user_documents_dir()) / _FOLDER
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        raise OutputError(f"“文档”里建不了“{_FOLDER}”文件夹", "另建一个文件夹，把它拖到程序上打开") from None
    return folder

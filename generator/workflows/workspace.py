"""What every workflow needs: the programmes, and sessions with compiled templates, faces and an open PDF engine.

A front end opens one workspace and passes it to each call, from as many threads as it likes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import BoundedSemaphore, Lock
from types import TracebackType
from typing import TYPE_CHECKING, Self

from generator.model.catalogue import Catalogue
from generator.packet.times import time_given

if TYPE_CHECKING:
    from generator.packet.session import Session
    from generator.pdf.engines.open import EngineName


class Workspace(AbstractContextManager["Workspace"]):
    """Programmes and what packets are made with, for many calls from many threads.

    A session (compiled templates and one PDF engine) serves one call at a time; it is kept for the next
    call. Programmes and templates are read once: after a change in the templates folder, open another
    workspace.

    Args:
        templates: a folder of programmes that goes before the built-in ones.
        fonts: a folder of faces that goes before the machine's own.
        at_once: how many sessions with a PDF engine may be open; further calls wait. Each takes some 200 MB.
            As many as there are processors by default.

    Raises:
        UsageError: ``SOURCE_DATE_EPOCH``, which holds for all that is made, is no time.

    Attributes:
        catalogue: the programmes.
    """

    def __init__(
        self, templates: Path | None = None, *, fonts: Path | None = None, at_once: int | None = None
    ) -> None:
        self.catalogue = Catalogue(templates)
        self._fonts = fonts
        self._when = time_given()
        self._most = at_once or processors()
        self._engines = BoundedSemaphore(self._most)
        self._lock = Lock()
        self._idle: list[tuple[EngineName | None, Session]] = []
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every session; those at work are closed when their call ends."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for _, session in idle:
            session.__exit__(None, None, None)

    @contextmanager
    def session(self, engine: EngineName | None = None) -> Iterator[Session]:
        """A session for one call: one that is free, else a new one.

        Do not ask for a second one inside it: where all are taken, that would wait for ever.

        Args:
            engine: the PDF engine; None where no PDFs are made.

        Raises:
            PdfError: the engine cannot be had; raised when it is first used.
        """
        with self._engines if engine is not None else nullcontext():
            session = self._taken(engine)
            try:
                yield session
            except BaseException as error:
                # A session stays usable after an exception, but not after an interruption (KeyboardInterrupt).
                self._put_back(engine, session, keep=isinstance(error, Exception))
                raise
            self._put_back(engine, session, keep=True)

    def _taken(self, engine: EngineName | None) -> Session:
        with self._lock:
            for at, (name, session) in enumerate(self._idle):
                if name == engine:
                    del self._idle[at]
                    return session
        from generator.packet.session import Session

        return Session(self.catalogue, engine, self._fonts, when=self._when)

    def _put_back(self, engine: EngineName | None, session: Session, *, keep: bool) -> None:
        with self._lock:
            kept = sum(name == engine for name, _ in self._idle)
            if keep and not self._closed and kept < self._most:
                self._idle.append((engine, session))
                return
        session.__exit__(None, None, None)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

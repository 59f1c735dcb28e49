"""Submits documents to the PDF engine, which typesets them in background threads; results are futures."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from generator.pdf.engines.open import EngineName, engine_kind

if TYPE_CHECKING:
    from generator.pdf.engine import Engine, PdfDocument, PdfInfo
    from generator.pdf.fonts.faces import Faces


class Typesetter(AbstractContextManager["Typesetter"]):
    """One PDF engine, opened once, that typesets in threads of its own while the caller continues.

    Args:
        engine: the engine's name.
        fonts: a folder of faces that goes before the machine's own.
        overlap: typeset in the background; otherwise ``submit`` returns only once the document is typeset, which
            is better where there is a process for each processor already.

    Raises:
        UsageError: there is no engine of that name.
    """

    def __init__(self, engine: EngineName, fonts: Path | None = None, *, overlap: bool = True) -> None:
        self._kind = engine_kind(engine)
        self._fonts = fonts
        self._overlap = overlap
        self._opening = RLock()
        self._faces: Faces | None = None
        self._engine: Engine[Any] | None = None
        self._threads = ThreadPoolExecutor(self._kind.at_once, thread_name_prefix="typesetting")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(cancel_futures=True)
        if self._engine is not None:
            self._engine.close()

    @property
    def faces(self) -> Faces:
        """The faces in use, searched for once."""
        with self._opening:
            if self._faces is None:
                from generator.pdf.fonts.faces import find_faces

                self._faces = find_faces(self._fonts)
            return self._faces

    @property
    def engine(self) -> Engine[Any]:
        """The engine, opened once.

        Raises:
            PdfError: it cannot be had.
        """
        with self._opening:
            if self._engine is None:
                self._engine = self._kind.open(self.faces)
            return self._engine

    def warm_up(self) -> None:
        """Begin to open the engine, while the caller goes on."""
        if self._overlap:
            self._threads.submit(lambda: self.engine)

    def submit(
        self,
        docx: bytes,
        info: PdfInfo,
        *,
        parts: Mapping[str, bytes] | None = None,
        watermark: str = "",
    ) -> Future[PdfDocument]:
        """Read a document and have it typeset.

        Args:
            docx: the document.
            info: what its PDF states of itself.
            parts: the document's parts by name, where they are at hand.
            watermark: printed across every page.

        Returns:
            Where its PDF will be; asking for it raises PdfError where the engine failed.

        Raises:
            ProgrammeError: the document holds something that cannot be printed.
            PdfError: the engine cannot be had.
        """
        # Read in the caller's thread: two threads running Python would only wait for each other (the GIL).
        read = self.engine.read(docx, info, parts)
        future = self._threads.submit(self._typeset, read, watermark)
        if not self._overlap:
            wait([future])
        return future

    def _typeset(self, read: Any, watermark: str) -> PdfDocument:
        made = self.engine.typeset(read)
        if not watermark:
            return made
        from generator.pdf.pages import overlays

        return replace(made, pdf=overlays.watermark(made.pdf, watermark, self.faces))

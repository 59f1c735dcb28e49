"""Opening a finished PDF with PDFium, to read its content."""

from __future__ import annotations

from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any

import pypdfium2

if TYPE_CHECKING:
    from collections.abc import Iterator

# PDFium is not safe for threads, even where each has a document of its own.
_ONE_AT_A_TIME = RLock()


@contextmanager
def opened(pdf: bytes) -> Iterator[Any]:
    """A PDF as a pypdfium2 document; other threads wait until it is closed."""
    with _ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(pdf)
        try:
            yield document
        finally:
            document.close()

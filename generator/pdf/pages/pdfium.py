"""Opening a finished PDF with PDFium, to see what stands in it."""

from __future__ import annotations

from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any

import pypdfium2

if TYPE_CHECKING:
    from collections.abc import Iterator

# PDFium must not be entered by two threads at once, be it for two documents.
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

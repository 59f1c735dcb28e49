"""Opening and writing PDFs with QPDF, which changes their objects: from memory into memory."""

from __future__ import annotations

import io
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pikepdf

from generator.errors import PdfError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def opened(pdf: bytes, name: str = "") -> Iterator[pikepdf.Pdf]:
    """A PDF that this program, or its engine, has made, as a pikepdf document.

    It is mapped from an unnamed file: QPDF reads what it parses in small pieces, and each would be a call of Python's
    if it came from a BytesIO. That took three times as long.

    Args:
        pdf: the PDF.
        name: what it is, for the error.

    Raises:
        PdfError: it is damaged or encrypted.
    """
    with tempfile.TemporaryFile() as file:
        file.write(pdf)
        file.flush()
        file.seek(0)
        try:
            document = pikepdf.open(file, access_mode=pikepdf.AccessMode.mmap)
        except (pikepdf.PdfError, pikepdf.PasswordError) as error:
            raise PdfError(
                f"PDF {f'“{name}”' if name else '文件'}已损坏或加了密码，不能处理",
                "换成没有密码、能正常打开的 PDF",
            ) from error
        with document:
            yield document


def written(document: pikepdf.Pdf, *, identified: bool = True) -> bytes:
    """A document's bytes: the same objects give the same bytes.

    Args:
        document: it may be closed afterwards.
        identified: give it an ``/ID`` made of its content; otherwise a fixed one stands there, to be replaced.
    """
    out = io.BytesIO()
    document.save(
        out,
        deterministic_id=identified,
        static_id=not identified,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        # Else all metadata are read and written anew, for a version that does not change.
        fix_metadata_version=False,
    )
    return out.getvalue()

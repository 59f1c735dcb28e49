"""A workbook's bytes: the same for the same content, whenever it is written."""

from __future__ import annotations

import io
import re
from typing import Final

from openpyxl import Workbook

from generator.base.zips import Bounds, ZipReader, zip_bytes

# For a workbook that openpyxl has just written: no stranger's file, so only its size is bounded.
_WRITTEN: Final = Bounds(unpacked=2_000_000_000)
_PROPERTIES: Final = "docProps/core.xml"


def saved(book: Workbook) -> bytes:
    """A workbook's bytes, the times in it set to one fixed day, so that the same content gives the same bytes."""
    buffer = io.BytesIO()
    book.save(buffer)
    with ZipReader(buffer.getvalue(), _WRITTEN) as package:
        parts = package.read_all()
    parts[_PROPERTIES] = re.sub(
        rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>2020-01-01T00:00:00Z", parts[_PROPERTIES]
    )
    return zip_bytes(parts)

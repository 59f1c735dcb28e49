"""Pages of finished PDFs as pictures, for front ends that show them."""

from __future__ import annotations

import io
from pathlib import Path

from generator.errors import DataError, Place

_MOST_BYTES = 500_000_000


def page_picture(path: Path, number: int, width: int) -> bytes:
    """A page as a PNG.

    Args:
        path: the PDF.
        number: the page, from 1.
        width: in pixels.

    Returns:
        The picture; nothing where the PDF has no such page.

    Raises:
        DataError: it cannot be read.
    """
    import pypdfium2

    from generator.pdf.pages.pdfium import opened

    try:
        if path.stat().st_size > _MOST_BYTES:
            raise DataError("文件过大，不能显示", "用 PDF 阅读器打开", Place(path.name))
        with opened(path.read_bytes()) as document:
            if not 1 <= number <= len(document):
                return b""
            page = document[number - 1]
            picture = page.render(scale=width / max(page.get_width(), 1)).to_pil()
    except (OSError, pypdfium2.PdfiumError):
        raise DataError("这个 PDF 显示不了", "用 PDF 阅读器打开看看", Place(path.name)) from None
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()


def page_count(path: Path) -> int:
    """How many pages a PDF has; 0 where it cannot be read."""
    import pypdfium2

    from generator.pdf.pages.pdfium import opened

    try:
        with opened(path.read_bytes()) as document:
            return len(document)
    except (OSError, pypdfium2.PdfiumError):
        return 0

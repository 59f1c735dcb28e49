"""The first look at a scan that is a PDF: how many pages it has, and whether drawing them comes to an end.

By itself, so that the process that does it loads nothing else.
"""

from __future__ import annotations

import io
from typing import Final

import pikepdf

from generator.errors import DataError, Place
from generator.pdf.pages.bounds import BeyondBoundsError, check_bounds

PRINT_AGAIN: Final = "用 PDF 阅读器打开它，“打印”成一个新的 PDF 再来"


def counted_pages(name: str, data: bytes) -> int:
    """How many pages a PDF has.

    Args:
        name: the file's name, for errors.
        data: the file.

    Raises:
        DataError: it is damaged, has a password, or takes too much to draw.
    """
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            check_bounds(pdf)
            return len(pdf.pages)
    except pikepdf.PasswordError:
        raise DataError("PDF 加了密码，打不开", "去掉密码后再来", Place(name)) from None
    except BeyondBoundsError as error:
        raise DataError(f"PDF {error}", PRINT_AGAIN, Place(name)) from None
    except (pikepdf.PdfError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        raise DataError("PDF 已损坏，读不出来", PRINT_AGAIN, Place(name)) from error

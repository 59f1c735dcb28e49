"""Opening a PDF engine by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from generator.errors import UsageError

if TYPE_CHECKING:
    from generator.pdf.engine import Engine
    from generator.pdf.fonts.faces import Faces


def open_engine(name: Literal["typst", "libreoffice"], faces: Faces) -> Engine:
    """Open a PDF engine.

    Args:
        name: ``typst`` (built in) or ``libreoffice`` (must be installed).
        faces: the faces it draws with.

    Raises:
        PdfError: it cannot be used on this machine.
        UsageError: there is no engine of that name.
    """
    if name == "typst":
        from generator.pdf.engines.typst import TypstEngine

        return TypstEngine(faces)
    if name == "libreoffice":
        from generator.pdf.engines.libreoffice import LibreOfficeEngine

        return LibreOfficeEngine(faces)
    raise UsageError(f"没有名为“{name}”的 PDF 引擎", "使用 typst 或 libreoffice")

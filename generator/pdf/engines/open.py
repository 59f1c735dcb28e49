"""The PDF engines by name: a new one is a module beside this one and an entry here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from msgspec import Struct

from generator.errors import UsageError

if TYPE_CHECKING:
    from generator.pdf.engine import Engine
    from generator.pdf.fonts.faces import Faces

EngineName = Literal["typst", "libreoffice"]
ENGINE_NAMES: Final[tuple[EngineName, ...]] = get_args(EngineName)


class EngineKind(Struct, frozen=True):
    """A PDF engine that can be opened.

    Attributes:
        open: opens it; PdfError where this machine does not have it.
        at_once: how many documents it typesets at a time.
    """

    open: Callable[[Faces], Engine[Any]]
    at_once: int


def _typst(faces: Faces) -> Engine[Any]:
    from generator.pdf.engines.typst import TypstEngine

    return TypstEngine(faces)


def _libreoffice(faces: Faces) -> Engine[Any]:
    from generator.pdf.engines.libreoffice import LibreOfficeEngine

    return LibreOfficeEngine(faces)


# Typst sets a document on little more than one processor, and Python, which reads and composes what it sets, keeps one
# busy as well: more than two at a time would wait for Python. LibreOffice runs as one process for each document.
ENGINES: Final[Mapping[EngineName, EngineKind]] = {
    "typst": EngineKind(_typst, at_once=2),
    "libreoffice": EngineKind(_libreoffice, at_once=2),
}


def engine_kind(name: EngineName) -> EngineKind:
    """The engine of a name.

    Raises:
        UsageError: there is none of that name.
    """
    if name not in ENGINES:
        raise UsageError(f"没有名为“{name}”的 PDF 引擎", f"使用 {' 或 '.join(ENGINE_NAMES)}")
    return ENGINES[name]


def open_engine(name: EngineName, faces: Faces) -> Engine[Any]:
    """Open a PDF engine.

    Args:
        name: of the engine.
        faces: the faces it draws with.

    Raises:
        PdfError: it cannot be used on this machine.
        UsageError: there is no engine of that name.
    """
    return engine_kind(name).open(faces)

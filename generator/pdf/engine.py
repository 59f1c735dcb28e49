"""What a PDF engine is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class SignPlace:
    """Where a party signs: the block enclosed by the bookmark ``sign.<role>``.

    Attributes:
        role: the bookmark's name after ``sign.``.
        page: 1-based.
        rect: x0, y0, x1, y1 in PDF points, the origin at the page's bottom left.
    """

    role: str
    page: int
    rect: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of the outline; the page is 1-based."""

    title: str
    level: int
    page: int


@dataclass(frozen=True, slots=True)
class PdfDocument:
    """A document's PDF, with what the packet needs to know of it; warnings are in Chinese.

    Attributes:
        references: the printed page numbers of the bookmarks that PAGEREF fields name, where the engine
            tells them.
        foot: how much at the foot of every page is certainly free, in points; 0 where the engine does not say.
    """

    pdf: bytes
    pages: int
    headings: tuple[Heading, ...]
    sign_places: tuple[SignPlace, ...]
    warnings: tuple[str, ...]
    references: Mapping[str, str] = field(default_factory=dict)
    foot: float = 0.0


class Engine(ABC):
    """Turns Word documents into PDFs, from several threads at once; close it when done."""

    name: ClassVar[str]
    version: str

    @abstractmethod
    def read(
        self,
        docx: bytes,
        *,
        title: str,
        author: str,
        timestamp: datetime,
        parts: Mapping[str, bytes] | None = None,
    ) -> Callable[[], PdfDocument]:
        """Read a document; what is given typesets it, in whatever thread it is called.

        Reading is Python's work, typesetting the engine's, which goes on while Python does other things.

        Args:
            docx: the Word document.
            title: for the PDF's metadata.
            author: likewise; may be empty.
            timestamp: the time of making that the PDF states; the clock is never asked.
            parts: the document's parts by name, where they are at hand; they need not be unzipped then.

        Raises:
            ProgrammeError: the document holds something outside docs/docx-subset.md.
            PdfError: the engine failed; raised by what is given.
        """

    def convert(
        self,
        docx: bytes,
        *,
        title: str,
        author: str,
        timestamp: datetime,
        parts: Mapping[str, bytes] | None = None,
    ) -> PdfDocument:
        """Read and typeset a document; arguments and errors as for ``read``."""
        return self.read(docx, title=title, author=author, timestamp=timestamp, parts=parts)()

    @abstractmethod
    def close(self) -> None:
        """Free what the engine holds; a closed engine is not used again."""

"""The interface of a PDF engine, and what it reports of a PDF."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

# What an engine has read of a document: a type of its own, opaque to all others.
Read = TypeVar("Read")


class PdfInfo(Struct, frozen=True):
    """What a PDF states of itself.

    Attributes:
        title: of the document.
        author: may be empty.
        when: the time of making, in UTC; the clock is never asked.
        programme: the code of the programme that it is made for, stated as its keyword; may be empty.
        tagged: with a structure tree, where the engine can do without.
    """

    title: str
    author: str
    when: datetime
    programme: str = ""
    tagged: bool = True


class SignPlace(Struct, frozen=True):
    """Where a party signs: the block enclosed by the bookmark ``sign.<role>``.

    Attributes:
        role: the bookmark's name after ``sign.``.
        page: 1-based.
        rect: x0, y0, x1, y1 in PDF points, the origin at the page's bottom left.
    """

    role: str
    page: int
    rect: tuple[float, float, float, float]


class Heading(Struct, frozen=True):
    """An entry of the outline; the page is 1-based."""

    title: str
    level: int
    page: int


class PdfDocument(Struct, frozen=True):
    """A document's PDF, with what the packet needs to know of it; warnings are in Chinese.

    Attributes:
        references: the printed page numbers of the bookmarks that PAGEREF fields name, where the engine
            tells them.
        foot: height of the strip at the foot of every page that is certainly empty, in points; 0 where unknown.
        labels: the number that is printed on each page; empty where none is.
    """

    pdf: bytes
    pages: int
    headings: tuple[Heading, ...]
    sign_places: tuple[SignPlace, ...]
    warnings: tuple[str, ...]
    references: Mapping[str, str] = field(default_factory=dict)
    foot: float = 0.0
    labels: tuple[str, ...] = ()


class Engine(ABC, Generic[Read]):
    """Turns Word documents into PDFs, from several threads at once; close it when done.

    Reading is Python's work. Typesetting is the engine's, and goes on while Python does other things.
    """

    name: ClassVar[str]
    version: str

    @abstractmethod
    def read(self, docx: bytes, info: PdfInfo, parts: Mapping[str, bytes] | None = None) -> Read:
        """Read a document.

        Args:
            docx: the Word document.
            info: what its PDF states of itself.
            parts: the document's parts by name, where they are at hand; they need not be unzipped then.

        Raises:
            ProgrammeError: the document holds something outside docs/docx-subset.md.
        """

    @abstractmethod
    def typeset(self, read: Read) -> PdfDocument:
        """The PDF of a document that ``read`` has read, in whatever thread it is called.

        Raises:
            PdfError: the engine failed.
        """

    def convert(self, docx: bytes, info: PdfInfo) -> PdfDocument:
        """Read and typeset a document; errors as for both."""
        return self.typeset(self.read(docx, info))

    @abstractmethod
    def close(self) -> None:
        """Free what the engine holds; a closed engine is not used again."""

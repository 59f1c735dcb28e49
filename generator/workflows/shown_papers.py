"""Papers that came in as pages to look at: PDFs as they are, Word files typeset, with a text found on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from generator.base.text import fold
from generator.errors import LianhetiError
from generator.packet.times import FIXED_TIME
from generator.pdf.engine import PdfInfo
from generator.workflows.workspace import Workspace

if TYPE_CHECKING:
    from generator.pdf.pages.drawn import Box

_SHORTEST: Final = 2  # a single character stands everywhere
_LONGEST: Final = 60  # enough to tell a place, and it need not run over a page's end
_MOST_PAGES: Final = 600


class Paper(Struct, frozen=True):
    """One document.

    Attributes:
        title: what it is called.
        pdf: its pages.
    """

    title: str
    pdf: bytes


class PaperPage(Struct, frozen=True):
    """One page: of which document, its number there from 1, its size in points."""

    title: str
    number: int
    width: float
    height: float


class ShownPapers(Struct):
    """Documents, page after page.

    Attributes:
        papers: the documents.
        note: what a person must know of how the pages came about, in Chinese; empty where they are the papers' own.
        pages: every page.
        exact: where values stand, by path: page and box; only of pages that this program has drawn from the data.
    """

    papers: Sequence[Paper]
    note: str = ""
    exact: dict[str, tuple[int, Box]] = field(default_factory=dict)
    pages: tuple[PaperPage, ...] = ()
    _where: list[tuple[bytes, int]] = field(default_factory=list)
    _texts: dict[int, list[tuple[str, Box]]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        """Look how many pages there are."""
        from generator.pdf.pages.pdfium import opened

        found: list[PaperPage] = []
        for paper in self.papers:
            with opened(paper.pdf) as document:
                for number in range(len(document)):
                    if len(found) == _MOST_PAGES:
                        break
                    sheet = document[number]
                    found.append(PaperPage(paper.title, number + 1, sheet.get_width(), sheet.get_height()))
                    self._where.append((paper.pdf, number))
        self.pages = tuple(found)

    def png(self, page: int, width: int) -> bytes:
        """A page as a PNG.

        Args:
            page: which one, from 0.
            width: of the picture, in pixels.

        Raises:
            IndexError: there is no such page.
        """
        from generator.pdf.pages.drawn import picture

        if page < 0:
            raise IndexError(page)
        return picture(*self._where[page], width)

    def find(self, text: str, title: str = "") -> tuple[int, Box] | None:
        """Where a text stands first, by page from 0 and box; None where it is on no page, or too short to be told.

        Args:
            text: the text; blanks do not count.
            title: of the document that it stands in; empty for any.
        """
        wanted = fold(text)[:_LONGEST]
        if len(wanted) < _SHORTEST:
            return None
        for page, shown in enumerate(self.pages):
            if title and shown.title != title:
                continue
            characters = self._characters(page)
            at = "".join(character for character, _ in characters).find(wanted)
            if at >= 0:
                first = [box for _, box in characters[at : at + len(wanted)]]
                line = [box for box in first if abs(box[1] - first[0][1]) < (first[0][3] - first[0][1])]
                return page, (
                    min(box[0] for box in line),
                    min(box[1] for box in line),
                    max(box[2] for box in line),
                    max(box[3] for box in line),
                )
        return None

    def _characters(self, page: int) -> list[tuple[str, Box]]:
        """The characters of a page without blanks, each with its box."""
        with self._lock:
            if page not in self._texts:
                self._texts[page] = list(_folded(*self._where[page]))
            return self._texts[page]


def _folded(pdf: bytes, page: int) -> Iterator[tuple[str, Box]]:
    from generator.pdf.pages.drawn import words

    for word in words(pdf, page):
        x0, y0, x1, y1 = word.box
        step = (x1 - x0) / max(len(word.text), 1)
        for at, character in enumerate(word.text):
            for each in fold(character):
                yield each, (x0 + at * step, y0, x0 + (at + 1) * step, y1)


def typeset(workspace: Workspace, documents: Sequence[tuple[str, bytes]]) -> tuple[list[Paper], list[str]]:
    """Word files as papers.

    Args:
        workspace: engines and faces.
        documents: title and bytes of each DOCX.

    Returns:
        Those that could be typeset, and why others could not, each in Chinese.

    Raises:
        PdfError: the engine cannot be had.
    """
    made, refused = [], []
    with workspace.session("typst") as session:
        for title, data in documents:
            if session.typesetter is None:
                raise TypeError("a session without an engine")
            try:
                pdf = session.typesetter.submit(data, PdfInfo(title, "", FIXED_TIME)).result().pdf
            except LianhetiError as error:
                refused.append(f"{title} 排不出页面（{error.what}），请在 Word 或 WPS 里打开看")
            else:
                made.append(Paper(title, pdf))
    return made, refused

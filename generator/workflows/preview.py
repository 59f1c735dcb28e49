"""The official pages as they would be printed now, with every value's place on them, to be looked at on a screen.

Nothing is written anywhere. What has not changed since the last call is not typeset again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from generator.model.dataset import Dataset
from generator.packet.assessment import load_for
from generator.packet.parts import Job
from generator.packet.preview import DrawnBefore, DrawnDocument, draw_documents
from generator.packet.times import time_of
from generator.workflows.inputs import Data, opened
from generator.workflows.workspace import Workspace

if TYPE_CHECKING:
    from generator.pdf.pages.drawn import Box, Word
    from generator.rendering.values import Edition

# How far beside a printed value a click still means it, in points.
_NEAR: Final = 3.0
_LAST = re.compile(r"(?:\[\d*\]|\.[^.\[\]]+|^[^.\[\]]+)$")


class PrintedPlace(Struct, frozen=True):
    """Where a value is printed: one line of it.

    Attributes:
        path: the field, as ``members[2].tier``; of what is missing the field or list that should be given.
        page: which page of the preview, from 0.
        box: x0, y0, x1, y1 in points from the page's upper left corner.
        missing: whether what stands there is a mark of something missing.
    """

    path: str
    page: int
    box: Box
    missing: bool


class PreviewPage(Struct, frozen=True):
    """One page.

    Attributes:
        document: the document's id.
        title: the document's title.
        number: of the page within its document, from 1.
        width: in points.
        height: likewise.
        digest: equal only for pages that look the same, also from one call to the next.
        places: the values printed on it, from the top.
    """

    document: str
    title: str
    number: int
    width: float
    height: float
    digest: str
    places: tuple[PrintedPlace, ...]


class PreviewPages(Struct, frozen=True, dict=True):
    """All pages of a programme's documents, one after the other.

    Attributes:
        code: the programme.
        edition: draft or signing.
        pages: the pages.
        missing: Chinese titles of what the documents ask for and the data does not give, by path.
        printed: the paths of the given values that stand in some document.
        warnings: of the typesetting, in Chinese, each once.
    """

    code: str
    edition: Edition
    pages: tuple[PreviewPage, ...]
    missing: Mapping[str, str]
    printed: frozenset[str]
    warnings: tuple[str, ...]
    _documents: tuple[DrawnDocument, ...]

    @property
    def pdfs(self) -> tuple[tuple[str, bytes], ...]:
        """Title and PDF of each document, in the order of the pages."""
        return tuple((document.title, document.drawn.pdf) for document in self._documents)

    def png(self, page: int, width: int) -> bytes:
        """A page as a PNG picture.

        Args:
            page: which one, from 0.
            width: of the picture, in pixels.

        Raises:
            IndexError: there is no such page.
        """
        from generator.pdf.pages.drawn import picture

        document, number = self._where(page)
        return picture(document.drawn.pdf, number, width)

    def texts(self, page: int) -> tuple[Word, ...]:
        """A page's text in pieces with their boxes, for a layer that can be selected.

        Raises:
            IndexError: there is no such page.
        """
        from generator.pdf.pages.drawn import words

        document, number = self._where(page)
        return words(document.drawn.pdf, number)

    def at(self, page: int, x: float, y: float) -> str | None:
        """The field whose value stands at a place of a page; None where none does.

        Args:
            page: which one, from 0.
            x: points from the left.
            y: points from the top.
        """
        found = [
            (_distance(place.box, x, y), _size(place.box), place.path) for place in self.pages[page].places
        ]
        near = [each for each in found if each[0] <= _NEAR]
        return min(near)[2] if near else None

    def places(self, path: str) -> tuple[PrintedPlace, ...]:
        """Where a field is printed, the first place first; of a group or list also what belongs to it.

        Where a field has no place of its own, as one of whose value only a tick is made, its group's are given.
        """
        here = path
        while here:
            found = self._by_path.get(here) or tuple(
                place
                for other, places in self._by_path.items()
                if other.startswith((f"{here}.", f"{here}["))
                for place in places
            )
            if found:
                return tuple(sorted(found, key=lambda place: (place.page, place.box[1], place.box[0])))
            last = _LAST.search(here)
            here = here[: last.start()] if last else ""
        return ()

    def pdf(self, page: int) -> tuple[bytes, int]:
        """The PDF of a page's document, and which of its pages it is, from 0.

        Raises:
            IndexError: there is no such page.
        """
        document, number = self._where(page)
        return document.drawn.pdf, number

    def exact_places(self, path: str) -> tuple[PrintedPlace, ...]:
        """Where the very field is printed; nothing where it is not."""
        return self._by_path.get(path, ())

    @cached_property
    def _by_path(self) -> dict[str, tuple[PrintedPlace, ...]]:
        found: dict[str, list[PrintedPlace]] = {}
        for page in self.pages:
            for place in page.places:
                found.setdefault(place.path, []).append(place)
        return {path: tuple(places) for path, places in found.items()}

    def _where(self, page: int) -> tuple[DrawnDocument, int]:
        if page < 0:
            raise IndexError(page)
        for document in self._documents:
            if page < len(document.drawn.pages):
                return document, page
            page -= len(document.drawn.pages)
        raise IndexError(page)


class Preview:
    """Makes previews, from any thread, and keeps what it has typeset.

    Args:
        workspace: programmes, templates and engines.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._before = DrawnBefore()

    def warm_up(self, code: str) -> None:
        """Prepare the engine and a programme's templates, so that the first preview is as quick as the next."""
        model = self._workspace.catalogue.load(code).model
        self.of(Dataset(model.model_validate({"name": "〇"}), {}), code)

    def of(
        self,
        data: Data | Dataset,
        code: str,
        edition: Edition = "draft",
        *,
        documents: Sequence[str] = (),
    ) -> PreviewPages:
        """The pages of a programme's documents and letters, filled with some data.

        Args:
            data: a file, one in memory, or what an ``Editing`` for this programme has loaded.
            code: the programme.
            edition: draft or signing. Nothing is refused: what is missing is marked in both.
            documents: the documents wanted, by id; all where empty.

        Raises:
            DataError: the file cannot be read.
            UsageError: there is no such programme.
            ProgrammeError: the programme or a template is at fault.
            PdfError: the engine failed.
        """
        programme = self._workspace.catalogue.load(code)
        if not isinstance(data, Dataset):
            with opened(data) as source:
                data = load_for(source, programme, self._workspace.catalogue)
        if not isinstance(data.consortium, programme.model):
            raise TypeError("a dataset that was loaded for another programme")
        with self._workspace.session("typst") as session:
            job = Job(session, programme, data, edition, (), time_of(data, session.when))
            drawn = tuple(draw_documents(job, self._before, frozenset(documents)))
        missing: dict[str, str] = {}
        printed: set[str] = set()
        for document in drawn:
            missing.update(document.record.missing)
            printed.update(document.record.printed)
        warnings = dict.fromkeys(warning for document in drawn for warning in document.drawn.warnings)
        return PreviewPages(
            code, edition, tuple(_pages(drawn)), missing, frozenset(printed), tuple(warnings), drawn
        )


def _pages(documents: Sequence[DrawnDocument]) -> Iterator[PreviewPage]:
    at = 0
    for document in documents:
        for number, page in enumerate(document.drawn.pages, 1):
            places = tuple(
                PrintedPlace(path, at, value.box, path not in document.record.printed)
                for value in page.values
                for path in (document.drawn.values[value.number],)
            )
            yield PreviewPage(
                document.id, document.title, number, page.width, page.height, page.digest, places
            )
            at += 1


def _distance(box: Box, x: float, y: float) -> float:
    x0, y0, x1, y1 = box
    return max(x0 - x, x - x1, y0 - y, y - y1, 0.0)


def _size(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])

"""Where on a finished packet's pages the values stand, so that a click on one leads to its field.

The packet's own data are drawn again, and a place holds where the packet prints the same text in the same box: a
page that is not what the data would print any more, as after edits in Word, has no places there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from generator.errors import DataError, Place
from generator.model.paths import title_of
from generator.packet.data_copy import PATH as DATA
from generator.publishing import read_manifest
from generator.publishing.manifest import PacketManifest
from generator.workflows.preview import Preview, PreviewPages
from generator.workflows.workspace import Workspace

if TYPE_CHECKING:
    import pypdfium2

    from generator.pdf.pages.drawn import Box

_BLANK: Final = re.compile(r"\s+")
# Points around a box within which its letters may reach.
_AROUND: Final = 1.5


class PlaceOnPage(Struct, frozen=True):
    """A value on a packet's page.

    Attributes:
        path: its field; of what is missing the field that should be given.
        title: the field's name in Chinese.
        box: x0, y0, x1, y1 in points from the page's upper left corner.
    """

    path: str
    title: str
    box: Box


class PacketPage(Struct, frozen=True):
    """A page of a packet's PDF.

    Attributes:
        width: in points.
        height: likewise.
        places: the values on it, from the top.
    """

    width: float
    height: float
    places: tuple[PlaceOnPage, ...]


def packet_pages(workspace: Workspace, folder: Path) -> Mapping[str, tuple[PacketPage, ...]]:
    """The pages of a packet's documents and print copy, by the file's path in the packet.

    Args:
        workspace: programmes, templates and engines.
        folder: the packet's.

    Raises:
        DataError: it is no packet of an application, or its data cannot be read.
        ProgrammeError: the programme or a template is at fault.
        PdfError: the engine failed.
    """
    manifest = read_manifest(folder)
    if not isinstance(manifest, PacketManifest):
        raise DataError("这不是申报材料包", "选申报材料包的文件夹", Place(folder.name))
    programme = workspace.catalogue.load(manifest.programme)
    pages = Preview(workspace).of(folder / DATA, programme.code, manifest.edition)

    def title(path: str) -> str:
        return title_of(programme.model, path, programme.labels)

    found: dict[str, tuple[PacketPage, ...]] = {}
    own: list[tuple[str, int]] = []
    for document in manifest.documents:
        for file in document.files:
            if file.format == "pdf":
                numbers = [at for at, page in enumerate(pages.pages) if page.document == document.id]
                found[file.path] = _pages(folder / file.path, pages, numbers, title)
                own += [(file.path, at) for at in range(len(found[file.path]))]
    if manifest.packet is not None:
        found[manifest.packet.path] = _bound(folder, manifest.packet.path, found, own)
    return found


def _pages(
    path: Path, drawn: PreviewPages, numbers: Sequence[int], title: Callable[[str], str]
) -> tuple[PacketPage, ...]:
    """One document's pages; with the places that hold."""
    from generator.pdf.pages.pdfium import opened

    made: list[PacketPage] = []
    with opened(path.read_bytes()) as document:
        for at in range(len(document)):
            page = document[at]
            places: list[PlaceOnPage] = []
            if at < len(numbers):
                data, number = drawn.pdf(numbers[at])
                with opened(data) as other:
                    beside = other[number]
                    here, there = page.get_textpage(), beside.get_textpage()
                    places = [
                        PlaceOnPage(one.path, title(one.path), one.box)
                        for one in drawn.pages[numbers[at]].places
                        if _text(here, page, one.box) == _text(there, beside, one.box)
                    ]
            made.append(PacketPage(page.get_width(), page.get_height(), tuple(places)))
    return tuple(made)


def _text(text: pypdfium2.PdfTextPage, page: pypdfium2.PdfPage, box: Box) -> str:
    height = page.get_height()
    x0, y0, x1, y1 = box
    found = text.get_text_bounded(x0 - _AROUND, height - y1 - _AROUND, x1 + _AROUND, height - y0 + _AROUND)
    return _BLANK.sub("", found)


def _bound(
    folder: Path, path: str, found: Mapping[str, tuple[PacketPage, ...]], own: Sequence[tuple[str, int]]
) -> tuple[PacketPage, ...]:
    """The print copy's pages: each page of a document is found again by its whole text, in the order of binding."""
    from generator.pdf.pages.pdfium import opened

    made: list[PacketPage] = []
    left = list(own)
    texts = {file: _texts(folder / file) for file in found}
    with opened((folder / path).read_bytes()) as document:
        for page in document:
            whole = _BLANK.sub("", page.get_textpage().get_text_bounded())
            match = next(
                (one for one in left[:1] if texts[one[0]][one[1]] and texts[one[0]][one[1]] in whole), None
            )
            places: tuple[PlaceOnPage, ...] = ()
            if match is not None:
                left.remove(match)
                places = found[match[0]][match[1]].places
            made.append(PacketPage(page.get_width(), page.get_height(), places))
    return tuple(made)


def _texts(path: Path) -> list[str]:
    from generator.pdf.pages.pdfium import opened

    with opened(path.read_bytes()) as document:
        return [_BLANK.sub("", page.get_textpage().get_text_bounded()) for page in document]

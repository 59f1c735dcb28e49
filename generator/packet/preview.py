"""A packet's official documents and letters drawn to be looked at, each value with its place on the page.

The templates are filled as for the packet, with marks around the values; the engine draws the same lines and breaks
with them as without, so that what is looked at is the page that will be printed.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from generator.errors import PdfError
from generator.model.programme import Document
from generator.packet.documents import fill_all
from generator.packet.parts import Job

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.pdf.engines.typst import TypstEngine
    from generator.pdf.pages.drawn import DrawnPage
    from generator.rendering.render import Rendered
    from generator.rendering.values import Record

_MOST_KEPT: Final = 64


class Drawn(Struct, frozen=True):
    """One document's pages.

    Attributes:
        pdf: as ``TypstEngine.draw`` gives it.
        pages: what stands on them.
        values: the path of each numbered value.
        warnings: in Chinese.
    """

    pdf: bytes
    pages: tuple[DrawnPage, ...]
    values: tuple[str, ...]
    warnings: tuple[str, ...]


class DrawnDocument(Struct, frozen=True):
    """A document as it was filled and drawn.

    Attributes:
        id: as the programme names it, or of a letter.
        title: its title.
        record: what was printed and is missing.
        drawn: its pages.
    """

    id: str
    title: str
    record: Record
    drawn: Drawn


class DrawnBefore(Struct):
    """Documents that were drawn before, by their content; what has not changed is not typeset again."""

    _kept: OrderedDict[str, Drawn] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, key: str) -> Drawn | None:
        """What was drawn of a content."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: str, drawn: Drawn) -> None:
        """Keep what was drawn; of too many the one goes that was not asked for the longest."""
        with self._lock:
            self._kept[key] = drawn
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)


def draw_documents(
    job: Job, before: DrawnBefore, only: frozenset[str] = frozenset()
) -> Iterator[DrawnDocument]:
    """The official documents and letters, filled and drawn one after the other.

    Args:
        job: what the packet is made from.
        before: what was drawn before.
        only: the documents wanted, by id; all where empty.

    Raises:
        ProgrammeError: a template is at fault.
        PdfError: the engine cannot be had, or failed.
    """
    for filled in fill_all(job, only, marking=True):
        document, rendered = filled.document, filled.rendered
        yield DrawnDocument(
            document.id, document.title, rendered.record, _drawn(job, document, rendered, before)
        )


def _drawn(job: Job, document: Document, rendered: Rendered, before: DrawnBefore) -> Drawn:
    key = _key(document.title, rendered.parts)
    found = before.get(key)
    if found is None:
        engine = _engine(job)
        read = engine.read_marked(rendered.parts, job.pdf_info(document.title))
        pdf = engine.draw(read)
        from generator.pdf.pages.drawn import look_through

        found = Drawn(
            pdf, look_through(pdf, read.values), tuple(value.path for value in read.values), read.warnings
        )
        before.put(key, found)
    return found


def _key(title: str, parts: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256(title.encode())
    for name, content in parts.items():
        digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return digest.hexdigest()


def _engine(job: Job) -> TypstEngine:
    from generator.pdf.engines.typst import TypstEngine

    engine = job.session.typesetter.engine if job.session.typesetter is not None else None
    if not isinstance(engine, TypstEngine):
        raise PdfError("预览要用内置的排版引擎", "不要指定别的引擎")
    return engine

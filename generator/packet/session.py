"""What a run needs again and again, made once: compiled templates, faces, the PDF engine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, TypeVar

from generator.base.ooxml.bookmarks import anchors
from generator.errors import LianhetiError, Place, ProgrammeError
from generator.model.catalogue import Catalogue, CommonRules
from generator.model.consortium import Consortium
from generator.model.guidance import Note, guidance_of
from generator.model.paths import resolve
from generator.model.programme import Document, Programme
from generator.packet.parts import Job
from generator.rendering.comments import annotated
from generator.rendering.model_clauses import ModelClauses
from generator.rendering.template import Template
from generator.rendering.values import Edition

if TYPE_CHECKING:
    from generator.pdf.engine import Engine, PdfDocument
    from generator.pdf.fonts.faces import Faces

_Made = TypeVar("_Made")
EngineName = Literal["typst", "libreoffice"]
WATERMARK = "草稿"
# Typst does one document at a time; LibreOffice is a process for each.
_AT_ONCE: Mapping[str, int] = {"typst": 1, "libreoffice": 2}
_MAPS = {"clause": "agreement.clauses", "section": "plan.sections"}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A template ready to be filled.

    Attributes:
        template: compiled.
        headings: the printed headings of its clauses and sections by the path of their text.
        name: the file's name relative to the templates folder.
        sha256: of the file.
    """

    template: Template
    headings: Mapping[str, str]
    name: str
    sha256: str


class Session(AbstractContextManager["Session"]):
    """Makes and keeps what packets share.

    Args:
        catalogue: where programmes and common files are found.
        engine: the PDF engine's name; None where no PDFs are made.
        fonts: a folder of faces that goes before the machine's own.
        overlap: typeset while the caller goes on, on a processor of its own; a process of several that share
            out the processors among them does not.

    Attributes:
        model_clauses: the wordings that the data can choose for a clause.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        engine: EngineName | None = "typst",
        fonts: Path | None = None,
        *,
        overlap: bool = True,
    ) -> None:
        self.catalogue = catalogue
        self._engine_name = engine
        self._fonts = fonts
        self._engine: Engine | None = None
        self._overlap = overlap
        self._opening = Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._faces: Faces | None = None
        self._templates: dict[tuple[Path, bool], Prepared] = {}
        self._guidance: dict[str, dict[str, tuple[Note, ...]]] = {}
        self._common_rules: CommonRules | None = None
        self.model_clauses = ModelClauses(catalogue)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    @property
    def makes_pdf(self) -> bool:
        """Whether PDFs are wanted."""
        return self._engine_name is not None

    @property
    def faces(self) -> Faces:
        """The faces in use, searched for once."""
        if self._faces is None:
            from generator.pdf.fonts.faces import find_faces

            self._faces = find_faces(self._fonts)
        return self._faces

    @property
    def engine(self) -> Engine:
        """The PDF engine, opened once.

        Raises:
            PdfError: it cannot be had.
        """
        with self._opening:
            if self._engine is None:
                if self._engine_name is None:
                    raise RuntimeError("no PDF engine was asked for")
                from generator.pdf.engines.open import open_engine

                self._engine = open_engine(self._engine_name, self.faces)
            return self._engine

    @property
    def common_rules(self) -> CommonRules:
        """The rules that hold for every programme."""
        if self._common_rules is None:
            self._common_rules = self.catalogue.common_rules()
        return self._common_rules

    def typeset(
        self, docx: bytes, title: str, job: Job, parts: Mapping[str, bytes] | None = None
    ) -> Future[PdfDocument]:
        """A document's PDF, made while the caller goes on; in a draft with the 草稿 watermark.

        Args:
            docx: the filled document.
            title: its official title.
            job: what the packet is made from.
            parts: the document's parts, where they are at hand.

        Returns:
            Where the PDF will be; asking for it raises PdfError where the engine failed, and ProgrammeError
            where the document holds something that cannot be printed.
        """

        def marked(made: PdfDocument) -> PdfDocument:
            if job.edition != "draft":
                return made
            from generator.pdf.pages.overlays import watermark

            return replace(made, pdf=watermark(made.pdf, WATERMARK, self.faces))

        return self._typeset(docx, title, job, parts, marked)

    def typeset_sheet(
        self, docx: bytes, title: str, job: Job, parts: Mapping[str, bytes] | None = None
    ) -> Future[PdfDocument]:
        """An internal sheet's PDF: as ``typeset``, never with a watermark, as it goes to nobody."""
        return self._typeset(docx, title, job, parts, lambda made: made)

    def warm_up(self) -> None:
        """Begin to open the PDF engine, where one is wanted, while the caller goes on."""
        if self.makes_pdf:
            self._begin(lambda: self.engine)

    def prepare_to_finish(self) -> None:
        """Load what finishing PDFs needs, which takes a while the first time, while the engine is at work."""
        if self.makes_pdf:
            pass

    def _typeset(
        self,
        docx: bytes,
        title: str,
        job: Job,
        parts: Mapping[str, bytes] | None,
        finish: Callable[[PdfDocument], PdfDocument],
    ) -> Future[PdfDocument]:
        # Read here and now: two threads that both want Python only hold each other up.
        read = _done(
            lambda: self.engine.read(
                docx, title=title, author=job.consortium, timestamp=job.when, parts=parts
            )
        )
        return self._begin(lambda: finish(read.result()()))

    def _begin(self, work: Callable[[], _Made]) -> Future[_Made]:
        if not self._overlap:
            return _done(work)
        if self._pool is None:
            self._pool = ThreadPoolExecutor(
                _AT_ONCE[self._engine_name or "typst"], thread_name_prefix="typesetting"
            )
        return self._pool.submit(work)

    def prepare(self, path: Path, guided: Programme | None = None) -> Prepared:
        """A template, read and compiled once.

        Args:
            path: the template.
            guided: the programme whose guidance goes into it as comments; None for none.

        Raises:
            ProgrammeError: the file is missing or at fault.
        """
        key = (path, guided is not None)
        if key not in self._templates:
            name = "/".join(path.parts[-3:])
            try:
                data = path.read_bytes()
            except OSError as error:
                raise ProgrammeError(
                    f"读不到模板（{error.strerror}）",
                    "补上这个文件，或在 programme.yaml 中改正文件名",
                    Place(name),
                ) from None
            notes = self._notes(guided) if guided else {}
            template = Template(annotated(data, notes) if notes else data, name)
            headings = {
                f"{_MAPS[anchor.kind]}.{anchor.id}": anchor.title
                for anchor in anchors(path)
                if anchor.kind in _MAPS and anchor.title
            }
            self._templates[key] = Prepared(template, headings, name, hashlib.sha256(data).hexdigest())
        return self._templates[key]

    def _notes(self, programme: Programme) -> dict[str, tuple[Note, ...]]:
        if programme.code not in self._guidance:
            self._guidance[programme.code] = guidance_of(programme, self.catalogue)
        return self._guidance[programme.code]

    def template_of(
        self,
        programme: Programme,
        document: Document,
        consortium: Consortium | None,
        edition: Edition = "blank",
    ) -> Prepared:
        """The template of a document, the variant that the data asks for where there are several.

        In a draft the programme's guidance stands in it as comments.

        Raises:
            ProgrammeError: the file is missing or at fault.
        """
        path = programme.folder / _template_file(document, consortium)
        return self.prepare(path, programme if edition == "draft" else None)


def _done(work: Callable[[], _Made]) -> Future[_Made]:
    """What a piece of work gives, or how it fails, told when it is asked for."""
    done: Future[_Made] = Future()
    try:
        done.set_result(work())
    except LianhetiError as error:
        done.set_exception(error)
    return done


def _template_file(document: Document, consortium: Consortium | None) -> str:
    if consortium is not None:
        for variant in document.variants:
            if all(_holds(consortium, path, value) for path, value in variant.when.items()):
                return variant.template
    return document.template


def _holds(consortium: Consortium, path: str, wanted: str) -> bool:
    """Whether a field has the value that a variant asks for."""
    found = next(resolve(consortium, path), None)
    if found is None or found.value is None:
        return False
    if isinstance(found.value, bool):
        return wanted in ({"是", "true"} if found.value else {"否", "false"})
    return str(found.value) == wanted

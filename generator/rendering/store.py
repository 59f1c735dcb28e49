"""Templates, each read and compiled once, with the guidance that a draft shows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from generator.base.failures import reason
from generator.base.ooxml.bookmarks import anchors
from generator.errors import Place, ProgrammeError
from generator.model.catalogue import Catalogue
from generator.model.consortium import Consortium
from generator.model.paths import PASSAGES, resolve
from generator.model.programme import Document, Programme
from generator.rendering.model_clauses import ModelClauses
from generator.rendering.template import Template

if TYPE_CHECKING:
    from generator.model.guidance import Note


class Prepared(Struct, frozen=True):
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


class TemplateStore:
    """The templates of a catalogue, prepared when first asked for and kept.

    Args:
        catalogue: where programmes and common files are found.

    Attributes:
        model_clauses: the wordings that the data can choose for a clause.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._templates: dict[tuple[Path, bool], Prepared] = {}
        self._guidance: dict[str, Mapping[str, tuple[Note, ...]]] = {}
        self.model_clauses = ModelClauses(catalogue)

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
                    f"读不到模板（{reason(error)}）",
                    "补上这个文件，或在 programme.yaml 中改正文件名",
                    Place(name),
                ) from None
            template = Template(self._annotated(data, guided) if guided else data, name)
            headings = {
                f"{PASSAGES[anchor.kind]}.{anchor.id}": anchor.title
                for anchor in anchors(path)
                if anchor.kind in PASSAGES and anchor.title
            }
            self._templates[key] = Prepared(template, headings, name, hashlib.sha256(data).hexdigest())
        return self._templates[key]

    def common(self, file: str) -> Prepared:
        """A template of the common folder, by its file name; errors as for ``prepare``."""
        return self.prepare(self._catalogue.common(file))

    def template_of(
        self,
        programme: Programme,
        document: Document,
        consortium: Consortium | None,
        *,
        guided: bool = False,
    ) -> Prepared:
        """The template of a document, the variant that the data asks for where there are several.

        Args:
            programme: the programme.
            document: one of its documents.
            consortium: the data; None for a blank form.
            guided: whether the programme's guidance stands in it as comments.

        Raises:
            ProgrammeError: the file is missing or at fault.
        """
        path = programme.folder / _template_file(document, consortium)
        return self.prepare(path, programme if guided else None)

    def _annotated(self, data: bytes, programme: Programme) -> bytes:
        """A template with a programme's guidance as comments, where it has any."""
        from generator.model.guidance import guidance_of
        from generator.rendering.comments import annotated

        if programme.code not in self._guidance:
            self._guidance[programme.code] = guidance_of(programme, self._catalogue)
        notes = self._guidance[programme.code]
        return annotated(data, notes) if notes else data


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

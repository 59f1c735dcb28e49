"""What a run needs again and again, made once: templates, and the typesetter with its engine and faces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from generator.model.catalogue import Catalogue, CommonRules
from generator.model.programme import Document
from generator.rendering.store import TemplateStore

if TYPE_CHECKING:
    from generator.pdf.engines.open import EngineName
    from generator.pdf.typesetter import Typesetter


class Session(AbstractContextManager["Session"]):
    """Templates and typesetter that many packets share; a closed session cannot be used again.

    Args:
        catalogue: where programmes and common files are found.
        engine: the PDF engine's name; None where no PDFs are made.
        fonts: a folder of faces that goes before the machine's own.
        overlap: typeset while the caller goes on; see Typesetter.
        when: the time that stands in every file, whatever the data say; None for what they say.

    Attributes:
        templates: prepared and kept.
        typesetter: makes the PDFs; None where none are wanted.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        engine: EngineName | None = "typst",
        fonts: Path | None = None,
        *,
        overlap: bool = True,
        when: datetime | None = None,
    ) -> None:
        self.catalogue = catalogue
        self.when = when
        self.templates = TemplateStore(catalogue)
        self.typesetter: Typesetter | None = None
        if engine is not None:
            from generator.pdf.typesetter import Typesetter

            self.typesetter = Typesetter(engine, fonts, overlap=overlap)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.typesetter is not None:
            self.typesetter.__exit__(kind, error, trace)

    @cached_property
    def common_rules(self) -> CommonRules:
        """The rules that hold for every programme."""
        return self.catalogue.common_rules()

    @cached_property
    def common_documents(self) -> tuple[Document, ...]:
        """The documents of ours that any packet can have."""
        return self.catalogue.common_documents()

    @property
    def pdf_engine(self) -> str | None:
        """The PDF engine's name and version, as a manifest states them; None where no PDFs are made."""
        if self.typesetter is None:
            return None
        engine = self.typesetter.engine
        return f"{engine.name} {engine.version}"

    @property
    def fonts(self) -> Sequence[Mapping[str, str]]:
        """The faces in use with their digests, as a manifest states them; none where no PDFs are made."""
        return self.typesetter.faces.digests() if self.typesetter else ()

    def warm_up(self) -> None:
        """Begin to open the PDF engine, where one is wanted, while the caller goes on."""
        if self.typesetter is not None:
            self.typesetter.warm_up()

"""One form in a process of its own, as ``peers.py`` without ``pdf``: ``one_form.py DATA FOLDER CODE``."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from generator.model.catalogue import Catalogue
from generator.packet.session import Session
from generator.readers.load import load
from generator.readers.source_file import read_source
from generator.rendering.render import RenderJob, render


def main(data: Path, folder: Path, code: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    catalogue = Catalogue(None)
    programme = catalogue.load(code)
    session = Session(catalogue, None)
    dataset = load(read_source(data), programme, known=catalogue.all())
    document = programme.documents[0]
    prepared = session.templates.prepare(programme.folder / document.template)
    made = render(
        prepared.template,
        RenderJob(
            programme,
            dataset.consortium,
            "signing",
            datetime(2026, 1, 1, tzinfo=UTC),
            session.templates.model_clauses.fill,
        ),
        document,
        prepared.headings,
    )
    (folder / "form.docx").write_bytes(made.docx)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])

"""The tools of today on the same templates and data: docxtpl fills, LibreOffice makes the PDFs.

docxtpl is given this project's Jinja environment, as the templates use its functions; so both sides do the
same work in the expressions. Run as a program it is the cold peer: ``peers.py DATA FOLDER CODE [pdf]``; with ``pdf`` DATA
may be a folder of data files.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from generator.model.programme import Document
from generator.packet.assessment import Order, begin
from generator.packet.parts import Job
from generator.packet.session import Session
from generator.readers.load import load
from generator.readers.source_file import read_source
from generator.rendering.context import build
from generator.rendering.sandbox import Sandbox

NO_OFFICE = "LibreOffice (soffice) is not installed: its figures are left out"


def names(job: Job, document: Document, session: Session) -> Mapping[str, Any]:
    """What a template's names stand for."""
    found, _ = build(
        job.dataset.consortium, job.programme, document, job.edition, {}, session.templates.model_clauses.fill
    )
    return found


def docxtpl_fill(template: Path, names: Mapping[str, Any]) -> bytes:
    """One form by docxtpl, opened, filled and saved as its documentation says."""
    from docxtpl import DocxTemplate

    form = DocxTemplate(template)
    form.render(dict(names), jinja_env=Sandbox(), autoescape=True)
    out = io.BytesIO()
    form.save(out)
    return out.getvalue()


def office() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def office_pdfs(files: Sequence[Path], folder: Path) -> None:
    """PDFs of many files by one run of LibreOffice, which is its fastest way."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [
            str(office()),
            f"-env:UserInstallation=file://{profile}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            *map(str, files),
        ]
        subprocess.run(command, check=True, capture_output=True)
    missing = [file.stem for file in files if not (folder / f"{file.stem}.pdf").exists()]
    if missing:
        raise SystemExit(f"LibreOffice has not made {missing}")


def fill_all(job: Job, session: Session, folder: Path, start: str) -> list[Path]:
    """The documents of one packet by docxtpl."""
    made = []
    for document in job.programme.documents:
        path = folder / f"{start}{document.id}.docx"
        path.write_bytes(
            docxtpl_fill(job.programme.folder / document.template, names(job, document, session))
        )
        made.append(path)
    return made


def main(data: Path, folder: Path, code: str, *, pdf: bool) -> None:
    """One packet's documents in a process of its own."""
    from generator.model.catalogue import Catalogue

    folder.mkdir(parents=True, exist_ok=True)
    catalogue = Catalogue(None)
    programme = catalogue.load(code)
    session = Session(catalogue, None)
    if pdf:
        sources = sorted(data.glob("*.yaml")) if data.is_dir() else [data]
        files = [
            file
            for source in sources
            for file in fill_all(
                begin(read_source(source), programme, Order("signing"), session),
                session,
                folder,
                f"{source.stem}-",
            )
        ]
        office_pdfs(files, folder)
        return
    dataset = load(read_source(data), programme, known=catalogue.all())
    document = programme.documents[0]
    found, _ = build(
        dataset.consortium, programme, document, "signing", {}, session.templates.model_clauses.fill
    )
    (folder / "form.docx").write_bytes(docxtpl_fill(programme.folder / document.template, found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], pdf="pdf" in sys.argv[4:])

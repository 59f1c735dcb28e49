"""The blank official documents of a programme, as their annexes were published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from generator.base.failures import reason
from generator.errors import ExitCode, OutputError, ProgrammeError
from generator.model.programme import Document, Programme
from generator.packet.documents import check_printable
from generator.packet.session import Session
from generator.packet.times import FIXED_TIME
from generator.pdf.engine import PdfInfo
from generator.pdf.engines.open import EngineName
from generator.publishing import safe_name
from generator.rendering.render import RenderJob, render
from generator.workflows.lint.names import checked_names
from generator.workflows.progress import Listener, tell
from generator.workflows.workspace import Workspace


class Blank(Struct, frozen=True):
    """Blank documents that stand in a folder.

    Attributes:
        files: where each stands, in the scheme's order.
    """

    files: tuple[Path, ...]

    @property
    def exit_code(self) -> ExitCode:
        """Always DONE: what goes wrong is raised."""
        return ExitCode.DONE


def blank(
    workspace: Workspace,
    code: str,
    root: Path,
    *,
    engine: EngineName | None = "typst",
    progress: Listener | None = None,
) -> Blank:
    """Write a programme's blank documents into a folder below ``root``, named like the programme.

    A file that is there with other content is not touched.

    Args:
        workspace: programmes, templates, faces and engines.
        code: the programme.
        root: the output folder.
        engine: the PDF engine; None for Word files alone.
        progress: is told of each step before it begins.

    Raises:
        UsageError: there is no such programme.
        ProgrammeError: the programme or a template is at fault.
        PdfError: the engine failed.
        OutputError: a file cannot be written, or one that differs stands there.
    """
    programme = workspace.catalogue.load(code)
    tell(progress, f"生成“{programme.short_title}”的空白文件")
    with workspace.session(engine) as session:
        documents = blank_documents(programme, session)
    folder = root / programme.plain_code
    tell(progress, f"写入 {folder.name}")
    return Blank(tuple(_written(documents, folder)))


def blank_documents(programme: Programme, session: Session) -> list[tuple[str, bytes]]:
    """Each blank document as DOCX, and as PDF where PDFs are wanted, by file name.

    Of a document with variants each variant, named by what it is for.

    Raises:
        ProgrammeError: a template is at fault.
        PdfError: the engine failed.
    """
    job = RenderJob(programme, None, "blank", FIXED_TIME)
    made: list[tuple[str, bytes]] = []
    for number, document, name, path in _blanks(programme, session):
        prepared = session.templates.prepare(path)
        if document in programme.documents:
            # A blank form fills no list, so that filling it does not meet every name.
            for problem in checked_names(programme, document, prepared.template)[0]:
                raise ProgrammeError(problem.message, problem.remedy, problem.place)
        rendered = render(prepared.template, job, document, prepared.headings)
        stem = safe_name(f"{number:02d}-{document.title}（{name}）")
        made.append((f"{stem}.docx", rendered.docx))
        if session.typesetter is not None:
            info = PdfInfo(document.title, programme.authority, FIXED_TIME)
            pdf = session.typesetter.submit(rendered.docx, info).result()
            made.append((f"{stem}.pdf", pdf.pdf))
        else:
            check_printable(rendered, prepared.name, document.title)
    return made


def _blanks(programme: Programme, session: Session) -> Iterator[tuple[int, Document, str, Path]]:
    """Each blank paper: its document with its number, what it is called, and its template."""
    for number, document in enumerate(programme.documents, 1):
        yield number, document, "空白", programme.folder / document.template
        for variant in document.variants:
            name = "，".join(["空白", *variant.when.values()])
            yield number, document, name, programme.folder / variant.template
    asked = {item.document for item in programme.attachments}
    ours = (document for document in session.common_documents if document.id in asked)
    for number, document in enumerate(ours, len(programme.documents) + 1):
        yield number, document, "空白", session.catalogue.common(document.template)


def _written(documents: list[tuple[str, bytes]], folder: Path) -> list[Path]:
    for name, data in documents:
        path = folder / name
        if path.exists() and path.read_bytes() != data:
            raise OutputError(f"{path} 已经存在且内容不同，没有改动它", "换一个目录，或先把旧文件移走")
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in documents:
            (folder / name).write_bytes(data)
            written.append(folder / name)
    except OSError as error:
        raise OutputError(f"写不了 {folder}（{reason(error)}）", "核对目录是否可写、文件是否被打开") from None
    return written

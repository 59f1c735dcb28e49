"""Many packets in one run: processes, resume, a report."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager

from generator.batch.inputs import DataFile, data_files
from generator.batch.results import Result
from generator.batch.run import Batch, Crew, Watcher
from generator.batch.settings import Bounds, Settings
from generator.batch.unchanged import Setup

__all__ = ["Bounds", "DataFile", "Result", "Settings", "Watcher", "data_files", "run_batch"]


def run_batch(
    files: Sequence[DataFile],
    settings: Settings,
    bounds: Bounds,
    watcher: Watcher,
    *,
    scheduler: str | None = None,
) -> tuple[list[Result], float]:
    """Make the packets of many data files, and leave those that need not be made.

    Args:
        files: the data files.
        settings: what is to be made.
        bounds: how much may be used.
        watcher: is told of each result as it comes.
        scheduler: the address of a Dask scheduler; None for processes of this machine.

    Returns:
        One result a packet, or a file that gave none, in the order of the files; and the seconds it took.

    Raises:
        UsageError: a programme or the templates folder does not exist, or the cluster can't be reached.
        ProgrammeError: a programme is at fault.
        PdfError: the PDF engine cannot be had.
        OutputError: the output folder cannot be used at all, or no process can be started.
    """
    begun = time.perf_counter()
    from generator.model.catalogue import Catalogue

    catalogue = Catalogue(settings.templates)
    for code in settings.codes:
        catalogue.load(code)
    setup = Setup(settings, catalogue.roots(), _engine(settings))

    def crew() -> AbstractContextManager[Crew]:
        if scheduler is not None:
            from generator.batch.dask import Cluster

            return Cluster(settings, bounds, scheduler)
        from generator.batch.local import Lanes

        return Lanes(settings, bounds)

    results = Batch(settings, setup, watcher).run(files, crew)
    return results, time.perf_counter() - begun


def _engine(settings: Settings) -> str:
    """The PDF engine with its version and faces, as text for a digest; empty where no PDFs are made."""
    if settings.engine is None:
        return ""
    from generator.pdf.fonts.faces import find_faces

    faces = [(face["role"], face["sha256"]) for face in find_faces().digests()]
    if settings.engine == "typst":
        from importlib.metadata import version

        return f"typst {version('typst')} {faces}"
    from generator.model.catalogue import Catalogue
    from generator.packet.session import Workshop

    with Workshop(Catalogue(settings.templates), settings.engine) as workshop:
        return f"{workshop.engine.name} {workshop.engine.version} {faces}"

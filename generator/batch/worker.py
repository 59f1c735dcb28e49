"""What each process of a batch does: reads which packets a data file asks for, and makes packets."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from generator.errors import DataError, LianhetiError
from generator.model.catalogue import Catalogue
from generator.model.dataset import Dataset
from generator.model.findings import count_verdicts
from generator.packet.assessment import load_for
from generator.packet.pipeline import build, put
from generator.packet.session import Session
from generator.publishing import safe_name
from generator.readers.source_file import read_source
from generator.readers.unit_library import is_library
from generator.workflows.choose import chosen_programmes

if TYPE_CHECKING:
    from generator.batch.settings import Settings
    from generator.packet.parts import Packet
    from generator.readers.source_file import Source

Inputs = Mapping[str, str | None]


class Target(Struct, frozen=True):
    """One packet that a data file asks for.

    Attributes:
        code: the programme.
        consortium: its name as the programme sees it.
        folder: the packet's folder, relative to the output folder, with ``/``.
        inputs: sha256 of every file that goes in, by name relative to the data file's folder; None for
            an attachment that the data names but that is not there.
        error: why no packet can be made; None otherwise.
    """

    code: str
    consortium: str
    folder: str
    inputs: Inputs
    error: LianhetiError | None = None


class Done(Struct, frozen=True):
    """One packet that stands in the output folder.

    Attributes:
        folder: relative to the output folder, with ``/``.
        written: False where the very same packet stood there.
        moved_aside: where a packet that a person had changed stands now.
        inputs: as in Target.
        facts: what the report says of it: counts, missing, pages, warnings.
        seconds: how long it took.
    """

    folder: str
    written: bool
    moved_aside: str | None
    inputs: Inputs
    facts: Facts
    seconds: float


class Facts(Struct, frozen=True):
    """What a report says of a packet; as in Result."""

    counts: Mapping[str, int]
    missing: int
    pages: int | None
    warnings: tuple[str, ...]


def look(settings: Settings, catalogue: Catalogue, path: Path) -> list[Target]:
    """Which packets a data file asks for, and from which files they are made; none for a unit library.

    Raises:
        DataError: the file cannot be read.
        UsageError: it does not say for which programme it is meant.
    """
    source = read_source(path)
    if is_library(source.root):
        return []
    programmes = chosen_programmes(catalogue, settings.codes, source)
    targets = []
    for programme in programmes:
        dataset = load_for(source, programme, catalogue)
        name = dataset.consortium.name
        folder = f"{safe_name(name)}/{programme.packet_folder(settings.edition)}"
        error = DataError("数据有误", problems=dataset.problems) if dataset.problems else None
        targets.append(Target(programme.code, name, folder, inputs_of(dataset), error))
    return targets


def inputs_of(dataset: Dataset) -> Inputs:
    """Every file that the data is made from or names, with its sha256; None for one that is not there."""
    named = (name for names in (dataset.consortium.attachments or {}).values() for name in names or ())
    return {**dict.fromkeys(named), **dataset.inputs}


def make(settings: Settings, session: Session, source: Source, code: str) -> tuple[Packet, Facts]:
    """One packet in memory, and what a report says of it; errors as for ``pipeline.build``."""
    packet = build(source, session.catalogue.load(code), settings.order(code), session)
    return packet, facts_of(packet)


def facts_of(packet: Packet) -> Facts:
    """What a report says of a packet."""
    printed = packet.manifest.packet
    return Facts(
        count_verdicts(packet.job.findings),
        len({path for document in packet.documents for path in document.record.missing}),
        printed.pages if printed else None,
        packet.manifest.warnings,
    )


class PacketMaker:
    """Makes packets one after the other, with a session that stays open.

    Args:
        settings: of the batch.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.catalogue = Catalogue(settings.templates)
        self.session = Session(
            self.catalogue, settings.engine, settings.fonts, overlap=False, when=settings.when
        )

    def make(self, path: Path, code: str) -> Done:
        """Make one packet and publish it; errors as for ``pipeline.build`` and ``put``, and DataError for memory."""
        begun = time.perf_counter()
        try:
            packet, facts = make(self.settings, self.session, read_source(path), code)
            published = put(packet, self.settings.root, force=self.settings.force)
        except MemoryError:
            raise out_of_memory() from None
        aside = published.moved_aside
        return Done(
            published.folder.relative_to(self.settings.root.resolve()).as_posix(),
            published.written,
            aside.as_posix() if aside else None,
            inputs_of(packet.job.dataset),
            facts,
            time.perf_counter() - begun,
        )


def out_of_memory() -> LianhetiError:
    """The error of a packet that needs more memory than it may have."""
    return DataError(
        "生成这一份材料所需的内存超过了上限",
        "检查数据是否异常地大；确实需要时用 --memory-limit 提高上限，或用 -j 减少同时生成的份数",
    )


# What a process of a pool keeps between its calls; only ``start_process`` puts it here.
_maker: PacketMaker | None = None


def start_process(settings: Settings, megabytes: int, temporary: str) -> None:
    """Prepare a worker process; never called in the main process of the batch.

    The worker leaves Ctrl-C to the main process, ends when that ends for whatever reason, and may take only
    so much memory.

    Args:
        settings: of the batch.
        megabytes: of memory; 0 for no limit.
        temporary: the folder for files that must not outlive the batch.
    """
    global _maker  # noqa: PLW0603 (a process of a pool has no other place for what it keeps)
    import signal
    import tempfile
    from multiprocessing.util import Finalize

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()
    _limit_memory(megabytes)
    tempfile.tempdir = temporary
    _maker = PacketMaker(settings)
    Finalize(None, _maker.session.__exit__, args=(None, None, None), exitpriority=1)


def look_in_process(path: Path) -> list[Target]:
    """As ``look``, in a process that ``start_process`` has set up."""
    maker = _packet_maker()
    return look(maker.settings, maker.catalogue, path)


def make_in_process(path: Path, code: str) -> Done:
    """As ``PacketMaker.make``, in a process that ``start_process`` has set up."""
    return _packet_maker().make(path, code)


def _packet_maker() -> PacketMaker:
    if _maker is None:
        raise RuntimeError("this process was not set up")
    return _maker


def _end_with_parent() -> None:
    """End this process when the one that started it has ended, be it by kill -9."""
    import multiprocessing
    import threading

    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _limit_memory(megabytes: int) -> None:
    """Let this process take only so much memory: what it asks for beyond is refused to it.

    Only Linux counts all writable memory (``RLIMIT_DATA``); on other systems there is no such limit.
    """
    if sys.platform != "linux" or not megabytes:
        return
    import resource

    limit = megabytes * 1024 * 1024
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))

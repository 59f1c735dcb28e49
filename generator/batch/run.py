"""A batch from beginning to end: unchanged packets are kept, the others are made, and each has a result."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from generator.batch.report import as_json, check_report, save_report
from generator.batch.results import STATES, EndedError, Result, failure
from generator.batch.settings import Bounds, Settings
from generator.batch.unchanged import (
    Made,
    Setup,
    Stamp,
    Stamps,
    made_from,
)
from generator.errors import DataError, ExitCode, Place, UsageError
from generator.model.catalogue import Catalogue
from generator.publishing import recover
from generator.workflows.inputs import DataFile, data_files
from generator.workflows.progress import Listener, tell, tell_notices

if TYPE_CHECKING:
    from generator.batch.worker import Done, Target


class Workers(Protocol):
    """What makes the packets: processes of this machine, or a cluster.

    Answers come in any order, each as the position of the file or job, the result or exception, and the seconds.
    """

    def look(self, files: Sequence[DataFile]) -> Iterator[tuple[int, Any, float]]:
        """Which packets each data file asks for: a list of Target."""

    def make(self, jobs: Sequence[tuple[DataFile, str]]) -> Iterator[tuple[int, Any, float]]:
        """Make and publish packets: a Done each."""


class _File(Struct):
    """A data file on its way through the batch."""

    file: DataFile
    number: int
    stamp: Stamp | None = None
    targets: list[Target] = field(default_factory=list)

    def kept(self, code: str) -> Made | None:
        return self.stamp.packets.get(code) if self.stamp else None


class Batch:
    """One run over many data files.

    Args:
        settings: what is to be made.
        setup: what it is made with.
        progress: is told of each result in words, with how many are done and how many there are.
        made: is told of each result.
    """

    def __init__(
        self,
        settings: Settings,
        setup: Setup,
        progress: Listener | None = None,
        made: Callable[[Result], None] | None = None,
    ) -> None:
        self._settings = settings
        self._setup = setup
        self._progress = progress
        self._made = made
        self._total = 0
        self._stamps = Stamps(settings)
        self._results: dict[tuple[int, int], Result] = {}
        self._claims: dict[str, list[tuple[_File, str]]] = {}

    def run(
        self, files: Iterable[DataFile], workers: Callable[[], AbstractContextManager[Workers]]
    ) -> list[Result]:
        """Make all packets that need making.

        Args:
            files: the data files.
            workers: opens them as a context; not called where nothing is to do.

        Returns:
            One result a packet, or a file that gave none, in the order of the files.

        Raises:
            OutputError: the output folder cannot be used at all.
            KeyboardInterrupt, StoppedError: it was stopped; whatever stands in the output folder is whole.
        """
        every = [_File(file, number) for number, file in enumerate(files)]
        self._total = len(every)
        changed = [one for one in every if not self._take_unchanged(one)]
        if changed:
            try:
                with workers() as opened:
                    self._work(changed, opened)
            except BaseException:
                # All processes have ended by now: what those that were killed left half done is put right.
                recover(self._settings.root)
                raise
        return [self._results[key] for key in sorted(self._results)]

    def _take_unchanged(self, one: _File) -> bool:
        """Report a file whose packets all stand as they should; whether it was one."""
        one.stamp = None if self._settings.force else self._stamps.read(one.file.path)
        stamp = one.stamp
        if stamp is None or set(stamp.programmes) != set(stamp.packets):
            return False
        if not all(self._is_unchanged(one, made) for made in stamp.packets.values()):
            return False
        for made in stamp.packets.values():
            self._claims.setdefault(made.folder, []).append((one, made.code))
        self._total += len(stamp.packets) - 1
        for made in stamp.packets.values():
            self._report_unchanged(one, made)
        return True

    def _is_unchanged(self, one: _File, made: Made) -> bool:
        return self._stamps.is_unchanged(one.file.path, made, self._setup)

    def _report_unchanged(self, one: _File, made: Made) -> None:
        place = f"{self._settings.root.as_posix()}/{made.folder}"
        self._report(one, made.code, Result(one.file.shown, made.code, "unchanged", place, **made.facts))

    def _report(self, one: _File, code: str | None, result: Result) -> None:
        codes = [target.code for target in one.targets] or list(one.stamp.programmes if one.stamp else [])
        self._results[one.number, codes.index(code) if code in codes else 0] = result
        if self._made is not None:
            self._made(result)
        tell(self._progress, f"{result.data}：{STATES[result.state]}", len(self._results), self._total)

    def _work(self, changed: list[_File], workers: Workers) -> None:
        jobs: list[tuple[_File, Target]] = []
        for number, found, seconds in workers.look([one.file for one in changed]):
            one = changed[number]
            if isinstance(found, BaseException):
                self._report(one, None, failure(one.file.shown, None, found, seconds))
                continue
            if not found and one.file.named:
                error = DataError(
                    "这是一个单位库，不是数据文件", "指定引用它的数据文件", Place(one.file.path.name)
                )
                self._report(one, None, failure(one.file.shown, None, error, seconds))
                continue
            one.targets = found
            self._total += len(found) - 1
            for target in found:
                if target.error is not None:
                    self._report(one, target.code, failure(one.file.shown, target.code, target.error))
                else:
                    self._claims.setdefault(target.folder, []).append((one, target.code))
                    jobs.append((one, target))
        jobs = [job for job in jobs if not self._is_taken(*job) and not self._still_stands(*job)]
        jobs.sort(key=lambda job: job[0].number)
        for number, done, seconds in workers.make([(one.file, target.code) for one, target in jobs]):
            one, target = jobs[number]
            if isinstance(done, BaseException):
                if isinstance(done, EndedError):
                    recover(self._settings.root)
                self._report(one, target.code, failure(one.file.shown, target.code, done, seconds))
            else:
                self._finish(one, target.code, done)

    def _is_taken(self, one: _File, target: Target) -> bool:
        """Report a packet that several files would write: none of them does."""
        rivals = [other for other, _ in self._claims[target.folder] if other is not one]
        if not rivals:
            return False
        names = "、".join(f"“{other.file.shown}”" for other in rivals)
        error = DataError(
            f"这一份与{names}会写到同一个位置“{target.folder}”，都没有写",
            "给不同的联合体取不同的名称；若是同一份数据的副本，只留一个",
        )
        result = replace(failure(one.file.shown, target.code, error), state="duplicate")
        self._report(one, target.code, result)
        return True

    def _still_stands(self, one: _File, target: Target) -> bool:
        made = one.kept(target.code)
        if made is None or not self._is_unchanged(one, made):
            return False
        self._report_unchanged(one, made)
        return True

    def _finish(self, one: _File, code: str, done: Done) -> None:
        facts = asdict(done.facts)
        result = Result(
            one.file.shown,
            code,
            "made" if done.written else "same",
            f"{self._settings.root.as_posix()}/{done.folder}",
            seconds=done.seconds,
            moved_aside=done.moved_aside,
            **facts,
        )
        self._stamp(one, code, done, facts)
        self._report(one, code, result)

    def _stamp(self, one: _File, code: str, done: Done, facts: dict[str, Any]) -> None:
        try:
            made = made_from(
                self._settings.root, code, self._setup.digest(code), done.folder, done.inputs, facts
            )
        except OSError:
            # Another batch is replacing the packet right now: it writes the stamp, or the packet is made again.
            return
        codes = tuple(target.code for target in one.targets)
        known = one.stamp.packets if one.stamp else {}
        one.stamp = Stamp(codes, {**{key: known[key] for key in codes if key in known}, code: made})
        self._stamps.write(one.file.path, one.stamp)


class BatchReport(Struct, frozen=True):
    """What became of each packet.

    Attributes:
        results: one a packet, or a file that gave none, in the order of the files.
        seconds: how long it took.
    """

    results: tuple[Result, ...]
    seconds: float

    @property
    def exit_code(self) -> ExitCode:
        """FINDING where not every packet stands as it should."""
        return ExitCode.DONE if all(result.is_good for result in self.results) else ExitCode.FINDING

    def as_json(self) -> dict[str, Any]:
        """The report as a JSON object: totals, and every result."""
        return as_json(self.results, self.seconds)


def make_batch(
    data: Sequence[str | Path],
    settings: Settings,
    bounds: Bounds | None = None,
    *,
    scheduler: str | None = None,
    report: Path | None = None,
    progress: Listener | None = None,
    made: Callable[[Result], None] | None = None,
) -> BatchReport:
    """Make the packets of many data files, and leave those that need not be made.

    Args:
        data: files, folders and patterns.
        settings: what is to be made.
        bounds: how much may be used.
        scheduler: the address of a Dask scheduler; None for processes of this machine.
        report: a file to be written, ``.xlsx`` or ``.json``.
        progress: is told of each result in words, with how many are done and how many there are; and of
            interrupted runs that were put right. It may stop the batch, as any workflow.
        made: is told of each result.

    Raises:
        UsageError: there are no data files; a programme or the templates folder does not exist; the cluster
            can't be reached; or the report's suffix is another.
        ProgrammeError: a programme is at fault.
        PdfError: the PDF engine cannot be had.
        OutputError: the output folder cannot be used at all, no process can be started, or the report
            cannot be written.
    """
    if report is not None:
        check_report(report)
    files = data_files(data, settings.root)
    tell_notices(progress, recover(settings.root))
    if settings.page_codes and settings.engine is None:
        raise UsageError("不生成 PDF，就没有页可以印页边码", "去掉 --no-pdf 或 --page-code")
    begun = time.perf_counter()
    catalogue = Catalogue(settings.templates)
    for code in settings.codes:
        catalogue.load(code)
    setup = Setup(settings, catalogue.roots(), _engine(settings))
    within = bounds or Bounds()

    def workers() -> AbstractContextManager[Workers]:
        if scheduler is not None:
            from generator.batch.dask import DaskWorkers

            return DaskWorkers(settings, within, scheduler)
        from generator.batch.local import LocalWorkers

        return LocalWorkers(settings, within)

    results = Batch(settings, setup, progress, made).run(files, workers)
    done = BatchReport(tuple(results), time.perf_counter() - begun)
    if report is not None:
        save_report(report, done.results, done.seconds)
    return done


def _engine(settings: Settings) -> str:
    """The PDF engine with its version and faces, as text for a digest; empty where no PDFs are made."""
    if settings.engine is None:
        return ""
    from generator.pdf.fonts.faces import find_faces

    faces = [(face["role"], face["sha256"]) for face in find_faces(settings.fonts).digests()]
    if settings.engine == "typst":
        from importlib.metadata import version

        return f"typst {version('typst')} {faces}"
    from generator.packet.session import Session

    with Session(Catalogue(settings.templates), settings.engine, settings.fonts) as session:
        return f"{session.pdf_engine} {faces}"

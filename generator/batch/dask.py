"""The workers of a Dask cluster: the same packets, made on other machines, published by this one."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from msgspec.structs import replace

from generator.base.failures import reason
from generator.batch import dask_worker, worker
from generator.batch.results import EndedError
from generator.batch.unchanged import MARK
from generator.errors import DataError, LianhetiError, OutputError, Place, UsageError
from generator.model.catalogue import Catalogue
from generator.publishing import PacketFile, publish
from generator.publishing.manifest import Face
from generator.workflows.inputs import DataFile, Upload

if TYPE_CHECKING:
    from types import TracebackType

    from generator.batch.settings import Bounds, Settings

_CONNECT_SECONDS: Final = 15
_WORKERS_SECONDS: Final = 30


class DaskWorkers:
    """The workers of a Dask cluster, connected to as a context.

    Args:
        settings: of the batch.
        bounds: how much it may use; processes and memory are the cluster's own business.
        address: the scheduler's, as ``tcp://10.0.0.1:8786``.
    """

    def __init__(self, settings: Settings, bounds: Bounds, address: str) -> None:
        self._settings = settings
        self._bounds = bounds
        self._address = address
        self._stack = ExitStack()
        self._client: Any = None
        self._faces: tuple[Face, ...] | None = None

    def __enter__(self) -> Self:
        """Connect.

        Raises:
            UsageError: the cluster can't be reached, has no workers, or the extra is not installed.
        """
        try:
            from distributed import Client
        except ImportError:
            raise UsageError("没有安装集群功能", "先运行 pip install 'lianheti[cluster]'") from None
        try:
            client: Any = Client(  # type: ignore[no-untyped-call] # ships no types
                self._address, timeout=_CONNECT_SECONDS, set_as_default=False
            )
        except (OSError, ValueError) as error:
            why = reason(error) if isinstance(error, OSError) else "地址写得不对"
            raise UsageError(
                f"连不上集群调度器 {self._address}（{why}）",
                "核对地址和端口，确认 dask scheduler 已经启动",
            ) from None
        self._client = self._stack.enter_context(client)
        try:
            self._client.wait_for_workers(1, timeout=_WORKERS_SECONDS)
        except TimeoutError:
            self._stack.close()
            raise UsageError(
                f"调度器 {self._address} 下没有工作进程", "用 dask worker 启动至少一个工作进程"
            ) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def look(self, files: Sequence[DataFile]) -> Iterator[tuple[int, Any, float]]:
        """Which packets each data file asks for: seen here, where the files are."""
        catalogue = Catalogue(self._settings.templates)
        for number, file in enumerate(files):
            begun = time.perf_counter()
            try:
                found: Any = worker.look(self._settings, catalogue, file.path)
            except LianhetiError as error:
                found = error
            yield number, found, time.perf_counter() - begun

    def make(self, jobs: Sequence[tuple[DataFile, str]]) -> Iterator[tuple[int, Any, float]]:
        """Make packets there, publish them here.

        Only as many are under way as the cluster has threads, so that neither side fills up with bytes.

        Raises:
            OutputError: the connection was lost for good.
        """
        waiting = deque(range(len(jobs)))
        busy: dict[Future[Any], tuple[int, float]] = {}
        catalogue = Catalogue(self._settings.templates)
        templates, version = dask_worker.templates_of(self._settings), dask_worker.version()
        with self._client.get_executor(pure=False) as executor:
            while waiting or busy:
                while waiting and len(busy) < max(self._threads(), 1):
                    number = waiting.popleft()
                    file, code = jobs[number]
                    try:
                        job = self._job(catalogue, file.path, code, templates, version)
                    except LianhetiError as error:
                        yield number, error, 0.0
                        continue
                    busy[executor.submit(dask_worker.make_remotely, job)] = number, time.monotonic()
                done, _ = wait(busy, timeout=1.0, return_when=FIRST_COMPLETED)
                for future in done:
                    number, since = busy.pop(future)
                    yield number, self._outcome(future), time.monotonic() - since
                overdue = [
                    future
                    for future, (_, since) in busy.items()
                    if time.monotonic() - since > self._bounds.seconds
                ]
                for future in overdue:
                    number, since = busy.pop(future)
                    future.cancel()
                    yield number, _too_slow(self._bounds.seconds), time.monotonic() - since

    def _threads(self) -> int:
        return sum(self._client.nthreads().values())

    def _job(
        self,
        catalogue: Catalogue,
        path: Path,
        code: str,
        templates: dict[str, bytes] | None,
        version: str,
    ) -> dask_worker.RemoteJob:
        target = next(
            target for target in worker.look(self._settings, catalogue, path) if target.code == code
        )
        files = {}
        for name, sha256 in target.inputs.items():
            if sha256 is None:
                continue
            if not (path.parent / name).is_file():
                # An input named ``library#organisation``: the file to send is the library.
                name = name.rpartition(MARK)[0]  # noqa: PLW2901
            try:
                files[name] = (path.parent / name).read_bytes()
            except OSError as error:
                raise DataError(
                    f"读不了这个文件（{reason(error)}）",
                    "核对文件的权限，并关闭正在使用它的程序",
                    Place(name),
                ) from None
        # Templates and accepted reasons travel; paths of this machine do not.
        settings = replace(self._settings, root=Path(), templates=None, fonts=None, force=False)
        upload = Upload(path.name, files.pop(path.name), files)
        return dask_worker.RemoteJob(settings, code, upload, templates, version)

    def _outcome(self, future: Future[Any]) -> Any:
        from distributed.scheduler import KilledWorker

        try:
            made = future.result()
        except KilledWorker:
            return EndedError(
                "生成这一份材料时，集群的几个工作进程先后退出，多半是内存不足",
                "给工作进程更多内存，再运行一次",
            )
        except CancelledError:
            raise OutputError(
                f"与集群调度器 {self._address} 的连接断了", "确认调度器还在运行，再运行一次会接着做完"
            ) from None
        except Exception as error:  # noqa: BLE001 (whatever was raised there is this packet's result)
            return error
        try:
            return self._publish(made)
        except LianhetiError as error:
            return error

    def _publish(self, made: dask_worker.RemotePacket) -> worker.Done:
        root = self._settings.root
        published = publish(
            root,
            made.consortium,
            made.folder,
            [PacketFile(path, data) for path, data in made.files],
            made.manifest,
            timestamp=made.when,
            force=self._settings.force,
        )
        aside = published.moved_aside
        facts = made.facts
        if made.manifest.fonts and made.manifest.fonts != self._own_faces():
            text = "是在另一台机器上排版的，那里的字体与本机不同，版式可能与本机生成的略有差别"
            facts = replace(facts, warnings=(*facts.warnings, text))
        return worker.Done(
            published.folder.relative_to(root.resolve()).as_posix(),
            published.written,
            aside.as_posix() if aside else None,
            made.inputs,
            facts,
            made.seconds,
        )

    def _own_faces(self) -> tuple[Face, ...]:
        if self._faces is None:
            from generator.pdf.fonts.faces import find_faces

            self._faces = tuple(Face(**face) for face in find_faces(self._settings.fonts).digests())
        return self._faces


def _too_slow(seconds: float) -> EndedError:
    return EndedError(
        f"集群在 {seconds:g} 秒内没有做完这一份材料，已不再等待",
        "检查数据是否异常地大，集群是否繁忙；确实需要时用 --time-limit 提高上限",
    )

"""A packet made on another machine: what it is made from travels as bytes, and so does the packet.

No disk is shared. Text files and attachments travel with the data file, a user's own templates with it too;
the built-in ones must be the same on both machines, and so must the version of this program.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Final

from generator import __version__
from generator.base.files import sha256_of, shipped
from generator.batch import worker
from generator.batch.settings import Settings
from generator.errors import ProgrammeError
from generator.model.catalogue import ENVIRONMENT as TEMPLATES
from generator.model.catalogue import Catalogue
from generator.packet.session import Session
from generator.publishing.manifest import PacketManifest
from generator.readers.source_file import read_source

_EPOCH: Final = "SOURCE_DATE_EPOCH"


@dataclass(frozen=True, slots=True)
class Parcel:
    """All that one packet is made from.

    Attributes:
        settings: of the batch; its paths mean nothing to the machine that gets it.
        code: the programme.
        data: the data file's name.
        files: the data file and every file that it names, by name relative to its folder.
        templates: the user's own programmes by path; None where there are none.
        version: of the program, with the digest of its built-in templates.
        epoch: ``SOURCE_DATE_EPOCH`` on the caller's machine.
    """

    settings: Settings
    code: str
    data: str
    files: Mapping[str, bytes]
    templates: Mapping[str, bytes] | None
    version: str
    epoch: str | None


@dataclass(frozen=True, slots=True)
class Packed:
    """A packet made, to be published by whoever asked for it.

    Attributes:
        consortium: its name.
        folder: the packet folder's name.
        files: bytes by path, without the manifest.
        manifest: what it says.
        when: the time that every file of the archive gets.
        inputs: as in Target.
        facts: as in Done.
        seconds: how long it took.
    """

    consortium: str
    folder: str
    files: tuple[tuple[str, bytes], ...]
    manifest: PacketManifest
    when: datetime
    inputs: worker.Inputs
    facts: worker.Facts
    seconds: float


def version() -> str:
    """What must be the same on both machines."""
    root = shipped("templates")
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.name.startswith((".", "~$")):
            digest.update(f"{path.relative_to(root).as_posix()} {sha256_of(path)}\n".encode())
    return f"{__version__} {digest.hexdigest()}"


def templates_of(settings: Settings) -> dict[str, bytes] | None:
    """The user's own programmes, to travel.

    Raises:
        ProgrammeError: a file cannot be read.
    """
    extra = settings.templates or (Path(os.environ[TEMPLATES]) if os.environ.get(TEMPLATES) else None)
    if extra is None:
        return None
    found = {}
    for path in sorted(extra.rglob("*")):
        if path.is_file() and not path.name.startswith((".", "~$")):
            try:
                found[path.relative_to(extra).as_posix()] = path.read_bytes()
            except OSError as error:
                raise ProgrammeError(
                    f"读不到模板文件 {path.name}（{error.strerror}）", "核对文件的权限"
                ) from None
    return found


_lock = Lock()
_sessions: dict[str, Session] = {}


def make_there(parcel: Parcel) -> Packed:
    """Make a packet on this machine for another one; errors as for ``packet.build``.

    One at a time in each process: the engine serves one document at once.

    Raises:
        ProgrammeError: this machine has another version of the program or of its templates.
    """
    if parcel.version != version():
        raise ProgrammeError(
            "集群那台机器上的程序或内置模板与本机的版本不同", "在每台机器上安装同一个版本，再运行一次"
        )
    begun = time.perf_counter()
    with (
        _lock,
        _environment({_EPOCH: parcel.epoch, TEMPLATES: None}),
        tempfile.TemporaryDirectory(prefix="lianheti-data-", ignore_cleanup_errors=True) as folder,
    ):
        _unpack(Path(folder), parcel.files)
        source = read_source(Path(folder) / parcel.data)
        settings = replace(parcel.settings, root=Path(), templates=None, force=False)
        try:
            packet, facts = worker.make(settings, _session(parcel), source, parcel.code)
        except MemoryError:
            raise worker.out_of_memory() from None
        return Packed(
            packet.job.consortium,
            packet.folder,
            tuple((file.path, file.data) for file in packet.files),
            packet.manifest,
            packet.job.when,
            worker.inputs_of(packet.job.dataset),
            facts,
            time.perf_counter() - begun,
        )


def _session(parcel: Parcel) -> Session:
    """This process's session for a parcel's templates and engine, kept open."""
    digest = hashlib.sha256(str(parcel.settings.engine).encode())
    for name, data in (parcel.templates or {}).items():
        digest.update(f"{name} {hashlib.sha256(data).hexdigest()}\n".encode())
    key = digest.hexdigest()
    if key not in _sessions:
        folder = None
        if parcel.templates is not None:
            folder = Path(tempfile.mkdtemp(prefix="lianheti-templates-"))
            _unpack(folder, parcel.templates)
            _remove_at_exit(folder)
        _sessions[key] = Session(Catalogue(folder), parcel.settings.engine, overlap=False)
    return _sessions[key]


def _remove_at_exit(folder: Path) -> None:
    import atexit

    atexit.register(shutil.rmtree, folder, ignore_errors=True)


def _unpack(folder: Path, files: Mapping[str, bytes]) -> None:
    home = folder.resolve()
    for name, data in files.items():
        path = folder / name
        if not path.resolve().is_relative_to(home):
            raise ValueError(f"leads out of its folder: {name!r}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@contextmanager
def _environment(wanted: Mapping[str, str | None]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in wanted}
    worker.surround(wanted)
    try:
        yield
    finally:
        worker.surround(before)

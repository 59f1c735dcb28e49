"""A packet made on another machine: what it is made from travels as bytes, and so does the packet.

No disk is shared. Text files and attachments travel with the data file, a user's own templates with it too;
the built-in ones must be the same on both machines, and so must the version of this program.
"""

from __future__ import annotations

import atexit
import hashlib
import time
from collections.abc import Mapping
from datetime import datetime
from threading import Lock
from typing import Final

from msgspec import Struct

from generator import __version__
from generator.base.failures import reason
from generator.base.files import sha256_of, shipped
from generator.base.temporary import private_folder, remove_folder
from generator.batch import worker
from generator.batch.settings import Settings
from generator.errors import ProgrammeError
from generator.model.catalogue import Catalogue
from generator.packet.session import Session
from generator.publishing.manifest import PacketManifest
from generator.workflows.inputs import Upload, opened, write_below

# How many sessions are kept open, one for each combination of settings and templates.
_MOST_SESSIONS: Final = 4


class RemoteJob(Struct, frozen=True):
    """All that one packet is made from.

    Attributes:
        settings: of the batch, without what means nothing to another machine.
        code: the programme.
        upload: the data file with every file that it names.
        templates: the user's own programmes by path; None where there are none.
        version: of the program, with the digest of its built-in templates.
    """

    settings: Settings
    code: str
    upload: Upload
    templates: Mapping[str, bytes] | None
    version: str


class RemotePacket(Struct, frozen=True):
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
    extra = settings.templates
    if extra is None:
        return None
    found = {}
    for path in sorted(extra.rglob("*")):
        if path.is_file() and not path.name.startswith((".", "~$")):
            try:
                found[path.relative_to(extra).as_posix()] = path.read_bytes()
            except OSError as error:
                raise ProgrammeError(
                    f"读不到模板文件 {path.name}（{reason(error)}）", "核对文件的权限"
                ) from None
    return found


# What a process of the cluster keeps between its packets, behind one lock.
_lock = Lock()
_sessions: dict[str, Session] = {}


def make_remotely(job: RemoteJob) -> RemotePacket:
    """Make a packet on this machine for another one; errors as for ``pipeline.build``.

    One at a time in each process, whatever threads it has: the other processors have processes of their own.

    Raises:
        ProgrammeError: this machine has another version of the program or of its templates.
    """
    if job.version != version():
        raise ProgrammeError(
            "集群那台机器上的程序或内置模板与本机的版本不同", "在每台机器上安装同一个版本，再运行一次"
        )
    begun = time.perf_counter()
    with _lock, opened(job.upload) as source:
        try:
            packet, facts = worker.make(job.settings, _session(job), source, job.code)
        except MemoryError:
            raise worker.out_of_memory() from None
        return RemotePacket(
            packet.job.consortium,
            packet.folder,
            tuple((file.path, file.data) for file in packet.files),
            packet.manifest,
            packet.job.when,
            worker.inputs_of(packet.job.dataset),
            facts,
            time.perf_counter() - begun,
        )


def _session(job: RemoteJob) -> Session:
    """This process's session for a job's templates, engine and time, kept open."""
    settings = job.settings
    digest = hashlib.sha256(f"{settings.engine} {settings.when}".encode())
    for name, data in (job.templates or {}).items():
        digest.update(f"{name} {hashlib.sha256(data).hexdigest()}\n".encode())
    key = digest.hexdigest()
    if key not in _sessions:
        while len(_sessions) >= _MOST_SESSIONS:
            _sessions.pop(next(iter(_sessions))).__exit__(None, None, None)
        folder = None
        if job.templates is not None:
            folder = private_folder("templates")
            write_below(folder, job.templates)
            atexit.register(remove_folder, folder)
        _sessions[key] = Session(Catalogue(folder), settings.engine, overlap=False, when=settings.when)
    return _sessions[key]

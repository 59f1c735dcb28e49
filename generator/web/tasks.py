"""What worker processes do besides packets: each task one call of a workflow, its result as a page needs it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from generator.workflows.progress import Listener
from generator.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(ABC):
    """One call of a workflow in a worker process.

    Attributes:
        code: the programme; empty where there is none.
    """

    what: ClassVar[str]
    edition: ClassVar[str] = ""
    code: str = ""

    @abstractmethod
    def run(self, workspace: Workspace, progress: Listener) -> dict[str, Any]:
        """Do it.

        Args:
            workspace: the worker's.
            progress: is told of each step; ends the task by raising StoppedError.

        Returns:
            What a page is told; it passes between processes.

        Raises:
            LianhetiError: it cannot be done.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeIn(Task):
    """Taking in a folder of filings."""

    what: ClassVar[str] = "intake"
    folder: Path
    out: Path

    def run(self, workspace: Workspace, progress: Listener) -> dict[str, Any]:
        """Judge what is new, write the results."""
        from generator.workflows.intake.run import intake

        done = intake(workspace, self.folder, self.code, self.out, progress=progress)
        return {"examined": done.examined, "written": done.written}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveScans(Task):
    """Reading scans that came back, or writing down what a person has looked at; ``refuse`` with the reason each."""

    what: ClassVar[str] = "receive"
    packet: Path
    out: Path
    incoming: Path
    confirm: tuple[str, ...] = ()
    refuse: tuple[tuple[str, str], ...] = ()
    by: str = ""

    def run(self, workspace: Workspace, progress: Listener) -> dict[str, Any]:
        """Read what lies among the incoming; the originals stand elsewhere afterwards."""
        del workspace  # a packet holds all that scans are compared with
        from generator.workflows.signing_board import receive_to_board

        said = bool(self.confirm or self.refuse)
        scans = [] if said else sorted(path for path in self.incoming.iterdir() if path.is_file())
        board = receive_to_board(
            scans,
            self.packet,
            self.out,
            confirm=self.confirm,
            refuse=dict(self.refuse),
            by=self.by,
            progress=progress,
        )
        for path in scans:
            path.unlink(missing_ok=True)
        return {"complete": board.complete}


@dataclass(frozen=True, slots=True, kw_only=True)
class RollUp(Task):
    """Tabulating many filings."""

    what: ClassVar[str] = "rollup"
    data: Path
    out: Path
    force: bool = False

    def run(self, workspace: Workspace, progress: Listener) -> dict[str, Any]:
        """Make the tables; what to look at is told with them."""
        from generator.workflows.rollup.run import make_rollup

        done = make_rollup(workspace, self.code, [self.data], self.out, force=self.force, progress=progress)
        found = done.findings
        lacking = [f"{file}：缺{title}（{what}）" for file, title, what in found.lacking]
        return {
            "applicants": done.applicants,
            "notes": list(found.notes),
            "left_out": [f"{one.file}：{one.why}" for one in found.left_out],
            "lacking": lacking,
            "folder": done.published.folder.name,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareDrafts(Task):
    """Comparing two data files, or two packets with their pages; with tracked changes where an author is given."""

    what: ClassVar[str] = "compare"
    old: Path
    new: Path
    author: str = ""

    def run(self, workspace: Workspace, progress: Listener) -> dict[str, Any]:
        """Compare; nothing is written."""
        from generator.workflows.compare import compare

        packets = self.old.is_dir() and self.new.is_dir()
        author = self.author or None
        done = compare(workspace, self.old, self.new, author=author, marked=packets, progress=progress)
        return {"comparison": done, "old": self.old.name, "new": self.new.name}


@dataclass(frozen=True, slots=True, kw_only=True)
class MakePack(Task):
    """Making a scheme's pack."""

    what: ClassVar[str] = "pack"
    folder: Path
    target: Path
    key: Path
    password: str = field(default="", repr=False)

    def run(self, workspace: Workspace, progress: Listener) -> dict[str, Any]:
        """Make it; a scheme is packed alone, so that the worker's own programmes are not looked at."""
        from generator.workflows.packs import pack

        del workspace
        done = pack(self.folder, self.target, self.key, self.password, progress=progress)
        return {
            "version": done.about.version,
            "fingerprint": done.fingerprint,
            "warnings": list(done.warnings),
        }

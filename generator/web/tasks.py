"""What worker processes do besides packets: each task one call of a workflow, its result as a page needs it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
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

"""What all screens share: the served folder, the programmes, and what has been worked out and still holds."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from msgspec import Struct

from generator.errors import DataError, LianhetiError, UsageError
from generator.model.judgement import Judgement
from generator.model.programme import Programme
from generator.web.jobs import Jobs
from generator.web.served import ServedFolder
from generator.web.settings import Settings
from generator.workflows.check import check
from generator.workflows.checklist import not_attached
from generator.workflows.forms import ProgrammeForm, programme_form
from generator.workflows.library import is_library_file
from generator.workflows.workspace import Workspace

_MOST_KEPT = 400


class Standing(Struct, frozen=True):
    """How a data file stands under one programme, as lists of files show it.

    Attributes:
        programme: the programme.
        consortium: what the consortium is called under it.
        conclusion: in a few words.
        ready: whether a signing edition can be made.
        wrong: how many values cannot be read.
        unmet: how many conditions that must be met are not.
        lacking: how many things are still to be filled in.
        not_attached: how many things must be attached and have no file.
    """

    programme: Programme
    consortium: str
    conclusion: str
    ready: bool
    wrong: int
    unmet: int
    lacking: int
    not_attached: int


class Overview(Struct, frozen=True):
    """A data file in a list of files.

    Attributes:
        title: what the consortium is called; empty where it has no name yet.
        standings: one a programme that the data is meant for.
        error: why it cannot be read; empty where it can.
        library: whether it is a unit library, not a consortium's data.
    """

    title: str
    standings: tuple[Standing, ...]
    error: str = ""
    library: bool = False


class Desk(AbstractContextManager["Desk"]):
    """One served folder and everything that is kept while it is served.

    Args:
        settings: how it is served.
        workspace: an open one, which stays open; one of its own where None.
    """

    def __init__(self, settings: Settings, workspace: Workspace | None = None) -> None:
        self.settings = settings
        self.served = ServedFolder(settings.folder)
        self.workspace = workspace or Workspace(settings.templates, fonts=settings.fonts)
        self._closes = workspace is None
        self._before: list[Workspace] = []
        self.jobs = Jobs(settings.workers, settings.templates, settings.fonts)
        self.closing = False
        self._lock = Lock()
        self._forms: dict[str, ProgrammeForm] = {}
        self._overviews: OrderedDict[tuple[str, int, int], Overview] = OrderedDict()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __enter__(self) -> Self:
        return self

    def close(self) -> None:
        """Close what is open, and stop what is being made."""
        self.closing = True
        self.jobs.close()
        for before in self._before:
            before.close()
        if self._closes:
            self.workspace.close()

    def renew(self) -> None:
        """Read the programmes anew, as after one was installed; calls that are under way end with the old ones."""
        with self._lock:
            if self._closes:
                self._before.append(self.workspace)
            self.workspace = Workspace(self.settings.templates, fonts=self.settings.fonts)
            self._closes = True
            self._forms.clear()
            self._overviews.clear()
        self.jobs.renew()

    def said(self, text: object) -> str:
        """A message without the folders of this machine."""
        plain = str(text)
        for folder in {str(self.served.folder), str(self.settings.folder), self.settings.folder.as_posix()}:
            plain = plain.replace(f"{folder}/", "").replace(f"{folder}\\", "").replace(folder, "打开的文件夹")
        return plain

    def programmes(self) -> list[Programme]:
        """Every programme, by code."""
        return list(self.workspace.catalogue.all().values())

    def programme(self, code: str) -> Programme:
        """A programme by its code, which a page gave: not to be trusted.

        Raises:
            UsageError: there is none.
        """
        found = self.workspace.catalogue.all().get(code)
        if found is None:
            raise UsageError("没有这个方案", "回到首页，从列表里选")
        return found

    def form(self, code: str) -> ProgrammeForm:
        """A programme's form; errors as for ``programme_form``."""
        with self._lock:
            found = self._forms.get(code)
        if found is None:
            found = programme_form(self.workspace, self.programme(code).code)
            with self._lock:
                self._forms[code] = found
        return found

    def judged(self, path: Path, code: str) -> Judgement:
        """What a programme says of a file.

        Raises:
            DataError: the file cannot be read.
            ProgrammeError: the programme is at fault.
        """
        return check(self.workspace, path, [self.programme(code).code]).judgements[0]

    def overview(self, path: Path) -> Overview:
        """A data file in a list of files; worked out again where the file has changed."""
        status = path.stat()
        key = (str(path), status.st_mtime_ns, status.st_size)
        with self._lock:
            if key in self._overviews:
                self._overviews.move_to_end(key)
                return self._overviews[key]
        found = self._looked_at(path)
        with self._lock:
            self._overviews[key] = found
            while len(self._overviews) > _MOST_KEPT:
                self._overviews.popitem(last=False)
        return found

    def _looked_at(self, path: Path) -> Overview:
        if is_library_file(path):
            return Overview("", (), library=True)
        try:
            judgements = check(self.workspace, path).judgements
        except UsageError:
            return Overview(self._name_in(path), ())
        except LianhetiError as error:
            return Overview("", (), self.said(error))
        title = judgements[0].dataset.consortium.name if judgements else ""
        return Overview(title, tuple(map(standing, judgements)))

    def _name_in(self, path: Path) -> str:
        """What a file that is meant for no programme yet calls the consortium."""
        code = self.programmes()[0].code
        try:
            return self.judged(path, code).dataset.consortium.name or ""
        except (DataError, UsageError):
            return ""


def standing(judgement: Judgement) -> Standing:
    """A judgement in a line."""
    blocking = [finding for finding in judgement.findings if finding.stands_in_the_way]
    ready = not judgement.obstacles and not judgement.dataset.problems
    return Standing(
        judgement.programme,
        judgement.dataset.consortium.name or "",
        judgement.conclusion,
        ready,
        len(judgement.dataset.problems),
        sum(finding.verdict == "fail" for finding in blocking),
        len(judgement.absent) + len(judgement.lost),
        len(not_attached(judgement.programme, judgement.dataset)),
    )

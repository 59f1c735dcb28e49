"""A data file that somebody has open on the page, for one programme: its editing, its judgement, its pages."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from msgspec import Struct, field

from generator.model.judgement import Judgement
from generator.web.desk import Desk
from generator.workflows.check import check
from generator.workflows.editing import Editing, State
from generator.workflows.forms import ProgrammeForm, Section
from generator.workflows.preview import Preview, PreviewPages

_MOST_OPEN = 40
# Of how many states the pages are kept: a browser may still ask for those before the last change.
_MOST_DRAWN = 3


class OpenFile(Struct):
    """One data file under one programme.

    Attributes:
        desk: what all screens share.
        name: the file, relative to the served folder.
        path: the file.
        form: the programme's form.
        editing: through which it is changed.
    """

    desk: Desk
    name: str
    path: Path
    form: ProgrammeForm
    editing: Editing
    _preview: Preview
    _judged: tuple[str, Judgement] | None = None
    _lock: Lock = field(default_factory=Lock)
    _drawn: list[tuple[str, PreviewPages]] = field(default_factory=list)
    _drawing: Lock = field(default_factory=Lock)

    @property
    def code(self) -> str:
        """The programme's code."""
        return self.form.programme.code

    def state(self) -> State:
        """What the file says now; errors as for ``Editing.state``."""
        return self.editing.state()

    def pages(self, state: State) -> PreviewPages:
        """The official pages in a state; made once a state.

        Raises:
            ProgrammeError: the programme or a template is at fault.
            PdfError: the engine failed.
        """
        with self._drawing:
            for sha256, pages in self._drawn:
                if sha256 == state.sha256:
                    return pages
            found = self._preview.of(state.dataset, self.code)
            self._drawn = [(state.sha256, found), *self._drawn[: _MOST_DRAWN - 1]]
            return found

    def page_of(self, digest: str) -> tuple[PreviewPages | None, int]:
        """A page by its digest: of which pages, and which of them; None where it is of an earlier state."""
        for _, pages in self._drawn:
            for at, page in enumerate(pages.pages):
                if page.digest == digest:
                    return pages, at
        return None, 0

    def judged(self, state: State) -> Judgement:
        """What the programme says of the file in a state; worked out once a state."""
        with self._lock:
            if self._judged is not None and self._judged[0] == state.sha256:
                return self._judged[1]
        found = check(self.desk.workspace, self.path, [self.code]).judgements[0]
        with self._lock:
            self._judged = (state.sha256, found)
        return found


class OpenFiles:
    """The data files that are open on the page.

    Args:
        desk: what all screens share.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = Lock()
        self._open: OrderedDict[tuple[str, str], OpenFile] = OrderedDict()

    def get(self, name: str, code: str) -> OpenFile:
        """A data file under one programme; kept open, so that what was done in it can be undone.

        Args:
            name: the file, as a page gave it: not to be trusted.
            code: the programme, likewise.

        Raises:
            UsageError: there is no such file or programme.
            DataError: it cannot be read.
            ProgrammeError: the programme is at fault.
        """
        path = self._desk.served.data(name)
        form = self._desk.form(code)
        key = (self._desk.served.name_of(path), code)
        with self._lock:
            found = self._open.pop(key, None)
            if found is None:
                editing = Editing(self._desk.workspace, path, code)
                found = OpenFile(self._desk, key[0], path, form, editing, Preview(self._desk.workspace))
            self._open[key] = found
            while len(self._open) > _MOST_OPEN:
                self._open.popitem(last=False)
        return found


def lacking(judgement: Judgement) -> dict[str, str]:
    """What is still to be filled in or put right, by path, each with a few words."""
    found = {one.path: "还没有填" for one in judgement.absent}
    for finding in judgement.findings:
        if finding.verdict == "unknown" and finding.level == "must":
            for path in finding.missing:
                found.setdefault(path, "还没有填")
        if finding.verdict == "fail" and finding.stands_in_the_way and finding.path:
            found.setdefault(finding.path, "不符合条件")
    for problem in judgement.dataset.problems:
        if problem.path:
            found[problem.path] = "填错了"
    return found


def by_section(form: ProgrammeForm, paths: Mapping[str, str]) -> dict[str, int]:
    """How much is lacking in each section, by its title; lists within a list's items count with that list."""
    counted: dict[str, set[str]] = {}
    for path in paths:
        section = shown_section(form, path)
        if section is not None:
            # A text and what holds it are one thing to fill in.
            counted.setdefault(section.title, set()).add(path.removesuffix(".text"))
    return {title: len(found) for title, found in counted.items()}


def shown_section(form: ProgrammeForm, path: str) -> Section | None:
    """The section in which a page shows a field: of a list within a list's items, the section of that list."""
    section = form.section_of(path)
    if section is not None and section.parent:
        return next((one for one in form.sections if one.path == section.parent), section)
    return section

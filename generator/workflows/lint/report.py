"""Checking a programme's folder, as a command or a page asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct

from generator.errors import ExitCode, UsageError
from generator.model.catalogue import load_programme
from generator.model.paths import title_of
from generator.model.programme import Programme
from generator.model.programme_file import NAMES
from generator.returns.forms.legibility import illegible
from generator.returns.forms.reading import FormReader
from generator.returns.forms.template_pattern import pattern_of
from generator.workflows.lint.conditions import ReadBack, read_back
from generator.workflows.lint.folder import Fault, lint
from generator.workflows.workspace import Workspace


class Linted(Struct, frozen=True):
    """What is wrong in a programme's folder, and how its conditions are understood.

    Attributes:
        faults: errors first.
        conditions: the conditions read back; none where an error stands in the way.
        illegible: what ``read`` cannot tell apart again in a filled form. An official form may leave no choice, so
            these stand apart.
    """

    faults: tuple[Fault, ...]
    conditions: tuple[ReadBack, ...] = ()
    illegible: tuple[Fault, ...] = ()

    @property
    def errors(self) -> int:
        """How many of them stop a packet."""
        return sum(fault.severity == "error" for fault in self.faults)

    @property
    def exit_code(self) -> ExitCode:
        """PROGRAMME where a packet could not be made."""
        return ExitCode.PROGRAMME if self.errors else ExitCode.DONE

    def as_json(self) -> list[dict[str, Any]]:
        """The faults as JSON objects; what is illegible behind them, where it was asked for."""
        return [fault.as_json() for fault in (*self.faults, *self.illegible)]


def lint_folder(
    workspace: Workspace, folder: Path, boundaries: Path | None = None, *, forms: bool = False
) -> Linted:
    """Check a programme's folder: names, fields, bookmarks, conditions and files; read its conditions back.

    Args:
        workspace: where the common rules and templates are found.
        folder: the folder with ``programme.yaml`` or ``programme.xlsx``.
        boundaries: a folder for a data file of every boundary row; None for no files.
        forms: look also for what cannot be read back from a filled form.

    Raises:
        UsageError: there is no file that describes a programme in it.
        OutputError: the data files cannot be written.
    """
    if not any((folder / name).is_file() for name in NAMES):
        raise UsageError(
            f"“{folder}”里没有 {' 或 '.join(NAMES)}", "写方案所在的文件夹，如 我的模板/某省/某方案"
        )
    faults = tuple(lint(folder, workspace.catalogue))
    if any(fault.severity == "error" for fault in faults):
        return Linted(faults)
    programme = load_programme(folder, workspace.catalogue.words())
    conditions = read_back(programme, workspace.catalogue.common_rules(), boundaries)
    return Linted(faults, conditions, tuple(_illegible(workspace, programme)) if forms else ())


def _illegible(workspace: Workspace, programme: Programme) -> Iterator[Fault]:
    with workspace.session() as session:
        for document in programme.documents:
            if document.rollup is not None:
                continue
            for file in (document.template, *(variant.template for variant in document.variants)):
                prepared = session.templates.prepare(programme.folder / file)
                reader = FormReader(pattern_of(prepared.template.parts, programme, document))
                for what, remedy in illegible(reader, partial(_title, programme)):
                    yield Fault("warning", prepared.name, "", what, remedy)


def _title(programme: Programme, path: str) -> str:
    return title_of(programme.model, path, programme.titles)

"""Which programmes there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from generator.model.programme import Programme
from generator.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Programmes:
    """The programmes that can be used, sorted by code."""

    programmes: tuple[Programme, ...]

    def as_json(self) -> list[dict[str, Any]]:
        """Each programme as a JSON object."""
        return [
            {
                "code": programme.code,
                "title": programme.title,
                "authority": programme.authority,
                "number": programme.source.number,
                "validity": programme.validity.model_dump(mode="json"),
                "documents": [
                    {"id": document.id, "title": document.title, "filing": document.filing}
                    for document in programme.documents
                ],
            }
            for programme in self.programmes
        ]


def programmes(workspace: Workspace) -> Programmes:
    """The programmes that can be used.

    Raises:
        UsageError: the templates folder does not exist.
        ProgrammeError: a programme is at fault.
    """
    return Programmes(tuple(workspace.catalogue.all().values()))

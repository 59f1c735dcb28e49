"""Which programmes there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from generator.base.files import shipped
from generator.model.programme import Programme
from generator.publishing.installed import Installed, installed_in
from generator.workflows.workspace import Workspace

BUILT_IN: Final = "自带"
INSTALLED: Final = "安装包"
OWN: Final = "模板目录"


class Programmes(Struct, frozen=True):
    """The programmes that can be used, sorted by code.

    Attributes:
        programmes: each.
        installed: by code, what is known of those that come from packs.
        sources: by code, where each comes from, in Chinese.
    """

    programmes: tuple[Programme, ...]
    installed: Mapping[str, Installed]
    sources: Mapping[str, str]

    def as_json(self) -> list[dict[str, Any]]:
        """Each programme as a JSON object."""
        return [
            {
                "code": programme.code,
                "title": programme.title,
                "authority": programme.authority,
                "number": programme.source.number,
                "validity": programme.validity.model_dump(mode="json"),
                "source": self.sources[programme.code],
                "pack": self._pack(programme.code),
                "documents": [
                    {"id": document.id, "title": document.title, "filing": document.filing}
                    for document in programme.documents
                ],
            }
            for programme in self.programmes
        ]

    def _pack(self, code: str) -> dict[str, Any] | None:
        found = self.installed.get(code)
        return {"version": found.version, "key": found.fingerprint} if found else None


def programmes(workspace: Workspace) -> Programmes:
    """The programmes that can be used.

    Raises:
        UsageError: the templates folder does not exist.
        ProgrammeError: a programme is at fault.
    """
    found = tuple(workspace.catalogue.all().values())
    packs = {programme.code: installed_in(programme.folder) for programme in found}
    return Programmes(
        found,
        {code: pack for code, pack in packs.items() if pack is not None},
        {
            programme.code: INSTALLED
            if packs[programme.code]
            else BUILT_IN
            if programme.folder.is_relative_to(shipped("templates"))
            else OWN
            for programme in found
        },
    )

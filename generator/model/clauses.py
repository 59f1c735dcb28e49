"""The library of model clauses: for each matter of an agreement a few wordings, ``common/clauses.yaml``.

A data file chooses one by its id or title; ``generator.rendering.model_clauses`` fills it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field

from generator.base.tree import places
from generator.errors import Place, ProgrammeError
from generator.model.catalogue import COMMON, Catalogue, read_model

FILE = "clauses.yaml"
_SEVERAL = re.compile(r"\s*[、，,；;+＋]\s*")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class _Wording(_Model):
    title: str
    note: str = ""
    text: str


class _Matter(_Model):
    title: str
    variants: dict[str, _Wording]


class _ClauseFile(_Model):
    schema_version: int = Field(alias="schema")
    matters: dict[str, _Matter]


class ModelClause(Struct, frozen=True):
    """One wording of one matter.

    Attributes:
        id: its id, by which data files name it.
        title: its Chinese title, by which they may name it too.
        matter: the matter's Chinese title.
        note: when to use it, and which fields it needs.
        text: its text, a template of the text sandbox.
        place: where it stands.
    """

    id: str
    title: str
    matter: str
    note: str
    text: str
    place: Place


class UnknownClauseError(LookupError):
    """No clause has a name.

    Args:
        name: the name.
        near: the nearest names that there are.
        known: every title.
    """

    def __init__(self, name: str, near: tuple[str, ...], known: tuple[str, ...]) -> None:
        self.name = name
        self.near = near
        self.known = known
        super().__init__(name)


class ClauseLibrary:
    """Every model clause, by id and by title.

    Args:
        clauses: the clauses in the file's order.
    """

    def __init__(self, clauses: tuple[ModelClause, ...]) -> None:
        self.clauses = clauses
        self._named: Mapping[str, ModelClause] = {
            name: clause for clause in clauses for name in (clause.title, clause.id)
        }

    def named(self, names: str) -> tuple[ModelClause, ...]:
        """The clauses that a data file names, one or several with 、 between.

        Raises:
            UnknownClauseError: there is none of a name.
        """
        found = []
        for name in filter(None, _SEVERAL.split(names.strip())):
            clause = self._named.get(name)
            if clause is None:
                near = tuple(difflib.get_close_matches(name, self._named, n=3, cutoff=0.5))
                raise UnknownClauseError(name, near, tuple(one.title for one in self.clauses))
            found.append(clause)
        return tuple(found)


def read_library(catalogue: Catalogue) -> ClauseLibrary:
    """The library, a user's before the built-in one.

    Raises:
        ProgrammeError: the file is missing or at fault, or two clauses have one name.
    """
    path = catalogue.common(FILE)
    name = f"{COMMON}/{FILE}"
    content = read_model(_ClauseFile, path)
    from generator.base.yaml import read_yaml

    lines = dict(places(read_yaml(path.read_bytes(), name)))
    clauses: list[ModelClause] = []
    taken: set[str] = set()
    for matter_id, matter in content.matters.items():
        for clause_id, wording in matter.variants.items():
            place = lines.get(f"matters.{matter_id}.variants.{clause_id}", Place(name))
            for one in (clause_id, wording.title):
                if one in taken or _SEVERAL.search(one):
                    raise ProgrammeError(
                        f"参考条款的名称“{one}”重复，或含有分隔用的标点", "换一个名称", place
                    )
            taken |= {clause_id, wording.title}
            text = wording.text.strip()
            clauses.append(ModelClause(clause_id, wording.title, matter.title, wording.note, text, place))
    return ClauseLibrary(tuple(clauses))

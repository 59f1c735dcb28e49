"""What a template's names stand for: the consortium's fields, the programme, the document, the edition."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generator.consortium import LEAD, Consortium
from generator.paths import spec_of
from generator.programme import Document, Programme
from generator.rendering.values import Edition, Group, Record, Rows, wrap

_INDEX = re.compile(r"\[\d+\]")


def label(programme: Programme, path: str, headings: Mapping[str, str]) -> str:
    """The short Chinese title that stands for a missing value: the heading for a clause, else the label.

    Args:
        programme: whose labels go before the common titles.
        path: the value's path.
        headings: printed headings by path, for clauses and sections.
    """
    if path in headings:
        return headings[path]
    plain = _INDEX.sub("[]", path)
    if plain in programme.labels:
        return programme.labels[plain]
    spec = spec_of(programme.model, path)
    return spec.title if spec else path


def build(
    consortium: Consortium | None,
    programme: Programme,
    document: Document,
    edition: Edition,
    headings: Mapping[str, str],
) -> tuple[dict[str, Any], Record]:
    """The names of one rendering, and the record that it writes.

    Args:
        consortium: the data; None for the blank edition.
        programme: the programme that the document belongs to.
        document: the document.
        edition: draft, signing or blank.
        headings: printed headings by path, for clauses and sections.
    """
    record = Record(edition, lambda path: label(programme, path, headings))
    model = programme.model
    names: dict[str, Any] = {
        name: wrap(record, spec, getattr(consortium, name, None), name)
        for name, spec in model.specs().items()
    }
    names.update(_by_role(record, consortium, model))
    names.update(
        programme={
            "title": programme.title,
            "authority": programme.authority,
            "region": programme.region,
            "noun": programme.noun,
            "number": programme.source.number,
            "year": programme.year or "",
        },
        document={"id": document.id, "title": document.title},
        blank=edition == "blank",
        draft=edition == "draft",
        signing=edition == "signing",
    )
    return names, record


def _by_role(record: Record, consortium: Consortium | None, model: type[Consortium]) -> dict[str, Any]:
    """``lead``, ``leads`` and ``others``, each with its members' own paths."""
    spec = model.specs()["members"]
    part = spec.part
    if part is None:
        raise TypeError("members must be groups")
    members = consortium.members if consortium is not None else None
    pairs = [(member, f"members[{at}]") for at, member in enumerate(members or ())]
    leads = [Group(record, part, member, path) for member, path in pairs if member.role == LEAD]
    others = [Group(record, part, member, path) for member, path in pairs if member.role != LEAD]
    return {
        "lead": leads[0] if leads else Group(record, part, None, "lead"),
        "leads": Rows(record, spec, leads if members is not None else None, "members"),
        "others": Rows(record, spec, others if members is not None else None, "members"),
    }

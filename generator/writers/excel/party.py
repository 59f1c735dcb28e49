"""One party's own workbook: only what that party knows, one field a line, with what is known of it already."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec.structs import replace
from pydantic import create_model

from generator.model.catalogue import CommonRules
from generator.model.consortium import LEAD, MEMBER, Consortium
from generator.model.fields import Part, field
from generator.model.programme import Programme
from generator.readers.excel.layout import PARTY, layout
from generator.readers.party import NOT_ITS_OWN, OWNERS, Sent
from generator.writers.excel.book import Form
from generator.writers.excel.form import make_form, write_workbook
from generator.writers.excel.notes import FieldNotes
from generator.writers.required_fields import Needed

_MEMBERS: Final = "members[]."
_TITLE: Final = "本单位"


def party_form(programme: Programme | None, common: CommonRules, *, is_lead: bool) -> Form:
    """What a party's workbook is made of.

    Args:
        programme: the programme; None for the common fields alone.
        common: the figures that every programme's conditions may use.
        is_lead: whether the party is a lead: what only leads, or only the others, must give differs.

    Raises:
        ProgrammeError: one of the programme's templates can't be read or filled.
    """
    form = make_form(programme, common)
    labels = programme.labels if programme else {}
    model: Any = _party_model(form.model)
    sheets = layout(model, {_moved(path): title for path, title in labels.items()})
    role = LEAD if is_lead else MEMBER
    others = {path for path, whose in form.needed.printed.items() if whose not in {"", role}}
    needed = frozenset(_moved(path) for path in form.needed.paths - others)
    notes = FieldNotes(
        {_moved(path): quotes for path, quotes in form.field_notes.quotes.items()},
        {_moved(path): limits for path, limits in form.field_notes.limits.items()},
    )
    return replace(
        form,
        model=model,
        sheets=tuple(sheet for sheet in sheets if sheet.form in {"pairs", "table"}),
        needed=Needed(needed, {_moved(path): "" for path in form.needed.printed if path not in others}),
        anchors=(),
        field_notes=notes,
    )


def party_workbook(form: Form, sent: Sent, tree: Mapping[str, Any], steps: tuple[str, ...]) -> bytes:
    """A party's workbook.

    Args:
        form: from ``party_form``.
        sent: what is known of the party, kept for when the workbook comes back.
        tree: the same as the workbook shows it: the party's group, and its rows of other lists.
        steps: what to do, a line each, for the first sheet.
    """
    marked = replace(form, guide=steps, sent=sent.as_json())
    return write_workbook(marked, tree, {}, missing=None)


def _moved(path: str) -> str:
    """A member's path as the party's own."""
    return re.sub(r"^members(\[\])?\.", f"{PARTY}.", path)


def _party_model(model: type[Consortium]) -> type[Part]:
    """The fields that a party fills: its own, and those of its rows in other lists."""
    specs = model.specs()
    member = specs["members"].part
    if member is None:
        raise TypeError("members are groups")
    own = _without(member, NOT_ITS_OWN)
    fields: dict[str, Any] = {PARTY: (own | None, field(_TITLE))}
    for name, owner in OWNERS.items():
        spec = specs.get(name)
        if spec is not None and spec.part is not None:
            part: Any = _without(spec.part, frozenset({owner}))
            fields[name] = (tuple[part, ...] | None, field(spec.title, aliases=spec.aliases))
    return create_model("PartyForm", __base__=Part, **fields)


def _without(part: type[Part], names: frozenset[str]) -> type[Part]:
    fields: Any = {
        name: (info.annotation, info) for name, info in part.model_fields.items() if name not in names
    }
    return create_model(part.__name__, __base__=Part, **fields)

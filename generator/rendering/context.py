"""What a template's names stand for: the consortium's fields, the programme, the document, the edition."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from generator.model.chinese_paths import tag_names
from generator.model.consortium import (
    BY_ROLE,
    BY_ROLE_LISTS,
    FIRST_LEAD,
    LEADS,
    OTHERS,
    OWN_PAGES,
    Consortium,
)
from generator.model.fields import FieldSpec, Part
from generator.model.given_figure import FigureSource
from generator.model.paths import spec_of
from generator.model.programme import Document, Programme
from generator.rendering.facts import NAME as PACKET
from generator.rendering.facts import Facts
from generator.rendering.figures import CHINESE_NAME, NAME, Figures
from generator.rendering.fixups import TEXT_CODE
from generator.rendering.values import Edition, Group, Missing, Record, Rows, Value
from generator.rendering.work import MAX_STEPS, Work

APPLICANTS = "applicants"
_APPLICANT = re.compile(rf"{APPLICANTS}\[\d+\]\.")
_INDEX = re.compile(r"\[\d+\]")
FillClauses = Callable[[str, Mapping[str, Any]], list[str]]

# Stands before a model clause in a draft, so that nobody takes it for the parties' own words.
MARK: Final = "〔参考文本〕"


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
    fill_clauses: FillClauses | None = None,
    figures: FigureSource | None = None,
    facts: Mapping[str, Any] | None = None,
) -> tuple[dict[str, Any], Record]:
    """The names of one rendering, and the record that it writes.

    Args:
        consortium: the data; None for the blank edition.
        programme: the programme that the document belongs to.
        document: the document.
        edition: draft, signing or blank.
        headings: printed headings by path, for clauses and sections.
        fill_clauses: fills the model clauses of a name with the names of this rendering.
        figures: the programme's figures of the data; None where there are none, as in a blank form.
        facts: what is known of the made packet; None before anything is typeset.
    """
    record = Record(edition, lambda path: label(programme, path, headings))
    model = programme.model
    applicant = Applicant(record, model, consortium, "")
    names: dict[str, Any] = {name: applicant[name] for name in [*model.specs(), *BY_ROLE]}
    names.update({title: names[name] for title, name in tag_names(model).items() if name in names})
    names.update(_about(programme, document, edition))
    names[NAME] = names[CHINESE_NAME] = Figures(record, programme, figures)
    names[PACKET] = Facts(record, programme, facts)
    names["document"]["own_signing_pages"] = _own_signing_pages(record, programme, consortium)
    names.update(_applicants(record, model, [applicant] if edition != "blank" else None))
    if fill_clauses is not None:
        mark = MARK if edition == "draft" else ""
        record.model_clause = lambda chosen: "\n".join(mark + text for text in fill_clauses(chosen, names))
    return names, record


def build_rollup(
    consortia: Sequence[Consortium], programme: Programme, document: Document
) -> tuple[dict[str, Any], Record]:
    """The names of a table over many applicants, and the record; paths begin with ``applicants[0].``.

    Args:
        consortia: the applicants' data.
        programme: the programme that the document belongs to.
        document: the document.
    """
    record = Record(
        "signing",
        lambda path: label(programme, _APPLICANT.sub("", path), {}),
        work=Work(MAX_STEPS * (1 + len(consortia))),
    )
    model = programme.model
    applicants = [
        Applicant(record, model, consortium, f"{APPLICANTS}[{at}]") for at, consortium in enumerate(consortia)
    ]
    return {**_about(programme, document, "signing"), **_applicants(record, model, applicants)}, record


def _about(programme: Programme, document: Document, edition: Edition) -> dict[str, Any]:
    return {
        "programme": {
            "title": programme.title,
            "authority": programme.authority,
            "region": programme.region,
            "noun": programme.noun,
            "source": programme.source.title,
            "number": programme.source.number,
            "year": programme.year or "",
        },
        "document": {
            "id": document.id,
            "title": document.title,
            "cover": "",
            "own_signing_pages": False,
            "code": TEXT_CODE,
            "rows_per_page": document.rollup.rows_per_page if document.rollup else 0,
        },
        "parties": {party.id: party.name for party in programme.parties if party.name},
        "blank": edition == "blank",
        "draft": edition == "draft",
        "signing": edition == "signing",
    }


def _own_signing_pages(record: Record, programme: Programme, consortium: Consortium | None) -> bool:
    """Whether each party signs a page of its own: as the data say, else as the programme does."""
    chosen = consortium.agreement.signing_pages if consortium and consortium.agreement else None
    if chosen is None:
        return programme.signing_pages == "one-per-party"
    record.derived.add("agreement.signing_pages")
    return chosen == OWN_PAGES


class Applicant(Group):
    """A consortium's fields by name, with ``lead``, ``leads`` and ``others``."""

    __slots__ = ("_roles",)

    def __init__(
        self, record: Record, model: type[Consortium], consortium: Consortium | None, path: str
    ) -> None:
        super().__init__(record, model, consortium, path)
        self._roles = _by_role(record, consortium, model, path)

    def __getitem__(self, name: str) -> Any:
        return self._roles[name] if name in BY_ROLE else super().__getitem__(name)

    def __contains__(self, name: str) -> bool:
        return name in BY_ROLE or super().__contains__(name)


def _applicants(record: Record, model: type[Part], applicants: list[Applicant] | None) -> dict[str, Any]:
    """``applicants``, and ``recommenders``: each of their recommending bodies once."""
    spec = FieldSpec(APPLICANTS, "申报单位", "list", part=model)
    given: dict[str, Value] = {}
    for applicant in applicants or []:
        recommender = applicant["recommender"]
        if not isinstance(recommender, Missing):
            given.setdefault(recommender.text, recommender)
    lacking = [applicant["recommender"] for applicant in applicants or []]
    return {
        APPLICANTS: Rows(record, spec, applicants, APPLICANTS),
        "recommenders": list(given.values()) or lacking[:1],
    }


def _by_role(
    record: Record, consortium: Consortium | None, model: type[Consortium], path: str
) -> dict[str, Any]:
    """``lead``, ``leads`` and ``others``, each with its members' own paths."""
    spec = model.specs()["members"]
    part = spec.part
    if part is None:
        raise TypeError("members must be groups")
    members = consortium.members if consortium is not None else None
    prefix = f"{path}." if path else ""
    leads, others = (
        [Group(record, part, member, f"{prefix}members[{at}]") for at, member in consortium.by_role(name)]
        if consortium is not None
        else []
        for name in BY_ROLE_LISTS
    )
    return {
        FIRST_LEAD: leads[0] if leads else Group(record, part, None, f"{prefix}lead"),
        LEADS: Rows(record, spec, leads if members is not None else None, f"{prefix}members"),
        OTHERS: Rows(record, spec, others if members is not None else None, f"{prefix}members"),
    }

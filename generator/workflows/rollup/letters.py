"""A letter for each recommending body, with the list of the filings that it recommends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from generator.base.text import fold
from generator.model.programme import Programme
from generator.model.value_kinds import NONE_TEXTS
from generator.packet.parts import MadeFile
from generator.packet.session import Session
from generator.pdf.engine import PdfInfo
from generator.publishing import safe_name
from generator.rendering.render import CORE_PROPERTIES, core_properties
from generator.workflows.rollup.filings import Applicant

TITLE: Final = "推荐函"
FOLDER: Final = "letters"
_TEMPLATE: Final = "recommendation-list.docx"
_BLANK: Final = "〔待填〕"


def recommendation_letters(
    programme: Programme, applicants: Sequence[Applicant], when: datetime, session: Session
) -> tuple[list[MadeFile], list[str]]:
    """The letters, and what a person should know of filings that stand in none.

    Args:
        programme: the programme.
        applicants: the filings.
        when: the time that stands in the files.
        session: templates and typesetter.
    """
    by_body: dict[str, list[Applicant]] = {}
    unknown: list[str] = []
    for applicant in applicants:
        consortium = applicant.data.consortium
        body = (consortium.recommender or "").strip()
        direct = any(route.name == consortium.route and not route.recommender for route in programme.routes)
        if body and body.lower() not in NONE_TEXTS:
            by_body.setdefault(fold(body), []).append(applicant)
        elif consortium.recommender is None and not direct:
            unknown.append(applicant.file)
    made: list[MadeFile] = []
    for number, filings in enumerate(by_body.values(), 1):
        made += _letter(programme, number, filings, when, session)
    notes = [f"没有写推荐单位，不在任何一份推荐函里：{'、'.join(unknown)}"] if unknown else []
    return made, notes


def _letter(
    programme: Programme, number: int, filings: Sequence[Applicant], when: datetime, session: Session
) -> list[MadeFile]:
    body = (filings[0].data.consortium.recommender or "").strip()
    prepared = session.templates.common(_TEMPLATE)
    names = {
        "programme": {
            "title": programme.title,
            "authority": programme.authority,
            "source": programme.source.title,
            "number": programme.source.number,
            "noun": programme.noun,
        },
        "signing": False,
        "recommender": body,
        "filings": [_line(one) for one in filings],
    }
    core = core_properties(TITLE, programme.title, when)
    filled = prepared.template.fill(names, replace={CORE_PROPERTIES: core}, when=when)
    stem = f"{FOLDER}/{safe_name(f'{number:02d}-{TITLE}（{body}）')}"
    made = [MadeFile(f"{stem}.docx", "docx", filled.docx)]
    if session.typesetter is not None:
        from generator.pdf.signatures.fields import finished

        pdf = session.typesetter.submit(filled.docx, PdfInfo(TITLE, body, when)).result()
        made.append(MadeFile(f"{stem}.pdf", "pdf", finished(pdf.pdf), pdf.pages))
    return made


def _line(applicant: Applicant) -> dict[str, str]:
    consortium = applicant.data.consortium
    contact = consortium.contact
    person, phone = getattr(contact, "name", None), getattr(contact, "phone", None)
    return {
        "name": applicant.name,
        "lead": "、".join(lead.name for lead in consortium.leads if lead.name) or _BLANK,
        "contact": "、".join(str(text) if text else _BLANK for text in (person, phone)),
    }

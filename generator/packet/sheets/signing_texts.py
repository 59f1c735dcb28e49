"""What the signing guide and the parties' sheets say: who signs what where, and what happens then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from generator.model.consortium import Consortium, Member
from generator.model.programme import Document, Purpose, Route
from generator.packet.parts import ChecklistLine, Enclosure, Job, MadeDocument, Signing
from generator.packet.print_layout import Layout, sheets_text, spot_text
from generator.packet.sheets.register import rows
from generator.packet.sheets.sheet import Contents
from generator.packet.sheets.signing_plan import SealedBy, last_day, lead_of, print_jobs, seams, steps

_PERSON: Final = "法定代表人"
_ENCLOSURES: Final[Mapping[Enclosure, str]] = {
    Enclosure.ATTACHED: "已附",
    Enclosure.INCLUDED: "本套已含",
    Enclosure.MISSING: "缺",
    Enclosure.OPTIONAL: "如有请附",
    Enclosure.LOST: "找不到文件",
}


def signed_documents(documents: Sequence[MadeDocument]) -> list[MadeDocument]:
    """The documents on which somebody signs or seals; what is only typed into a web system is left out."""
    return [made for made in documents if made.signings and made.document.filing == "paper"]


def guide_names(contents: Contents) -> dict[str, Any]:
    """What the signing guide's template can use."""
    job, documents, lines = contents.job, contents.documents, contents.lines
    programme = job.programme
    signed = signed_documents(documents)
    copied = [(made, copies_of(job, made.document)) for made in signed]
    jobs = list(print_jobs(job, copied, contents.layout))
    own_pages = any(part.alone for part in contents.layout.parts if part.id) if contents.layout else False
    return {
        "consortium": job.consortium,
        "programme": {
            "title": programme.title,
            "authority": programme.authority,
            "number": programme.source.number,
        },
        "draft": job.edition == "draft",
        "code": contents.code or "",
        "documents": [
            _document(job, made, contents.layout, contents.text_codes.get(made.document.id, ""))
            for made in signed
        ],
        "duplex": contents.layout is not None and contents.layout.sides == "duplex",
        "steps": list(steps(job, signed, own_pages=own_pages)),
        "last_day": last_day(job),
        "jobs": [
            {
                "title": one.title,
                "who": one.who,
                "sheets": one.sheets or "",
                "copies": one.copies,
                "total": one.total,
            }
            for one in jobs
        ],
        "sheets": sum(one.total for one in jobs if isinstance(one.total, int) and one.who == lead_of(job)),
        "uncounted": any(not one.total for one in jobs),
        "register": [
            {
                "party": row.party,
                "reach": "\n".join(filter(None, (row.contact, row.phone))),
                "documents": row.documents,
            }
            for row in rows(job, copied)
        ],
        "seams": [
            {
                "title": seam.made.document.title,
                "pages": str(seam.made.pdf.pages if seam.made.pdf else ""),
                "whose": seam.whose.value,
                "remark": seam.remark,
            }
            for seam in seams(signed)
        ],
        "unsigned": [
            {"title": made.document.title, "why": _why_unsigned(made)}
            for made in documents
            if made not in signed
        ],
        "attachments": [
            {
                "title": line.title,
                "state": enclosure_text(line),
                "required": "必附" if line.required else "选附",
                "note": line.note,
            }
            for line in lines
        ],
        "lacking": [line.title for line in lines if line.state is Enclosure.MISSING],
        "routes": [_route(route) for route in routes_of(job)],
        "channel": {
            "system": programme.channel.system,
            "note": programme.channel.note,
            "clause": programme.channel.clause,
        },
        "copies": _copies(job),
        "deadlines": [
            {"what": each.what, "when": each.when, "clause": each.clause} for each in programme.deadlines
        ],
        "effects": list(_effects(job, documents)),
        "accepted": [
            {"title": finding.title, "clause": finding.clause, "reason": finding.accepted}
            for finding in job.findings
            if finding.accepted
        ],
        "warnings": list(contents.notes),
    }


def parties_names(contents: Contents) -> dict[str, Any]:
    """What the template of the parties' sheets can use; a sheet a member, in the data's order."""
    job, documents, lines = contents.job, contents.documents, contents.lines
    consortium = job.dataset.consortium
    per_member = {
        item.id
        for item in job.programme.attachments
        # Letters of authorisation are told to those alone who give one.
        if item.per_member and item.purpose is not Purpose.LETTER
    }
    wanted = [
        line.title.removeprefix("各").removeprefix("成员单位") for line in lines if line.id in per_member
    ]
    contact = consortium.contact or next((lead.contact for lead in consortium.leads if lead.contact), None)
    address = next((lead.address for lead in consortium.leads if lead.address), None)
    reach = [contact.name, contact.phone, contact.mobile, contact.email] if contact else []
    return {
        "consortium": job.consortium,
        "programme": {"title": job.programme.title, "authority": job.programme.authority},
        "code": contents.code or "",
        "lead": "、".join(lead.name or "" for lead in consortium.leads),
        "address": address or "",
        "contact": "，".join(filter(None, reach)),
        "last_day": last_day(job),
        "text_codes": [
            {"title": made.document.title, "code": code}
            for made in signed_documents(documents)
            if (code := contents.text_codes.get(made.document.id))
        ],
        "wanted": wanted,
        "parties": [
            _party(job, member, signed_documents(documents), contents.layout)
            for member in consortium.members or ()
        ],
    }


def routes_of(job: Job) -> tuple[Route, ...]:
    """The route that the data has chosen; every one where it has chosen none."""
    chosen = tuple(route for route in job.programme.routes if route.name == job.dataset.consortium.route)
    return chosen or job.programme.routes


def _document(job: Job, made: MadeDocument, layout: Layout | None, text_code: str) -> dict[str, Any]:
    places = [_place(job, made, signing, layout) for signing in made.signings]
    # What is done at most of the places is told once for the document.
    common, often = Counter(place["acts"] for place in places).most_common(1)[0]
    shared = common if often > 1 else ""
    return {
        "title": made.document.title,
        "pages": made.pdf.pages if made.pdf else "",
        "copies": copies_of(job, made.document),
        "file": made.files[-1].path,
        "bound": bound_text(layout, made.document.id),
        "code": text_code,
        "shared": shared,
        "places": [{**place, "acts": "" if place["acts"] == shared else place["acts"]} for place in places],
    }


def enclosure_text(line: ChecklistLine) -> str:
    """How something to be attached stands, as the sheets print it."""
    if line.state is Enclosure.LOST:
        return f"找不到文件：{'、'.join(line.lost)}"
    return _ENCLOSURES[line.state]


def bound_text(layout: Layout | None, part_id: str) -> str:
    """Where in the print copy something stands; the empty text where it does not."""
    sheets = sheets_text(layout, part_id) if layout else ""
    return f"本套{sheets}" if sheets else ""


def _place(job: Job, made: MadeDocument, signing: Signing, layout: Layout | None) -> dict[str, Any]:
    member = _member(job, signing.party)
    return {
        **page_numbers(made, signing.page, layout),
        "title": signing.title,
        "party": signing.party,
        "signer": _signer(signing, member),
        "acts": "，".join(_acts(signing, member)),
    }


def page_numbers(made: MadeDocument, page: int | None, layout: Layout | None) -> dict[str, str]:
    """One page by its three numbers: the one printed on it, the sheet in the set, the page of its file."""
    numbers = layout.numbers(made.document.id) if layout else []
    if page is None or layout is None or not numbers:
        return {"printed": "", "sheet": "", "page": str(page or "")}
    label = layout.parts[numbers[0]].label(page)
    return {
        "printed": f"—{label}—" if label else "无页码",
        "sheet": spot_text(layout, layout.spot(numbers[0], page)),
        "page": str(page),
    }


def _signer(signing: Signing, member: Member | None) -> str:
    """Who signs by hand, by what he is and his name."""
    if not signing.signer:
        return ""
    person = member.legal_representative if member and signing.signer == _PERSON else None
    delegate = member.delegate if member and signing.role != "principal" else None
    if delegate is not None:
        return f"授权代表{delegate.name or ''}（附授权委托书）"
    abroad = member is not None and member.abroad
    return f"{'负责人' if abroad and person else signing.signer}{person or ''}"


def _acts(signing: Signing, member: Member | None) -> Iterator[str]:
    """What is done at a place, in the order in which it is done."""
    if signing.signer:
        yield "签字"
    if signing.seal:
        abroad = member is not None and member.abroad
        yield "盖公章（没有公章的先向受理部门问明）" if abroad else "盖公章"
    if signing.dated:
        yield "手写日期"


def _member(job: Job, party: str) -> Member | None:
    return next((one for one in job.dataset.consortium.members or () if one.name == party), None)


def copies_of(job: Job, document: Document) -> int | str:
    """How many originals of a document are made; the empty text where neither scheme nor data says it."""
    letter = document.purpose is Purpose.LETTER
    if (letter or not document.for_each) and any(each.party == "members" for each in document.signatories):
        agreement = job.dataset.consortium.agreement
        if agreement and isinstance(agreement.copies, int):
            return agreement.copies
    return document.copies or job.programme.copies.total or ""


def _why_unsigned(made: MadeDocument) -> str:
    if made.document.filing == "entry-draft":
        later = "；".join(dict.fromkeys(f"{one.party}（“{one.title}”）" for one in made.signings))
        signed = f"；系统生成的正式文件上，签章的是{later}" if later else ""
        return f"录入底稿，在系统里填报，不在这份上签章{signed}"
    return "没有签章处，随其他文件一起报送"


def _route(route: Route) -> dict[str, str]:
    return {"name": route.name, "through": " → ".join(route.through), "note": route.note}


def _copies(job: Job) -> dict[str, Any]:
    copies = job.programme.copies
    return {
        "total": copies.total or "",
        "holders": "、".join(copies.holders),
        "clause": copies.clause,
        "note": copies.note,
    }


def _effects(job: Job, documents: Sequence[MadeDocument]) -> Iterator[dict[str, str]]:
    """What takes effect when."""
    effect = job.programme.effect
    if any(_binds(made.document) for made in documents):
        yield {
            "what": "协议",
            "when": f"“{effect.quote}”（{effect.clause}）{effect.note}"
            if effect
            else "官方文件没有写明何时生效，以协议中的约定为准；最后一方签字盖章之前不生效",
        }
    if any(made.document.purpose is Purpose.LETTER for made in documents):
        yield {
            "what": "授权委托书",
            "when": "委托单位盖公章、法定代表人签字后，在写明的期限内有效；先于协议签署",
        }
    if (date := effective_date(job.dataset.consortium)) and any(_binds(made.document) for made in documents):
        yield {
            "what": "日期",
            "when": f"材料里印的协议生效日期是{date}，最后一方签字盖章不能晚于这一天；赶不上的，先改数据重新生成",
        }
    opinions = dict.fromkeys(
        f"{signing.party}（“{signing.title}”）"
        for made in signed_documents(documents)
        for signing in made.signings
        if signing.stage != "ours"
    )
    if opinions:
        yield {"what": "申报", "when": f"由{'、'.join(opinions)}签署意见，这几处先留空，不要代填"}


def effective_date(consortium: Consortium) -> str:
    """The agreement's effective date as the documents print it; empty where the data gives none."""
    agreement = consortium.agreement
    if agreement is None or agreement.effective_date is None:
        return ""
    kind = type(agreement).specs()["effective_date"].kind
    return kind.show(agreement.effective_date) if kind else ""


def _binds(document: Document) -> bool:
    return document.purpose is Purpose.AGREEMENT


def _party(job: Job, member: Member, signed: Sequence[MadeDocument], layout: Layout | None) -> dict[str, Any]:
    name = member.name or ""
    return {
        "name": name,
        "role": member.role or "",
        "leads": member.is_lead,
        "abroad": bool(member.abroad),
        "effective": effective_date(job.dataset.consortium),
        "credit_code": ""
        if member.credit_code is None
        else str(getattr(member.credit_code, "value", member.credit_code)),
        "person": member.legal_representative or "",
        "delegate": (member.delegate.name or "") if member.delegate else "",
        "places": [
            {
                **_place(job, made, signing, layout),
                "document": made.document.title,
                "copies": copies_of(job, made.document),
            }
            for made in signed
            for signing in made.signings
            if signing.party == name
        ],
        "seams": [
            {"title": seam.made.document.title, "remark": seam.remark}
            for seam in seams(signed)
            if any(signing.party == name and signing.seal for signing in seam.made.signings)
            and (seam.whose is not SealedBy.LEAD or member.is_lead)
        ],
        "returned": [
            {"title": made.document.title, "copies": copies_of(job, made.document)}
            for made in signed
            if any(signing.party == name for signing in made.signings)
        ],
        "letter": any(
            made.document.purpose is Purpose.LETTER and made.signings[0].party == name for made in signed
        ),
    }

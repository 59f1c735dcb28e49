"""Who signs which document where: the parties of each place, and the signature fields for them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from generator.base.ooxml.package import DOCUMENT, open_parts
from generator.conditions.applicability import applies
from generator.conditions.selection import is_none
from generator.errors import ProgrammeError
from generator.model.paths import resolve
from generator.model.programme import Document, Party, Signatory
from generator.model.value_kinds import says_none
from generator.packet.check_code import check_code
from generator.packet.parts import Job, MadeDocument, Signing

if TYPE_CHECKING:
    from generator.pdf.engine import PdfDocument, SignPlace
    from generator.pdf.pages.free_space import Pages, Rect
    from generator.pdf.signatures.fields import SignatureField

# A field smaller than this (points) cannot show a signature: then it takes the whole place.
_LEAST_WIDTH, _LEAST_HEIGHT = 40.0, 18.0
_EDGE = 0.5
_TAG: Final = re.compile("<[^>]+>")
_TEXT_CODE: Final = re.compile(r"正文核对码：([0-9A-Z-]{9,})")


def parties_of(job: Job, signatory: Signatory) -> tuple[str, ...]:
    """The full names of those who sign or seal at a signatory's places, in the data's order.

    Where the data gives no name, the place's printed title is used instead. A recommending body does not sign
    where the chosen route needs none or the data says that there is none.
    """
    consortium, programme = job.dataset.consortium, job.programme
    if signatory.party == "members":
        return tuple(member.name or signatory.title for member in consortium.members or ())
    if signatory.party == "lead":
        return tuple(lead.name or signatory.title for lead in consortium.leads) or (signatory.title,)
    if signatory.party == "authority":
        return (programme.authority,)
    if (party := programme.party(signatory.party)) is not None:
        return _declared(job, party, signatory)
    direct = any(route.name == consortium.route and not route.recommender for route in programme.routes)
    named = (consortium.recommender or "").strip()
    if direct or (consortium.recommender is not None and (not named or says_none(named))):
        return ()
    return (named or signatory.title,)


def _declared(job: Job, party: Party, signatory: Signatory) -> tuple[str, ...]:
    """The names of a party that the programme declares; none where it does not sign, or there is stated to be none."""
    if applies(party.when, job.programme, job.dataset, job.when.date()) is False:
        return ()
    if party.name:
        return (party.name,)
    found = [place.value for place in resolve(job.dataset.consortium, party.field)]
    given = [str(value).strip() for value in found if value is not None and not is_none(value)]
    if found and not given and all(value is not None for value in found):
        return ()
    return tuple(dict.fromkeys(given)) or (signatory.title,)


def signings_of(
    job: Job, document: Document, pdf: PdfDocument | None, own: tuple[str, ...] | None = None
) -> tuple[Signing, ...]:
    """Everyone who signs a document, in the order of the places and the parties.

    Where one place serves several parties (two leads on one cover), it is shared out among them.

    Args:
        job: what the packet is made from.
        document: as the programme declares it.
        pdf: what the engine reported; None where no PDF is made.
        own: who signs in the members' place, where it is not the consortium's document but one party's.
    """
    places = {place.role: place for place in pdf.sign_places} if pdf else {}
    return tuple(
        _placed(
            Signing(
                signatory.role,
                number,
                party,
                signatory.title,
                signatory.seal,
                signatory.signer,
                signatory.dated,
                stage=job.programme.stage(signatory.party),
            ),
            places,
            len(parties),
        )
        for signatory in document.signatories
        for parties in [
            own if own is not None and signatory.party == "members" else parties_of(job, signatory)
        ]
        for number, party in enumerate(parties, 1)
    )


def _placed(signing: Signing, places: Mapping[str, SignPlace], parties: int) -> Signing:
    """The signing with its page and rectangle, where the engine has found its place."""
    own = places.get(f"{signing.role}.{signing.number}")
    if own is None and (only := places.get(signing.role)) is not None:
        x0, y0, x1, y1 = only.rect
        share = (y1 - y0) / parties
        top = y1 - (signing.number - 1) * share
        return replace(signing, page=only.page, rect=_rounded((x0, top - share, x1, top)))
    return replace(signing, page=own.page, rect=_rounded(own.rect)) if own else signing


def _rounded(rect: Rect) -> Rect:
    x0, y0, x1, y1 = (round(edge, 2) for edge in rect)
    return (x0, y0, x1, y1)


def with_fields(
    job: Job, document: Document, pdf: PdfDocument, own: tuple[str, ...] | None = None
) -> tuple[tuple[Signing, ...], bytes]:
    """Who signs a document, and its finished PDF.

    A document that is filed on paper and is ready to be signed carries one empty field for each signing; a
    draft and what is only typed into a web system carry none.

    Args:
        job: what the packet is made from.
        document: as the programme declares it.
        pdf: the typeset document.
        own: as in ``signings_of``.

    Returns:
        The signings with their fields' names, and the PDF; the same input gives the same bytes.

    Raises:
        ProgrammeError: a place at which somebody must sign was not found in the PDF.
    """
    from generator.pdf.pages.free_space import opened_pages
    from generator.pdf.signatures.fields import finished

    signings = signings_of(job, document, pdf, own)
    if job.edition != "signing" or document.filing != "paper":
        return signings, finished(pdf.pdf)
    _refuse_lost(document, signings)
    with opened_pages(pdf.pdf) as pages:
        named = tuple(
            replace(
                signing,
                field=field_name(number, signing.party, signing.title),
                seal_at=_seal_at(signing, pages),
            )
            if signing.rect
            else signing
            for number, signing in enumerate(signings, 1)
        )
        fields = [field for signing in named for field in _field(signing, pages)]
    return named, finished(pdf.pdf, fields)


def _refuse_lost(document: Document, signings: Iterable[Signing]) -> None:
    lost = [signing for signing in signings if signing.rect is None]
    if lost:
        places = "、".join(f"{signing.party}（“{signing.title}”）" for signing in lost)
        raise ProgrammeError(
            f"《{document.title}》里找不到这些签章位置：{places}",
            "在文件里给签章栏加上书签，或换回原来的文件",
        )


def field_name(number: int, party: str, title: str) -> str:
    """A name that no other field of the document has; a dot would split it into a hierarchy.

    Args:
        number: which of the document's signings it is, from 1.
        party: who signs.
        title: what is printed there.
    """
    return f"{number:03d} {party}（{title}）".replace(".", "．")


def _seal_at(signing: Signing, pages: Pages) -> tuple[float, float] | None:
    from generator.pdf.pages.free_space import seal_centre

    if not signing.seal or signing.page is None or signing.rect is None:
        return None
    return seal_centre(signing.page, signing.rect, pages)


def _field(signing: Signing, pages: Pages) -> Iterator[SignatureField]:
    from generator.pdf.signatures.fields import SignatureField

    if signing.field is None or signing.page is None or signing.rect is None:
        return
    acts = "、".join(
        filter(None, ["公章" if signing.seal else "", signing.signer and f"{signing.signer}签名"])
    )
    rect = field_rect(signing.page, signing.rect, pages)
    yield SignatureField(
        signing.field, f"{signing.party}在“{signing.title}”处签署（{acts}）", signing.page, rect
    )


def field_rect(page: int, place: Rect, pages: Pages) -> Rect:
    """Where in a signature place its field stands: beside what is printed, else over the whole place.

    Args:
        page: 1-based.
        place: the rectangle in which the label is printed.
        pages: what is drawn on the pages.
    """
    from generator.pdf.pages.free_space import largest_free

    x0, y0, x1, y1 = place
    inner = (x0 + _EDGE, y0 + _EDGE, x1 - _EDGE, y1 - _EDGE)
    free = largest_free(inner, pages.drawn(page, inner))
    if free is None or free[2] - free[0] < _LEAST_WIDTH or free[3] - free[1] < _LEAST_HEIGHT:
        return _rounded(inner)
    return _rounded(free)


def places_not_found(made: MadeDocument) -> Iterator[str]:
    """A warning for each signature place that was looked for in a PDF and not found."""
    for signing in made.signings if made.pdf else ():
        if signing.rect is None:
            yield (
                f"《{made.document.title}》的 PDF 里没有找到“{signing.title}”处（{signing.party}）的签章位置，"
                "没有加签名域，签署时请人工核对位置"
            )


def text_code_of(made: MadeDocument) -> str:
    """The 正文核对码 that a document prints on its pages of signatures; empty where it prints none."""
    body = open_parts(made.files[0].data)[DOCUMENT].decode()
    found = _TEXT_CODE.search(_TAG.sub("", body))
    return found[1] if found else ""


def code_of(documents: Iterable[MadeDocument]) -> str | None:
    """The check code over the official documents' PDFs; None where no PDFs were made."""
    files = [
        (file.path, hashlib.sha256(file.data).hexdigest())
        for made in documents
        for file in made.files
        if file.format == "pdf"
    ]
    return check_code(files) if files else None

"""How a signing is organised: who prints how much, in which order and until when, and whose 骑缝章 fit an edge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Final

from msgspec import Struct

from generator.model.programme import Party, Purpose
from generator.packet.parts import Job, MadeDocument
from generator.packet.print_layout import Layout

_EDGE: Final = 29.7  # cm, the long edge of A4
_SHORT_EDGE: Final = 21.0
_SEAL: Final = 4.0  # cm that a seal takes of an edge
_FIT: Final = int(_EDGE // _SEAL)
_FIT_SHORT: Final = int(_SHORT_EDGE // _SEAL)
_PER_PARTY: Final = ("lead", "members")


class SealedBy(Enum):
    """Whose 骑缝章 goes over a document's pages, as the sheets print it."""

    LEAD = "牵头单位"
    MEMBERS = "各成员单位"
    PRINCIPAL = "委托单位"
    PARTY = "出具单位"


class Seam(Struct, frozen=True):
    """The 骑缝章 of one document.

    Attributes:
        made: the document.
        whose: who puts it.
        parties: how many parties seal the document.
    """

    made: MadeDocument
    whose: SealedBy
    parties: int

    @property
    def remark(self) -> str:
        """How the seals share the edge, or why only the lead's is put; empty where there is but one."""
        if self.whose is SealedBy.MEMBERS:
            return f"{self.parties} 家的章按名单的次序从上到下排开，每家约 {_EDGE / self.parties:.1f} 厘米，不要重叠"
        if self.whose is not SealedBy.LEAD or self.parties <= _FIT:
            return ""
        short = f"右边 {_EDGE} 厘米，一枚章占 {_SEAL:g} 厘米，只排得下 {_FIT} 枚"
        if self.parties <= _FIT + _FIT_SHORT:
            groups = f"；各方约定都要盖的，前 {_FIT} 家盖右边，其余 {self.parties - _FIT} 家把上边错开再盖"
        else:
            groups = f"；各方约定都要盖的，{_FIT} 家一组，每组把整份重新错开再盖一次"
        return f"盖章的有 {self.parties} 家，{short}，所以由牵头单位盖{groups}"


def seams(signed: Sequence[MadeDocument]) -> Iterator[Seam]:
    """The documents of several pages that get 骑缝章.

    Args:
        signed: documents that somebody signs or seals.
    """
    for made in signed:
        parties = {signatory.party for signatory in made.document.signatories if signatory.seal}
        if made.pdf is None or made.pdf.pages == 1 or not parties & set(_PER_PARTY):
            continue
        sealing = len(
            dict.fromkeys(
                signing.party for signing in made.signings if signing.seal and signing.stage == "ours"
            )
        )
        whose = SealedBy.LEAD
        if made.party:
            whose = SealedBy.PRINCIPAL if made.document.purpose is Purpose.LETTER else SealedBy.PARTY
        elif "members" in parties and 1 < sealing <= _FIT:
            whose = SealedBy.MEMBERS
        yield Seam(made, whose, sealing)


class PrintJob(Struct, frozen=True):
    """Who prints how much of a document.

    Attributes:
        title: of the document, or of the part of it.
        who: who prints it.
        sheets: of paper a copy; None where nothing is typeset.
        copies: the empty text where neither scheme nor data says it.
    """

    title: str
    who: str
    sheets: int | None
    copies: int | str

    @property
    def total(self) -> int | str:
        """Sheets in all; the empty text where copies or sheets are unknown."""
        return self.sheets * self.copies if self.sheets and isinstance(self.copies, int) else ""


def print_jobs(
    job: Job, signed: Sequence[tuple[MadeDocument, int | str]], layout: Layout | None
) -> Iterator[PrintJob]:
    """Who prints which document, and how many sheets of it.

    Args:
        job: what the packet is made from.
        signed: documents that somebody signs or seals, with their copies.
        layout: where on paper everything stands.
    """
    lead = lead_of(job)
    for made, copies in signed:
        title = f"《{made.document.title}》"
        alone = made.party
        numbers = layout.numbers(made.document.id) if layout else []
        if layout is None or not numbers:
            yield PrintJob(title, alone or lead, None, copies)
            continue
        sheets, own = len(layout.sheets_of(numbers[0])), len(layout.parts[numbers[0]].alone)
        if own:
            yield PrintJob(f"{title}正文", lead, sheets - own, copies)
            yield PrintJob(f"{title}签章页，{own} 家每家", "各家自己印自己的一页", 1, copies)
        else:
            yield PrintJob(title, alone or lead, sheets, copies)


def lead_of(job: Job) -> str:
    """The leads' names, or what they are where the data gives none."""
    return "、".join(lead.name for lead in job.dataset.consortium.leads if lead.name) or "牵头单位"


def last_day(job: Job) -> str:
    """The last day of signing as the sheets print it; empty where the data gives none."""
    agreement = job.dataset.consortium.agreement
    if agreement is None:
        return ""
    for name in ("signing_deadline", "effective_date"):
        day = getattr(agreement, name)
        kind = type(agreement).specs()[name].kind
        if day is not None and kind is not None:
            return kind.show(day)
    return ""


def steps(job: Job, signed: Sequence[MadeDocument], *, own_pages: bool) -> Iterator[str]:
    """What is done one after another, each a sentence without its full stop.

    Args:
        job: what the packet is made from.
        signed: documents that somebody signs or seals.
        own_pages: whether each party signs a page of its own.
    """
    lead, day = lead_of(job), last_day(job)
    until = f"，{day}以前收齐" if day else ""
    yield f"{lead}按下面的张数打印，与通知单一起寄给各单位（快递标签见 internal/labels），在收发登记表上记下"
    if letters := [made.party for made in signed if made.document.purpose is Purpose.LETTER]:
        yield f"{'、'.join(dict.fromkeys(letters))}先签授权委托书，连同协议一起寄回"
    agreements = [
        made
        for made in signed
        if not made.party and any(one.party == "members" for one in made.document.signatories)
    ]
    if agreements:
        titles = "".join(f"《{made.document.title}》" for made in agreements)
        way = "各家同时签自己的签章页" if own_pages else "按表里的次序一家签完传给下一家"
        yield f"各成员单位签{titles}：{way}{until}"
    if any(True for _ in seams(signed)):
        yield f"{lead}收齐、逐份核对、登记，再盖骑缝章"
    ours = [
        made
        for made in signed
        if made not in agreements
        and not made.party
        and any(one.party == "lead" for one in made.document.signatories)
    ]
    if ours:
        yield f"{lead}在{''.join(f'《{made.document.title}》' for made in ours)}上签字盖章"
    for party in job.programme.parties:
        if party.stage == "ours":
            yield from _by_office(party, signed)
    others = dict.fromkeys(
        signing.party for made in signed for signing in made.signings if signing.stage == "opinion"
    )
    if others:
        yield f"{'、'.join(others)}签署推荐意见"
    yield "按“报送和时限”报送"


def _by_office(party: Party, signed: Sequence[MadeDocument]) -> Iterator[str]:
    """What a party that a scheme declares signs together with the consortium."""
    roles = {
        (made.document.id, signatory.role)
        for made in signed
        for signatory in made.document.signatories
        if signatory.party == party.id
    }
    names: dict[str, None] = {}
    titles: dict[str, None] = {}
    for made in signed:
        for signing in made.signings:
            if (made.document.id, signing.role) in roles:
                names[signing.party] = titles[made.document.title] = None
    if names:
        yield f"{'、'.join(names)}在{''.join(f'《{title}》' for title in titles)}上签署（{party.title}）"

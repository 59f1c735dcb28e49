"""授权委托书: the letter by which a party lets a delegate sign instead of its legal representative.

What it must say (agent, matter, powers, term, the principal's seal or signature) is 《民法典》 art. 165.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.model.programme import Document, Purpose, Signatory
from generator.packet.parts import Job
from generator.publishing import safe_name

FOLDER = "letters"
TEMPLATE = "authorisation.docx"


@dataclass(frozen=True, slots=True)
class Letter:
    """One party's letter.

    Attributes:
        document: as a programme would declare it, with the id ``authorisation-NN``.
        member: which member it is, from 0.
        party: its full name.
        stem: the files' path without a suffix.
    """

    document: Document
    member: int
    party: str
    stem: str


def letters_of(job: Job) -> tuple[Letter, ...]:
    """The letters of a packet, in the members' order.

    A scheme under which every legal representative must sign in person gets letters only where that condition
    has failed and been accepted with a reason.
    """
    if not _may_delegate(job):
        return ()
    return tuple(
        _letter(job, number, member, party) for number, (member, party) in enumerate(_delegating(job), 1)
    )


def letters_withheld(job: Job) -> tuple[str, ...]:
    """The parties that name a delegate whom the scheme does not let sign."""
    return () if _may_delegate(job) else tuple(party for _, party in _delegating(job))


def _may_delegate(job: Job) -> bool:
    delegates = job.programme.delegates
    return delegates.rule != "forbidden" or any(
        finding.rule == delegates.condition and finding.accepted for finding in job.findings
    )


def _delegating(job: Job) -> Iterator[tuple[int, str]]:
    for at, member in enumerate(job.dataset.consortium.members or ()):
        if member.delegate is not None:
            yield at, member.name or f"第 {at + 1} 个成员单位"


def _letter(job: Job, number: int, member: int, party: str) -> Letter:
    document = Document(
        id=f"authorisation-{number:02d}",
        title=f"授权委托书（{party}）",
        purpose=Purpose.LETTER,
        template=TEMPLATE,
        signatories=(
            Signatory(role="principal", party="members", title="委托单位", seal=True, signer="法定代表人"),
        ),
        note=job.programme.delegates.clause,
    )
    return Letter(document, member, party, f"{FOLDER}/{safe_name(f'{number:02d}-{document.title}')}")

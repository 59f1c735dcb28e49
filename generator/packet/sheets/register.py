"""The register of what was sent out to be signed and came back: its rows, and as a workbook to be kept up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from generator.base.xlsx.table_book import table_book
from generator.model.consortium import Member
from generator.packet.parts import Job, MadeDocument

PATH: Final = "signing-register.xlsx"
_COLUMNS: Final = (
    ("序号", 6),
    ("单位", 34),
    ("联系人", 12),
    ("电话", 18),
    ("要签的文件", 44),
    ("寄出日期", 12),
    ("寄出单号", 18),
    ("收回日期", 12),
    ("收回单号", 18),
    ("签字齐", 8),
    ("盖章齐", 8),
    ("日期齐", 8),
    ("份数齐", 8),
    ("备注", 30),
)


class Row(Struct, frozen=True):
    """One party's line.

    Attributes:
        party: its full name.
        contact: who answers there; empty where the data gives nobody.
        phone: likewise.
        documents: what it signs, with copies.
    """

    party: str
    contact: str
    phone: str
    documents: str


def rows(job: Job, signed: Sequence[tuple[MadeDocument, int | str]]) -> list[Row]:
    """A line for each member that signs something, in the data's order.

    Args:
        job: what the packet is made from.
        signed: documents that somebody signs or seals, with their copies.
    """
    found = []
    for member in job.dataset.consortium.members or ():
        own = [
            f"《{made.document.title}》" + (f"{copies} 份" if copies else "")
            for made, copies in signed
            if any(signing.party == member.name for signing in made.signings)
        ]
        if own:
            contact, phone = reach_of(member)
            found.append(Row(member.name or "", contact, phone, "；".join(own)))
    return found


def reach_of(member: Member) -> tuple[str, str]:
    """Who answers at a member and under which number; empty texts where the data gives none."""
    contact = member.contact
    if contact is None:
        return "", ""
    return contact.name or "", contact.phone or contact.mobile or ""


def workbook(job: Job, lines: Sequence[Row]) -> bytes:
    """The register as a workbook; the same data give the same bytes.

    Args:
        job: what the packet is made from.
        lines: from ``rows``.
    """
    filled = [
        (number, line.party, line.contact, line.phone, line.documents) for number, line in enumerate(lines, 1)
    ]
    return table_book("收发登记", f"{job.consortium}　签署收发登记", _COLUMNS, filled, frozen=2)

"""Courier labels: for each party one to send its documents, one to send them back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.model.consortium import Member
from generator.packet.sheets.register import reach_of
from generator.packet.sheets.sheet import Contents, Sheet


class Labels(Sheet):
    """Two labels a row, to be cut or printed on label paper."""

    name = "labels"
    title = "快递标签"

    def wanted(self, contents: Contents) -> bool:
        """For signing, where there is somebody to send to."""
        consortium = contents.job.dataset.consortium
        return contents.job.edition == "signing" and bool(consortium.leads) and bool(consortium.others)

    def names(self, contents: Contents) -> Mapping[str, Any]:
        """See Sheet."""
        consortium = contents.job.dataset.consortium
        first, contact = consortium.leads[0], consortium.contact
        lead = _address(first)
        if contact is not None and (contact.name or contact.phone or contact.mobile):
            lead |= {"person": contact.name or "", "phone": contact.phone or contact.mobile or ""}
        return {
            "consortium": contents.job.consortium,
            "lead": lead,
            "parties": [_address(member) for member in consortium.others],
        }


def _address(member: Member) -> dict[str, str]:
    person, phone = reach_of(member)
    return {
        "name": member.name or "",
        "address": member.address or "",
        "person": person,
        "phone": phone,
    }

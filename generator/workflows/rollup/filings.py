"""One filing in a department's tables, and a data file that is not in them."""

from __future__ import annotations

from msgspec import Struct

from generator.model.consortium import Member
from generator.model.dataset import Dataset


class Applicant(Struct, frozen=True):
    """One filing in the tables.

    Attributes:
        file: its data file's name; with its folder's where several files have that name.
        data: what it says.
    """

    file: str
    data: Dataset

    @property
    def name(self) -> str:
        """The consortium's name."""
        return self.data.consortium.name

    @property
    def members(self) -> tuple[Member, ...]:
        """Its members; none where they were not given."""
        return self.data.consortium.members or ()


class LeftOut(Struct, frozen=True):
    """A data file that is not in the tables.

    Attributes:
        file: as for an ``Applicant``.
        why: the reason, in Chinese.
        is_fault: whether the file is at fault, as against being meant for other programmes.
    """

    file: str
    why: str
    is_fault: bool = True

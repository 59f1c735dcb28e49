"""Texts that may have been changed about: two names of a kind, each in the other's place.

In one form alone nothing tells it. Where another form disagrees on one of the two, the other is no surer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from generator.returns.forms.folding import fold
from generator.returns.forms.joining import Entry

_LEAST: Final = 2  # characters: shorter, equal texts say nothing
_SAID: Final = "另一项几处写的不一样，其中一处写的是这个，像是对调了"


def doubted_swaps(entries: Sequence[Entry]) -> list[Entry]:
    """The entries, with those marked whose text is one of those on which documents disagree at another field.

    Args:
        entries: what the forms say.
    """
    disputed = {fold(each.raw) for one in entries if one.status == "conflict" for each in one.sources}
    return [
        replace(one, status="doubtful", why=_SAID)
        if one.status == "sure" and _is_among(one, disputed)
        else one
        for one in entries
    ]


def _is_among(entry: Entry, disputed: set[str]) -> bool:
    if not isinstance(entry.value, str) or len(entry.value) < _LEAST:
        return False
    # Where two documents agree on it, it is no slip of one of them.
    return len({one.document for one in entry.sources}) == 1 and fold(entry.text) in disputed

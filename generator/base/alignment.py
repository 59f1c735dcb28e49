"""Two sequences side by side, with as few insertions and deletions as there can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rapidfuzz.distance import Indel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# The table of the alignment takes a bit for each pair: 250 MB.
_MOST_PAIRS: Final = 2_000_000_000


class TooLongError(Exception):
    """Two sequences with more that differs than can be aligned."""


def differing(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """The stretches in which two sequences differ: from and to of the old one, from and to of the new.

    Raises:
        TooLongError: too much differs.
    """
    most = min(len(old), len(new))
    head = next((at for at in range(most) if old[at] != new[at]), most)
    tail = next((at for at in range(most - head) if old[-1 - at] != new[-1 - at]), most - head)
    one, two = old[head : len(old) - tail], new[head : len(new) - tail]
    check_length(one, two)
    last: tuple[int, int, int, int] | None = None
    for each in Indel.opcodes(one, two):
        if each.tag == "equal":
            continue
        here = each.src_start + head, each.src_end + head, each.dest_start + head, each.dest_end + head
        if last is not None and (last[1], last[3]) == (here[0], here[2]):
            last = last[0], here[1], last[2], here[3]
            continue
        if last is not None:
            yield last
        last = here
    if last is not None:
        yield last


def check_length(one: Sequence[str], two: Sequence[str]) -> None:
    """Refuse what would take too much memory.

    Raises:
        TooLongError: it would.
    """
    if len(one) * len(two) > _MOST_PAIRS:
        raise TooLongError

"""Amounts whose size says that they may have been typed in another unit than the form's: 元 in a column of 万元.

A bare number counts in the form's unit, and nothing in it tells otherwise. What is far beyond the same field of the
others, of other years, or of anything that such a form is about, is left to a person.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Final

from msgspec.structs import replace

from generator.model.fields import Part
from generator.model.paths import spec_of
from generator.model.value_kinds import Money
from generator.returns.forms.joining import Entry

_UNIT: Final = re.compile(r"[元圆万亿]")
_INDEX: Final = re.compile(r"\[\d+\]")
_LAST_INDEX: Final = re.compile(r"\[\d+\](?=[^\[]*$)")
_HUGE: Final = 10**12  # 分: a hundred 亿 of 元
_OTHERS: Final = 1000  # times the middle of all others': whose own is a tenth of theirs, typed in 元
_OWN: Final = 200  # times all of one's own of other years
_FEW: Final = 2
_HUGE_SAID: Final = "没有写单位，按万元有一百亿元以上，像是按元填的"
_OTHERS_SAID: Final = "没有写单位，是其他各处的一千倍以上，像是按元填的"
_OWN_SAID: Final = "没有写单位，与同一家其他年度的相差几百倍，像是有一处按元填的"


def doubted_amounts(entries: Sequence[Entry], model: type[Part]) -> list[Entry]:
    """The entries, with amounts of an unlikely size marked as doubtful.

    Args:
        entries: what the forms say.
        model: the consortium's model with the programme's own fields.
    """
    amounts = {one.path: one.value for one in entries if _is_bare_amount(one, model)}
    doubts = dict(_doubts(amounts))
    return [
        replace(one, status="doubtful", why=doubts[one.path])
        if one.status == "sure" and one.path in doubts
        else one
        for one in entries
    ]


def _is_bare_amount(entry: Entry, model: type[Part]) -> bool:
    """Whether an entry is an amount of which no document states the unit in so many words."""
    spec = spec_of(model, entry.path)
    kind = spec.kind if spec is not None else None
    if not isinstance(kind, Money) or kind.unit != "万元" or not isinstance(entry.value, int):
        return False
    return entry.value > 0 and not any(_UNIT.search(one.raw) for one in entry.sources)


def _doubts(amounts: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    alike: dict[str, list[str]] = defaultdict(list)
    own: dict[str, list[str]] = defaultdict(list)
    for path in amounts:
        alike[_INDEX.sub("[]", path)].append(path)
        own[_LAST_INDEX.sub("[]", path)].append(path)
    for path, value in amounts.items():
        others = [amounts[one] for one in alike[_INDEX.sub("[]", path)] if one != path]
        years = [amounts[one] for one in own[_LAST_INDEX.sub("[]", path)] if one != path]
        if value >= _HUGE:
            yield path, _HUGE_SAID
        elif len(others) >= _FEW and value >= _OTHERS * median(others):
            yield path, _OTHERS_SAID
        elif path.count("[") > 1 and years and (value >= _OWN * max(years) or value * _OWN <= min(years)):
            yield path, _OWN_SAID

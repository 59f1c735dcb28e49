"""What has changed between two descriptions of one consortium, as far as its agreement is concerned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec import Struct

from generator.base.text import fold
from generator.model.consortium import Consortium, FundSource, Member
from generator.model.fields import Part
from generator.model.paths import title_of
from generator.model.value_kinds import Stated

NOTHING: Final = "—"
# The fields of a member whose change is a change of the agreement, in the order of the table.
_OF_MEMBER: Final = (
    "name",
    "tier",
    "legal_representative",
    "task",
    "contribution",
    "lead_share",
)
_OF_CONSORTIUM: Final = (
    ("name",),
    ("term", "years"),
    ("term", "start"),
    ("term", "end"),
    ("chief_scientist", "name"),
    ("bodies", "decision", "name"),
    ("bodies", "advisory", "name"),
    ("bodies", "executive", "name"),
    ("bodies", "executive", "host"),
    ("bodies", "liability"),
    ("funds", "manager"),
)


class Change(Struct, frozen=True):
    """One line of the table.

    Attributes:
        what: what has changed, and whose.
        before: as it was; a dash where there was nothing.
        after: as it is now; likewise.
    """

    what: str
    before: str
    after: str


class Changes(Struct, frozen=True):
    """All that has changed.

    Attributes:
        rows: the table, in order: the whole, the lead, who joins, who leaves, who stays, the money.
        joining: members that the old description does not have.
        leaving: members that the new one does not have.
        staying: the others, as they were and as they are, in the new order.
        leads_before: names of the old leads.
        leads_after: names of the new leads.
    """

    rows: tuple[Change, ...]
    joining: tuple[Member, ...]
    leaving: tuple[Member, ...]
    staying: tuple[tuple[Member, Member], ...]
    leads_before: tuple[str, ...]
    leads_after: tuple[str, ...]

    @property
    def lead_changes(self) -> bool:
        """Whether another organisation leads now; a new name of the same one is no other lead."""
        stays = {(before.name, after.name) for before, after in self.staying}
        return len(self.leads_before) != len(self.leads_after) or any(
            (old, new) not in stays for old, new in zip(self.leads_before, self.leads_after, strict=True)
        )


def changes_between(old: Consortium, new: Consortium) -> Changes:
    """Compare two descriptions; members are known again by credit code, else by name.

    Args:
        old: as the agreement in force has it.
        new: as it shall be; of the same programme's model.
    """
    before, after = list(old.members or ()), list(new.members or ())
    staying: list[tuple[Member, Member]] = []
    joining: list[Member] = []
    for member in after:
        known = next((one for one in before if _is_same(one, member)), None)
        if known is None:
            joining.append(member)
        else:
            before.remove(known)
            staying.append((known, member))
    leads = tuple(one.name or NOTHING for one in old.leads), tuple(one.name or NOTHING for one in new.leads)
    rows = [
        *_whole(old, new),
        *([Change("牵头单位", "、".join(leads[0]), "、".join(leads[1]))] if leads[0] != leads[1] else []),
        *(Change("加入", NOTHING, _described(member)) for member in joining),
        *(Change("退出", _described(member), NOTHING) for member in before),
        *(row for was, now in staying for row in _member(was, now)),
        *_money(old, new, staying),
    ]
    return Changes(tuple(rows), tuple(joining), tuple(before), tuple(staying), *leads)


def _is_same(one: Member, other: Member) -> bool:
    codes = (one.credit_code, other.credit_code)
    if all(isinstance(code, str) for code in codes):
        return bool(codes[0] == codes[1])
    return bool(one.name and other.name) and fold(one.name or "") == fold(other.name or "")


def _shown(part: Part, name: str) -> str:
    value = getattr(part, name)
    kind = part.specs()[name].kind
    if value is None:
        return NOTHING
    return str(kind.show(value)) if kind else str(value)


def _whole(old: Consortium, new: Consortium) -> Iterator[Change]:
    for path in _OF_CONSORTIUM:
        before, after = _at(old, path), _at(new, path)
        if before != after:
            title = title_of(type(new), ".".join(path)).replace("“", "").replace("”", "")
            yield Change(title, before, after)


def _at(consortium: Consortium, path: Sequence[str]) -> str:
    part: Any = consortium
    for name in path[:-1]:
        part = getattr(part, name)
        if part is None:
            return NOTHING
    return _shown(part, path[-1])


def _described(member: Member) -> str:
    facts = [
        ("统一社会信用代码", _shown(member, "credit_code")),
        ("法定代表人", _shown(member, "legal_representative")),
        ("任务分工", _shown(member, "task")),
        ("投入与贡献", _shown(member, "contribution")),
    ]
    told = "；".join(f"{title}：{text.rstrip('。')}" for title, text in facts if text != NOTHING)
    return f"{member.name or NOTHING}（{told}）" if told else member.name or NOTHING


def _member(before: Member, after: Member) -> Iterator[Change]:
    for name in _OF_MEMBER:
        was, now = _shown(before, name), _shown(after, name)
        if fold(was) != fold(now):
            title = Member.specs()[name].title
            yield Change(f"{after.name or before.name}的{title}", was, now)


def _money(old: Consortium, new: Consortium, staying: Sequence[tuple[Member, Member]]) -> Iterator[Change]:
    """The parties whose contribution in money has changed, summed over the years."""
    names = {fold(before.name or ""): after.name or "" for before, after in staying}
    kind = FundSource.specs()["amount"].kind
    if kind is None:
        raise TypeError("an amount must have a kind")
    was = {names.get(party, party): amount for party, amount in _by_party(old).items()}
    was = {fold(party): amount for party, amount in was.items()}
    now = _by_party(new)
    shown = {fold(name): name for name in _parties(old) + _parties(new)}
    for party in dict.fromkeys((*was, *now)):
        if was.get(party) != now.get(party):
            texts = [
                NOTHING if each is None else f"{kind.show(each)} 万元"
                for each in (was.get(party), now.get(party))
            ]
            yield Change(f"{shown.get(party, party)}的出资", *texts)


def _parties(consortium: Consortium) -> list[str]:
    sources = consortium.funds.sources if consortium.funds else None
    return [source.party for source in sources or () if source.party]


def _by_party(consortium: Consortium) -> dict[str, int]:
    """What each party pays in, in 分, by its folded name."""
    sources = consortium.funds.sources if consortium.funds else None
    found: dict[str, int] = {}
    for source in sources or ():
        if source.party and source.amount is not None:
            amount = 0 if isinstance(source.amount, Stated) else source.amount
            found[fold(source.party)] = found.get(fold(source.party), 0) + amount
    return found

"""Filings held against each other: the same one twice, one consortium with two, units and people in several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from generator.base.text import fold, listed
from generator.workflows.intake.examined import Examined, Issue, Organisation

_RANKED = ("牵头单位", "首席科学家", "成员单位", "团队成员")
_FEW = 5


class Shared(Struct, frozen=True):
    """An organisation or a person in several filings.

    Attributes:
        name: as the first filing has it.
        code: the organisation's credit code; empty where none is given.
        where: each filing with the part that it has there.
    """

    name: str
    code: str
    where: tuple[str, ...]


def without_doubles(examined: Sequence[Examined]) -> tuple[Examined, ...]:
    """The filings, with those set apart of which a consortium has filed several.

    Of filings that say the same, one stays. Of filings that differ none stays: which of them counts, only a
    person can say.
    """
    by_name: dict[str, list[Examined]] = {}
    for one in examined:
        if not one.apart and one.consortium:
            by_name.setdefault(fold(one.consortium), []).append(one)
    apart: dict[str, str] = {}
    doubts: dict[str, Issue] = {}
    for group in by_name.values():
        if len({one.content for one in group}) > 1:
            names = "、".join(f"“{one.name}”" for one in group)
            why = f"“{group[0].consortium}”报了内容不同的几份（{names}），请与申报单位核实以哪一份为准"
            apart |= {one.name: why for one in group}
        else:
            # A draft beside what was made of it: the one with the least to put right is the filing.
            kept, *others = sorted(group, key=lambda one: len(one.of("applicant")))
            apart |= {one.name: f"与“{kept.name}”内容相同，只看那一份" for one in others}
            if doubt := _worse(kept, others):
                doubts[kept.name] = doubt
    return tuple(
        one.model_copy(
            update={
                "apart": apart.get(one.name, one.apart),
                "issues": (*one.issues, doubts[one.name]) if one.name in doubts else one.issues,
            }
        )
        for one in examined
    )


def _worse(kept: Examined, others: Sequence[Examined]) -> Issue | None:
    """A question where another copy of a filing has a fault that the kept one has not, as one that was tampered with."""
    known = {(issue.key, issue.what) for issue in kept.issues}
    told = [
        f"“{other.name}”：{issue.title}{issue.what}"
        for other in others
        for issue in other.of("applicant")
        if issue.sort != "草稿" and (issue.key, issue.what) not in known
    ]
    if not told:
        return None
    return Issue(
        key="copy",
        whose="person",
        sort="几份同内容",
        title="同一份申报的另一份有问题",
        what=f"数据相同的另一份与这一份不一样（{listed(told, _FEW)}），请看以哪一份为准",
    )


def with_shared_leads(examined: Sequence[Examined]) -> tuple[Examined, ...]:
    """The filings, with a question for those whose lead leads another one.

    It may be the same consortium, filed anew under another name, or a second one, which only the department can allow.
    """
    leads: dict[str, list[Examined]] = {}
    for one in examined:
        if not one.apart:
            for key in {each.code or fold(each.name) for each in one.people if each.sort == "牵头单位"}:
                leads.setdefault(key, []).append(one)
    others: dict[str, dict[str, Examined]] = {}
    for group in leads.values():
        for one in group:
            others.setdefault(one.name, {}).update({each.name: each for each in group if each is not one})
    return tuple(
        one.model_copy(update={"issues": (*one.issues, _leads_too(one, list(others[one.name].values())))})
        if others.get(one.name)
        else one
        for one in examined
    )


def _leads_too(one: Examined, others: Sequence[Examined]) -> Issue:
    named = [f"“{other.consortium or other.name}”（{other.name}）" for other in others]
    return Issue(
        key="lead",
        whose="person",
        sort="牵头单位重复",
        title="牵头单位",
        what=f"“{one.lead}”还牵头报了{listed(named, _FEW)}，请看是不是改了名称重报，或者可不可以同时牵头",
    )


def shared(examined: Iterable[Examined]) -> tuple[Shared, ...]:
    """Organisations and people that occur in more than one filing, leads first.

    An organisation is told by its credit code, else by its name. People are told by name alone, and may be two.
    """
    groups: dict[tuple[bool, str], list[tuple[Examined, Organisation]]] = {}
    codes: dict[str, set[str]] = {}
    taken = [one for one in examined if not one.apart]
    for one in taken:
        for each in one.people:
            if each.code:
                codes.setdefault(fold(each.name), set()).add(each.code)
    for one in taken:
        for each in one.people:
            known = codes.get(fold(each.name), set())
            key = each.code or (next(iter(known)) if len(known) == 1 else fold(each.name))
            groups.setdefault((each.sort in {"首席科学家", "团队成员"}, key), []).append((one, each))
    found = [
        (min(_RANKED.index(each.sort) for _, each in group), group)
        for group in groups.values()
        if len({one.name for one, _ in group}) > 1
    ]
    return tuple(
        Shared(
            group[0][1].name,
            next((each.code for _, each in group if each.code), ""),
            tuple(dict.fromkeys(f"{one.consortium}（{each.sort}）" for one, each in group)),
        )
        for _, group in sorted(found, key=lambda pair: pair[0])
    )

"""What occurs in more than one filing: organisations, people, names of filings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from generator.base.text import fold
from generator.model.consortium import Member
from generator.model.value_kinds import Stated
from generator.workflows.rollup.filings import Applicant


class Repeat(Struct, frozen=True):
    """An organisation, a person, or a name of a filing, that occurs in more than one filing.

    Attributes:
        name: the organisation's, the person's or the filing's name.
        credit_code: the organisation's code; empty where none is given.
        where: each filing that it occurs in, with the part that it has there.
    """

    name: str
    credit_code: str
    where: tuple[str, ...]


class Repeats(Struct, frozen=True):
    """All that occurs in more than one filing.

    Attributes:
        leads: organisations that lead more than one.
        members: organisations that occur in more than one, and lead at most one.
        people: chief scientists and team members, told by name alone: two of one name may be two people.
        names: filings of the same name.
    """

    leads: tuple[Repeat, ...]
    members: tuple[Repeat, ...]
    people: tuple[Repeat, ...]
    names: tuple[Repeat, ...]


def repeats(applicants: Sequence[Applicant]) -> Repeats:
    """What occurs in more than one of the filings."""
    leads, members = _organisations(applicants)
    by_name: dict[str, list[Applicant]] = {}
    for applicant in applicants:
        by_name.setdefault(fold(applicant.name), []).append(applicant)
    same = [
        Repeat(group[0].name, "", tuple(applicant.file for applicant in group))
        for group in by_name.values()
        if len(group) > 1
    ]
    return Repeats(tuple(leads), tuple(members), tuple(_people(applicants)), tuple(same))


def _organisations(applicants: Sequence[Applicant]) -> tuple[list[Repeat], list[Repeat]]:
    found = [(at, member) for at, applicant in enumerate(applicants) for member in applicant.members]
    key_of = _Keys(member for _, member in found)
    groups: dict[str, list[tuple[int, Member]]] = {}
    for at, member in found:
        if key := key_of(member):
            groups.setdefault(key, []).append((at, member))
    leads: list[Repeat] = []
    members: list[Repeat] = []
    for group in groups.values():
        if len({at for at, _ in group}) == 1:
            continue
        led = {at for at, member in group if member.is_lead}
        names = dict.fromkeys(member.name for _, member in group if member.name)
        code = next((_code(member) for _, member in group if _code(member)), "")
        where = dict.fromkeys(f"{applicants[at].name}（{member.role or '角色未填'}）" for at, member in group)
        (leads if len(led) > 1 else members).append(Repeat("／".join(names), code, tuple(where)))
    return leads, members


def _people(applicants: Sequence[Applicant]) -> Iterator[Repeat]:
    groups: dict[str, list[tuple[int, str, str]]] = {}
    for at, applicant in enumerate(applicants):
        for name, part, employer in _persons(applicant):
            text = f"{applicant.name}（{part}{f'，{employer}' if employer else ''}）"
            groups.setdefault(fold(name), []).append((at, name, text))
    for group in groups.values():
        if len({at for at, _, _ in group}) > 1:
            yield Repeat(group[0][1], "", tuple(dict.fromkeys(text for _, _, text in group)))


def _persons(applicant: Applicant) -> Iterator[tuple[str, str, str]]:
    """Each person of a filing once: name, part, employer; the chief scientist is not named again as of the team."""
    consortium = applicant.data.consortium
    chief = consortium.chief_scientist
    seen = set()
    for person, part in ((chief, "首席科学家"), *((one, "团队成员") for one in consortium.team or ())):
        name = getattr(person, "name", None)
        if isinstance(name, str) and name and fold(name) not in seen:
            seen.add(fold(name))
            employer = getattr(person, "employer", None)
            yield name, part, employer if isinstance(employer, str) else ""


def _code(member: Member) -> str:
    code = member.credit_code
    return "" if code is None or isinstance(code, Stated) else str(code)


class _Keys:
    """Tells organisations apart: by credit code, else by name.

    An organisation without a code counts as the one of the same name with a code, if there is exactly one.
    """

    def __init__(self, members: Iterable[Member]) -> None:
        self._codes: dict[str, set[str]] = {}
        for member in members:
            if member.name and _code(member):
                self._codes.setdefault(fold(member.name), set()).add(_code(member))

    def __call__(self, member: Member) -> str:
        if code := _code(member):
            return code
        name = fold(member.name or "")
        codes = self._codes.get(name, set())
        return next(iter(codes)) if len(codes) == 1 else name

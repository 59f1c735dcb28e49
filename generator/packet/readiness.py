"""What a person should look to before signing, beyond what refuses a signing edition.

Names that are nearly another's, placeholders left in the data's own texts, files that were not given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from generator.base.text import fold, listed
from generator.model.notices import notice_texts
from generator.model.paths import given, title_of
from generator.model.value_kinds import LongText, Text
from generator.packet.chosen import chosen_documents, letters_withheld
from generator.packet.parts import ChecklistLine, Enclosure, Job

# In shorter names, one other character may just make another ordinary word.
_SHORTEST: Final = 6
_BEGINNING: Final = _SHORTEST // 2
# Marks that stand for something still to be written: three or more in a row, as in printed forms.
_PLACEHOLDER: Final = re.compile(
    r"[xX]{3,}|[×＊*]{3,}|[_＿]{3,}|…{3,}|〔待填|（此处[^）]{0,20}）|（待[定填补][^）]{0,10}）|\?{3,}|？{3,}"
)
_JOINS: Final = "，。；：、！？“”‘’《》（）()\\s的和与及等为是在"
_NOT_TEXTS: Final = ("attachments.", "accepted[")


def warnings(job: Job, lines: Sequence[ChecklistLine]) -> tuple[str, ...]:
    """What to look to, each a sentence without its full stop.

    Args:
        job: what the packet is made from.
        lines: the checklist.
    """
    texts = tuple(_texts(job))
    return (
        *notice_texts(job.dataset.notices),
        *_letters(job),
        *chosen_documents(job).notes,
        *_deadline(job),
        *_files(job, lines),
        *_names(job, texts),
        *_placeholders(job, texts),
    )


def _letters(job: Job) -> Iterator[str]:
    parties = letters_withheld(job)
    if parties:
        delegates = job.programme.delegates
        yield (
            f"{delegates.clause}要求法定代表人本人签署，没有为{listed(parties)}生成授权委托书；"
            "接受这一条不符合并写明理由以后才生成"
        )


def _deadline(job: Job) -> Iterator[str]:
    agreement = job.dataset.consortium.agreement
    if agreement is None or agreement.signing_deadline is None or agreement.effective_date is None:
        return
    if agreement.signing_deadline > agreement.effective_date:
        yield (
            f"{job.dataset.place('agreement.signing_deadline')}：签署截止日期晚于材料里印的协议生效时间，"
            "最后一方签字盖章不能晚于生效的那一天，请改其中一个"
        )


def _files(job: Job, lines: Sequence[ChecklistLine]) -> Iterator[str]:
    members = len(job.dataset.consortium.members or ())
    each = {item.id for item in job.programme.attachments if item.per_member}
    for line in lines:
        if line.state is Enclosure.MISSING and job.edition == "signing":
            yield f"附件还没有：{line.title}（{line.clause}）"
        elif line.id in each and line.state is Enclosure.ATTACHED and len(line.files) < members:
            yield f"附件“{line.title}”附了 {len(line.files)} 个文件，成员单位有 {members} 家，请核对是否齐全"


def _texts(job: Job) -> Iterator[tuple[str, str]]:
    """The data's own texts with their paths; names of members and of the consortium itself left out."""
    for path, spec, value in given(job.dataset.consortium):
        if path.startswith(_NOT_TEXTS) or path == "name" or re.fullmatch(r"members\[\d+\]\.name", path):
            continue
        if isinstance(value, str) and (isinstance(spec.kind, (Text, LongText)) or spec.shape == "map"):
            yield path, value


def _names(job: Job, texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    consortium = job.dataset.consortium
    members = [member.name for member in consortium.members or () if member.name]
    names = {fold(name): name for name in (consortium.name, *members)}
    known = set(names)
    halves = _halves(names)
    starts = frozenset(beginning[0] for beginning in halves)
    others = _other_consortia(job, known)
    seen: set[tuple[str, str]] = set()
    for path, text in texts:
        folded = fold(text)
        for name in _named(folded, halves, starts):
            for wrong in nearly(name, folded, known):
                if (name, wrong) not in seen:
                    seen.add((name, wrong))
                    yield f"{_where(job, path)}写的“{wrong}”与“{names[name]}”只差一个字，请核对是不是写错了"
        for other in others(text):
            if (consortium.name, other) not in seen:
                seen.add((consortium.name, other))
                yield f"{_where(job, path)}写的“{other}”不是本联合体的名称“{consortium.name}”，请核对"


def _where(job: Job, path: str) -> str:
    title = title_of(job.programme.model, path.removesuffix(".text"), job.programme.titles)
    return f"{job.dataset.place(path)}：{title}里"


_Halves = Mapping[str, Mapping[int, Mapping[str, list[tuple[int, str]]]]]


def _halves(names: Iterable[str]) -> _Halves:
    """An index of names by their halves: by a half's first characters and length, with each name and its number."""
    found: dict[str, dict[int, dict[str, list[tuple[int, str]]]]] = {}
    for number, name in enumerate(names):
        if len(name) >= _SHORTEST:
            middle = len(name) // 2
            for half in (name[:middle], name[middle:]):
                alike = found.setdefault(half[:_BEGINNING], {}).setdefault(len(half), {})
                alike.setdefault(half, []).append((number, name))
    return found


def _named(text: str, halves: _Halves, starts: frozenset[str]) -> list[str]:
    """The names of which at least one half occurs in a text, in the names' order; found in one pass.

    Args:
        text: folded.
        halves: of the names.
        starts: the characters with which a half begins.
    """
    found = {
        one
        for at, character in enumerate(text)
        if character in starts
        for length, alike in halves.get(text[at : at + _BEGINNING], {}).items()
        for one in alike.get(text[at : at + length], ())
    }
    return [name for _, name in sorted(found)]


def nearly(name: str, text: str, known: set[str]) -> Iterator[str]:
    """Passages of a text that differ from a name by one character and are no known name themselves.

    Where one character differs, one half of the name is unchanged, so only places where a half occurs are
    looked at.

    Args:
        name: a name, folded by ``base.text.fold``.
        text: likewise.
        known: every name that may stand in the text, likewise.
    """
    if len(name) < _SHORTEST:
        return
    middle = len(name) // 2
    for half, before in ((name[:middle], 0), (name[middle:], middle)):
        at = text.find(half)
        while at >= 0:
            found = _near_at(name, text, at - before, known)
            if found:
                yield found
            at = text.find(half, at + 1)


def _near_at(name: str, text: str, start: int, known: set[str]) -> str | None:
    """The passage that begins at a place, or a character beside it, and differs from the name by one character."""
    for begin in (start, start - 1, start + 1):
        for length in (len(name), len(name) + 1, len(name) - 1):
            if begin < 0 or begin + length > len(text):
                continue
            found = text[begin : begin + length]
            inside = text[max(begin - 1, 0) : begin + length + 1]
            if name in inside or not _one_apart(name, found):
                continue
            if not any(other in inside or found in other for other in known if other != name):
                return found
    return None


def _one_apart(one: str, other: str) -> bool:
    """Whether two texts of nearly one length differ by one character put in, left out or exchanged.

    The first and the last character must agree, or the next word would count as part of a name.
    """
    if one[0] != other[0] or one[-1] != other[-1]:
        return False
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    rest = len(one) - same, len(other) - same
    if len(one) == len(other):
        return one[same + 1 :] == other[same + 1 :] and one != other
    return one[same + 1 :] == other[same:] if rest[0] > rest[1] else one[same:] == other[same + 1 :]


def _other_consortia(job: Job, known: set[str]) -> Callable[[str], Iterator[str]]:
    """What finds in a text the names in the shape of a consortium's, with a province or city before, but not its own."""
    titles = "".join(document.title for document in job.programme.documents) + job.programme.source.title
    pattern = re.compile(
        rf"[^{_JOINS}]{{2,3}}(?:省|市|自治区)[^{_JOINS}]{{2,20}}?{re.escape(job.programme.noun)}"
    )

    def others(text: str) -> Iterator[str]:
        for match in pattern.finditer(text):
            found = match[0]
            region = found.find(job.programme.region)
            found = found[region:] if region > 0 else found
            if found not in titles and not any(name in fold(found) or fold(found) in name for name in known):
                yield found

    return others


def _placeholders(job: Job, texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    for path, text in texts:
        found = _PLACEHOLDER.search(text)
        if found:
            yield f"{_where(job, path)}有“{found[0]}”，像是还没有填完"

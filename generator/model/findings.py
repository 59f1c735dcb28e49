"""A finding: one verdict on one condition, as every reporter gets it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct, field

from generator.base.text import fold
from generator.errors import Place
from generator.model.programme import Level, Verdict

# What a verdict is called, the worst first.
VERDICT_TEXTS: Final[Mapping[str, str]] = {
    "fail": "不符合",
    "unknown": "缺数据",
    "warn": "提醒",
    "judge": "人工判断",
    "pass": "符合",
}
LEVEL_TEXTS: Final[Mapping[Level, str]] = {
    "must": "必须",
    "in_principle": "原则上",
    "preferred": "鼓励",
}


class Finding(Struct, frozen=True):
    """One verdict.

    Attributes:
        programme: the programme's code.
        rule: the condition's id; ``limit.<path>`` for a limit, ``common.<id>`` for a common rule.
        level: must, in_principle or preferred.
        verdict: pass, fail, warn, unknown or judge.
        title: the condition in a few Chinese words.
        clause: where in the official text, as 三（一）.
        quote: the official words.
        figures: the figures it was judged by, as printed, by their Chinese titles.
        message: what was found and what to do, in Chinese.
        path: the field concerned, as ``members[3].kind``; for ``unknown`` the first that is missing.
        missing: every missing path, for ``unknown``.
        place: where in the data.
        accepted: the written reason for which a failure was accepted; empty where it was not.
        because: for ``unknown`` what it waits for, a clause that other findings may share.
        judged: what a person found who looked at it, when and who; empty where nobody has.
    """

    programme: str
    rule: str
    level: Level
    verdict: Verdict
    title: str
    clause: str
    quote: str
    message: str
    path: str = ""
    place: Place | None = None
    figures: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    accepted: str = ""
    judged: str = ""
    because: str = ""

    @property
    def stands_in_the_way(self) -> bool:
        """Whether a signing edition must be refused because of it."""
        return self.level == "must" and (
            self.verdict == "unknown" or (self.verdict == "fail" and not self.accepted)
        )

    def as_json(self) -> dict[str, object]:
        """The finding as the command's JSON contract has it."""
        return {
            "programme": self.programme,
            "rule": self.rule,
            "level": self.level,
            "verdict": self.verdict,
            "title": self.title,
            "clause": self.clause,
            "quote": self.quote,
            "figures": dict(self.figures),
            "message": self.message,
            "field": self.path,
            "missing": list(self.missing),
            "accepted": self.accepted,
            "judged": self.judged,
            "where": self.place.as_json() if self.place else None,
        }


class Absent(Struct, frozen=True):
    """A value that a document prints and the data does not give.

    Attributes:
        path: the field, as ``members[3].position``.
        title: the field in Chinese, as in messages.
        place: where it would stand.
    """

    path: str
    title: str
    place: Place

    def __str__(self) -> str:
        return f"{self.place}：{self.title}没有填写，文件要印出来"

    def as_json(self) -> dict[str, object]:
        """The value as the command prints it."""
        return {"field": self.path, "title": self.title, "where": self.place.as_json()}


class LostFile(Struct, frozen=True):
    """An attachment that the data names and that is not there.

    Attributes:
        path: the field, as ``attachments.licences[0]``.
        file: the name that the data gives.
        place: where it does.
    """

    path: str
    file: str
    place: Place

    def __str__(self) -> str:
        return f"{self.place}：附件“{self.file}”不存在"

    def as_json(self) -> dict[str, object]:
        """The file as the command prints it."""
        return {"field": self.path, "file": self.file, "where": self.place.as_json()}


def count_verdicts(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings have each verdict; every verdict is listed."""
    counted = Counter[str](finding.verdict for finding in findings)
    return {verdict: counted[verdict] for verdict in VERDICT_TEXTS}


def finding_named(written: str, findings: Iterable[Finding]) -> Finding | None:
    """The finding that a person means by its condition's title or id; None where it is none, or any of two.

    Args:
        written: what the person wrote.
        findings: among which.
    """
    found = list(findings)
    called = [one for one in found if one.rule == written] or [
        one for one in found if fold(one.title) == fold(written)
    ]
    return called[0] if len(called) == 1 else None

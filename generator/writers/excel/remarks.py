"""Remarks to be written into a workbook, each with its cells: verdicts, wrong values and missing ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

from msgspec import Struct

from generator.errors import Place
from generator.model.findings import VERDICT_TEXTS, Finding
from generator.model.judgement import Judgement

Tone = Literal["wrong", "fail", "unknown", "warn", "judge"]


class Remark(Struct, frozen=True):
    """One remark.

    Attributes:
        tone: how bad it is.
        programme: the programme's short title; empty where it holds for all.
        title: the condition or the field in a few words.
        clause: where in the official text; empty where it is none of a condition.
        message: what was found, and what to do.
        places: the cells concerned.
    """

    tone: Tone
    programme: str
    title: str
    clause: str
    message: str
    places: tuple[Place, ...]

    @property
    def note(self) -> str:
        """The text of a cell's note."""
        head = "　".join(text for text in (self.programme, self.clause) if text)
        return f"【{LABELS[self.tone]}】{head}{'：' if head else ''}{self.title}\n{self.message}"


LABELS: Final[Mapping[str, str]] = {"wrong": "填写有误", **VERDICT_TEXTS}


def remarks_of(results: Sequence[Judgement]) -> list[Remark]:
    """The remarks of several programmes on one dataset, the worst first, each once."""
    several = len(results) > 1
    found: list[Remark] = []
    for result in results:
        name = result.programme.short_title if several else ""
        found += [
            Remark("wrong", "", "", "", f"{problem.message}。请{problem.remedy}。", (problem.place,))
            for problem in result.dataset.problems
        ]
        found += [_verdict(finding, result, name) for finding in _worth_saying(result.findings)]
        found += [
            Remark("unknown", name, one.title, "", "文件要印出来，还没有填写。", (one.place,))
            for one in result.absent
        ]
    order = list(LABELS)
    unique = dict.fromkeys(found)
    return sorted(unique, key=lambda remark: order.index(remark.tone))


def _worth_saying(findings: Sequence[Finding]) -> Iterator[Finding]:
    return (finding for finding in findings if finding.verdict != "pass")


def _verdict(finding: Finding, result: Judgement, name: str) -> Remark:
    tone: Tone = "warn"
    if finding.verdict in {"fail", "unknown", "judge"}:
        tone = finding.verdict
    if finding.accepted:
        tone = "warn"
    if tone == "judge":
        places: tuple[Place, ...] = ()
    elif finding.missing:
        places = tuple(dict.fromkeys(result.dataset.place(path) for path in finding.missing))
    else:
        places = (finding.place,) if finding.place else ()
    accepted = f"（已接受，理由：{finding.accepted}）" if finding.accepted else ""
    return Remark(tone, name, finding.title, finding.clause, finding.message + accepted, places)

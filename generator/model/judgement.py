"""The judgement of one programme on one dataset: its findings, and what is still missing for signing."""

from __future__ import annotations

from msgspec import Struct

from generator.model.dataset import Dataset
from generator.model.findings import Absent, Finding, LostFile
from generator.model.programme import Programme


class Judgement(Struct, frozen=True):
    """The judgement of one programme on one dataset.

    Attributes:
        programme: the programme.
        dataset: the data as loaded for this programme.
        findings: the verdicts.
        absent: what its documents print and the data does not give.
        lost: attachments that the data names and that are not there.
    """

    programme: Programme
    dataset: Dataset
    findings: tuple[Finding, ...]
    absent: tuple[Absent, ...]
    lost: tuple[LostFile, ...] = ()

    def blocked(self, *, strict: bool = False) -> bool:
        """Whether a signing edition is refused; with ``strict`` also for any finding of fail, warn or unknown."""
        if strict and any(finding.verdict in {"fail", "warn", "unknown"} for finding in self.findings):
            return True
        return any(finding.stands_in_the_way for finding in self.findings)

    @property
    def waiting(self) -> tuple[Finding, ...]:
        """The findings without a verdict that lack only values which were given but are wrong."""
        return tuple(finding for finding in self.findings if self._waits(finding))

    def _waits(self, finding: Finding) -> bool:
        wrong = bool(finding.missing) and all(self.dataset.is_wrong(path) for path in finding.missing)
        return finding.verdict == "unknown" and wrong

    @property
    def causes(self) -> tuple[tuple[Finding, ...], ...]:
        """The other findings without a verdict, grouped by the values that they lack."""
        groups: dict[frozenset[str], list[Finding]] = {}
        for finding in self.findings:
            if finding.verdict == "unknown" and not self._waits(finding):
                groups.setdefault(frozenset(finding.missing), []).append(finding)
        return tuple(tuple(group) for group in groups.values())

    @property
    def only_absent(self) -> tuple[Absent, ...]:
        """What documents print and the data does not give, without what ``causes`` asks for already."""
        asked = {path for group in self.causes for finding in group for path in finding.missing}
        return tuple(one for one in self.absent if one.path not in asked and f"{one.path}.text" not in asked)

    @property
    def conclusion(self) -> str:
        """In a few words, whether a signing edition can be made, and what of it is lacking."""
        if self.dataset.problems:
            return "数据有误"
        if self.blocked():
            return "条件还不满足"
        if self.absent:
            return "文件还缺内容"
        return "附件还不齐" if self.lost else "可以出签署版"

    @property
    def obstacles(self) -> tuple[str, ...]:
        """Why a signing edition is refused, in Chinese, one reason each; empty where it can be made."""
        return (
            *(
                f"{finding.clause}　{finding.title}：{finding.message}"
                + (f"（{finding.place}）" if finding.place else "")
                for finding in self.findings
                if finding.stands_in_the_way
            ),
            *map(str, self.absent),
            *map(str, self.lost),
        )

    def as_json(self) -> dict[str, object]:
        """The result as the command prints it."""
        return {
            "programme": self.programme.code,
            "blocked": self.blocked(),
            "findings": [finding.as_json() for finding in self.findings],
            "missing": [one.as_json() for one in self.absent],
            "lost_attachments": [one.as_json() for one in self.lost],
            "problems": [
                {
                    "field": problem.path,
                    "message": problem.message,
                    "remedy": problem.remedy,
                    "where": problem.place.as_json(),
                }
                for problem in self.dataset.problems
            ],
            "notices": [notice.as_json() for notice in self.dataset.notices],
        }

"""What one programme says of one dataset."""

from __future__ import annotations

from dataclasses import dataclass

from generator.model.dataset import Dataset
from generator.model.findings import Absent, Finding, LostFile
from generator.model.programme import Programme


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one programme says of one dataset.

    Attributes:
        programme: the programme.
        dataset: the data as it sees them.
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
        """Whether a must stands in the way; strictly, whether anything at all is not met."""
        if strict and any(finding.verdict in {"fail", "warn", "unknown"} for finding in self.findings):
            return True
        return any(finding.stands_in_the_way for finding in self.findings)

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
        """All for which a signing edition is refused, a line each; none where it can be made."""
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

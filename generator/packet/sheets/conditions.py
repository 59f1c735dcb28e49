"""The sheet of the conditions: what stands in the way first, then what to look at, to judge, and what is met."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from generator.model.findings import LEVEL_TEXTS, VERDICT_TEXTS, Finding, count_verdicts
from generator.model.judgement import Judgement
from generator.packet.attachments import lost_files
from generator.packet.obstacles import absent_from
from generator.packet.sheets.sheet import Contents, Sheet, heading


class Conditions(Sheet):
    """Every condition with its verdict, in the order in which somebody has to see to them."""

    name = "conditions"
    title = "组建条件逐条核对表"

    def names(self, contents: Contents) -> Mapping[str, Any]:
        """See Sheet."""
        job = contents.job
        absent = absent_from(job, (made.record for made in contents.documents))
        judged = Judgement(job.programme, job.dataset, job.findings, absent, lost_files(job))
        blocking = [finding for finding in job.findings if finding.stands_in_the_way]
        rest = [finding for finding in job.findings if not finding.stands_in_the_way]
        return {
            **heading(job),
            "counts": [
                {"verdict": VERDICT_TEXTS[verdict], "number": number}
                for verdict, number in count_verdicts(job.findings).items()
            ],
            "ready": not judged.obstacles,
            "blocking": _findings(blocking),
            "absent": [str(one) for one in absent],
            "lost": [str(one) for one in judged.lost],
            "reminders": _findings(finding for finding in rest if finding.verdict not in {"judge", "pass"}),
            "judgements": _findings(finding for finding in rest if finding.verdict == "judge"),
            "passes": _findings(finding for finding in rest if finding.verdict == "pass"),
            "defects": [
                {"where": defect.where, "text": defect.text, "note": defect.note}
                for defect in job.programme.source.defects
            ],
        }


def _findings(findings: Iterable[Finding]) -> list[dict[str, str]]:
    return [_finding(finding) for finding in findings]


def _finding(finding: Finding) -> dict[str, str]:
    figures = "；".join(f"{title} {value}" for title, value in finding.figures.items())
    return {
        "rule": finding.rule,
        "title": finding.title,
        "clause": finding.clause,
        "quote": finding.quote,
        "level": LEVEL_TEXTS[finding.level],
        "verdict": VERDICT_TEXTS[finding.verdict],
        "figures": figures,
        "message": finding.message,
        "place": str(finding.place or ""),
        "accepted": finding.accepted,
        "judged": finding.judged,
    }

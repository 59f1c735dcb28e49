"""The sheet of the conditions: each with its verdict, its figures and its official words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.model.findings import LEVEL_TEXTS, VERDICT_TEXTS, Finding, count_verdicts
from generator.packet.sheets.sheet import Contents, Sheet, heading


class Conditions(Sheet):
    """Every condition with its verdict."""

    name = "conditions"
    title = "组建条件逐条核对表"
    early = True

    def names(self, contents: Contents) -> Mapping[str, Any]:
        """See Sheet."""
        job = contents.job
        return {
            **heading(job),
            "counts": [
                {"verdict": VERDICT_TEXTS[verdict], "number": number}
                for verdict, number in count_verdicts(job.findings).items()
            ],
            "findings": [_finding(finding) for finding in job.findings],
            "defects": [
                {"where": defect.where, "text": defect.text, "note": defect.note}
                for defect in job.programme.source.defects
            ],
        }


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
    }

"""A copy of the person's own workbook with the verdicts in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.cli.check_report import Result
from generator.errors import UsageError
from generator.readers.load import Source


@dataclass(frozen=True, slots=True)
class AnnotatedCopy:
    """A workbook with findings.

    Attributes:
        data: its bytes.
        notice: what of the original the copy lacks, a Chinese sentence; empty where nothing.
    """

    data: bytes
    notice: str


def annotated_copy(source: Source, results: Sequence[Result]) -> AnnotatedCopy:
    """The findings written into a copy of the workbook that they are about.

    Args:
        source: the data file, a workbook.
        results: what each programme says of it.

    Raises:
        UsageError: the data file is no workbook.
    """
    if not source.name.lower().endswith(".xlsx"):
        raise UsageError(
            f"数据文件 {source.name} 不是 Excel 工作簿，不能在上面标注",
            "先用 lianheti convert 把它转成 .xlsx，或去掉 --annotate",
        )
    from generator.writers.excel.annotate import annotated
    from generator.writers.excel.formula_values import lost_in_a_copy
    from generator.writers.excel.remarks import marks_of

    summary = "；".join(f"{result.programme.title}：{result.conclusion}" for result in results)
    data = annotated(source.data, source.name, marks_of(results), summary)
    lost = lost_in_a_copy(source.data)
    notice = f"副本里没有原文件的{'、'.join(lost)}，以原文件为准。" if lost else ""
    return AnnotatedCopy(data, notice)

"""A batch's report: one JSON document, or a workbook."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from generator.base.failures import reason
from generator.batch.results import STATES, Result, totals
from generator.errors import OutputError, Place, UsageError
from generator.model.findings import VERDICT_TEXTS

_VERDICTS: Final = ("pass", "fail", "unknown", "warn", "judge")
_COLUMNS: Final = (
    ("数据文件", 36),
    ("方案", 26),
    ("结果", 12),
    *((VERDICT_TEXTS[verdict], 9) for verdict in _VERDICTS),
    ("待填", 8),
    ("页数", 8),
    ("用时（秒）", 10),
    ("材料包", 60),
    ("错误或提醒", 80),
    ("位置", 40),
)


def as_json(results: Sequence[Result], seconds: float) -> dict[str, Any]:
    """The report as a JSON object: totals, and every result."""
    return {
        "seconds": round(seconds, 3),
        "totals": totals(results),
        "results": [result.as_json() for result in results],
    }


def summary(results: Sequence[Result], seconds: float) -> str:
    """One line: how many of each, how long it took."""
    counted = totals(results)
    shown = "，".join(f"{STATES[state]} {counted[state]}" for state in STATES if counted[state])
    return f"共 {len(results)} 份：{shown or '没有要生成的'}；用时 {seconds:.1f} 秒。"


def check_report(path: Path) -> None:
    """Refuse a file name that says no format of a report.

    Raises:
        UsageError: the suffix is neither ``.xlsx`` nor ``.json``.
    """
    if path.suffix.lower() not in {".xlsx", ".json"}:
        raise UsageError(f"报告不能写成“{path.suffix or path.name}”文件", "文件名以 .xlsx 或 .json 结尾")


def save_report(path: Path, results: Sequence[Result], seconds: float) -> None:
    """Write the report as a workbook or as JSON, by its suffix.

    Raises:
        UsageError: another suffix.
        OutputError: it cannot be written.
    """
    check_report(path)
    if path.suffix.lower() == ".xlsx":
        content = workbook(results, seconds)
    else:
        content = (json.dumps(as_json(results, seconds), ensure_ascii=False, indent=2) + "\n").encode()
    try:
        path.write_bytes(content)
    except OSError as error:
        raise OutputError(
            f"写不了报告 {path}（{reason(error)}）", "关闭打开它的程序，或换一个文件名；材料已经生成好了"
        ) from None


def workbook(results: Sequence[Result], seconds: float) -> bytes:
    """The report as a workbook: a row for each packet, texts as texts, with a filter."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    from generator.writers.excel.listing import write_listing
    from generator.writers.excel.saving import saved

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "批量生成"
    rows = [_row(result) for result in results]
    first = write_listing(sheet, _COLUMNS, rows, frozen=3)
    for at, result in enumerate(results, first):
        if not result.is_good:
            sheet.cell(at, 3).font = Font(bold=True, color="C00000")
    sheet.append([])
    sheet.append([summary(results, seconds)])
    return saved(book)


def _row(result: Result) -> list[str | float | None]:
    counts = result.counts or {}
    return [
        result.data,
        result.programme or "",
        STATES[result.state],
        *(counts.get(verdict) for verdict in _VERDICTS),
        result.missing if counts else None,
        result.pages,
        round(result.seconds, 2) or None,
        result.packet or "",
        result.error or "；".join(result.warnings),
        "；".join(str(Place(**where)) for where in result.where),  # type: ignore[arg-type] # as_json's own
    ]

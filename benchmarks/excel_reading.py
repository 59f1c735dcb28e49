"""Reading a workbook of ten sheets with 300 rows each, against openpyxl in its normal mode."""

from __future__ import annotations

import io
from collections.abc import Iterator

import openpyxl

from benchmarks.measuring import Figure, best_times
from generator.base.xlsx.grid import read_grids
from generator.readers.excel.reader import read_workbook

SHEETS, ROWS, RUNS = 10, 300, 5
HEADS = (
    (
        "members",
        (
            "单位名称",
            "统一社会信用代码",
            "单位性质",
            "产业链位置",
            "注册地（省）",
            "注册地（市）",
            "住所地",
            "法定代表人",
            "职工总数（人）",
            "专职研发人员数（人）",
            "任务分工",
            "投入与贡献",
        ),
    ),
    ("team", ("姓名", "年龄（岁）", "职务/职称", "从事专业", "工作单位")),
    ("platforms", ("平台名称", "级别", "学科/产业领域", "属于本产业领域", "状态", "建设时间", "依托单位")),
    ("projects", ("项目名称", "产业领域", "级别", "实施期", "承担单位", "财政支持经费（万元）")),
    ("members.accounts", ("单位名称", "年度", "销售收入（万元）", "研发投入（万元）")),
    ("funds.sources", ("年度", "来源", "出资单位", "金额（万元）")),
    ("funds.uses", ("用途", "金额（万元）")),
    ("agreement.clauses", ("编号", "正文")),
    ("plan.sections", ("编号", "正文")),
    ("attachments", ("编号", "文件")),
)
TITLES = (
    "成员单位",
    "科研团队",
    "创新平台",
    "科技计划项目",
    "年度财务数据",
    "经费来源",
    "经费用途",
    "协议条款",
    "方案章节",
    "附件",
)
NUMBERS = ("人", "岁", "万元", "年度")


def workbook() -> bytes:
    """Ten sheets as people fill them, every cell of 300 rows with something in it."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, (_, heads) in zip(TITLES, HEADS, strict=True):
        sheet = book.create_sheet(title)
        sheet.append([title])
        sheet.append([])
        sheet.append(heads)
        for row in range(ROWS):
            sheet.append([_value(head, row) for head in heads])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _value(head: str, row: int) -> object:
    if head == "年度":
        return 2025
    if head == "属于本产业领域":
        return "是"
    if any(unit in head for unit in NUMBERS):
        return row * 1.25 + 10 if "万元" in head else row + 20
    return f"示例单位{row}" if head in {"单位名称", "承担单位", "依托单位"} else f"{head}{row}"


def by_openpyxl(data: bytes) -> int:
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return sum(
        1 for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None
    )


def by_grids(data: bytes) -> int:
    return sum(1 for grid in read_grids(data, "x.xlsx") for row in grid.rows for value in row if value != "")


def figures() -> Iterator[Figure]:
    data = workbook()
    if by_openpyxl(data) != by_grids(data):
        raise RuntimeError("the two readers disagree on what the workbook holds")
    theirs, values, tree = best_times(
        RUNS, lambda: by_openpyxl(data), lambda: by_grids(data), lambda: read_workbook(data, "x.xlsx")
    )
    note = f"{SHEETS} sheets x {ROWS} rows; openpyxl {theirs * 1000:.0f} ms"
    yield Figure(
        "excel_vs_openpyxl",
        RUNS,
        ratio=theirs / values,
        note=f"{note}, all checked cell values {values * 1000:.0f} ms",
    )
    yield Figure(
        "excel_tree_vs_openpyxl",
        RUNS,
        ratio=theirs / tree,
        note=f"{note}, recognised data tree with every cell's place {tree * 1000:.0f} ms",
    )


FIGURES = [(("excel_vs_openpyxl", "excel_tree_vs_openpyxl"), figures)]

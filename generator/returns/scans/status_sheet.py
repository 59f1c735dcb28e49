"""The signing status as a workbook, and the texts that remind those who are missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import PatternFill

from generator.returns.scans.status import ACTS, ACTS_ORDER, VERDICTS, Overview, Row, pages_of
from generator.writers.excel.listing import write_listing
from generator.writers.excel.saving import saved

_STATES: Final = {**VERDICTS, "confirmed": "人工确认"}
_FILLS: Final = {"见到": "E2F0D9", "人工确认": "E2F0D9", "没有见到": "F8CBAD", "请人看": "FFE699"}
_COLUMNS: Final = (
    ("签章方", 34),
    ("文件", 34),
    ("签章处", 26),
    ("发出", 8),
    ("收回", 8),
    ("签名", 12),
    ("印章", 12),
    ("日期", 12),
    ("备注", 60),
)
_PAGES: Final = (
    ("文件", 34),
    ("页", 6),
    ("扫描件", 34),
    ("扫描页", 8),
    ("dpi", 8),
    ("颜色", 8),
    ("备注", 70),
)
_STRANGERS: Final = (("种类", 22), ("扫描件", 34), ("扫描页", 8), ("备注", 70))
_CONFIRMED: Final = (("编号", 24), ("谁看的", 24), ("扫描件", 60))
_KINDS: Final = {
    "blank": "空白页",
    "foreign": "不是这套材料的页",
    "unsure": "分不清是哪一页",
    "older": "旧稿的页",
}


def status_workbook(overview: Overview, title: str) -> bytes:
    """The workbook: party by document, page by page, and what is no page of the packet.

    Args:
        overview: what came back.
        title: the packet's name, above everything.
    """
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    lacking = overview.lacking()
    verdict = "已经收齐，各处都见到或由人确认" if not lacking else f"还没有收齐：{len(lacking)} 项，见备注"
    rows = [_cells(row) for row in overview.rows()]
    _sheet(book, "签署情况", f"{title}　{verdict}", _COLUMNS, rows)
    _sheet(book, "各页", "每一页用的是哪份扫描件", _PAGES, list(_pages(overview)))
    strangers = [
        (_KINDS[one.kind], one.source.file, one.source.page, one.remark)
        for one in sorted(overview.status.strangers, key=lambda one: (one.source.file, one.source.page))
    ]
    _sheet(
        book,
        "其他扫描页",
        "不作为这套材料收下的扫描页",
        _STRANGERS,
        strangers,
    )
    confirmed = list(overview.confirmed())
    _sheet(book, "人工确认", "由人看过、认定没有问题的", _CONFIRMED, confirmed)
    _sheet(book, "还缺什么", verdict, (("还缺什么", 110),), [(one,) for one in lacking])
    return saved(book)


def _cells(row: Row) -> tuple[Any, ...]:
    states = [
        _STATES.get(row.acts[act] or "", "—") if row.returned or row.acts[act] is None else "没有收到"
        for act in ACTS_ORDER
    ]
    return (
        row.party,
        row.document,
        row.where,
        "是",
        "是" if row.returned else "否",
        *states,
        "；".join(row.remarks),
    )


def _pages(overview: Overview) -> Sequence[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for document in overview.documents:
        for page in range(1, pages_of(document) + 1):
            one = overview.best.get((document.id, page))
            if one is None:
                found.append((document.title, page, "没有收到", "", "", "", ""))
                continue
            remarks = [f"{doubt.what}（{doubt.id}）" for doubt in overview.open_doubts(one)]
            colour = "彩色" if one.colour else "无色"
            found.append(
                (document.title, page, one.source.file, one.source.page, one.dpi, colour, "；".join(remarks))
            )
    return found


def _sheet(
    book: Workbook,
    name: str,
    top: str,
    columns: Sequence[tuple[str, float]],
    rows: Sequence[Sequence[Any]],
) -> None:
    sheet = book.create_sheet(name)
    first = write_listing(sheet, columns, rows, title=top)
    for cells in sheet.iter_rows(min_row=first):
        for cell in cells:
            if cell.value in _FILLS:
                cell.fill = PatternFill("solid", fgColor=_FILLS[cell.value])


def reminders(overview: Overview, title: str) -> str:
    """A text to send to each party that has still to sign, one after another; empty where nobody has.

    Args:
        overview: what came back.
        title: the packet's name.
    """
    by_party: dict[str, list[str]] = {}
    for row in overview.rows():
        if not row.returned:
            by_party.setdefault(row.party, []).append(f"《{row.document}》{row.where}：还没有收到这一页")
            continue
        absent = [ACTS[act] for act in ACTS_ORDER if row.acts[act] == "absent"]
        if absent:
            by_party.setdefault(row.party, []).append(
                f"《{row.document}》{row.where}：没有见到{'、'.join(absent)}"
            )
    texts = []
    for party, items in by_party.items():
        lines = "\n".join(f"  {number}. {item}" for number, item in enumerate(items, 1))
        texts.append(
            f"{party}：\n您好！《{title}》的签章还差以下几处，请补齐后把有关页面扫描（彩色，不低于 200 dpi）发回，"
            f"原件一并寄回：\n{lines}\n如已补齐，请忽略本条。\n"
        )
    return "\n".join(texts)

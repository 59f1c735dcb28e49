"""The signing status as a workbook, and the texts that remind those who are missing."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import PatternFill

from generator.returns.scans.overview import ACTS_ORDER, STATES, Overview, Row
from generator.returns.scans.status import ACTS, pages_of
from generator.writers.excel.listing import write_listing
from generator.writers.excel.saving import saved

_FILLS: Final = {
    "见到": "E2F0D9",
    "人工确认": "E2F0D9",
    "没有见到": "F8CBAD",
    "没有收到": "F8CBAD",
    "退回": "F8CBAD",
    "请人看": "FFE699",
}
# As wide together as leaves the texts legible on A4 across.
_COLUMNS: Final = (
    ("签章方", 24),
    ("文件", 26),
    ("签章处", 20),
    ("发出", 6),
    ("收回", 6),
    ("签名", 10),
    ("印章", 10),
    ("日期", 10),
    ("备注", 40),
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
_SAID: Final = (
    ("哪一处", 50),
    ("编号", 20),
    ("怎么说", 10),
    ("理由", 40),
    ("谁看的", 20),
    ("看的扫描件", 40),
    ("现在算不算", 12),
)
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
    verdict = (
        "已经收齐，各处都见到或由人确认"
        if not lacking
        else f"还没有收齐：{len(lacking)} 项，见“还缺什么”一页"
    )
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
    _sheet(book, "人工看过", "由人看过、认定没有问题或退回的", _SAID, list(_said(overview)))
    _sheet(book, "还缺什么", verdict, (("还缺什么", 110),), [(one,) for one in lacking])
    return saved(book)


def _cells(row: Row) -> tuple[Any, ...]:
    states = [
        STATES.get(row.acts[act] or "", "—") if row.returned or row.acts[act] is None else "没有收到"
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


def _said(overview: Overview) -> Iterator[tuple[Any, ...]]:
    for one, counts in overview.said():
        files = "、".join(dict.fromkeys(source.name for source in one.sources))
        kind = "认定" if one.kind == "confirmed" else "退回"
        yield overview.called(one.id), one.id, kind, one.reason, one.by, files, "算" if counts else "不算了"


def _pages(overview: Overview) -> Iterator[tuple[Any, ...]]:
    for document in overview.documents:
        for page in range(1, pages_of(document) + 1):
            used = overview.used.get((document.id, page), ())
            if not used:
                yield document.title, page, "没有收到", "", "", "", ""
            for one in used:
                sent = overview.sent_back(document.id, page)
                remarks = [f"退回：{sent.reason}，{sent.by}"] if sent else []
                remarks += [f"{doubt.what}（{doubt.id}）" for doubt in overview.open_doubts(one)]
                if one is not used[0]:
                    remarks.append("分签的另一张")
                colour = "彩色" if one.colour else "无色"
                source = one.source
                yield document.title, page, source.file, source.page, one.dpi, colour, "；".join(remarks)


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

    def tell(party: str, item: str) -> None:
        items = by_party.setdefault(party, [])
        if item not in items:
            items.append(item)

    signed = set()
    for row in overview.rows():
        if not any(row.acts.values()):
            continue
        signed.add((row.document, row.page))
        where = f"《{row.document}》{row.where}"
        if not row.returned:
            tell(row.party, f"{where}：还没有收到这一页")
        for reason in row.refused:
            tell(row.party, f"{where}：{reason}，请重签")
        absent = [ACTS[act] for act in ACTS_ORDER if row.returned and row.acts[act] == "absent"]
        if absent:
            tell(row.party, f"{where}：没有见到{'、'.join(absent)}")
    for document in overview.documents:
        if sent := overview.seam_sent_back(document.id):
            for party in overview.sealing(document.id):
                tell(party, f"《{document.title}》骑缝章退回：{sent.reason}，请重盖")
    texts = []
    for party, items in by_party.items():
        lines = "\n".join(f"  {number}. {item}" for number, item in enumerate(items, 1))
        texts.append(
            f"{party}：\n您好！《{title}》的签章还差以下几处，请补齐后把有关页面扫描（彩色，不低于 200 dpi）发回，"
            f"原件一并寄回：\n{lines}\n如已补齐，请忽略本条。\n"
        )
    if own := list(_unsigned(overview, signed)):
        lines = "\n".join(f"  {number}. {item}" for number, item in enumerate(own, 1))
        texts.append(f"经办人自己补的（这几页没有哪家要签）：\n{lines}\n")
    return "\n".join(texts)


def _unsigned(overview: Overview, signed: Container[tuple[str, int]]) -> Iterator[str]:
    """The pages that nobody signs and that are lacking or sent back: whoever sends the papers out looks after them."""
    for document in overview.documents:
        missing = []
        for page in range(1, pages_of(document) + 1):
            if (document.title, page) in signed:
                continue
            if (document.id, page) not in overview.used:
                missing.append(str(page))
            elif sent := overview.sent_back(document.id, page):
                yield f"《{document.title}》第 {page} 页退回：{sent.reason}，请重新打印、扫描"
        if missing:
            yield f"《{document.title}》第 {'、'.join(missing)} 页：还没有收到"

"""The register of what was sent out to be signed and came back: its rows, and as a workbook to be kept up."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, Final

from generator.model.consortium import Member
from generator.packet.parts import Job, MadeDocument

PATH: Final = "signing-register.xlsx"
_COLUMNS: Final = (
    ("序号", 6),
    ("单位", 34),
    ("联系人", 12),
    ("电话", 18),
    ("要签的文件", 44),
    ("寄出日期", 12),
    ("寄出单号", 18),
    ("收回日期", 12),
    ("收回单号", 18),
    ("签字齐", 8),
    ("盖章齐", 8),
    ("日期齐", 8),
    ("份数齐", 8),
    ("备注", 30),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One party's line.

    Attributes:
        party: its full name.
        contact: who answers there; empty where the data gives nobody.
        phone: likewise.
        documents: what it signs, with copies.
    """

    party: str
    contact: str
    phone: str
    documents: str


def rows(job: Job, signed: Sequence[tuple[MadeDocument, int | str]]) -> list[Row]:
    """A line for each member that signs something, in the data's order.

    Args:
        job: what the packet is made from.
        signed: documents that somebody signs or seals, with their copies.
    """
    found = []
    for member in job.dataset.consortium.members or ():
        own = [
            f"《{made.document.title}》" + (f"{copies} 份" if copies else "")
            for made, copies in signed
            if any(signing.party == member.name for signing in made.signings)
        ]
        if own:
            contact, phone = reach_of(member)
            found.append(Row(member.name or "", contact, phone, "；".join(own)))
    return found


def reach_of(member: Member) -> tuple[str, str]:
    """Who answers at a member and under which number; empty texts where the data gives none."""
    contact = member.contact
    if contact is None:
        return "", ""
    return contact.name or "", contact.phone or contact.mobile or ""


def workbook(job: Job, lines: Sequence[Row]) -> bytes:
    """The register as a workbook; the same data give the same bytes.

    Args:
        job: what the packet is made from.
        lines: from ``rows``.
    """
    # Imported here: openpyxl takes longer to load than a check takes to judge.
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, Side
    from openpyxl.utils import get_column_letter

    from generator.writers.excel.listing import HEAD_FILL, plain
    from generator.writers.excel.saving import saved

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "收发登记"
    sheet.append([f"{job.consortium}　签署收发登记"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(_COLUMNS))
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.append([title for title, _ in _COLUMNS])
    for number, line in enumerate(lines, 1):
        texts = (line.party, line.contact, line.phone, line.documents)
        sheet.append([number, *map(plain, texts)])
    thin = Side(style="thin")
    border = Border(left=thin, right=thin, top=thin, bottom=thin)
    alignment = Alignment(vertical="center", wrap_text=True)
    framed = sheet.cell(2, 1)
    framed.border, framed.alignment = border, alignment
    for cells in sheet.iter_rows(min_row=2, max_row=sheet.max_row, max_col=len(_COLUMNS)):
        for cell in cells:
            # As openpyxl's own copies of cells do it: setting each style again takes most of the workbook's time.
            cell._style = copy(framed._style)  # noqa: SLF001
            if isinstance(cell.value, str):
                # A name that begins with "=" is a name, not a formula.
                cell.data_type = "s"
    for cell in sheet[2]:
        cell.font = Font(bold=True)
        cell.fill = HEAD_FILL
    for number, (_, width) in enumerate(_COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "C3"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0
    sheet.print_title_rows = "1:2"
    return saved(book)

"""The entry sheet: every field of a form that is typed into a web system, in the form's order, counted."""

from __future__ import annotations

import io
from html.parser import HTMLParser
from pathlib import Path

import docx
import pytest

from generator.base.text import count_characters
from generator.packet.assessment import Order
from generator.packet.session import Session
from tests.packet.making import PLAIN, example, file, packet

ENTERED = ["henan/alliance-2020", "yunnan/consortium-2022"]
SHEET = "internal/entry-sheet.docx"


def entries(session: Session, folder: Path, code: str) -> list[tuple[str, str, str]]:
    """Label, text and count of each field."""
    made = packet(session, example(folder, code), code, Order("draft", sheets="all"))
    tables = docx.Document(io.BytesIO(file(made, SHEET))).tables
    assert {tuple(cell.text for cell in table.rows[0].cells) for table in tables} == {
        ("序号", "栏目", "内容", "字数")
    }
    cells = [[cell.text for cell in row.cells] for table in tables for row in table.rows[1:]]
    return [(label, text, count) for _, label, text, count in cells]


@pytest.mark.parametrize("code", ENTERED)
def test_every_value_that_the_forms_print_is_on_the_sheet(
    words_only: Session, tmp_path: Path, code: str
) -> None:
    made = packet(words_only, example(tmp_path, code), code, Order("draft", sheets="all"))
    sheet = "\n".join(
        cell.text
        for table in docx.Document(io.BytesIO(file(made, SHEET))).tables
        for row in table.rows
        for cell in row.cells
    )
    printed = [
        (path, text)
        for document in made.documents
        if document.document.filing == "entry-draft"
        for path, texts in document.record.printed.items()
        for text in texts
    ]
    assert printed
    lost = [
        path
        for path, text in printed
        for line in text.split("\n")
        if line.strip() and line.strip() not in sheet
    ]
    assert lost == []


class Cells(HTMLParser):
    """The texts of a page's cells by their first class, in order; what a page would load or send."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[tuple[str, str]] = []
        self.loaded: list[str] = []
        self._at = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "td":
            self._at = (given.get("class") or "").split()[0]
            self.cells.append((self._at, ""))
        self.loaded += [value or "" for name, value in attrs if name in {"src", "href", "action"}]

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self._at = ""

    def handle_data(self, data: str) -> None:
        if self._at:
            self.cells[-1] = (self._at, self.cells[-1][1] + data)


def test_the_page_to_copy_from_says_what_the_sheet_says_and_loads_nothing(
    words_only: Session, tmp_path: Path
) -> None:
    code = ENTERED[0]
    page = Cells()
    made = packet(
        words_only,
        example(tmp_path, code, ("我省是农业大省", "<b>&我省是农业大省")),
        code,
        Order("draft", sheets="all"),
    )
    page.feed(file(made, "internal/entry-sheet.html").decode())
    assert page.loaded == []
    tables = docx.Document(io.BytesIO(file(made, SHEET))).tables
    rows = [[cell.text for cell in row.cells] for table in tables for row in table.rows[1:]]
    for at, kind in enumerate("nltc"):
        assert [text for name, text in page.cells if name == kind] == [row[at] for row in rows]
    assert any("<b>&我省是农业大省" in row[2] for row in rows)


def test_fields_stand_in_the_forms_order_under_its_own_labels(words_only: Session, tmp_path: Path) -> None:
    found = entries(words_only, tmp_path, "yunnan/consortium-2022")
    labels = [label for label, _, _ in found]
    assert labels[6:12] == [
        "创新联合体名称",
        "联合体协议生效时间",
        "产业领域",
        "联合体牵头单位",
        "推荐首席专家（科学家）",
        "职务/职称",
    ]
    assert labels.index("（1）姓名") < labels.index("（2）姓名") < labels.index("（1）平台名称")


def test_a_row_that_says_at_its_left_what_it_is_has_that_for_its_label(
    words_only: Session, tmp_path: Path
) -> None:
    found = {label: text for label, text, _ in entries(words_only, tmp_path, "hainan/consortium-2022")}
    assert found["执行机构常设"] == "是"
    assert found["依托单位"].startswith("海南")
    assert found["境外单位（个）"] == "1"
    assert any(label.startswith("合计 ") for label in found)


def test_each_field_has_its_count_and_a_limit_stands_beside_it(words_only: Session, tmp_path: Path) -> None:
    found = entries(words_only, tmp_path, "yunnan/consortium-2022")
    for _, text, count in found:
        assert count.split("（")[0].split("／")[0] == str(count_characters(text))
    assert [count for _, _, count in found if count.endswith("限 500")]
    assert [count for _, _, count in found if count.endswith("限 200")]


def test_a_scheme_on_paper_has_no_entry_sheet(words_only: Session, tmp_path: Path) -> None:
    made = packet(words_only, example(tmp_path, PLAIN), PLAIN, Order("draft", sheets="all"))
    assert not [one.path for one in made.files if "entry-sheet" in one.path]

"""Findings written into a copy of the person's own workbook."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook

from generator.errors import Place, UsageError
from generator.model.findings import Absent, Finding
from generator.model.judgement import Judgement
from generator.readers.excel.layout import FINDINGS_SHEET
from generator.readers.load import load
from generator.readers.source_file import Source
from generator.writers.excel.annotate import annotated_copy
from generator.writers.excel.form import write_workbook
from tests.readers.books import (
    cell_of,
    edited,
    filled,
    form,
    in_sheet,
    loaded,
    opened,
    programme,
    saved,
    source_of,
)

MEMBERS, USES = "成员单位", "经费用途"


def finding(dataset: Any, path: str, **more: Any) -> Finding:
    given: dict[str, Any] = {
        "programme": "first/one", "rule": "r1", "level": "must", "verdict": "fail", "title": "成员单位数量",
        "clause": "三（一）", "quote": "不少于 10 家", "message": "共 2 家，应不少于 10 家。请增加成员单位。",
        "path": path, "place": dataset.place(path), **more,
    }  # fmt: skip
    return Finding(**given)


def annotated(data: bytes, folder: Path, *findings: Finding, absent: tuple[Absent, ...] = ()) -> Workbook:
    source = source_of(data, folder)
    dataset = load(source, programme(), known={"first/one": programme()})
    copy = annotated_copy(source, [Judgement(programme(), dataset, findings, absent)])
    return openpyxl.load_workbook(io.BytesIO(copy.data))


def test_a_finding_colours_its_cell_and_notes_clause_and_remedy(tmp_path: Path) -> None:
    dataset = loaded(filled(), tmp_path)
    book = annotated(filled(), tmp_path, finding(dataset, "members[1].kind"))
    cell = book[MEMBERS]["D6"]
    assert cell.fill.patternType == "solid"
    assert cell.fill.fgColor.rgb != opened(filled())[MEMBERS]["D6"].fill.fgColor.rgb
    assert "三（一）" in cell.comment.text
    assert "请增加成员单位" in cell.comment.text


def test_an_unknown_marks_every_missing_cell(tmp_path: Path) -> None:
    dataset = loaded(filled(), tmp_path)
    missing = ("members[1].credit_code", "members[1].city")
    book = annotated(filled(), tmp_path, finding(dataset, missing[0], verdict="unknown", missing=missing))
    assert book[MEMBERS]["C6"].comment is not None
    place = dataset.place(missing[1]).cell
    assert place is not None
    assert book[MEMBERS][place].comment is not None


def test_wrong_values_and_what_is_still_to_be_printed_are_marked_too(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        cell_of(book, MEMBERS, "单位性质", 6).value = "学校"

    data = edited(change)
    absent = Absent("industry", "产业领域", loaded(data, tmp_path).place("industry"))
    book = annotated(data, tmp_path, absent=(absent,))
    assert "不在可选范围内" in book[MEMBERS]["D6"].comment.text
    assert "文件要印出来" in book["概况"]["B6"].comment.text


def test_the_sheet_of_findings_leads_to_the_cells(tmp_path: Path) -> None:
    dataset = loaded(filled(), tmp_path)
    book = annotated(filled(), tmp_path, finding(dataset, "members[1].kind"))
    sheet = book[FINDINGS_SHEET]
    assert book.sheetnames[0] == FINDINGS_SHEET
    assert [sheet.cell(4, column).value for column in (1, 3, 4)] == ["不符合", "三（一）", "成员单位数量"]
    assert (
        sheet["F4"].hyperlink.location == f"'{MEMBERS}'!D6"
        or sheet["F4"].hyperlink.target == f"#'{MEMBERS}'!D6"
    )


def test_the_copy_reads_the_same_as_the_original(tmp_path: Path) -> None:
    source = source_of(filled(), tmp_path)
    dataset = load(source, programme(), known={"first/one": programme()})
    copy = annotated_copy(
        source, [Judgement(programme(), dataset, (finding(dataset, "members[1].kind"),), ())]
    )
    again = load(Source(source_of(copy.data, tmp_path).root, "数据.xlsx", tmp_path, copy.data), programme(), known={"first/one": programme()})  # fmt: skip
    assert again.consortium == dataset.consortium
    assert again.places == dataset.places
    assert copy.notice == ""


@pytest.mark.thorough
def test_what_an_earlier_check_put_in_goes_when_it_is_put_right(tmp_path: Path) -> None:
    dataset = loaded(filled(), tmp_path)
    first = saved(annotated(filled(), tmp_path, finding(dataset, "members[1].kind")))
    book = annotated(first, tmp_path, finding(dataset, "members[0].name"))
    assert book[MEMBERS]["D6"].comment is None
    assert book[MEMBERS]["D6"].fill.fgColor.rgb == opened(filled())[MEMBERS]["D6"].fill.fgColor.rgb
    assert book[MEMBERS]["B5"].comment is not None
    assert book.sheetnames.count(FINDINGS_SHEET) == 1


@pytest.mark.thorough
def test_a_persons_own_note_stays(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book[MEMBERS]["D6"].comment = openpyxl.comments.Comment("问过教务处", "李工")

    data = edited(change)
    dataset = loaded(data, tmp_path)
    marked = annotated(data, tmp_path, finding(dataset, "members[1].kind"))
    assert marked[MEMBERS]["D6"].comment.text.startswith("问过教务处")
    assert annotated(saved(marked), tmp_path)[MEMBERS]["D6"].comment.text == "问过教务处"


def test_stored_results_of_formulas_stay_readable(tmp_path: Path) -> None:
    part = "<v>100</v></c>"
    data = in_sheet(filled(), USES, part, f"<f>50+50</f>{part}")
    source = source_of(data, tmp_path)
    dataset = load(source, programme(), known={"first/one": programme()})
    assert dataset.problems == ()
    copy = annotated_copy(
        source, [Judgement(programme(), dataset, (finding(dataset, "members[1].kind"),), ())]
    )
    assert openpyxl.load_workbook(io.BytesIO(copy.data))[USES]["B5"].value == "=50+50"
    assert loaded(copy.data, tmp_path).consortium == dataset.consortium


@pytest.mark.thorough
def test_many_members_can_be_marked(tmp_path: Path) -> None:
    members = [{"role": "成员单位", "name": f"单位{number}"} for number in range(60)]
    data = write_workbook(form(), {"name": "大", "members": members}, {})
    dataset = loaded(data, tmp_path)
    missing = tuple(f"members[{number}].kind" for number in range(60))
    book = annotated(data, tmp_path, finding(dataset, missing[0], verdict="unknown", missing=missing))
    assert book[MEMBERS]["D64"].comment is not None
    assert "同上" in str(book[FINDINGS_SHEET]["E5"].value)


def test_only_a_workbook_can_be_annotated(tmp_path: Path) -> None:
    source = Source(source_of(filled(), tmp_path).root, "数据.yaml", tmp_path, b"")
    with pytest.raises(UsageError, match="不是 Excel 工作簿"):
        annotated_copy(source, [])


def test_places_of_other_files_are_listed_without_a_link(tmp_path: Path) -> None:
    dataset = loaded(filled(), tmp_path)
    book = annotated(filled(), tmp_path, finding(dataset, "members[1].kind", place=Place("正文.txt", 3)))
    assert book[FINDINGS_SHEET]["F4"].value == "—"

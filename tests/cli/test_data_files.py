"""The commands that write data files, and the examples in both formats."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace
from openpyxl.utils import get_column_letter

from generator.base.files import shipped
from generator.cli import main
from generator.errors import ExitCode
from generator.model.catalogue import Catalogue
from generator.model.findings import Finding
from generator.packet.assessment import Order, assess
from generator.packet.pipeline import make_documents
from generator.packet.session import Session
from generator.readers.excel.layout import GUIDE_SHEET, LAYOUT_SHEET, MISSING_SHEET
from generator.readers.load import load
from generator.readers.source_file import read_source
from generator.workflows.choose import filed_programmes
from tests.pace import first_quickly

CODES = sorted(Catalogue().folders())
EXAMPLES = sorted(path.stem for path in shipped("data").glob("*.yaml"))
OF_CODE = {code: code.replace("/", "-") for code in CODES}


def codes_of(stem: str) -> list[str]:
    """The programmes that an example is for: the one it is named after, else those it has filings for."""
    named = [code for code, name in OF_CODE.items() if name == stem]
    source = read_source(shipped("data") / f"{stem}.yaml")
    return named or [programme.code for programme in filed_programmes(Catalogue(), source)]


CASES = [(stem, code) for stem in EXAMPLES for code in codes_of(stem)]


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def without_places(findings: tuple[Finding, ...]) -> list[Finding]:
    return [replace(finding, place=None) for finding in findings]


@pytest.mark.one_in(4)
@pytest.mark.parametrize(("stem", "code"), CASES)
def test_an_example_says_the_same_as_yaml_and_as_a_workbook(stem: str, code: str) -> None:
    catalogue = Catalogue()
    programme = catalogue.load(code)
    with Session(catalogue, engine=None) as session:
        jobs = [
            assess(read_source(shipped("data") / f"{stem}.{suffix}"), programme, Order(), session)
            for suffix in ("yaml", "xlsx")
        ]
        documents = [make_documents(job) for job in jobs]
    yaml_job, workbook_job = jobs
    assert workbook_job.dataset.problems == ()
    assert workbook_job.dataset.consortium == yaml_job.dataset.consortium
    assert without_places(workbook_job.findings) == without_places(yaml_job.findings)
    assert [one.files[0].data for one in documents[0]] == [one.files[0].data for one in documents[1]]
    assert all(
        finding.place.cell
        for finding in workbook_job.findings
        if finding.place and finding.verdict != "judge"
    )


@pytest.mark.one_in(5)
@pytest.mark.parametrize("code", CODES)
def test_a_new_workbook_explains_itself_and_checks_what_is_typed(code: str, tmp_path: Path) -> None:
    target = tmp_path / "表.xlsx"
    assert run("new", code, "-o", target) == ExitCode.DONE
    book = openpyxl.load_workbook(target)
    guide = "\n".join(str(cell.value) for row in book[GUIDE_SHEET].iter_rows() for cell in row if cell.value)
    assert book.sheetnames[0] == GUIDE_SHEET
    assert code in guide
    assert "表样版本" in guide
    assert book[GUIDE_SHEET].max_row <= 40
    assert book[LAYOUT_SHEET].sheet_state == "veryHidden"
    members = book["成员单位"]
    heads = {members.cell(4, at).value: at for at in range(1, members.max_column + 1)}
    assert members.cell(4, heads["统一社会信用代码"]).comment is not None
    for title in ("统一社会信用代码", "单位联系人·电话", "签约代理人·身份证件号码"):
        assert members.cell(5, heads[title]).number_format == "@"
        assert members.column_dimensions[get_column_letter(heads[title])].number_format == "@"
    assert members.freeze_panes == "C5"
    lists = [check.formula1 for check in members.data_validations.dataValidation if check.type == "list"]
    assert '"企业,高等学校,科研院所,其他"' in lists
    assert not any(sheet.protection.sheet for sheet in book.worksheets)
    assert book["成员单位"]["A2"].value == "本表无内容"
    assert all(sheet.page_setup.paperSize == 9 for sheet in book.worksheets if sheet.sheet_state == "visible")


@pytest.mark.thorough
def test_a_limited_text_counts_itself(tmp_path: Path) -> None:
    limited = [code for code in CODES if Catalogue().load(code).limits]
    assert limited
    for code in limited:
        target = tmp_path / f"{code.replace('/', '-')}.xlsx"
        run("new", code, "-o", target)
        book = openpyxl.load_workbook(target)
        formulas = [
            cell.value
            for sheet in book.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f"
        ]
        assert any("LEN(SUBSTITUTE(" in str(formula) for formula in formulas)


@pytest.mark.thorough
@pytest.mark.parametrize(("stem", "code"), first_quickly(CASES))
def test_converting_there_and_back_keeps_every_value(stem: str, code: str, tmp_path: Path) -> None:
    catalogue = Catalogue()
    original = shipped("data") / f"{stem}.yaml"
    assert run("convert", original, "-o", tmp_path / "甲.xlsx", "-p", code) == ExitCode.DONE
    assert run("convert", tmp_path / "甲.xlsx", "-o", tmp_path / "乙.yaml") == ExitCode.DONE
    known = catalogue.all()
    programme = catalogue.load(code)
    back = load(read_source(tmp_path / "乙.yaml"), programme, known=known)
    assert back.problems == ()
    assert back.consortium == load(read_source(original), programme, known=known).consortium


@pytest.mark.thorough
def test_converting_keeps_the_comments_of_the_starter_file(tmp_path: Path) -> None:
    run("new", CODES[0], "-o", tmp_path / "甲.yaml")
    text = (tmp_path / "甲.yaml").read_text(encoding="utf-8")
    (tmp_path / "甲.yaml").write_text(text.replace("〔待填：联合体名称〕", "某联合体"), encoding="utf-8")
    run("convert", tmp_path / "甲.yaml", "-o", tmp_path / "甲.xlsx", "-p", CODES[0])
    run("convert", tmp_path / "甲.xlsx", "-o", tmp_path / "乙.yaml")
    back = (tmp_path / "乙.yaml").read_text(encoding="utf-8")
    heads = [line for line in text.splitlines() if line.startswith("#")]
    assert [line for line in heads[:8] if line not in back] == []
    assert "统一社会信用代码" in openpyxl.load_workbook(tmp_path / "甲.xlsx")["成员单位"]["C4"].value


@pytest.mark.thorough
@pytest.mark.parametrize("suffix", ["yaml", "xlsx"])
def test_carrying_over_to_another_scheme_loses_nothing_and_marks_what_is_missing(
    suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (old, filed), new = CASES[0], next(code for code in CODES if code != CASES[0][1])
    target = tmp_path / f"新.{suffix}"
    assert run("new", new, "-o", target, "--from", shipped("data") / f"{old}.xlsx") == ExitCode.DONE
    assert "还缺" in capsys.readouterr().out
    catalogue = Catalogue()
    known = catalogue.all()
    programme = catalogue.load(filed)
    carried = load(read_source(target), programme, known=known)
    original = load(read_source(shipped("data") / f"{old}.yaml"), programme, known=known)
    assert carried.consortium == original.consortium
    if suffix == "yaml":
        assert "← 还缺" in target.read_text(encoding="utf-8")
    else:
        assert openpyxl.load_workbook(target)[MISSING_SHEET]["C4"].value


@pytest.mark.thorough
def test_check_annotates_a_copy_and_leaves_the_original(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    original = tmp_path / "原.xlsx"
    run("new", CODES[0], "-o", original)
    before = original.read_bytes()
    code = run("check", original, "-p", CODES[0], "--annotate", tmp_path / "标.xlsx")
    assert code in {ExitCode.FINDING, ExitCode.DATA}
    assert original.read_bytes() == before
    assert openpyxl.load_workbook(io.BytesIO((tmp_path / "标.xlsx").read_bytes())).sheetnames[0] == "核对结果"
    assert "副本" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("convert", "{yaml}", "-o", "甲.docx"), ExitCode.USAGE, "文件名以 .yaml 或 .xlsx 结尾"),
        (("new", CODES[0], "-o", "甲.xls"), ExitCode.USAGE, "不能写成"),
        (("convert", "没有.yaml", "-o", "甲.xlsx"), ExitCode.DATA, "找不到"),
        (("check", "{yaml}", "-p", CODES[0], "--annotate", "甲.xlsx"), ExitCode.USAGE, "不是 Excel 工作簿"),
    ],
)
def test_what_cannot_be_written_is_refused_in_words(
    arguments: tuple[str, ...], code: int, message: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    given: list[Any] = [each.format(yaml=shipped("data") / f"{EXAMPLES[0]}.yaml") for each in arguments]
    assert run(*given) == code
    assert message in capsys.readouterr().err


def test_a_file_that_exists_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "甲.xlsx").write_bytes(b"mine")
    assert run("new", CODES[0], "-o", tmp_path / "甲.xlsx") == ExitCode.OUTPUT
    assert (tmp_path / "甲.xlsx").read_bytes() == b"mine"
    assert "已经存在" in capsys.readouterr().err

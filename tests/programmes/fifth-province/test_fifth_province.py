"""A province that nobody has written a line of code for, made by following docs/adding-a-province.md.

Its scheme asks for what the built-in ones do not have together: nested heads, labels merged down, a landscape
table, lists of its own inside a list, two agreements to choose from, a threshold by sector, a shortest length,
a largest number of members.
"""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
import yaml

from generator.cli import main
from generator.model.catalogue import load_programme

HERE = Path(__file__).resolve().parent
TEMPLATES = HERE / "templates"
CODE = "anlan/consortium-2030"
DATA = HERE / "data.yaml"
Run = Callable[..., Any]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """The command with the fifth province's templates; its standard output, the exit code held."""

    def start(*arguments: object, code: int = 0) -> str:
        capsys.readouterr()
        found = main([*(str(argument) for argument in arguments), "--templates", str(TEMPLATES)])
        said = capsys.readouterr()
        assert found == code, said.out + said.err
        return said.out

    return start


@pytest.fixture
def verdicts(run: Run, tmp_path: Path) -> Callable[..., dict[str, str]]:
    """The verdicts by rule after texts of the data file are replaced."""

    def judged(*changes: tuple[str, str], blocked: bool = False) -> dict[str, str]:
        text = DATA.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "数据.yaml").write_text(text, encoding="utf-8")
        out = run("check", tmp_path / "数据.yaml", "-p", CODE, "--format", "json", code=int(blocked))
        (result,) = json.loads(out)["programmes"]
        return {finding["rule"]: finding["verdict"] for finding in result["findings"]}

    return judged


@cache
def packet(edition: str, engine: str = "typst", form: str = "实体型") -> Path:
    """The packet's folder, made once."""
    import tempfile

    target = Path(tempfile.mkdtemp(prefix="anlan-"))
    data = target / "数据.yaml"
    data.write_text(
        DATA.read_text(encoding="utf-8").replace("联合体形式: 实体型", f"联合体形式: {form}"), "utf-8"
    )
    arguments = ["packet", data, "-p", CODE, "-o", target, "--edition", edition, "--pdf-engine", engine]
    assert main([*map(str, arguments), "--templates", str(TEMPLATES)]) == 0
    (manifest,) = target.rglob("manifest.json")
    return manifest.parent


def part(docx: Path, name: str = "word/document.xml") -> str:
    return zipfile.ZipFile(docx).read(name).decode()


def words(docx: Path) -> str:
    return "".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", part(docx)))


def document(folder: Path, number: str, suffix: str = ".docx") -> Path:
    (found,) = folder.glob(f"{number}-*{suffix}")
    return found


def sizes(pdf: Path) -> list[str]:
    pages = pypdfium2.PdfDocument(pdf)
    return ["横" if page.get_width() > page.get_height() else "竖" for page in pages]


def test_the_scheme_is_made_with_word_and_excel_alone() -> None:
    files = {path.name for path in TEMPLATES.rglob("*") if path.is_file()}
    # The comments of the draft are the one thing that is still written as YAML, and can be left out.
    assert {name for name in files if not name.endswith(".docx")} == {"programme.xlsx", "guidance.yaml"}


def test_what_needed_a_trick_is_said_by_name() -> None:
    scheme = load_programme(TEMPLATES / CODE)
    with_expression = [condition.id for condition in scheme.conditions if condition.test is not None]
    assert with_expression == ["rd-intensity"]
    assert set(scheme.figures) == {"rd", "sales", "sector"}
    assert {condition.when_missing for condition in scheme.conditions} == {"unknown"}


def test_what_concerns_some_applicants_only_is_not_asked_of_the_others(
    verdicts: Callable[..., dict[str, str]],
) -> None:
    change = ("联合体形式: 实体型", "联合体形式: 契约型")
    assert "equity-total" not in verdicts(change, ("出资比例: 45%", "出资比例: 44.99%"))


def test_lint_finds_nothing(run: Run) -> None:
    assert "没有发现问题" in run("lint", TEMPLATES / CODE)


def test_the_programme_is_listed_beside_the_built_in_ones(run: Run) -> None:
    out = run("programmes")
    assert CODE in out
    assert "henan/consortium-2022" in out


def test_every_quote_stands_in_the_policy() -> None:
    policy = (HERE / "policy.txt").read_text(encoding="utf-8")
    scheme = load_programme(TEMPLATES / CODE)
    quotes = [*(rule.quote for rule in scheme.conditions), *(limit.quote for limit in scheme.limits)]
    assert [quote for quote in quotes if quote not in policy] == []


def test_the_example_meets_every_condition(verdicts: Callable[..., dict[str, str]]) -> None:
    assert {rule for rule, verdict in verdicts().items() if verdict != "pass"} == {"leading"}


@pytest.mark.parametrize(
    ("sector", "spent", "verdict"),
    [
        ("数字经济", "1137.5", "pass"),
        ("数字经济", "1137.49", "fail"),
        ("生物医药", "1137.49", "fail"),
        ("先进制造", "1137.49", "pass"),
        ("先进制造", "682.5", "pass"),
        ("现代农业", "682.49", "fail"),
    ],
)
def test_the_threshold_hangs_on_the_sector(
    verdicts: Callable[..., dict[str, str]], sector: str, spent: str, verdict: str
) -> None:
    years = [
        (
            f"{{年度: {year}, 销售收入: {sales}, 研发投入: {rd}}}",
            f"{{年度: {year}, 销售收入: {new}, 研发投入: {part}}}",
        )
        for year, sales, rd, new, part in [
            (2028, "18600", "1302", "0", "0"),
            (2029, "20400", "1448.40", "0", "0"),
            (2030, "22750", "1706.25", "22750", spent),
        ]
    ]
    found = verdicts(("所属领域: 数字经济", f"所属领域: {sector}"), *years, blocked=verdict == "fail")
    assert found["rd-intensity"] == verdict


def test_without_a_sector_there_is_no_verdict(verdicts: Callable[..., dict[str, str]]) -> None:
    assert verdicts(("所属领域: 数字经济\n", ""), blocked=True)["rd-intensity"] == "unknown"


@pytest.mark.parametrize(("more", "verdict"), [(4, "pass"), (5, "fail")])
def test_there_may_be_eight_members_and_not_nine(
    verdicts: Callable[..., dict[str, str]], more: int, verdict: str
) -> None:
    lines = "".join(
        f"  - {{角色: 成员单位, 单位名称: 安澜第{at}零件有限公司, 单位性质: 企业, 注册地（省）: 安澜省, "
        f"统一社会信用代码: 无, 出资比例: 0, 共享仪器设备: [{{设备名称: 铣床, 原值: 20}}]}}\n"
        for at in range(more)
    )
    found = verdicts(("\n组建必要性: |-", f"{lines}\n组建必要性: |-"), blocked=verdict == "fail")
    assert found["members-count"] == verdict


@pytest.mark.parametrize(("length", "verdict"), [(99, "fail"), (100, "pass"), (500, "pass"), (501, "fail")])
def test_the_necessity_has_a_shortest_and_a_largest_length(
    verdicts: Callable[..., dict[str, str]], length: int, verdict: str
) -> None:
    text = DATA.read_text(encoding="utf-8")
    old = text[text.index("组建必要性: |-") : text.index("组建协议:")]
    found = verdicts((old, f"组建必要性: {'字' * length}\n\n"), blocked=verdict == "fail")
    assert found["limit.necessity"] == verdict


def test_a_cheap_instrument_inside_a_members_list_is_a_warning(
    verdicts: Callable[..., dict[str, str]],
) -> None:
    assert verdicts(("原值: 32,", "原值: 19.99,"))["instruments-worth"] == "warn"
    assert verdicts(("原值: 32,", "原值: 20,"))["instruments-worth"] == "pass"


def test_shares_that_do_not_add_up_are_told(verdicts: Callable[..., dict[str, str]]) -> None:
    assert verdicts(("出资比例: 45%", "出资比例: 44.99%"), blocked=True)["equity-total"] == "fail"


def test_blank_papers_are_made_of_both_agreements(run: Run, tmp_path: Path) -> None:
    run("blank", CODE, "-o", tmp_path, "--no-pdf")
    folder = tmp_path / "anlan-consortium-2030"
    assert {path.name for path in folder.iterdir()} == {
        "01-安澜省产业创新联合体组建申请书（空白）.docx",
        "02-安澜省产业创新联合体组建协议（空白，实体型）.docx",
        "02-安澜省产业创新联合体组建协议（空白）.docx",
    }
    # Six members with room for two instruments each, two rows of heads.
    table = part(folder / "01-安澜省产业创新联合体组建申请书（空白）.docx").split("<w:tbl>")[3]
    assert table.count("<w:tr>") == 2 + 6 * 2
    assert "待填" not in table


@pytest.mark.parametrize(("form", "title"), [("实体型", "注册资本和出资比例"), ("契约型", "")])
def test_the_agreement_is_the_one_that_the_data_chooses(form: str, title: str) -> None:
    text = words(document(packet("signing", form=form), "02"))
    assert f"组建协议（{form}）" in text
    assert ("注册资本" in text) == bool(title)


def test_a_draft_has_guidance_and_a_signing_copy_has_none() -> None:
    draft, signing = (document(packet(edition), "02") for edition in ("draft", "signing"))
    assert "第五条" in part(draft, "word/comments.xml")
    assert not [name for name in zipfile.ZipFile(signing).namelist() if "comments" in name]


def test_every_field_of_its_own_is_printed() -> None:
    manifest = json.loads((packet("signing") / "manifest.json").read_text(encoding="utf-8"))
    own = re.compile(r"sector|agreement_form|necessity|registered_capital|equity|instruments")
    assert [entry for entry in manifest["unprinted"] if own.search(entry["field"])] == []
    assert [len(one["signatories"]) for one in manifest["documents"]] == [2, 4]
    assert all(place["rect"] for one in manifest["documents"] for place in one["signatories"])


def test_a_members_cells_are_merged_down_over_its_instruments() -> None:
    table = part(document(packet("signing"), "01")).split("<w:tbl>")[3].partition("</w:tbl>")[0]
    given = yaml.safe_load(DATA.read_text(encoding="utf-8"))["成员单位"]
    rows = table.split("<w:tr>")[3:]
    assert len(rows) == sum(len(member["共享仪器设备"]) for member in given)
    for member in given:
        assert table.count(f">{member['单位名称']}<") == 1
        for one in member["共享仪器设备"]:
            assert table.count(f">{one['设备名称']}<") == 1
    assert "".join(rows).count('<w:vMerge w:val="restart"/>') == 7 * len(given)
    assert "".join(rows).count('<w:vMerge w:val="continue"/>') == 7 * (len(rows) - len(given))
    # CT_TcPr: the merge before the alignment.
    assert not re.search(r"<w:vAlign [^>]*/><w:vMerge", table)


def test_the_members_table_lies_on_a_landscape_page() -> None:
    assert sizes(document(packet("signing"), "01", ".pdf")) == ["竖", "横", "竖"]


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_the_second_engine_lays_it_out_alike() -> None:
    for number in ("01", "02"):
        typst = document(packet("signing"), number, ".pdf")
        assert sizes(document(packet("signing", "libreoffice"), number, ".pdf")) == sizes(typst)


def test_the_workbook_has_the_fields_of_its_own(run: Run, tmp_path: Path) -> None:
    run("new", CODE, "-o", tmp_path / "新.xlsx")
    book = openpyxl.load_workbook(tmp_path / "新.xlsx")
    heads = [str(cell.value) for row in book["共享仪器设备"].iter_rows() for cell in row if cell.value]
    assert {"设备名称", "型号", "原值（万元）", "年开放机时（小时）"} <= set(heads)
    assert "出资比例（%）" in [str(cell.value) for row in book["成员单位"].iter_rows() for cell in row]


def test_the_data_says_the_same_from_a_workbook(run: Run, tmp_path: Path) -> None:
    book = tmp_path / "联合体.xlsx"
    run("convert", DATA, "-o", book, "-p", CODE)
    (as_yaml,), (as_book,) = (
        json.loads(run("check", data, "-p", CODE, "--format", "json"))["programmes"] for data in (DATA, book)
    )
    assert [(f["rule"], f["verdict"], f["message"]) for f in as_yaml["findings"]] == [
        (f["rule"], f["verdict"], f["message"]) for f in as_book["findings"]
    ]
    assert as_book["missing"] == []

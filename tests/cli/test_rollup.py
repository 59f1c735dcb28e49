"""``lianheti rollup`` from outside: a department's table over many applicants."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest
import yaml

from tests.cli.conftest import CODE as OTHER_PROGRAMME
from tests.cli.conftest import EXAMPLE as OTHER_EXAMPLE
from tests.cli.conftest import ROOT, Ran, Run

CODE = "henan/alliance-2020"
EXAMPLE = ROOT / "data" / "henan-alliance-2020.yaml"
TITLE = "2020年度河南省产业技术创新战略联盟推荐表"
HEAD = [
    "序号",
    "联盟名称",
    "牵头单位",
    "所属领域",
    "推荐部门",
    "成员总数",
    "企业数量",
    "高校数量",
    "研究机构数量",
    "备注",
]
ROWS_PER_PAGE = 10

Applicants = Callable[..., Path]


@pytest.fixture(scope="module")
def example() -> Any:
    return yaml.load(EXAMPLE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 (texts only)


@pytest.fixture
def applicants(tmp_path: Path, example: Any) -> Applicants:
    """A folder of so many applications that share no organisation; ``change`` may edit each."""
    folder = tmp_path / "收到"
    folder.mkdir()

    def write(count: int, change: Callable[[int, Any], None] | None = None) -> Path:
        for number in range(1, count + 1):
            data = copy.deepcopy(example)
            data["name"] = f"河南省第{number}号装备产业技术创新战略联盟"
            for at, member in enumerate(data["members"]):
                member["name"] = f"第{number}号联盟第{at + 1}家单位"
                member["credit_code"] = "无"
            if change:
                change(number, data)
            # JSON is YAML too, and is written faster.
            text = json.dumps(data, ensure_ascii=False, indent=1)
            (folder / f"{number:03d}.yaml").write_text(text, encoding="utf-8")
        return folder

    return write


def made(root: Path) -> Path:
    return root / TITLE / "henan-alliance-2020-rollup"


def table_of(root: Path) -> list[list[list[str]]]:
    """The table's pages, each with its rows of cells."""
    document = docx.Document(str(made(root) / f"01-{TITLE}.docx"))
    return [
        [["".join(cell.text.split()) for cell in row.cells] for row in table.rows]
        for table in document.tables
    ]


def sheet_of(root: Path) -> str:
    """The sheet of findings as text, its tables' cells parted by bars."""
    document = docx.Document(str(made(root) / "internal" / "rollup.docx"))
    lines: list[str] = []
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            lines += ["|".join(cell.text for cell in row.cells) for row in block.rows]
        else:
            lines.append(block.text)
    return "\n".join(lines)


def stamps(root: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()}


def rolled(run: Run, tmp_path: Path, *data: object) -> Ran:
    return run("rollup", CODE, *data, "-o", tmp_path / "汇总", "--no-pdf")


@pytest.mark.one_in(2)
@pytest.mark.parametrize("count", [1, 10, 11, 21])
def test_applicants_stand_ten_a_page_in_order_under_a_repeated_head(
    run: Run, tmp_path: Path, applicants: Applicants, count: int
) -> None:
    assert rolled(run, tmp_path, applicants(count)).code == 0
    pages = table_of(tmp_path / "汇总")
    assert [len(page) - 1 for page in pages] == [
        min(ROWS_PER_PAGE, count - before) for before in range(0, count, ROWS_PER_PAGE)
    ]
    assert all(page[0] == HEAD for page in pages)
    rows = [row for page in pages for row in page[1:]]
    assert [row[0] for row in rows] == [str(number) for number in range(1, count + 1)]
    assert [row[1] for row in rows] == [
        f"河南省第{number}号装备产业技术创新战略联盟" for number in range(1, count + 1)
    ]
    assert rows[0][2:] == ["第1号联盟第1家单位", "工业", "洛阳市科学技术局", "12", "9", "2", "1", ""]


@pytest.mark.thorough
def test_the_pdf_has_a_page_for_every_ten_each_with_title_and_head(
    run: Run, tmp_path: Path, applicants: Applicants
) -> None:
    assert run("rollup", CODE, applicants(21), "-o", tmp_path / "汇总").code == 0
    pages = pypdf.PdfReader(made(tmp_path / "汇总") / f"01-{TITLE}.pdf").pages
    texts = ["".join(page.extract_text().split()) for page in pages]
    assert len(texts) == 3
    assert all(TITLE in text and "联盟名称" in text for text in texts)
    assert "第21号装备" in texts[2]


def test_a_packet_holds_the_applicants_own_row_only(run: Run, tmp_path: Path) -> None:
    assert run("packet", EXAMPLE, "-p", CODE, "-o", tmp_path, "--no-pdf").code == 0
    (path,) = tmp_path.rglob("*推荐表.docx")
    (table,) = docx.Document(str(path)).tables
    assert [row.cells[0].text for row in table.rows] == ["序号", "1"]


def with_code(code: str) -> Callable[[int, Any], None]:
    def change(number: int, data: Any) -> None:
        data["members"][0] |= {"name": f"领军公司（曾用名{number}）", "credit_code": code}

    return change


def test_a_lead_of_two_is_told_by_its_code_whatever_its_name(
    run: Run, tmp_path: Path, applicants: Applicants, example: Any
) -> None:
    done = rolled(run, tmp_path, applicants(2, with_code(example["members"][0]["credit_code"])))
    assert done.code == 0
    assert "牵头不止一家的单位 1 个：领军公司（曾用名1）／领军公司（曾用名2）" in done.out
    sheet = sheet_of(tmp_path / "汇总")
    assert example["members"][0]["credit_code"] in sheet
    assert "第1号装备产业技术创新战略联盟（牵头单位）\n河南省第2号" in sheet


def test_a_member_of_two_is_told_by_its_name_where_a_code_is_missing(
    run: Run, tmp_path: Path, applicants: Applicants, example: Any
) -> None:
    def change(number: int, data: Any) -> None:
        data["members"][3 + number]["name"] = "共同 成员公司" if number == 1 else "共同成员公司"
        if number == 1:
            data["members"][4]["credit_code"] = example["members"][4]["credit_code"]

    done = rolled(run, tmp_path, applicants(3, change))
    assert "在不止一家中出现的成员单位 1 个" in done.out
    assert "牵头不止一家" not in done.out
    manifest = json.loads((made(tmp_path / "汇总") / "manifest.json").read_text(encoding="utf-8"))
    (repeat,) = manifest["repeated_members"]
    assert repeat["credit_code"] == example["members"][4]["credit_code"]
    assert len(repeat["where"]) == 3


def test_one_name_with_two_codes_is_two_organisations(
    run: Run, tmp_path: Path, applicants: Applicants, example: Any
) -> None:
    def change(number: int, data: Any) -> None:
        data["members"][5] |= {"name": "同名公司", "credit_code": example["members"][number]["credit_code"]}

    done = rolled(run, tmp_path, applicants(2, change))
    assert "不止一家" not in done.out


def test_an_organisation_twice_in_one_application_is_not_told_here(
    run: Run, tmp_path: Path, applicants: Applicants
) -> None:
    def change(_: int, data: Any) -> None:
        data["members"][5]["name"] = data["members"][6]["name"]

    assert "不止一家" not in rolled(run, tmp_path, applicants(2, change)).out


def test_applications_of_one_name_are_told_with_their_files(
    run: Run, tmp_path: Path, applicants: Applicants
) -> None:
    def change(_: int, data: Any) -> None:
        data["name"] = "河南省同名产业技术创新战略联盟"

    done = rolled(run, tmp_path, applicants(2, change))
    assert "名称相同的申报 1 个" in done.out
    assert "001.yaml\n002.yaml" in sheet_of(tmp_path / "汇总")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("坏.yaml", "name: [\n", "坏.yaml 第"),
        ("空.yaml", "", "空.yaml"),
        ("错.yaml", "name: 某联盟\nsector: 商业\n", "商业"),
        ("假.xlsx", "这不是工作簿", "假.xlsx"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_left_out_and_gives_one(
    run: Run, tmp_path: Path, applicants: Applicants, name: str, content: str, reason: str
) -> None:
    folder = applicants(2)
    (folder / name).write_text(content, encoding="utf-8")
    done = rolled(run, tmp_path, folder)
    assert done.code == 1
    assert f"没有列入 {name}" in done.err
    assert reason in done.err
    assert name in sheet_of(tmp_path / "汇总")
    assert [row[0] for page in table_of(tmp_path / "汇总") for row in page[1:]] == ["1", "2"]


def test_a_file_that_does_not_exist_is_named_too(run: Run, tmp_path: Path, applicants: Applicants) -> None:
    done = rolled(run, tmp_path, applicants(1), tmp_path / "没有.yaml")
    assert done.code == 1
    assert "没有列入 没有.yaml" in done.err


def test_an_application_for_another_programme_is_left_out_without_being_a_fault(
    run: Run, tmp_path: Path, applicants: Applicants
) -> None:
    folder = applicants(1)
    other = Path(shutil.copy(OTHER_EXAMPLE, folder / "别的.yaml"))
    filed = f"{other.read_text(encoding='utf-8')}\nfilings:\n  {OTHER_PROGRAMME}:\n    route: 地方推荐\n"
    other.write_text(filed, encoding="utf-8")
    done = rolled(run, tmp_path, folder)
    assert done.code == 0
    assert "没有列入 别的.yaml：申报的是别的方案" in done.err


def test_what_the_table_lacks_is_marked_in_its_row_and_told_by_file(
    run: Run, tmp_path: Path, applicants: Applicants
) -> None:
    def change(number: int, data: Any) -> None:
        if number == 2:
            del data["sector"]
            del data["members"][4]["kind"]

    done = rolled(run, tmp_path, applicants(3, change))
    assert done.code == 0
    assert "002.yaml：表中待填 所属领域类别、单位性质" in done.err
    rows = table_of(tmp_path / "汇总")[0][1:]
    assert [("待填" in "".join(row)) for row in rows] == [False, True, False]
    assert rows[1][5] == "12"


def test_the_same_again_changes_nothing(run: Run, tmp_path: Path, applicants: Applicants) -> None:
    folder = applicants(2)
    rolled(run, tmp_path, folder)
    before = stamps(tmp_path / "汇总")
    again = rolled(run, tmp_path, folder)
    assert "没有改动" in again.out
    assert stamps(tmp_path / "汇总") == before


@pytest.mark.thorough
def test_a_table_that_a_person_has_edited_is_not_overwritten(
    run: Run, tmp_path: Path, applicants: Applicants
) -> None:
    rolled(run, tmp_path, applicants(2))
    table = made(tmp_path / "汇总") / f"01-{TITLE}.docx"
    edited = docx.Document(str(table))
    edited.add_paragraph("经会议研究")
    edited.save(str(table))
    kept = table.read_bytes()
    folder = applicants(3)
    refused = rolled(run, tmp_path, folder)
    assert refused.code == 6
    assert table.name in refused.err
    assert table.read_bytes() == kept
    forced = run("rollup", CODE, folder, "-o", tmp_path / "汇总", "--no-pdf", "--force")
    assert forced.code == 0
    assert table.read_bytes() != kept
    assert kept in [path.read_bytes() for path in (tmp_path / "汇总").rglob(table.name)]


def test_the_same_data_gives_the_same_bytes(run: Run, tmp_path: Path, applicants: Applicants) -> None:
    folder = applicants(3)
    files = []
    for name in ("甲", "乙"):
        run("rollup", CODE, folder, "-o", tmp_path / name, "--no-pdf")
        root = made(tmp_path / name)
        files.append(
            {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        )
    assert files[0] == files[1]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([CODE, EXAMPLE, "--form", "没有.xlsx"], 3, "没有.xlsx"),
        (["某省/某方案", EXAMPLE], 2, "没有方案"),
        ([CODE, "没有.yaml"], 3, "没有.yaml"),
        ([CODE], 2, "缺少"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    run: Run, tmp_path: Path, arguments: list[object], code: int, message: str
) -> None:
    refused = run("rollup", *arguments, "-o", tmp_path / "汇总")
    assert refused.code == code
    assert message in refused.err
    assert not (tmp_path / "汇总").exists()


def test_a_folder_without_data_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    refused = run("rollup", CODE, tmp_path / "空", "-o", tmp_path / "汇总")
    assert refused.code == 2
    assert "没有数据文件" in refused.err

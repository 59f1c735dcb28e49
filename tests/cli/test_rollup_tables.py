"""``lianheti rollup`` for every programme: the workbook's figures recomputed from the data, and a department's own."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
import yaml

from tests.cli.conftest import ROOT, Ran, Run

CODE = "henan/consortium-2022"
EXAMPLE = ROOT / "data" / "henan-consortium-2022.yaml"
OTHERS = ["hubei/consortium-2022", "yunnan/consortium-2022", "hainan/consortium-2022"]
Change = Callable[[int, Any], None]
Write = Callable[..., Path]


def read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 (texts only)


@pytest.fixture(scope="module")
def example() -> Any:
    return read(EXAMPLE)


@pytest.fixture
def filings(tmp_path: Path, example: Any) -> Write:
    """A folder of filings that differ in members, amounts and recommending bodies."""
    folder = tmp_path / "收到"
    folder.mkdir()

    def write(count: int, change: Change | None = None) -> Path:
        for number in range(1, count + 1):
            data = copy.deepcopy(example)
            data["name"] = f"河南省第{number}号创新联合体"
            data["recommender"] = f"第{number % 2}市科学技术局"
            data["members"] = data["members"][: len(data["members"]) - number + 1]
            for at, member in enumerate(data["members"]):
                member["name"] = f"第{number}号的第{at + 1}家单位"
                member["credit_code"] = "无"
            for account in data["members"][0]["accounts"]:
                account["rd"] = f"{1000 * number + 0.01 * number:.2f}万元"
            for at, person in enumerate(data["team"]):
                person["name"] = f"第{number}号的第{at + 1}人"
            data["chief_scientist"]["name"] = f"第{number}号首席"
            if change:
                change(number, data)
            text = json.dumps(data, ensure_ascii=False)
            (folder / f"{number:02d}.yaml").write_text(text, encoding="utf-8")
        return folder

    return write


def rolled(run: Run, tmp_path: Path, *arguments: object, code: str = CODE) -> Ran:
    return run("rollup", code, *arguments, "-o", tmp_path / "汇总", "--no-pdf")


def book(tmp_path: Path, name: str = "汇总.xlsx") -> Any:
    (path,) = (tmp_path / "汇总").rglob(name)
    return openpyxl.load_workbook(path)


def table(sheet: Any) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any]]:
    """The rows, the totals and how many lack, each by the columns' heads."""
    _, heads, *rows = sheet.iter_rows(values_only=True)
    named = [dict(zip(heads, row, strict=True)) for row in rows]
    return named[:-2], named[-2], named[-1]


def count_of(data: Any, *kinds: str) -> int:
    return sum(member["kind"] in kinds for member in data["members"])


def test_every_figure_and_total_is_that_of_the_data(run: Run, tmp_path: Path, filings: Write) -> None:
    folder = filings(5)
    done = rolled(run, tmp_path, folder)
    assert (done.code, done.err) == (0, "")
    data = [read(path) for path in sorted(folder.iterdir())]
    rows, total, lacking = table(book(tmp_path)["汇总"])
    wanted: dict[str, list[Any]] = {
        "名称": [one["name"] for one in data],
        "推荐单位": [one["recommender"] for one in data],
        "成员单位数（家）": [len(one["members"]) for one in data],
        "企业数（家）": [count_of(one, "企业") for one in data],
        "高等学校和科研院所数（家）": [count_of(one, "高等学校", "科研院所") for one in data],
        "牵头单位最近一年研发投入（万元）": [Decimal(1000 * n) + Decimal(n) / 100 for n in range(1, 6)],
    }
    for title, values in wanted.items():
        assert [row[title] for row in rows] == [
            float(value) if isinstance(value, Decimal) else value for value in values
        ]
        if not isinstance(values[0], str):
            assert total[title] == float(sum(values))
    assert set(list(lacking.values())[1:]) == {0}


@pytest.mark.thorough
@pytest.mark.parametrize("code", OTHERS)
def test_every_programme_has_a_table(code: str, run: Run, tmp_path: Path) -> None:
    data = ROOT / "data" / f"{code.replace('/', '-')}.yaml"
    assert rolled(run, tmp_path, data, code=code).code == 0
    (row,), total, _ = table(book(tmp_path)["汇总"])
    members = len(read(data)["members"])
    title = next(head for head in row if str(head).endswith("位数（家）"))
    assert (row[title], total[title]) == (members, members)


def test_what_lacks_is_named_and_in_no_total(run: Run, tmp_path: Path, filings: Write) -> None:
    def change(number: int, data: Any) -> None:
        if number == 2:
            del data["members"][3]["kind"]
        if number == 3:
            del data["recommender"]

    folder = filings(3, change)
    done = rolled(run, tmp_path, folder)
    assert "缺数据（2 份），没有计入合计" in done.err
    assert "没有写推荐单位，不在任何一份推荐函里：03.yaml" in done.err
    rows, total, lacking = table(book(tmp_path)["汇总"])
    assert [row["企业数（家）"] for row in rows][1] == "缺数据"
    data = [read(path) for path in sorted(folder.iterdir())]
    assert total["企业数（家）"] == count_of(data[0], "企业") + count_of(data[2], "企业")
    assert lacking["企业数（家）"] == 1
    assert lacking["推荐单位"] == 1
    why = list(book(tmp_path)["缺数据"].iter_rows(min_row=2, values_only=True))
    assert ("02.yaml", "企业数（家）") in [row[:2] for row in why]
    assert any("第 4 个" in row[2] and "单位性质" in row[2] for row in why)
    shares = {row[1]: row[2:] for row in book(tmp_path)["分布"].iter_rows(values_only=True)}
    assert shares["缺数据"] == (1, pytest.approx(1 / 3))


@pytest.mark.thorough
def test_people_in_several_filings_are_told_with_their_parts(
    run: Run, tmp_path: Path, filings: Write
) -> None:
    def change(number: int, data: Any) -> None:
        if number == 1:
            data["chief_scientist"]["name"] = "林 一川"
        data["team"][2]["name"] = "林一川" if number == 2 else data["team"][2]["name"]

    done = rolled(run, tmp_path, filings(3, change))
    assert "在不止一家中出现的人员（可能是同名） 1 个" in done.out
    found = list(book(tmp_path)["重复出现"].iter_rows(min_row=2, values_only=True))
    (person,) = [row for row in found if "人员" in row[0]]
    assert "第1号创新联合体（首席科学家" in person[3]
    assert "第2号创新联合体（团队成员" in person[3]


@pytest.mark.thorough
def test_each_recommending_body_has_a_letter_with_its_filings(
    run: Run, tmp_path: Path, filings: Write
) -> None:
    rolled(run, tmp_path, filings(3))
    letters = {path.name: path for path in (tmp_path / "汇总").rglob("*推荐函*.docx")}
    assert set(letters) == {"01-推荐函（第1市科学技术局）.docx", "02-推荐函（第0市科学技术局）.docx"}
    letter = docx.Document(str(letters["01-推荐函（第1市科学技术局）.docx"]))
    assert [row.cells[1].text for row in letter.tables[0].rows[1:]] == [
        "河南省第1号创新联合体",
        "河南省第3号创新联合体",
    ]
    assert "以下 2 家" in "".join(paragraph.text for paragraph in letter.paragraphs)


def own_table(path: Path, cells: dict[str, Any]) -> Path:
    made: Any = openpyxl.Workbook()
    sheet = made.active
    for place, text in cells.items():
        sheet[place] = text
    sheet.merge_cells("A6:D6")
    sheet.row_dimensions[3].height = 33
    made.save(path)
    return path


TAGS = {
    "A1": "河南省创新联合体推荐汇总表",
    "A2": "序号",
    "B2": "名称",
    "C2": "企业占比",
    "D2": "研发投入（亿元）",
    "A3": "{{ 序号 }}",
    "B3": "{{ 联合体名称 }}",
    "C3": "{{ 企业数 % 成员单位[] }}",
    "D3": "{{ 牵头单位最近一年研发投入|unit('亿元') }}",
    "C4": "{{ 合计(企业数 % 成员单位[]) }}",
    "D4": "{{ 合计(牵头单位最近一年研发投入) }}",
    "A6": "填报人：",
}


def test_a_departments_own_table_is_filled_row_by_row(run: Run, tmp_path: Path, filings: Write) -> None:
    folder, form = filings(3), own_table(tmp_path / "推荐表.xlsx", TAGS)
    assert rolled(run, tmp_path, folder, "--form", form).code == 0
    data = [read(path) for path in sorted(folder.iterdir())]
    sheet = book(tmp_path, "*推荐表.xlsx").active
    rows = list(sheet.iter_rows(min_row=3, max_row=6, values_only=True))
    shares = [(count_of(one, "企业"), len(one["members"])) for one in data]
    for number, (row, (part, whole)) in enumerate(zip(rows, shares, strict=False), 1):
        assert row[:2] == (number, f"河南省第{number}号创新联合体")
        assert row[2] == pytest.approx(part / whole, abs=1e-10)
        assert row[3] == float(Decimal(1000 * number) / 10000 + Decimal(number) / 1000000)
    assert rows[3][2] == pytest.approx(
        sum(part for part, _ in shares) / sum(whole for _, whole in shares), abs=1e-10
    )
    assert rows[3][3] == 6000.06
    assert sheet["A8"].value == "填报人："
    assert "A8:D8" in [area.coord for area in sheet.merged_cells.ranges]
    assert sheet.row_dimensions[5].height == 33


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("place", "text", "message"),
    [
        ("B3", "{{ 联合体名 }}", "联合体名"),
        ("B3", "名称{{ name }}", "看不懂"),
        ("D4", "=SUM(D3:D3)", "公式"),
        ("D3", "{{ 联合体名称|unit('亿元') }}", "不是金额"),
        ("D3", "{{ 牵头单位最近一年研发投入 % 成员单位[] }}", "不是同一种数"),
        ("D2", "{{ 合计(企业数) }}", "上面"),
    ],
)
def test_what_a_department_has_written_wrong_is_told_and_nothing_made(
    place: str, text: str, message: str, run: Run, tmp_path: Path, filings: Write
) -> None:
    form = own_table(tmp_path / "推荐表.xlsx", {**TAGS, place: text})
    refused = rolled(run, tmp_path, filings(1), "--form", form)
    assert refused.code == 4
    assert message in refused.err
    assert "推荐表.xlsx" in refused.err
    assert not list((tmp_path / "汇总").rglob("*.xlsx"))
